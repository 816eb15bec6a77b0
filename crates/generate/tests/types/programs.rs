//! Programs that do what others do not: names that are keywords, constants, and tags that are none.

use std::path::{Path, PathBuf};
use std::process::Command;

use marey_generate::{c, rust};

use super::configuration::definition;
use super::each::scratch;
use super::machine::{SANITIZED, STRICT, finish};

const CLASSES: &str = include_str!("golden/classes.yaml");
const TAGS: &str = "--- !<tag:barectf.org,2020/3/config>
trace:
  type:
    native-byte-order: le
    data-stream-types:
      s:
        event-record-types:
          e:
            payload-field-type:
              class: struct
              members:
                - which:
                    field-type:
                      class: variant
                      options: [text: {field-type: {class: str}}, flag: {field-type: {class: bool}}]
                - more:
                    field-type:
                      class: dynamic-array
                      element-field-type:
                        class: variant
                        options:
                          - text: {field-type: {class: str}}
                          - flag: {field-type: {class: bool}}
                - text: {field-type: {class: str}}
";
const TAGS_PROGRAM: &str = "\
#include <stdio.h>
#include \"barectf.h\"

static struct barectf_s_ctx s;
static uint8_t buffer[256];

static int is_full(void *data) { (void) data; return 0; }
static void open_packet(void *data) { (void) data; barectf_s_open_packet(&s); }
static void close_packet(void *data) { (void) data; barectf_s_close_packet(&s); }

int main(void)
{
	struct barectf_platform_callbacks cbs;
	struct barectf_s_e_which good, bad;
	struct barectf_s_e_more more[2];

	cbs.is_backend_full = is_full;
	cbs.open_packet = open_packet;
	cbs.close_packet = close_packet;
	barectf_init(&s, buffer, sizeof(buffer), cbs, 0);
	good.tag = BARECTF_S_E_WHICH_TEXT;
	good.value.text = \"x\";
	bad.tag = (enum barectf_s_e_which_tag) 77;
	bad.value.text = 0;
	more[0].value.tag = BARECTF_S_E_MORE_VALUE_FLAG;
	more[0].value.value.flag = 1;
	more[1].value.tag = (enum barectf_s_e_more_value_tag) -1;
	barectf_s_trace_e(&s, &good, 1, more, \"fine\");
	printf(\"%u \", (unsigned int) barectf_discarded_event_records_count(&s));
	barectf_s_trace_e(&s, &bad, 1, more, \"the first one is wrong\");
	printf(\"%u \", (unsigned int) barectf_discarded_event_records_count(&s));
	barectf_s_trace_e(&s, &good, 2, more, \"an element is wrong\");
	printf(\"%u\\n\", (unsigned int) barectf_discarded_event_records_count(&s));
	return 0;
}
";

fn in_c(name: &str, config: &str) -> PathBuf {
    let folder = scratch(&format!("types/{name}"));
    for file in c::files(&definition(config)).expect("a tracer") {
        std::fs::write(folder.join(file.name), file.text).expect("written");
    }
    folder
}

fn gcc(folder: &Path) -> Command {
    let mut compiler = Command::new("gcc");
    compiler.current_dir(folder).args(["-std=c89", "-c"]).args(STRICT);
    compiler
}

#[test]
fn names_may_be_keywords() {
    let config = CLASSES.replace("trace:\n", "trace:\n  marey: {constants: true}\n");
    let folder = in_c("names", &config);
    finish(gcc(&folder).arg("barectf.c")).expect("a program in C");
    let mut compiler = Command::new("g++");
    compiler.current_dir(&folder).args(["-x", "c++", "-fsyntax-only"]).args(STRICT);
    finish(compiler.arg("barectf.c")).expect("a program in C++");
    let module = &rust::files(&definition(&config)).expect("a tracer")[0].text;
    assert!(module.contains("pub const S_E_ID: u64 = 0;"));
}

/// C does not see to it that a tag is one.
#[test]
fn what_has_no_tag_is_discarded() {
    let folder = in_c("tags", TAGS);
    std::fs::write(folder.join("main.c"), TAGS_PROGRAM).expect("written");
    let mut compiler = Command::new("gcc");
    compiler.current_dir(&folder).args(SANITIZED).args(["-o", "main", "main.c", "barectf.c"]);
    finish(&mut compiler).expect("a program");
    let said = finish(&mut Command::new(folder.join("main"))).expect("no error");
    assert_eq!(said, "0 1 2\n");
}
