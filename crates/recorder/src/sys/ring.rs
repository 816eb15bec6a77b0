//! The consumer of a ring buffer of the kernel (`BPF_MAP_TYPE_RINGBUF`,
//! `Documentation/bpf/ringbuf.rst`).
//!
//! The first page holds how far the consumer has come, the second how far the producers have, both
//! in bytes since the start. The data follows, mapped twice, so that no record is ever cut.

use std::io;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::Map;
use super::mapping::Mapping;

/// A record that is being written.
const BUSY: u32 = 1 << 31;
/// A record that its writer took back.
const DISCARDED: u32 = 1 << 30;
/// What stands before each record: its length, and the number of its page.
const HEADER: usize = 8;

/// A ring buffer, mapped.
#[derive(Debug)]
pub struct Ring {
    consumer: Mapping,
    /// A page, and twice the data.
    producer: Mapping,
    page: usize,
    bytes: usize,
    /// How far it has come, in bytes.
    position: u64,
}

/// A record of the ring, until the next one is asked for.
#[derive(Clone, Copy, Debug)]
pub struct RingRecord<'r> {
    /// What the program wrote.
    pub bytes: &'r [u8],
}

impl Ring {
    /// Maps a ring buffer of so many bytes.
    ///
    /// # Errors
    /// What the kernel says; [`io::ErrorKind::InvalidInput`] if this is no length of a ring buffer.
    pub fn map(map: &Map, bytes: usize) -> io::Result<Self> {
        // SAFETY: sysconf has no preconditions.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096);
        if !bytes.is_power_of_two() || bytes < page || bytes > 1 << 40 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let consumer = Mapping::of(map.descriptor(), 0, page, true)?;
        let producer = Mapping::of(map.descriptor(), page, page + 2 * bytes, false)?;
        Ok(Ring { consumer, producer, page, bytes, position: 0 })
    }

    /// How many bytes wait in it.
    pub fn fill(&self) -> u64 {
        self.produced().saturating_sub(self.position)
    }

    /// The next record that is whole. The one before it is given back to the kernel.
    pub fn take(&mut self) -> Option<RingRecord<'_>> {
        loop {
            self.give_back();
            if self.position >= self.produced() {
                return None;
            }
            let at = self.position as usize & (self.bytes - 1);
            // SAFETY: `at` is below the length of the data, and a header begins there, at a
            // multiple of 8: the producers have come further. It lies in the mapping, which has
            // the data twice. The kernel writes it atomically.
            let header = unsafe { self.data().add(at).cast::<AtomicU32>().as_ref() };
            let header = header.load(Ordering::Acquire);
            if header & BUSY != 0 {
                return None;
            }
            let len = (header & !DISCARDED) as usize;
            if len > self.bytes {
                return None;
            }
            self.position += (HEADER + len).next_multiple_of(8) as u64;
            if header & DISCARDED == 0 {
                // SAFETY: the record is whole (its header says so, read with `Acquire`), not
                // longer than the ring, and lies in the data, which is mapped twice. The kernel
                // does not write there until this consumer gives it back, which needs `&mut self`
                // and so ends this borrow.
                let bytes = unsafe {
                    std::slice::from_raw_parts(self.data().add(at + HEADER).as_ptr(), len)
                };
                return Some(RingRecord { bytes });
            }
        }
    }

    /// Tells the kernel that all records so far were read.
    fn give_back(&self) {
        // SAFETY: the consumer's page is mapped, writable, and begins with this number.
        let consumed = unsafe { self.consumer.start().cast::<AtomicU64>().as_ref() };
        consumed.store(self.position, Ordering::Release);
    }

    fn produced(&self) -> u64 {
        // SAFETY: the producers' page is mapped and begins with this number.
        unsafe { self.producer.start().cast::<AtomicU64>().as_ref() }.load(Ordering::Acquire)
    }

    fn data(&self) -> NonNull<u8> {
        // SAFETY: the mapping is a page and the data.
        unsafe { self.producer.start().add(self.page) }
    }
}
