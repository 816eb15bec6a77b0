//! What became of all events: received = delivered + filtered + lost.

use std::path::Path;

use serde_json::{Value, json};

use marey_filter::store::Store;

use super::counters::{Counted, Ruled};
use super::drain::Drained;
use super::mechanism::Through;
use super::pause::Pauses;
use super::rules::Applied;
use crate::error::Error;
use crate::packets::OfInterface;
use crate::programs::{self, OfProgram};
use crate::sinks::OfSink;
use crate::sys::ClockPair;

/// The file of a recording that has its account.
pub const FILE: &str = "ledger.json";

/// The account of a recording.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// How events of the kernel came, if they were recorded.
    pub through: Option<Through>,
    /// What became of the events of each class.
    pub events: Vec<OfEvent>,
    /// The static rules, those that came while it was recorded too, in their order.
    pub rules: Vec<Applied>,
    /// What each filter did, and each block of a handler.
    pub filters: Vec<OfFilter>,
    /// What handlers are called, and the state in which they ended: what they counted.
    pub handlers: Vec<(String, Store)>,
    /// What became of the events that handlers sent to sinks.
    pub sinks: Vec<OfSink>,
    /// How often handlers asked for a snapshot.
    pub snapshots: u64,
    /// How many snapshots there are.
    pub saved: u64,
    /// How many were asked for and could not be written.
    pub unsaved: u64,
    /// How often, in shadow, the kernel and the machine said something else of an event.
    pub disagreements: u64,
    /// How many threads there were at the start: events of the recorder's own.
    pub state: u64,
    /// How many threads were started that were to be recorded, and for which there was no place.
    pub unfollowed: u64,
    /// How often there was something in the rings of the kernel that can't be, so that events may
    /// be lost of which nobody knows how many.
    pub damaged: u64,
    /// Of how many programs nothing was recorded: there were too many at the same time.
    pub left_out: u64,
    /// When nothing was recorded, as it was asked for.
    pub pauses: Pauses,
    /// Pairs of the clocks, from its start and its end.
    pub clocks: Vec<ClockPair>,
    /// What became of the packets of each interface.
    pub packets: Vec<OfInterface>,
    /// What became of the events of each program.
    pub programs: Vec<OfProgram>,
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
    /// How many static rules rejected, and filters and handlers discarded, and the ring: the mode
    /// of a recording is a filter, too.
    pub filtered: u64,
    /// How many of these static rules rejected.
    pub ruled: Ruled,
    /// How many of these were in the recording, and are not any more: the ring keeps the newest.
    pub overwritten: u64,
    /// How many had no place in the ring.
    pub lost_to_full_ring: u64,
    /// How many the kernel left out, since a program ran on that CPU already.
    pub lost_to_nesting: u64,
    /// How many had an older time than those before them on their CPU.
    pub late: u64,
    /// How many fields were longer than the ring takes.
    pub cut: u64,
    /// How often a filter or a block could not answer, and kept the event.
    pub unanswered: u64,
}

/// What a filter did.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct OfFilter {
    /// What it is called.
    pub name: String,
    /// How many events it discarded in the kernel.
    pub in_kernel: u64,
    /// How many it discarded in programs, where they happened.
    pub in_programs: u64,
    /// How many it discarded at the drain.
    pub at_drain: u64,
    /// About how many it was asked, wherever that was, of those that were not lost.
    pub seen: u64,
    /// About how many of these it could not answer: they were kept.
    pub errors: u64,
    /// Nothing was discarded, all of this would have been; and what was asked in the kernel was
    /// asked at the drain again.
    pub is_shadow: bool,
}

impl OfFilter {
    /// How many it kept, or in shadow would have kept.
    pub fn kept(&self) -> u64 {
        self.seen.saturating_sub(self.discarded())
    }

    /// How many events it discarded, or in shadow would have discarded.
    pub fn discarded(&self) -> u64 {
        let in_kernel = if self.is_shadow { 0 } else { self.in_kernel };
        in_kernel + self.in_programs + self.at_drain
    }
}

/// What is known of a recording's events when it has ended.
pub(super) struct Ended<'s> {
    /// What the kernel calls each, and the name that it has in the recording.
    pub names: Vec<(&'s str, &'s str)>,
    /// How often the kernel left out the program of each.
    pub skipped: Vec<u64>,
    /// What all rules are called.
    pub rules: &'s [String],
    /// Nothing was discarded.
    pub is_shadow: bool,
}

impl Ledger {
    /// Puts together what the kernel counted and what was written.
    pub(super) fn new(ended: &Ended<'_>, counted: &[Counted], drained: &Drained) -> Self {
        let written = &drained.written;
        let of = |counts: &[u64], rule| counts.get(rule).copied().unwrap_or(0);
        let filters = ended.rules.iter().enumerate().map(|(rule, name)| {
            let in_kernel = counted.iter().map(|counted| of(&counted.discarded, rule)).sum();
            let at_drain = written.iter().map(|written| of(&written.discarded, rule)).sum();
            let asked = drained.rules.get(rule).copied().unwrap_or_default();
            // In shadow the drain asks again what the kernel asked.
            let before = if ended.is_shadow { 0 } else { in_kernel };
            OfFilter {
                name: name.clone(),
                in_kernel,
                at_drain,
                seen: asked.asked + asked.kept_in_kernel + before,
                errors: asked.errors,
                is_shadow: ended.is_shadow,
                ..OfFilter::default()
            }
        });
        let all = ended.names.iter().zip(&ended.skipped).zip(counted).zip(written);
        let events = all.map(|((((name, recorded), skipped), counted), written)| OfEvent {
            name: (*name).to_owned(),
            recorded: (*recorded).to_owned(),
            delivered: written.delivered,
            filtered: counted.ruled.sum()
                + written.overwritten
                + match ended.is_shadow {
                    true => 0,
                    false => counted.discarded.iter().chain(&written.discarded).sum::<u64>(),
                },
            ruled: counted.ruled,
            overwritten: written.overwritten,
            lost_to_full_ring: counted.lost,
            lost_to_nesting: *skipped,
            late: written.late,
            cut: written.cut,
            unanswered: written.unanswered + counted.unknown,
        });
        Ledger {
            events: events.collect(),
            filters: filters.collect(),
            sinks: drained.sinks.clone(),
            snapshots: drained.snapshots,
            disagreements: drained.disagreements,
            state: drained.threads,
            ..Ledger::default()
        }
    }

