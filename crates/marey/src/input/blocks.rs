//! Bytes in blocks: taken in order, loaded in parallel where the input allows it.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::compress::{self, Compression, Packed, Taken, Unpack};
use super::supply::{Lent, Supplied, Supplier};
use crate::format::{Cut, Framed};
use crate::record::Head;

/// How far reading has come, for whoever shows progress.
#[derive(Debug, Default)]
pub struct Progress {
    read: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// How many bytes of the source were read, before decompression.
    pub fn read_bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// How many there are, if that is known.
    pub fn total_bytes(&self) -> Option<u64> {
        Some(self.total.load(Ordering::Relaxed)).filter(|&total| total > 0)
    }

    pub(super) fn expect(&self, total: u64) {
        self.total.fetch_add(total, Ordering::Relaxed);
    }

    fn add(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// A reader that counts what passes.
struct Counted {
    source: Box<dyn Read + Send>,
    progress: Arc<Progress>,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(out)?;
        self.progress.add(read as u64);
        Ok(read)
    }
}

/// How many first bytes tell a compression.
const RECOGNISE_LEN: usize = 64;

/// Room in front of a block for the end of the one before it.
const HEADROOM: usize = 64 << 10;

/// File blocks are read to addresses that are a multiple of this. Without, `read` is twice as slow:
/// an allocator gives addresses 16 bytes behind a page's start, where the processor takes each
/// load from the page cache for one of the store just before it.
const ALIGNMENT: usize = 4096;

/// The bytes of a block, with room in front.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    from: usize,
    to: usize,
    /// What is in it instead.
    lent: Option<Lent>,
}

impl Buffer {
    /// The bytes in it.
    pub fn bytes(&self) -> &[u8] {
        match &self.lent {
            Some(lent) => lent.bytes(),
            None => self.bytes.get(self.from..self.to).unwrap_or(&[]),
        }
    }

    /// Whether it is a block of somebody else's.
    pub fn is_lent(&self) -> bool {
        self.lent.is_some()
    }

    /// The heads of such a block, after the account of it was made: once.
    pub fn take_heads(&mut self, cut: &mut Cut, out: &mut Framed) -> Vec<Head> {
        let packets = self.lent.as_mut().map(Lent::take_packets);
        packets.map_or_else(Vec::new, |packets| packets.into_heads(cut, out))
    }

    /// Gives back what is somebody else's.
    pub fn give_back(&mut self) {
        self.lent = None;
    }

    /// Empties it for a block that is appended.
    fn appending(&mut self) -> &mut Vec<u8> {
        self.lent = None;
        self.from = HEADROOM;
        self.bytes.resize(HEADROOM, 0);
        &mut self.bytes
    }

    /// Reads a block of at most `len` bytes at `offset` of a file.
    fn read_at(&mut self, file: &File, offset: u64, len: usize) -> io::Result<()> {
        if self.bytes.len() < HEADROOM + ALIGNMENT + len {
            self.bytes.resize(HEADROOM + ALIGNMENT + len, 0);
        }
        let misaligned = (self.bytes.as_ptr().addr() + HEADROOM) % ALIGNMENT;
        let at = HEADROOM + (ALIGNMENT - misaligned) % ALIGNMENT;
        (self.from, self.to) = (at, at);
        let target = self.bytes.get_mut(at..at + len).unwrap_or(&mut []);
        self.to += read_at(file, offset, target)?;
        Ok(())
    }

    /// Puts `before` in front of what is in it.
    pub fn prepend(&mut self, before: &[u8]) {
        if before.is_empty() {
            return;
        }
        if self.lent.is_some() {
            let mut bytes = [before, self.bytes()].concat();
            return self.exchange(&mut bytes);
        }
        if let Some(from) = self.from.checked_sub(before.len()) {
            if let Some(target) = self.bytes.get_mut(from..self.from) {
                target.copy_from_slice(before);
            }
            self.from = from;
            return;
        }
        let bytes = [before, self.bytes()].concat();
        (self.from, self.to) = (0, bytes.len());
        self.bytes = bytes;
    }

    /// Exchanges what is in it for `bytes`.
    pub fn exchange(&mut self, bytes: &mut Vec<u8>) {
        self.lent = None;
        std::mem::swap(&mut self.bytes, bytes);
        (self.from, self.to) = (0, self.bytes.len());
    }
}

