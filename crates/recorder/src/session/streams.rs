//! The streams of a recording: one for each CPU that had an event.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use marey_ctf::schema::Uuid;

use crate::ctf::{Stream, StreamId};
use crate::error::Error;

/// The streams of a recording.
#[derive(Debug)]
pub struct Streams {
    folder: PathBuf,
    uuid: Uuid,
    open: BTreeMap<u32, Open>,
    /// How many events each CPU lost so far, of those that lost some.
    lost: BTreeMap<u32, u64>,
}

#[derive(Debug)]
struct Open {
    stream: Stream,
    /// The time of its latest event.
    latest: u64,
}

impl Streams {
    /// Those in a directory, of the trace with this UUID. The first one begins at this time: a
    /// trace without streams is not opened by all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(folder: &Path, uuid: Uuid, begin: u64) -> Result<Self, Error> {
        let (folder, open, lost) = (folder.to_owned(), BTreeMap::new(), BTreeMap::new());
        let mut streams = Streams { folder, uuid, open, lost };
        streams.of(0, begin)?;
        Ok(streams)
    }

    /// The time that an event of this time has in the stream of its CPU: times never go back there.
    ///
    /// # Errors
    /// When the stream cannot be written.
    pub fn time(&mut self, cpu: u32, time: u64) -> Result<u64, Error> {
        let open = self.of(cpu, time)?;
        open.latest = open.latest.max(time);
        Ok(open.latest)
    }

    /// Adds an event, with the time that [`time`](Self::time) gave.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn push(&mut self, cpu: u32, time: u64, event: &[u8]) -> Result<(), Error> {
        self.of(cpu, time)?.stream.push(time, event).map_err(|e| failed(cpu, &e))
    }

    /// How many events each CPU lost so far.
    pub fn lost(&mut self, lost: &[u64]) {
        self.lost.extend((0..).zip(lost.iter().copied()).filter(|(_, lost)| *lost > 0));
    }

    /// How many events were lost, as far as it was told.
    pub fn known_lost(&self) -> u64 {
        self.lost.values().sum()
    }

    /// Makes all that was added a part of the trace, and what was lost. CPUs that only lost events
    /// have a stream from this time on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn commit(&mut self, now: u64) -> Result<(), Error> {
        for (cpu, lost) in self.lost.clone() {
            self.of(cpu, now)?.stream.lost(lost);
        }
        let commit =
            |(cpu, open): (&u32, &mut Open)| open.stream.commit().map_err(|e| failed(*cpu, &e));
        self.open.iter_mut().try_for_each(commit)
    }

    /// Ends all of them at this time.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn finish(mut self, now: u64) -> Result<(), Error> {
        self.commit(now)?;
        let finish =
            |(cpu, open): (u32, Open)| open.stream.finish(now).map_err(|e| failed(cpu, &e));
        self.open.into_iter().try_for_each(finish)
    }

    /// The stream of a CPU. If it is not there yet, it begins at this time.
    fn of(&mut self, cpu: u32, begin: u64) -> Result<&mut Open, Error> {
        use std::collections::btree_map::Entry;
        match self.open.entry(cpu) {
            Entry::Occupied(open) => Ok(open.into_mut()),
            Entry::Vacant(place) => {
                let id = StreamId { uuid: self.uuid, number: cpu, cpu };
                let stream = Stream::create(&self.folder, &format!("cpu_{cpu}"), id, begin);
                let stream = stream.map_err(|e| failed(cpu, &e))?;
                Ok(place.insert(Open { stream, latest: begin }))
            }
        }
    }
}

fn failed(cpu: u32, error: &std::io::Error) -> Error {
    Error::of_io(format!("the recording's kernel/cpu_{cpu}"), error)
}
