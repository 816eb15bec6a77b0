//! Tables that blocks of handlers count in, in the kernel.

use std::cell::RefCell;
use std::fmt::Debug;

use marey_filter::ebpf::{EMPTY_BYTES, Place, Shape, Unsupported};

/// How many maps of keys a recording may have.
pub const MAPS_MAX: usize = 256;

/// A table of a handler, for keys of one shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Of {
    /// The number of the handler.
    pub handler: usize,
    /// The number of the table in the handler.
    pub table: u8,
    /// Its keys.
    pub shape: Shape,
}

/// Knows where the tables of all handlers are.
pub trait Tables: Debug {
    /// Where a table is.
    ///
    /// # Errors
    /// When it is not in the kernel.
    fn place(&self, of: Of) -> Result<Place, Unsupported>;
}

/// Tables that are not there yet, as programs ask for them.
#[derive(Debug, Default)]
pub struct Wanted {
    all: RefCell<Vec<(Of, Place)>>,
}

impl Wanted {
    /// All that were asked for, each with its place in the tally, and how long that is.
    pub fn into_all(self) -> (Vec<(Of, Place)>, u32) {
        let all = self.all.into_inner();
        let end = end(&all);
        (all, end)
    }
}

impl Tables for Wanted {
    fn place(&self, of: Of) -> Result<Place, Unsupported> {
        let mut all = self.all.borrow_mut();
        if let Some((_, place)) = all.iter().find(|(other, _)| *other == of) {
            return Ok(*place);
        }
        if all.len() >= MAPS_MAX {
            return Err(Unsupported(format!("there are more than {MAPS_MAX} tables of counts")));
        }
        let place = Place { at: end(&all), ..Place::default() };
        all.push((of, place));
        Ok(place)
    }
}

/// Where the tally ends.
fn end(all: &[(Of, Place)]) -> u32 {
    all.last().map_or(EMPTY_BYTES, |(of, place)| place.at + of.shape.tally_bytes())
}

/// The tables of one handler.
pub(super) struct OfHandler<'t> {
    pub tables: &'t dyn Tables,
    pub handler: usize,
}

impl marey_filter::ebpf::Tables for OfHandler<'_> {
    fn place(&self, table: u8, shape: &Shape) -> Result<Place, Unsupported> {
        self.tables.place(Of { handler: self.handler, table, shape: shape.clone() })
    }
}
