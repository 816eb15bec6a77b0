//! More than fits in memory: values that go to disk past a budget and come back in order.
//!
//! * [`Sorted`] brings values into the order of a key of yours: results in another order than that
//!   of the records.
//! * [`Table`] adds up values by their keys: packets and bytes of each flow, say. [`Merge`] says
//!   how two values become one.
//!
//! Both answer exactly, whatever the budget: past it they write sorted runs to a temporary file
//! without a name, and merge them at the end. The file is in the folder for temporary files
//! (`TMPDIR`); without a name, nothing is left of it when the program ends. [`Spill`] says how a
//! value becomes bytes; numbers, texts, addresses, times and flows have it.
//!
//! ```
//! use marey::spill::Table;
//!
//! // So small a budget that most goes to disk.
//! let mut lengths = Table::new(1024);
//! for number in 0..10_000u64 {
//!     lengths.add(number % 1000, (1, number))?;
//! }
//! assert!(lengths.spilled() > 0);
//! let all: Vec<(u64, (u64, u64))> = lengths.finish()?.collect::<Result<_, _>>()?;
//! assert_eq!(all.len(), 1000);
//! assert_eq!(all[7], (7, (10, 45_070)));
//! # Ok::<(), std::io::Error>(())
//! ```

use std::fs::File;
use std::io;

mod order;
mod runs;
mod sorted;
mod table;
mod values;

pub use order::add_up;
pub use sorted::Sorted;
pub use table::{Merge, Table};

/// A value that can go to disk and come back.
///
/// ```
/// use marey::spill::Spill;
///
/// let mut bytes = Vec::new();
/// (7u32, String::from("seven")).spill(&mut bytes);
/// let back = <(u32, String)>::restore(&mut bytes.as_slice());
/// assert_eq!(back, Some((7, String::from("seven"))));
/// ```
pub trait Spill: Sized {
    /// Appends the value's bytes.
    fn spill(&self, out: &mut Vec<u8>);

    /// Takes a value from the front of `bytes`; `None` if they are not one.
    fn restore(bytes: &mut &[u8]) -> Option<Self>;

    /// How many bytes of memory it holds beyond its own size.
    fn heap_bytes(&self) -> usize {
        0
    }
}

/// Takes so many bytes from the front.
pub fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (front, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(front)
}

macro_rules! spill_numbers {
    ($($number:ty),*) => {$(
        impl Spill for $number {
            fn spill(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn restore(bytes: &mut &[u8]) -> Option<Self> {
                Some(<$number>::from_le_bytes(take(bytes, size_of::<$number>())?.try_into().ok()?))
            }
        }
    )*};
}

spill_numbers!(u8, u16, u32, u64, u128, i8, i16, i32, i64, i128);

impl Spill for () {
    fn spill(&self, _: &mut Vec<u8>) {}

    fn restore(_: &mut &[u8]) -> Option<Self> {
        Some(())
    }
}

impl Spill for Vec<u8> {
    fn spill(&self, out: &mut Vec<u8>) {
        (self.len() as u64).spill(out);
        out.extend_from_slice(self);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        let len = usize::try_from(u64::restore(bytes)?).ok()?;
        take(bytes, len).map(<[u8]>::to_vec)
    }

    fn heap_bytes(&self) -> usize {
        self.capacity()
    }
}

impl Spill for String {
    fn spill(&self, out: &mut Vec<u8>) {
        (self.len() as u64).spill(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        String::from_utf8(Vec::restore(bytes)?).ok()
    }

    fn heap_bytes(&self) -> usize {
        self.capacity()
    }
}

impl<T: Spill> Spill for Option<T> {
    fn spill(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.spill(out);
        }
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        match u8::restore(bytes)? {
            0 => Some(None),
            _ => T::restore(bytes).map(Some),
        }
    }

    fn heap_bytes(&self) -> usize {
        self.as_ref().map_or(0, T::heap_bytes)
    }
}

impl<A: Spill, B: Spill> Spill for (A, B) {
    fn spill(&self, out: &mut Vec<u8>) {
        self.0.spill(out);
        self.1.spill(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::restore(bytes)?, B::restore(bytes)?))
    }

    fn heap_bytes(&self) -> usize {
        self.0.heap_bytes() + self.1.heap_bytes()
    }
}

/// A file that nobody else can find, and that is gone when it is closed.
fn nameless_file() -> io::Result<File> {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let directory = std::env::temp_dir();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    for attempt in 0..100u32 {
        let name = format!(".marey-spill-{}-{number}-{attempt}", std::process::id());
        let path = directory.join(name);
        match File::options().read(true).write(true).create_new(true).open(&path) {
            Ok(file) => {
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::Error::other("no name is free for a temporary file"))
}
