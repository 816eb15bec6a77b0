//! Which events patterns stand for.

use marey_recorder::select::{Pattern, Selected, recorded, select};

/// A few events of a kernel, sorted as tracefs gives them.
fn names() -> Vec<(String, String)> {
    let names = [
        ("irq", "irq_handler_entry"),
        ("irq", "softirq_entry"),
        ("irq_vectors", "local_timer_entry"),
        ("raw_syscalls", "sys_enter"),
        ("raw_syscalls", "sys_exit"),
        ("sched", "sched_switch"),
        ("sched", "sched_wakeup"),
        ("signal", "signal_deliver"),
        ("syscalls", "sys_enter_open"),
        ("syscalls", "sys_enter_openat"),
        ("syscalls", "sys_exit_open"),
        ("syscalls", "sys_exit_openat"),
    ];
    names.map(|(system, name)| (system.to_owned(), name.to_owned())).into()
}

fn selected(patterns: &[&str]) -> Result<Vec<Selected>, String> {
    let patterns: Result<Vec<Pattern>, _> = patterns.iter().map(|text| text.parse()).collect();
    select(&patterns.map_err(|e| e.to_string())?, &names()).map_err(|e| e.to_string())
}

/// The names by which what patterns stand for is recorded.
fn recorded_of(patterns: &[&str]) -> Vec<String> {
    let selected = selected(patterns).expect("they stand for something");
    selected.into_iter().map(|selected| selected.recorded).collect()
}

#[test]
fn patterns_stand_for_events() {
    let table: [(&[&str], &[&str]); 12] = [
        (&["sched:sched_switch"], &["sched_switch"]),
        (&["sched:*"], &["sched_switch", "sched_wakeup"]),
        (&["irq"], &["irq_handler_entry", "softirq_entry"]),
        (&["irq*"], &["irq_handler_entry", "softirq_entry", "local_timer_entry"]),
        (&["sched_switch"], &["sched_switch"]),
        (&["*_w*up"], &["sched_wakeup"]),
        (&["raw_syscalls:sys_enter"], &["sys_enter"]),
        (&["syscall:openat"], &["syscall_entry_openat", "syscall_exit_openat"]),
        (&["syscall:op??", "sys_exit"], &["sys_exit", "syscall_entry_open", "syscall_exit_open"]),
        (&["syscalls:sys_enter_open"], &["syscall_entry_open"]),
        (&["syscalls:syscall_entry_open"], &["syscall_entry_open"]),
        (
            &["signal", "sched:*", "sched", "signal:*"],
            &["sched_switch", "sched_wakeup", "signal_deliver"],
        ),
    ];
    for (patterns, expected) in table {
        assert_eq!(recorded_of(patterns), expected, "{patterns:?}");
    }
    assert_eq!(recorded_of(&["*"]).len(), names().len());
    assert_eq!(recorded_of(&["syscall:*"]).len(), 4);
    assert!(recorded_of(&[]).is_empty());
}

#[test]
fn what_stands_for_nothing_is_told_with_what_is_near() {
    let table = [
        ("sched:sched_swich", "`; did you mean `sched:sched_switch`?"),
        ("sched:switch", "no event `sched:switch`"),
        ("shed:*", "; did you mean `sched:*`?"),
        ("irq:sched_switch", "; did you mean `sched:sched_switch`?"),
        ("shced:schd_swtch", "did you mean `sched:sched_switch`?"),
        ("sgnal", "; did you mean `signal`?"),
        ("syscall:opnat", "; did you mean `syscall:openat` or `syscall:open`?"),
        ("syscal:open", "did you mean `syscall:open`?"),
        ("nothing_of_the_kind", "this kernel has no event `nothing_of_the_kind`"),
    ];
    for (pattern, expected) in table {
        let why = selected(&["sched:*", pattern]).expect_err(pattern);
        assert!(why.starts_with("this kernel has no event `"), "{why}");
        assert!(why.contains(expected), "{pattern}: {why}");
    }
}

#[test]
fn what_is_no_pattern_is_refused() {
    for text in ["", ":", "sched:", ":x", "a:b:c", &"x".repeat(257)] {
        let why = text.parse::<Pattern>().expect_err(text).to_string();
        assert!(why.contains("is no pattern of events: "), "{why}");
    }
    for text in ["sched:*", "irq", "syscall:open*"] {
        assert_eq!(text.parse::<Pattern>().expect("a pattern").to_string(), text);
    }
}

#[test]
fn recorded_names_are_of_the_event_alone() {
    assert_eq!(recorded("raw_syscalls", "sys_enter"), "sys_enter");
    assert_eq!(recorded("syscalls", "sys_exit_mmap"), "syscall_exit_mmap");
    assert_eq!(recorded("other", "sys_exit_mmap"), "sys_exit_mmap");
    assert_eq!(recorded("syscalls", "something"), "something");
}
