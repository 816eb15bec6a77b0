//! Configurations of version 2: what headers have without a meaning is a parameter and no field,
//! and numbers of which parameters are the bits are numbers.

use std::process::Command;

use super::super::each::scratch;
use super::{left, programs};

const CONFIG: &str = "\
version: '2.2'
metadata:
  trace:
    byte-order: le
    packet-header-type: {class: struct, fields: {magic: {class: int, size: 32}}}
  streams:
    s:
      packet-context-type:
        class: struct
        fields: {packet_size: {class: int, size: 32}, content_size: {class: int, size: 32}}
      event-header-type:
        class: struct
        fields: {id: {class: int, size: 8}, core: {class: int, size: 3}}
      event-context-type: {class: struct, fields: {who: {class: string}}}
      events:
        e:
          log-level: 4
          context-type:
            class: struct
            min-align: 8
            fields: {who: {class: int, size: 9, signed: true}}
          payload-type:
            class: struct
            fields:
              half: {class: float, size: {exp: 8, mant: 24}, align: 8}
              full: {class: float, size: {exp: 11, mant: 53}, align: 1}
              plain: {class: float, size: {exp: 8, mant: 24}, align: 32}
              mode: {class: enum, value-type: {class: int, size: 8}, members: [DARK, LOW]}
";

const PROGRAM: &str = r#"
#include "barectf.h"

int main(void)
{
	barectf_s_trace_e(0, 7, "me", -256, 0x3fc00000, 0xc002000000000000U, 2.5f, 1);
	return 0;
}
"#;

#[test]
fn values_of_version_2() {
    let folder = scratch("types/layer-version2");
    let compiler: (&[&str], &[&str]) = (&["gcc", "-std=c99"], &["-Wall", "-Wextra", "-Werror"]);
    let Some(program) = programs::in_c(compiler, CONFIG, PROGRAM, &folder) else { return };
    let left = left::run(&mut Command::new(program), &folder.join("programs"), "s:e");
    let left: Vec<_> = left.expect("an event").iter().map(left::Event::line).collect();
    let expected = "s:e cc_who=\"me\" sc_who=-256 half=1.5 full=-2.25 plain=2.5 mode=1";
    assert_eq!(left, [expected]);
}
