//! The benchmarks run, check their answers, and say what is missing: with little to do.

use std::process::{Command, Output};

fn bench(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marey-benches"));
    command.args(arguments).env("MAREY_BENCH_DIR", env!("CARGO_TARGET_TMPDIR"));
    command.output().expect("the benchmarks start")
}

#[test]
fn a_small_race_has_right_answers() {
    for row in ["count", "flows", "ordered"] {
        check(row);
    }
}

fn check(row: &str) {
    let output = bench(&[row, "--mib", "1", "--rounds", "2", "--no-budget"]);
    let said = String::from_utf8_lossy(&output.stdout);
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{words}");
    for engine in ["| bare walk |", "| marey, 1 worker |", "| marey, 2 workers |"] {
        assert!(said.matches(engine).count() >= 1, "{engine}\n{said}");
    }
    print!("{said}");
}

#[test]
fn rows_and_engines_that_are_none_are_told() {
    for arguments in [&["nonsense"][..], &["engine", "nonsense", "trace"]] {
        let output = bench(arguments);
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && words.contains("nonsense"), "{words}");
    }
}

#[test]
fn programs_have_recorded_what_they_say() {
    if !cfg!(target_os = "linux") || Command::new("gcc").arg("--version").output().is_err() {
        println!("skipped: Linux and gcc are needed");
        return;
    }
    let output = bench(&["layer", "--quick", "--rounds", "1", "--no-budget"]);
    let said = String::from_utf8_lossy(&output.stdout);
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{words}");
    for row in [
        "| the clock |",
        "| four integers |",
        "| six mixed fields |",
        "| rejected by a filter |",
        "| off |",
    ] {
        assert!(said.contains(row), "{row}\n{said}");
    }
}