/// Reads until `target` is full or the file ends.
fn read_at(file: &File, offset: u64, target: &mut [u8]) -> io::Result<usize> {
    use std::os::unix::fs::FileExt as _;
    let mut filled = 0;
    while let Some(rest) = target.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

/// The first bytes of a file, enough to recognise a compression.
pub(super) fn prefix(file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; RECOGNISE_LEN];
    let read = read_at(file, 0, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// As many first bytes of a stream as tell its compression, and no more than that.
fn first_bytes(source: &mut dyn Read) -> io::Result<Vec<u8>> {
    use io::ErrorKind::{Interrupted, WouldBlock};
    let mut bytes = Vec::new();
    while bytes.len() < RECOGNISE_LEN && may_be_compressed(&bytes) {
        let mut chunk = [0; RECOGNISE_LEN];
        match source.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => bytes.extend_from_slice(chunk.get(..read).unwrap_or(&[])),
            Err(e) if matches!(e.kind(), Interrupted | WouldBlock) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(bytes)
}

/// Whether these first bytes, or more of them, can be a compression's.
fn may_be_compressed(bytes: &[u8]) -> bool {
    bytes.first().is_none_or(|b| matches!(b, 0x1f | 0x28 | 0x50..=0x5f | 0x04 | 0x02 | 0xfd | b'B'))
}

/// What is left to do for a block that was taken.
pub(crate) enum Load {
    /// Nothing: its bytes are there.
    Ready,
    /// To read it from the file.
    Read { file: Arc<File>, offset: u64, len: usize },
    /// To decompress it.
    Unpack(Packed),
    /// There is none: the input ends here, for this reason if it should not.
    End(Option<String>),
}

/// What loading a block gave.
pub(crate) enum Loaded {
    /// All its bytes.
    Whole,
    /// Those before the place where the input broke.
    Broken(String),
}

impl Load {
    /// Does what is left to do.
    pub fn run(self, buffer: &mut Buffer) -> Loaded {
        match self {
            Load::Ready => Loaded::Whole,
            Load::Read { file, offset, len } => match buffer.read_at(&file, offset, len) {
                Ok(()) if buffer.bytes().len() == len => Loaded::Whole,
                Ok(()) => Loaded::Broken("the file became shorter while it was read".to_owned()),
                Err(e) => Loaded::Broken(format!("reading failed: {e}")),
            },
            Load::Unpack(packed) => {
                let result = packed.unpack(buffer.appending());
                buffer.to = buffer.bytes.len();
                match result {
                    Ok(()) => Loaded::Whole,
                    Err(broken) => Loaded::Broken(broken_reason(&broken)),
                }
            }
            Load::End(_) => {
                buffer.appending();
                buffer.to = buffer.from;
                Loaded::Whole
            }
        }
    }
}

fn broken_reason(broken: &compress::Broken) -> String {
    format!("{} (byte {} of the compressed file)", broken.reason, broken.offset)
}

/// An input's bytes, taken block after block.
pub(crate) struct Blocks {
    from: From,
    progress: Arc<Progress>,
    /// What was read ahead to recognise the format.
    peeked: Vec<u8>,
    peeked_end: bool,
    broken: Option<String>,
}

enum From {
    File { file: Arc<File>, next: u64, len: u64 },
    Stream(Box<dyn Unpack>),
    Supply(Supplier),
}

impl Blocks {
    /// The blocks of a file that is not compressed.
    pub(super) fn of_file(file: File, len: u64, progress: Arc<Progress>) -> Self {
        let from = From::File { file: Arc::new(file), next: 0, len };
        Blocks { from, progress, peeked: Vec::new(), peeked_end: false, broken: None }
    }

    /// What somebody hands over, as it is.
    pub(super) fn of_supply(supplier: Supplier) -> Self {
        let (from, progress) = (From::Supply(supplier), Arc::default());
        Blocks { from, progress, peeked: Vec::new(), peeked_end: false, broken: None }
    }

    /// The blocks of anything else, decompressed; `kind` is its compression if that is known.
    pub(super) fn of_stream(
        source: Box<dyn Read + Send>,
        kind: Option<Compression>,
        progress: Arc<Progress>,
    ) -> io::Result<(Self, Compression)> {
        let mut source = Counted { source, progress: Arc::clone(&progress) };
        let (kind, source): (_, Box<dyn Read + Send>) = match kind {
            Some(kind) => (kind, Box::new(source)),
            None => {
                let prefix = first_bytes(&mut source)?;
                let kind = compress::recognise(&prefix).unwrap_or(Compression::None);
                (kind, Box::new(io::Cursor::new(prefix).chain(source)))
            }
        };
        let from = From::Stream(compress::opener(kind, source));
        let blocks = Blocks { from, progress, peeked: Vec::new(), peeked_end: false, broken: None };
        Ok((blocks, kind))
    }

    /// Reads ahead until `len` bytes are there, or the end.
    pub(super) fn peek(&mut self, len: usize) -> io::Result<()> {
        while self.peeked.len() < len && !self.peeked_end {
            match &mut self.from {
                From::File { file, .. } => {
                    // A little more than asked, so that few calls do.
                    let len = len.max(64 << 10);
                    self.peeked.resize(len, 0);
                    let read = read_at(file, 0, &mut self.peeked)?;
                    self.peeked.truncate(read);
                    self.peeked_end = read < len;
                }
                From::Stream(unpack) => match unpack.take(&mut self.peeked, 64 << 10) {
                    Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                    Err(e) => return Err(e),
                    Ok(Taken::Bytes) => {}
                    Ok(Taken::Packed(packed)) => {
                        if let Err(broken) = packed.unpack(&mut self.peeked) {
                            self.broken = Some(broken_reason(&broken));
                            self.peeked_end = true;
                        }
                    }
                    Ok(Taken::Broken(broken)) => {
                        self.broken = Some(broken_reason(&broken));
                        self.peeked_end = true;
                    }
                    Ok(Taken::End) => self.peeked_end = true,
                },
                // What its format is need not be found out.
                From::Supply(_) => self.peeked_end = true,
            }
        }
        Ok(())
    }

    /// What was read ahead, and whether that is all there is.
    pub(super) fn peeked(&self) -> (&[u8], bool) {
        (&self.peeked, self.peeked_end)
    }

    /// Why the input ended early, if it did so while reading ahead.
    pub(super) fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    /// How far reading has come.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Takes the next block of about `len` bytes. What can be left to a worker is.
    pub fn take(&mut self, buffer: &mut Buffer, len: usize) -> Load {
        match &mut self.from {
            From::File { file, next, len: file_len } => {
                if *next >= *file_len {
                    *file_len = file.metadata().map_or(*file_len, |m| m.len());
                }
                let len = file_len.saturating_sub(*next).min(len as u64) as usize;
                if len == 0 {
                    return Load::End(None);
                }
                let offset = *next;
                *next += len as u64;
                self.progress.add(len as u64);
                Load::Read { file: Arc::clone(file), offset, len }
            }
            From::Stream(_) => self.take_stream(buffer, len),
            From::Supply(supplier) => {
                let taken = take_supplied(supplier, buffer);
                self.progress.add(buffer.bytes().len() as u64);
                taken
            }
        }
    }

    fn take_stream(&mut self, buffer: &mut Buffer, len: usize) -> Load {
        let out = buffer.appending();
        if !self.peeked.is_empty() {
            let now = len.min(self.peeked.len());
            out.extend(self.peeked.drain(..now));
            buffer.to = buffer.bytes.len();
            return Load::Ready;
        }
        if self.peeked_end {
            return Load::End(self.broken.take());
        }
        let From::Stream(unpack) = &mut self.from else { return Load::End(None) };
        let taken = unpack.take(out, len);
        buffer.to = buffer.bytes.len();
        match taken {
            Ok(Taken::Bytes) => Load::Ready,
            Ok(Taken::Packed(packed)) => Load::Unpack(packed),
            Ok(Taken::Broken(broken)) => Load::End(Some(broken_reason(&broken))),
            Ok(Taken::End) => Load::End(None),
            // There is nothing yet.
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Load::Ready,
            Err(e) => Load::End(Some(format!("reading failed: {e}"))),
        }
    }
}

/// Takes what comes next, of whatever length.
fn take_supplied(supplier: &mut Supplier, buffer: &mut Buffer) -> Load {
    buffer.to = buffer.appending().len();
    match supplier.take() {
        Ok(Supplied::Nothing) => {}
        Ok(Supplied::Bytes(mut bytes)) => buffer.exchange(&mut bytes),
        Ok(Supplied::Block(block)) => buffer.lent = Some(block),
        Ok(Supplied::End) => return Load::End(None),
        Err(e) => return Load::End(Some(format!("reading failed: {e}"))),
    }
    Load::Ready
}
