//! Other tools that look at the same events see all of them.

use super::exact::{CALLS, program};
use super::*;

/// How many of the calls of a program `perf` counts. Nothing where it cannot.
fn counted(folder: &Path) -> Option<usize> {
    let mut command = Command::new("perf");
    command.current_dir(folder).args(["stat", "-x,", "-e", "syscalls:sys_enter_statx"]);
    let out = command.args(program("exact::calls")).output();
    let said = match out {
        Ok(out) if out.status.success() => String::from_utf8_lossy(&out.stderr).into_owned(),
        Ok(out) => {
            println!("skipped: perf: {}", String::from_utf8_lossy(&out.stderr).trim());
            return None;
        }
        Err(e) => {
            println!("skipped: perf: {e}");
            return None;
        }
    };
    let line = said.lines().find(|line| line.contains("sys_enter_statx"))?;
    let count = line.split(',').next().and_then(|count| count.parse().ok());
    assert!(count.is_some(), "{said}");
    count
}

#[test]
fn a_filter_hides_nothing_from_perf() {
    let folder = scratch("record-others");
    let arguments = ["-a", "-e", "syscalls:sys_enter_statx", "-f", "dfd == 12345"];
    let Some(mut child) = start(&folder, &arguments) else { return };
    let count = counted(&folder);
    // As Ctrl-C does it.
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    let ledger = ledger(&folder);
    let Some(count) = count else { return };
    assert!(count >= CALLS, "{count}");
    assert_eq!(number(&ledger, "/delivered"), 0);
    assert!(number(&ledger, "/filtered") >= CALLS as u64, "{ledger}");
}
