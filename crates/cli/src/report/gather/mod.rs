//! What is counted while a trace runs: one [`Gather`] a worker, merged at the end.
//!
//! Whatever piece went to which worker, the sum is the same: counters add up, extremes stay
//! extremes, and lists that are bounded keep what stands first in the trace.
//!
//! Read on in [`counts`] (numbers, also added up over inputs) and [`described`] (what meta records
//! say); the leaves are [`tally`], [`sizes`], [`rate`], [`protocols`], [`interfaces`], [`lists`].

use marey::pipeline::{Cx, Handler, Next};
use marey::{GO, Meta, Packet, Scene};

pub mod counts;
pub mod described;
pub mod interfaces;
pub mod lists;
pub mod protocols;
pub mod rate;
pub mod sizes;
pub mod tally;

pub use counts::Counts;
pub use described::Described;
pub use interfaces::Interfaces;

/// What one worker saw.
#[derive(Default)]
pub struct Gather {
    /// Numbers.
    pub counts: Counts,
    /// Sections and interfaces, and what was seen on each.
    pub interfaces: Interfaces,
    /// What else meta records and packets say in words.
    pub described: Described,
}

impl Gather {
    /// Adds what another worker saw.
    pub fn merge(&mut self, mut other: Gather) {
        self.counts.merge(&mut other.counts);
        self.interfaces.merge(other.interfaces);
        self.described.merge(other.described);
    }

    /// Adds what is known at the end of the trace only.
    pub fn close(&mut self, scene: &Scene) {
        self.interfaces.close(scene);
    }
}

impl Handler for Gather {
    type Out = ();

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<()>) -> Next {
        let time = packet.time().map(marey::Timestamp::as_ns);
        self.counts.packet(packet, time);
        self.interfaces.packet(packet, time);
        self.described.packet(packet, &mut self.interfaces);
        GO
    }

    fn on_meta(&mut self, meta: &Meta<'_>, _: &mut Cx<()>) -> Next {
        self.counts.meta(meta);
        self.interfaces.meta(meta);
        self.described.meta(meta);
        GO
    }
}
