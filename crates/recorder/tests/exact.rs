//! Every event is recorded, discarded by a filter, or counted as lost.

mod support;

use marey_recorder::session::THREADS_MAX;
use support::{babeltrace, calls, plan, record, tid};

const CALLS: usize = 10_000;

#[test]
fn a_filter_keeps_exactly_what_it_says() {
    let filter = format!("id == {} and tid == {} and pid == me", libc::SYS_getpid, tid());
    let Some(plan) = plan(&["raw_syscalls:sys_enter"], &[&filter], None) else { return };
    let Some((ledger, folder)) = record(plan, "exact", || calls(CALLS)) else { return };
    assert_eq!((ledger.delivered(), ledger.lost()), (CALLS as u64, 0), "{ledger:?}");
    assert!(ledger.filtered() >= 2 * CALLS as u64);
    assert_eq!(ledger.received(), ledger.delivered() + ledger.filtered());
    let Some(lines) = babeltrace(&folder) else { return };
    assert_eq!(lines.len(), CALLS);
    assert!(lines.iter().all(|line| line.contains("sys_enter") && line.contains("id = 39")));
}

#[test]
fn threads_are_recorded_with_all_that_they_start() {
    let events = ["raw_syscalls:sys_enter"];
    let filter = format!("id == {}", libc::SYS_getppid);
    let Some(plan) = plan(&events, &[&filter], Some(vec![tid()])) else { return };
    let (begin, begun) = std::sync::mpsc::channel();
    // It is there before the recording, and so is not started by what is recorded.
    let other = std::thread::spawn(move || begun.recv().map(|()| calls(100)));
    let work = || {
        calls(100);
        std::thread::spawn(|| calls(100)).join().expect("no panic");
        begin.send(()).expect("it waits");
        other.join().expect("no panic").expect("it was told");
    };
    let Some((ledger, _)) = record(plan, "threads", work) else { return };
    assert_eq!((ledger.delivered(), ledger.lost()), (200, 0), "{ledger:?}");
    assert_eq!(ledger.unfollowed, 0);
}

#[test]
fn threads_for_which_there_is_no_place_are_counted() {
    // No threads have such numbers.
    let others = (0x4000_0000..).take(THREADS_MAX as usize - 2);
    let threads = others.chain([tid()]).collect();
    let Some(plan) = plan(&["raw_syscalls:sys_enter"], &[], Some(threads)) else { return };
    let work = || {
        for _ in 0..3 {
            std::thread::spawn(|| calls(100)).join().expect("no panic");
        }
    };
    let Some((ledger, _)) = record(plan, "unfollowed", work) else { return };
    // The recorder starts some, too, in this thread.
    assert!((3..20).contains(&ledger.unfollowed), "{ledger:?}");
    assert!(ledger.delivered() < 100, "{ledger:?}");
}

#[test]
fn what_has_no_place_in_the_ring_is_counted() {
    let filter = format!("id == {}", libc::SYS_getpid);
    let Some(mut plan) = plan(&["raw_syscalls:sys_enter"], &[&filter], Some(vec![tid()])) else {
        return;
    };
    plan.ring_bytes = 4096;
    let Some((ledger, folder)) = record(plan, "loss", || calls(2_000_000)) else { return };
    let lost: u64 = ledger.events.iter().map(|event| event.lost_to_full_ring).sum();
    assert!(lost > 0);
    assert_eq!(ledger.delivered() + lost, 2_000_000, "{ledger:?}");
    let out = std::process::Command::new("babeltrace2").arg(folder.join("kernel")).output();
    let Ok(out) = out else { return println!("skipped: babeltrace2 is not here") };
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && said.contains("discarded"), "{said}");
}
