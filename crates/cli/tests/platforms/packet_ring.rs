//! The platform `packet-ring`: packets are whole and the numbers add up, whatever the threads do,
//! and whatever compiles it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::build::{STRICT, compile, copy, is_here, make, root};
use super::process::{finish, marey};

/// A compiler with options, by a name.
struct Build {
    name: &'static str,
    compiler: &'static [&'static str],
    options: &'static [&'static str],
}

const BUILDS: &[Build] = &[
    Build { name: "plain", compiler: &["gcc", "-std=c89", "-O2"], options: &[] },
    Build { name: "c11", compiler: &["gcc", "-std=c11", "-O2"], options: &["-DPACKET_RING_C11"] },
    Build { name: "c++", compiler: &["g++", "-x", "c++", "-std=c++98", "-O2"], options: &[] },
    Build { name: "clang", compiler: &["clang", "-std=c89", "-O2"], options: &[] },
    Build {
        name: "asan",
        compiler: &["gcc", "-std=c89", "-O1"],
        options: &["-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    },
    // It does not know fences, which gcc warns of. It sees acquire and release, which keep the two
    // sides of a ring apart.
    Build {
        name: "tsan",
        compiler: &["gcc", "-std=c89", "-O1"],
        options: &["-fsanitize=thread", "-Wno-tsan"],
    },
];

impl Build {
    /// Builds the stress test in the example's folder, and returns the program; none if there is no
    /// such compiler.
    fn build(&self, example: &Path) -> Option<PathBuf> {
        let (program, arguments) = self.compiler.split_first()?;
        if !is_here(program) {
            return None;
        }
        let mut command = Command::new(program);
        command.current_dir(example).args(arguments).args(STRICT).args(self.options);
        command.args(["-I.", "-I..", "-o", self.name, "-pthread"]);
        command.args(["barectf.c", "rings.c", "stress.c", "../packet-ring.c"]);
        assert_eq!(finish(&mut command).ok(), "", "{command:?}");
        Some(example.join(self.name))
    }
}

/// The example's folder with its tracer, and with a program.
fn folder(test: &str, name: &str, text: &str) -> Option<PathBuf> {
    if !["make", "cc"].iter().all(|program| is_here(program)) {
        return None;
    }
    let example = copy("packet-ring", test).join("example");
    make(&example, &["barectf.c"]);
    fs::write(example.join(name), text).expect("a file");
    Some(example)
}

/// Tiny rings, threads that trace as fast as they can and are interrupted, and a consumer that
/// checks each packet; the program compares what was traced with what it saw.
#[test]
fn each_packet_is_intact_and_the_numbers_add_up() {
    let text = include_str!("packet_ring/stress.c");
    let Some(example) = folder("stress", "stress.c", text) else { return };
    for build in BUILDS {
        let Some(program) = build.build(&example) else { continue };
        for (mode, packets) in [("discard", "1"), ("discard", "4"), ("overwrite", "2")]
            .into_iter()
            .chain([("overwrite", "4"), ("overwrite", "16")])
        {
            let said = finish(Command::new(&program).args([mode, packets, "20000"]));
            let what = format!("{} {mode} {packets}: {} {}", build.name, said.stdout, said.stderr);
            assert_eq!((said.status, said.stdout.lines().count()), (0, 4), "{what}");
        }
    }
}

/// The numbers in a line of text, in their order.
fn numbers(line: &str) -> Vec<usize> {
    let parts = line.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().expect("a number")).collect()
}

/// How many events babeltrace2 finds in the example's trace, and the last one of each thread.
fn read(example: &Path) -> (usize, Vec<String>) {
    let ran = finish(Command::new("babeltrace2").arg(example.join("trace")));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let last_of = |thread: usize| {
        let of_thread = format!("{{ thread = {thread} }}");
        let last = ran.stdout.lines().rfind(|line| line.contains(&of_thread)).unwrap_or_default();
        last.split_once("serial").unwrap_or_default().1.to_owned()
    };
    (ran.stdout.lines().count(), (0..4).map(last_of).collect())
}

/// What the example says of its threads, and what babeltrace2 finds in its streams.
fn example(test: &str, arguments: &[&str]) -> Option<(Vec<Vec<usize>>, usize, Vec<String>)> {
    let example = folder(test, "unused.txt", "")?;
    make(&example, &["all"]);
    let said = finish(Command::new("./threads").current_dir(&example).args(arguments)).ok();
    let said: Vec<_> = said.lines().map(numbers).collect();
    assert_eq!(said.len(), 4);
    if !is_here("babeltrace2") {
        return None;
    }
    let (count, last) = read(&example);
    Some((said, count, last))
}

#[test]
fn streams_of_threads_have_all_that_was_not_discarded() {
    let Some((said, count, _)) = example("discards", &[]) else { return };
    let discarded: usize = said.iter().map(|numbers| numbers[2]).sum();
    assert_eq!(count, 4 * 5000 - discarded);
}

#[test]
fn a_flight_recorder_has_the_newest_events() {
    let Some((said, count, last)) = example("recorder", &["flight-recorder"]) else { return };
    for numbers in &said {
        let [_, 5000, 0, written, overwritten] = numbers[..] else { panic!("{said:?}") };
        assert!((6..=8).contains(&(written - overwritten)), "{said:?}");
    }
    assert!(count < 4 * 8 * 512 / 32, "{count}");
    assert_eq!(last, vec![" = 4999, what = \"one of many\" }"; 4]);
}

/// Another prefix, and another way to have atomics: volatile words, for one processor.
#[test]
fn macros_fit_it_to_any_tracer() {
    let program = "#include \"acme.h\"\n#include \"packet-ring-tracer.h\"\n\
        #define opened(it) acme_thread_open_packet(&(it)->ctx, 7)\n\
        PACKET_RING_DECLARE(acme_, thread_);\n\
        PACKET_RING_DEFINE_OPEN(acme_, thread_, opened);\n\
        static struct acme_thread_ring ring;\n\
        static struct packet_ring_slot slots[3];\n\
        static uint8_t packets[200];\n\
        static uint64_t now(void *data) { (void) data; return 5; }\n\
        static int init(uint32_t bytes, uint32_t count, enum packet_ring_mode mode) {\n\
        struct acme_platform_callbacks clocks;\n\
        clocks.monotonic_clock_get_value = now;\n\
        return acme_thread_ring_init(&ring, clocks, 0, packets, slots, bytes, count, mode); }\n\
        int main(void) {\n\
        if (!init(100, 3, PACKET_RING_DISCARD) || !init(100, 1, PACKET_RING_OVERWRITE)) return 1;\n\
        if (!init(20, 2, PACKET_RING_DISCARD) || init(100, 2, PACKET_RING_OVERWRITE)) return 2;\n\
        acme_thread_ring_flush(&ring);\n\
        if (packet_ring_peek(&ring.ring)) return 3;\n\
        PACKET_RING_TRACE(&ring, acme_trace_step(&ring.ctx, 1, \"x\"));\n\
        acme_thread_ring_flush(&ring);\n\
        return packet_ring_peek(&ring.ring) == packets ? 0 : 4; }\n";
    let Some(example) = folder("macros", "program.c", program) else { return };
    let arguments = ["generate", "-p", "acme_", "-m", "trace", "config.yaml"];
    finish(marey().current_dir(&example).args(arguments)).ok();
    let sources = ["program.c", "acme.c", "../packet-ring.c"];
    let options = ["-std=c89", "-I.", "-I..", "-DPACKET_RING_ONE_CORE"];
    compile(&example, "program", &sources, &[&options[..], &STRICT].concat());
    assert_eq!(finish(&mut Command::new(example.join("program"))).ok(), "");
}

/// Rings in Rust are back ends of tracers that are generated in Rust.
#[test]
fn tracers_in_rust_have_such_rings() {
    let text = include_str!("packet_ring/threads.rs");
    let Some(example) = folder("rust", "threads.rs", text) else { return };
    if !is_here("rustc") {
        return;
    }
    let arguments = ["generate", "--lang", "rust", "-m", "trace", "config.yaml"];
    finish(marey().current_dir(&example).args(arguments)).ok();
    let library = root().join("crates/tracer/src/lib.rs");
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "--crate-type", "rlib", "--crate-name", "marey_tracer"]);
    rustc.args(["--cfg", "feature=\"ring\"", "-o", "libmarey_tracer.rlib"]).arg(library);
    finish(rustc.current_dir(&example)).ok();
    let mut rustc = Command::new("rustc");
    rustc.args([
        "--edition",
        "2024",
        "--extern",
        "marey_tracer=libmarey_tracer.rlib",
        "threads.rs",
    ]);
    finish(rustc.current_dir(&example)).ok();
    for arguments in [&[][..], &["flight-recorder"]] {
        let mut program = Command::new("./threads");
        let said = finish(program.current_dir(&example).args(arguments)).ok();
        if !is_here("babeltrace2") {
            continue;
        }
        let (count, last) = read(&example);
        let discarded: usize = numbers(&said).iter().sum();
        if arguments.is_empty() {
            assert_eq!(count, 4 * 5000 - discarded);
        } else {
            assert!(discarded == 0 && (1..4 * 8 * 512 / 32).contains(&count), "{said} {count}");
            assert_eq!(last, vec![" = 4999, what = \"one of many\" }"; 4]);
        }
    }
}
