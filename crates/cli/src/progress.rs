//! Progress on a terminal: how much was read, how fast, and how long it will take.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use marey::pipeline::Trace;

/// Shows progress until it is dropped. Nothing is shown unless standard error is a terminal, nor
/// for what takes less than a moment.
pub struct Shown {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Nothing is shown before that.
const MOMENT: Duration = Duration::from_millis(400);

impl Shown {
    /// Shows how far reading `trace` has come. Not if standard output is a terminal as well and
    /// gets the records themselves.
    pub fn start(trace: &Trace, name: String, stdout_scrolls: bool) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let scrolls = stdout_scrolls && std::io::stdout().is_terminal();
        if !std::io::stderr().is_terminal() || scrolls {
            return Shown { done, thread: None };
        }
        let (progress, is_done) = (trace.progress(), Arc::clone(&done));
        let thread = std::thread::spawn(move || {
            std::thread::park_timeout(MOMENT);
            if is_done.load(Ordering::Acquire) {
                return;
            }
            let bar = match progress.total_bytes() {
                Some(total) => ProgressBar::new(total).with_style(style(
                    "{msg} {bar:30} {percent}% of {total_bytes}, {bytes_per_sec}, {eta} left",
                )),
                None => ProgressBar::new_spinner()
                    .with_style(style("{msg} {spinner} {bytes}, {bytes_per_sec}")),
            };
            bar.set_message(name);
            while !is_done.load(Ordering::Acquire) {
                bar.set_position(progress.read_bytes());
                std::thread::park_timeout(Duration::from_millis(100));
            }
            bar.finish_and_clear();
        });
        Shown { done, thread: Some(thread) }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}
