//! Live sources that hand over memory as it is, instead of having it copied.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Hurry, PATIENCE};
use crate::format::ring::Walked;

/// A source of packets that come while they are read. Whoever reads looks for them: there is no
/// other thread.
pub trait Supply: Send {
    /// What is there by now.
    ///
    /// # Errors
    ///
    /// What stands in the way of more.
    fn next(&mut self) -> io::Result<Supplied>;

    /// After so long it makes sense to look again, when nothing was there.
    fn pause(&self) -> Duration;
}

/// What a source hands over.
#[derive(Debug)]
pub enum Supplied {
    /// There is nothing yet.
    Nothing,
    /// Bytes in pcapng, in the byte order of this machine: any part of a stream.
    Bytes(Vec<u8>),
    /// A block of packets; all that came before in pcapng is whole. It is dropped as soon as its
    /// packets were handled.
    Block(Lent),
    /// There is no more.
    End,
}

/// Memory that somebody wants back, with the packets in it.
pub struct Lent {
    bytes: Box<dyn AsRef<[u8]> + Send + Sync>,
    /// How many of them mean something.
    len: usize,
    packets: Walked,
}

impl Lent {
    /// What is handed over: it is given back when it is dropped. The packets are what a
    /// [walk](crate::format::ring::Block::walk) over these bytes found.
    pub fn new(bytes: impl AsRef<[u8]> + Send + Sync + 'static, packets: Walked) -> Self {
        Lent { bytes: Box::new(bytes), len: packets.bytes(), packets }
    }

    /// Its bytes, as far as they mean something.
    pub fn bytes(&self) -> &[u8] {
        (*self.bytes).as_ref().get(..self.len).unwrap_or_default()
    }

    /// The packets in it.
    pub fn packets(&self) -> &Walked {
        &self.packets
    }

    /// Takes the packets out.
    pub(crate) fn take_packets(&mut self) -> Walked {
        std::mem::take(&mut self.packets)
    }
}

impl fmt::Debug for Lent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lent").field("len", &self.bytes().len()).finish()
    }
}

/// A source that is looked at until something is there.
pub(crate) struct Supplier {
    source: Box<dyn Supply>,
    hurry: Arc<AtomicBool>,
}

impl Supplier {
    pub fn new(source: Box<dyn Supply>) -> Self {
        Supplier { source, hurry: Arc::default() }
    }

    /// What makes nobody wait any longer.
    pub fn hurry(&self) -> Hurry {
        let hurry = Arc::clone(&self.hurry);
        Box::new(move || hurry.store(true, Ordering::Relaxed))
    }

    /// What comes next; nothing if that takes too long for others, who have something else to do.
    pub fn take(&mut self) -> io::Result<Supplied> {
        let start = Instant::now();
        loop {
            match self.source.next() {
                Ok(Supplied::Nothing) => {}
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                taken => return taken,
            }
            if self.hurry.load(Ordering::Relaxed) || start.elapsed() >= PATIENCE {
                return Ok(Supplied::Nothing);
            }
            std::thread::sleep(self.source.pause());
        }
    }
}
