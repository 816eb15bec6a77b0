//! compress(1): LZW with codes of 9 to 16 bits.
//!
//! The format has no end, no length and no checksum, so all but the crudest damage goes
//! unnoticed. Its oddity: codes are written in groups of eight, and when their width changes
//! (because the table grew, or was cleared) the rest of the group is padding.

use super::engine::{Decode, Step, Want, broken};
use super::source::{Parsed, Source, magic};

/// The length of the header: two bytes of magic, one of flags.
const HEADER_LEN: usize = 3;
const MAGIC: [u8; 2] = [0x1f, 0x9d];

const BITS_MIN: u32 = 9;
const BITS_MAX: u32 = 16;
/// Flags: the width of the longest codes, and block mode, in which code 256 clears the table.
const BITS_MASK: u8 = 0x1f;
const BLOCK_MODE: u8 = 0x80;
const CLEAR: u16 = 256;
/// How many codes are written together.
const GROUP: u32 = 8;

/// Whether the flags are those of a compressed file that can be read.
pub(super) fn known(flags: u8) -> bool {
    let bits = u32::from(flags & BITS_MASK);
    (BITS_MIN..=BITS_MAX).contains(&bits) && flags & !(BITS_MASK | BLOCK_MODE) == 0
}

/// The decoder of a `.Z` file.
pub(super) struct Lzw {
    begun: bool,
    block_mode: bool,
    bits_max: u32,
    codes: Codes,
    /// For each code above 255: the code it continues, and with which byte.
    table: Vec<(u16, u8)>,
    /// The code before, and the first byte of what it stands for.
    previous: Option<(u16, u8)>,
    /// A string, last byte first.
    string: Vec<u8>,
}

/// The codes in the bytes.
struct Codes {
    width: u32,
    /// How many codes of this width were read.
    count: u32,
    /// Bits of padding that are still to come.
    padding: u32,
    buffer: u32,
    buffered: u32,
}

impl Codes {
    /// The next code.
    fn next(&mut self, bytes: &mut std::slice::Iter<'_, u8>) -> Option<u16> {
        loop {
            if self.padding > 0 && self.buffered > 0 {
                let skip = self.padding.min(self.buffered);
                self.buffer >>= skip;
                self.buffered -= skip;
                self.padding -= skip;
            }
            if self.padding == 0 && self.buffered >= self.width {
                let code = self.buffer & ((1 << self.width) - 1);
                self.buffer >>= self.width;
                self.buffered -= self.width;
                self.count = self.count.wrapping_add(1);
                return Some(code as u16);
            }
            self.buffer |= u32::from(*bytes.next()?) << self.buffered;
            self.buffered += 8;
        }
    }

    /// Goes on with another width, or begins anew with the same one.
    fn set_width(&mut self, width: u32) {
        self.padding = (GROUP - self.count % GROUP) % GROUP * self.width;
        self.width = width;
        self.count = 0;
    }

    /// Whether the input can end here: what is left is less than a byte, and zero.
    fn complete(&self) -> bool {
        self.padding > 0 || (self.buffered < 8 && self.buffer == 0)
    }
}

impl Lzw {
    /// Before the header.
    pub(super) fn new() -> Self {
        let codes = Codes { width: BITS_MIN, count: 0, padding: 0, buffer: 0, buffered: 0 };
        Lzw {
            begun: false,
            block_mode: false,
            bits_max: BITS_MAX,
            codes,
            table: Vec::new(),
            previous: None,
            string: Vec::new(),
        }
    }

    fn header(&mut self, source: &mut Source) -> Step {
        let bytes = source.bytes();
        match (magic(bytes, &MAGIC), bytes.get(HEADER_LEN - 1)) {
            _ if bytes.is_empty() && source.ended() => Step::End,
            (Parsed::Short, _) | (Parsed::Is(()), None) if source.ended() => {
                Step::Broken(broken(source, "the compress data ends in the middle of its header"))
            }
            (Parsed::Short, _) | (Parsed::Is(()), None) => Step::Hungry,
            (Parsed::Is(()), Some(&flags)) if known(flags) => {
                self.begun = true;
                self.block_mode = flags & BLOCK_MODE != 0;
                self.bits_max = u32::from(flags & BITS_MASK);
                self.clear();
                source.consume(HEADER_LEN);
                Step::More
            }
            (Parsed::Is(()), Some(flags)) => {
                let reason = format!("the compress header has unknown flags 0x{flags:02x}");
                Step::Broken(broken(source, reason))
            }
            _ => Step::Broken(broken(source, "this is not compress data")),
        }
    }

    /// Empties the table. In block mode it has an entry for [`CLEAR`], which nothing refers to.
    fn clear(&mut self) {
        self.table.clear();
        self.table.extend(self.block_mode.then_some((0, 0)));
        self.previous = None;
    }

    /// The code that will be defined next.
    fn free(&self) -> usize {
        256 + self.table.len()
    }

    /// Decodes one code.
    fn code(&mut self, code: u16, out: &mut Vec<u8>) -> Result<(), String> {
        if self.block_mode && code == CLEAR {
            self.clear();
            self.codes.set_width(BITS_MIN);
            return Ok(());
        }
        let limit = if self.previous.is_some() { self.free() } else { 255 };
        if usize::from(code) > limit {
            return Err(format!("the compress data is damaged (code {code} is not defined yet)"));
        }
        self.string.clear();
        let mut at = code;
        if let Some((previous, first)) = self.previous
            && usize::from(code) == self.free()
        {
            self.string.push(first);
            at = previous;
        }
        // A code continues one that was defined before it, so this ends.
        while let Some(&(before, byte)) =
            usize::from(at).checked_sub(256).and_then(|i| self.table.get(i))
        {
            self.string.push(byte);
            at = before;
        }
        let first = at as u8;
        self.string.push(first);
        out.extend(self.string.iter().rev());
        self.define(first);
        self.previous = Some((code, first));
        Ok(())
    }

    /// Whether no more codes can be defined.
    fn full(&self) -> bool {
        self.free() >= 1 << self.bits_max
    }

    /// Defines the next code: what the previous one stands for, and `byte`.
    fn define(&mut self, byte: u8) {
        let Some((previous, _)) = self.previous else { return };
        if self.full() {
            return;
        }
        self.table.push((previous, byte));
        if self.free() >= 1 << self.codes.width && self.codes.width < self.bits_max {
            self.codes.set_width(self.codes.width + 1);
        }
    }
}

impl Decode for Lzw {
    fn step(&mut self, source: &mut Source, out: &mut Vec<u8>, want: Want) -> Step {
        if !self.begun {
            return self.header(source);
        }
        let until = out.len().saturating_add(want.room);
        let mut bytes = source.bytes().iter();
        let mut result = Ok(true);
        while out.len() < until {
            let Some(code) = self.codes.next(&mut bytes) else {
                result = Ok(false);
                break;
            };
            if let Err(reason) = self.code(code, out) {
                result = Err(reason);
                break;
            }
        }
        let used = source.bytes().len() - bytes.len();
        source.consume(used);
        match result {
            Ok(true) => Step::More,
            Ok(false) if !source.ended() => Step::Hungry,
            Ok(false) if self.codes.complete() => Step::End,
            Ok(false) => {
                Step::Broken(broken(source, "the compress data ends in the middle of a code"))
            }
            Err(reason) => Step::Broken(broken(source, reason)),
        }
    }
}
