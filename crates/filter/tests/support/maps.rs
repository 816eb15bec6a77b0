//! The kernel's maps, as far as counts use them, and tables that are made of what is in them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use marey_filter::check::Layout;
use marey_filter::ebpf::{EMPTY_BYTES, Insn, Place, Shape, Tables, Unsupported};
use marey_filter::store::{KEYS_OF_TABLE_MAX, Table};

/// Where the values of maps are: the tally, then those of keys, each behind the other.
const VALUES: u64 = 0x10_0000;
/// The number of the tally; those of the other maps follow.
const TALLY: i32 = 100;

/// Maps of a program, as it asks for them.
#[derive(Default)]
pub struct Asked {
    all: RefCell<Vec<(u8, Shape, Place)>>,
}

impl Tables for Asked {
    fn place(&self, table: u8, shape: &Shape) -> Result<Place, Unsupported> {
        let mut all = self.all.borrow_mut();
        if let Some((.., place)) = all.iter().find(|(t, s, _)| (*t, s) == (table, shape)) {
            return Ok(*place);
        }
        let end = |(_, shape, place): &(u8, Shape, Place)| place.at + shape.tally_bytes();
        let at = all.last().map_or(EMPTY_BYTES, end);
        let map = TALLY + 1 + i32::try_from(all.len()).expect("few");
        let place = Place { map, tally: TALLY, at };
        all.push((table, shape.clone(), place));
        Ok(place)
    }
}

/// What is in the maps.
#[derive(Default)]
pub struct Maps {
    shapes: Vec<(u8, Shape, Place)>,
    /// Where the value of each key of each map is.
    keys: Vec<BTreeMap<Vec<u8>, u64>>,
    /// All numbers, by where they are.
    numbers: BTreeMap<u64, u64>,
    free: u64,
}

impl Maps {
    /// Those that were asked for, empty.
    pub fn new(asked: Asked) -> Self {
        let shapes = asked.all.into_inner();
        let keys = shapes.iter().map(|_| BTreeMap::new()).collect();
        Maps { keys, shapes, numbers: BTreeMap::new(), free: VALUES + 0x10_0000 }
    }

    /// What an instruction of two loads: a number, a map, or where the tally is.
    pub fn loaded(&self, first: Insn, second: Insn) -> u64 {
        let low = u64::from(first.imm.cast_unsigned());
        match first.src {
            0 => u64::from(second.imm.cast_unsigned()) << 32 | low,
            1 => low,
            2 if first.imm == TALLY => VALUES + u64::from(second.imm.cast_unsigned()),
            other => panic!("source {other} of {first:?}"),
        }
    }

    fn index(map: u64) -> usize {
        usize::try_from(map).expect("a map") - TALLY as usize - 1
    }

    pub fn key_bytes(&self, map: u64) -> u64 {
        self.shapes[Maps::index(map)].1.key_bytes().into()
    }

    pub fn look_up(&self, map: u64, key: &[u8]) -> u64 {
        self.keys[Maps::index(map)].get(key).copied().unwrap_or(0)
    }

    pub fn add(&mut self, map: u64, key: &[u8], value: u64, flags: u64) -> u64 {
        assert_eq!((value, flags), (VALUES, 1), "counts of 0, if it is new");
        let (index, bytes) = (Maps::index(map), self.shapes[Maps::index(map)].1.value_bytes());
        let keys = &mut self.keys[index];
        if keys.contains_key(key) || keys.len() >= KEYS_OF_TABLE_MAX {
            return u64::MAX;
        }
        keys.insert(key.to_vec(), self.free);
        self.free += u64::from(bytes);
        0
    }

    pub fn count(&mut self, at: u64, more: u64) {
        assert!(at >= VALUES + u64::from(EMPTY_BYTES) && at < self.free, "{at:#x} is a count");
        assert_eq!(at % 8, 0, "the kernel wants it aligned");
        *self.numbers.entry(at).or_default() += more;
    }

    fn number(&self, at: u64) -> u64 {
        self.numbers.get(&at).copied().unwrap_or(0)
    }

    /// The tables of a program, as they stand in these maps.
    pub fn tables(&self, layout: &Layout) -> Vec<Table> {
        let mut tables: Vec<Table> =
            layout.tables.iter().map(|table| Table::new(table.what.clone())).collect();
        for ((number, shape, place), keys) in self.shapes.iter().zip(&self.keys) {
            let table = &mut tables[usize::from(*number)];
            let tally = VALUES + u64::from(place.at);
            table.others += self.number(tally);
            let all = keys.iter().map(|(key, at)| (shape.keys_of(key), *at));
            let own = shape.keys.is_empty().then(|| (Vec::new(), tally + 8));
            for (keys, at) in all.chain(own) {
                let counts =
                    (0..u64::from(shape.value_bytes() / 8)).map(|n| self.number(at + 8 * n));
                table.add(keys, &counts.collect::<Vec<_>>());
            }
        }
        tables
    }
}