    /// Adds what became of the events of programs, by filters and blocks of these names: those that
    /// the kernel's events were asked, where there are some.
    pub fn add_programs(&mut self, ended: programs::Ended) {
        for (index, name) in ended.rules.iter().enumerate() {
            if self.filters.len() <= index {
                self.filters.push(OfFilter { name: name.clone(), ..OfFilter::default() });
            }
            let asked = ended.asked.get(index).copied().unwrap_or_default();
            if let Some(filter) = self.filters.get_mut(index) {
                let all = ended.programs.iter();
                let in_programs: u64 = all.clone().map(|of| of.discarded_in_program(index)).sum();
                filter.at_drain += all.map(|of| of.discarded_at_drain(index)).sum::<u64>();
                filter.in_programs += in_programs;
                filter.seen += asked.asked + in_programs;
                filter.errors += asked.errors;
            }
        }
        self.programs = ended.programs;
        self.snapshots += ended.snapshots;
        self.left_out = ended.left_out;
        self.sinks.extend(ended.sinks);
        if self.handlers.is_empty() {
            self.handlers = ended.handlers;
        }
    }

    fn sum(&self, of: impl Fn(&OfEvent) -> u64) -> u64 {
        self.events.iter().map(of).sum()
    }

    fn sum_of_packets(&self, of: impl Fn(&OfInterface) -> u64) -> u64 {
        self.packets.iter().map(of).sum()
    }

    fn sum_of_programs(&self, of: impl Fn(&OfProgram) -> u64) -> u64 {
        self.programs.iter().map(of).sum()
    }

    /// How many events and packets are in the recording.
    pub fn delivered(&self) -> u64 {
        self.sum(|event| event.delivered)
            + self.sum_of_packets(|packets| packets.delivered)
            + self.sum_of_programs(OfProgram::delivered)
    }

    /// How many events filters discarded, and how many events and packets the ring did.
    pub fn filtered(&self) -> u64 {
        self.sum(|event| event.filtered)
            + self.sum_of_packets(|packets| packets.overwritten)
            + self.sum_of_programs(OfProgram::filtered)
    }

    /// How many of these were in the recording, and are not any more.
    pub fn overwritten(&self) -> u64 {
        self.sum(|event| event.overwritten)
            + self.sum_of_packets(|packets| packets.overwritten)
            + self.sum_of_programs(OfProgram::overwritten)
    }

    /// How many events and packets were lost.
    pub fn lost(&self) -> u64 {
        self.sum(|event| event.lost_to_full_ring + event.lost_to_nesting)
            + self.sum_of_packets(OfInterface::lost)
            + self.sum_of_programs(OfProgram::lost)
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
                "filtered_by_rule": {
                    "off": event.ruled.off,
                    "pid": event.ruled.by_process,
                    "tid": event.ruled.by_thread,
                },
                "overwritten": event.overwritten,
                "lost": {
                    "ring_full": event.lost_to_full_ring,
                    "nested": event.lost_to_nesting,
                },
                "late": event.late,
                "cut_fields": event.cut,
                "unanswered": event.unanswered,
            })
        });
        let filters = self.filters.iter().map(|filter| {
            json!({
                "filter": filter.name,
                "discarded_in_kernel": filter.in_kernel,
                "discarded_in_programs": filter.in_programs,
                "discarded_at_drain": filter.at_drain,
                "seen": filter.seen,
                "kept": filter.kept(),
                "errors": filter.errors,
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
        let programs = self.programs.iter().map(OfProgram::to_value);
        json!({
            "through": self.through.map(Through::name),
            "received": self.received(),
            "delivered": self.delivered(),
            "filtered": self.filtered(),
            "overwritten": self.overwritten(),
            "lost": self.lost(),
            "events": events.collect::<Vec<_>>(),
            "packets": packets.collect::<Vec<_>>(),
            "programs": programs.collect::<Vec<_>>(),
            "rules": self.rules.iter().map(Applied::to_value).collect::<Vec<_>>(),
            "filters": filters.collect::<Vec<_>>(),
            "sinks": self.sinks.iter().map(OfSink::to_value).collect::<Vec<_>>(),
            "snapshots": self.snapshots,
            "saved": self.saved,
            "unsaved": self.unsaved,
            "disagreements": self.disagreements,
            "threads_at_start": self.state,
            "threads_not_followed": self.unfollowed,
            "rings_damaged": self.damaged,
            "programs_not_recorded": self.left_out,
            "pauses": self.pauses.to_value(),
            "handlers": handlers.collect::<Vec<_>>(),
            "clocks": clocks.collect::<Vec<_>>(),
        })
    }

    /// Writes the file `ledger.json` of a recording: under another name at first, so that there is
    /// never half of it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let hidden = folder.join(".ledger.json");
        std::fs::write(&hidden, format!("{:#}\n", self.to_value()))
            .and_then(|()| std::fs::rename(&hidden, folder.join(FILE)))
            .map_err(|e| Error::of_io(FILE, &e))
    }
}
