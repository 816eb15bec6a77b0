//! Packets of several rings, in the order of their times.
//!
//! The kernel hands packets over in blocks, some time after they came. So they wait here until no
//! block with older ones is to be expected.

use super::whole::Whole;

/// No packet waits longer than until so many bytes wait: past that, order is given up.
const BYTES_MAX: usize = 64 << 20;

/// A packet that waits: its time, its ring, where its bytes are.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    time: u64,
    queue: usize,
    start: usize,
    len: usize,
    wire: u32,
}

/// A packet whose turn it is.
#[derive(Clone, Copy, Debug)]
pub struct Released<'h> {
    /// When it came, in nanoseconds since the Unix epoch.
    pub time: u64,
    /// Its ring.
    pub queue: usize,
    /// How long it was on the wire.
    pub wire: u32,
    /// Its bytes.
    pub bytes: &'h [u8],
}

/// Packets that wait.
#[derive(Debug, Default)]
pub struct Held {
    waiting: Vec<Waiting>,
    bytes: Vec<u8>,
}

impl Held {
    /// Takes a packet of a ring.
    pub fn push(&mut self, queue: usize, time: u64, whole: &Whole<'_>) {
        let start = self.bytes.len();
        whole.pieces().into_iter().for_each(|piece| self.bytes.extend_from_slice(piece));
        let len = whole.captured();
        self.waiting.push(Waiting { time, queue, start, len, wire: whole.wire });
    }

    /// Whether there is no room for more.
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= BYTES_MAX
    }

    /// Hands over all packets that are older than this, the oldest first; those of one moment in
    /// the order of their rings.
    ///
    /// # Errors
    /// The first one of those who take them.
    pub fn release<E>(
        &mut self,
        before: u64,
        mut to: impl FnMut(Released<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.waiting.sort_by_key(|waiting| (waiting.time, waiting.queue));
        let count = self.waiting.partition_point(|waiting| waiting.time < before);
        let bytes = std::mem::take(&mut self.bytes);
        let waiting = std::mem::take(&mut self.waiting);
        let of = |waiting: &Waiting| bytes.get(waiting.start..waiting.start + waiting.len);
        let (in_order, rest) = waiting.split_at(count);
        for waiting in in_order {
            let Waiting { time, queue, wire, .. } = *waiting;
            to(Released { time, queue, wire, bytes: of(waiting).unwrap_or(&[]) })?;
        }
        for waiting in rest {
            let start = self.bytes.len();
            self.bytes.extend(of(waiting).unwrap_or(&[]));
            self.waiting.push(Waiting { start, ..*waiting });
        }
        Ok(())
    }
}
