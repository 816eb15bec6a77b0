//! The streams of a recording: one for each CPU that had an event, and one for what there was at
//! the start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use marey_ctf::schema::Uuid;

use crate::ctf::{Ended, Stream, StreamId};
use crate::error::Error;

/// The stream that has what there was at the start, in a file of its own: it stays whatever parts
/// are removed.
pub const STATE: &str = "state";
/// No CPU has this number.
const STATE_NUMBER: u32 = u32::MAX;

/// The streams of a recording.
#[derive(Debug)]
pub struct Streams {
    folder: PathBuf,
    uuid: Uuid,
    /// The number of the part that is being written, if there are several.
    part: Option<u64>,
    open: BTreeMap<u32, Open>,
    state: Option<Open>,
    /// How those of the parts before ended.
    ended: BTreeMap<u32, Ended>,
    /// How many bytes the files of CPUs have.
    bytes: u64,
    /// How many events each CPU lost so far, of those that lost some.
    lost: BTreeMap<u32, u64>,
}

#[derive(Debug)]
struct Open {
    path: PathBuf,
    stream: Stream,
    /// The time of its latest event.
    latest: u64,
}

impl Streams {
    /// Those in a directory, of the trace with this UUID. The first one begins at this time: a
    /// trace without streams is not opened by all. In parts it is that of the start, since others
    /// may be removed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(folder: &Path, uuid: Uuid, part: Option<u64>, begin: u64) -> Result<Self, Error> {
        let mut streams = Streams {
            folder: folder.to_owned(),
            uuid,
            part,
            open: BTreeMap::new(),
            state: None,
            ended: BTreeMap::new(),
            bytes: 0,
            lost: BTreeMap::new(),
        };
        match part {
            None => drop(streams.of(0, begin)?),
            Some(_) => drop(streams.state(begin)?),
        }
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
        let open = self.of(cpu, time)?;
        let before = open.stream.bytes();
        open.stream.push(time, event).map_err(|e| failed(&open.path, &e))?;
        self.bytes += open.stream.bytes() - before;
        Ok(())
    }

    /// Adds what there was at the start; times do not go back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn push_state(&mut self, time: u64, event: &[u8]) -> Result<(), Error> {
        let open = self.state(time)?;
        open.stream.push(time, event).map_err(|e| failed(&open.path, &e))
    }

    /// The stream of what there was at the start. If it is not there yet, it begins at this time.
    fn state(&mut self, begin: u64) -> Result<&mut Open, Error> {
        let open = match self.state.take() {
            Some(open) => open,
            None => self.create(STATE, (STATE_NUMBER, 0), begin, Ended::default())?,
        };
        Ok(self.state.insert(open))
    }

    /// How many bytes the files of CPUs have, in the part that is being written.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The file of what there was at the start, if there is one.
    pub fn state_file(&self) -> Option<&Path> {
        self.state.as_ref().map(|open| open.path.as_path())
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
            let is_told = self.ended.get(&cpu).is_some_and(|ended| ended.lost == lost);
            if !is_told || self.open.contains_key(&cpu) {
                self.of(cpu, now)?.stream.lost(lost);
            }
        }
        let commit = |open: &mut Open| open.stream.commit().map_err(|e| failed(&open.path, &e));
        self.open.values_mut().chain(&mut self.state).try_for_each(commit)
    }

    /// Ends the files of CPUs where their latest events are, and goes on in others. The files that
    /// have ended, with their lengths.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn next_part(&mut self, number: u64) -> Result<Vec<(PathBuf, u64)>, Error> {
        let mut files = Vec::new();
        for (cpu, Open { path, stream, latest }) in std::mem::take(&mut self.open) {
            let ended = stream.finish(latest).map_err(|e| failed(&path, &e))?;
            files.push((path, ended.bytes));
            self.ended.insert(cpu, ended);
        }
        (self.part, self.bytes) = (Some(number), 0);
        Ok(files)
    }

    /// Ends all of them at this time.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn finish(&mut self, now: u64) -> Result<(), Error> {
        self.commit(now)?;
        let open = std::mem::take(&mut self.open).into_values();
        for open in open.chain(self.state.take()) {
            open.stream.finish(now).map_err(|e| failed(&open.path, &e))?;
        }
        Ok(())
    }

    /// The stream of a CPU. If it is not there yet, it begins at this time, or where it ended in
    /// the part before.
    fn of(&mut self, cpu: u32, begin: u64) -> Result<&mut Open, Error> {
        if !self.open.contains_key(&cpu) {
            let name = match self.part {
                None => format!("cpu_{cpu}"),
                Some(part) => format!("cpu_{cpu}_{part:04}"),
            };
            let ended = self.ended.get(&cpu).copied().unwrap_or_default();
            let open = self.create(&name, (cpu, cpu), begin.max(ended.time), ended)?;
            self.bytes += open.stream.bytes();
            self.open.insert(cpu, open);
        }
        let missing = || Error::misuse("a stream", "it is not there");
        self.open.get_mut(&cpu).ok_or_else(missing)
    }

    fn create(
        &self,
        name: &str,
        (number, cpu): (u32, u32),
        begin: u64,
        ended: Ended,
    ) -> Result<Open, Error> {
        let id = StreamId { uuid: self.uuid, number, cpu };
        let path = self.folder.join(name);
        let stream = Stream::create(&self.folder, name, id, begin, ended);
        let stream = stream.map_err(|e| failed(&path, &e))?;
        Ok(Open { path, stream, latest: begin })
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Error::of_io(format!("the recording's kernel/{name}"), error)
}
