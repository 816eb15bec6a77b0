//! Programs in C and Rust for one configuration: what they trace is what is read, value by value.

use std::path::{Path, PathBuf};
use std::process::Command;

use marey_generate::c;
use marey_layer::Level;
use marey_layer::drain::{self, Program};

use super::super::configuration::definition;
use super::super::each::scratch;
use super::super::machine::finish;
use super::generated::ALL;
use super::left;

/// The tracer in Rust: a golden file, which is what is generated.
#[allow(unreachable_pub, reason = "it is a module of a program as any other")]
mod tracer {
    include!("golden/all.rs.txt");
}

/// Says to this executable which program it is.
const PROGRAM: &str = "MAREY_TEST_PROGRAM";
const INCLUDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../layer/include");
/// Compilers of programs, each with its language.
const COMPILERS: [&[&str]; 5] = [
    &["gcc", "-std=c99"],
    &["gcc", "-std=gnu17", "-O2"],
    &["clang", "-std=c99", "-O1"],
    &["g++", "-x", "c++", "-std=c++11"],
    &["clang++", "-x", "c++", "-std=c++17", "-O2"],
];
/// What a compiler may say of the tracer: nothing.
const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wconversion", "-Werror", "-pedantic"];

/// What programs are compiled with, which need not be in the language of the tracer.
const C89: [&str; 5] = ["-std=c89", "-Wall", "-Wextra", "-Werror", "-pedantic"];

/// All that both programs trace, each event as one line.
const EXPECTED: [&str; 9] = [
    "s:unsigned cpu=1 id=65535 a=255 b=65535 c=4294967295 d=18446744073709551615 e=31 \
     f=1099511627775",
    "s:signed cpu=2 id=1 a=-128 b=-32768 c=-2147483648 d=-9223372036854775808 e=-4096",
    "s:others cpu=3 id=2 is_on=true is_odd=false half=1.5 full=-2.25 text=\"käse\" state=4 \
     change=-1 kind=70000",
    "s:lists cpu=4 id=3 mac=[1, 2, 3, 4, 5, 6] image=[7, 8] none=[] levels=[255, 0, 127] \
     states=[9, 0] words=[1, 0, 0, 0, 0, 1, 0, 0] kinds=[1, 0, 0, 0, 112, 17, 1, 0]",
    "s:inner cpu=5 cc_id=4 sc_id=5 where_x=6 where_deeper_z=-7 where_deeper_name=\"in\" \
     where_deeper_sizes=[8, 0, 0, 0] where_deeper_changes=[255, 1] where_deeper_state=9 \
     where_register=0.5 where_x_=10 p_id=\"own\"",
    "other:unsigned errno=-1 CLASS=2 type=3 self=4",
    "s:others cpu=0 id=0 is_on=false is_odd=true half=0 full=0 text=\"\" state=0 change=0 kind=0",
    "s:lists cpu=0 id=0 mac=[0, 0, 0, 0, 0, 0] image=[] none=[] levels=[0, 0, 0] states=[] \
     words=[] kinds=[0, 0, 0, 0, 0, 0, 0, 0]",
    "other:unsigned errno=0 CLASS=0 type=0 self=0",
];

