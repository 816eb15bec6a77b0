//! Text on the stack, with a zero behind it.

use core::ffi::CStr;
use core::fmt;

/// Text of less than `N` bytes.
pub(super) struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    /// The text that is written; `None` where it is too long, or has a zero inside.
    pub(super) fn of(what: fmt::Arguments<'_>) -> Option<Self> {
        let mut text = Text { bytes: [0; N], len: 0 };
        fmt::write(&mut text, what).ok()?;
        (!text.bytes().contains(&0)).then_some(text)
    }

    /// As C has it.
    pub(super) fn c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default()
    }

    /// Without the zero.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(self.bytes()).unwrap_or_default())
    }
}

impl<const N: usize> fmt::Write for Text<N> {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let end = self.len.checked_add(more.len()).filter(|end| *end < N).ok_or(fmt::Error)?;
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(more.as_bytes());
        self.len = end;
        Ok(())
    }
}
