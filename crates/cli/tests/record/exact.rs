//! What is recorded is what was asked for, no more and no less.

use super::*;

const CALLS: usize = 5000;

/// Runs this test again, as a program that is recorded.
fn program(test: &str) -> [String; 4] {
    let own = std::env::current_exe().expect("a path").display().to_string();
    ["--".to_owned(), own, test.to_owned(), "--exact".to_owned()]
}

/// Not a test of its own: it is what the others record.
#[test]
fn calls() {
    (0..CALLS).for_each(close);
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
    let filter = "id == 3 and pid == me";
    let Some(ran) = record_calls(&folder, &["-e", "raw_syscalls:sys_enter", "-f", filter]) else {
        return;
    };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("the command ended with status 0"), "{}", ran.stderr);
    let ledger = ledger(&folder);
    let (received, delivered) = (number(&ledger, "/received"), number(&ledger, "/delivered"));
    assert_eq!(received, delivered + number(&ledger, "/filtered") + number(&ledger, "/lost"));
    let Some(lines) = babeltrace(&folder) else { return };
    assert_eq!(lines.len() as u64, delivered);
    // Each of the calls, in their order.
    let mut expected = (0..CALLS).map(|number| u64::MAX - number as u64).peekable();
    for line in &lines {
        assert!(line.contains("sys_enter: ") && line.contains("id = 3,"), "{line}");
        let args = expected.peek().map(|first| format!("[0] = {},", *first as u32));
        let wide = expected.peek().map(|first| format!("[0] = {first},"));
        if args.is_some_and(|args| line.contains(&args)) || wide.is_some_and(|w| line.contains(&w))
        {
            expected.next();
        }
    }
    assert_eq!(expected.next(), None, "{}", lines.len());
}

#[test]
fn system_calls_by_their_names_with_both_ends() {
    let folder = scratch("record-syscall");
    let Some(ran) = record_calls(&folder, &["-e", "syscall:close"]) else { return };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let Some(lines) = babeltrace(&folder) else { return };
    let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    let (entries, exits) = (count("syscall_entry_close: "), count("syscall_exit_close: "));
    assert!(entries >= CALLS && entries == exits, "{entries} {exits}");
    assert!(count("ret = -9 ") >= CALLS, "EBADF");
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
    let end = ran.stdout.lines().last().expect("a line");
    let end: Value = serde_json::from_str(end).expect("JSON");
    assert_eq!((&end["type"], &end["ledger"]), (&Value::from("end"), &ledger(&folder)));
}

#[test]
fn so_many_events_or_so_long() {
    let folder = scratch("record-ends");
    let arguments = ["-e", "sched:sched_switch", "-n", "5"];
    let Some(ran) = record(&folder, &arguments) else { return };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(number(&ledger(&folder), "/delivered") >= 5);
    let begin = Instant::now();
    let ran = record(&folder, &["-e", "sched:sched_switch", "-s", "0.2", "--force"]);
    assert_eq!(ran.expect("as before").status, 0);
    assert!(begin.elapsed() >= Duration::from_millis(200));
}
