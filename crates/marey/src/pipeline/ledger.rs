//! The ledger: the account of a run.

use std::collections::BTreeMap;

use crate::format::{Cut, Damage};

/// How many damaged places are listed; all are counted.
pub const DAMAGE_LISTED_MAX: usize = 1000;

/// The cause of what was lost while a live source was recorded, since there was no place for it.
pub const NOT_RECORDED: &str = "not_recorded";

/// The account of a run: received = delivered + filtered + lost, exactly, over framed records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Records that were framed.
    pub received: u64,
    /// Records that reached a handler.
    pub delivered: u64,
    /// Records that a filter left out.
    pub filtered: u64,
    /// Records that marey lost.
    pub lost: u64,
    /// What was lost, by cause.
    pub by_cause: BTreeMap<&'static str, u64>,
    /// Bytes of the decompressed input that could not be read as records.
    pub damaged_bytes: u64,
    /// Places where records were lost that cannot be counted.
    pub gaps: u64,
    /// Records that the trace itself says were lost while it was recorded.
    pub source_lost: u64,
    /// The damaged places, the first of them.
    pub damage: Vec<Damage>,
    /// How many damaged places are not listed.
    pub damage_unlisted: u64,
    /// Where the last damaged place ends.
    damage_end: (u32, u64),
}

impl Default for Ledger {
    fn default() -> Self {
        Ledger {
            received: 0,
            delivered: 0,
            filtered: 0,
            lost: 0,
            by_cause: BTreeMap::new(),
            damaged_bytes: 0,
            gaps: 0,
            source_lost: 0,
            damage: Vec::new(),
            damage_unlisted: 0,
            damage_end: (0, u64::MAX),
        }
    }
}

impl Ledger {
    /// Whether anything in the input could not be read.
    pub fn is_damaged(&self) -> bool {
        self.gaps > 0
    }

    /// Enters what a piece held.
    pub(super) fn add(&mut self, received: u64, filtered: u64, damage: &[Damage]) {
        self.received += received;
        self.filtered += filtered;
        self.delivered += received - filtered;
        for damage in damage {
            self.enter(damage);
        }
    }

    /// Enters a damaged place; one that follows on the last one is part of it.
    fn enter(&mut self, damage: &Damage) {
        self.damaged_bytes += damage.len;
        if damage.len > 0 && (damage.input, damage.offset) == self.damage_end {
            self.damage_end.1 += damage.len;
            if self.damage_unlisted == 0
                && let Some(last) = self.damage.last_mut()
            {
                last.len += damage.len;
            }
            return;
        }
        self.gaps += 1;
        let end = if damage.len > 0 { damage.offset + damage.len } else { u64::MAX };
        self.damage_end = (damage.input, end);
        if self.damage.len() < DAMAGE_LISTED_MAX {
            self.damage.push(damage.clone());
        } else {
            self.damage_unlisted += 1;
        }
    }

    /// Closes the books with the last cut of each input, and whether it was recorded while it was
    /// read: what was lost then was received, and lost by this run.
    pub(super) fn close<'c>(&mut self, cuts: impl Iterator<Item = (&'c Cut, bool)>) {
        for (cut, is_recorded) in cuts {
            let lost = cut.source_lost();
            if is_recorded {
                self.lose(NOT_RECORDED, lost);
            } else {
                self.source_lost = self.source_lost.saturating_add(lost);
            }
        }
    }

    /// Enters what was received and lost.
    fn lose(&mut self, cause: &'static str, count: u64) {
        self.received = self.received.saturating_add(count);
        self.lost = self.lost.saturating_add(count);
        if count > 0 {
            *self.by_cause.entry(cause).or_default() += count;
        }
    }

    /// Adds another run's account to this one, without its list of damage.
    pub fn absorb(&mut self, other: &Ledger) {
        self.received += other.received;
        self.delivered += other.delivered;
        self.filtered += other.filtered;
        self.lost += other.lost;
        for (cause, count) in &other.by_cause {
            *self.by_cause.entry(cause).or_default() += count;
        }
        self.damaged_bytes += other.damaged_bytes;
        self.gaps += other.gaps;
        self.source_lost += other.source_lost;
    }
}
