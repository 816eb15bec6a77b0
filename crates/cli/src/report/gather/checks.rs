//! How many checksums are right, by the protocol that has them.

use marey::wire::checksum::{Verdict, checksums};
use marey::wire::{Layers, Protocol};

/// There are fewer protocols that have a view.
const PROTOCOLS_MAX: usize = 64;

/// Checksums of one protocol, by what is to be said of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Right.
    pub good: u64,
    /// Wrong.
    pub bad: u64,
    /// Not all that they cover was captured.
    pub cut_short: u64,
    /// They cover more than a fragment has, or nobody can say what.
    pub in_fragments: u64,
    /// The sender left them out.
    pub absent: u64,
}

impl Verdicts {
    fn add(&mut self, other: Verdicts) {
        self.good += other.good;
        self.bad += other.bad;
        self.cut_short += other.cut_short;
        self.in_fragments += other.in_fragments;
        self.absent += other.absent;
    }
}

/// Checksums by protocol.
#[derive(Clone, Debug)]
pub struct Checks([Option<(Protocol, Verdicts)>; PROTOCOLS_MAX]);

impl Default for Checks {
    fn default() -> Self {
        Checks([None; PROTOCOLS_MAX])
    }
}

impl Checks {
    /// Checks a packet.
    pub fn packet(&mut self, layers: &Layers<'_>) {
        for checksum in checksums(layers) {
            let verdicts = self.of(checksum.protocol);
            let count = match checksum.verdict {
                Verdict::Good => &mut verdicts.good,
                Verdict::Bad { .. } => &mut verdicts.bad,
                Verdict::NotCaptured => &mut verdicts.cut_short,
                Verdict::NotChecked => &mut verdicts.in_fragments,
                Verdict::Absent => &mut verdicts.absent,
            };
            *count += 1;
        }
    }

    fn of(&mut self, protocol: Protocol) -> &mut Verdicts {
        let entry = &mut self.0[protocol as usize % PROTOCOLS_MAX];
        &mut entry.get_or_insert((protocol, Verdicts::default())).1
    }

    /// Adds what another worker found.
    pub fn merge(&mut self, other: &Checks) {
        for (protocol, verdicts) in other.iter() {
            self.of(protocol).add(verdicts);
        }
    }

    /// The protocols that have any, outermost first.
    pub fn iter(&self) -> impl Iterator<Item = (Protocol, Verdicts)> {
        self.0.iter().flatten().copied()
    }

    /// How many are wrong.
    pub fn bad(&self) -> u64 {
        self.iter().map(|(_, verdicts)| verdicts.bad).sum()
    }
}
