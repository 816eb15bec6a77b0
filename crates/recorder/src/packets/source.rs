//! An interface that is recorded, and what became of its packets.

use marey::format::ring::{Origin, Walked};
use serde_json::{Value, json};

use super::queue::Queue;
use super::{Interface, Options};
use crate::error::Error;
use crate::pcapng::Statistics;

/// What became of the packets of an interface.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct OfInterface {
    /// What it is called.
    pub name: String,
    /// How many came.
    pub received: u64,
    /// How many are in the recording.
    pub delivered: u64,
    /// How many were in parts that are removed.
    pub overwritten: u64,
    /// How many had no place in the ring.
    pub lost_to_full_ring: u64,
    /// How many are shorter than asked for, since a block of the ring was too short.
    pub cut: u64,
    /// How many had an older time than those before them.
    pub late: u64,
    /// The latest time of its packets.
    latest: u64,
}

impl OfInterface {
    /// A packet of this time is in the recording.
    pub(super) fn written(&mut self, time: u64) {
        self.delivered += 1;
        self.late += u64::from(time < self.latest);
        self.latest = time.max(self.latest);
    }

    /// Where a walk over a block of it begins.
    pub(super) fn walk_from(&self, link: u16, snaplen: u32) -> Origin {
        Origin { interface: 0, link, snaplen, latest: self.latest }
    }

    /// The packets of a block were handed over as they are.
    pub(super) fn lent(&mut self, packets: &Walked) {
        self.delivered += packets.count();
        self.cut += packets.cut();
        self.late += packets.late();
        self.latest = packets.latest();
    }

    /// So many of those that were to be in the recording could not be written.
    pub(super) fn take_back(&mut self, count: u64) {
        self.delivered -= count;
    }

    /// So many of those that were in the recording are not any more.
    pub(super) fn overwrite(&mut self, count: u64) {
        self.delivered -= count;
        self.overwritten += count;
    }

    /// The account while packets are on their way: those are not received yet.
    pub(super) fn so_far(&self) -> Self {
        let received = self.delivered + self.overwritten + self.lost_to_full_ring;
        OfInterface { received, ..self.clone() }
    }

    /// How many the kernel counted but did not hand over, or not whole.
    pub fn lost_unread(&self) -> u64 {
        let known = self.delivered + self.overwritten + self.lost_to_full_ring;
        self.received.saturating_sub(known)
    }

    /// How many were lost, in whichever way.
    pub fn lost(&self) -> u64 {
        self.lost_to_full_ring + self.lost_unread()
    }

    /// As it stands in the ledger.
    pub fn to_value(&self) -> Value {
        json!({
            "source": format!("packets:{}", self.name),
            "received": self.received,
            "delivered": self.delivered,
            "overwritten": self.overwritten,
            "lost": { "ring_full": self.lost_to_full_ring, "unread": self.lost_unread() },
            "late": self.late,
            "cut": self.cut,
        })
    }
}

/// An interface with its rings.
#[derive(Debug)]
pub(super) struct Source {
    pub interface: Interface,
    pub queues: Vec<Queue>,
    pub account: OfInterface,
    /// When it was counted last, and what was said then.
    counted: u64,
    said: OfInterface,
}

impl Source {
    pub fn open(name: &str, options: Options, queues: usize) -> Result<Self, Error> {
        let interface = Interface::of(name)?;
        let queues = Queue::open(&interface, options, queues)?;
        let account = OfInterface { name: name.to_owned(), ..OfInterface::default() };
        let said = account.clone();
        Ok(Source { interface, queues, account, counted: 0, said })
    }

    /// Asks the kernel what it counted.
    pub fn count(&mut self) -> Result<(), Error> {
        (self.account.received, self.account.lost_to_full_ring) = (0, 0);
        for queue in &mut self.queues {
            let counted = queue.statistics()?;
            self.account.received += counted.received;
            self.account.lost_to_full_ring += counted.dropped;
        }
        Ok(())
    }

    /// What is new since it was asked last, to be said in the file; nothing if nothing is. At the
    /// end no packet is on its way any more.
    pub fn news(
        &mut self,
        interface: u32,
        (begin, now): (u64, u64),
        is_end: bool,
    ) -> Option<Statistics> {
        let before = std::mem::replace(&mut self.counted, now);
        if self.account == self.said {
            return None;
        }
        let lost = self.account.lost_to_full_ring - self.said.lost_to_full_ring;
        let from = before.max(begin);
        let comment = (lost > 0).then(|| {
            format!("{lost} packets lost from {} to {}: the ring was full", at(from), at(now))
        });
        let unread = if is_end { self.account.lost_unread() } else { 0 };
        Some(self.statistics(interface, (begin, now), unread, comment))
    }

    /// What was counted, and when there was a pause, to be said in the file.
    pub fn pause(&mut self, interface: u32, begin: u64, (from, to): (u64, u64)) -> Statistics {
        let comment = format!("paused from {} to {}", at(from), at(to));
        self.statistics(interface, (begin, to), 0, Some(comment))
    }

    fn statistics(
        &mut self,
        interface: u32,
        (begin, end): (u64, u64),
        unread: u64,
        comment: Option<String>,
    ) -> Statistics {
        self.said = self.account.clone();
        Statistics {
            interface,
            begin,
            end,
            received: self.account.received,
            dropped: self.account.lost_to_full_ring + unread,
            delivered: self.account.delivered,
            comment,
        }
    }
}

/// A time in seconds since the Unix epoch.
fn at(time: u64) -> String {
    format!("{}.{:09}", time / 1_000_000_000, time % 1_000_000_000)
}
