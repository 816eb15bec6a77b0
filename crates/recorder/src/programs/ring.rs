//! A ring of a program, and the stream that its events go to.

use std::collections::VecDeque;
use std::io;

use marey_ctf::schema::Uuid;
use marey_layer::drain::{self, Counts, Mark, Record};

use super::account::Losses;
use crate::ctf::{Ended, Stream, StreamId};

/// What the names of streams begin with.
pub const PREFIX: &str = "ring_";

/// What was read of a ring at once.
#[derive(Debug, Default)]
pub struct Batch {
    heads: Vec<Head>,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Head {
    class: u32,
    time: u64,
    thread: u32,
    sequence: u64,
    start: usize,
    end: usize,
}

impl Batch {
    /// The highest number of a class in it.
    pub fn latest_class(&self) -> u32 {
        self.heads.iter().map(|head| head.class).max().unwrap_or(0)
    }

    /// The events, in order.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.heads.iter().map(|head| Record {
            class: head.class,
            time_ns: head.time,
            thread: head.thread,
            sequence: head.sequence,
            payload: self.bytes.get(head.start..head.end).unwrap_or_default(),
        })
    }

    fn add(&mut self, record: &Record<'_>) {
        let start = self.bytes.len();
        self.bytes.extend(record.payload);
        self.heads.push(Head {
            class: record.class,
            time: record.time_ns,
            thread: record.thread,
            sequence: record.sequence,
            start,
            end: self.bytes.len(),
        });
    }
}

/// A ring: of threads, or of the signal handlers that interrupted them.
#[derive(Debug)]
pub struct Ring {
    from: drain::Stream,
    to: Option<Stream>,
    /// How the stream ended in the part before.
    ended: Ended,
    /// The file of the stream.
    file: String,
    /// The time of its latest event.
    latest: u64,
    /// The same, of those that were read.
    held: u64,
    /// What was counted before the recording began.
    before: Counts,
    /// What is not later than this is recorded already.
    recorded: Option<u64>,
    /// What the recorder's filter had discarded in the program when the recording began, and now.
    discarded: (u64, u64),
    /// How many events were read, and about how many of these was decided.
    read: u64,
    decided: u64,
    /// What may be overwritten when so many are decided.
    marks: VecDeque<(u64, Mark)>,
}

impl Ring {
    /// One of which nothing was read yet.
    pub fn new(from: drain::Stream) -> Self {
        Ring {
            from,
            to: None,
            ended: Ended::default(),
            file: String::new(),
            latest: 0,
            held: 0,
            before: Counts::default(),
            recorded: None,
            discarded: (0, 0),
            read: 0,
            decided: 0,
            marks: VecDeque::new(),
        }
    }

    /// What is not later than this is recorded already, if this is a time: it is left out.
    pub fn is_recorded_up_to(&mut self, time: Option<u64>) {
        self.recorded = time;
    }

    /// What was lost up to here, nobody lost who records.
    pub fn begin_here(&mut self) {
        self.before = self.from.counts();
        self.look_at_filter();
        self.discarded.0 = self.discarded.1;
    }

    /// Reads how many events the recorder's filter discarded in the program; what is known stays
    /// where that cannot be read.
    pub fn look_at_filter(&mut self) {
        if let Ok(counts) = self.from.filters() {
            self.discarded.1 = counts.discarded;
        }
    }

    /// How many events the recorder's filter discarded in the program.
    pub fn discarded_by_filter(&self) -> u64 {
        self.discarded.1.saturating_sub(self.discarded.0)
    }

