//! Programs in C and C++ with the header: their files are those of programs in Rust.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use marey_layer::drain::Program;
use marey_layer::layout::value::Type;
use marey_layer::layout::{self, class, control, ring, value};
use marey_layer::{Level, Meaning};

use crate::support::{All, Folder};

pub const GCC: [&str; 2] = ["gcc", "-std=c99"];
const ALL: [&[&str]; 6] = [
    &GCC,
    &["gcc", "-std=gnu11", "-O2"],
    &["clang", "-std=c99"],
    &["clang", "-std=gnu17", "-O2"],
    &["g++", "-x", "c++", "-std=c++11"],
    &["clang++", "-x", "c++", "-std=c++17", "-O2"],
];

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Builds the program of two parts; `None` where there is no such compiler.
pub fn build(compiler: &[&str], folder: &Folder) -> Option<PathBuf> {
    let (name, options) = compiler.split_first()?;
    if Command::new(name).arg("--version").output().is_err() {
        println!("skipped: no {name}");
        return None;
    }
    let program = folder.path().join("program");
    let mut command = Command::new(name);
    command.args(options).args(["-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I"]);
    command.arg(here("include"));
    command.args(["program.c", "part.c"].map(|part| here("tests/layer/c").join(part)));
    let output = command.args(["-pthread", "-o"]).arg(&program).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{compiler:?}: {said}");
    Some(program)
}

/// Runs it with these arguments.
fn run(program: &Path, arguments: &[&str], ring_bytes: &str) -> Folder {
    let folder = Folder::new();
    let mut command = Command::new(program);
    command.args(arguments).env("MAREY_DIR", folder.path()).env("MAREY_EVENTS", "none, [!x]*:*");
    let status = command.env("MAREY_RING_BYTES", ring_bytes).status().expect("it starts");
    assert!(status.success(), "{arguments:?}: {status}");
    folder
}

#[test]
fn each_type_of_field_with_each_compiler() {
    for compiler in ALL {
        let building = Folder::new();
        let Some(program) = build(compiler, &building) else { continue };
        let folder = run(&program, &["one-of-each"], "");
        let mut program = Program::open(&folder.only()).expect("it can be opened");
        let all = All::of(&mut program);
        let shown = all.events.iter().map(|event| {
            let fields: Vec<_> = event.fields.iter().map(|(k, v)| format!(" {k}={v}")).collect();
            format!("{}{}", event.name, fields.concat())
        });
        let text = "ü".repeat(512);
        let expected = [
            "t:unsigned a=1 b=2 c=4294967295 d=18446744073709551615 e=true",
            "t:signed a=-1 b=-32768 c=-2147483648 d=-9223372036854775808",
            "t:other a=1.5 b=2.25 c=text none= p=4096",
            &format!("t:long bytes=[1, 2] text={text}… words=[1, 0, 0, 0, 0, 1, 0, 0]"),
            "none",
            "t:part n=5",
            "user:simple code=111 d0=1 d1=11",
            "user:combined code=7 words=[1, 0, 0, 0, 0, 1, 0, 0]",
            "user:string code=555 text=Hello world",
            "system:func_enter call_site=20480 thisfn=16384",
            "system:func_exit call_site=20480 thisfn=16384",
        ];
        assert_eq!(shown.collect::<Vec<_>>(), expected, "{compiler:?}");
        assert_eq!((all.lost(), program.control().command()), (0, "program".to_owned()));
        let other = program.class(3).expect("the third class");
        assert_eq!((other.level, other.meaning), (Level::Warn, Meaning::Event));
        assert!(other.file.ends_with("program.c") && other.line > 0, "{other:?}");
        assert_eq!(program.class(7).expect("it is there").meaning, Meaning::UserSimple);
    }
}

#[test]
fn it_counts_what_it_loses() {
    let building = Folder::new();
    let Some(program) = build(&GCC, &building) else { return };
    for (ring, count) in [("4096", 2_000_000_u64), ("65536", 100_000), ("", 1)] {
        let folder = run(&program, &["counts", &count.to_string()], ring);
        let all = All::of_found(&folder.only());
        assert_eq!(all.events.len() as u64 + all.lost(), count, "{:?}", all.counts);
        assert_eq!(all.values("n").last(), Some(&(count - 1)));
    }
}

