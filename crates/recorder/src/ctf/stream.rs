//! A data stream in a file that is valid at any moment.
//!
//! A process can be killed between any two system calls, and within one that writes more than a
//! page. So what makes the file another one is always a write within one page:
//!
//! * A packet is made room for page by page; each page is a packet of its own, without events.
//!   Then the first one's head is written again, as that of all of them.
//! * Events are written behind the content, where readers see padding. Then the head is written
//!   again, with a longer content.
//! * At the end, the pages that are left become packets of their own again, the head is written
//!   once more, and these pages are cut off.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use marey_ctf::packed::{HEAD_BYTES, Head};
use marey_ctf::schema::Uuid;

use super::NATIVE;

/// What is written at once or not at all.
pub const PAGE_BYTES: usize = 4096;
/// How long packets are, but for those with an event that is longer.
const PACKET_BYTES: usize = 16 * PAGE_BYTES;

/// Which stream it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamId {
    /// The trace's.
    pub uuid: Uuid,
    /// Its number among the streams of the trace.
    pub number: u32,
    /// The CPU of its events.
    pub cpu: u32,
}

/// How a file of a stream ended, and where the next one goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Ended {
    /// How long the file is.
    pub bytes: u64,
    /// How many packets the stream has so far.
    pub packets: u64,
    /// How many of its events were lost so far.
    pub lost: u64,
    /// The time at its end.
    pub time: u64,
}

/// A data stream that is being written.
#[derive(Debug)]
pub struct Stream {
    file: File,
    /// Where the current packet begins.
    start: u64,
    head: Head,
    /// Content that is not in the file yet.
    pending: Vec<u8>,
    /// How long the content is with it.
    content: usize,
    /// Whether something changed since the head was written.
    is_behind: bool,
}

impl Stream {
    /// A stream of this name in a directory, or a file in which it goes on; it is there when it is
    /// valid.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn create(
        folder: &Path,
        name: &str,
        id: StreamId,
        time: u64,
        from: Ended,
    ) -> io::Result<Self> {
        let hidden = folder.join(format!(".{name}"));
        let file = File::options().read(true).write(true).create_new(true).open(&hidden)?;
        let head = Head {
            uuid: id.uuid,
            stream: id.number,
            cpu: id.cpu,
            begin: time,
            end: time,
            sequence: from.packets,
            discarded: from.lost,
            ..Head::default()
        };
        let (pending, content) = (Vec::new(), HEAD_BYTES);
        let mut stream = Stream { file, start: 0, head, pending, content, is_behind: false };
        stream.make_room(PACKET_BYTES)?;
        std::fs::rename(&hidden, folder.join(name))?;
        Ok(stream)
    }

    /// Adds an event. It is in the file after the next [`commit`](Self::commit).
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn push(&mut self, time: u64, event: &[u8]) -> io::Result<()> {
        if self.content + event.len() > self.head.packet_bytes as usize {
            self.commit()?;
            self.next_packet(time, event.len())?;
        }
        if self.content == HEAD_BYTES {
            self.head.begin = time.max(self.head.end);
        }
        self.head.end = self.head.end.max(time);
        self.pending.extend(event);
        self.content += event.len();
        self.is_behind = true;
        Ok(())
    }

    /// How many events of this stream were lost so far.
    pub fn lost(&mut self, lost: u64) {
        self.is_behind |= self.head.discarded != lost;
        self.head.discarded = lost;
    }

    /// How long the file is.
    pub fn bytes(&self) -> u64 {
        self.start + self.head.packet_bytes
    }

    /// Whether something waits for [`commit`](Self::commit).
    pub fn is_behind(&self) -> bool {
        self.is_behind
    }

    /// Makes all events so far a part of the trace.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn commit(&mut self) -> io::Result<()> {
        if !self.is_behind {
            return Ok(());
        }
        let at = self.start + (self.content - self.pending.len()) as u64;
        self.file.write_all_at(&self.pending, at)?;
        self.pending.clear();
        self.write_head()?;
        self.is_behind = false;
        Ok(())
    }

    /// The last commit, at this time; what is left of the packet is cut off.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self, time: u64) -> io::Result<Ended> {
        self.shorten(time)?;
        let Head { sequence, discarded, end, packet_bytes, .. } = self.head;
        let bytes = self.start + packet_bytes;
        self.file.set_len(bytes)?;
        Ok(Ended { bytes, packets: sequence + 1, lost: discarded, time: end })
    }

    /// Makes packets of their own of the pages that are left.
    fn shorten(&mut self, time: u64) -> io::Result<()> {
        self.commit()?;
        let kept = self.content.next_multiple_of(PAGE_BYTES);
        let all = self.head.packet_bytes as usize;
        self.head.end = self.head.end.max(time);
        // They come behind this one, however many pages that has.
        for (nth, page) in (kept..all).step_by(PAGE_BYTES).enumerate() {
            self.write_empty(page, nth as u64 + 1)?;
        }
        self.head.packet_bytes = kept as u64;
        self.write_head()
    }

    fn next_packet(&mut self, time: u64, event_bytes: usize) -> io::Result<()> {
        self.start += self.head.packet_bytes;
        self.head.sequence += 1;
        self.head.end = self.head.end.max(time);
        self.head.begin = self.head.end;
        self.content = HEAD_BYTES;
        let needed = (HEAD_BYTES + event_bytes).next_multiple_of(PAGE_BYTES);
        self.make_room(needed.max(PACKET_BYTES))
    }

    /// Room for a packet at the end of the file.
    fn make_room(&mut self, bytes: usize) -> io::Result<()> {
        for (nth, page) in (0..bytes).step_by(PAGE_BYTES).enumerate() {
            self.write_empty(page, nth as u64)?;
        }
        self.head.packet_bytes = bytes as u64;
        self.write_head()
    }

    /// A page that is a packet without events: so many packets behind this one.
    fn write_empty(&self, at: usize, behind: u64) -> io::Result<()> {
        let head = Head {
            packet_bytes: PAGE_BYTES as u64,
            content_bytes: HEAD_BYTES as u64,
            begin: self.head.end,
            sequence: self.head.sequence + behind,
            ..self.head
        };
        let mut page = [0; PAGE_BYTES];
        if let Some(to) = page.get_mut(..HEAD_BYTES) {
            to.copy_from_slice(&head.bytes(NATIVE));
        }
        self.file.write_all_at(&page, self.start + at as u64)
    }

    fn write_head(&mut self) -> io::Result<()> {
        self.head.content_bytes = self.content as u64;
        self.file.write_all_at(&self.head.bytes(NATIVE), self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_numbered_without_a_gap_when_it_is_killed_at_its_end() {
        let folder = std::env::temp_dir().join(format!("marey-stream-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let id = StreamId { uuid: [7; 16], number: 0, cpu: 0 };
        let mut stream =
            Stream::create(&folder, "one", id, 1, Ended::default()).expect("it is made");
        stream.push(2, &[0; 3 * PAGE_BYTES]).expect("it is written");
        stream.shorten(3).expect("it is written");
        let bytes = std::fs::read(folder.join("one")).expect("it is there");
        std::fs::remove_dir_all(&folder).expect("it is there");
        let (mut at, mut numbers) = (0, Vec::new());
        while let Some(head) = bytes.get(at..).and_then(<[u8]>::first_chunk::<HEAD_BYTES>) {
            let head = Head::parse(head, NATIVE).expect("a packet");
            numbers.push(head.sequence);
            at += head.packet_bytes as usize;
        }
        assert_eq!(numbers, (0..13).collect::<Vec<_>>());
    }
}
