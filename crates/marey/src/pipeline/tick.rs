//! Ticks: every so many records, every so much of the trace's time, or of the wall clock's.

use std::sync::Arc;
use std::time::Duration;

use super::merge::Batch;
use crate::time::{NO_TIME, Timestamp};

/// If the trace's time jumps over more ticks than this at once, only the last of them comes.
pub const TICKS_AT_ONCE_MAX: u64 = 1 << 16;

/// How many such jumps are remembered for handlers that come to them late.
const JUMPS_MAX: usize = 1024;

/// What a tick counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TickKind {
    /// Records.
    Records,
    /// The time of the records.
    TraceTime,
    /// The time of the machine that runs marey.
    WallTime,
}

/// A tick: a place between two records that every handler is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tick {
    /// What it counts.
    pub kind: TickKind,
    /// Its number, from 1. Of records: it stands before the record whose number is this many
    /// times the distance of ticks.
    pub number: u64,
    /// The time that is over, for a tick of the trace's time.
    pub time: Option<Timestamp>,
}

/// How many ticks there were up to a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ticked {
    pub records: u64,
    pub time: u64,
}

/// Makes ticks of records and of their times; it sees all records in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clockwork {
    pub every: Option<u64>,
    pub interval: Option<Duration>,
    /// The first time of the trace.
    first: Option<i64>,
    ticked: Ticked,
    /// Ticks that did not come: behind the first number, up to before the second.
    jumps: Arc<Vec<(u64, u64)>>,
}

impl Clockwork {
    /// How many ticks there were.
    pub fn ticked(&self) -> Ticked {
        self.ticked
    }

    /// The ticks in a batch, each with the number of the record that it stands before.
    pub fn ticks(&mut self, batch: &Batch) -> Vec<(u64, Tick)> {
        let mut ticks = Vec::new();
        if let Some(every) = self.every {
            let end = batch.first + batch.len;
            while (self.ticked.records + 1) * every < end {
                self.ticked.records += 1;
                let number = self.ticked.records;
                let tick = Tick { kind: TickKind::Records, number, time: None };
                ticks.push((number * every, tick));
            }
        }
        if let Some(interval) = self.interval_ns() {
            let of_records = ticks.len();
            for (number, time) in batch.times() {
                self.pass(number, time, interval, &mut ticks);
            }
            if of_records > 0 {
                ticks.sort_by_key(|(number, tick)| (*number, tick.kind, tick.number));
            }
        }
        ticks
    }

    fn interval_ns(&self) -> Option<i64> {
        self.interval.map(|interval| i64::try_from(interval.as_nanos()).unwrap_or(i64::MAX).max(1))
    }

    /// Notes the time of a record.
    fn pass(&mut self, number: u64, time: i64, interval: i64, ticks: &mut Vec<(u64, Tick)>) {
        if time == NO_TIME {
            return;
        }
        let first = *self.first.get_or_insert(time);
        let over = time.saturating_sub(first) / interval;
        let over = u64::try_from(over).unwrap_or(0);
        if over <= self.ticked.time {
            return;
        }
        if over - self.ticked.time > TICKS_AT_ONCE_MAX {
            if self.jumps.len() < JUMPS_MAX {
                Arc::make_mut(&mut self.jumps).push((self.ticked.time, over));
            }
            self.ticked.time = over - 1;
        }
        while self.ticked.time < over {
            self.ticked.time += 1;
            ticks.push((number, self.of_time(self.ticked.time)));
        }
    }

    fn of_time(&self, number: u64) -> Tick {
        let interval = i128::from(self.interval_ns().unwrap_or(1));
        let time = i128::from(self.first.unwrap_or(0)) + interval * i128::from(number);
        let time = i64::try_from(time).ok().map(Timestamp::from_ns);
        Tick { kind: TickKind::TraceTime, number, time }
    }

    /// What a handler must still be told that has seen so many ticks: those of records first.
    pub fn missed(&self, seen: Ticked) -> impl Iterator<Item = Tick> {
        let of_records = (seen.records + 1..=self.ticked.records).map(|number| Tick {
            kind: TickKind::Records,
            number,
            time: None,
        });
        let of_time = self.steps(seen.time).map(|number| self.of_time(number));
        of_records.chain(of_time)
    }

    /// The numbers of ticks of time behind `seen`, without stepping through long jumps.
    fn steps(&self, seen: u64) -> impl Iterator<Item = u64> {
        let mut last = seen;
        std::iter::from_fn(move || {
            let jump = self.jumps.iter().find(|(from, to)| last >= *from && last < to - 1);
            last = jump.map_or(last + 1, |(_, to)| *to);
            (last <= self.ticked.time).then_some(last)
        })
    }
}
