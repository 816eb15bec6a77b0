//! A ring of a program, and the stream that its events go to.

use std::io;

use marey_ctf::schema::Uuid;
use marey_layer::drain::{self, Counts, Record};

use super::account::Losses;
use crate::ctf::{Stream, StreamId};

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
    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The highest number of a class in it.
    pub fn latest_class(&self) -> u32 {
        self.heads.iter().map(|head| head.class).max().unwrap_or(0)
    }

    /// The time of its first event.
    pub fn first_time(&self) -> Option<u64> {
        self.heads.first().map(|head| head.time)
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
    /// The time of its latest event.
    latest: u64,
    /// What was counted before the recording began.
    before: Counts,
    /// What is not later than this is recorded already.
    recorded: Option<u64>,
    /// What the recorder's filter had discarded in the program when the recording began.
    discarded_before: u64,
}

impl Ring {
    /// One of which nothing was read yet.
    pub fn new(from: drain::Stream) -> Self {
        Ring {
            from,
            to: None,
            latest: 0,
            before: Counts::default(),
            recorded: None,
            discarded_before: 0,
        }
    }

    /// What is not later than this is recorded already, if this is a time: it is left out.
    pub fn is_recorded_up_to(&mut self, time: Option<u64>) {
        self.recorded = time;
    }

    /// What was lost up to here, nobody lost who records.
    pub fn begin_here(&mut self) {
        self.before = self.from.counts();
        self.discarded_before = self.discarded();
    }

    fn discarded(&self) -> u64 {
        self.from.filters().map_or(0, |counts| counts.discarded)
    }

    /// How many events the recorder's filter discarded in the program.
    pub fn discarded_by_filter(&self) -> u64 {
        self.discarded().saturating_sub(self.discarded_before)
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
        read.map(drop)
    }

    /// The time that an event of this time has in the stream: times never go back there.
    pub fn time(&mut self, time: u64) -> u64 {
        self.latest = self.latest.max(time);
        self.latest
    }

    /// Whether it has a stream.
    pub fn has_stream(&self) -> bool {
        self.to.is_some()
    }

    /// What its stream is called.
    pub fn name(&self) -> String {
        match self.from.place() {
            (ring, 0) => format!("ring_{ring}"),
            (ring, _) => format!("ring_{ring}_signals"),
        }
    }

    /// Which stream it is of the trace with this UUID.
    pub fn id(&self, uuid: Uuid) -> StreamId {
        let (ring, level) = self.from.place();
        StreamId { uuid, number: 2 * ring + level as u32, cpu: ring }
    }

    /// Its events go there from now on; the stream begins at this time.
    pub fn set_stream(&mut self, stream: Stream, begin: u64) {
        self.latest = self.latest.max(begin);
        self.to = Some(stream);
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

    /// The program may overwrite what was read.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub fn release(&mut self) -> Result<(), drain::Error> {
        self.from.commit()
    }

    /// Ends the stream at this time.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self, now: u64) -> io::Result<()> {
        self.to.map_or(Ok(()), |stream| stream.finish(now).map(drop))
    }
}