#[test]
fn children_have_directories_of_their_own() {
    let building = Folder::new();
    let Some(program) = build(&GCC, &building) else { return };
    let folder = run(&program, &["forks"], "");
    let mut runs = BTreeMap::new();
    for found in folder.found() {
        let all = All::of_found(&found);
        assert!(all.values("pid").iter().all(|pid| *pid == u64::from(found.name.pid)));
        let values = all.values("n");
        runs.insert(values[0], values);
    }
    let expected = [(0, 20), (100, 10), (200, 10)];
    let expected: BTreeMap<u64, Vec<u64>> =
        expected.into_iter().map(|(from, count)| (from, (from..from + count).collect())).collect();
    assert_eq!(runs, expected);
}

#[test]
fn events_of_signal_handlers_are_whole() {
    let building = Folder::new();
    let Some(program) = build(&GCC, &building) else { return };
    let folder = run(&program, &["is-interrupted"], "1048576");
    let all = All::of_found(&folder.only());
    let total = all.values("mains")[0] + all.values("alarms")[0];
    assert_eq!(all.events.len() as u64 - 1 + all.lost(), total, "{:?}", all.counts);
    let (n, seven) = (all.values("n"), all.values("seven"));
    assert!(n.iter().zip(&seven).all(|(n, seven)| 7 * n == *seven));
    assert!(all.events.iter().any(|event| event.level == 1), "no signal came within an event");
}

#[test]
fn threads_that_follow_one_another_use_the_same_rings() {
    let building = Folder::new();
    let Some(program) = build(&GCC, &building) else { return };
    let folder = run(&program, &["threads"], "");
    let found = folder.only();
    let mut program = Program::open(&found).expect("it can be opened");
    let all = All::of(&mut program);
    let mut values = all.values("n");
    values.sort_unstable();
    assert!(values.iter().copied().eq(0..5000), "{} values", values.len());
    assert!(program.control().rings < 20, "{}", program.control().rings);
}

/// The numbers of the header, by name.
fn numbers() -> BTreeMap<String, u64> {
    let header = fs::read_to_string(here("include/marey/layout.h")).expect("it is there");
    let lines = header.lines().filter_map(|line| line.strip_prefix("#define MAREY_"));
    let pairs = lines.filter_map(|line| {
        let (name, number) = line.split_once(' ')?;
        let number = number.trim_end_matches('u');
        let number = match number.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        Some((name.to_owned(), number))
    });
    pairs.collect()
}

#[test]
fn the_header_has_the_numbers_of_the_layout() {
    let of_types = [
        ("bool", Type::Bool),
        ("u8", Type::U8),
        ("u16", Type::U16),
        ("u32", Type::U32),
        ("u64", Type::U64),
        ("i8", Type::I8),
        ("i16", Type::I16),
        ("i32", Type::I32),
        ("i64", Type::I64),
        ("f32", Type::F32),
        ("f64", Type::F64),
        ("string", Type::String),
        ("bytes", Type::Bytes),
        ("words", Type::Words),
        ("address", Type::Address),
    ];
    let types = of_types.map(|(name, of)| (format!("TYPE_{name}"), of as u64));
    let meanings = [
        ("EVENT", Meaning::Event),
        ("USER_SIMPLE", Meaning::UserSimple),
        ("USER_COMBINED", Meaning::UserCombined),
        ("USER_STRING", Meaning::UserString),
        ("FUNCTION_ENTER", Meaning::FunctionEnter),
        ("FUNCTION_EXIT", Meaning::FunctionExit),
    ];
    let meanings = meanings.map(|(name, of)| (format!("MEANS_{name}"), of as u64));
    let levels = [
        ("ERROR", Level::Error),
        ("WARN", Level::Warn),
        ("INFO", Level::Info),
        ("DEBUG", Level::Debug),
        ("TRACE", Level::Trace),
    ];
    let levels = levels.map(|(name, of)| (format!("LEVEL_{name}"), of as u64));
    let others = sizes().map(|(name, number)| (name.to_owned(), number as u64));
    let all = others.into_iter().chain(types).chain(meanings).chain(levels);
    assert_eq!(numbers(), all.collect());
}

