//! Watches how much memory a process takes. Linux only: it reads `/proc/PID/status`.
//!
//! That tells more than what `wait4` says at the end (`ru_maxrss`): a child's mark there begins
//! with that of the process that started it, so a large test would be taken for a large `marey`,
//! and it does not tell memory from pages of files.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::process::{Child, ExitStatus};
use std::time::Duration;

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(1);

/// The most memory that a process had.
#[derive(Clone, Copy, Debug, Default)]
pub struct Peak {
    /// All that was resident, the pages of the program too: `VmHWM`, which the kernel keeps. Only
    /// what grew between the last look and the end is missing.
    pub resident_bytes: u64,
    /// What was anonymous: the largest `RssAnon` that was seen.
    pub anonymous_bytes: u64,
}

impl Peak {
    /// Whether memory can be watched here.
    pub fn is_known() -> bool {
        std::fs::read_to_string("/proc/self/status").is_ok_and(|text| text.contains("RssAnon:"))
    }

    fn look(&mut self, id: u32) {
        // A process that has ended has no memory any more, and neither lines about it.
        let text = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let bytes = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
            let kib = line.split_whitespace().next().and_then(|word| word.parse::<u64>().ok());
            kib.unwrap_or(0) << 10
        };
        self.resident_bytes = self.resident_bytes.max(bytes("VmHWM:"));
        self.anonymous_bytes = self.anonymous_bytes.max(bytes("RssAnon:"));
    }
}

/// Waits for a process and watches it.
pub fn watch(child: &mut Child) -> (ExitStatus, Peak) {
    let mut peak = Peak::default();
    loop {
        peak.look(child.id());
        if let Some(status) = child.try_wait().expect("a child") {
            return (status, peak);
        }
        std::thread::sleep(EVERY);
    }
}
