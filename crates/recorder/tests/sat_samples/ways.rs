//! Running a sample while something happens on all CPUs.

use std::fs::File;
use std::os::fd::FromRawFd as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::support::folder;

/// For how long a sample records.
const SECONDS: &str = "0.6";

/// How many CPUs this process may run on.
pub fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The events that a sample records, a line each, without the threads that there were at the start.
/// Nothing where it is not allowed, or babeltrace2 is not here.
pub fn run(sample: &str, more: &[&str]) -> Option<Vec<String>> {
    let test = std::env::current_exe().expect("the path of this test");
    let built = test.parent().and_then(|deps| deps.parent()).expect("a folder above `deps`");
    let program = built.join("examples").join(format!("sat_{sample}"));
    assert!(program.exists(), "build it with `cargo build --examples`");
    let folder = folder(&format!("sat-{sample}{}", more.len()));
    let done = AtomicBool::new(false);
    let out = std::thread::scope(|scope| {
        let done = &done;
        for cpu in 0..cpus() {
            scope.spawn(move || busy(cpu, done));
        }
        let out = Command::new(program).arg(&folder).arg(SECONDS).args(more).output();
        done.store(true, Ordering::Relaxed);
        out.expect("it runs")
    });
    let said = String::from_utf8_lossy(&out.stderr);
    if out.status.code() == Some(5) {
        println!("skipped: {said}");
        return None;
    }
    assert!(out.status.success(), "{said}");
    let ledger = std::fs::read_to_string(folder.join("ledger.json")).expect("a ledger");
    let ledger: serde_json::Value = serde_json::from_str(&ledger).expect("JSON");
    let number = |name: &str| ledger[name].as_u64().expect("a number");
    assert_eq!(number("received"), number("delivered") + number("filtered") + number("lost"));
    let lines = read(&folder.join("kernel"))?;
    assert_eq!(lines.len() as u64, number("delivered"));
    Some(lines)
}

/// The events that babeltrace2 reads. It may tell of losses: a busy machine has more events than a
/// program that was not optimised takes.
fn read(trace: &Path) -> Option<Vec<String>> {
    let Ok(out) = Command::new("babeltrace2").arg(trace).output() else {
        println!("skipped: babeltrace2 is not installed");
        return None;
    };
    let said = String::from_utf8_lossy(&out.stderr);
    let mut said_lines = said.lines().filter(|line| !line.is_empty());
    assert!(out.status.success() && said_lines.all(|line| line.contains("discarded")), "{said}");
    let lines = String::from_utf8_lossy(&out.stdout);
    let lines = lines.lines().filter(|line| !line.contains(" thread_state: "));
    Some(lines.map(str::to_owned).collect())
}

/// Calls the kernel, sleeps, reads, and starts threads and programs on one CPU.
fn busy(cpu: usize, done: &AtomicBool) {
    // SAFETY: the set is a plain structure of bits, of the length that is said.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(cpu, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set);
    }
    while !done.load(Ordering::Relaxed) {
        for _ in 0..10 {
            // SAFETY: it has no arguments.
            unsafe { libc::syscall(libc::SYS_getppid) };
        }
        std::thread::sleep(Duration::from_millis(1));
        if cpu == 0 {
            let _ = std::fs::read("/proc/self/stat");
            let _ = Command::new("true").status();
        }
    }
}

/// A terminal: its name, and the side where what is written to it is read.
pub fn terminal() -> (String, File) {
    // SAFETY: these have no addresses but that of a number, which lives over the call.
    let (master, number) = unsafe {
        let master = libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY);
        assert!(master >= 0, "posix_openpt");
        assert_eq!(libc::unlockpt(master), 0);
        let mut number: libc::c_uint = 0;
        assert_eq!(libc::ioctl(master, libc::TIOCGPTN, &mut number), 0);
        (File::from_raw_fd(master), number)
    };
    (format!("/dev/pts/{number}"), master)
}
