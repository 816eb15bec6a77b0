//! The platform `linux-fs`: what barectf's is not right in, and what it promises beyond.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::build::{SANITIZED, STRICT, compile, copy, events, is_here, make};
use super::process::finish;

const SOURCES: [&str; 3] = ["program.c", "example/barectf.c", "barectf-platform-linux-fs.c"];
const INCLUDES: [&str; 3] = ["-I.", "-Iexample", "-DNDEBUG"];

/// Builds a program with the example's tracer, in a folder of its own, which has `trace/metadata`.
fn build(test: &str, program: &str) -> Option<PathBuf> {
    if !["make", "cc"].iter().all(|program| is_here(program)) {
        return None;
    }
    let folder = copy("linux-fs", test);
    make(&folder.join("example"), &["barectf.c"]);
    fs::rename(folder.join("example/trace"), folder.join("trace")).expect("a folder");
    fs::write(folder.join("program.c"), program).expect("a file");
    compile(&folder, "program", &SOURCES, &[&INCLUDES[..], &STRICT, &SANITIZED].concat());
    Some(folder)
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    finish(Command::new("./program").current_dir(folder).args(arguments)).ok()
}

/// Whether babeltrace2 reads the trace, and how many events it finds; it says what was discarded.
fn read(folder: &Path) -> Option<(usize, String)> {
    is_here("babeltrace2").then(|| {
        let ran = finish(Command::new("babeltrace2").current_dir(folder).arg("trace"));
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        (ran.stdout.lines().count(), ran.stderr)
    })
}

/// The program knows barectf's platform only; it gives chances in both orders.
#[test]
fn programs_for_barectfs_platform_compile_unchanged() {
    let Some(folder) = build("barectf", include_str!("linux_fs/barectf.c")) else { return };
    let said = ["2 7", "7 2"].map(|chance| run(&folder, &chance.split(' ').collect::<Vec<_>>()));
    assert_eq!(said[0], said[1]);
    let discarded: usize = said[0].trim().parse().expect("a number");
    assert!((50..5000).contains(&discarded), "{discarded} of 10000");
    let Some((count, complaints)) = read(&folder) else { return };
    assert_eq!(count + discarded, 10000);
    assert!(complaints.contains("racer discarded"), "{complaints}");
    assert_eq!(run(&folder, &["0", "0"]), "0\n");
    assert_eq!(events(&folder.join("trace")).len(), 10000);
}

/// The platform serves a tracer of barectf as well.
#[test]
fn it_serves_tracers_of_barectf() {
    let Some(barectf) = std::env::var_os("MAREY_BARECTF3") else {
        return println!("skipped: MAREY_BARECTF3 does not name barectf 3.1");
    };
    let Some(folder) = build("theirs", include_str!("linux_fs/barectf.c")) else { return };
    let mut command = Command::new(barectf);
    command.current_dir(folder.join("example")).args(["-m", "../trace", "config.yaml"]);
    assert_eq!(finish(&mut command).status, 0);
    compile(&folder, "program", &SOURCES, &[&INCLUDES[..], &SANITIZED].concat());
    let discarded: usize = run(&folder, &["2", "7"]).trim().parse().expect("a number");
    if let Some((count, _)) = read(&folder) {
        assert_eq!(count + discarded, 10000);
    }
}

/// A file system fills up within a packet, and later has room again.
#[test]
fn a_full_disk_costs_events_that_are_counted() {
    let Some(folder) = build("full", include_str!("linux_fs/full.c")) else { return };
    let said = run(&folder, &[]);
    let numbers: Vec<usize> =
        said.split_whitespace().map(|it| it.parse().expect("a number")).collect();
    let [error, whole, traced, discarded] = numbers[..] else { panic!("{said}") };
    assert_eq!(error, 27, "EFBIG");
    assert_eq!(whole % 512, 0, "only whole packets are in the file while it is full");
    assert!(discarded > 0 && discarded < traced, "{said}");
    let Some((count, complaints)) = read(&folder) else { return };
    assert_eq!(count + discarded, traced, "what is not in the trace is counted");
    assert!(complaints.contains("racer discarded"), "{complaints}");
}

/// What fails is said, by status and errno; nothing dangles, nothing leaks, and tracing functions
/// leave errno alone.
#[test]
fn errors_are_said() {
    let Some(folder) = build("errors", include_str!("linux_fs/errors.c")) else { return };
    assert_eq!(run(&folder, &[]), "ENOENT\nEMSGSIZE\nEMSGSIZE\nENOSPC\nerrno is kept\n0\n");
}

/// A packet is complete, though tracing was disabled or the program forked.
#[test]
fn streams_end_well() {
    let Some(folder) = build("end", include_str!("linux_fs/end.c")) else { return };
    assert_eq!(run(&folder, &[]), "child 0\nparent 0\n");
    if is_here("babeltrace2") {
        let found = events(&folder.join("trace"));
        let expected =
            (0..200).map(|index| format!("heated: {{ celsius = 1, seconds = {index} }}"));
        assert_eq!(found, expected.collect::<Vec<_>>());
    }
}
