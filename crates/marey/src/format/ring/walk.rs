//! A walk over a block: its packets, found and decoded at once.
//!
//! What the kernel wrote is not near the processor that reads it, and waiting for it is most of
//! what a short packet costs: so each head is looked at once.

use super::block::{Block, Frame, HEAD_BYTES, has_tag};
use crate::format::{Cut, Framed};
use crate::record::{Head, Kind};
use crate::wire::LinkType;

/// Whose packets a block has.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The interface, by its number in the section that was handed over before.
    pub interface: u32,
    /// What they begin with (`LINKTYPE_…`).
    pub link: u16,
    /// The longest that was to be stored whole; 0 for any.
    pub snaplen: u32,
    /// The latest time of those before, in nanoseconds since the Unix epoch.
    pub latest: u64,
}

/// The packets of a block.
#[derive(Debug, Default)]
pub struct Walked {
    heads: Vec<Head>,
    /// How many of the block's bytes mean something.
    len: usize,
    /// Where the first of them begins, and where the last one ends, in bytes.
    begin: usize,
    end: usize,
    is_whole: bool,
    has_tags: bool,
    cut: u64,
    late: u64,
    latest: u64,
}

impl Block<'_> {
    /// Finds its packets.
    pub fn walk(&self, from: Origin) -> Walked {
        let bytes = self.bytes();
        let mut frames = self.frames();
        let begin = frames.at().min(bytes.len());
        let count = (self.count() as usize).min(bytes.len() / HEAD_BYTES);
        let mut heads = Vec::with_capacity(count);
        let limit = if from.snaplen == 0 { u32::MAX } else { from.snaplen };
        let (mut at, mut status, mut cut, mut late) = (begin, 0, 0, 0);
        let mut latest = from.latest.cast_signed();
        while let Some(frame) = frames.next() {
            let head = head(&frame, at as u32, from);
            status |= frame.status();
            cut += u64::from(head.captured < head.wire.min(limit));
            late += u64::from(head.time < latest);
            latest = latest.max(head.time);
            heads.push(head);
            at = frames.at();
        }
        Walked {
            len: bytes.len(),
            begin,
            end: heads.last().map_or(begin, |last| (last.body + last.captured) as usize),
            is_whole: heads.len() == self.count() as usize,
            has_tags: has_tag(status),
            cut,
            late,
            latest: latest.cast_unsigned(),
            heads,
        }
    }
}

#[inline(always)]
fn head(frame: &Frame<'_>, start: u32, from: Origin) -> Head {
    Head {
        time: frame.time().cast_signed(),
        start,
        body: start + frame.body(),
        captured: frame.bytes.len() as u32,
        wire: frame.wire(),
        interface: from.interface,
        link: LinkType(from.link),
        kind: Kind::Packet,
    }
}

impl Walked {
    /// How many of the block's bytes mean something.
    pub(crate) fn bytes(&self) -> usize {
        self.len
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.heads.len() as u64
    }

    /// Whether the kernel took tags of virtual networks out of some of them.
    pub fn has_tags(&self) -> bool {
        self.has_tags
    }

    /// How many are shorter than they were to be, since the blocks are too short.
    pub fn cut(&self) -> u64 {
        self.cut
    }

    /// How many had an older time than one before them.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// The latest time, also of those before.
    pub fn latest(&self) -> u64 {
        self.latest
    }

    /// The heads, after the account of all bytes was made.
    pub(crate) fn into_heads(self, cut: &mut Cut, out: &mut Framed) -> Vec<Head> {
        out.account.header += self.begin as u64;
        out.consumed = if self.is_whole { self.len } else { self.end };
        out.account.packets += (out.consumed - self.begin) as u64;
        if !self.is_whole {
            out.damaged(cut, self.len - self.end, || "a block of packets that ends early".into());
        }
        self.heads
    }
}
