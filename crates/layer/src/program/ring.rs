//! One level of a ring, as its thread sees it.

use core::cell::Cell;
use core::ptr;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::fence;

use super::memory::Shared;
use super::{now_ns, own};
use crate::handler::Asked;
use crate::layout::ring::{
    BLOCK_BYTES, BLOCK_HEADER_BYTES, DATA, DATA_BYTES, DISCARDED, FILLING, FILTER_COUNTS, FILTERED,
    HANDLER_COUNT_BYTES, HANDLER_COUNTS, HEAD, LEVELS, READ, RECORD_HEADER_BYTES, THREAD_CLASS,
    THREAD_RECORD_BYTES, TOO_LONG, TURN, block_bytes, oldest,
};

/// A level. All zeros is one without space, in which nothing is written.
pub(super) struct Level {
    /// Where the next record goes, and the end of its block: equal where there is no block.
    pub(super) at: Cell<*mut u8>,
    pub(super) end: Cell<*mut u8>,
    /// What is added to an address in this block to get a position.
    shift: Cell<u64>,
    /// Where the head is published.
    head: Cell<*mut u64>,
    /// How many events were written here.
    sequence: Cell<u64>,
    /// The position of the next block.
    next: Cell<u64>,
    thread: Cell<u32>,
    /// Where in the file the level is described.
    header: Cell<usize>,
    data: Cell<usize>,
    data_bytes: Cell<usize>,
    file: Cell<Shared>,
    control: Cell<Shared>,
}

impl Level {
    /// Makes it the level `nth` of a new file.
    pub(super) fn make(
        &self,
        (file, control): (Shared, Shared),
        nth: usize,
        (data, data_bytes): (usize, usize),
    ) {
        let header = LEVELS.get(nth).copied().unwrap_or_default();
        file.u64(header + DATA).store(data as u64, Relaxed);
        file.u64(header + DATA_BYTES).store(data_bytes as u64, Relaxed);
        file.u64(header + BLOCK_BYTES).store(block_bytes(data_bytes) as u64, Relaxed);
        self.head.set(file.u64(header + HEAD).as_ptr());
        self.header.set(header);
        self.data.set(data);
        self.data_bytes.set(data_bytes);
        self.file.set(file);
        self.control.set(control);
    }

    /// From here on this thread writes.
    pub(super) fn hand_to(&self, thread: u32) {
        self.thread.set(thread);
        // The second level is short, and few threads ever need it.
        let is_second = self.header.get() != LEVELS.first().copied().unwrap_or_default();
        if is_second || self.room() < THREAD_RECORD_BYTES {
            // The next block says whose it is.
            return self.end_block();
        }
        let at = self.at.get();
        // SAFETY: there is room for the record, of which this writes all.
        unsafe {
            at.add(RECORD_HEADER_BYTES).cast::<[u32; 2]>().write([thread, 0]);
            put_header(at, THREAD_RECORD_BYTES, THREAD_CLASS, now_ns());
            self.publish(at.add(THREAD_RECORD_BYTES));
        }
    }

    /// How many bytes are left in this block.
    #[inline(always)]
    pub(super) fn room(&self) -> usize {
        (self.end.get() as usize).wrapping_sub(self.at.get() as usize)
    }

    /// Publishes what was written up to here.
    ///
    /// # Safety
    ///
    /// `behind` is in the block, at a multiple of 8, and whole records are before it.
    #[inline(always)]
    pub(super) unsafe fn publish(&self, behind: *mut u8) {
        let position = (behind as u64).wrapping_add(self.shift.get());
        // SAFETY: `make` set it to the word of a mapping that stays for ever; there is a block.
        let head = unsafe { core::sync::atomic::AtomicU64::from_ptr(self.head.get()) };
        head.store(position, Release);
        self.at.set(behind);
    }

    /// Counts an event that was published.
    #[inline(always)]
    pub(super) fn count(&self) {
        self.sequence.set(self.sequence.get().wrapping_add(1));
    }

    /// Counts something in the header, where this thread alone counts.
    fn count_in_header(&self, what: usize) {
        let word = self.file.get().u64(self.header.get() + what);
        word.store(word.load(Relaxed).wrapping_add(1), Relaxed);
    }

