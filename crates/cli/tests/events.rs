//! `marey events`, as a process: what there is to record.
#![cfg(target_os = "linux")]

use std::path::Path;

use kernel::{kernel, place};
use process::{Ran, golden, run};
use schema::Schema;
use serde_json::Value;

#[path = "support/kernel.rs"]
mod kernel;
#[path = "support/process.rs"]
mod process;
#[path = "support/schema.rs"]
mod schema;

const COLUMNS_MAX: usize = 80;

fn events(root: &Path, arguments: &[&str]) -> Ran {
    let place = place(root);
    run([&["events", &place], arguments].concat())
}

fn fits(text: &str) -> bool {
    text.lines().all(|line| line.chars().count() <= COLUMNS_MAX)
}

#[test]
fn events_are_listed() {
    let root = kernel("listed");
    let printed = events(&root, &[]).ok();
    assert!(fits(&printed), "{printed}");
    golden("events/all.txt", &printed);
    let printed = events(&root, &["-v"]).ok();
    assert!(fits(&printed), "{printed}");
    golden("events/verbose.txt", &printed);
}

#[test]
fn patterns_and_classes_choose() {
    let root = kernel("chosen");
    let table: [(&[&str], &[&str]); 6] = [
        (&["irq"], &["irq:irq_handler_entry", "irq:irq_handler_exit"]),
        (&["sched_sw*", "irq_handler_exit"], &["irq:irq_handler_exit", "sched:sched_switch"]),
        (&["raw_syscalls:sys_enter"], &["raw_syscalls:sys_enter"]),
        (
            &["syscall:openat"],
            &[
                "syscalls:sys_enter_openat  syscall_entry_openat",
                "syscalls:sys_exit_openat   syscall_exit_openat",
            ],
        ),
        (&["--class", "comm"], &["signal:signal_deliver"]),
        (&["--class=thread", "sched_switch"], &["sched:sched_switch", "sched:sched_wakeup"]),
    ];
    for (arguments, expected) in table {
        let printed = events(&root, arguments).ok();
        assert_eq!(printed.lines().collect::<Vec<_>>(), expected, "{arguments:?}");
    }
    // A class that this kernel has nothing of is empty.
    assert_eq!(events(&root, &["--class", "qvm"]).ok(), "");
}

#[test]
fn what_is_not_there_is_told() {
    let root = kernel("not-there");
    let mut told = String::new();
    let cases: [(&[&str], i32); 7] = [
        (&["sched:sched_swich"], 2),
        (&["shed:*"], 2),
        (&["syscall:opnat"], 2),
        (&["ftrace:function"], 2),
        (&["a:b:c"], 2),
        (&["sched:\u{1b}[31m"], 2),
        (&["--class", "threds"], 2),
    ];
    for (arguments, status) in cases {
        let ran = events(&root, arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (status, ""), "{arguments:?}");
        assert!(fits(&ran.stderr), "{}", ran.stderr);
        told.push_str(&ran.stderr);
    }
    golden("events/told.txt", &told);
    let ran = run(["events", "--tracefs", "no-such-folder"]);
    assert_eq!(ran.status, 4, "{}", ran.stderr);
    assert!(ran.stderr.starts_with("marey: no-such-folder: "), "{}", ran.stderr);
    let format = root.join("events/sched/sched_wakeup/format");
    std::fs::write(&format, "name: x\nID: 1\nfield:x;").expect("a file can be written");
    let ran = events(&root, &["-v", "sched"]);
    assert_eq!(ran.status, 4, "{}", ran.stderr);
    assert!(ran.stderr.contains("line 3"), "{}", ran.stderr);
    assert!(ran.stdout.contains("next_comm"), "the other one is shown: {}", ran.stdout);
}

#[test]
fn classes_are_shown_with_what_is_here() {
    let root = kernel("classes");
    let printed = events(&root, &["--sat"]).ok();
    assert!(fits(&printed), "{printed}");
    golden("events/sat.txt", &printed);
    // Without a kernel there is still the table, and it is said what is not known.
    let ran = run(["events", "--sat", "--tracefs", "no-such-folder"]);
    assert_eq!(ran.status, 4, "{}", ran.stderr);
    assert!(ran.stderr.starts_with("marey: what this kernel lacks is not known"), "{}", ran.stderr);
    let everywhere = printed.replace(" (not here)", "");
    // The legend is the same, too, but for what it says of that.
    assert_eq!(ran.stdout.replace(" (not here)", ""), everywhere);
    assert_ne!(printed, everywhere);
}

#[test]
fn lines_of_json_are_as_their_schema_says() {
    let root = kernel("json");
    let schema = Schema::of("events");
    let of = |arguments: &[&str]| schema.check(&events(&root, arguments).ok());
    let plain = of(&["--json"]);
    assert_eq!(plain.len(), 11 + 1);
    assert!(plain.iter().all(|line| line.get("fields").is_none()));
    let verbose = of(&["--json", "-v", "sched_wakeup", "net", "syscall:openat"]);
    let found = |event: &str, field: &str| -> Value {
        let event = verbose.iter().find(|line| line["recorded"] == event).expect("the event");
        let fields = event["fields"].as_array().expect("fields");
        fields.iter().find(|it| it["name"] == field).expect("the field").clone()
    };
    let pid = found("sched_wakeup", "pid");
    assert_eq!((&pid["in_filters"], &pid["concerned"]), (&"field.pid".into(), &true.into()));
    assert_eq!(found("net_mac", "mac")["in_filters"], Value::Null);
    assert_eq!(found("net_mac", "tags")["bytes"], Value::Null);
    assert_eq!(found("net_mac", "tags")["element_bytes"], 4);
    assert_eq!(found("syscall_exit_openat", "ret")["signed"], true);
    let classes = of(&["--json", "--sat"]);
    let thread = classes.iter().find(|line| line["type"] == "class" && line["name"] == "thread");
    let expected = serde_json::json!(["sched:sched_switch", "sched:sched_wakeup"]);
    assert_eq!(thread.expect("the class")["events"], expected);
}

#[test]
fn this_kernel_is_listed() {
    let ran = run(["events", "-v"]);
    if ran.status == 5 {
        return println!("skipped: {}", ran.stderr);
    }
    let printed = ran.ok();
    assert!(fits(&printed), "longer than {COLUMNS_MAX} columns");
    assert!(printed.contains("\nsched:sched_switch\n  prev_comm  "), "{printed}");
    Schema::of("events").check(&run(["events", "-v", "--json", "sched:*", "syscall:open*"]).ok());
}
