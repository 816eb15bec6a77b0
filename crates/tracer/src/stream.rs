//! The packets of a stream: when they are opened and closed, and where events go in them.

use crate::{Backend, Clock};

/// Places in a packet are counted in bits, in 32 bits: what is longer stays unused.
pub const PACKET_BYTES_MAX: usize = 0x0fff_ffff;

/// How packets begin: what a generated tracer says of its stream.
pub trait Layout {
    /// Whether packets say when they begin or end.
    const READS_CLOCK: bool;

    /// Writes what is in front of the events, and says where they begin (bits). Without an answer
    /// it does not fit, and nothing is opened.
    fn open(&mut self, packet: &mut [u8], opening: Opening) -> Option<u32>;

    /// Writes what is known at the end only.
    fn close(&mut self, packet: &mut [u8], closing: Closing) -> Option<()>;
}

/// What is known when a packet is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The time.
    pub now: u64,
    /// Its length (bits).
    pub packet_bits: u32,
    /// Its number.
    pub sequence_number: u32,
}

/// What is known when a packet is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The time.
    pub now: u64,
    /// Its length without padding (bits).
    pub content_bits: u32,
    /// How many events were discarded so far.
    pub events_discarded: u32,
}

/// A stream: what generated types consist of. It makes the decisions of the tracer in C.
#[derive(Clone, Debug)]
pub struct Stream<L, B, C> {
    layout: L,
    backend: B,
    clock: C,
    /// Where the next event goes (bits).
    at: u32,
    /// Where events must end (bits); 0 while no packet is open.
    limit: u32,
    /// The length of the packet (bits).
    packet_bits: u32,
    /// Where the first event of the packet is (bits).
    content_start: u32,
    events_discarded: u32,
    sequence_number: u32,
    is_open: bool,
    is_enabled: bool,
}

impl<L: Layout, B: Backend, C: Clock> Stream<L, B, C> {
    /// A stream with no packet open, and tracing enabled.
    pub fn new(layout: L, mut backend: B, clock: C) -> Self {
        let packet_bits = bits(backend.packet());
        Stream {
            layout,
            backend,
            clock,
            at: 0,
            limit: 0,
            packet_bits,
            content_start: 0,
            events_discarded: 0,
            sequence_number: 0,
            is_open: false,
            is_enabled: true,
        }
    }

    /// Whether events are recorded.
    #[inline]
    pub fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// Lets events be recorded, or not: then nothing happens, and nothing is counted.
    #[inline]
    pub fn set_enabled(&mut self, is_enabled: bool) {
        self.is_enabled = is_enabled;
    }

