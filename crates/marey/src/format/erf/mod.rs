//! ERF, the Extensible Record Format of Endace's cards, with its provenance records.
//!
//! Sources: Endace's "ERF types reference guide" and "provenance" as Wireshark's documentation
//! and output show them.
//!
//! A sequence of records without a file header: a header of 16 bytes, extension headers of 8
//! bytes, a header of the record's type, and the captured bytes with padding. Times are
//! little-endian, all else is big-endian. Nothing marks a record's start: see `search`.
//!
//! Read on in `header` (record headers, recognising), `record` and `options` (packets),
//! `provenance` and `items` (meta records), and `tags` (what they consist of).
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::sync::Arc;

use super::search::{self, Chain, Decision, Grade};
use super::{Cut, Decode, Format, Frame, Framed, Kind as FormatKind, Recognised, Walk};
use crate::meta::{Field, Item};
use crate::record::Head;
use crate::scene::{ByteOrder, Scene};
use crate::time::{RawTime, Resolution};

mod carried;
mod header;
mod items;
mod options;
mod provenance;
mod record;
mod tags;
#[cfg(test)]
mod tests;

pub(crate) use carried::{Carried, LINK_ERF, decode_carried, frame_carried};
use header::{About, Body, HEADER_LEN, Header};
pub use record::{Inner, inner, interface_id};

/// How the format is recognised, and what it is called.
pub const KIND: FormatKind = FormatKind {
    name: "erf",
    aliases: &["rawerf"],
    description: "Endace ERF, all record types, extension headers and provenance",
    recognise: |bytes, end| match header::recognise(bytes, end) {
        Recognised::More(len) if len > super::RECOGNISE_LEN_MAX => Recognised::No,
        recognised => recognised,
    },
};

const DAY_S: u64 = 86_400;

/// ERF: its records say all, so there is nothing to know of a file.
pub(crate) struct Erf;

/// ERF, whatever the bytes look like: for an input that is called ERF.
pub fn format() -> Arc<dyn Format> {
    Arc::new(Erf)
}

/// What a cut carries, to judge headers by.
#[derive(Clone, Copy)]
struct Seen {
    /// How many bytes follow the headers of records of a fixed length; 0 if not known.
    space: u64,
    /// The seconds of the last record, plus one; 0 if there was none.
    seconds: u64,
}

impl Seen {
    fn of(cut: &Cut) -> Self {
        let [space, seconds] = cut.carry;
        Seen { space, seconds }
    }

    /// Whether the time of a header is within a day of that of the last record.
    #[inline(always)]
    fn is_near(&self, header: &Header) -> bool {
        let last = self.seconds.wrapping_sub(1);
        self.seconds != 0 && u64::from(header.seconds()).abs_diff(last) <= DAY_S
    }

    /// Whether a header and what follows confirm one another: its time is plausible, and its length
    /// is that of its headers and of the packet, with or without padding to 8 bytes, or with as
    /// much of the packet as was seen to be kept.
    #[inline(always)]
    fn is_sure(&self, header: &Header, about: About, record: &[u8]) -> bool {
        let is_timely = header.is_of_era() || self.is_near(header);
        if !is_timely || !about.is_assigned || about.body == Body::Pad || header.wire == 0 {
            return false;
        }
        let Some(head_len) = header.head_len(about, record) else { return false };
        let space = usize::from(header.len) - head_len;
        let wire = usize::from(header.wire);
        let whole =
            space == wire || (header.len.is_multiple_of(8) && (wire..wire + 8).contains(&space));
        if about.body == Body::Meta {
            return whole && provenance::is_whole(record, head_len, wire);
        }
        let is_fixed = wire > space || header.flags & header::VARYING_LENGTH == 0;
        whole || (is_fixed && space != 0 && space as u64 == self.space)
    }
}

/// Decides about a record that is far from the last one in time, as where traces were joined: it is
/// believed if the record after it is near to itself.
fn jump(rest: &[u8], end: bool, cut: &Cut) -> Option<Decision> {
    let is_plausible = |header: &Header| {
        let len_min = header.about().map(|about| header.head_len_min(about));
        header.is_of_era() && len_min.is_some_and(|min| usize::from(header.len) >= min)
    };
    let header = Header::read(rest, 0).filter(is_plausible)?;
    let seen = Seen::of(cut);
    if !cut.in_sync || seen.seconds == 0 || seen.is_near(&header) {
        return None;
    }
    let len = usize::from(header.len);
    let Some(next) = Header::read(rest, len) else {
        return (!end).then_some(Decision::More(len + HEADER_LEN));
    };
    let seen = Seen { seconds: u64::from(header.seconds()) + 1, ..seen };
    (is_plausible(&next) && seen.is_near(&next)).then_some(Decision::Record(len))
}

impl Frame for Erf {
    fn frame(&self, window: &[u8], end: bool, cut: &mut Cut, out: &mut Framed) -> Walk {
        search::walk(self, window, end, cut, out)
    }
}

/// Whether a grade is `Odd` or `Invalid` depends on a header's 16 bytes alone, because no more of
/// the header that follows a doubtful record need be there. All else that may be wrong with a
/// record keeps it from being `Sure`.
impl Chain for Erf {
    fn head_len(&self) -> usize {
        HEADER_LEN
    }

