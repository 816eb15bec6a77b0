//! What tests of recordings share.
#![allow(dead_code, reason = "each test uses a part")]

pub mod babeltrace;

use std::path::{Path, PathBuf};
use std::time::Duration;

use marey_diagnostic::Problems;
use marey_diagnostic::source::Sources;
use marey_filter::check;
use marey_filter::lang;
use marey_recorder::ctf::{Names, Version};
use marey_recorder::error::ErrorKind;
use marey_recorder::kernel::class::class;
use marey_recorder::parts::Mode;
use marey_recorder::session::{Filter, Ledger, Plan, RING_BYTES, Session, Through};
use marey_recorder::texts::Draft;
use marey_recorder::tracefs::{Format, Tracefs};

/// A plan for some events and filters, of some threads.
pub fn plan(events: &[&str], filters: &[&str], threads: Option<Vec<u32>>) -> Option<Plan> {
    let tracefs = match Tracefs::open() {
        Ok(tracefs) => tracefs,
        Err(e) => {
            println!("skipped: tracefs cannot be read here ({e})");
            return None;
        }
    };
    let formats = events.iter().map(|event| {
        let (system, name) = event.split_once(':').expect("a system and an event");
        let format = tracefs.format(system, name).expect("the event is there");
        (format, name.to_owned())
    });
    Some(plan_of(formats.collect(), filters, threads))
}

/// A plan for events that look so, each with its name, and filters, of some threads.
pub fn plan_of(events: Vec<(Format, String)>, filters: &[&str], threads: Option<Vec<u32>>) -> Plan {
    let me = std::process::id();
    let filters = filters.iter().map(|text| {
        let conditions = events.iter().map(|(format, _)| condition(text, format, me));
        Filter { name: (*text).to_owned(), conditions: conditions.collect() }
    });
    Plan {
        filters: filters.collect(),
        events,
        rules: Vec::new(),
        handlers: Vec::new(),
        sinks: Vec::new(),
        contexts: Vec::new(),
        threads,
        left_out: None,
        has_state: false,
        is_shadow: false,
        mode: Mode::Linear,
        ring_bytes: RING_BYTES,
        uuid: *b"marey-recorder-1",
        version: Version::default(),
        names: Names::default(),
        through: through(),
    }
}

/// A plan for filters and a program, of some threads: the events are those that the program names.
pub fn program(filters: &[&str], text: &str, threads: Option<Vec<u32>>) -> Option<Plan> {
    let draft = match Draft::new() {
        Ok(draft) => draft.handler("program", text),
        Err(e) => {
            println!("skipped: {e}");
            return None;
        }
    };
    let draft = filters.iter().fold(draft, |draft, filter| draft.filter(filter));
    let plan = draft.plan().unwrap_or_else(|e| panic!("{e}"));
    Some(Plan { threads, left_out: None, has_state: false, through: through(), ..plan })
}

/// How these tests record: one of them runs others again, through perf.
pub fn through() -> Option<Through> {
    (env!("CARGO_CRATE_NAME") == "through_perf").then_some(Through::Perf)
}

/// What a filter means at an event.
pub fn condition(text: &str, format: &Format, me: u32) -> check::typed::Condition {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let file = sources.add("filter", text.as_bytes().to_vec()).expect("short");
    let tree = lang::filter(&sources, file, &mut problems);
    let found = tree.and_then(|tree| check::filter(&tree, &class(format, Some(me)), &mut problems));
    let said = problems.sorted().into_iter();
    let said: Vec<_> = said.map(|found| marey_diagnostic::render(found, &sources, false)).collect();
    found.unwrap_or_else(|| panic!("{text}: {}", said.join("\n")))
}

/// A recording that has begun, in a folder of this name. Nothing if it is not allowed here.
pub fn begun(plan: Plan, name: &str) -> Option<(Session, PathBuf)> {
    let folder = folder(name);
    let begun = Session::new(plan, &folder).and_then(|mut session| {
        session.begin()?;
        Ok(session)
    });
    match begun {
        Ok(session) => Some((session, folder)),
        Err(e) if matches!(e.kind, ErrorKind::Denied | ErrorKind::Unsupported) => {
            println!("skipped: {e}");
            None
        }
        Err(e) => panic!("{e}"),
    }
}

/// A recording of what happens while something is done. Nothing if it is not allowed here.
pub fn record(plan: Plan, name: &str, work: impl FnOnce()) -> Option<(Ledger, PathBuf)> {
    let (mut session, folder) = begun(plan, name)?;
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let drained = scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                session.drain().expect("it is written");
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        work();
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        drained.join().expect("no panic");
    });
    Some((session.end().expect("it ends"), folder))
}

/// An empty folder for a recording.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("record-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// What babeltrace2 reads of a recording, a line for each event. Nothing where it is not.
pub fn babeltrace(folder: &Path) -> Option<Vec<String>> {
    babeltrace::lines(&folder.join("kernel"))
}

/// The thread that runs.
pub fn tid() -> u32 {
    let link = std::fs::read_link("/proc/thread-self").expect("/proc");
    let tid = link.file_name().and_then(|tid| tid.to_str());
    tid.and_then(|tid| tid.parse().ok()).expect("a number")
}

/// So many times three calls that only the kernel answers.
pub fn calls(count: usize) {
    for _ in 0..count {
        // SAFETY: these have no arguments.
        unsafe {
            libc::syscall(libc::SYS_getpid);
            libc::syscall(libc::SYS_getppid);
            libc::syscall(libc::SYS_getuid);
        }
    }
}
