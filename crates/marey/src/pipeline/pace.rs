//! The pace of a replay: when a record is due.

use std::time::{Duration, Instant};

use super::merge::Batch;
use crate::time::{NO_TIME, Timestamp};

/// The pace of the trace, times a speed.
#[derive(Debug)]
pub(crate) struct Pace {
    speed: f64,
    begun: Instant,
    /// The first time of the trace.
    first: Option<Timestamp>,
}

impl Pace {
    /// At so many times the speed of the trace, from now on.
    pub fn new(speed: f64) -> Self {
        Pace { speed, begun: Instant::now(), first: None }
    }

    /// When the first record of a batch is due that has a time.
    pub fn due(&mut self, batch: &Batch) -> Option<Instant> {
        let (_, time) = batch.times().find(|(_, time)| *time != NO_TIME)?;
        let first = *self.first.get_or_insert(Timestamp::from_ns(time));
        let since = time.saturating_sub(first.as_ns()).max(0);
        let wait = Duration::from_nanos(since as u64).as_secs_f64() / self.speed;
        self.begun.checked_add(Duration::try_from_secs_f64(wait).ok()?)
    }
}
