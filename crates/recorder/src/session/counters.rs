//! What the kernel counts: for each event and CPU, what was lost, and what each rule discarded.

use super::filters::Placed;
use super::plan::{Plan, Rule};
use crate::error::Error;
use crate::kernel::program::{FILTERED, LOST};
use crate::kernel::rule::{OF_OTHER_PROCESS, OF_OTHER_THREAD, OFF, UNKNOWN};
use crate::sys::{Map, MapKind};

/// The counters of a recording.
///
/// Those of an event are: what was lost, what static rules did, what each filter discarded, and
/// what a part of the event's first block discarded, which the kernel asks behind all filters.
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
    /// How many static rules rejected.
    pub ruled: Ruled,
    /// Of how many nobody knew the process that a static rule asks for: they were kept.
    pub unknown: u64,
    /// How many each filter and block discarded.
    pub discarded: Vec<u64>,
}

/// How many events static rules rejected, by what the rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Ruled {
    /// They were off.
    pub off: u64,
    /// They were to be of another process.
    pub by_process: u64,
    /// They were to be of another thread.
    pub by_thread: u64,
}

impl Ruled {
    /// All of them.
    pub fn sum(&self) -> u64 {
        self.off + self.by_process + self.by_thread
    }
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
                (0..self.filters).map(|filter| sum(FILTERED + filter)).collect();
            discarded.resize(rules, 0);
            if let Some(count) = early.and_then(|rule| discarded.get_mut(rule)) {
                *count = sum(FILTERED + self.filters);
            }
            let ruled = Ruled {
                off: sum(OFF),
                by_process: sum(OF_OTHER_PROCESS),
                by_thread: sum(OF_OTHER_THREAD),
            };
            Ok(Counted { lost: sum(LOST), ruled, unknown: sum(UNKNOWN), discarded })
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
    FILTERED + filters + 1
}
