//! One level of one ring.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Error;
use super::files::{read_at, write_at};
use crate::layout::control::HANDLERS_MAX;
use crate::layout::ring::{
    self, BLOCK_HEADER_BYTES, BlockHeader, HEADER_BYTES, HandlerCounts, Header, LEVEL_BYTES,
    LEVELS, Level, READ, Raw, Shape, THREAD_CLASS, TURN,
};

/// After so many damaged blocks in one look the rest is left out: a program that is right has none.
const DAMAGED_MAX: u64 = 16;

/// An event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The number of its class; it may be one that is not known.
    pub class: u32,
    /// `CLOCK_MONOTONIC` in ns.
    pub time_ns: u64,
    /// The thread, as the program sees it.
    pub thread: u32,
    /// Which event of its stream it is, from 0 on, those overwritten among them.
    pub sequence: u64,
    /// The fields, and up to 7 bytes more; [`Class::values`](super::Class::values) reads them.
    pub payload: &'a [u8],
}

/// What became of the events of a stream since its ring was made.
///
/// When all is read, the events that the program came to are all of these together but `damaged`,
/// and what other recorders had read of this ring before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Given here.
    pub read: u64,
    /// Gone before they were read: nobody was there, or not in time.
    pub overwritten: u64,
    /// The ring was full, and a recorder there.
    pub discarded: u64,
    /// Longer than a block.
    pub too_long: u64,
    /// Discarded by a filter or a handler in the program.
    pub filtered: u64,
    /// Interrupted an event of level 1; counted with that level.
    pub lost_nested: u64,
    /// Blocks (not events) in which something stands that can't be. Their events are among the
    /// overwritten ones, as far as later blocks say how many they were.
    pub damaged: u64,
}

/// A place in a stream, behind what was given when it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(u64, u64);

/// The events of one level of a ring: those that threads wrote one after another, or those of
/// signal handlers that interrupted them.
#[derive(Debug)]
pub struct Stream {
    file: Arc<File>,
    path: PathBuf,
    ring: u32,
    level: usize,
    shape: Shape,
    /// The next byte to read, and the number of the event there.
    at: (u64, u64),
    thread: u32,
    /// Up to where it was committed.
    committed: (u64, u64),
    turn: u64,
    counts: Counts,
    given: u64,
    /// It was opened in the middle of a block, and nothing was read yet.
    is_resumed: bool,
    bytes: Vec<u8>,
}

/// What became of an attempt to read a block.
enum Block {
    /// It was read to its end, or to the head.
    Done,
    /// Who is given the events has enough.
    Enough,
    /// It was overwritten meanwhile: nothing of it was given.
    Gone,
}

impl Stream {
    /// Opens both levels of a ring.
    pub(super) fn open(file: File, ring: u32, path: &Path) -> Result<[Self; 2], Error> {
        let mut header = [0; HEADER_BYTES];
        read_at(&file, &mut header, 0).map_err(|error| Error::new(path, error))?;
        let known = Header::parse(&header).ok_or_else(|| Error::wrong(path, "not a ring"))?;
        let len = file.metadata().map_err(|error| Error::new(path, error))?.len();
        if known.levels.iter().any(|shape| shape.data + shape.data_bytes > len) {
            return Err(Error::wrong(path, "shorter than it says"));
        }
        let file = Arc::new(file);
        let mut nth = 0;
        let streams = known.levels.map(|shape| {
            let level = nth;
            nth += 1;
            let place = LEVELS.get(level).copied().unwrap_or_default();
            let now = header.get(place..).and_then(Level::parse).unwrap_or_default();
            Stream {
                file: Arc::clone(&file),
                path: path.to_path_buf(),
                ring,
                level,
                shape,
                at: now.read,
                thread: known.owner,
                committed: now.read,
                turn: now.turn,
                counts: Counts::default(),
                given: 0,
                is_resumed: now.read.0 % shape.block_bytes != 0,
                bytes: Vec::new(),
            }
        });
        Ok(streams)
    }

