//! The queue of a sink, and the thread that empties it.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{OfSink, Outlet, Sink};
use crate::error::Error;
use crate::sys::{Capability, keep_only};

/// How many lines wait at most.
pub const LINES_MAX: usize = 4096;
/// How long it is waited at the end for those who read.
pub const GRACE: Duration = Duration::from_secs(1);

/// A queue of lines, which a thread writes to a sink.
#[derive(Debug)]
pub struct Queue {
    sink: String,
    lines: SyncSender<Vec<u8>>,
    thread: JoinHandle<()>,
    shared: Arc<Shared>,
    /// How many were to be sent.
    asked: u64,
}

#[derive(Debug, Default)]
struct Shared {
    sent: AtomicU64,
    /// When it ends; not known as long as it is recorded.
    until: OnceLock<Instant>,
}

impl Queue {
    /// The queue of a sink.
    ///
    /// # Errors
    /// When there is no such sink, or no thread.
    pub fn new(sink: &Sink) -> Result<Self, Error> {
        let outlet = Outlet::new(sink)?;
        let shared = Arc::new(Shared::default());
        let (lines, queued) = sync_channel(LINES_MAX);
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name(format!("marey-{}", sink.name));
        let thread = thread.spawn(move || {
            // It opens and writes files, and nothing else. Where it may keep more, it does no harm.
            let _ = keep_only(&[Capability::DacOverride, Capability::DacReadSearch]);
            write(outlet, &queued, &of_thread);
        });
        let failed = |e: io::Error| Error::of_io(format!("the sink {sink}"), &e);
        let thread = thread.map_err(failed)?;
        Ok(Queue { sink: sink.to_string(), lines, thread, shared, asked: 0 })
    }

    /// Sends a line, if there is place for it. It never waits.
    pub fn send(&mut self, line: Vec<u8>) {
        self.asked += 1;
        // What has no place is what was asked for and not sent.
        let _ = self.lines.try_send(line);
    }

    /// Waits until all is written, but for [`GRACE`] at most, and says what became of all lines.
    pub fn end(self) -> OfSink {
        let Queue { sink, lines, thread, shared, asked } = self;
        // Nobody else sets it.
        let _ = shared.until.set(Instant::now() + GRACE);
        drop(lines);
        // A thread that panicked sent what it said it did.
        let _ = thread.join();
        let sent = shared.sent.load(Ordering::Acquire);
        OfSink { sink, sent, dropped: asked.saturating_sub(sent) }
    }
}

fn write(mut outlet: Outlet, queued: &Receiver<Vec<u8>>, shared: &Shared) {
    while let Ok(line) = queued.recv() {
        if outlet.write(&line, || shared.until.get().copied()) {
            shared.sent.fetch_add(1, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn what_nobody_reads_is_dropped_and_counted() {
        let (mut reader, writer) = io::pipe().expect("a pipe");
        let number = std::os::fd::AsRawFd::as_raw_fd(&writer);
        let mut queue =
            Queue::new(&Sink { name: "pipe".to_owned(), to: super::super::To::Descriptor(number) })
                .expect("a sink");
        drop(writer);
        let line = [&[b'x'; 999][..], b"\n"].concat();
        let begin = Instant::now();
        (0..3 * LINES_MAX).for_each(|_| queue.send(line.clone()));
        assert!(begin.elapsed() < GRACE, "it does not wait");
        let told = queue.end();
        assert_eq!(told.sent + told.dropped, 3 * LINES_MAX as u64);
        assert!(told.dropped >= 2 * LINES_MAX as u64 - 100, "{told:?}");
        let mut read = Vec::new();
        reader.read_to_end(&mut read).expect("it ends");
        // A pipe has 64 KiB; the last line may be there in part.
        assert_eq!(read.iter().filter(|byte| **byte == b'\n').count() as u64, told.sent);
        assert!(told.sent > 0);
    }
}
