//! `marey check`, as a process: what it says of filters and programs, on a kernel of a few events.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};

use kernel::{kernel, place};
use process::{Ran, finish, marey, run, run_with, scratch};
use schema::Schema;

#[path = "support/kernel.rs"]
mod kernel;
#[path = "support/process.rs"]
mod process;
#[path = "support/schema.rs"]
mod schema;

const COLUMNS_MAX: usize = 80;
/// Programs and filters, and what is said of them: `==== program` and the text, or `==== filter`
/// and the arguments one a line; then `----` and what is said.
const GOLDEN: &str = "tests/golden/check/said.txt";

/// A folder for programs, from which marey is run.
fn folder(test: &str) -> PathBuf {
    scratch(&format!("check-{test}"))
}

fn check(folder: &Path, root: &Path, arguments: &[&str]) -> Ran {
    let place = place(root);
    finish(marey().current_dir(folder).args([&["check", &place], arguments].concat()))
}

fn fits(text: &str) -> bool {
    text.lines().all(|line| line.chars().count() <= COLUMNS_MAX)
}

/// What is said of a program or a filter, on both channels.
fn said(folder: &Path, root: &Path, kind: &str, text: &str) -> String {
    let ran = match kind {
        "program" => {
            fs::write(folder.join("x.marey"), text).expect("a file can be written");
            check(folder, root, &["x.marey"])
        }
        "program -v" => {
            fs::write(folder.join("x.marey"), text).expect("a file can be written");
            check(folder, root, &["-v", "x.marey"])
        }
        "filter" => check(folder, root, &text.lines().collect::<Vec<_>>()),
        other => panic!("kind {other}"),
    };
    let has_errors = ran.stderr.contains("error: ");
    assert_eq!(ran.status, i32::from(has_errors), "{text}: {}", ran.stderr);
    assert!(fits(&ran.stderr) && fits(&ran.stdout), "{}{}", ran.stderr, ran.stdout);
    let (out, err) = (ran.stdout, ran.stderr);
    if err.is_empty() { out } else { format!("{err}{out}") }
}

#[test]
fn each_text_gets_its_answer() {
    let (folder, root) = (folder("said"), kernel("check-said"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
    let golden = fs::read_to_string(&path).expect("the golden reads");
    let (mut now, mut count) = (String::new(), 0);
    for part in golden.split("==== ").filter(|part| !part.is_empty()) {
        let (kind, rest) = part.split_once('\n').expect("a kind");
        let text = rest.split("\n----\n").next().expect("a text");
        let text = text.strip_suffix('\n').unwrap_or(text);
        now += &format!("==== {kind}\n{text}\n----\n{}", said(&folder, &root, kind, text));
        count += 1;
    }
    assert!(count > 15, "{count}");
    if std::env::var_os("BLESS").is_some() {
        return fs::write(&path, now).expect("the golden can be written");
    }
    assert!(now == golden, "{now}\nBLESS=1 accepts it.");
}

#[test]
fn files_that_are_not_there_are_told() {
    let (folder, root) = (folder("files"), kernel("check-files"));
    fs::write(folder.join("right"), "on any { keep }").expect("a file");
    fs::write(folder.join("wrong"), "on any { kep }").expect("a file");
    fs::write(folder.join("bytes"), b"on any { \xff }").expect("a file");
    let ran = check(&folder, &root, &["right", "missing"]);
    assert_eq!(ran.status, 4, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("right: no mistakes"), "{}", ran.stdout);
    assert!(ran.stderr.contains("marey: missing: "), "{}", ran.stderr);
    let ran = check(&folder, &root, &["right", "wrong", "bytes"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("--> wrong:1:14") && ran.stderr.contains("bytes"),
        "{}",
        ran.stderr
    );
    let place = place(&root);
    let ran = run_with(&["check", &place, "-"], b"on sched:sched_switch { discard }");
    assert!(ran.ok().starts_with("-: no mistakes, no state\n"));
    assert_eq!(check(&folder, &root, &[]).status, 2, "nothing to check");
    assert_eq!(check(&folder, &root, &["-f", "id == 1"]).status, 2, "a filter for no events");
    assert_eq!(check(&folder, &root, &["-f", "id == 1", "-e", "nothing"]).status, 2);
    assert_eq!(check(&folder, &root, &["-f", "id == 1", "--class", "nothing"]).status, 2);
    assert_eq!(check(&folder, &root, &["right", "-e", "sched"]).status, 2, "events for no filter");
}

#[test]
fn without_a_kernel_the_rest_is_checked() {
    let folder = folder("no-kernel");
    fs::write(folder.join("right"), "on sched:nothing { keep if nothing == 1 }").expect("a file");
    fs::write(folder.join("wrong"), "on sched:nothing { keep if }").expect("a file");
    let check = |file: &str| {
        run(["check", "--tracefs=missing", folder.join(file).to_str().expect("UTF-8")])
    };
    let ran = check("right");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.starts_with("marey: names of events and fields are not checked: missing: "));
    assert!(ran.stdout.ends_with("    events  not known\n"), "{}", ran.stdout);
    let ran = check("wrong");
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("expected a value"), "{}", ran.stderr);
}

#[test]
fn lines_of_json_are_as_their_schema_says() {
    let (folder, root) = (folder("json"), kernel("check-json"));
    let program =
        "state n: u64; on sched:* { count(cpu) } on class kercall { n += 1; discard if id == 1 }";
    fs::write(folder.join("x"), program).expect("a file");
    fs::write(folder.join("y"), "on sched:* { discard if next_pid == 1 }").expect("a file");
    let schema = Schema::of("check");
    let ran = check(&folder, &root, &["--json", "x", "-f", "tid == 1", "-e", "sched:sched_switch"]);
    let lines = schema.check(&ran.ok());
    let types: Vec<&str> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
    assert_eq!(types, ["program", "block", "block", "filter", "end"]);
    assert_eq!((&lines[0]["state_bytes"], &lines[0]["state"][0]), (&8.into(), &"n".into()));
    let events = serde_json::json!(["sched:sched_switch", "sched:sched_wakeup"]);
    assert_eq!(lines[1]["events"], events);
    assert_eq!(lines[2]["places"][0]["runs"], "drain");
    assert_eq!(
        lines[3]["places"],
        serde_json::json!([{"runs": "kernel", "why": null, "events": 1}])
    );
    let ran = check(&folder, &root, &["--json", "y"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let lines = schema.check(&ran.stdout);
    assert_eq!(lines[0]["what"], "sched:sched_wakeup has no `next_pid`");
    assert_eq!((&lines[1]["errors"], &lines[1]["kernel_known"]), (&1.into(), &true.into()));
}

#[test]
fn this_kernel_is_asked() {
    let program = "state flag: u64;
        on raw_syscalls:sys_enter { if id == 39 and flag == 0 { flag = 1; keep } discard }
        on sched:sched_switch { if flag == 1 { flag = 0; keep } discard }
        on any { count(ctx.cpu) }";
    let ran = run_with(&["check", "-"], program.as_bytes());
    if ran.stderr.contains("not checked") {
        return println!("skipped: {}", ran.stderr);
    }
    let printed = ran.ok();
    assert!(printed.contains("\n    early   id == 39 "), "{printed}");
}
