//! Static rules keep exactly what they say, also when they change while it is recorded.

pub(crate) mod support;

#[path = "rules/work.rs"]
mod work;

use std::path::PathBuf;

use marey_filter::check::typed::Condition;
use marey_recorder::error::ErrorKind;
use marey_recorder::rules::{Rule, State};
use marey_recorder::session::{Filter, Ledger, OfEvent, Plan, Ruled, Session};
use support::{babeltrace, begun, condition, folder, plan, through, tid};
use work::{Other, calls, stat};

/// Calls whose events nothing else here makes.
const EVENTS: [&str; 3] =
    ["syscalls:sys_enter_getgid", "syscalls:sys_enter_getppid", "syscalls:sys_enter_getuid"];
const CALLS: usize = 1000;

fn rule(text: &str) -> Rule {
    text.parse().unwrap_or_else(|e| panic!("{e}"))
}

/// Records while something is done that changes rules. Nothing if it is not allowed here.
fn record(plan: Plan, name: &str, work: impl FnOnce(&mut Session)) -> Option<(Ledger, PathBuf)> {
    let (mut session, folder) = begun(plan, name)?;
    work(&mut session);
    let ledger = session.end().expect("it ends");
    assert_eq!(ledger.received(), ledger.delivered() + ledger.filtered() + ledger.lost());
    assert_eq!(ledger.lost(), 0, "{ledger:?}");
    Some((ledger, folder))
}

