//! What a program writes: a handler, called for each record.

use std::ops::ControlFlow;

use super::control::Message;
use super::tick::Tick;
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

/// Goes on, or stops the run with the error: for what can fail in a handler.
///
/// ```
/// use marey::pipeline::go;
///
/// assert!(go(std::io::Result::Ok(())).is_continue());
/// assert!(go(std::fs::read("there is no such file").map(|_| ())).is_break());
/// ```
pub fn go<E: Into<Error>>(result: std::result::Result<(), E>) -> Next {
    result.map_or_else(|error| Next::Break(Stop::Error(error.into())), |()| GO)
}

/// Which meta records a handler gets, where there are several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetaTo {
    /// Each meta record goes to one handler: without a hasher to that of its piece, with one to
    /// the shard of its interface, else to shard 0.
    #[default]
    One,
    /// With a hasher each meta record goes to every shard. (Without one, as `One`.)
    Broadcast,
}

/// Your code, called for each record.
///
/// Without a [hasher](super::Trace::hasher) there is a handler for each worker, and each sees whole
/// pieces of the input. If it has no state, or one that merges in any order, the answer is the
/// same for any number of workers. With a hasher there is one for each of 64 shards, and each sees
/// the records of its shard in their order: then any state gives the same answer.
///
/// What a method publishes ([`Cx::publish`]) reaches the reporter in the order of the records.
/// After a record for which a method returns [`STOP`], no later record's results are reported.
///
/// `on_start` comes first and `on_stop` last, once for each handler, on the thread that called
/// [`run`](super::Trace::run); `on_pause` and `on_resume` come in pairs between them. After an
/// error there is no `on_stop`: the run gives back the error, and no handlers.
pub trait Handler: Send {
    /// What it publishes.
    type Out: Send;

    /// Which meta records it gets.
    const META: MetaTo = MetaTo::One;

    /// The run begins.
    fn on_start(&mut self, cx: &mut Cx<Self::Out>) -> Next {
        let _ = cx;
        GO
    }

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

    /// A tick: each handler sees each tick once, in order. With a hasher it stands between the
    /// same records for all shards. Without one, a handler sees the ticks in the pieces of others
    /// before its own next piece: what it has gathered belongs to the interval after
    /// [`Tick::previous`]; or publish it in [`on_piece_end`](Handler::on_piece_end) already.
    fn on_tick(&mut self, tick: &Tick, cx: &mut Cx<Self::Out>) -> Next {
        let _ = (tick, cx);
        GO
    }

    /// A message, sent by [`Control::send`](super::Control::send).
    fn on_message(&mut self, message: &Message, cx: &mut Cx<Self::Out>) -> Next {
        let _ = (message, cx);
        GO
    }

    /// The last record of a piece was handled, or the one that stops the run: what was gathered
    /// can be published.
    fn on_piece_end(&mut self, cx: &mut Cx<Self::Out>) -> Next {
        let _ = cx;
        GO
    }

    /// The run pauses: all that was taken was handled, by all handlers.
    fn on_pause(&mut self, cx: &mut Cx<Self::Out>) -> Next {
        let _ = cx;
        GO
    }

    /// The run goes on after a pause.
    fn on_resume(&mut self, cx: &mut Cx<Self::Out>) -> Next {
        let _ = cx;
        GO
    }

    /// The run is over: all records were handled, or someone stopped it.
    fn on_stop(&mut self, cx: &mut Cx<Self::Out>) -> Next {
        let _ = cx;
        GO
    }

    /// How many bytes of memory a result holds. New pieces wait while the results that were not
    /// reported yet hold more than [`RESULT_BYTES_MAX`](super::RESULT_BYTES_MAX).
    fn weight(result: &Self::Out) -> usize {
        size_of_val(result)
    }
}

/// What a handler can do beside looking at its record.
#[derive(Debug)]
pub struct Cx<T> {
    pub(super) results: Vec<(Place, T)>,
    pub(super) record: u64,
    pub(super) handler: usize,
    /// The first number of what is published here: of what comes before a record, or of what it
    /// brings. It tells them apart until the results of several shards are in order.
    pub(super) base: u32,
}

impl<T> Cx<T> {
    pub(super) fn new(handler: usize) -> Self {
        Cx { results: Vec::new(), record: 0, handler, base: 0 }
    }

    /// Publishes a value: it reaches the reporter in the order of the records. Never waits.
    pub fn publish(&mut self, value: T) {
        let nth = match self.results.last() {
            Some((place, _)) if place.record == self.record => (place.nth + 1).max(self.base),
            _ => self.base,
        };
        self.results.push((Place { record: self.record, nth }, value));
    }

    /// The number of this handler: of its shard, or of its worker.
    pub fn handler(&self) -> usize {
        self.handler
    }

    /// The place of the record that is being handled, counted over all inputs; of the next one
    /// where none is.
    pub fn record(&self) -> u64 {
        self.record
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
