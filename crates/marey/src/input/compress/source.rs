//! The compressed side: what was read and not yet used, and whether more might be a wait.

use std::io::{self, Read};

/// How much is asked of the source at a time. A pipe holds 64 KiB unless told otherwise, so a
/// read of a pipe is nearly always short, and a short read means: nothing more just now.
const READ_BYTES: usize = 256 << 10;

/// A source of compressed bytes with as much look-ahead as its user asks for.
pub(super) struct Source {
    read: Box<dyn Read + Send>,
    /// For decoders to write to; here, because it outlives them.
    pub(super) scratch: Vec<u8>,
    buf: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    dry: bool,
    ended: bool,
}

impl Source {
    /// A source that reads from `read`.
    pub(super) fn new(read: Box<dyn Read + Send>) -> Self {
        Source { read, dry: false, ended: false, ..Source::over(Vec::new(), 0) }
    }

    /// A source that has all it will ever have: `bytes`, which begin at `offset`.
    pub(super) fn over(bytes: Vec<u8>, offset: u64) -> Self {
        Source {
            read: Box::new(io::empty()),
            scratch: Vec::new(),
            end: bytes.len(),
            buf: bytes,
            start: 0,
            offset,
            dry: true,
            ended: true,
        }
    }

    /// What was read and not yet used.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buf.get(self.start..self.end).unwrap_or_default()
    }

    /// The offset of the first byte of [`Source::bytes`].
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether another read might have to wait: the last one was short.
    pub(super) fn dry(&self) -> bool {
        self.dry
    }

    /// Whether there is nothing to come behind [`Source::bytes`].
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Uses up the first `count` bytes.
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    /// Uses up what there is of the next `left` bytes; then `left` is what is not there yet.
    pub(super) fn skip(&mut self, left: &mut u64) {
        let count = ((self.end - self.start) as u64).min(*left);
        self.consume(count as usize);
        *left -= count;
    }

    /// Reads once, which may wait.
    pub(super) fn more(&mut self) -> io::Result<()> {
        if self.ended {
            return Ok(());
        }
        if self.start > 0 {
            self.buf.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let until = self.end + READ_BYTES;
        if self.buf.len() < until {
            let mut larger = vec![0; until.max(self.buf.len() * 2)];
            if let (Some(to), Some(from)) = (larger.get_mut(..self.end), self.buf.get(..self.end)) {
                to.copy_from_slice(from);
            }
            self.buf = larger;
        }
        let space = self.buf.get_mut(self.end..until).unwrap_or_default();
        let count = read_retrying(&mut self.read, space)?;
        self.end += count;
        self.dry = count < READ_BYTES;
        self.ended = count == 0;
        Ok(())
    }
}

/// One read; interrupted ones are tried again, and a source that claims to have read more than
/// there was space for is not believed.
pub(super) fn read_retrying(read: &mut dyn Read, space: &mut [u8]) -> io::Result<usize> {
    loop {
        match read.read(space) {
            Ok(count) => return Ok(count.min(space.len())),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// Lets `write` fill up to `room` bytes behind what is in `out`; it returns how many it wrote.
pub(super) fn append<T>(
    out: &mut Vec<u8>,
    room: usize,
    write: impl FnOnce(&mut [u8]) -> (usize, T),
) -> T {
    let start = out.len();
    out.resize(start + room, 0);
    let (made, result) = write(out.get_mut(start..).unwrap_or_default());
    out.truncate(start + made.min(room));
    result
}

/// The little-endian number of `N` bytes at `at`.
pub(super) fn le<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let field = bytes.get(at..)?.first_chunk::<N>()?;
    Some(field.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
}

/// The little-endian `u32` at `at`.
pub(super) fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|field| u32::from_le_bytes(*field))
}

/// The first bytes of `bytes`, at most `count`.
pub(super) fn first(bytes: &[u8], count: usize) -> &[u8] {
    bytes.get(..count).unwrap_or(bytes)
}

/// What looking at the first bytes of something gave.
pub(super) enum Parsed<T> {
    /// It is one.
    Is(T),
    /// It may be one; more bytes are needed to tell.
    Short,
    /// It is one, and it is damaged or of a kind we do not read.
    Bad(String),
    /// It is something else.
    Other,
}

/// Whether `bytes` begin with `magic`, as far as they go.
pub(super) fn magic(bytes: &[u8], magic: &[u8]) -> Parsed<()> {
    if bytes.starts_with(magic) {
        Parsed::Is(())
    } else if magic.starts_with(bytes) {
        Parsed::Short
    } else {
        Parsed::Other
    }
}

impl<T> Parsed<T> {
    /// Makes something else of what was found.
    pub(super) fn map<U>(self, make: impl FnOnce(T) -> U) -> Parsed<U> {
        self.and_then(|value| Parsed::Is(make(value)))
    }

    /// Goes on looking where something was found.
    pub(super) fn and_then<U>(self, look: impl FnOnce(T) -> Parsed<U>) -> Parsed<U> {
        match self {
            Parsed::Is(value) => look(value),
            Parsed::Short => Parsed::Short,
            Parsed::Bad(reason) => Parsed::Bad(reason),
            Parsed::Other => Parsed::Other,
        }
    }
}
