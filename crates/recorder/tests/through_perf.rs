//! What is recorded through perf is what programs in the kernel record.
//!
//! The tests of static rules are run again here: `support` sees to it that they go through perf.

#[path = "rules.rs"]
mod rules;

use std::path::Path;

use marey_recorder::kernel::added::Added;
use marey_recorder::session::{Ledger, Plan, Session, Through};
use rules::support::{self, babeltrace, begun, calls, plan, program, record, tid};

const CALLS: usize = 10_000;

/// What an event says, without when: the first of two recordings sees it a little earlier.
fn said(line: &str) -> &str {
    line.split_once(") ").map_or(line, |(_, rest)| rest)
}

/// The events of a recording in the order of each CPU, which it shares with no other. Nothing
/// without babeltrace2.
fn events(folder: &Path) -> Option<Vec<String>> {
    let mut lines = babeltrace(folder)?;
    let cpu = |line: &String| line.split("cpu_id = ").nth(1).map(|rest| rest[..1].to_owned());
    lines.sort_by_key(cpu);
    Some(lines.iter().map(|line| said(line).to_owned()).collect())
}

/// Records the same in both ways at once. Nothing if it is not allowed here.
fn both(plan: Plan, name: &str, work: impl FnOnce()) -> Option<[(Ledger, std::path::PathBuf); 2]> {
    let bpf = Plan { through: Some(Through::Bpf), ..plan.clone() };
    let perf = Plan { through: Some(Through::Perf), ..plan };
    let (mut first, first_folder) = begun(bpf, &format!("{name}-bpf"))?;
    let (mut second, second_folder) = begun(perf, &format!("{name}-perf"))?;
    work();
    let drain = |session: &mut Session| session.drain().expect("it is written");
    drain(&mut first);
    drain(&mut second);
    let end = |session: Session| session.end().expect("it ends");
    Some([(end(first), first_folder), (end(second), second_folder)])
}

/// Calls of a thread, of one that it starts, and a program.
fn work() {
    calls(100);
    let named = std::thread::Builder::new().name("a-worker".to_owned());
    named.spawn(|| calls(100)).expect("it starts").join().expect("no panic");
    let ended = std::process::Command::new("/bin/true").status().expect("it is there");
    assert!(ended.success());
    calls(100);
}

#[test]
fn both_ways_record_the_same_of_threads_and_what_they_start() {
    let names = [
        "syscalls:sys_enter_getpid",
        "syscalls:sys_exit_getpid",
        "sched:sched_process_fork",
        "sched:sched_process_exec",
        "task:task_newtask",
        "task:task_rename",
    ];
    // What is recorded is another thread than that which records.
    let (told, (tell, begin)) = (std::sync::mpsc::channel(), std::sync::mpsc::channel::<()>());
    let worker = std::thread::spawn(move || {
        told.0.send(tid()).expect("it waits");
        begin.recv().map(|()| work())
    });
    let worker_tid = told.1.recv().expect("it says so");
    let Some(plan) = plan(&names, &[], Some(vec![worker_tid])) else { return };
    let work = || {
        calls(100);
        tell.send(()).expect("it waits");
        worker.join().expect("no panic").expect("it was told");
    };
    let Some([(bpf, first), (perf, second)]) = both(plan, "same", work) else { return };
    assert_eq!((bpf.lost(), perf.lost(), perf.unfollowed), (0, 0, 0), "{perf:?}");
    assert_eq!(bpf.events[0].delivered, 300, "{bpf:?}");
    let counts = |ledger: &Ledger| ledger.events.iter().map(|it| it.delivered).collect::<Vec<_>>();
    assert_eq!(counts(&bpf), counts(&perf));
    let (Some(first), Some(second)) = (events(&first), events(&second)) else { return };
    assert!(first.iter().any(|line| line.contains("comm = \"a-worker\"")), "{first:?}");
    assert!(first.iter().any(|line| line.contains("filename = \"/bin/true\"")));
    assert_eq!(first, second);
}

#[test]
fn filters_and_handlers_decide_the_same() {
    let text = "state flag: u64;
        on syscalls:sys_enter_getpid { if flag == 0 { flag = 1; keep } discard }
        on syscalls:sys_enter_getppid { count(cpu); if flag == 1 { flag = 0; keep } discard }
        on syscalls:sys_enter_getuid { discard if cpu < 1000 }";
    let filter = format!("tid == {}", tid());
    let Some(plan) = program(&[&filter], text, None) else { return };
    let Some([(bpf, _), (perf, folder)]) = both(plan, "decided", || calls(CALLS)) else { return };
    assert_eq!((bpf.lost(), perf.lost()), (0, 0));
    let kept = 2 * CALLS as u64;
    assert_eq!((bpf.delivered(), perf.delivered()), (kept, kept), "{perf:?}");
    assert_eq!(perf.received(), perf.delivered() + perf.filtered());
    let of =
        |ledger: &Ledger| ledger.handlers.iter().map(|(_, store)| store.tables().count()).sum();
    let tables: [usize; 2] = [of(&bpf), of(&perf)];
    assert_eq!(tables, [1, 1]);
    let Some(lines) = babeltrace(&folder) else { return };
    let alternate = lines.chunks(2).all(|two| match two {
        [first, second] => first.contains("_getpid: ") && second.contains("_getppid: "),
        _ => false,
    });
    assert!(alternate);
}

#[test]
fn what_has_no_place_in_a_ring_is_counted_with_where_it_was() {
    let Some(mut plan) = plan(&["syscalls:sys_enter_getpid"], &[], None) else { return };
    plan.ring_bytes = 4096;
    let Some((ledger, folder)) = record(plan, "perf-loss", || calls(200_000)) else { return };
    assert!(ledger.lost() > 0, "{ledger:?}");
    // Others may ask for their number as well, so there may be more.
    let all = ledger.delivered() + ledger.lost();
    assert!((200_000..210_000).contains(&all), "{ledger:?}");
    let out = std::process::Command::new("babeltrace2").arg(folder.join("kernel")).output();
    let Ok(out) = out else { return println!("skipped: babeltrace2 is not here") };
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && said.contains("discarded"), "{said}");
}

#[test]
fn nothing_is_recorded_in_a_pause() {
    let Some(plan) = plan(&["syscalls:sys_enter_getpid"], &[], Some(vec![tid()])) else { return };
    let Some((mut session, _)) = begun(plan, "perf-pause") else { return };
    calls(100);
    session.pause().expect("it pauses");
    calls(100);
    session.resume().expect("it goes on");
    calls(100);
    let ledger = session.end().expect("it ends");
    assert_eq!((ledger.delivered(), ledger.filtered(), ledger.lost()), (200, 0, 0), "{ledger:?}");
}

#[test]
fn what_needs_programs_in_the_kernel_is_refused() {
    let Some(plan) = plan(&["syscalls:sys_enter_getpid"], &[], None) else { return };
    let folder = support::folder("perf-refused");
    let refused = |plan| Session::new(plan, &folder).expect_err("it is refused").to_string();
    let shadow = refused(Plan { is_shadow: true, ..plan.clone() });
    assert!(shadow.contains("cannot be compared"), "{shadow}");
    let prio = refused(Plan { contexts: vec![Added::Prio], ..plan });
    assert!(prio.contains("the context prio: it needs programs"), "{prio}");
}