/// What the header must say, but for the numbers of enumerations.
fn sizes() -> [(&'static str, usize); 58] {
    [
        ("VERSION", layout::VERSION as usize),
        ("INSTANCES_MAX", layout::INSTANCES_MAX as usize),
        ("CLASSES_MAX", layout::CLASSES_MAX),
        ("RINGS_MAX", layout::RINGS_MAX),
        ("NAME_BYTES_MAX", layout::NAME_BYTES_MAX),
        ("CONTROL_BYTES", control::BYTES),
        ("CONTROL_PID", control::PID),
        ("CONTROL_INSTANCE", control::INSTANCE),
        ("CONTROL_START", control::START),
        ("CONTROL_READY", control::READY),
        ("CONTROL_CLASSES_BYTES", control::CLASSES_BYTES),
        ("CONTROL_CLASSES", control::CLASSES),
        ("CONTROL_RINGS", control::RINGS),
        ("CONTROL_LOST_NO_RING", control::LOST_NO_RING),
        ("CONTROL_LOST_NO_CLASS", control::LOST_NO_CLASS),
        ("CONTROL_LOST_NESTED", control::LOST_NESTED),
        ("CONTROL_COMMAND", control::COMMAND),
        ("CONTROL_COMMAND_BYTES", control::COMMAND_BYTES),
        ("CONTROL_BEAT", control::BEAT),
        ("CONTROL_WANTED_RING_BYTES", control::WANTED_RING_BYTES),
        ("CONTROL_PATTERNS_TURN", control::PATTERNS_TURN),
        ("CONTROL_PATTERNS_LEN", control::PATTERNS_LEN),
        ("CONTROL_PATTERNS", control::PATTERNS),
        ("CONTROL_PATTERNS_BYTES_MAX", control::PATTERNS_BYTES_MAX),
        ("CONTROL_SWITCHES", control::SWITCHES),
        ("ON_BY_ENVIRONMENT", control::ON_BY_ENVIRONMENT as usize),
        ("ON_BY_RECORDER", control::ON_BY_RECORDER as usize),
        ("ON", control::ON as usize),
        ("SILENT_NS", control::SILENT_NS as usize),
        ("ENTRY_BYTES_MAX", class::ENTRY_BYTES_MAX),
        ("CLASSES_BYTES_MAX", class::FILE_BYTES_MAX),
        ("ENTRY_FIXED_BYTES", class::FIXED_BYTES),
        ("RING_HEADER_BYTES", ring::HEADER_BYTES),
        ("RING_OWNER", ring::OWNER),
        ("RING_LOST_NESTED", ring::LOST_NESTED),
        ("RING_LEVELS", ring::LEVELS[0]),
        ("LEVEL_BYTES", ring::LEVELS[1] - ring::LEVELS[0]),
        ("LEVEL_DATA", ring::DATA),
        ("LEVEL_DATA_BYTES", ring::DATA_BYTES),
        ("LEVEL_BLOCK_BYTES", ring::BLOCK_BYTES),
        ("LEVEL_HEAD", ring::HEAD),
        ("LEVEL_FILLING", ring::FILLING),
        ("LEVEL_DISCARDED", ring::DISCARDED),
        ("LEVEL_TOO_LONG", ring::TOO_LONG),
        ("LEVEL_TURN", ring::TURN),
        ("LEVEL_READ", ring::READ[0]),
        ("LEVEL_READ_BYTES", ring::READ[1] - ring::READ[0]),
        ("RING_BYTES", ring::RING_BYTES),
        ("RING_BYTES_MIN", ring::RING_BYTES_MIN),
        ("RING_BYTES_MAX", ring::RING_BYTES_MAX),
        ("NESTED_BYTES_MAX", ring::NESTED_BYTES_MAX),
        ("BLOCK_BYTES_MIN", ring::BLOCK_BYTES_MIN),
        ("BLOCKS", ring::BLOCKS),
        ("BLOCK_HEADER_BYTES", ring::BLOCK_HEADER_BYTES),
        ("RECORD_HEADER_BYTES", ring::RECORD_HEADER_BYTES),
        ("THREAD_RECORD_BYTES", ring::THREAD_RECORD_BYTES),
        ("TEXT_BYTES_MAX", value::TEXT_BYTES_MAX),
        ("CUT", value::CUT as usize),
    ]
}
