//! A writer for the `.Z` of compress(1).

use std::collections::HashMap;

/// The `.Z` of compress(1), in codes of up to `bits_max` bits (9 to 16), in block mode or not. In
/// block mode the table is cleared every `clear` codes.
pub fn compress(data: &[u8], bits_max: u32, block: bool, clear: usize) -> Vec<u8> {
    let mut lzw = Lzw::new(bits_max, block);
    let mut table = HashMap::new();
    let (mut string, mut codes) = (None, 0);
    for &byte in data {
        let Some(code) = string else {
            string = Some(u32::from(byte));
            continue;
        };
        if let Some(&longer) = table.get(&(code, byte)) {
            string = Some(longer);
            continue;
        }
        lzw.code(code);
        let next = 256 + u32::from(block) + table.len() as u32;
        if next < 1 << bits_max {
            table.insert((code, byte), next);
        }
        string = Some(u32::from(byte));
        codes += 1;
        if block && codes % clear == 0 {
            lzw.clear();
            table.clear();
        }
    }
    if let Some(code) = string {
        lzw.code(code);
    }
    if lzw.buffered > 0 {
        lzw.file.push(lzw.buffer as u8);
    }
    lzw.file
}

/// What is written, and where the codes are.
struct Lzw {
    file: Vec<u8>,
    block: bool,
    bits_max: u32,
    width: u32,
    /// How many codes the reader knows when it reads the next one.
    free: u32,
    first: bool,
    count: u32,
    buffer: u64,
    buffered: u32,
}

impl Lzw {
    fn new(bits_max: u32, block: bool) -> Self {
        Lzw {
            file: vec![0x1F, 0x9D, bits_max as u8 | if block { 0x80 } else { 0 }],
            block,
            bits_max,
            width: 9,
            free: 256 + u32::from(block),
            first: true,
            count: 0,
            buffer: 0,
            buffered: 0,
        }
    }

    fn put(&mut self, code: u32) {
        self.buffer |= u64::from(code) << self.buffered;
        self.buffered += self.width;
        self.count += 1;
        while self.buffered >= 8 {
            self.file.push(self.buffer as u8);
            self.buffer >>= 8;
            self.buffered -= 8;
        }
    }

    fn pad(&mut self) {
        while !self.count.is_multiple_of(8) {
            self.put(0);
        }
        self.count = 0;
    }

    fn widen(&mut self) {
        if self.free >= 1 << self.width && self.width < self.bits_max {
            self.pad();
            self.width += 1;
        }
    }

    fn code(&mut self, code: u32) {
        self.widen();
        self.put(code);
        if !std::mem::take(&mut self.first) && self.free < 1 << self.bits_max {
            self.free += 1;
        }
    }

    fn clear(&mut self) {
        self.widen();
        self.put(256);
        self.pad();
        (self.width, self.free, self.first) = (9, 256 + u32::from(self.block), true);
    }
}
