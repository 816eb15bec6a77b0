//! What became of all events: received = delivered + filtered + lost.

use std::path::Path;

use serde_json::{Value, json};

use marey_filter::store::Store;

use super::drain::Written;
use crate::error::Error;
use crate::kernel::program::LOST;
use crate::packets::OfInterface;
use crate::sys::{ClockPair, Map};
use crate::tracefs::Format;

/// The account of a recording.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// What became of the events of each class.
    pub events: Vec<OfEvent>,
    /// What each filter did, and each block of a handler.
    pub filters: Vec<OfFilter>,
    /// What handlers are called, and the state in which they ended: what they counted.
    pub handlers: Vec<(String, Store)>,
    /// How often handlers asked to save what the ring holds: all is saved in any case.
    pub snapshots: u64,
    /// How often, in shadow, the kernel and the machine said something else of an event.
    pub disagreements: u64,
    /// How many threads there were at the start: events of the recorder's own.
    pub state: u64,
    /// Pairs of the clocks, from its start and its end.
    pub clocks: Vec<ClockPair>,
    /// What became of the packets of each interface.
    pub packets: Vec<OfInterface>,
}

/// What became of the events of one class.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct OfEvent {
    /// What the kernel calls it, with its system.
    pub name: String,
    /// The name that it has in the recording.
    pub recorded: String,
    /// How many are in the recording.
    pub delivered: u64,
    /// How many filters discarded.
    pub filtered: u64,
    /// How many had no place in the ring.
    pub lost_to_full_ring: u64,
    /// How many the kernel left out, since a program ran on that CPU already.
    pub lost_to_nesting: u64,
    /// How many had an older time than those before them on their CPU.
    pub late: u64,
    /// How many fields were longer than the ring takes.
    pub cut: u64,
}

/// What a filter did.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct OfFilter {
    /// What it is called.
    pub name: String,
    /// How many events it discarded in the kernel.
    pub in_kernel: u64,
    /// How many it discarded at the drain.
    pub at_drain: u64,
}

impl OfFilter {
    /// How many events it discarded.
    pub fn discarded(&self) -> u64 {
        self.in_kernel + self.at_drain
    }
}

/// What the counters of the kernel say.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Counted {
    /// By event.
    lost: Vec<u64>,
    /// By event, then by filter.
    filtered: Vec<Vec<u64>>,
}

/// The counters of an event: for each CPU one after the other.
fn of_event(counters: &Map, event: usize) -> Result<Vec<u64>, Error> {
    let key = u32::try_from(event).unwrap_or(u32::MAX).to_ne_bytes();
    let bytes = counters.get(&key).map_err(|e| Error::of_io("the counters of the kernel", &e))?;
    let words = bytes.as_chunks::<8>().0.iter();
    Ok(words.map(|word| u64::from_ne_bytes(*word)).collect())
}

fn cpus(words: &[u64], per_cpu: usize) -> impl Iterator<Item = &[u64]> {
    words.chunks_exact(per_cpu.max(1))
}

/// How many events each CPU lost.
///
/// # Errors
/// When the kernel does not say it.
pub fn lost_of_cpus(counters: &Map, events: usize, filters: usize) -> Result<Vec<u64>, Error> {
    let mut lost = Vec::new();
    for event in 0..events {
        let words = of_event(counters, event)?;
        for (cpu, counts) in cpus(&words, LOST + 1 + filters).enumerate() {
            if lost.len() <= cpu {
                lost.push(0);
            }
            if let (Some(sum), Some(count)) = (lost.get_mut(cpu), counts.get(LOST)) {
                *sum += count;
            }
        }
    }
    Ok(lost)
}

/// All counters.
///
/// # Errors
/// When the kernel does not say them.
pub fn counted(counters: &Map, events: usize, filters: usize) -> Result<Counted, Error> {
    let mut all = Counted::default();
    for event in 0..events {
        let words = of_event(counters, event)?;
        let sum = |which: usize| -> u64 {
            cpus(&words, LOST + 1 + filters).filter_map(|counts| counts.get(which)).sum()
        };
        all.lost.push(sum(LOST));
        all.filtered.push((0..filters).map(|filter| sum(LOST + 1 + filter)).collect());
    }
    Ok(all)
}

