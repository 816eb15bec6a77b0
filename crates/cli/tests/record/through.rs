//! Where BPF is not allowed, events come through perf.

use super::exact::program;
use super::*;

/// `marey record` of calls, with these capabilities only. Nothing where that cannot be.
fn with_only(folder: &Path, capabilities: &str, arguments: &[&str]) -> Option<Ran> {
    let program = program("exact::calls");
    let mut command = Command::new("setpriv");
    command.args([&format!("--bounding-set=-all,{capabilities}"), "--inh-caps=-all"]);
    command.arg(env!("CARGO_BIN_EXE_marey")).current_dir(folder);
    command.args(["record", "-e", "syscall:statx"]).args(arguments).args(program);
    let Ok(output) = command.output() else {
        println!("skipped: setpriv is not installed");
        return None;
    };
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if stderr.starts_with("setpriv:") {
        println!("skipped: {stderr}");
        return None;
    }
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(Ran { status: output.status.code().unwrap_or(-1), stdout, stderr })
}

#[test]
fn what_may_not_load_programs_samples_events() {
    let folder = scratch("through-perf");
    let capabilities = "+perfmon,+dac_read_search,+dac_override";
    let Some(ran) = with_only(&folder, capabilities, &["-f", "pid == me"]) else { return };
    if ran.status == 5 {
        return println!("skipped: {}", ran.stderr);
    }
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("bpf(2): Operation not permitted"), "{}", ran.stderr);
    assert!(ran.stderr.contains("come through perf"), "{}", ran.stderr);
    let ledger = ledger(&folder);
    assert_eq!(ledger["through"], "perf");
    let delivered = number(&ledger, "/delivered");
    assert!(delivered >= 2 * super::exact::CALLS as u64, "{ledger}");
    assert_eq!(number(&ledger, "/received"), delivered + number(&ledger, "/filtered"));
    let Some(lines) = babeltrace(&folder) else { return };
    assert_eq!(lines.len() as u64, delivered);
    let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    assert_eq!(count("syscall_entry_statx: "), count("syscall_exit_statx: "));
    assert!(count("ret = -2 ") >= super::exact::CALLS, "ENOENT");
}

#[test]
fn what_may_do_neither_is_told_what_helps() {
    let folder = scratch("through-nothing");
    let Some(ran) = with_only(&folder, "+dac_read_search,+dac_override", &[]) else { return };
    let is_paranoid = fs::read_to_string("/proc/sys/kernel/perf_event_paranoid");
    if is_paranoid.is_ok_and(|level| level.trim() == "-1") {
        return println!("skipped: anyone may open events here");
    }
    assert_eq!(ran.status, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains("cap_perfmon"), "{}", ran.stderr);
    assert!(!folder.join("recording").exists(), "nothing is left");
}
