//! What filters cost while none of them acts: at most a load and a branch an event, counted in
//! instructions by callgrind, which are the same in every run.

use std::path::Path;
use std::process::Command;

use super::support::{ALL_FILTERS, PLATFORM, generated, is_here, run_c, run_rust, version_3};

/// A load, a comparison and a branch.
const ALLOWED: f64 = 3.0;

const IN_C: &str = r#"
int main(int argc, char **argv)
{
	const unsigned long events = argc > 2 ? strtoul(argv[1], 0, 10) : 0;
	unsigned long i;

	start();
	barectf_enable_tracing(&noisy, argc > 2 && argv[2][0] == 'e');
	for (i = 0; i < events; ++i) {
		barectf_trace_plain(&noisy, (uint32_t) i);
		noisy.parent.at = 1000;
	}
	barectf_enable_tracing(&noisy, 1);
	finish("in_c.stream");
	return 0;
}
"#;

const IN_RUST: &str = r#"
mod barectf;

/// A function, as in C.
#[inline(never)]
fn trace<B: marey_tracer::Backend>(noisy: &mut barectf::NoisyStream<B, fn() -> u64>, count: u32) {
    noisy.trace_plain(count);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let events = arguments.first().map_or(0, |events| events.parse().expect("a number"));
    let backend = marey_tracer::Sink::new([0; 4096], |_: &[u8]| {});
    let mut noisy = barectf::NoisyStream::new(backend, (|| 7) as fn() -> u64);
    noisy.set_enabled(arguments.get(1).is_some_and(|word| word == "e"));
    for number in 0..events {
        trace(&mut noisy, number);
    }
}
"#;

/// How many instructions an event takes; `enabled` is `e`, else tracing is disabled.
fn instructions(program: &Path, enabled: &str) -> f64 {
    let count = |events: &str| -> f64 {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
        // The program leaves its stream where it runs.
        valgrind.current_dir(program.parent().expect("a folder"));
        let output = valgrind.arg(program).args([events, enabled]).output().expect("valgrind");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words}");
        let collected = words.split_once("Collected : ").expect("a count").1;
        collected.split_whitespace().next().expect("a number").parse().expect("a number")
    };
    (count("6000") - count("1000")) / 5000.0
}

#[test]
fn filters_that_do_not_act_cost_a_load_and_a_branch() {
    if !is_here("valgrind") {
        return;
    }
    let folders = [("cost-without", ""), ("cost-with", ALL_FILTERS)]
        .map(|(name, marey)| generated(name, &version_3(marey)));
    let mut programs = Vec::new();
    for folder in &folders {
        run_c(folder, &["-O2"], &format!("{PLATFORM}{IN_C}"));
    }
    programs.push("in_c");
    if is_here("rustc") {
        for folder in &folders {
            run_rust(folder, &["-C", "opt-level=3"], IN_RUST);
        }
        programs.push("in_rust");
    }
    for program in programs {
        for (enabled, what) in [("e", "enabled"), ("d", "disabled")] {
            let [without, with] =
                [&folders[0], &folders[1]].map(|it| instructions(&it.join(program), enabled));
            println!("{program} {what}: {without} instructions an event, with filters {with}");
            assert!(with <= without + ALLOWED, "{program} {what}: {without}, with {with}");
        }
    }
}
