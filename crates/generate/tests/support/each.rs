//! The same work for many things, on two cores.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does something for each item, and fails if something was wrong.
pub fn each<T: Display + Sync>(items: &[T], check: impl Fn(&T) -> Result<(), String> + Sync) {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(what) = check(item) {
                wrong.lock().expect("nobody panicked").push(format!("{item}: {what}"));
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let wrong = wrong.into_inner().expect("nobody panicked");
    let shown: Vec<_> = wrong.iter().take(400).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of them are wrong:\n{}", wrong.len(), shown.join("\n"));
}

/// Whether tests may take long.
pub fn is_slow() -> bool {
    std::env::var_os("MAREY_SLOW_TESTS").is_some()
}

/// An empty folder.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
