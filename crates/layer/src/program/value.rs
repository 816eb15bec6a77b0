//! What fields may be, and how they are written.

use crate::layout::value::{CUT, TEXT_BYTES_MAX, Type};

/// A value that a field of an event can have.
///
/// # Safety
///
/// `put` writes exactly `size` bytes, and both are the same each time as long as the value is.
pub unsafe trait Value {
    /// The type of the field.
    const TYPE: Type;

    /// How many bytes it takes.
    fn size(&self) -> usize;

    /// Writes it; what is behind it.
    ///
    /// # Safety
    ///
    /// There are [`size`](Self::size) bytes of room, not shared with the value.
    unsafe fn put(&self, at: *mut u8) -> *mut u8;
}

macro_rules! plain {
    ($($rust:ty => $of:ident,)*) => {$(
        // SAFETY: it writes a value of its type, which has the size of its type.
        unsafe impl Value for $rust {
            const TYPE: Type = Type::$of;
            #[inline(always)]
            fn size(&self) -> usize {
                size_of::<$rust>()
            }
            // SAFETY: the caller keeps what the trait asks for.
            #[inline(always)]
            unsafe fn put(&self, at: *mut u8) -> *mut u8 {
                // SAFETY: the caller gives room for it.
                unsafe {
                    at.cast::<$rust>().write_unaligned(*self);
                    at.add(size_of::<$rust>())
                }
            }
        }
    )*};
}

plain! {
    bool => Bool, u8 => U8, u16 => U16, u32 => U32, u64 => U64, i8 => I8, i16 => I16, i32 => I32,
    i64 => I64, f32 => F32, f64 => F64,
}

/// A place in memory: a number that is shown in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address(pub u64);

macro_rules! as_other {
    ($($rust:ty, $of:ident, $as:ty: $get:expr,)*) => {$(
        // SAFETY: it does what the other type does.
        unsafe impl Value for $rust {
            const TYPE: Type = Type::$of;
            #[inline(always)]
            fn size(&self) -> usize {
                let get: fn(&Self) -> $as = $get;
                get(self).size()
            }
            // SAFETY: the caller keeps what the trait asks for.
            #[inline(always)]
            unsafe fn put(&self, at: *mut u8) -> *mut u8 {
                let get: fn(&Self) -> $as = $get;
                // SAFETY: as the caller says.
                unsafe { get(self).put(at) }
            }
        }
    )*};
}

as_other! {
    Address, Address, u64: |it| it.0,
    usize, U64, u64: |it| *it as u64,
    isize, I64, i64: |it| *it as i64,
    str, String, Long<'_>: |it| Long::text(it),
    String, String, Long<'_>: |it| Long::text(it),
    [u8], Bytes, Long<'_>: |it| Long::bytes(it),
    [u32], Words, Long<'_>: |it| Long::words(it),
}

// SAFETY: it does what the value does.
unsafe impl<T: Value + ?Sized> Value for &T {
    const TYPE: Type = T::TYPE;
    #[inline(always)]
    fn size(&self) -> usize {
        (**self).size()
    }
    // SAFETY: the caller keeps what the trait asks for.
    #[inline(always)]
    unsafe fn put(&self, at: *mut u8) -> *mut u8 {
        // SAFETY: as the caller says.
        unsafe { (**self).put(at) }
    }
}

/// Bytes behind their length: those of a text, of words, or just bytes.
struct Long<'a> {
    bytes: &'a [u8],
    length: u16,
}

impl<'a> Long<'a> {
    #[inline(always)]
    fn text(text: &'a str) -> Self {
        let kept = if text.len() <= TEXT_BYTES_MAX {
            text.len()
        } else {
            text.floor_char_boundary(TEXT_BYTES_MAX)
        };
        Self::cut(text.as_bytes(), kept)
    }

    #[inline(always)]
    fn bytes(bytes: &'a [u8]) -> Self {
        Self::cut(bytes, bytes.len().min(TEXT_BYTES_MAX))
    }

    #[inline(always)]
    fn words(words: &'a [u32]) -> Self {
        let (start, len) = (words.as_ptr().cast(), size_of_val(words));
        // SAFETY: the memory of words, seen as bytes; as long as these are.
        Self::bytes(unsafe { core::slice::from_raw_parts(start, len) })
    }

    #[inline(always)]
    fn cut(bytes: &'a [u8], kept: usize) -> Self {
        let mark = if kept < bytes.len() { CUT } else { 0 };
        Long { bytes: bytes.get(..kept).unwrap_or_default(), length: kept as u16 | mark }
    }

    #[inline(always)]
    fn size(&self) -> usize {
        2 + self.bytes.len()
    }

    // SAFETY: the caller keeps what the trait asks for.
    #[inline(always)]
    unsafe fn put(&self, at: *mut u8) -> *mut u8 {
        let len = self.bytes.len();
        // SAFETY: the caller gives room for `size` bytes, which are no part of the value.
        unsafe {
            let behind = self.length.put(at);
            core::ptr::copy_nonoverlapping(self.bytes.as_ptr(), behind, len);
            behind.add(len)
        }
    }
}

/// The fields of an event: a list of pairs that ends with `()`.
///
/// # Safety
///
/// As for [`Value`].
pub unsafe trait Fields {
    /// How many bytes they take.
    fn size(&self) -> usize;

    /// Writes them; what is behind them.
    ///
    /// # Safety
    ///
    /// As for [`Value::put`].
    unsafe fn put(&self, at: *mut u8) -> *mut u8;

    /// Notes their types.
    fn types(places: &mut core::slice::IterMut<'_, Option<Type>>);
}

// SAFETY: it writes nothing, which is its size.
unsafe impl Fields for () {
    #[inline(always)]
    fn size(&self) -> usize {
        0
    }
    // SAFETY: the caller keeps what the trait asks for.
    #[inline(always)]
    unsafe fn put(&self, at: *mut u8) -> *mut u8 {
        at
    }
    fn types(_: &mut core::slice::IterMut<'_, Option<Type>>) {}
}

// SAFETY: it writes the value, then the rest: the sizes of both.
unsafe impl<V: Value, R: Fields> Fields for (V, R) {
    #[inline(always)]
    fn size(&self) -> usize {
        self.0.size() + self.1.size()
    }
    // SAFETY: the caller keeps what the trait asks for.
    #[inline(always)]
    unsafe fn put(&self, at: *mut u8) -> *mut u8 {
        // SAFETY: as the caller says; the first leaves the room of the rest.
        unsafe { self.1.put(self.0.put(at)) }
    }
    fn types(places: &mut core::slice::IterMut<'_, Option<Type>>) {
        if let Some(place) = places.next() {
            *place = Some(V::TYPE);
        }
        R::types(places);
    }
}