    fn grade(&self, bytes: &[u8], at: usize, cut: &Cut) -> Grade {
        let Some(header) = Header::read(bytes, at) else {
            return Grade::Invalid("no record header");
        };
        let Some(about) = header.about() else {
            return Grade::Invalid("the record type is not known");
        };
        let len = usize::from(header.len);
        if len < header.head_len_min(about) {
            return Grade::Invalid("the record length is smaller than its headers");
        }
        let seen = Seen::of(cut);
        let is_timely = match seen.seconds {
            _ if about.body == Body::Pad && header.time == 0 => true,
            0 => header.is_of_era(),
            _ => seen.is_near(&header),
        };
        if seen.is_sure(&header, about, bytes.get(at..).unwrap_or(&[])) {
            Grade::Sure(len)
        } else if is_timely && (about.body == Body::Pad || !header.has_excess(about)) {
            Grade::Sound(len)
        } else if about.body == Body::Pad {
            Grade::Invalid("padding of another time")
        } else {
            Grade::Odd(len)
        }
    }

    /// Extension headers, and what a record about the recording says, are looked at, too.
    fn graded_len(&self, bytes: &[u8], at: usize) -> usize {
        let header = Header::read(bytes, at);
        header.map_or(HEADER_LEN, |header| usize::from(header.len).max(HEADER_LEN))
    }

    fn may_swallow(&self, bytes: &[u8]) -> bool {
        let header = Header::read(bytes, 0);
        header.is_some_and(|h| h.about().is_some_and(|about| h.has_excess(about)))
    }

    fn seconds(&self, bytes: &[u8], at: usize) -> Option<u64> {
        Header::read(bytes, at).map(|header| u64::from(header.seconds()))
    }

    fn last_seconds(&self, cut: &Cut) -> Option<u64> {
        Seen::of(cut).seconds.checked_sub(1)
    }

    fn other_ends(&self, bytes: &[u8], cut: &Cut) -> [Option<usize>; 2] {
        let Some(header) = Header::read(bytes, 0) else { return [None; 2] };
        let Some(about) = header.about() else { return [None; 2] };
        let any_len = Header { len: u16::MAX, ..header };
        let Some(head_len) = any_len.head_len(about, bytes) else { return [None; 2] };
        let exact = head_len + usize::from(header.wire);
        let padded = exact.next_multiple_of(8);
        let space = Seen::of(cut).space as usize;
        match space != 0 && space < usize::from(header.wire) {
            true => [Some(head_len + space), Some(padded)],
            false => [Some(padded), Some(exact)],
        }
    }

    /// Only packets: meta records change the scene.
    fn walk_sure(&self, window: &[u8], cut: &mut Cut, out: &mut Framed) {
        let mut at = out.consumed;
        let mut seen = Seen::of(cut);
        let mut lost = 0;
        while let Some(header) = Header::read(window, at) {
            let Some(about) = header.about() else { break };
            let next = at + usize::from(header.len);
            let Some(record) = window.get(at..next) else { break };
            if about.body == Body::Meta || !seen.is_sure(&header, about, record) {
                break;
            }
            out.starts.push(at as u32);
            if !about.is_colour {
                lost += u64::from(header.counter);
            }
            seen.seconds = u64::from(header.seconds()) + 1;
            at = next;
        }
        cut.carry = [seen.space, seen.seconds];
        cut.lost_by_packets = cut.lost_by_packets.saturating_add(lost);
        out.account.packets += (at - out.consumed) as u64;
        out.consumed = at;
    }

    fn take(&self, window: &[u8], len: usize, cut: &mut Cut, out: &mut Framed) {
        let record = window.get(out.consumed..out.consumed + len).unwrap_or(&[]);
        let header = Header::read(record, 0);
        let Some((header, about)) = header.and_then(|h| Some((h, h.about()?))) else {
            return out.damaged(cut, len, || "no record header".to_owned());
        };
        if about.body == Body::Pad {
            out.account.padding += len as u64;
            out.consumed += len;
            return;
        }
        let Some(head_len) = header.head_len(about, record) else {
            let reason = "the extension headers run beyond their record";
            return out.damaged(cut, len, || reason.to_owned());
        };
        let space = usize::from(header.len) - head_len;
        let is_fixed = header.flags & header::VARYING_LENGTH == 0;
        let seen_space = match about.body {
            Body::Meta => Seen::of(cut).space,
            _ if is_fixed || usize::from(header.wire) > space => space as u64,
            _ => Seen::of(cut).space,
        };
        cut.carry = [seen_space, u64::from(header.seconds()) + 1];
        if about.body == Body::Meta {
            let (items, _) = provenance::items(record, &cut.scene);
            cut.scene.apply(&items);
            return out.meta(len);
        }
        if !about.is_colour {
            cut.lost_by_packets = cut.lost_by_packets.saturating_add(u64::from(header.counter));
        }
        out.packet(len);
    }

    fn decide_first(&self, rest: &[u8], end: bool, cut: &Cut) -> Option<Decision> {
        jump(rest, end, cut)
    }
}

impl Decode for Erf {
    fn decode(&self, bytes: &[u8], starts: &[u32], scene: &mut Scene, heads: &mut Vec<Head>) {
        record::heads(bytes, starts, scene, heads);
    }

    fn meta_items<'a>(&self, bytes: &'a [u8], scene: &Scene) -> (Vec<Item<'a>>, usize) {
        provenance::items(bytes, scene)
    }

    fn meta_fields<'a>(&self, bytes: &'a [u8], _: &Scene) -> Vec<Field<'a>> {
        provenance::fields(bytes)
    }

    fn packet_options<'a>(&self, bytes: &'a [u8], _: &Scene) -> Vec<Field<'a>> {
        options::options(bytes)
    }

    fn raw_time(&self, bytes: &[u8], _: &Scene) -> Option<RawTime> {
        let value = Header::read(bytes, 0)?.time;
        Some(RawTime { value, resolution: Resolution::Binary(32), offset_s: 0 })
    }
}

impl Format for Erf {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn variant(&self) -> String {
        Resolution::Binary(32).to_string()
    }

    fn start(&self) -> Cut {
        Cut::at_start(Scene::without_interfaces(ByteOrder::Big, (0, 0)))
    }
}
