//! What a program writes: a handler, called for each record.

use std::ops::ControlFlow;

use crate::error::Error;
use crate::meta::Meta;
use crate::record::{Packet, Place, Record};

/// Whether to go on.
pub type Next = ControlFlow<Stop>;

/// Go on.
pub const GO: Next = ControlFlow::Continue(());

/// Stop the run after this record.
pub const STOP: Next = ControlFlow::Break(Stop::Here);

/// Why a run stops before its input ends.
#[derive(Debug)]
pub enum Stop {
    /// Enough was seen.
    Here,
    /// Something failed; the run returns it.
    Error(Error),
}

/// Your code, called for each record.
///
/// Without a state, or with one that merges in any order, the answer is the same for any number
/// of workers: each has a handler of its own and sees whole pieces of the input.
///
/// What a method publishes ([`Cx::publish`]) reaches the reporter in the order of the records.
/// After a record for which a method returns [`STOP`], no later record's results are reported.
pub trait Handler: Send {
    /// What it publishes.
    type Out: Send;

    /// A packet.
    fn on_packet(&mut self, packet: &Packet<'_>, cx: &mut Cx<Self::Out>) -> Next {
        let _ = (packet, cx);
        GO
    }

    /// A meta record; what it changes in the scene is changed already.
    fn on_meta(&mut self, meta: &Meta<'_>, cx: &mut Cx<Self::Out>) -> Next {
        let _ = (meta, cx);
        GO
    }

    /// The last record of a piece was handled, or the one that stops the run: what was gathered
    /// can be published.
    fn on_piece_end(&mut self, cx: &mut Cx<Self::Out>) -> Next {
        let _ = cx;
        GO
    }
}

/// What a handler can do beside looking at its record.
#[derive(Debug)]
pub struct Cx<T> {
    pub(super) results: Vec<(Place, T)>,
    pub(super) record: u64,
}

impl<T> Cx<T> {
    pub(super) fn new() -> Self {
        Cx { results: Vec::new(), record: 0 }
    }

    /// Publishes a value: it reaches the reporter in the order of the records. Never waits.
    pub fn publish(&mut self, value: T) {
        let nth = match self.results.last() {
            Some((place, _)) if place.record == self.record => place.nth + 1,
            _ => 0,
        };
        self.results.push((Place { record: self.record, nth }, value));
    }

    /// What was published since the last call.
    pub(super) fn take_results(&mut self) -> Vec<(Place, T)> {
        std::mem::take(&mut self.results)
    }
}

/// A handler made of a closure that gets each record.
pub fn each<F, T>(call: F) -> Each<F, T>
where
    F: FnMut(Record<'_>, &mut Cx<T>) + Send,
    T: Send,
{
    Each { call, out: std::marker::PhantomData }
}

/// The handler that [`each`] makes.
#[derive(Debug)]
pub struct Each<F, T> {
    call: F,
    out: std::marker::PhantomData<fn() -> T>,
}

impl<F, T> Handler for Each<F, T>
where
    F: FnMut(Record<'_>, &mut Cx<T>) + Send,
    T: Send,
{
    type Out = T;

    fn on_packet(&mut self, packet: &Packet<'_>, cx: &mut Cx<T>) -> Next {
        (self.call)(Record::Packet(*packet), cx);
        GO
    }

    fn on_meta(&mut self, meta: &Meta<'_>, cx: &mut Cx<T>) -> Next {
        (self.call)(Record::Meta(meta.clone()), cx);
        GO
    }
}
