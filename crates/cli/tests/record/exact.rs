//! What is recorded is what was asked for, no more and no less.

use super::*;

/// How many calls are made.
pub const CALLS: usize = 5000;

/// Runs this test again, as a program that is recorded.
pub fn program(test: &str) -> [String; 4] {
    let own = std::env::current_exe().expect("a path").display().to_string();
    ["--".to_owned(), own, test.to_owned(), "--exact".to_owned()]
}

/// Not a test of its own: it is what the others record.
#[test]
fn calls() {
    (0..CALLS).for_each(call);
}

fn record_calls(folder: &Path, arguments: &[&str]) -> Option<Ran> {
    let program = program("exact::calls");
    let all: Vec<&str> =
        arguments.iter().copied().chain(program.iter().map(String::as_str)).collect();
    record(folder, &all)
}

#[test]
fn a_command_and_what_it_starts() {
    let folder = scratch("record-command");
    let filter = "dfd == -100 and flags != 1234567 and pid == me";
    let arguments = ["-e", "syscalls:sys_enter_statx", "-f", filter];
    let Some(ran) = record_calls(&folder, &arguments) else { return };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("the command ended with status 0"), "{}", ran.stderr);
    let ledger = ledger(&folder);
    let (received, delivered) = (number(&ledger, "/received"), number(&ledger, "/delivered"));
    assert_eq!(received, delivered + number(&ledger, "/filtered") + number(&ledger, "/lost"));
    // The kernel alone asks it, about all that is not lost.
    let of_filter =
        ["seen", "kept", "errors"].map(|name| number(&ledger, &format!("/filters/0/{name}")));
    assert_eq!(of_filter, [received - number(&ledger, "/lost"), delivered, 0], "{ledger}");
    let Some(lines) = babeltrace(&folder) else { return };
    assert_eq!(lines.len() as u64, delivered);
    assert!(lines.iter().all(|line| line.contains("syscall_entry_statx: ")), "and no others");
    assert!(numbers(&lines).into_iter().eq(0..CALLS), "each of the calls, in their order");
}

#[test]
fn what_shadow_keeps_is_not_said_to_be_discarded() {
    let folder = scratch("record-shadow");
    let arguments = ["-e", "syscalls:sys_enter_statx", "--shadow", "-f", "dfd == 1234567"];
    let Some(ran) = record_calls(&folder, &arguments) else { return };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let ledger = ledger(&folder);
    let delivered = number(&ledger, "/delivered");
    assert!(delivered >= CALLS as u64 && number(&ledger, "/filtered") == 0, "{ledger}");
    let would = number(&ledger, "/filters/0/discarded_in_kernel");
    assert_eq!(would, delivered, "{ledger}");
    assert!(ran.stderr.contains("  kept, would be discarded: "), "{}", ran.stderr);
    assert!(!ran.stderr.contains("  discarded "), "{}", ran.stderr);
}

#[test]
fn system_calls_by_their_names_with_both_ends() {
    let folder = scratch("record-syscall");
    let Some(ran) = record_calls(&folder, &["-e", "syscall:statx"]) else { return };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let Some(lines) = babeltrace(&folder) else { return };
    let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    let (entries, exits) = (count("syscall_entry_statx: "), count("syscall_exit_statx: "));
    assert!(entries >= CALLS && entries == exits, "{entries} {exits}");
    assert!(count("ret = -2 ") >= CALLS, "ENOENT");
}

#[test]
fn a_full_ring_is_a_loss_and_said() {
    let folder = scratch("record-loss");
    let arguments = ["-e", "raw_syscalls:*", "--buffer", "4KiB"];
    let Some(ran) = record_calls(&folder, &arguments) else { return };
    assert_eq!(ran.status, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("since the ring was full"), "{}", ran.stderr);
    assert!(number(&ledger(&folder), "/lost") > 0);
    let arguments = [&arguments[..], &["--allow-loss", "--force", "--json"]].concat();
    let ran = record_calls(&folder, &arguments).expect("as before");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    // The command writes there, too, and before.
    let last = ran.stdout.split_inclusive('\n').next_back().expect("a line");
    let lines = Schema::of("record").check(last);
    assert_eq!(lines[0]["ledger"], ledger(&folder));
}

#[test]
fn so_many_events_or_so_long() {
    let folder = scratch("record-ends");
    let arguments = ["-e", "sched:sched_switch", "-n", "5"];
    let Some(ran) = record(&folder, &arguments) else { return };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(number(&ledger(&folder), "/delivered") >= 5);
    let ran = record(&folder, &["-e", "sched:sched_switch", "-S", "1KiB", "--force"]);
    assert_eq!(ran.expect("as before").status, 0);
    assert!(number(&ledger(&folder), "/delivered") >= 5);
    let begin = Instant::now();
    let ran = record(&folder, &["-e", "sched:sched_switch", "-s", "0.2", "--force"]);
    assert_eq!(ran.expect("as before").status, 0);
    assert!(begin.elapsed() >= Duration::from_millis(200));
}

#[test]
fn the_threads_at_the_start() {
    let folder = scratch("record-state");
    let arguments = ["-e", "sched:sched_switch", "-s", "0.1"];
    let Some(ran) = record(&folder, &arguments) else { return };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let count = number(&ledger(&folder), "/threads_at_start");
    assert!(count > 1);
    let Some(lines) = all_lines(&folder) else { return };
    let threads: Vec<_> = lines.iter().filter(|line| line.contains(" thread_state: ")).collect();
    assert_eq!(threads.len() as u64, count);
    let own = format!("pid = {0}, tid = {0}, ppid = ", std::process::id());
    assert!(threads.iter().any(|line| line.contains(&own)), "this one is among them");
    let none = [&arguments[..], &["--no-state", "--force"]].concat();
    assert_eq!(record(&folder, &none).expect("as before").status, 0);
    assert_eq!(number(&ledger(&folder), "/threads_at_start"), 0);
}