/// Not a test: a program that a test starts.
#[test]
fn program() {
    use tracer::{Change, Changes, InnerWhere, InnerWhereDeeper, Kind, Kinds, State, States};
    if std::env::var_os(PROGRAM).is_none() {
        return;
    }
    let (mut s, other) = (tracer::SStream, tracer::OtherStream);
    let s = &mut s;
    assert!(s.trace_unsigned(1, 65535, 255, 65535, u32::MAX, u64::MAX, 31, (1 << 40) - 1));
    assert!(s.trace_signed(2, 1, i8::MIN, i16::MIN, i32::MIN, i64::MIN, -4096));
    let (state, kind) = (State(4), Kind::B);
    assert!(s.trace_others(3, 2, true, false, 1.5, -2.25, "käse", state, Change::DOWN, kind));
    let (mac, states, kinds) =
        ([1, 2, 3, 4, 5, 6], [States(9), States::IDLE], [Kinds(1), Kinds::B]);
    assert!(s.trace_lists(4, 3, &mac, &[7, 8], &[], &[-1, 0, 127], &states, &[1, 256], &kinds));
    let (changes, state) = ([Changes::DOWN, Changes::UP], State(9));
    let deeper = InnerWhereDeeper { z: -7, name: "in", sizes: &[8], changes, state };
    let place = InnerWhere { x: 6, deeper, register: 0.5 };
    assert!(s.trace_inner(5, 4, 5, &place, 10, "own"));
    assert!(!s.trace_left_out(1, 2, Some("nothing is recorded")));
    assert!(other.trace_unsigned(-1, 2, 3, 4));
    let (state, change, kind) = (State(0), Change(0), Kind(0));
    assert!(s.trace_others(0, 0, false, true, 0.0, 0.0, "", state, change, kind));
    assert!(s.trace_lists(0, 0, &[0; 6], &[], &[], &[0; 3], &[], &[], &[Kinds(0); 2]));
    assert!(other.trace_unsigned(0, 0, 0, 0));
}

/// The same in C, with contexts and without one.
const IN_C: &str = r#"
#include <string.h>
#include "barectf.h"

int main(void)
{
	static const uint8_t mac[6] = {1, 2, 3, 4, 5, 6}, zeros[6] = {0};
	static const uint8_t image[2] = {7, 8}, states[2] = {9, 0};
	static const int8_t levels[3] = {-1, 0, 127}, no_levels[3] = {0};
	static const uint32_t words[2] = {1, 256}, kinds[2] = {1, 70000}, no_kinds[2] = {0}, size = 8;
	struct barectf_platform_callbacks callbacks;
	struct barectf_s_inner_where where;
	struct barectf_s_ctx s;

	memset(&callbacks, 0, sizeof(callbacks));
	memset(&s, 0xaa, sizeof(s));
	barectf_init(&s, 0, 0, callbacks, 0);
	barectf_trace_unsigned(&s, 1, 65535, 255, 65535, UINT32_MAX, UINT64_MAX, 31,
		((uint64_t) 1 << 40) - 1);
	barectf_trace_signed(&s, 2, 1, INT8_MIN, INT16_MIN, INT32_MIN, INT64_MIN, -4096);
	barectf_enable_tracing(&s, 0);
	barectf_trace_signed(&s, 9, 9, 9, 9, 9, 9, 9);
	barectf_enable_tracing(&s, 1);
	barectf_trace_others(&s, 3, 2, 256, 0, 1.5f, -2.25, "k\303\244se", 4, -1, 70000);
	barectf_trace_lists(&s, 4, 3, mac, 2, image, 0, levels, 2, states, 2, words, kinds);
	memset(&where, 0xaa, sizeof(where));
	where.x = 6;
	where.deeper.z = -7;
	where.deeper.name = "in";
	where.deeper.sizes_len = 1;
	where.deeper.sizes = &size;
	where.deeper.changes[0] = -1;
	where.deeper.changes[1] = 1;
	where.deeper.state = 9;
	where.register_ = 0.5;
	barectf_trace_inner(&s, 5, 4, 5, &where, 10, "own");
	barectf_trace_left_out(&s, 1, 2, "nothing is recorded");
	barectf_other_trace_unsigned(0, -1, 2, 3, 4);
	barectf_trace_others(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0);
	barectf_trace_lists(0, 0, 0, zeros, 0, 0, 0, no_levels, 0, 0, 0, 0, no_kinds);
	barectf_other_trace_unsigned(0, 0, 0, 0, 0);
	return 0;
}
"#;

/// This executable, as the program in Rust.
fn in_rust() -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this executable"));
    command.args(["layer::programs::program", "--exact", "--test-threads=1"]).env(PROGRAM, "yes");
    command
}

