//! Ticks: every so many records, every so much of the trace's time, or of the wall clock's.

use std::time::Duration;

use super::merge::Batch;
use crate::time::{NO_TIME, Timestamp};

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
///
/// Of records each tick comes. Of time, only the last one comes if several are due at once, as
/// where nothing was recorded for long: what a handler has gathered since the tick before belongs
/// to the interval `previous + 1`, and nothing to those from there up to `number`. So there are no
/// more ticks than records, whatever the times say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tick {
    /// What it counts.
    pub kind: TickKind,
    /// How many intervals are over. Of records: it stands before the record whose number is this
    /// many times the distance of ticks.
    pub number: u64,
    /// The number of the tick of its kind that the handler saw before; 0 if there was none.
    pub previous: u64,
    /// The end of the last interval, for a tick of the trace's time.
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
                ticks.push((number * every, of_records(number)));
            }
        }
        if let Some(interval) = self.interval_ns() {
            let count = ticks.len();
            for (number, time) in batch.times() {
                self.pass(number, time, interval, &mut ticks);
            }
            if count > 0 {
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
        let tick = self.of_time(over, self.ticked.time);
        ticks.push((number, tick));
        self.ticked.time = over;
    }

    fn of_time(&self, number: u64, previous: u64) -> Tick {
        let interval = i128::from(self.interval_ns().unwrap_or(1));
        let time = i128::from(self.first.unwrap_or(0)) + interval * i128::from(number);
        let time = i64::try_from(time).ok().map(Timestamp::from_ns);
        Tick { kind: TickKind::TraceTime, number, previous, time }
    }

    /// What a handler must still be told that has seen so many ticks: those of records first.
    pub fn missed(&self, seen: Ticked) -> impl Iterator<Item = Tick> {
        let records = (seen.records + 1..=self.ticked.records).map(of_records);
        let is_late = self.ticked.time > seen.time;
        records.chain(is_late.then(|| self.of_time(self.ticked.time, seen.time)))
    }
}

fn of_records(number: u64) -> Tick {
    Tick { kind: TickKind::Records, number, previous: number - 1, time: None }
}
