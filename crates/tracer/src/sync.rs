//! What rings synchronise with; the test by loom has these of its own.

use core::cell::UnsafeCell;
pub use core::sync::atomic::{AtomicU32, Ordering, fence};

/// The bytes of a packet, which two sides use by turns.
#[derive(Debug)]
pub struct Bytes<const BYTES: usize>(UnsafeCell<[u8; BYTES]>);

impl<const BYTES: usize> Bytes<BYTES> {
    /// All of them are 0.
    pub const fn new() -> Self {
        Bytes(UnsafeCell::new([0; BYTES]))
    }

    /// To read them, while nobody writes.
    pub fn read(&self) -> *const [u8; BYTES] {
        self.0.get()
    }

    /// To write them, while nobody else uses them.
    pub fn write(&self) -> *mut [u8; BYTES] {
        self.0.get()
    }
}