    /// Whether a packet is open.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether no event is in the packet.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.at <= self.content_start
    }

    /// How many events were discarded so far, modulo 2^32.
    #[inline]
    pub fn events_discarded(&self) -> u32 {
        self.events_discarded
    }

    /// How packets begin.
    pub fn layout_mut(&mut self) -> &mut L {
        &mut self.layout
    }

    /// The back end.
    pub fn backend(&self) -> &B {
        &self.backend
    }

    /// The back end. Whoever changes the bytes of an open packet spoils it.
    pub fn backend_mut(&mut self) -> &mut B {
        &mut self.backend
    }

    /// The back end, and no stream any more. Close the packet first.
    pub fn into_backend(self) -> B {
        self.backend
    }

    /// Opens a packet, if none is open and tracing is enabled. An event does so itself.
    pub fn open_packet(&mut self) {
        if self.is_enabled && !self.is_open {
            let now = self.now();
            self.open(now);
        }
    }

    /// Closes the packet, if one is open and tracing is enabled.
    pub fn close_packet(&mut self) {
        if self.is_enabled {
            self.close(None);
        }
    }

    /// Counts an event that cannot be recorded. The answer is that it was not.
    #[cold]
    pub fn discard(&mut self) -> bool {
        self.events_discarded = self.events_discarded.wrapping_add(1);
        false
    }

    /// Records an event, and says whether it is in the packet; if not, it is counted.
    ///
    /// `places` is given where the event may begin (bits), and says where its parts are and where
    /// it ends. `write` gets the packet, the time and these places, all of which are in the packet.
    #[inline]
    pub fn record<P>(
        &mut self,
        places: impl Fn(u32) -> (P, u64),
        write: impl FnOnce(&mut [u8], u64, P) -> Option<()>,
    ) -> bool {
        let now = self.clock.now();
        let mut is_new = false;
        let (found, end) = loop {
            let (found, end) = places(self.at);
            if end <= u64::from(self.limit) {
                // It is at most the limit, which has 32 bits.
                break (found, end as u32);
            }
            if is_new || !self.make_room(end - u64::from(self.at), now) {
                return self.discard();
            }
            is_new = true;
        };
        if write(self.backend.packet(), now, found).is_none() {
            return self.discard();
        }
        self.at = end;
        if end == self.limit {
            self.close(None);
        }
        true
    }

    /// Finds room for an event that has none: in a new packet, if it can fit in one at all.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self, size_bits: u64, now: u64) -> bool {
        self.measure();
        let after_start = self.packet_bits.saturating_sub(self.content_start);
        if size_bits > u64::from(after_start) {
            return false;
        }
        if (!self.is_open || self.at == self.packet_bits) && !self.open_for_event(now) {
            return false;
        }
        if size_bits > u64::from(self.packet_bits.saturating_sub(self.at)) {
            self.close(Some(now));
            return self.open_for_event(now);
        }
        true
    }

    /// Opens a packet that begins at the time of the event, unless the back end is full.
    fn open_for_event(&mut self, now: u64) -> bool {
        let is_full = self.backend.is_full();
        if !is_full {
            self.open(now);
        }
        !is_full
    }

    /// Sees how long the next packet is. A full packet stays full.
    fn measure(&mut self) {
        if self.is_open {
            return;
        }
        let packet_bits = bits(self.backend.packet());
        if self.at == self.packet_bits {
            self.at = packet_bits;
        }
        self.packet_bits = packet_bits;
    }

    fn open(&mut self, now: u64) {
        if self.is_open {
            return;
        }
        self.measure();
        let (packet_bits, sequence_number) = (self.packet_bits, self.sequence_number);
        let opening = Opening { now, packet_bits, sequence_number };
        let Some(start) = self.layout.open(self.backend.packet(), opening) else { return };
        self.at = start;
        self.content_start = start;
        self.limit = packet_bits;
        self.is_open = true;
    }

    /// Closes the packet at this time, or now.
    #[cold]
    #[inline(never)]
    fn close(&mut self, at: Option<u64>) {
        if !self.is_open {
            return;
        }
        let now = at.unwrap_or_else(|| self.now());
        let (content_bits, events_discarded) = (self.at, self.events_discarded);
        let packet = self.backend.packet();
        // What does not fit was not opened, so that there is always an answer.
        let _ = self.layout.close(packet, Closing { now, content_bits, events_discarded });
        // What was in the buffer before is not in the packet.
        let used = content_bits.div_ceil(8) as usize;
        let padding = packet.get_mut(used..self.packet_bits as usize / 8).unwrap_or_default();
        padding.fill(0);
        self.at = self.packet_bits;
        self.limit = 0;
        self.is_open = false;
        self.sequence_number = self.sequence_number.wrapping_add(1);
        self.backend.finish();
        self.measure();
    }

    fn now(&mut self) -> u64 {
        if L::READS_CLOCK { self.clock.now() } else { 0 }
    }
}

/// How many bits a packet of these bytes has.
fn bits(packet: &[u8]) -> u32 {
    // At most 0x7fff_fff8.
    8 * packet.len().min(PACKET_BYTES_MAX) as u32
}

#[cfg(test)]
mod tests;
