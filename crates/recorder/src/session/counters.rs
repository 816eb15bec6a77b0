//! What the kernel counts: for each event and CPU, what was lost, and what each rule discarded.

use super::filters::Placed;
use super::plan::{Plan, Rule};
use crate::error::Error;
use crate::kernel::program::{FILTERED, LOST};
use crate::kernel::rule::{OF_OTHER_PROCESS, OF_OTHER_THREAD, OFF, UNKNOWN};
use crate::sys::{Map, MapKind};

/// The counters of a recording.
///
/// Those of an event are: what was lost, what static rules did, and what each of the filters and
/// blocks discarded that the kernel asks.
#[derive(Debug)]
pub struct Counters {
    map: Map,
    /// Whose the counters of filters and blocks are, for each event.
    rules: Vec<Vec<Rule>>,
    /// How many counters an event has on each CPU.
    each: usize,
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
        let of = |placed: &Placed| placed.in_kernel.iter().map(|ask| ask.rule).collect();
        let rules: Vec<Vec<Rule>> = placed.iter().map(of).collect();
        let each = FILTERED + rules.iter().map(Vec::len).max().unwrap_or(0);
        let (bytes, events) = (8 * each as u32, plan.events.len() as u32);
        let map = Map::create(MapKind::PerCpuArray, 4, bytes, events, "marey_counts");
        let map = map.map_err(|e| Error::of_io("the counters of the recording (bpf(2))", &e))?;
        Ok(Counters { map, rules, each })
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
        for event in 0..self.rules.len() {
            let words = self.of_event(event)?;
            let counts = words.iter().skip(LOST).step_by(self.each);
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
        let of_event = |(event, own): (usize, &Vec<Rule>)| {
            let words = self.of_event(event)?;
            let sum = |which: usize| -> u64 { words.iter().skip(which).step_by(self.each).sum() };
            let mut discarded = vec![0; rules];
            for (place, rule) in own.iter().enumerate() {
                if let Some(count) = discarded.get_mut(*rule) {
                    *count += sum(FILTERED + place);
                }
            }
            let ruled = Ruled {
                off: sum(OFF),
                by_process: sum(OF_OTHER_PROCESS),
                by_thread: sum(OF_OTHER_THREAD),
            };
            Ok(Counted { lost: sum(LOST), ruled, unknown: sum(UNKNOWN), discarded })
        };
        self.rules.iter().enumerate().map(of_event).collect()
    }

    /// All counters of an event, those of one CPU after those of the other.
    fn of_event(&self, event: usize) -> Result<Vec<u64>, Error> {
        let key = u32::try_from(event).unwrap_or(u32::MAX).to_ne_bytes();
        let bytes = self.map.get(&key);
        let bytes = bytes.map_err(|e| Error::of_io("the counters of the kernel", &e))?;
        Ok(bytes.as_chunks::<8>().0.iter().map(|word| u64::from_ne_bytes(*word)).collect())
    }
}
