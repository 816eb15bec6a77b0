//! Names may be keywords, what the generated code calls its own, and what others become.

use std::process::Command;

use marey_generate::rust;

use super::super::configuration::definition;
use super::super::each::scratch;
use super::super::machine::finish;
use super::{left, programs, random};

/// The same names as for packets.
const CONFIG: &str = include_str!("../../differential/names.yaml");
const IN_RUST: &str = "\
#![deny(warnings)]
#![forbid(unsafe_code)]
mod barectf;
use barectf::{Clock2, FieldsInner, LoopState, Match2Stream, MatchStream, Option2};
fn main() {
    let (state, clock) = (LoopState::A_B, Clock2(-7));
    assert!(Match2Stream.trace_loop(1, 2, 3, 4, 5, 6, 7, state, clock, 8, \"in\"));
    let (self_, self__, self___, it, __, ___, type_, r#type) = (1, 2, 3, 4, 5, 6, 7, 8);
    let inner = FieldsInner { self_, self__, self___, Self_: it, __, ___, type_, r#type };
    assert!(Match2Stream.trace_fields(8, 9, &inner));
    assert!(MatchStream.trace_loop(Option2::SELF2));
}
";
const IN_C: &str = "\
#include \"barectf.h\"
int main(void)
{
	static const struct barectf_match_fields_inner inner = {1, 2, 3, 4, 5, 6, 7, 8};

	barectf_match_trace_loop(0, 1, 2, 3, 4, 5, 6, 7, 2, -7, 8, \"in\");
	barectf_match_trace_fields(0, 8, 9, &inner);
	barectf_Match__trace_loop(0, 5);
	return 0;
}
";
const EXPECTED: [&str; 3] = [
    "match:loop type=1 cc_x=2 self=3 p_x=4 b1=5 word=6 None=7 State=2 Clock=-7 now=8 text=\"in\"",
    "match:fields type=8 x=9 inner_self=1 inner_self_=2 inner_self__=3 inner_Self=4 inner__=5 \
     inner___=6 inner_type_=7 inner_type=8",
    "Match_:loop Option=5",
];

/// Without the event that has arrays of texts.
fn config() -> String {
    CONFIG.replace("trace:\n", "trace:\n  marey: {leave-out: {events: [Write]}}\n")
}

#[test]
fn any_name_is_a_name_in_rust() {
    let Some(links) = random::links() else { return };
    let folder = scratch("types/layer-names-rust");
    let file = &rust::layer::files(&definition(&config())).expect("a tracer")[0];
    for (name, text) in [(file.name.as_str(), file.text.as_str()), ("main.rs", IN_RUST)] {
        std::fs::write(folder.join(name), text).expect("written");
    }
    for edition in ["2021", "2024"] {
        let mut rustc = Command::new("rustc");
        rustc.current_dir(&folder).args(["--edition", edition, "-o", "main"]).args(&links);
        finish(rustc.arg("main.rs")).expect("it compiles");
        check(&mut Command::new(folder.join("main")), &folder);
    }
}

#[test]
fn any_name_is_a_name_in_c() {
    let folder = scratch("types/layer-names-c");
    let compilers: (&[&str], &[&str]) = (&["gcc", "-std=c99"], &["-Wall", "-Werror"]);
    let Some(program) = programs::in_c(compilers, &config(), IN_C, &folder) else { return };
    check(&mut Command::new(program), &folder);
}

fn check(program: &mut Command, folder: &std::path::Path) {
    let left = left::run(program, &folder.join("programs"), "*").expect("its events");
    assert_eq!(left.iter().map(left::Event::line).collect::<Vec<_>>(), EXPECTED);
}
