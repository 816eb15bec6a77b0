//! The values of an event of `tracing`, one after another.

use std::cell::Cell;
use std::error::Error;
use std::fmt::{self, Debug, Write};

use ::tracing_core::field::{Field, Visit};

use crate::layout::FIELDS_MAX;
use crate::layout::value::{CUT, TEXT_BYTES_MAX, Type};
use crate::program::value::Fields;

/// Which fields have a value, and of which type: 0 where there is none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    span_fields: u8,
    own: [u8; FIELDS_MAX],
}

impl Shape {
    /// How many numbers of spans stand in front.
    pub(super) fn span_fields(&self) -> usize {
        usize::from(self.span_fields)
    }

    /// The types of the fields that the event itself has.
    pub(super) fn own(&self) -> &[u8] {
        &self.own
    }
}

thread_local! {
    /// What the last event of this thread left, to be used again. An event that comes while another
    /// one is written (by its `Debug`) makes bytes of its own.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Values, as they will be in the record.
pub(super) struct Values {
    shape: Shape,
    bytes: Vec<u8>,
    /// Where the value of each field is, if it has one.
    starts: [u16; FIELDS_MAX],
    /// One more than the place of the last field that came.
    behind_last: usize,
}

impl Drop for Values {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        // Where the thread ends there is nobody to keep it.
        SPARE.try_with(|spare| spare.set(bytes)).unwrap_or_default();
    }
}

impl Values {
    pub(super) fn new() -> Self {
        let mut bytes = SPARE.try_with(Cell::take).unwrap_or_default();
        bytes.clear();
        let shape = Shape { span_fields: 0, own: [0; FIELDS_MAX] };
        Values { shape, bytes, starts: [0; FIELDS_MAX], behind_last: 0 }
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Notes the number of a span, and of its parent, in front of all else.
    pub(super) fn put_span(&mut self, span: u64, parent: Option<u64>) {
        for number in [Some(span), parent].into_iter().flatten() {
            self.bytes.extend_from_slice(&number.to_ne_bytes());
            self.shape.span_fields += 1;
        }
    }

    fn put(&mut self, field: &Field, of: Type, write: impl FnOnce(&mut Vec<u8>)) {
        let (nth, start) = (field.index(), self.bytes.len());
        let has_place = nth < FIELDS_MAX - self.shape.span_fields();
        let Some(place) = self.shape.own.get_mut(nth).filter(|of| **of == 0 && has_place) else {
            return;
        };
        *place = of as u8;
        write(&mut self.bytes);
        if let Some(place) = self.starts.get_mut(nth) {
            *place = start as u16;
        }
        if nth < self.behind_last {
            self.move_before(nth, start);
        }
        self.behind_last = self.behind_last.max(nth + 1);
    }

    /// Brings the last value before those of later fields, which came earlier.
    fn move_before(&mut self, nth: usize, start: usize) {
        let later = nth + 1..self.behind_last;
        let has_value = |nth: &usize| self.shape.own.get(*nth).is_some_and(|of| *of != 0);
        let Some(next) = later.clone().find(has_value) else { return };
        let to = self.starts.get(next).copied().unwrap_or_default();
        let len = self.bytes.len() - start;
        if let Some(moved) = self.bytes.get_mut(usize::from(to)..) {
            moved.rotate_right(len);
        }
        for place in self.starts.get_mut(later).unwrap_or_default() {
            *place += len as u16;
        }
        if let Some(place) = self.starts.get_mut(nth) {
            *place = to;
        }
    }

    fn put_text(&mut self, field: &Field, write: impl FnOnce(&mut Text<'_>) -> fmt::Result) {
        self.put(field, Type::String, |bytes| {
            let start = bytes.len();
            bytes.extend_from_slice(&[0; 2]);
            let mut text = Text { bytes, start: start + 2, mark: 0 };
            // What fails in the middle is a text up to there.
            if write(&mut text).is_err() {
                text.mark = CUT;
            }
            let length = (text.bytes.len() - text.start) as u16 | text.mark;
            if let Some(place) = bytes.get_mut(start..start + 2) {
                place.copy_from_slice(&length.to_ne_bytes());
            }
        });
    }
}

/// A text that is cut where it gets too long.
struct Text<'a> {
    bytes: &'a mut Vec<u8>,
    start: usize,
    mark: u16,
}

impl Write for Text<'_> {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let room = self.start + TEXT_BYTES_MAX - self.bytes.len();
        let kept = more.floor_char_boundary(room);
        if self.mark == 0 {
            self.bytes.extend_from_slice(more.as_bytes().get(..kept).unwrap_or_default());
        }
        if kept < more.len() {
            self.mark = CUT;
        }
        Ok(())
    }
}

macro_rules! numbers {
    ($($name:ident: $rust:ty => $of:ident,)*) => {$(
        fn $name(&mut self, field: &Field, value: $rust) {
            self.put(field, Type::$of, |bytes| bytes.extend_from_slice(&value.to_ne_bytes()));
        }
    )*};
}

impl Visit for Values {
    numbers! {
        record_u64: u64 => U64, record_i64: i64 => I64, record_f64: f64 => F64,
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Type::Bool, |bytes| bytes.push(u8::from(value)));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put_text(field, |text| text.write_str(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.put_text(field, |text| write!(text, "{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put_text(field, |text| write!(text, "{value:?}"));
    }
}

#[allow(unsafe_code, reason = "the bytes are there already")]
// SAFETY: `put` writes the bytes, of which there are `size`, and which nobody changes meanwhile.
unsafe impl Fields for Values {
    fn size(&self) -> usize {
        self.bytes.len()
    }

    // SAFETY: the caller keeps what the trait asks for.
    unsafe fn put(&self, at: *mut u8) -> *mut u8 {
        // SAFETY: the caller gives room for so many bytes.
        unsafe {
            std::ptr::copy_nonoverlapping(self.bytes.as_ptr(), at, self.bytes.len());
            at.add(self.bytes.len())
        }
    }

    /// They are known when the class is made.
    fn types(_: &mut std::slice::IterMut<'_, Option<Type>>) {}
}
