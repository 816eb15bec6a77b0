//! The platform `semihosting`: a Cortex-M0 and a Cortex-M3 in QEMU.

use std::fs;
use std::process::Command;

use super::build::{copy, events, is_here, make};
use super::process::{Ran, finish};

const BOARDS: [&str; 2] = ["mps2-an385", "microbit"];
const COMPILERS: [&str; 2] = ["arm-none-eabi-gcc", "arm-linux-gnueabihf-gcc"];

/// Builds the example and runs it, in its folder, with or without one for the trace.
fn run(board: &str, compiler: &str, has_trace: bool) -> Option<(Ran, Vec<String>)> {
    if !["make", "qemu-system-arm", compiler].iter().all(|program| is_here(program)) {
        return None;
    }
    let example = copy("semihosting", &format!("{board}-{compiler}-{has_trace}")).join("example");
    let (board, compiler) = (format!("BOARD={board}"), format!("CC={compiler}"));
    let strict = "CFLAGS=-std=c99 -Os -Wall -Wextra -Wconversion -pedantic -Werror";
    make(&example, &[&board, &compiler, strict, "all"]);
    if !has_trace {
        fs::remove_dir_all(example.join("trace")).expect("a folder");
    }
    let ran = finish(Command::new("make").current_dir(&example).args(["-s", "run", &board]));
    let has_events = has_trace && is_here("babeltrace2");
    Some((ran, if has_events { events(&example.join("trace")) } else { Vec::new() }))
}

/// The program's own events, and those of its interrupt handler, in the order of their times.
#[test]
fn every_board_and_compiler_leaves_the_same_trace() {
    let both = |count| {
        [
            format!("tick: {{ count = {} }}", count + 1),
            format!("measured: {{ sensor = \"light\", value = {} }}", 100 - count),
        ]
    };
    let expected: Vec<String> = (0..20).flat_map(both).collect();
    for board in BOARDS {
        for compiler in COMPILERS {
            let Some((ran, found)) = run(board, compiler, true) else { continue };
            assert_eq!(ran.ok(), "", "{board} {compiler}");
            assert!(found.is_empty() || found == expected, "{board} {compiler}: {found:?}");
        }
    }
}

#[test]
fn what_cannot_be_written_is_said() {
    for compiler in COMPILERS {
        let Some((ran, _)) = run(BOARDS[0], compiler, false) else { continue };
        assert_eq!(ran.status, 2, "make says that the program failed");
        assert!(ran.stderr.contains("trace/ is not there"), "{}{}", ran.stdout, ran.stderr);
    }
}