    /// Reads all that is there.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn read(&mut self, batch: &mut Batch) -> Result<(), drain::Error> {
        batch.heads.clear();
        batch.bytes.clear();
        let read = self.from.read(|record| {
            if self.recorded.is_none_or(|recorded| record.time_ns > recorded) {
                batch.add(&record);
            }
            Some(())
        });
        self.read += batch.heads.len() as u64;
        read.map(drop)
    }

    /// About what was read is decided later: it is not overwritten before.
    pub fn hold(&mut self) {
        self.marks.push_back((self.read, self.from.mark()));
    }

    /// It is decided about so many events more, in the order in which they were read.
    pub fn is_decided(&mut self, events: u64) {
        self.decided += events;
    }

    /// Whether it is not decided about all yet that was read.
    pub fn is_waiting(&self) -> bool {
        self.decided < self.read
    }

    /// The time that an event of this time has in the stream: times never go back there.
    pub fn time(&mut self, time: u64) -> u64 {
        self.latest = self.latest.max(time);
        self.latest
    }

    /// The time at which an event of this time waits: it comes behind those that were read before.
    pub fn hold_time(&mut self, time: u64) -> u64 {
        self.held = self.held.max(time);
        self.held
    }

    /// Whether it has a stream.
    pub fn has_stream(&self) -> bool {
        self.to.is_some()
    }

    /// What its stream is called.
    pub fn name(&self) -> String {
        match self.from.place() {
            (ring, 0) => format!("{PREFIX}{ring}"),
            (ring, _) => format!("{PREFIX}{ring}_signals"),
        }
    }

    /// What the file of its stream is called, in a part if there are some.
    pub fn file_name(&self, part: Option<u64>) -> String {
        let name = self.name();
        part.map_or_else(|| name.clone(), |part| format!("{name}_{part:04}"))
    }

    /// Which stream it is of the trace with this UUID.
    pub fn id(&self, uuid: Uuid) -> StreamId {
        let (ring, level) = self.from.place();
        StreamId { uuid, number: 2 * ring + level as u32, cpu: ring }
    }

    /// How its stream ended in the part before.
    pub fn ended(&self) -> Ended {
        self.ended
    }

    /// Its events go there from now on, into this file; the stream begins at this time.
    pub fn set_stream(&mut self, stream: Stream, file: String, begin: u64) {
        self.latest = self.latest.max(begin);
        (self.to, self.file) = (Some(stream), file);
    }

    /// Ends the file of its stream at this time, if there is one: its name, and how long it is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end_file(&mut self, time: u64) -> io::Result<Option<(String, u64)>> {
        let Some(stream) = self.to.take() else { return Ok(None) };
        self.ended = stream.finish(time)?;
        Ok(Some((std::mem::take(&mut self.file), self.ended.bytes)))
    }

    /// The time of the latest event of its stream.
    pub fn latest(&self) -> u64 {
        self.latest
    }

    /// How long the file of its stream is.
    pub fn file_bytes(&self) -> u64 {
        self.to.as_ref().map_or(0, Stream::bytes)
    }

    /// Whether it is to be told in its stream that so many events were lost.
    pub fn is_to_tell(&self, lost: u64) -> bool {
        lost > 0 && (self.to.is_some() || self.ended.lost != lost)
    }

    /// Adds an event to its stream.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn push(&mut self, time: u64, event: &[u8]) -> io::Result<()> {
        self.to.as_mut().map_or(Ok(()), |stream| stream.push(time, event))
    }

    /// What became of its events, those before the recording among them.
    pub fn counts(&self) -> Counts {
        self.from.counts()
    }

    /// What had become of them when the recording began.
    pub fn before(&self) -> &Counts {
        &self.before
    }

    /// How many were lost.
    pub fn lost(&self) -> u64 {
        let mut lost = Losses::default();
        lost.of_stream(&self.before, &self.from.counts());
        lost.sum()
    }

    /// How many events of its stream were lost so far.
    pub fn tell_lost(&mut self, lost: u64) {
        self.to.iter_mut().for_each(|stream| stream.lost(lost));
    }

    /// Makes all events a part of the trace.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn commit(&mut self) -> io::Result<()> {
        self.to.as_mut().map_or(Ok(()), Stream::commit)
    }

    /// The program may overwrite what was read and decided about.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub fn release(&mut self) -> Result<(), drain::Error> {
        let mut to = None;
        while let Some((_, mark)) = self.marks.pop_front_if(|(read, _)| *read <= self.decided) {
            to = Some(mark);
        }
        to.map_or(Ok(()), |mark| self.from.commit_to(mark))
    }
}

/// The name of a stream, of that of one of its files: without the part.
pub fn stream_of(file: &str) -> Option<String> {
    let mut words = file.strip_prefix(PREFIX)?.split('_');
    let ring: u32 = words.next()?.parse().ok()?;
    let signals = if words.next() == Some("signals") { "_signals" } else { "" };
    Some(format!("{PREFIX}{ring}{signals}"))
}

#[cfg(test)]
mod tests {
    use super::stream_of;

    #[test]
    fn a_stream_has_files() {
        for file in ["ring_7", "ring_7_0001", "ring_7_12345"] {
            assert_eq!(stream_of(file).as_deref(), Some("ring_7"), "{file}");
        }
        for file in ["ring_0_signals", "ring_0_signals_0009"] {
            assert_eq!(stream_of(file).as_deref(), Some("ring_0_signals"), "{file}");
        }
        assert_eq!(
            (stream_of("metadata"), stream_of("ring_x"), stream_of(".ring_1")),
            (None, None, None)
        );
    }
}
