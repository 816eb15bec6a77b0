//! How long the busiest thread of this process computed: with it, how well work is spread.

use std::collections::HashMap;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How often the kernel is asked: what a thread does after it was seen last is not counted.
const STEP: Duration = Duration::from_millis(2);

/// Runs `work`, and says how long its busiest thread computed, in seconds; `None` where the kernel
/// does not tell (it does on Linux, in `/proc/self/task/*/schedstat`).
pub fn watch<T>(work: impl FnOnce() -> T) -> (T, Option<f64>) {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut seen = HashMap::new();
            while !done.load(Ordering::Acquire) {
                look(&mut seen);
                thread::sleep(STEP);
            }
            look(&mut seen);
            seen
        });
        let result = work();
        done.store(true, Ordering::Release);
        let seen = watcher.join().unwrap_or_default();
        (result, seen.into_values().max().map(|ns| ns as f64 / 1e9))
    })
}

/// Notes how long each thread has computed, in nanoseconds.
fn look(seen: &mut HashMap<String, u64>) {
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return };
    for task in tasks.flatten() {
        let Ok(text) = fs::read_to_string(task.path().join("schedstat")) else { continue };
        let ns = text.split(' ').next().and_then(|ns| ns.parse().ok());
        if let (Some(ns), Ok(name)) = (ns, task.file_name().into_string()) {
            seen.insert(name, ns);
        }
    }
}