    /// Begins the next block, for a record of this size; whether there is room for it now. Else the
    /// record is counted as lost.
    #[cold]
    pub(super) fn next_block(&self, size: usize) -> bool {
        let block = block_bytes(self.data_bytes.get());
        if size > block - BLOCK_HEADER_BYTES {
            self.count_in_header(TOO_LONG);
            return false;
        }
        let position = self.next.get();
        let replaced = oldest(position, self.data_bytes.get() as u64, block as u64);
        if replaced > self.read() && own::has_recorder(self.control.get()) {
            self.count_in_header(DISCARDED);
            return false;
        }
        self.begin(position, block);
        true
    }

    /// Counts an event that a handler discarded.
    pub(super) fn count_filtered(&self) {
        self.count_in_header(FILTERED);
    }

    /// Counts what a handler answered.
    pub(super) fn count_answer(&self, nth: usize, asked: Asked) {
        self.count_answer_at(HANDLER_COUNTS + nth * HANDLER_COUNT_BYTES, asked);
    }

    /// Counts what a filter answered.
    pub(super) fn count_filter(&self, asked: Asked) {
        let levels = LEVELS.iter().zip(FILTER_COUNTS);
        let place = levels.filter(|(level, _)| **level == self.header.get()).map(|it| it.1).next();
        self.count_answer_at(place.unwrap_or_default(), asked);
    }

    fn count_answer_at(&self, place: usize, asked: Asked) {
        let counted = match asked {
            Asked::Kept => None,
            Asked::Discarded => Some(place + 8),
            Asked::Failed => Some(place + 16),
        };
        for place in [Some(place), counted].into_iter().flatten() {
            let word = self.file.get().u64(place);
            word.store(word.load(Relaxed).wrapping_add(1), Relaxed);
        }
    }

    /// The thread that writes here.
    pub(super) fn thread(&self) -> u32 {
        self.thread.get()
    }

    /// How far the recorder has read.
    fn read(&self) -> u64 {
        let (file, header) = (self.file.get(), self.header.get());
        let turn = file.u64(header + TURN).load(Acquire);
        let pair = READ.get((turn & 1) as usize).copied().unwrap_or_default();
        file.u64(header + pair).load(Acquire)
    }

    /// Says that nothing follows in this block.
    fn end_block(&self) {
        if self.room() >= 4 {
            // SAFETY: records are multiples of 8, and there is room behind the last one.
            unsafe { self.at.get().cast::<u32>().write(0) };
        }
        self.end.set(self.at.get());
    }

    fn begin(&self, position: u64, block: usize) {
        let (file, header) = (self.file.get(), self.header.get());
        self.end_block();
        file.u64(header + FILLING).store(position, Relaxed);
        // Who sees what is written from here on sees that the block is another one.
        fence(Release);
        let offset = position as usize & (self.data_bytes.get() - 1);
        let start = self.data.get() + offset;
        file.u64(start).store(position, Relaxed);
        file.u64(start + 8).store(self.sequence.get(), Relaxed);
        let discarded = file.u64(header + DISCARDED).load(Relaxed);
        file.u64(start + 16).store(discarded, Relaxed);
        file.u32(start + 24).store(self.thread.get(), Relaxed);
        file.u32(start + 28).store(0, Relaxed);
        let start = file.start().wrapping_add(start);
        self.at.set(start.wrapping_add(BLOCK_HEADER_BYTES));
        self.end.set(start.wrapping_add(block));
        self.shift.set(position.wrapping_sub(start as u64));
        self.next.set(position.wrapping_add(block as u64));
    }

    /// Whether a recorder has read all that is here.
    pub(super) fn is_read(&self) -> bool {
        let head = self.file.get().u64(self.header.get() + HEAD).load(Relaxed);
        self.read() >= head
    }
}

/// Writes the header of a record.
///
/// # Safety
///
/// There is room for it at `at`, a multiple of 8.
#[inline(always)]
pub(super) unsafe fn put_header(at: *mut u8, size: usize, class: u32, time_ns: u64) {
    // SAFETY: as the caller says.
    unsafe {
        ptr::write(at.cast::<[u32; 2]>(), [size as u32, class]);
        ptr::write(at.add(8).cast::<u64>(), time_ns);
    }
}
