//! Options as IPv4, TCP, IPv6 and Geneve have them: a type, a length, data.

use super::bytes::{Hex, part, u8_at};
use std::fmt;

/// How many options are walked at most: no header has room for more that are not padding.
pub const OPTIONS_MAX: usize = 256;

/// How an option says how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// IPv4 and TCP: 0 ends, 1 is one byte, else the length counts type and length.
    Counted,
    /// IPv6: 0 is one byte, else the length counts the data.
    Data,
}

/// One option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opt<'a> {
    /// The type.
    pub kind: u8,
    /// What was captured of the data.
    pub data: &'a [u8],
    /// The data is cut, or the length is impossible: nothing can be read behind it.
    pub cut: bool,
}

impl fmt::Display for Opt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if !self.data.is_empty() {
            write!(f, ":{}", Hex(self.data))?;
        }
        if self.cut { f.write_str(" cut") } else { Ok(()) }
    }
}

/// The options of a header, in order. What cannot be read is the last one, marked `cut`.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    bytes: &'a [u8],
    at: usize,
    form: Form,
    left: usize,
}

impl<'a> Options<'a> {
    /// Options of IPv4 (RFC 791 §3.1) or TCP (RFC 9293 §3.1), without the end of the list.
    pub(super) fn counted(bytes: &'a [u8]) -> Self {
        Options { bytes, at: 0, form: Form::Counted, left: OPTIONS_MAX }
    }

    /// Options of IPv6 (RFC 8200 §4.2).
    pub(super) fn data(bytes: &'a [u8]) -> Self {
        Options { bytes, at: 0, form: Form::Data, left: OPTIONS_MAX }
    }

    fn single(&mut self, kind: u8) -> Option<Opt<'a>> {
        self.at += 1;
        Some(Opt { kind, data: &[], cut: false })
    }

    fn last(&mut self, kind: u8) -> Option<Opt<'a>> {
        let data = part(self.bytes, self.at + 2, self.bytes.len());
        self.at = self.bytes.len();
        Some(Opt { kind, data, cut: true })
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = Opt<'a>;

    fn next(&mut self) -> Option<Opt<'a>> {
        self.left = self.left.checked_sub(1)?;
        let kind = u8_at(self.bytes, self.at)?;
        match (self.form, kind) {
            (Form::Counted, 0) => return None,
            (Form::Counted, 1) | (Form::Data, 0) => return self.single(kind),
            _ => {}
        }
        let len = match (self.form, u8_at(self.bytes, self.at + 1)) {
            (Form::Counted, Some(len @ 2..)) => usize::from(len),
            (Form::Data, Some(len)) => usize::from(len) + 2,
            _ => return self.last(kind),
        };
        let Some(data) = self.bytes.get(self.at + 2..self.at + len) else {
            return self.last(kind);
        };
        self.at += len;
        Some(Opt { kind, data, cut: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text<'a>(options: impl Iterator<Item = Opt<'a>>) -> Vec<String> {
        options.map(|option| option.to_string()).collect()
    }

    #[test]
    fn counted() {
        let tcp = [2, 4, 5, 0xb4, 1, 3, 3, 7, 0, 9, 9];
        assert_eq!(text(Options::counted(&tcp)), ["2:05b4", "1", "3:07"]);
        assert_eq!(text(Options::counted(&tcp[..3])), ["2:05 cut"]);
        assert_eq!(text(Options::counted(&[8, 1, 2])), ["8:02 cut"]);
        assert_eq!(text(Options::counted(&[8])), ["8 cut"]);
    }

    #[test]
    fn data() {
        let padded = [5, 2, 0, 0, 1, 0, 0];
        assert_eq!(text(Options::data(&padded)), ["5:0000", "1", "0"]);
        assert_eq!(text(Options::data(&[5, 9, 1])), ["5:01 cut"]);
    }

    #[test]
    fn bounded() {
        assert_eq!(Options::data(&[0; 4096]).count(), OPTIONS_MAX);
    }
}
