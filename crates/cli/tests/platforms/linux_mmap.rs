//! The platform `linux-mmap`: what a killed program leaves, and how streams begin and end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::build::{SANITIZED, STRICT, compile, copy, events, is_here, make, root};
use super::process::{Ran, finish};
use super::stream;

const TRACER: &str = "example/barectf.c";
const PLATFORM: [&str; 4] =
    ["barectf-platform-linux-mmap.c", "recover.c", "packet-file.c", "mapped-file.c"];
const OPTIONS: [&str; 3] = ["-I.", "-Iexample", "-pthread"];
/// Events in a packet of a page.
const PER_PAGE: u32 = (4096 - 52) / 24;
/// More system calls than a program makes that is killed in one of them.
const CALLS_MAX: u32 = 80;

/// A folder with `program`, built with the example's tracer, with `recover`, and `trace/metadata`.
fn build(test: &str, program: &str, options: &[&str]) -> Option<PathBuf> {
    build_in(&copy("linux-mmap", test), program, options)
}

/// The same with another configuration.
fn build_with(test: &str, configuration: &str) -> Option<PathBuf> {
    let folder = copy("linux-mmap", test);
    fs::write(folder.join("example/config.yaml"), configuration).expect("a file");
    build_in(&folder, "traced.c", &["-O2"])
}

fn build_in(folder: &Path, program: &str, options: &[&str]) -> Option<PathBuf> {
    if !["make", "cc"].iter().all(|program| is_here(program)) {
        return None;
    }
    make(&folder.join("example"), &["barectf.c"]);
    fs::rename(folder.join("example/trace"), folder.join("trace")).expect("a folder");
    let source = root().join("crates/cli/tests/platforms/linux_mmap").join(program);
    let source = source.to_str().expect("UTF-8");
    compile_with_platform(folder, "program", source, options);
    compile_with_platform(folder, "recover", "example/recover.c", &[]);
    Some(folder.to_owned())
}

/// Compiles a program with the tracer and the platform.
fn compile_with_platform(folder: &Path, name: &str, source: &str, options: &[&str]) {
    let sources = [&[source, TRACER][..], &PLATFORM].concat();
    compile(folder, name, &sources, &[&OPTIONS[..], &STRICT, options].concat());
}

/// A program whose system calls can be made to fail, and a `recover` that sees what it must not do.
fn build_hooked(test: &str) -> Option<PathBuf> {
    let folder = build(test, "traced.c", &["-O2"])?;
    let names = ["pwrite", "ftruncate", "rename", "unlink", "mmap", "munmap"];
    let defined: Vec<_> = names.iter().map(|name| format!("-D{name}=hooked_{name}")).collect();
    let mut objects = vec!["program.o".to_owned()];
    for source in PLATFORM {
        let object = source.replace(".c", ".o");
        // With 64 bits the headers rename the functions, past the hooks.
        let mut options = vec!["-c", "-O2", "-D_FILE_OFFSET_BITS=32"];
        options.extend(OPTIONS.iter().copied().chain(defined.iter().map(String::as_str)));
        compile(&folder, &object, &[source], &options);
        objects.push(object);
    }
    let sources = root().join("crates/cli/tests/platforms/linux_mmap");
    let source = |name| sources.join(name).to_str().expect("UTF-8").to_owned();
    compile(&folder, "program.o", &[&source("traced.c")], &[&["-c", "-O2"], &OPTIONS[..]].concat());
    let mut sources: Vec<_> = objects.iter().map(String::as_str).collect();
    let hooks = source("hooks.c");
    sources.extend([hooks.as_str(), TRACER]);
    compile(&folder, "program", &sources, &OPTIONS);
    compile_with_platform(&folder, "recover", "example/recover.c", &SANITIZED);
    Some(folder)
}

/// How many events the program has traced, as it says itself.
fn logged(folder: &Path) -> u32 {
    let bytes = fs::read(folder.join("log")).expect("a log");
    u32::from_le_bytes(bytes.try_into().expect("4 bytes"))
}

/// By the `recover` of this folder, or of one above.
fn recover(folder: &Path) {
    let tool = folder.ancestors().map(|it| it.join("recover")).find(|it| it.exists());
    let mut command = Command::new(tool.expect("it was built"));
    let ran = finish(command.current_dir(folder).arg("trace/stream"));
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
}

/// What is in the folder beside the metadata.
fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("trace")).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string());
    let mut names: Vec<_> = names.map(|name| name.expect("UTF-8")).collect();
    names.retain(|name| name != "metadata");
    names.sort();
    names
}

fn clean(folder: &Path) {
    for name in files(folder) {
        fs::remove_file(folder.join("trace").join(name)).expect("a file");
    }
    let _ = fs::remove_file(folder.join("log"));
}

