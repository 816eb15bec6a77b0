//! Words that programs of the kernel read, and user space changes while they run.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use super::mapping::Mapping;
use super::{Map, MapKind};

/// Words of 64 bits, by number: an array of the kernel (`BPF_MAP_TYPE_ARRAY`), mapped. A program
/// sees a word as it was before a change or after it.
#[derive(Debug)]
pub struct Words {
    map: Map,
    mapping: Mapping,
    count: usize,
}

impl Words {
    /// So many words; all are 0.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn new(count: u32, name: &str) -> io::Result<Self> {
        let map = Map::create(MapKind::Array, 4, 8, count, name)?;
        let count = count as usize;
        let mapping = Mapping::of(map.descriptor(), 0, 8 * count, true)?;
        Ok(Words { map, mapping, count })
    }

    /// The descriptor of the map, as programs name it.
    pub fn descriptor(&self) -> i32 {
        self.map.descriptor()
    }

    /// Sets a word; nothing if there is no such one.
    pub fn set(&self, index: usize, word: u64) {
        if index >= self.count {
            return;
        }
        // SAFETY: the mapping has `count` words, which the kernel lays out one behind the other
        // (values of 8 bytes, from the start of the first page), and is writable. Programs read
        // the word by one load of 8 bytes, which is aligned.
        let at = unsafe { self.mapping.start().cast::<AtomicU64>().add(index).as_ref() };
        at.store(word, Ordering::Release);
    }
}
