//! What is counted while a trace runs: one [`Gather`] a worker, merged at the end.
//!
//! Whatever piece went to which worker, the sum is the same: counters add up, extremes stay
//! extremes, and lists that are bounded keep what stands first in the trace.
//!
//! Read on in [`counts`] (numbers, also added up over inputs) and [`described`] (what meta records
//! say), [`flows`] and [`talk`] (who talks with whom); the leaves are [`tally`], [`sizes`],
//! [`rate`], [`protocols`], [`checks`], [`interfaces`], [`lists`], [`sums`].

use marey::pipeline::{Cx, Handler, Next};
use marey::wire;
use marey::{GO, Meta, Packet, Scene};

pub mod checks;
pub mod counts;
pub mod described;
pub mod flows;
pub mod interfaces;
pub mod lists;
pub mod protocols;
pub mod rate;
pub mod sizes;
pub mod sums;
pub mod talk;
pub mod tally;

pub use counts::Counts;
pub use described::Described;
pub use flows::Flows;
pub use interfaces::Interfaces;
pub use talk::Talk;

/// What is counted for one worker.
pub struct Worker {
    /// What merges as it is.
    pub gather: Gather,
    /// Tables, which are merged on their way out.
    pub flows: Flows,
}

impl Worker {
    /// One worker of so many, for a small file or not; whether it checks checksums.
    pub fn new(workers: usize, is_small: bool, checks: bool) -> Self {
        let mut gather = Gather::default();
        gather.counts.checks = checks.then(Default::default);
        Worker { gather, flows: Flows::of_worker(workers, is_small) }
    }
}

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

impl Handler for Worker {
    type Out = ();

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<()>) -> Next {
        let time = packet.time().map(marey::Timestamp::as_ns);
        let layers = wire::layers(packet.link_type(), packet.bytes(), packet.wire_len());
        let gather = &mut self.gather;
        gather.counts.packet(packet, time, &layers);
        gather.interfaces.packet(packet, time);
        gather.described.packet(packet, &mut gather.interfaces);
        self.flows.packet(packet, &layers);
        GO
    }

    fn on_meta(&mut self, meta: &Meta<'_>, _: &mut Cx<()>) -> Next {
        self.gather.counts.meta(meta);
        self.gather.interfaces.meta(meta);
        self.gather.described.meta(meta);
        GO
    }
}