/// Of a program that was killed: its stream is whole, and has all events of all packets that it had
/// filled; recovered, it has all events that it had traced.
fn check_killed(folder: &Path, per_packet: u32, what: &str) {
    let (path, traced) = (folder.join("trace/stream"), logged(folder));
    let before = stream::events(&path).unwrap_or_else(|e| panic!("{what}: {e}"));
    // The packet that is filled by the latest event may not have been committed yet.
    let committed = traced.saturating_sub(1) / per_packet * per_packet;
    assert!(before >= committed && before <= traced + 1, "{what}: {before} of {traced}");
    recover(folder);
    let after = stream::events(&path).unwrap_or_else(|e| panic!("{what}, recovered: {e}"));
    // It may have been killed when an event was traced and not yet logged.
    assert!(after == traced || after == traced + 1, "{what}, recovered: {after} of {traced}");
    assert!(files(folder).iter().all(|name| name == "stream"), "{what}: {:?}", files(folder));
    recover(folder);
}

/// Killed before, after, and in the middle of each system call.
#[test]
fn no_system_call_is_a_bad_moment_to_die() {
    let Some(folder) = build_hooked("calls") else { return };
    for (bytes, per_packet) in [(4096_u32, PER_PAGE), (20000, (20480 - 52) / 24)] {
        for mode in ["b", "a", "h"] {
            let (mut killed, mut spared) = (0, 0);
            // Not every call can be killed in its middle.
            for number in 0..CALLS_MAX {
                if spared == 12 {
                    break;
                }
                clean(&folder);
                let hook = format!("{mode}{number}");
                let ran = traced(&folder, 4 * per_packet + 7, bytes, &hook);
                if ran.status == 0 {
                    spared += 1;
                    continue;
                }
                assert_eq!(ran.status, -1, "{hook}: {}", ran.stdout);
                check_killed(&folder, per_packet, &format!("{bytes} {hook}"));
                (killed, spared) = (killed + 1, 0);
            }
            assert!((15..CALLS_MAX).contains(&killed), "{mode}: {killed} times");
        }
    }
}

fn traced(folder: &Path, count: u32, bytes: u32, hook: &str) -> Ran {
    let mut command = Command::new("./program");
    command.current_dir(folder).env("HOOK", hook);
    finish(command.args([count.to_string(), bytes.to_string()]))
}

/// Any system call may fail: what is lost is counted, and the stream goes on.
#[test]
fn no_system_call_must_succeed() {
    let Some(folder) = build_hooked("fail") else { return };
    let (count, mut lossy) = (8 * PER_PAGE + 7, 0);
    for number in 0..CALLS_MAX {
        clean(&folder);
        let hook = format!("e{number}");
        let ran = traced(&folder, count, 4096, &hook);
        match ran.status {
            3 => {
                assert_eq!(ran.stdout, "init: No space left on device\n", "{hook}");
                assert_eq!(files(&folder), [""; 0], "{hook}");
                continue;
            }
            4 => recover(&folder),
            status => assert_eq!(status, 0, "{hook}: {}", ran.stdout),
        }
        let discarded = ran.stdout.lines().next().expect("a line");
        let discarded: u32 = discarded.parse().expect("a number");
        let found = self::count(&folder);
        assert_eq!(found + discarded, count, "{hook}");
        assert_eq!(files(&folder), ["stream"], "{hook}");
        lossy += u32::from(discarded > 0);
    }
    assert!(lossy > 10, "{lossy} times something was lost");
}

/// How many events are in the stream, not all of which need be there.
fn count(folder: &Path) -> u32 {
    let numbers = stream::numbers(&folder.join("trace/stream"));
    let numbers = numbers.unwrap_or_else(|e| panic!("{e}"));
    assert!(numbers.is_sorted_by(|a, b| a < b), "no event is there twice");
    numbers.len() as u32
}

/// Killed after each instruction that writes anything, from some events before the end of the first
/// packet, or the second one, to some events behind it; and of the end of the stream.
/// Compilers order them as they like.
#[test]
fn no_instruction_is_a_bad_moment_to_die() {
    for option in ["-O0", "-O2"] {
        let Some(folder) = build(&format!("steps{option}"), "stepped.c", &[option]) else { return };
        for from in [PER_PAGE - 2, 2 * PER_PAGE - 3] {
            clean(&folder);
            let mut command = Command::new("./program");
            let ran = finish(command.current_dir(&folder).arg(from.to_string()));
            if ran.status == 5 {
                return println!("skipped: processes may not be traced here");
            }
            assert_eq!(ran.status, 0, "{ran:?}");
            let count: u32 = ran.stdout.trim().parse().expect("a number");
            assert!(count > 60, "{count} moments");
            for number in 0..count {
                let kept = folder.join("kept").join(number.to_string());
                check_killed(&kept, PER_PAGE, &format!("{option} {from}, moment {number}"));
            }
        }
    }
}

/// Has the program trace without an end, and kills it some time after it has begun to.
fn kill(folder: &Path, bytes: u32, pause: Duration) {
    clean(folder);
    let mut command = Command::new("./program");
    command.current_dir(folder).args(["0", &bytes.to_string()]);
    let mut child = command.spawn().expect("it starts");
    while !fs::read(folder.join("log")).is_ok_and(|log| log.len() == 4) {
        std::thread::yield_now();
    }
    std::thread::sleep(pause);
    child.kill().and_then(|()| child.wait()).expect("it can be killed");
}

