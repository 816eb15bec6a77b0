//! What is counted while a trace runs: one [`Gather`] a worker, merged at the end.

use std::io;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use marey::pipeline::{Cx, Handler, Next, Stop, Tick};
use marey::{Error, ErrorKind, GO, Meta, Packet};

use super::args::{Endpoint, Order, Stats};
use super::cell::{One, Sum, Times};
use super::counter::Counter;
use super::key::Key;
use super::names::Names;
use super::of::{Look, Of};
use crate::args::Common;

/// What stands for "no time" in place of the number of an interval.
pub const NO_SLICE: i64 = i64::MIN;

/// A packet is on its way from the wire to a table no longer than this.
const ON_THE_WAY: Duration = Duration::from_millis(250);

/// How many rows a table has on a page.
const TOP: usize = 20;

/// What is to be counted.
pub struct Plan {
    /// The tables.
    pub tables: Vec<Of>,
    /// Which addresses endpoints have.
    pub endpoint: Endpoint,
    /// How long an interval is.
    pub every_ns: Option<u64>,
    /// How many rows a table shows.
    pub top: Option<usize>,
    /// The order of rows.
    pub order: Option<Order>,
    /// How many bytes of memory all tables may take.
    pub memory: usize,
}

impl Plan {
    /// What was asked for; a page for a person has the first rows unless it says otherwise.
    pub fn new(verb: &Stats, common: &Common) -> Self {
        let mut tables: Vec<Of> = Vec::new();
        let with_syns = |of: &Of| [Some(*of), (*of == Of::TcpOptions).then_some(Of::SynOptions)];
        for of in verb.by.iter().flat_map(with_syns).flatten() {
            if !tables.contains(&of) {
                tables.push(of);
            }
        }
        if tables.is_empty() && verb.every.is_some() {
            tables.push(Of::Whole);
        }
        let memory = usize::try_from(verb.memory).unwrap_or(usize::MAX);
        let is_page = !verb.csv && !common.json;
        let top = verb.top.or(is_page.then_some(TOP));
        Plan {
            tables,
            endpoint: verb.endpoint,
            every_ns: verb.every,
            top,
            order: verb.sort,
            memory,
        }
    }

    /// What one table of one of so many workers may take: some is left for sorting at the end.
    fn budget(&self, workers: usize) -> usize {
        self.memory / 4 * 3 / self.tables.len().max(1) / workers.max(1)
    }
}

/// When intervals begin: the time of the first packet that has one.
pub type Origin = OnceLock<i64>;

/// The numbers of a trace.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// All packets.
    pub sum: Sum,
    /// Their times.
    pub times: Times,
    /// Packets without a time.
    pub untimed: u64,
    /// Meta records.
    pub meta: u64,
}

impl Totals {
    #[inline]
    fn packet(&mut self, one: &One) {
        self.sum.add(&one.sum);
        match one.time_ns {
            Some(time) => self.times.see(time),
            None => self.untimed += 1,
        }
    }

    /// Adds others.
    pub fn add(&mut self, other: &Totals) {
        self.sum.add(&other.sum);
        self.times.add(&other.times);
        self.untimed += other.untimed;
        self.meta += other.meta;
    }
}

/// An interval that has passed while a trace is recorded.
pub struct Done {
    /// Its number.
    pub number: i64,
    /// The numbers.
    pub totals: Totals,
    /// The tables, as the plan has them.
    pub counters: Vec<(Of, Counter)>,
    /// Names.
    pub names: Names,
}

/// What one worker saw.
pub struct Gather<'p> {
    plan: &'p Plan,
    origin: &'p Origin,
    /// The interval that has not passed yet, of those that are shown when they have.
    open: Option<i64>,
    /// The numbers.
    pub totals: Totals,
    /// The tables, as the plan has them.
    pub counters: Vec<(Of, Counter)>,
    /// Names.
    pub names: Names,
}

impl<'p> Gather<'p> {
    /// For one of so many workers.
    pub fn new(plan: &'p Plan, origin: &'p Origin, workers: usize) -> Self {
        let budget = plan.budget(workers);
        let counters = plan.tables.iter().map(|&of| (of, Counter::new(of, budget))).collect();
        let (totals, names) = (Totals::default(), Names::default());
        Gather { plan, origin, open: None, totals, counters, names }
    }

