//! What filters and blocks say in the kernel is what the machine says, for every event.

#[path = "shadow/programs.rs"]
mod programs;
mod support;

use std::fs;
use std::time::{Duration, Instant};

use marey_recorder::session::Plan;
use support::{babeltrace, plan, program, record, tid};

/// Filters of system calls, as numbers.
const OF_CALLS: [&str; 24] = [
    "id == 39",
    "id != 39",
    "id < 40",
    "id <= 39 and id >= 39",
    "id > 100 or id == 1",
    "not (id > 100 or id == 1)",
    "id in {0, 1, 3, 39, 202}",
    "id in {0 .. 10, 100 .. 400}",
    "id == -1",
    "id < -1",
    "id > 0xffffffffffffff00",
    "id & 1 == 0",
    "id % 3 == 1",
    "id * 7 - 3 > 270",
    "(id << 60) >> 60 == 7",
    "id / 10 == 3",
    "-id / 10 == -3",
    "id ^ 39 == 0",
    "pid == me",
    "pid == me and tid != 1",
    "current.tid == tid",
    "cpu == 0",
    "prio == 120",
    "prio - 200 < -80",
];

/// Filters of switches, with texts.
const OF_SWITCHES: [&str; 22] = [
    "prev_pid == 0",
    "next_pid == 0",
    "prev_pid == next_pid",
    "prev_pid < next_pid",
    "prev_prio == 120",
    "prev_state == 0",
    "prev_state & 3 != 0",
    "prev_state == 1 or prev_state == 2",
    "tid == next_pid",
    "tid == 0 and cpu == 1",
    "comm == \"swapper/0\"",
    "comm != \"swapper/1\"",
    "prev_comm == \"swapper/0\"",
    "next_comm == \"swapper/1\"",
    "prev_comm == \"a\" or prev_comm == \"rcu_preempt\"",
    "prev_comm == \"swapper/\"",
    "prev_comm == \"\"",
    "prev_comm == \"a name longer than sixteen\"",
    "current.comm == \"shadow\" or next_prio < 100",
    "current.pid == 0",
    "event == \"sched_switch\"",
    "class == \"irq\" or prev_pid % 2 == 0",
];

/// Filters of files that are looked for: texts in the memory of the process.
const OF_FILES: [&str; 16] = [
    "filename == \"/marey/1\"",
    "filename == \"/marey/\"",
    "filename == \"/marey/12\"",
    "filename != \"/marey/1\"",
    "filename == \"/marey/1\" or filename == \"/marey/4\"",
    "not (filename == \"/marey/7\")",
    "filename == \"\"",
    "filename == \"/marey/7\" and dfd == -100",
    "dfd == -100",
    "dfd < 0",
    "dfd > 0",
    "dfd == 4294967196",
    "flags == 0 or flags > 0",
    "mask & 0xfff != 0",
    "comm == \"files_that_are\" and filename == \"/marey/3\"",
    "filename == \"/marey/a name that is quite a bit longer than a small name would be\"",
];

/// Blocks without state: those of classes and of events, with names for numbers and texts.
const OF_ALL: &str = r#"
on any { if current.tid == tid { discard if tid % 7 == 3 } else { let c = cpu; discard if c > 64 } }
on sched:sched_switch {
    let name = prev_comm;
    let sum = prev_prio + next_prio;
    if name == "swapper/0" { discard if sum % 2 == 1 } else {
        keep if next_comm == "swapper/1";
        let odd = prev_pid % 2;
        discard if odd == 1 and prev_state == 1
    }
}
on sched:sched_switch { discard if next_pid == 0 }
on syscalls:sys_enter_statx {
    let path = filename;
    if path == "/marey/1" or path == "/marey/2" { discard } else {
        let mode = mask & 0xfff;
        keep if dfd != -100;
        discard if mode / 2 > 100 and path == "/marey/3"
    }
}
on raw_syscalls:sys_enter {
    let x = id * 7 - 3;
    let y = x >> 1;
    if x > 270 and y < 400 { discard if id % 3 == 1 } else {
        if id == 39 { keep }
        discard if id & 1 == 0
    }
}
"#;

/// Records in shadow; how often each filter discards. None is said otherwise by the machine.
fn shadow(mut plan: Plan, name: &str, filters: &[&str], work: impl FnOnce()) {
    plan.is_shadow = true;
    // The whole machine is recorded, which may have much to do, and nobody looks until the end.
    plan.ring_bytes = 128 << 20;
    let Some((ledger, folder)) = record(plan, name, work) else { return };
    assert_eq!((ledger.disagreements, ledger.filtered()), (0, 0), "{ledger:?}");
    let nested: u64 = ledger.events.iter().map(|event| event.lost_to_nesting).sum();
    assert_eq!(ledger.lost(), nested, "{ledger:?}");
    assert!(ledger.delivered() > 0);
    for (filter, text) in ledger.filters.iter().zip(filters) {
        assert_eq!(filter.in_kernel, filter.at_drain, "{text}");
    }
    // Not all of them say the same of everything; how many do, is a matter of what is going on.
    let kinds = ledger
        .filters
        .iter()
        .filter(|filter| filter.in_kernel > 0 && filter.in_kernel < ledger.delivered());
    assert!(kinds.count() > filters.len() / 6, "{ledger:?}");
    let Some(lines) = babeltrace(&folder) else { return };
    assert_eq!(lines.len() as u64, ledger.delivered());
    let number = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!("{name} = "))?;
        Some(rest.split([',', ' ']).next()?.to_owned())
    };
    for line in &lines {
        let kernel = number(line, "discards_in_kernel");
        assert!(kernel.is_some() && kernel == number(line, "discards_by_machine"), "{line}");
    }
}

fn wait(time: Duration) {
    let begin = Instant::now();
    while begin.elapsed() < time {
        let _ = fs::metadata("/marey");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn system_calls() {
    let Some(plan) = plan(&["raw_syscalls:sys_enter"], &OF_CALLS, None) else { return };
    let work = || {
        for _ in 0..1000 {
            // SAFETY: it has no arguments.
            unsafe { libc::syscall(libc::SYS_getpid) };
        }
        wait(Duration::from_millis(200));
    };
    shadow(plan, "shadow-calls", &OF_CALLS, work);
}

#[test]
fn switches() {
    let Some(plan) = plan(&["sched:sched_switch"], &OF_SWITCHES, None) else { return };
    shadow(plan, "shadow-switches", &OF_SWITCHES, || wait(Duration::from_millis(500)));
}

#[test]
fn blocks() {
    // The filter is asked before them: they are not, where it discards.
    let names = ["current.tid % 5 != 0", "any", "switch", "switch again", "statx", "call"];
    let Some(plan) = program(&names[..1], OF_ALL, None) else { return };
    let work = || {
        for number in 0..2000 {
            // SAFETY: it has no arguments.
            unsafe { libc::syscall(libc::SYS_getpid) };
            let _ = fs::metadata(format!("/marey/{}", number % 5));
        }
        wait(Duration::from_millis(300));
    };
    shadow(plan, "shadow-blocks", &names, work);
}

#[test]
fn files_that_are_looked_for() {
    let events = ["syscalls:sys_enter_statx"];
    let Some(plan) = plan(&events, &OF_FILES, Some(vec![tid()])) else { return };
    let work = || {
        for number in 0..200 {
            let _ = fs::metadata(format!("/marey/{}", number % 15));
            let _ =
                fs::metadata("/marey/a name that is quite a bit longer than a small name would be");
            let _ = fs::metadata(format!("/marey/{}", "x".repeat(300)));
        }
    };
    shadow(plan, "shadow-files", &OF_FILES, work);
}