/// Killed at moments that nobody chose, while it traces as fast as it can.
#[test]
fn no_other_moment_is_bad_either() {
    let Some(folder) = build("random", "traced.c", &["-O3"]) else { return };
    // Not random, so that a failure is found again; but no two runs are alike anyway.
    let mut pause_us: u64 = 1;
    for round in 0..100_u32 {
        let bytes = [4096, 4096, 65536][round as usize % 3];
        let per_packet = (bytes - 52) / 24;
        pause_us = (pause_us * 7919 + 13) % 12_007;
        kill(&folder, bytes, Duration::from_micros(pause_us));
        let is_read = round % 20 == 0 && is_here("babeltrace2");
        if is_read && folder.join("trace/stream").exists() {
            let before = stream::events(&folder.join("trace/stream")).expect("whole");
            assert_eq!(events(&folder.join("trace")).len() as u32, before);
        }
        check_killed(&folder, per_packet, &format!("round {round}"));
        if is_read && folder.join("trace/stream").exists() {
            let found = events(&folder.join("trace"));
            let after = stream::events(&folder.join("trace/stream")).expect("whole");
            assert_eq!(found.len() as u32, after);
        }
    }
}

/// A file system fills up, and later has room again: there is no signal, and no event is lost that
/// is not counted.
#[test]
fn a_full_disk_costs_events_that_are_counted() {
    let Some(folder) = build("full", "full.c", &SANITIZED) else { return };
    let said = finish(Command::new("./program").current_dir(&folder)).ok();
    let numbers = said.split_whitespace().map(|it| it.parse().expect("a number"));
    let numbers: Vec<u32> = numbers.collect();
    let [error, whole, traced, discarded] = numbers[..] else { panic!("{said}") };
    assert_eq!((error, whole), (27, 5), "EFBIG, and five packets");
    assert!(discarded > 0 && discarded < traced, "{said}");
    assert_eq!(count(&folder) + discarded, traced, "what is not in the trace is counted");
    assert_eq!(files(&folder), ["stream"]);
    if is_here("babeltrace2") {
        let ran = finish(Command::new("babeltrace2").current_dir(&folder).arg("trace"));
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains("racer discarded"), "{}", ran.stderr);
    }
}

#[test]
fn streams_begin_and_end_well() {
    let Some(folder) = build("ends", "ends.c", &SANITIZED) else { return };
    let expected = "no folder: ENOENT\nno bytes: EMSGSIZE\ntoo many bytes: EMSGSIZE\n\
                    nothing: fine\nnothing there: fine\nno event: fine\n0 bytes\n\
                    a stream that is recorded: EBUSY\nrecovering it: EBUSY\n\
                    the child's end: fine\nthe child's own: fine\n\
                    flush: fine\nflush: fine\n24576 bytes\nthe end: fine\n";
    assert_eq!(finish(Command::new("./program").current_dir(&folder)).ok(), expected);
    assert_eq!(files(&folder), ["child", "stream"]);
    assert_eq!(stream::events(&folder.join("trace/stream")), Ok(2000));
    assert_eq!(stream::events(&folder.join("trace/child")), Ok(10));
    if is_here("babeltrace2") {
        assert_eq!(events(&folder.join("trace")).len(), 2010);
    }
}

/// Where packets say how long they are is found out, whatever else is there.
#[test]
fn any_header_of_whole_bytes_will_do() {
    let size = |bits: u32, alignment: u32| {
        let class = format!("{{class: uint, size: {bits}, alignment: {alignment}}}");
        format!(
            "$features: {{packet: {{total-size-field-type: {class}, \
             content-size-field-type: {class}, sequence-number-field-type: true}}}}\n        "
        )
    };
    let configuration = fs::read_to_string(root().join("platforms/linux-mmap/example/config.yaml"));
    let configuration = configuration.expect("it reads");
    for (name, order, features, expected) in [
        ("big", "trace-byte-order: big-endian", String::new(), ""),
        ("big-24", "trace-byte-order: big-endian", size(24, 8), ""),
        ("little-24", "native-byte-order: little-endian", size(24, 8), ""),
        ("short", "native-byte-order: little-endian", size(16, 8), "Message too long"),
        ("bits", "native-byte-order: little-endian", size(23, 1), "Operation not supported"),
    ] {
        let text = configuration.replace("native-byte-order: little-endian", order);
        let default = "$is-default: true\n        ";
        let text = text.replace(default, &format!("{default}{features}"));
        let Some(folder) = build_with(name, &text) else { return };
        let ran = finish(Command::new("./program").current_dir(&folder).args(["1000", "4096"]));
        if !expected.is_empty() {
            assert_eq!((ran.status, ran.stdout), (3, format!("init: {expected}\n")), "{name}");
            continue;
        }
        assert_eq!((ran.status, ran.stdout.as_str()), (0, "0\n"), "{name}");
        // Killed, it leaves the same.
        kill(&folder, 4096, Duration::from_millis(2));
        recover(&folder);
        if is_here("babeltrace2") {
            let found = events(&folder.join("trace")).len();
            let traced = logged(&folder) as usize;
            assert!(found == traced || found == traced + 1, "{name}: {found} of {traced}");
        }
    }
}