fn change(session: &mut Session, text: &str) -> u64 {
    session.drain().expect("it is written");
    session.change(&rule(text)).unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// What became of the events of each kind: delivered, and what rules rejected.
fn ended(ledger: &Ledger) -> Vec<(u64, Ruled)> {
    ledger.events.iter().map(|event: &OfEvent| (event.delivered, event.ruled)).collect()
}

const fn off(count: u64) -> Ruled {
    Ruled { off: count, by_process: 0, by_thread: 0 }
}

#[test]
fn events_are_switched_on_and_off_while_they_are_recorded() {
    let Some(mut plan) = plan(&EVENTS, &[], Some(vec![tid()])) else { return };
    plan.rules = vec![rule("delete all"), rule("add event syscall:getgid")];
    let work = |session: &mut Session| {
        calls(CALLS);
        assert_eq!(change(session, "add event *_get*id"), 3);
        calls(CALLS);
        assert_eq!(change(session, "delete class syscalls"), 3);
        calls(CALLS);
        assert_eq!(change(session, "add all"), 3);
        calls(CALLS);
        assert_eq!(change(session, "delete event sys_enter_getuid"), 1);
        calls(CALLS);
    };
    let Some((ledger, folder)) = record(plan, "rules-on-off", work) else { return };
    assert_eq!(ended(&ledger), [(4000, off(1000)), (3000, off(2000)), (2000, off(3000))]);
    assert_eq!(ledger.rules.len(), 6);
    assert!(ledger.rules.is_sorted_by_key(|applied| applied.time));
    let Some(lines) = babeltrace(&folder) else { return };
    let count = |name: &str| lines.iter().filter(|line| line.contains(name)).count();
    assert_eq!((count("_getgid: "), count("_getppid: "), count("_getuid: ")), (4000, 3000, 2000));
    // Behind the mark, the new rule holds; before it, the old one does.
    let marks = lines.iter().filter(|line| line.contains("marey_mark: "));
    let marks: Vec<&str> = marks.filter_map(|line| line.split("text = ").nth(1)).collect();
    assert_eq!(marks.len(), 4);
    assert_eq!(marks.first(), Some(&"\"rule: add event *_get*id\" }"));
    let parts = lines.split(|line| line.contains("marey_mark: ")).map(<[String]>::len);
    assert!(parts.eq([1000, 3000, 0, 3000, 2000]));
}

#[test]
fn a_rule_for_no_event_of_the_recording_changes_nothing() {
    let Some(mut plan) = plan(&EVENTS, &[], Some(vec![tid()])) else { return };
    let work = |session: &mut Session| {
        for text in ["add class thread", "add event sched:sched_switch", "fast class kercall"] {
            let found = session.change(&rule(text)).expect_err("it is not recorded");
            assert_eq!(found.kind, ErrorKind::Misuse);
            assert!(found.why.contains("name it there with -e or --class"), "{found}");
        }
        let found = session.change(&rule("add event syscall:getgd")).expect_err("there is none");
        assert!(found.why.contains("did you mean `syscall:getgid`"), "{found}");
        assert_eq!(session.rules(), [State::default(); 3]);
        calls(CALLS);
    };
    let Some((ledger, _)) = record(plan.clone(), "rules-unknown", work) else { return };
    assert_eq!((ledger.delivered(), ledger.filtered()), (3 * CALLS as u64, 0));
    assert!(ledger.rules.is_empty());
    plan.rules = vec![rule("add event nothing:here")];
    let found = Session::new(plan, &folder("rules-refused")).expect_err("it is not recorded");
    assert_eq!(found.kind, ErrorKind::Misuse, "{found}");
}

#[test]
fn rules_of_processes_and_threads_keep_theirs() {
    let own = tid();
    let (process, thread) = (Other::process(), Other::thread());
    let threads = vec![own, process.tid, thread.tid];
    let Some(mut plan) = plan(&EVENTS[1..2], &[], Some(threads)) else { return };
    let (me, other) = (std::process::id(), process.tid);
    plan.rules = vec![rule(&format!("pid {me} all"))];
    let all = || {
        calls(CALLS);
        process.calls(CALLS);
        thread.calls(CALLS);
    };
    let work = |session: &mut Session| {
        all(); // 2000 of this process, 1000 of the other
        change(session, &format!("pid {other} event syscall:getppid"));
        all(); // 1000, 2000
        change(session, &format!("tid {own} class syscalls"));
        all(); // 1000, 2000 by the thread
        change(session, &format!("pid {other} tid {own} all"));
        all(); // 0, 3000 by the thread: it is of another process
        change(session, &format!("pid {me} tid {} all", thread.tid));
        all(); // 1000, 2000 by the thread
        change(session, "clear pid all");
        all(); // the same: only rules without a thread are cleared
        change(session, "clear tid all");
        all(); // 3000
        change(session, &format!("pid {other} all"));
        change(session, "clear tid all");
        all(); // 1000, 2000
        change(session, "clear pid all");
        all(); // 3000
        change(session, "delete all");
        change(session, &format!("pid {me} all"));
        all(); // 3000 off: who it is of does not switch it on
    };
    let Some((ledger, folder)) = record(plan, "rules-whom", work) else { return };
    let ruled = Ruled { off: 3000, by_process: 1000 + 2000 + 2000, by_thread: 9000 };
    assert_eq!(ended(&ledger), [(13_000, ruled)]);
    let Some(lines) = babeltrace(&folder) else { return };
    let of = |pid: u32, tid: u32| {
        let who = format!("pid = {pid}, tid = {tid},");
        lines.iter().filter(|line| line.contains("getppid: ") && line.contains(&who)).count()
    };
    assert_eq!((of(me, own), of(me, thread.tid), of(other, other)), (4000, 5000, 4000));
}

#[test]
fn switches_are_of_the_process_that_is_switched_to() {
    /// Of 200 turns.
    const SOME: u64 = 20;
    let before = Other::thread();
    let process = Other::process();
    let Some(plan) = plan(&["sched:sched_switch"], &[], None) else { return };
    let (me, mut ruled) = (std::process::id(), plan.clone());
    ruled.rules = vec![rule(&format!("pid {me} class thread"))];
    let mut tids = vec![before.tid];
    let mut found = None;
    let work = |session: &mut Session| {
        let inner = |of_process: &mut Session| {
            let during = Other::thread();
            tids.push(during.tid);
            for _ in 0..200 {
                before.calls(1);
                during.calls(1);
                process.calls(1);
                // All of them go to sleep, most times: who does not is not switched to.
                std::thread::sleep(std::time::Duration::from_micros(200));
            }
            before.settle();
            during.end();
            of_process.drain().expect("it is written");
        };
        before.settle();
        found = record(ruled, "rules-switches", inner);
        session.drain().expect("it is written");
    };
    let Some((_, all)) = record(plan, "rules-switches-all", work) else { return };
    let (ledger, folder) = found.expect("it is allowed");
    let kept = ended(&ledger);
    assert_eq!(kept[0].0, ledger.delivered(), "{ledger:?}");
    // Whose a thread is that ends at that moment may not be known any more.
    assert!(ledger.events[0].unanswered < SOME, "{ledger:?}");
    assert!(kept[0].1.by_process >= SOME, "{ledger:?}");
    let (Some(all), Some(lines)) = (babeltrace(&all), babeltrace(&folder)) else { return };
    let to = |lines: &[String], tid: u32| {
        let next = format!("next_pid = {tid},");
        lines.iter().filter(|line| line.contains(&next)).count()
    };
    for tid in tids {
        assert!(to(&lines, tid) as u64 >= SOME);
        // All of them, but for one where a recording begins or ends before the other.
        let missing = to(&all, tid).checked_sub(to(&lines, tid));
        assert!(missing.is_some_and(|missing| missing <= 2), "{missing:?} switches to {tid}");
    }
    assert!(to(&all, process.tid) as u64 >= SOME);
    assert_eq!((to(&lines, process.tid), to(&lines, 0)), (0, 0));
}

#[test]
fn new_threads_are_of_the_process_that_they_are_in() {
    let Some(mut plan) = plan(&["task:task_newtask"], &[], Some(vec![tid()])) else { return };
    plan.rules = vec![rule(&format!("pid {} event THCREATE", std::process::id()))];
    let work = |session: &mut Session| {
        let threads: Vec<_> = (0..5).map(|_| Other::thread()).collect();
        let processes: Vec<_> = (0..3).map(|_| Other::process()).collect();
        // To end a recording takes threads, too.
        change(session, "delete all");
        drop((threads, processes));
    };
    let Some((ledger, _)) = record(plan, "rules-new", work) else { return };
    let (delivered, ruled) = ended(&ledger).remove(0);
    assert_eq!((delivered, ruled.by_process, ruled.by_thread), (5, 3, 0), "{ledger:?}");
}

#[test]
fn fast_events_have_fewer_fields_and_what_is_left_out_cannot_answer() {
    // Wide, no call has this mask; fast, nobody knows.
    let filters = ["dfd == -100", "mask == 1"];
    let Some(plan) = plan(&["syscalls:sys_enter_statx"], &filters, Some(vec![tid()])) else {
        return;
    };
    let work = |session: &mut Session| {
        stat(100, "wide");
        assert_eq!(change(session, "fast event syscall:statx"), 1);
        stat(100, "fast");
        assert_eq!(change(session, "wide event syscall:statx"), 1);
        stat(100, "wide");
    };
    let Some((ledger, folder)) = record(plan, "rules-fast", work) else { return };
    assert_eq!(ended(&ledger), [(100, off(0))]);
    assert_eq!((ledger.filtered(), ledger.events[0].unanswered), (200, 100), "{ledger:?}");
    let Some(lines) = babeltrace(&folder) else { return };
    let calls: Vec<&String> = lines.iter().filter(|line| line.contains("statx: ")).collect();
    assert_eq!(calls.len(), 100);
    // A sample of perf has no texts of the process.
    let path = if through().is_some() { "" } else { "/marey/fast" };
    let fields = format!("dfd = -100, filename = \"{path}\" }}");
    assert!(calls.iter().all(|line| line.contains(&fields) && !line.contains("mask")));
}

/// A filter of one of the events; all others pass it.
fn filter_of(plan: &Plan, name: &str, text: &str) -> Filter {
    let conditions = plan.events.iter().map(|(format, _)| match format.name == name {
        true => condition(text, format, 0),
        false => Condition::Constant(true),
    });
    Filter { name: text.to_owned(), conditions: conditions.collect() }
}

#[test]
fn both_forms_of_an_event_are_in_one_recording() {
    // Events that have one form stand between those that have two.
    let events = ["raw_syscalls:sys_exit", "sched:sched_process_exec", "raw_syscalls:sys_enter"];
    let Some(mut plan) = plan(&events, &[], Some(vec![tid()])) else { return };
    plan.rules = vec![rule("delete event sys_exit")];
    let filter = format!("id == {}", libc::SYS_getppid);
    plan.filters = vec![filter_of(&plan, "sys_enter", &filter)];
    let work = |session: &mut Session| {
        for form in ["fast", "wide", "fast"] {
            change(session, &format!("{form} class kercall"));
            calls(CALLS);
        }
    };
    let Some((ledger, folder)) = record(plan, "rules-forms", work) else { return };
    assert_eq!(ledger.delivered(), 3 * CALLS as u64);
    assert!(ledger.events.iter().all(|event| event.unanswered == 0));
    let Some(lines) = babeltrace(&folder) else { return };
    let calls: Vec<&String> = lines.iter().filter(|line| line.contains("sys_enter: ")).collect();
    let is_wide = calls.iter().map(|line| line.contains("[5] = "));
    let expected = [false, true, false].into_iter();
    assert!(is_wide.eq(expected.flat_map(|is_wide| vec![is_wide; CALLS])));
    assert!(calls.iter().all(|line| line.contains("[1] = ")));
}

#[test]
fn in_shadow_rules_hold_and_filters_are_said_alike() {
    if through().is_some() {
        return println!("skipped: there is nothing to compare where the kernel decides nothing");
    }
    let other = Other::process();
    let filters =
        ["dfd == -100", "filename == \"/marey/a\"", "mask == 1", "flags >= 0", "pid == 0"];
    let threads = Some(vec![tid(), other.tid]);
    let Some(mut plan) = plan(&["syscalls:sys_enter_statx"], &filters, threads) else { return };
    plan.is_shadow = true;
    plan.rules = vec![rule(&format!("pid {} all", std::process::id()))];
    let work = |session: &mut Session| {
        stat(100, "a");
        change(session, "fast all");
        stat(100, "a");
        stat(100, "b");
        change(session, "wide all");
        stat(100, "b");
        change(session, &format!("tid {} all", other.tid));
        stat(100, "a");
        change(session, "delete all");
        stat(100, "a");
    };
    let Some((ledger, folder)) = record(plan, "rules-shadow", work) else { return };
    let ruled = Ruled { off: 100, by_process: 0, by_thread: 100 };
    assert_eq!(ended(&ledger), [(400, ruled)]);
    // Where it is fast, nobody knows the mask, and the flags: the machine keeps the event.
    assert_eq!((ledger.disagreements, ledger.events[0].unanswered), (0, 400), "{ledger:?}");
    let discarded: Vec<u64> = ledger.filters.iter().map(|filter| filter.at_drain).collect();
    assert_eq!(discarded, [0, 200, 200, 0, 400]);
    let Some(lines) = babeltrace(&folder) else { return };
    assert_eq!(lines.iter().filter(|line| line.contains("statx: ")).count(), 400);
}
