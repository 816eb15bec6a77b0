//! A recording of kernel events holds all up to the last drain whenever its recorder is killed, and
//! the kernel keeps nothing of it.
#![cfg(target_os = "linux")]

#[path = "support/kernel.rs"]
mod kernel;
#[path = "support/killed.rs"]
mod killed;
mod support;

use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use kernel::Held;
use marey_recorder::session::{Session, repair};
use marey_recorder::sys::monotonic_ns;
use support::{babeltrace, plan, tid};

/// Which thread the recorder that is killed records.
const THREAD: &str = "MAREY_TEST_THREAD";
const KILLS: u64 = 200;
/// What the recorder tells of its drains.
const DRAINED: &str = "drained";

#[test]
fn all_up_to_the_last_drain_is_there() {
    if plan(&["syscalls:sys_enter_lseek"], &[], None).is_none() || babeltrace2().is_none() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("events-killed");
    let _ = std::fs::remove_dir_all(&folder);
    let before = Held::now();
    let mut all = 0;
    for kill in 0..KILLS {
        let folder = folder.join(kill.to_string());
        std::fs::create_dir_all(&folder).expect("a folder");
        let Some(mut recorder) = recorder(&folder) else { return };
        let during = Held::now();
        assert!(during.programs_besides(&before) > 0);
        let called = call(Duration::from_micros(kill * 7919 % 40_000));
        recorder.kill().expect("it runs");
        recorder.wait().expect("it ended");
        let stored = numbers(&folder);
        let first = stored.first().copied().unwrap_or(0);
        assert!(stored.iter().copied().eq(first..first + stored.len() as u64), "{stored:?}");
        // The recorder is there before the first call.
        assert!(stored.is_empty() || first == 0, "it begins at {first}");
        let drained = drained(&folder);
        let must = called.iter().filter(|time| **time < drained).count();
        assert!((must..=called.len()).contains(&stored.len()), "{must} {}", stored.len());
        repair(&folder).expect("it is repaired");
        assert_eq!(numbers(&folder), stored);
        // It takes the kernel its time.
        if kill.is_multiple_of(10) {
            before.waits_until_it_is_gone(&during);
        }
        all += stored.len();
        std::fs::remove_dir_all(&folder).expect("it is there");
    }
    println!("{all} events in {KILLS} recordings");
    assert!(all > 0);
}

/// Nothing where babeltrace2 is not.
fn babeltrace2() -> Option<()> {
    let ran = Command::new("babeltrace2").arg("--version").output();
    ran.map(drop).inspect_err(|_| println!("skipped: babeltrace2 is not here")).ok()
}

/// Makes calls with numbers, so long; the times at which they were over.
fn call(so_long: Duration) -> Vec<u64> {
    let (begin, mut times) = (Instant::now(), Vec::new());
    while begin.elapsed() < so_long {
        // SAFETY: there is no such file, so nothing happens.
        unsafe { libc::lseek(-1, times.len() as i64, libc::SEEK_SET) };
        times.push(monotonic_ns().expect("a clock"));
        if times.len().is_multiple_of(50) {
            std::thread::sleep(Duration::from_micros(100));
        }
    }
    times
}

/// The numbers of the calls that are recorded.
fn numbers(folder: &Path) -> Vec<u64> {
    let lines = babeltrace(folder).expect("it was there");
    let number = |line: &String| {
        let (_, rest) = line.split_once("offset = ")?;
        rest.split([',', ' ']).next()?.parse().ok()
    };
    lines.iter().map(|line| number(line).expect("a number")).collect()
}

/// What is older than this was drained.
fn drained(folder: &Path) -> u64 {
    let bytes = std::fs::read(folder.join(DRAINED)).expect("it is there");
    u64::from_ne_bytes(bytes.try_into().expect("eight bytes"))
}

/// A recorder that has begun. Nothing where it may not.
fn recorder(folder: &Path) -> Option<Child> {
    let recorder = killed::recorder(folder).env(THREAD, tid().to_string()).spawn();
    let mut recorder = recorder.expect("it runs");
    while !folder.join(DRAINED).exists() {
        if let Some(status) = recorder.try_wait().expect("a process") {
            assert!(status.success(), "it ended with {status}");
            println!("skipped: kernel events cannot be recorded here");
            return None;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Some(recorder)
}

#[test]
#[ignore = "it is what the other test kills"]
fn records_until_it_is_killed() {
    let Some(folder) = killed::folder() else { return };
    let thread = std::env::var(THREAD).expect("a thread");
    let threads = Some(vec![thread.parse().expect("a number")]);
    let plan = plan(&["syscalls:sys_enter_lseek"], &["fd == 0xffffffff"], threads).expect("again");
    let Ok(mut session) = Session::new(plan, &folder) else { return };
    session.begin().expect("it begins");
    let hidden = folder.join(".drained");
    let told = std::fs::File::create(&hidden).expect("a file");
    let tell = |time: u64| told.write_all_at(&time.to_ne_bytes(), 0).expect("it is written");
    // What a drain finds is written by the one after it.
    let mut before = 0;
    tell(before);
    std::fs::rename(hidden, folder.join(DRAINED)).expect("it is there");
    killed::until_killed(|| {
        let now = monotonic_ns().expect("a clock");
        session.drain().expect("it is written");
        tell(before);
        before = now;
        std::thread::sleep(Duration::from_millis(2));
    });
}
