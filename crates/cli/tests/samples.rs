//! What `report` costs for each of many real files: memory, time, and how it ends. They are in no
//! repository: `MAREY_SAMPLES` names a folder with them.
#![cfg(unix)]

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use folder::files_below;
use process::scratch;
use watch::{Peak, watch};

#[path = "../../marey/tests/support/folder.rs"]
mod folder;
#[path = "support/process.rs"]
mod process;
#[path = "support/watch.rs"]
mod watch;

/// What no report may exceed.
const RESIDENT_BYTES_MAX: u64 = 256 << 20;
/// How long a report may take: for a MiB of the file, and for one that is smaller. It takes longer
/// without optimisation.
const TIME_MAX: Duration = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 });
/// How many tries there are to find the machine less busy.
const TRIES: usize = 3;
/// Complete, and input that is unknown or damaged: no file makes a report end otherwise.
const STATUSES: [i32; 2] = [0, 4];
/// How many reports run at once.
const WORKERS: usize = 2;

/// What a report on a file cost.
struct Cost {
    took: Duration,
    allowed: Duration,
    peak: Peak,
}

/// Reports on a file, and says what is wrong with how that went.
///
/// A short run may end between two looks at its memory. So the kernel limits what it may have of
/// its own: going over it ends the run by a signal.
fn report(path: &Path, stderr: &Path) -> Result<Cost, String> {
    let mut command = Command::new("sh");
    let limited = format!("ulimit -d {} && exec \"$@\"", RESIDENT_BYTES_MAX >> 10);
    command.args(["-c", &limited, "sh", env!("CARGO_BIN_EXE_marey"), "report", "--json"]);
    let said = std::fs::File::create(stderr).expect("a file");
    command.arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(said);
    let start = Instant::now();
    let mut child = command.spawn().expect("sh starts");
    let (status, peak) = watch(&mut child);
    let took = start.elapsed();
    let said = std::fs::read_to_string(stderr).expect("UTF-8");
    let ended = status.code().is_some_and(|code| STATUSES.contains(&code));
    if !ended || said.contains("panicked") {
        return Err(format!("{:?}, signal {:?}: {said}", status.code(), status.signal()));
    }
    if peak.resident_bytes > RESIDENT_BYTES_MAX {
        return Err(format!("{} bytes of memory", peak.resident_bytes));
    }
    let bytes = std::fs::metadata(path).map_or(0, |about| about.len());
    let allowed = TIME_MAX.mul_f64((bytes as f64 / f64::from(1 << 20)).max(1.0));
    Ok(Cost { took, allowed, peak })
}

/// As [`report`], also about the time.
fn judged(path: &Path, stderr: &Path) -> Result<Cost, String> {
    let mut cost = report(path, stderr)?;
    for _ in 1..TRIES {
        if cost.took <= cost.allowed {
            break;
        }
        cost = report(path, stderr)?;
    }
    let Cost { took, allowed, .. } = cost;
    if took > allowed { Err(format!("{took:?}, not {allowed:?}")) } else { Ok(cost) }
}

#[test]
fn no_sample_costs_much() {
    let Some(folder) = std::env::var_os("MAREY_SAMPLES") else {
        return println!("skipped: MAREY_SAMPLES names no folder of traces");
    };
    if !Peak::is_known() {
        return println!("skipped: no /proc/PID/status with RssAnon here");
    }
    let paths = files_below(Path::new(&folder));
    let (directory, next) = (scratch("samples"), AtomicUsize::new(0));
    let work = |worker: usize| {
        let stderr = directory.join(worker.to_string());
        let mut results = Vec::new();
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            results.push((path, judged(path, &stderr)));
        }
        results
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = (0..WORKERS).map(|n| scope.spawn(move || work(n))).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker")).collect()
    });
    let costs = || results.iter().filter_map(|(path, cost)| Some((path, cost.as_ref().ok()?)));
    if let Some((path, cost)) = costs().max_by_key(|(_, cost)| cost.peak.resident_bytes) {
        println!("most memory: {} bytes, {}", cost.peak.resident_bytes, path.display());
    }
    if let Some((path, cost)) = costs().max_by_key(|(_, cost)| cost.took) {
        println!("most time: {:?}, {}", cost.took, path.display());
    }
    println!("{} files", results.len());
    let wrong = results.iter().filter_map(|(path, cost)| Some((path, cost.as_ref().err()?)));
    let wrong: Vec<_> = wrong.map(|(path, why)| format!("{}: {why}", path.display())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