impl Ledger {
    /// Puts together what the kernel counted, what was written, and what was left out.
    pub(super) fn new(
        names: &[(&Format, &str)],
        filters: &[String],
        (counted, written, skipped): (Counted, Vec<Written>, Vec<u64>),
        is_shadow: bool,
    ) -> Self {
        let filters = filters
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let of = |counts: &[u64], index| counts.get(index).copied().unwrap_or(0);
                // Filters have a counter each, and a part of one block has the last one.
                let in_kernel = counted.filtered.iter().zip(&written).map(|(counts, written)| {
                    let last = counts.len().saturating_sub(1);
                    let own = if index < last { of(counts, index) } else { 0 };
                    let early = if written.early == Some(index) { of(counts, last) } else { 0 };
                    own + early
                });
                OfFilter {
                    name: name.clone(),
                    in_kernel: in_kernel.sum(),
                    at_drain: written.iter().map(|written| of(&written.discarded, index)).sum(),
                }
            })
            .collect();
        let all =
            names.iter().zip(&counted.lost).zip(&counted.filtered).zip(&written).zip(&skipped);
        let events =
            all.map(|(((((format, recorded), lost), filtered), written), skipped)| OfEvent {
                name: format!("{}:{}", format.system, format.name),
                recorded: (*recorded).to_owned(),
                delivered: written.delivered,
                filtered: match is_shadow {
                    true => 0,
                    false => filtered.iter().chain(&written.discarded).sum(),
                },
                lost_to_full_ring: *lost,
                lost_to_nesting: *skipped,
                late: written.late,
                cut: written.cut,
            });
        Ledger { events: events.collect(), filters, ..Ledger::default() }
    }

    fn sum(&self, of: impl Fn(&OfEvent) -> u64) -> u64 {
        self.events.iter().map(of).sum()
    }

    fn sum_of_packets(&self, of: impl Fn(&OfInterface) -> u64) -> u64 {
        self.packets.iter().map(of).sum()
    }

    /// How many events and packets are in the recording.
    pub fn delivered(&self) -> u64 {
        self.sum(|event| event.delivered) + self.sum_of_packets(|packets| packets.delivered)
    }

    /// How many events filters discarded.
    pub fn filtered(&self) -> u64 {
        self.sum(|event| event.filtered)
    }

    /// How many events and packets were lost.
    pub fn lost(&self) -> u64 {
        self.sum(|event| event.lost_to_full_ring + event.lost_to_nesting)
            + self.sum_of_packets(OfInterface::lost)
    }

    /// How many packets there were, and events: those that reached a program and were in scope.
    pub fn received(&self) -> u64 {
        self.delivered() + self.filtered() + self.lost()
    }

    /// The ledger as all commands write it.
    pub fn to_value(&self) -> Value {
        let events = self.events.iter().map(|event| {
            json!({
                "event": event.name,
                "recorded_as": event.recorded,
                "delivered": event.delivered,
                "filtered": event.filtered,
                "lost": {
                    "ring_full": event.lost_to_full_ring,
                    "nested": event.lost_to_nesting,
                },
                "late": event.late,
                "cut_fields": event.cut,
            })
        });
        let filters = self.filters.iter().map(|filter| {
            json!({
                "filter": filter.name,
                "discarded_in_kernel": filter.in_kernel,
                "discarded_at_drain": filter.at_drain,
            })
        });
        let handlers = self.handlers.iter().map(|(name, store)| {
            let tables = store.tables().map(|(what, table)| super::tables::json(what, table));
            json!({ "handler": name, "tables": tables.collect::<Vec<_>>() })
        });
        let clocks = self
            .clocks
            .iter()
            .map(|pair| json!({ "monotonic_ns": pair.monotonic, "realtime_ns": pair.real }));
        let packets = self.packets.iter().map(OfInterface::to_value);
        json!({
            "received": self.received(),
            "delivered": self.delivered(),
            "filtered": self.filtered(),
            "lost": self.lost(),
            "events": events.collect::<Vec<_>>(),
            "packets": packets.collect::<Vec<_>>(),
            "filters": filters.collect::<Vec<_>>(),
            "snapshots": self.snapshots,
            "disagreements": self.disagreements,
            "threads_at_start": self.state,
            "handlers": handlers.collect::<Vec<_>>(),
            "clocks": clocks.collect::<Vec<_>>(),
        })
    }

    /// Writes the file `ledger.json` of a recording.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        std::fs::write(folder.join("ledger.json"), format!("{:#}\n", self.to_value()))
            .map_err(|e| Error::of_io("ledger.json", &e))
    }
}