    /// For the only worker of what is recorded meanwhile: it publishes each interval that has
    /// passed.
    pub fn live(plan: &'p Plan, origin: &'p Origin) -> Self {
        Gather { open: plan.every_ns.map(|_| 0), ..Gather::new(plan, origin, 1) }
    }

    /// Publishes the open interval, if there is something in it, and goes on to this one. What
    /// comes too late for its interval is in the one that is open then.
    #[inline(never)]
    fn go_on_to(&mut self, next: i64, cx: &mut Cx<Done>) {
        let Some(number) = self.open.filter(|open| *open < next) else { return };
        if self.totals.sum.packets > 0 {
            let empty = Gather::live(self.plan, self.origin);
            let Gather { totals, counters, names, .. } = std::mem::replace(self, empty);
            cx.publish(Done { number, totals, counters, names });
        }
        self.open = Some(next);
    }

    /// The number of the interval of a time; 0 if there are none.
    #[inline]
    fn slice(&self, time_ns: Option<i64>) -> i64 {
        let (Some(every), time) = (self.plan.every_ns, time_ns) else { return 0 };
        let Some(time) = time else { return NO_SLICE };
        let origin = *self.origin.get_or_init(|| time);
        let since = i128::from(time) - i128::from(origin);
        since.div_euclid(i128::from(every)) as i64
    }

    #[inline(never)]
    fn tables(&mut self, packet: &Packet<'_>, one: One) -> io::Result<()> {
        let slice = self.open.unwrap_or_else(|| self.slice(one.time_ns));
        let look = Look::new(packet, self.plan.endpoint);
        for (of, counter) in &mut self.counters {
            let mut one = one;
            match of {
                Of::Interface => self.names.packet(packet),
                Of::Protocol => self.names.protocols(look.layers()),
                Of::Endpoint => one.sum.payload_bytes = look.payload_len().into(),
                _ => {}
            }
            if self.plan.every_ns.is_some() && *of != Of::Whole {
                counter.count(slice, &Key::Whole, 0, &one)?;
            }
            let mut done = Ok(());
            look.keys(*of, |key, side| {
                if done.is_ok() {
                    done = counter.count(slice, &key, side, &one);
                }
            });
            done?;
        }
        Ok(())
    }
}

/// What an error of a table means for a run.
pub fn table_error(error: &io::Error) -> Error {
    let directory = std::env::temp_dir();
    let reason = format!("a table does not fit into {}: {error}", directory.display());
    Error::new(ErrorKind::Io(io::Error::other(reason)))
}

impl Handler for Gather<'_> {
    type Out = Done;

    #[inline(always)]
    fn on_packet(&mut self, packet: &Packet<'_>, cx: &mut Cx<Done>) -> Next {
        let sum = Sum {
            packets: 1,
            wire_bytes: packet.wire_len().into(),
            captured_bytes: packet.captured_len().into(),
            payload_bytes: 0,
        };
        let one = One { sum, time_ns: packet.time().map(marey::Timestamp::as_ns) };
        if self.open.is_some() {
            self.go_on_to(self.slice(one.time_ns), cx);
        }
        self.totals.packet(&one);
        if self.counters.is_empty() {
            return GO;
        }
        match self.tables(packet, one) {
            Ok(()) => GO,
            Err(e) => Next::Break(Stop::Error(table_error(&e))),
        }
    }

    fn on_meta(&mut self, meta: &Meta<'_>, _: &mut Cx<Done>) -> Next {
        self.totals.meta += 1;
        if self.plan.tables.contains(&Of::Interface) {
            self.names.meta(meta);
        }
        GO
    }

    /// An interval passes also while nothing comes.
    fn on_tick(&mut self, _: &Tick, cx: &mut Cx<Done>) -> Next {
        if self.open.is_some() && self.origin.get().is_some() {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let now = now.saturating_sub(ON_THE_WAY).as_nanos();
            self.go_on_to(self.slice(i64::try_from(now).ok()), cx);
        }
        GO
    }

    fn on_stop(&mut self, cx: &mut Cx<Done>) -> Next {
        self.go_on_to(i64::MAX, cx);
        GO
    }
}
