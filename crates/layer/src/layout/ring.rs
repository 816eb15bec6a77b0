//! A file `ring-N`: a header of [`HEADER_BYTES`], then the data of two *levels*.
//!
//! The events of a thread go to level 0. An event of a signal handler that interrupts an event of
//! the same thread goes to level 1. What would interrupt that one is lost, and counted.
//!
//! The header:
//!
//! | at | size | what |
//! |---|---|---|
//! | 0 | 8 | [`MAGIC`] |
//! | 8 | 4 | [`VERSION`] |
//! | 12 | 4 | the thread that writes, or was the last to write |
//! | 16 | 8 | [`LOST_NESTED`]: events lost since they interrupted an event of level 1 |
//! | 512 | 256 | level 0 |
//! | 768 | 256 | level 1 |
//! | 1024 | 512 | [`HANDLER_COUNTS`]: for each handler of the program 32 bytes: how many |
//! | | | events of this ring it saw, discarded, and failed at, and 0 |
//! | 1536 | 64 | [`FILTER_COUNTS`]: for each level the same of the recorder's filters |
//!
//! A level, each line of 64 bytes with one writer:
//!
//! | at | size | what |
//! |---|---|---|
//! | 0 | 8 | where its data begins in the file |
//! | 8 | 8 | how many bytes that is: 4 or more blocks, a power of 2 |
//! | 16 | 8 | how many bytes a block has, a power of 2 |
//! | 64 | 8 | [`HEAD`]: the position behind the last event; published |
//! | 72 | 8 | [`FILLING`]: the position of the block that is being filled |
//! | 80 | 8 | [`DISCARDED`]: events lost since the ring was full and a recorder there |
//! | 88 | 8 | [`TOO_LONG`]: events lost since they are longer than a block |
//! | 96 | 8 | [`FILTERED`]: events that a filter or a handler in the program discarded |
//! | 128 | 8 | [`TURN`]: which of the two pairs below holds, in its last bit; published |
//! | 136 | 16 | pair 0: position up to which the recorder has read, number of that event |
//! | 152 | 16 | pair 1, the same |
//!
//! A *position* counts bytes since the ring was made, and never comes down; its byte in the data is
//! the remainder by the data's length. Blocks are at multiples of their length. A block begins with
//!
//! | at | size | what |
//! |---|---|---|
//! | 0 | 8 | its own position |
//! | 8 | 8 | the number of its first event: how many were written to this level before |
//! | 16 | 8 | what [`DISCARDED`] was when it was begun |
//! | 24 | 4 | the thread that began it |
//! | 28 | 4 | 0 |
//!
//! and goes on with records, to its end or to a size of 0. A record, at a multiple of 8:
//!
//! | at | size | what |
//! |---|---|---|
//! | 0 | 4 | how many bytes it has, with this header; a multiple of 8; 0: the block ends here |
//! | 4 | 4 | its class; 0: no event, but the number of the thread that writes from here on |
//! | 8 | 8 | `CLOCK_MONOTONIC` in ns |
//! | 16 | | the fields, see [`value`](super::value), then zeros or anything |
//!
//! [`FILLING`] is written before anything is in the block: the block that was in that place is gone
//! from then on. So the oldest block that is still whole is [`oldest`], and who reads copies first
//! and looks at [`FILLING`] afterwards. Event numbers tell how many events were overwritten:
//! written = read + overwritten, and those of [`DISCARDED`], [`TOO_LONG`] and [`FILTERED`] were
//! never written. All counts are since the ring was made; threads that follow one another in a ring
//! share them.

use super::VERSION;
use super::read::{u32_at, u64_at};

