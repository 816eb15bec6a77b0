//! What blocks of handlers counted in the kernel.

use std::io;

use marey_filter::check::Layout;
use marey_filter::ebpf::{Place, Shape, Unsupported};
use marey_filter::store::{KEYS_OF_TABLE_MAX, Store, Table};

use super::filters::Placed;
use super::plan::Plan;
use crate::blocks::wanted;
use crate::error::{Error, ErrorKind};
use crate::kernel::record;
use crate::kernel::tables::{Of, Tables, Wanted};
use crate::sys::{Map, MapKind};

/// The maps that blocks count in, which belong to the recording: they are gone when it ends.
#[derive(Debug)]
pub struct Tallies {
    all: Vec<Tally>,
    /// Counts without keys, and how often there was no place for keys.
    shared: Option<Map>,
    /// What the tables of all handlers are called.
    layouts: Vec<Layout>,
}

/// A table, for keys of one shape.
#[derive(Debug)]
struct Tally {
    of: Of,
    place: Place,
    keys: Option<Map>,
}

impl Tallies {
    /// Those that the blocks need which run in the kernel.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn new(plan: &Plan, layouts: &[record::Layout], placed: &[Placed]) -> Result<Self, Error> {
        let tables = Wanted::default();
        for ((format, _), (layout, placed)) in plan.events.iter().zip(layouts.iter().zip(placed)) {
            let asks = &placed.in_kernel;
            if asks.iter().any(|ask| ask.counts()) {
                let found = wanted(format, layout, asks, &tables);
                found.map_err(|why| too_many(&why))?;
            }
        }
        let (all, bytes) = tables.into_all();
        let failed = |e: &io::Error| Error::of_io("the tables of counts (bpf(2))", e);
        let shared = match all.is_empty() {
            true => None,
            false => {
                let map = Map::create(MapKind::Array, 4, bytes, 1, "marey_tally");
                Some(map.map_err(|e| failed(&e))?)
            }
        };
        let tally = shared.as_ref().map_or(-1, Map::descriptor);
        let all = all.into_iter().map(|(of, place)| {
            let keys = keys_of(&of.shape).map_err(|e| failed(&e))?;
            let map = keys.as_ref().map_or(-1, Map::descriptor);
            Ok(Tally { of, place: Place { map, tally, ..place }, keys })
        });
        let layouts = plan.handlers.iter().map(|handler| handler.layout.clone()).collect();
        Ok(Tallies { all: all.collect::<Result<_, Error>>()?, shared, layouts })
    }

    /// The tables of all handlers, as far as they are filled in the kernel.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub fn read(&self) -> Result<Vec<Store>, Error> {
        let mut stores: Vec<Store> = self.layouts.iter().map(Store::new).collect();
        let Some(shared) = &self.shared else { return Ok(stores) };
        let failed = |e: &io::Error| Error::of_io("the tables of counts of the kernel", e);
        let shared = shared.get(&0_u32.to_ne_bytes()).map_err(|e| failed(&e))?;
        for tally in &self.all {
            let tables = stores.get_mut(tally.of.handler).map(|store| &mut store.tables);
            let table = tables.and_then(|tables| tables.get_mut(usize::from(tally.of.table)));
            let Some(table) = table else { continue };
            tally.add_to(table, &shared).map_err(|e| failed(&e))?;
        }
        Ok(stores)
    }
}

impl Tables for Tallies {
    fn place(&self, of: Of) -> Result<Place, Unsupported> {
        let found = self.all.iter().find(|tally| tally.of == of);
        let unknown = || Unsupported("a table of counts is nowhere".to_owned());
        found.map(|tally| tally.place).ok_or_else(unknown)
    }
}

impl Tally {
    /// Adds what was counted.
    fn add_to(&self, table: &mut Table, shared: &[u8]) -> io::Result<()> {
        let start = self.place.at as usize;
        let own = shared.get(start..start + self.of.shape.tally_bytes() as usize);
        let (others, own) = own.unwrap_or_default().split_at_checked(8).unwrap_or_default();
        table.others = table.others.saturating_add(words(others).iter().sum());
        let Some(map) = &self.keys else {
            table.add(Vec::new(), &words(own));
            return Ok(());
        };
        for key in map.keys(KEYS_OF_TABLE_MAX)? {
            table.add(self.of.shape.keys_of(&key), &words(&map.get(&key)?));
        }
        Ok(())
    }
}

/// How many tables are not the same here and there.
pub fn differing(here: &[Store], there: &[Store]) -> u64 {
    let tables =
        here.iter().zip(there).flat_map(|(here, there)| here.tables.iter().zip(&there.tables));
    tables.filter(|(here, there)| here != there).count() as u64
}

/// The map of a table's keys, if it has some.
fn keys_of(shape: &Shape) -> io::Result<Option<Map>> {
    let (keys, values, entries) =
        (shape.key_bytes(), shape.value_bytes(), KEYS_OF_TABLE_MAX as u32);
    match keys {
        0 => Ok(None),
        _ => Map::create(MapKind::Hash, keys.into(), values, entries, "marey_table").map(Some),
    }
}

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.as_chunks::<8>().0.iter().map(|word| u64::from_ne_bytes(*word)).collect()
}

fn too_many(why: &Unsupported) -> Error {
    let (what, why) = ("the handlers of the recording".to_owned(), why.to_string());
    let help = Some("count for fewer events");
    Error { kind: ErrorKind::Unsupported, what, why, help }
}