    /// Which ring it is of, and which level: 1 has what signal handlers wrote.
    pub fn place(&self) -> (u32, usize) {
        (self.ring, self.level)
    }

    /// What became of the events, as of the last [`read`](Self::read).
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What the recorder's filters did in the program, with the events of this stream.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn filters(&self) -> Result<HandlerCounts, Error> {
        let mut bytes = [0; ring::HANDLER_COUNT_BYTES];
        let place = ring::FILTER_COUNTS.get(self.level).copied().unwrap_or_default();
        self.read_bytes(&mut bytes, place as u64)?;
        Ok(HandlerCounts::parse(&bytes).unwrap_or_default())
    }

    /// What the program's handlers did with the events of this ring, by their places in
    /// [`Control::handlers`](crate::layout::control::Control::handlers); for both of its streams
    /// it is the same.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn handlers(&self) -> Result<[HandlerCounts; HANDLERS_MAX], Error> {
        let mut bytes = [0; HANDLERS_MAX * ring::HANDLER_COUNT_BYTES];
        self.read_bytes(&mut bytes, ring::HANDLER_COUNTS as u64)?;
        let mut all = [HandlerCounts::default(); HANDLERS_MAX];
        for (counts, bytes) in all.iter_mut().zip(bytes.chunks(ring::HANDLER_COUNT_BYTES)) {
            *counts = HandlerCounts::parse(bytes).unwrap_or_default();
        }
        Ok(all)
    }

    /// Gives all events that are there and were not given yet, oldest first; how many. Where it is
    /// told to end by `None`, the next call goes on behind that event.
    ///
    /// It looks at no more than there was when it was called, so it ends, also while the program
    /// goes on.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn read(&mut self, mut each: impl FnMut(Record<'_>) -> Option<()>) -> Result<u64, Error> {
        let now = self.look()?;
        let (before, damaged) = (self.given, self.counts.damaged);
        self.skip_to(self.shape.oldest(now.filling).min(now.head));
        // A program may say anything; one that is right is read in so many steps, or has gone on.
        let steps = 2 * self.shape.data_bytes / self.shape.block_bytes + 2;
        for _ in 0..steps {
            if self.at.0 >= now.head {
                break;
            }
            match self.read_block(now.head, &mut each)? {
                Block::Done if self.counts.damaged - damaged > DAMAGED_MAX => {
                    self.skip_to(now.head)
                }
                Block::Done => {}
                Block::Enough => break,
                Block::Gone => {
                    let now = self.look()?;
                    let oldest = self.shape.oldest(now.filling);
                    let next = self.block_start().saturating_add(self.shape.block_bytes);
                    self.skip_to(oldest.max(next));
                }
            }
        }
        Ok(self.given - before)
    }

    /// Tells the program that all that was given may be overwritten, and the next recorder where to
    /// go on. Until then it is given again to who opens the ring anew.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn commit(&mut self) -> Result<(), Error> {
        self.commit_to(self.mark())
    }

    /// Behind what was given so far, for [`commit_to`](Self::commit_to).
    pub fn mark(&self) -> Mark {
        Mark(self.at.0, self.at.1)
    }

    /// The same as [`commit`](Self::commit), of what was given before there was this mark. What was
    /// committed stays so: with a mark that is older nothing changes.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn commit_to(&mut self, mark: Mark) -> Result<(), Error> {
        let to = (mark.0, mark.1);
        if to <= self.committed {
            return Ok(());
        }
        let turn = self.turn.wrapping_add(1);
        let place = LEVELS.get(self.level).copied().unwrap_or_default();
        let pair = READ.get((turn & 1) as usize).copied().unwrap_or_default();
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&to.0.to_ne_bytes());
        bytes[8..].copy_from_slice(&to.1.to_ne_bytes());
        let wrong = |error| Error::new(&self.path, error);
        write_at(&self.file, &bytes, place + pair).map_err(wrong)?;
        write_at(&self.file, &turn.to_ne_bytes(), place + TURN).map_err(wrong)?;
        (self.turn, self.committed) = (turn, to);
        Ok(())
    }

    /// Reads what changes, and notes the counts.
    ///
    /// It is read twice, and of both the head that is lower and the block that is later are taken:
    /// a number of which half was read before it changed, and half after, can then only make that
    /// less is read, or that more is taken for overwritten.
    fn look(&mut self) -> Result<Level, Error> {
        let first = self.level()?;
        let mut now = self.level()?;
        now.head = now.head.min(first.head);
        now.filling = now.filling.max(first.filling);
        self.counts.discarded = now.discarded;
        self.counts.too_long = now.too_long;
        self.counts.filtered = now.filtered;
        if self.level == 1 {
            let mut bytes = [0; 8];
            self.read_bytes(&mut bytes, ring::LOST_NESTED as u64)?;
            self.counts.lost_nested = u64::from_ne_bytes(bytes);
        }
        Ok(now)
    }

    fn level(&self) -> Result<Level, Error> {
        let mut bytes = [0; LEVEL_BYTES];
        let place = LEVELS.get(self.level).copied().unwrap_or_default();
        self.read_bytes(&mut bytes, place as u64)?;
        Level::parse(&bytes).ok_or_else(|| Error::wrong(&self.path, "not a ring"))
    }

    /// Reads so many bytes; those that are not there are 0.
    fn read_bytes(&self, into: &mut [u8], at: u64) -> Result<(), Error> {
        let len = read_at(&self.file, into, at).map_err(|error| Error::new(&self.path, error))?;
        into.get_mut(len..).unwrap_or_default().fill(0);
        Ok(())
    }

    /// Where the block begins that is read next.
    fn block_start(&self) -> u64 {
        self.at.0 - self.at.0 % self.shape.block_bytes
    }

    /// Goes on at the start of a block, if it is further on: the header there says how many events
    /// are left out.
    fn skip_to(&mut self, position: u64) {
        let start = position - position % self.shape.block_bytes;
        if start > self.at.0 {
            self.at.0 = start;
            self.is_resumed = false;
        }
    }

    /// Reads one block from where we are, up to its end or the head.
    fn read_block(
        &mut self,
        head: u64,
        each: &mut impl FnMut(Record<'_>) -> Option<()>,
    ) -> Result<Block, Error> {
        let start = self.block_start();
        let end = start.saturating_add(self.shape.block_bytes);
        // Who goes on in the middle of a block must find out which thread it is of.
        let from = if self.is_resumed { start } else { self.at.0 };
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.resize((end.min(head) - from) as usize, 0);
        let done = self.read_bytes(&mut bytes, self.shape.place_of(from));
        let gone = self.look().map(|now| start < self.shape.oldest(now.filling));
        let block = match (done, gone) {
            (Ok(()), Ok(false)) => Ok(self.give(from, &bytes, end <= head, each)),
            (Ok(()), Ok(true)) => Ok(Block::Gone),
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        self.bytes = bytes;
        block
    }

    /// Gives the events of these bytes, which begin at this position.
    fn give(
        &mut self,
        from: u64,
        bytes: &[u8],
        is_full: bool,
        each: &mut impl FnMut(Record<'_>) -> Option<()>,
    ) -> Block {
        let mut offset = 0;
        let start = from - from % self.shape.block_bytes;
        if from == start {
            let Some(header) = BlockHeader::parse(bytes, from) else {
                return self.damaged(start);
            };
            self.begin(&header);
            offset = BLOCK_HEADER_BYTES;
        }
        self.is_resumed = false;
        while let Some(rest) = bytes.get(offset..).filter(|rest| !rest.is_empty()) {
            let (record, len) = match Raw::parse(rest) {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(()) => return self.damaged(start),
            };
            let position = from + offset as u64;
            offset += len;
            if let Some(thread) = record.thread() {
                self.thread = thread;
            }
            if position < self.at.0 || record.class == THREAD_CLASS {
                continue;
            }
            if self.give_one(record, from + offset as u64, each).is_none() {
                return Block::Enough;
            }
        }
        // Behind what was there; that, and a block that was left early, ends where the next begins.
        let end = start.saturating_add(self.shape.block_bytes);
        self.at.0 = if is_full { end } else { from + bytes.len() as u64 };
        Block::Done
    }

    fn give_one(
        &mut self,
        record: Raw<'_>,
        behind: u64,
        each: &mut impl FnMut(Record<'_>) -> Option<()>,
    ) -> Option<()> {
        let sequence = self.at.1;
        self.at = (behind, sequence.wrapping_add(1));
        self.given += 1;
        self.counts.read = self.counts.read.wrapping_add(1);
        let Raw { class, time_ns, payload } = record;
        each(Record { class, time_ns, thread: self.thread, sequence, payload })
    }

    /// Takes what a block's header says; what is missing before it was overwritten.
    fn begin(&mut self, header: &BlockHeader) {
        self.thread = header.thread;
        if self.at.0 == header.position {
            let missing = header.sequence.saturating_sub(self.at.1);
            self.counts.overwritten = self.counts.overwritten.saturating_add(missing);
            self.at.1 = header.sequence.max(self.at.1);
        }
    }

    /// Leaves the rest of this block out.
    fn damaged(&mut self, start: u64) -> Block {
        self.counts.damaged += 1;
        self.is_resumed = false;
        self.at.0 = start.saturating_add(self.shape.block_bytes);
        Block::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first level of an empty ring, of which so much was read.
    fn stream(name: &str, read: u64) -> (PathBuf, Stream) {
        let mut bytes = vec![0; HEADER_BYTES + 2 * ring::RING_BYTES_MIN];
        let mut put = |at: usize, of: &[u8]| bytes[at..at + of.len()].copy_from_slice(of);
        put(0, &ring::MAGIC);
        put(8, &crate::layout::VERSION.to_ne_bytes());
        for (level, data) in LEVELS.into_iter().zip([HEADER_BYTES, 2 * HEADER_BYTES]) {
            put(level + ring::DATA, &(data as u64).to_ne_bytes());
            put(level + ring::DATA_BYTES, &(ring::RING_BYTES_MIN as u64).to_ne_bytes());
            put(level + ring::BLOCK_BYTES, &(ring::BLOCK_BYTES_MIN as u64).to_ne_bytes());
            put(level + READ[0], &read.to_ne_bytes());
        }
        let path = std::env::temp_dir().join(format!("marey-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).expect("written");
        (path.clone(), opened(&path))
    }

    fn opened(path: &Path) -> Stream {
        let file = File::options().read(true).write(true).open(path).expect("a file");
        let [first, _] = Stream::open(file, 0, path).expect("a ring");
        first
    }

    #[test]
    fn an_older_mark_takes_nothing_back() {
        let (path, mut stream) = stream("mark", 0);
        let first = stream.mark();
        stream.at = (1024, 3);
        let second = stream.mark();
        stream.at = (2048, 7);
        stream.commit().expect("written");
        for older in [second, first] {
            stream.commit_to(older).expect("nothing is written");
            assert_eq!(opened(&path).at, (2048, 7));
        }
        std::fs::remove_file(&path).expect("it was there");
    }

    #[test]
    fn who_leaves_something_out_never_goes_back() {
        let (path, mut stream) = stream("skip", 1500);
        for (to, at) in [(1100, 1500), (1900, 1500), (2048, 2048), (3000, 2048), (3100, 3072)] {
            stream.skip_to(to);
            assert_eq!(stream.at.0, at, "to {to}");
        }
        std::fs::remove_file(&path).expect("it was there");
    }
}