/// How long the header is.
pub const HEADER_BYTES: usize = 4096;
/// What it begins with.
pub const MAGIC: [u8; 8] = *b"MAREYRNG";
/// The thread.
pub const OWNER: usize = 12;
/// Events that interrupted an event of level 1.
pub const LOST_NESTED: usize = 16;
/// Where the levels are.
pub const LEVELS: [usize; 2] = [512, 768];
/// What the handlers of the program did.
pub const HANDLER_COUNTS: usize = 1024;
/// How many bytes each has there.
pub const HANDLER_COUNT_BYTES: usize = 32;
/// What the recorder's filters did, for each level.
pub const FILTER_COUNTS: [usize; 2] = [1536, 1568];
/// How long each is.
pub const LEVEL_BYTES: usize = 256;
/// Within a level: where its data begins.
pub const DATA: usize = 0;
/// Within a level: how many bytes that is.
pub const DATA_BYTES: usize = 8;
/// Within a level: how many bytes a block has.
pub const BLOCK_BYTES: usize = 16;
/// Within a level: the position behind the last event.
pub const HEAD: usize = 64;
/// Within a level: the position of the block that is being filled.
pub const FILLING: usize = 72;
/// Within a level: events for which there was no space.
pub const DISCARDED: usize = 80;
/// Within a level: events that no block can hold.
pub const TOO_LONG: usize = 88;
/// Within a level: events that a filter or handler in the program discarded.
pub const FILTERED: usize = 96;
/// Within a level: which of the pairs holds.
pub const TURN: usize = 128;
/// Within a level: how far the recorder has read, as pairs of position and number of event.
pub const READ: [usize; 2] = [136, 152];

/// How long a ring's first level is, if nobody says otherwise.
pub const RING_BYTES: usize = 256 * 1024;
/// The shortest.
pub const RING_BYTES_MIN: usize = 4096;
/// The longest.
pub const RING_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long the second level is at most.
pub const NESTED_BYTES_MAX: usize = 16 * 1024;
/// The shortest block.
pub const BLOCK_BYTES_MIN: usize = 1024;
/// How many blocks a level has, unless they would be too short.
pub const BLOCKS: usize = 16;
/// How long the header of a block is.
pub const BLOCK_HEADER_BYTES: usize = 32;
/// How long the header of a record is.
pub const RECORD_HEADER_BYTES: usize = 16;
/// The class of a record that says which thread writes from here on.
pub const THREAD_CLASS: u32 = 0;
/// How long that record is.
pub const THREAD_RECORD_BYTES: usize = 24;

/// How long the blocks are of a level with so many bytes.
pub const fn block_bytes(data_bytes: usize) -> usize {
    let even = data_bytes / BLOCKS;
    if even < BLOCK_BYTES_MIN { BLOCK_BYTES_MIN } else { even }
}

/// The position of the oldest block that is whole, while the one at `filling` is being filled.
pub const fn oldest(filling: u64, data_bytes: u64, block_bytes: u64) -> u64 {
    filling.saturating_add(block_bytes).saturating_sub(data_bytes)
}

/// Where a level is and how long: what never changes, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Where the data begins in the file.
    pub data: u64,
    /// How many bytes it has.
    pub data_bytes: u64,
    /// How many bytes a block has.
    pub block_bytes: u64,
}

/// What changes in a level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Level {
    /// The position behind the last event.
    pub head: u64,
    /// The position of the block that is being filled.
    pub filling: u64,
    /// Events for which there was no space.
    pub discarded: u64,
    /// Events that no block can hold.
    pub too_long: u64,
    /// Events that a filter or handler in the program discarded.
    pub filtered: u64,
    /// The position up to which a recorder has read, and the number of the event there.
    pub read: (u64, u64),
    /// Which pair that was in.
    pub turn: u64,
}

/// What the header says about the ring as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The thread that writes, or did last.
    pub owner: u32,
    /// Events lost since they interrupted one of level 1.
    pub lost_nested: u64,
    /// The levels.
    pub levels: [Shape; 2],
}

impl Header {
    /// Reads a header; `None` where it is not one, or says what can't be.
    pub fn parse(header: &[u8]) -> Option<Self> {
        let is_ours = header.starts_with(&MAGIC) && u32_at(header, 8)? == VERSION;
        let levels = [Shape::parse(header, 0)?, Shape::parse(header, 1)?];
        let owner = u32_at(header, OWNER)?;
        is_ours.then_some(Header { owner, lost_nested: u64_at(header, LOST_NESTED)?, levels })
    }
}

