//! A recording that is read while it runs: a stream of bytes in pcapng, or the blocks of its ring.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use marey::input::{Lent, Supplied, Supply};

use super::put::Put;
use super::{Block, Plan, Queue, Recording, Source, now, write};
use crate::error::Error;
use crate::pcapng::{About, Description, Statistics, packet};
use crate::sys::asked_to_end;

/// The rings are looked into so often, from and to, while there is nothing in them: to wake costs
/// as much as hundreds of packets, and a long ring has place for longer.
const WAITS: [Duration; 2] = [Duration::from_millis(2), Duration::from_millis(20)];
/// A ring of so many bytes may wait for a millisecond.
const BYTES_OF_MS: usize = 3 << 20;

/// Packets of network interfaces as a stream in pcapng, which goes on until it is ended by a
/// [`Stop`], or when the process was [asked to end](asked_to_end).
///
/// Whoever reads it empties the rings. Who is too slow loses packets, which the kernel counts and
/// the stream tells: it holds no more than was in the rings, and, with several of them, what waits
/// for its turn. A read waits until a packet comes. As a [`Supply`] it hands over the blocks of the
/// ring, where they are.
#[derive(Debug)]
pub struct Live {
    recording: Recording<Bytes>,
    stop: Arc<AtomicBool>,
    has_ended: bool,
    /// What stands in the way of more: it is said behind all that came before.
    failed: Option<Error>,
}

/// Ends a [`Live`], whoever reads it.
#[derive(Clone, Debug)]
pub struct Stop(Arc<AtomicBool>);

/// What was put and not read yet.
#[derive(Debug, Default)]
pub struct Bytes {
    bytes: Vec<u8>,
    /// So many of them were read.
    read: usize,
}

impl Stop {
    /// From now on no packets are received. What came before is still there to be read, and what
    /// was counted.
    pub fn now(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Live {
    /// Begins to receive packets. The [mode](Plan::mode) has no meaning here.
    ///
    /// # Errors
    /// What makes no sense, and what the kernel does not allow.
    pub fn begin(plan: &Plan) -> Result<Self, Error> {
        let mut recording =
            Recording::into(plan, |about, interfaces| Ok(Bytes::new(&about, &interfaces)))?;
        recording.begin()?;
        Ok(Live { recording, stop: Arc::default(), has_ended: false, failed: None })
    }

    /// What ends it.
    pub fn stop(&self) -> Stop {
        Stop(Arc::clone(&self.stop))
    }

    fn wait(&self) -> Duration {
        let [shortest, longest] = WAITS;
        let ms = self.recording.options.ring_bytes / BYTES_OF_MS;
        Duration::from_millis(ms as u64).clamp(shortest, longest)
    }

    /// Takes what came by now, or, at the end, all there is.
    fn fill(&mut self) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) || asked_to_end() {
            self.has_ended = true;
            return self.recording.finish();
        }
        self.recording.drain()?;
        if self.recording.file.is_empty() { self.see_to_interfaces() } else { Ok(()) }
    }

    /// Ends when an interface is gone: nothing comes from it any more.
    fn see_to_interfaces(&mut self) -> Result<(), Error> {
        let Err(gone) = self.recording.queues().try_for_each(|queue| queue.is_there()) else {
            return Ok(());
        };
        self.has_ended = true;
        self.recording.finish()?;
        Err(gone)
    }

    /// Keeps an error until all that came before it was handed over. Nothing comes behind it.
    fn note(&mut self, failed: Error) {
        self.has_ended = true;
        self.failed = Some(failed);
    }

    /// Whether it has ended, of which an error is told once.
    fn is_over(&mut self) -> io::Result<bool> {
        match self.failed.take() {
            Some(failed) => Err(io::Error::other(failed.to_string())),
            None => Ok(self.has_ended),
        }
    }
}

impl Read for Live {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.recording.file.is_empty() && !self.is_over()? {
            if let Err(failed) = self.fill() {
                self.note(failed);
            }
            if self.recording.file.is_empty() && !self.has_ended {
                std::thread::sleep(self.wait());
            }
        }
        Ok(self.recording.file.take(out))
    }
}

impl Supply for Live {
    fn next(&mut self) -> io::Result<Supplied> {
        if self.recording.file.is_empty() && !self.has_ended {
            match self.lend() {
                // What was put into the stream stands behind it.
                Ok(Some(block)) => return Ok(Supplied::Block(block)),
                Ok(None) => {}
                Err(failed) => self.note(failed),
            }
        }
        if !self.recording.file.is_empty() {
            return Ok(Supplied::Bytes(self.recording.file.take_all()));
        }
        Ok(if self.is_over()? { Supplied::End } else { Supplied::Nothing })
    }

    fn pause(&self) -> Duration {
        self.wait()
    }
}

impl Live {
    /// A block whose packets can be handed over as they are. Else what came is put into the
    /// stream.
    fn lend(&mut self) -> Result<Option<Lent>, Error> {
        let is_over = self.stop.load(Ordering::Relaxed) || asked_to_end();
        if is_over || self.recording.held.is_some() {
            self.fill()?;
            return Ok(None);
        }
        self.recording.tell_if_due(now()?)?;
        let lent = self.recording.lend()?;
        if lent.is_none() && self.recording.file.is_empty() {
            self.see_to_interfaces()?;
        }
        Ok(lent)
    }
}

impl Recording<Bytes> {
    /// Takes a block of the only ring.
    fn lend(&mut self) -> Result<Option<Lent>, Error> {
        let Recording { sources, options, file, is_losing, .. } = self;
        let Some(Source { interface, queues, account, .. }) = sources.first_mut() else {
            return Ok(None);
        };
        let Some(lent) = queues.first_mut().and_then(Queue::lend_block) else {
            return Ok(None);
        };
        let block = Block::new(lent.as_ref());
        *is_losing |= block.tells_loss();
        let (link, snaplen) = (interface.link, options.snaplen);
        let packets = block.walk(account.walk_from(link.link_type, snaplen));
        // A tag goes back to its place, and a head in place of the link's: into a copy.
        if link.is_cooked || packets.has_tags() {
            write(&block, (link, snaplen), 0, (account, file))?;
            return Ok(None);
        }
        account.lent(&packets);
        Ok(Some(Lent::new(lent, packets)))
    }
}

impl Bytes {
    /// A section with its interfaces.
    fn new(about: &About, interfaces: &[Description]) -> Self {
        let mut bytes = about.block();
        interfaces.iter().for_each(|interface| bytes.extend(interface.block()));
        Bytes { bytes, read: 0 }
    }

    fn is_empty(&self) -> bool {
        self.read == self.bytes.len()
    }

    /// Takes all of them.
    fn take_all(&mut self) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.drain(..std::mem::take(&mut self.read));
        bytes
    }

    /// Takes as many as there are, or have a place; how many that are.
    fn take(&mut self, out: &mut [u8]) -> usize {
        let rest = self.bytes.get(self.read..).unwrap_or_default();
        let len = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..len), rest.get(..len)) {
            to.copy_from_slice(from);
        }
        self.read += len;
        if self.is_empty() {
            self.bytes.clear();
            self.read = 0;
        }
        len
    }
}

impl Put for Bytes {
    fn packet(&mut self, head: (u32, u64, u32), pieces: &[&[u8]]) -> Result<(), Error> {
        packet(&mut self.bytes, head, pieces);
        Ok(())
    }

    fn statistics(&mut self, told: &Statistics) -> Result<(), Error> {
        self.bytes.extend(told.block());
        Ok(())
    }
}
