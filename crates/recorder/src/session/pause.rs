//! Pauses: nothing is recorded in them, and nothing counted.

use serde_json::{Value, json};

use crate::error::Error;
use crate::sys::{Map, MapKind, wait_for_programs};

/// So many pauses are listed.
pub const PAUSES_MAX: usize = 1000;

/// What a mark at the begin of a pause says.
pub const PAUSED: &str = "paused";
/// What a mark at its end says.
pub const RESUMED: &str = "resumed";

/// A number that each program of the kernel looks at first. As long as it is not 0, there is a
/// pause.
///
/// Programs stay where they are: to take them away and to bring them back takes the kernel some
/// milliseconds for each, and an event that is seen by one and not by another would be in half of
/// the recording. In a pause a program takes three instructions.
#[derive(Debug)]
pub struct Switch(Map);

impl Switch {
    /// No pause.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn new() -> Result<Self, Error> {
        Map::create(MapKind::Array, 4, 4, 1, "marey_switch").map(Switch).map_err(|e| failed(&e))
    }

    /// The map's descriptor.
    pub fn map(&self) -> i32 {
        self.0.descriptor()
    }

    /// A pause begins: when this returns, no program is about to record something.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn pause(&self) -> Result<(), Error> {
        self.set(1)?;
        wait_for_programs();
        Ok(())
    }

    /// The pause is over.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn resume(&self) -> Result<(), Error> {
        self.set(0)
    }

    fn set(&self, value: u32) -> Result<(), Error> {
        self.0.set(&[0; 4], &value.to_ne_bytes()).map_err(|e| failed(&e))
    }
}

fn failed(error: &std::io::Error) -> Error {
    Error::of_io("the switch of the recording (bpf(2))", error)
}

/// A pause, in nanoseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// No event and no packet is later, up to the end.
    pub begin: i64,
    /// The first ones are as late as this.
    pub end: i64,
}

/// The pauses of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Pauses {
    /// Those that are over, the first [`PAUSES_MAX`] of them.
    pub listed: Vec<Pause>,
    /// How many there were.
    pub count: u64,
    /// When the one began that is not over.
    pub since: Option<i64>,
}

impl Pauses {
    /// One begins.
    pub fn begin(&mut self, now: i64) {
        self.count += u64::from(self.since.is_none());
        self.since = self.since.or(Some(now));
    }

    /// It is over, if there is one.
    pub fn end(&mut self, now: i64) {
        if let Some(begin) = self.since.take()
            && self.listed.len() < PAUSES_MAX
        {
            self.listed.push(Pause { begin, end: now });
        }
    }

    /// As they stand in the ledger.
    pub fn to_value(&self) -> Value {
        let over = self.listed.iter().map(|pause| (pause.begin, Some(pause.end)));
        // One that is not over is that of a snapshot.
        let all = over.chain(self.since.map(|begin| (begin, None))).take(PAUSES_MAX);
        let listed = all.map(|(begin, end)| json!({ "begin_ns": begin, "end_ns": end }));
        json!({ "count": self.count, "listed": listed.collect::<Vec<_>>() })
    }
}