/// A program in C with this source, which is compiled with these options. Its tracer is made by
/// this compiler; nothing, if it is not here.
pub fn in_c(
    (compiler, of_source): (&[&str], &[&str]),
    config: &str,
    source: &str,
    folder: &Path,
) -> Option<PathBuf> {
    if Command::new(compiler[0]).arg("--version").output().is_err() {
        println!("skipped: {} is not here", compiler[0]);
        return None;
    }
    std::fs::create_dir_all(folder).expect("a folder");
    let files = c::layer::files(&definition(config)).expect("a tracer");
    for file in files.into_iter().chain([c::File { name: "main.c".into(), text: source.into() }]) {
        std::fs::write(folder.join(file.name), file.text).expect("written");
    }
    let mut tracer = Command::new(compiler[0]);
    tracer.current_dir(folder).args(&compiler[1..]).args(STRICT).args(["-I", INCLUDE]);
    finish(tracer.args(["-c", "barectf.c"])).expect("a tracer");
    let mut main = Command::new("gcc");
    finish(main.current_dir(folder).args(["-c", "main.c"]).args(of_source)).expect("a program");
    // Without the language, which is not that of objects.
    let options = compiler[1..].iter().filter(|option| option.starts_with("-f"));
    let mut linker = Command::new(compiler[0]);
    linker.current_dir(folder).args(options).args(["-pthread", "-o", "main"]);
    finish(linker.args(["main.o", "barectf.o"])).expect("it links");
    Some(folder.join("main"))
}

fn lines(program: &mut Command, folder: &Path, globs: &str) -> Vec<String> {
    let events = left::run(program, folder, globs).expect("all that was traced");
    events.iter().map(left::Event::line).collect()
}

#[test]
fn values_of_a_program_in_rust() {
    let folder = scratch("types/layer-rust");
    assert_eq!(lines(&mut in_rust(), &folder, "*"), EXPECTED);
}

#[test]
fn values_of_a_program_in_c() {
    let folder = scratch("types/layer-c");
    for (number, compiler) in COMPILERS.into_iter().enumerate() {
        let folder = folder.join(number.to_string());
        let Some(program) = in_c((compiler, &C89), ALL, IN_C, &folder) else { continue };
        let found = lines(&mut Command::new(program), &folder.join("programs"), "*");
        assert_eq!(found, EXPECTED, "{compiler:?}");
    }
}

/// Streams and events are switched on and off by their names.
#[test]
fn only_events_that_are_on() {
    let folder = scratch("types/layer-some");
    let is_meant = |line: &&str| line.starts_with("other:") || line.starts_with("s:l");
    let expected: Vec<_> = EXPECTED.into_iter().filter(is_meant).collect();
    let Some(program) = in_c((COMPILERS[0], &C89), ALL, IN_C, &folder) else { return };
    let programs = folder.join("programs");
    assert_eq!(lines(&mut Command::new(&program), &programs, "other:*, s:l*"), expected);
    assert_eq!(lines(&mut Command::new(&program), &programs, "s, unsigned"), [""; 0]);
    assert!(std::fs::read_dir(&programs).expect("a folder").next().is_none(), "nothing is left");
}

/// Levels are those of the configuration, and a class is one of the tracer, wherever it is called.
#[test]
fn classes_have_levels_and_places() {
    let folder = scratch("types/layer-levels");
    let Some(program) = in_c((COMPILERS[0], &C89), ALL, IN_C, &folder) else { return };
    for mut command in [in_rust(), Command::new(program)] {
        let programs = folder.join("programs");
        left::run(&mut command, &programs, "*").expect("all that was traced");
        let found = drain::find(&programs).expect("a folder");
        let mut program = Program::open(&found[0]).expect("a program");
        program.update().expect("its classes");
        let levels: Vec<_> = (1..=7).map_while(|id| Some(program.class(id)?.level)).collect();
        let (info, debug) = (Level::Info, Level::Debug);
        assert_eq!(levels, [Level::Error, Level::Warn, debug, Level::Trace, info, info]);
        let place = program.class(1).expect("a class");
        let is_ours = ["barectf.c", "all.rs.txt"].iter().any(|name| place.file.ends_with(name));
        assert!(is_ours && place.line > 0, "{place:?}");
    }
}