impl Shape {
    fn parse(header: &[u8], level: usize) -> Option<Self> {
        let level = header.get(*LEVELS.get(level)?..)?;
        let data = u64_at(level, DATA)?;
        let data_bytes = u64_at(level, DATA_BYTES)?;
        let block_bytes = u64_at(level, BLOCK_BYTES)?;
        let is_even = data_bytes.is_power_of_two() && block_bytes.is_power_of_two();
        let lengths = RING_BYTES_MIN as u64..=RING_BYTES_MAX as u64;
        let blocks = BLOCK_BYTES_MIN as u64..=data_bytes / 4;
        let place = HEADER_BYTES as u64..=(HEADER_BYTES + RING_BYTES_MAX) as u64;
        let is_right = is_even
            && lengths.contains(&data_bytes)
            && blocks.contains(&block_bytes)
            && place.contains(&data);
        is_right.then_some(Shape { data, data_bytes, block_bytes })
    }

    /// Where the block is in the file that has this position.
    pub fn place_of(&self, position: u64) -> u64 {
        self.data + position % self.data_bytes
    }

    /// The position of the oldest block that is whole.
    pub fn oldest(&self, filling: u64) -> u64 {
        oldest(filling, self.data_bytes, self.block_bytes)
    }
}

impl Level {
    /// Reads what changes in a level, from its part of the header.
    pub fn parse(level: &[u8]) -> Option<Self> {
        let turn = u64_at(level, TURN)?;
        let pair = *READ.get((turn & 1) as usize)?;
        Some(Level {
            head: u64_at(level, HEAD)?,
            filling: u64_at(level, FILLING)?,
            discarded: u64_at(level, DISCARDED)?,
            too_long: u64_at(level, TOO_LONG)?,
            filtered: u64_at(level, FILTERED)?,
            read: (u64_at(level, pair)?, u64_at(level, pair + 8)?),
            turn,
        })
    }
}

/// What a handler of the program, or a filter, did with the events of a ring.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HandlerCounts {
    /// It was asked about so many events.
    pub seen: u64,
    /// So many of these it discarded.
    pub discarded: u64,
    /// At so many of these it failed; they were kept.
    pub failed: u64,
}

impl HandlerCounts {
    /// Reads the counts of one handler.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let [seen, discarded, failed] = [u64_at(bytes, 0)?, u64_at(bytes, 8)?, u64_at(bytes, 16)?];
        Some(HandlerCounts { seen, discarded, failed })
    }
}

/// The header of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockHeader {
    /// Its own position.
    pub position: u64,
    /// The number of its first event.
    pub sequence: u64,
    /// How many events had been discarded when it was begun.
    pub discarded: u64,
    /// The thread that began it.
    pub thread: u32,
}

impl BlockHeader {
    /// Reads the header of the block that has to have this position.
    pub fn parse(block: &[u8], position: u64) -> Option<Self> {
        let header = BlockHeader {
            position: u64_at(block, 0)?,
            sequence: u64_at(block, 8)?,
            discarded: u64_at(block, 16)?,
            thread: u32_at(block, 24)?,
        };
        (header.position == position).then_some(header)
    }
}

/// A record as it is in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw<'a> {
    /// Its class; [`THREAD_CLASS`] where it is not an event.
    pub class: u32,
    /// `CLOCK_MONOTONIC` in ns.
    pub time_ns: u64,
    /// Its fields, and up to 7 bytes more.
    pub payload: &'a [u8],
}

impl<'a> Raw<'a> {
    /// Reads the record that is at the start of these bytes, and says how long it is. `Ok(None)`
    /// where the block ends, `Err(())` where no record can be.
    #[allow(clippy::result_unit_err, reason = "there is one way to be wrong")]
    pub fn parse(bytes: &'a [u8]) -> Result<Option<(Self, usize)>, ()> {
        let Some(size) = u32_at(bytes, 0).filter(|size| *size > 0) else { return Ok(None) };
        let size = size as usize;
        let record = bytes.get(..size).filter(|_| size.is_multiple_of(8)).ok_or(())?;
        let payload = record.get(RECORD_HEADER_BYTES..).ok_or(())?;
        let class = u32_at(record, 4).ok_or(())?;
        let time_ns = u64_at(record, 8).ok_or(())?;
        Ok(Some((Raw { class, time_ns, payload }, size)))
    }

    /// The thread that writes from here on, if this record says so.
    pub fn thread(&self) -> Option<u32> {
        (self.class == THREAD_CLASS).then(|| u32_at(self.payload, 0))?
    }
}
