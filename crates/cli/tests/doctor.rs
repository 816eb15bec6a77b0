//! `marey doctor`, as a process: what it says of this machine, as root or not.
#![cfg(target_os = "linux")]

use std::process::Command;

use process::{Ran, run};
use schema::Schema;

#[path = "support/process.rs"]
mod process;
#[path = "support/schema.rs"]
mod schema;

const SCREEN_LINES: usize = 24;

/// Whether it is one screen, but for commands, which stand whole on their lines.
fn is_a_screen(text: &str) -> bool {
    let is_short = |line: &str| line.chars().count() <= 80 || line.starts_with("  sudo ");
    text.lines().count() <= SCREEN_LINES && text.lines().all(is_short)
}

#[test]
fn it_answers_in_one_screen() {
    let Ran { status, stdout, stderr } = run(["doctor"]);
    assert_eq!(stderr, "");
    assert!(is_a_screen(&stdout), "{stdout}");
    let can = stdout.starts_with("kernel events can be recorded\n");
    assert_eq!(status, i32::from(!can), "{stdout}");
    let has_remedy = stdout.contains("\nwhat helps\n");
    assert!(can || has_remedy, "{stdout}");
}

#[test]
fn lines_of_json_are_as_their_schema_says() {
    let ran = run(["doctor", "--json"]);
    let lines = Schema::of("doctor").check(&ran.stdout);
    let can = lines.last().expect("a line")["kernel_events"] == true;
    assert_eq!(ran.status, i32::from(!can));
    let is_lacking = |line: &&serde_json::Value| {
        line["needed_for"] == "kernel_events" && line["answer"] == false
    };
    assert_eq!(lines.iter().filter(is_lacking).count() == 0, can);
}

/// The program as nobody may run it.
fn as_nobody(name: &str) -> Option<std::process::Output> {
    // Where it was built need not be for all to see.
    let copy = std::env::temp_dir().join(format!("marey-{name}-{}", std::process::id()));
    std::fs::copy(env!("CARGO_BIN_EXE_marey"), &copy).ok()?;
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(&copy);
    let output = command.arg("doctor").output();
    std::fs::remove_file(&copy).expect("the copy can be removed");
    let output = output.ok()?;
    // Who is not root cannot become nobody.
    let began = String::from_utf8_lossy(&output.stdout).starts_with("kernel events");
    began.then_some(output)
}

#[test]
fn nobody_is_told_what_helps() {
    let Some(output) = as_nobody("doctor") else {
        return println!("skipped: setpriv cannot be run here");
    };
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(printed.starts_with("kernel events cannot be recorded\n"), "{printed}");
    assert!(printed.contains("capabilities          none of those"), "{printed}");
    assert!(is_a_screen(&printed), "{printed}");
}
