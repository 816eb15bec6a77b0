//! Where packets go.

/// What takes the packets of a stream, and gives the bytes for them.
///
/// The tracer writes into [`packet`](Backend::packet) from the opening of a packet to its end, and
/// then calls [`finish`](Backend::finish). So a back end may have one buffer, whose bytes it sends
/// in `finish`, or several, which it uses by turns, or a piece of a file for each packet.
///
/// ```
/// use marey_tracer::Backend;
///
/// /// Two buffers: while one is filled, the other one is sent.
/// struct Pair {
///     buffers: [[u8; 512]; 2],
///     filled: usize,
///     is_sending: fn() -> bool,
///     send: fn(&[u8]),
/// }
///
/// impl Backend for Pair {
///     fn is_full(&mut self) -> bool {
///         (self.is_sending)()
///     }
///     fn packet(&mut self) -> &mut [u8] {
///         &mut self.buffers[self.filled % 2]
///     }
///     fn finish(&mut self) {
///         (self.send)(&self.buffers[self.filled % 2]);
///         self.filled += 1;
///     }
/// }
/// ```
pub trait Backend {
    /// Whether no packet can be opened now. Events without a packet are then discarded, and
    /// counted.
    #[inline]
    fn is_full(&mut self) -> bool {
        false
    }

    /// The bytes of the open packet; else those of the next one, or none while there are no such.
    ///
    /// It is called for each event, so it should do little. What is in the bytes does not matter:
    /// all of them are written. The length may change from packet to packet, not within one.
    fn packet(&mut self) -> &mut [u8];

    /// Takes the packet, which is whole now. From now on `packet` is for the next one.
    fn finish(&mut self);
}

impl<B: Backend + ?Sized> Backend for &mut B {
    #[inline]
    fn is_full(&mut self) -> bool {
        (**self).is_full()
    }

    #[inline]
    fn packet(&mut self) -> &mut [u8] {
        (**self).packet()
    }

    #[inline]
    fn finish(&mut self) {
        (**self).finish();
    }
}

/// A back end with one buffer, which gives each packet to a function.
///
/// ```
/// use marey_tracer::Sink;
///
/// let mut trace = Vec::new();
/// let backend = Sink::new([0; 4096], |packet: &[u8]| trace.extend_from_slice(packet));
/// # drop(backend);
/// ```
#[derive(Clone, Debug)]
pub struct Sink<T, F> {
    buffer: T,
    take: F,
}

impl<T: AsMut<[u8]>, F: FnMut(&[u8])> Sink<T, F> {
    /// A back end that has packets as long as this buffer, and calls `take` with each.
    pub const fn new(buffer: T, take: F) -> Self {
        Sink { buffer, take }
    }
}

impl<T: AsMut<[u8]>, F: FnMut(&[u8])> Backend for Sink<T, F> {
    #[inline]
    fn packet(&mut self) -> &mut [u8] {
        self.buffer.as_mut()
    }

    fn finish(&mut self) {
        (self.take)(self.buffer.as_mut());
    }
}

/// A back end that puts packets one behind the other into memory, and is full at its end.
///
/// ```
/// use marey_tracer::{Backend, Memory};
///
/// let mut bytes = [0; 10];
/// let mut backend = Memory::new(&mut bytes, 4);
/// backend.packet().copy_from_slice(b"abcd");
/// backend.finish();
/// backend.packet().copy_from_slice(b"efgh");
/// backend.finish();
/// assert!(backend.is_full() && backend.packet().is_empty());
/// assert_eq!(backend.packets(), b"abcdefgh");
/// ```
#[derive(Debug)]
pub struct Memory<'b> {
    bytes: &'b mut [u8],
    packet_bytes: usize,
    used_bytes: usize,
}

impl<'b> Memory<'b> {
    /// A back end of these bytes, with packets that are so long.
    pub const fn new(bytes: &'b mut [u8], packet_bytes: usize) -> Self {
        Memory { bytes, packet_bytes, used_bytes: 0 }
    }

    /// The packets that are whole.
    pub fn packets(&self) -> &[u8] {
        self.bytes.get(..self.used_bytes).unwrap_or_default()
    }
}

impl Backend for Memory<'_> {
    fn is_full(&mut self) -> bool {
        self.packet().is_empty()
    }

    #[inline]
    fn packet(&mut self) -> &mut [u8] {
        let rest = self.bytes.get_mut(self.used_bytes..).unwrap_or_default();
        rest.get_mut(..self.packet_bytes).unwrap_or_default()
    }

    fn finish(&mut self) {
        self.used_bytes += self.packet().len();
    }
}
