//! What is missing: what the trace says was lost, and what of it could not be read.

use super::Page;
use crate::escape;
use crate::page::words::{bytes, counted};
use crate::report::gather::Interfaces;
use crate::report::words::{counters, interface};
use crate::report::{Input, Total};

/// How many damaged places are shown.
const PLACES_MAX: usize = 8;
/// How many interfaces with counters are shown.
const INTERFACES_MAX: usize = 8;

impl Page {
    /// What is missing in one input. Also if nothing is: that is worth knowing.
    pub(super) fn losses(&mut self, input: &Input) {
        self.heading("Losses");
        let seen = &input.gather.interfaces;
        let says = seen.interfaces().any(|(_, seen)| {
            let statistics = seen.about().and_then(|about| about.statistics.as_ref());
            let counted = statistics.is_some_and(|s| s.dropped.or(s.os_dropped).is_some());
            counted || seen.dropped_before_packets.is_some()
        });
        if input.ledger.lost > 0 {
            self.lost(input.ledger.lost);
        }
        let recording = match input.ledger.source_lost {
            0 if input.ledger.lost > 0 => "what marey lost is above".to_owned(),
            0 if says => "nothing was lost, says the trace".to_owned(),
            0 => "the trace does not say if anything was lost".to_owned(),
            lost => self.bad(&format!("{} lost, says the trace", counted(lost, "packet"))),
        };
        self.pair("recording", &recording);
        self.counters(seen);
        if !input.ledger.is_damaged() {
            self.pair("reading", "nothing is damaged");
            return;
        }
        self.damage(input);
    }

    fn damage(&mut self, input: &Input) {
        let ledger = &input.ledger;
        let places = counted(ledger.gaps, "damaged place");
        let text = match ledger.damaged_bytes {
            0 => places,
            lost => format!("{places}, {}", bytes(lost)),
        };
        let text = self.bad(&text);
        self.pair("reading", &text);
        for damage in ledger.damage.iter().take(PLACES_MAX) {
            let reason = escape::terminal(&damage.reason);
            let text = match damage.len {
                0 => reason,
                len => format!("{}: {reason}", bytes(len)),
            };
            self.pair(&format!("at {}", damage.offset), &text);
        }
        self.and_more(ledger.gaps.saturating_sub(PLACES_MAX as u64));
    }

    /// What interfaces counted while recording.
    fn counters(&mut self, seen: &Interfaces) {
        let counted = seen.interfaces().filter_map(|(key, seen)| {
            let statistics = seen.about()?.statistics.as_ref()?;
            Some((key, statistics.lost() > 0, counters(statistics)))
                .filter(|(.., parts)| !parts.is_empty())
        });
        let mut counted: Vec<_> = counted.collect();
        // The lossy ones first: they are what one looks for.
        counted.sort_by_key(|(_, lost, _)| std::cmp::Reverse(*lost));
        for (key, _, parts) in counted.iter().take(INTERFACES_MAX) {
            let interface = interface(*key, seen.section_count());
            self.pair(&format!("interface {interface}"), parts);
        }
        self.and_more(counted.len().saturating_sub(INTERFACES_MAX) as u64);
    }

    /// What is missing in all inputs together.
    pub(super) fn total_losses(&mut self, total: &Total) {
        self.heading("Losses");
        if total.ledger.lost > 0 {
            self.lost(total.ledger.lost);
        }
        let recording = match total.ledger.source_lost {
            0 => "no trace says that anything was lost".to_owned(),
            lost => self.bad(&format!("{} lost, say the traces", counted(lost, "packet"))),
        };
        self.pair("recording", &recording);
        let reading = match total.ledger.gaps {
            0 => "nothing is damaged".to_owned(),
            gaps => {
                let places = counted(gaps, "damaged place");
                self.bad(&format!("{places}, {}", bytes(total.ledger.damaged_bytes)))
            }
        };
        self.pair("reading", &reading);
    }

    /// What this run lost itself.
    fn lost(&mut self, lost: u64) {
        let text =
            format!("{} lost: they came faster than they were read", counted(lost, "packet"));
        let text = self.bad(&text);
        self.pair("marey", &text);
    }

    pub(super) fn bad(&self, text: &str) -> String {
        super::styled(self.styles.bad, text)
    }
}
