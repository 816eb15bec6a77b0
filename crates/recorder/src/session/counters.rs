//! What the kernel counts: for each event and CPU, what was lost, and what each rule discarded.

use super::filters::Placed;
use super::plan::{Plan, Rule};
use crate::error::Error;
use crate::kernel::program::LOST;
use crate::sys::{Map, MapKind};

/// The counters of a recording.
///
/// Those of an event are: what was lost, what each filter discarded, and what a part of the event's
/// first block discarded, which the kernel asks behind all filters.
#[derive(Debug)]
pub struct Counters {
    map: Map,
    filters: usize,
    /// For each event, the block of which a part is asked in the kernel.
    early: Vec<Option<Rule>>,
}

/// What the kernel counted of the events of one class.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Counted {
    /// How many had no place in the ring.
    pub lost: u64,
    /// How many each rule discarded.
    pub discarded: Vec<u64>,
}

impl Counters {
    /// Counters for the events of a plan.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn new(plan: &Plan, placed: &[Placed]) -> Result<Self, Error> {
        let (filters, events) = (plan.filters.len(), plan.events.len() as u32);
        let bytes = 8 * each(filters) as u32;
        let map = Map::create(MapKind::PerCpuArray, 4, bytes, events, "marey_counts");
        let map = map.map_err(|e| Error::of_io("the counters of the recording (bpf(2))", &e))?;
        let early = placed.iter().map(|placed| placed.early).collect();
        Ok(Counters { map, filters, early })
    }

    /// The descriptor of the map that programs count in.
    pub fn descriptor(&self) -> i32 {
        self.map.descriptor()
    }

    /// How many events each CPU lost.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub fn lost_of_cpus(&self) -> Result<Vec<u64>, Error> {
        let mut lost = Vec::new();
        for event in 0..self.early.len() {
            let words = self.of_event(event)?;
            let counts = words.iter().skip(LOST).step_by(each(self.filters));
            lost.resize(lost.len().max(counts.len()), 0);
            lost.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        Ok(lost)
    }

    /// What was counted of each event, by so many rules.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub fn read(&self, rules: usize) -> Result<Vec<Counted>, Error> {
        let of_event = |(event, early): (usize, &Option<Rule>)| {
            let words = self.of_event(event)?;
            let sum = |which: usize| words.iter().skip(which).step_by(each(self.filters)).sum();
            let mut discarded: Vec<u64> =
                (0..self.filters).map(|filter| sum(LOST + 1 + filter)).collect();
            discarded.resize(rules, 0);
            if let Some(count) = early.and_then(|rule| discarded.get_mut(rule)) {
                *count = sum(LOST + 1 + self.filters);
            }
            Ok(Counted { lost: sum(LOST), discarded })
        };
        self.early.iter().enumerate().map(of_event).collect()
    }

    /// All counters of an event, those of one CPU after those of the other.
    fn of_event(&self, event: usize) -> Result<Vec<u64>, Error> {
        let key = u32::try_from(event).unwrap_or(u32::MAX).to_ne_bytes();
        let bytes = self.map.get(&key);
        let bytes = bytes.map_err(|e| Error::of_io("the counters of the kernel", &e))?;
        Ok(bytes.as_chunks::<8>().0.iter().map(|word| u64::from_ne_bytes(*word)).collect())
    }
}

/// How many counters an event has on each CPU.
fn each(filters: usize) -> usize {
    LOST + 1 + filters + 1
}
