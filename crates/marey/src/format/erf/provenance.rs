//! Provenance: the meta records of ERF, as sections and tags and as typed items.
//!
//! A record's payload is a list of tags: a number and a length of 16 bits each, and a value padded
//! to 4 bytes. Tags from 0xff00 on begin a section, to which the tags after it belong.

use super::header::{self, Header, ext_type, time_ns};
use super::items::Items;
use super::options::ext_fields;
use super::record::port;
use super::tags::{self, SECTION_NONE};
use crate::meta::{Field, Item, Value};
use crate::scene::Scene;
use crate::time::Timestamp;

/// The tag that pads a record.
const TAG_PADDING: u16 = 0;
const TAG_HEAD_LEN: usize = 4;
/// Tags from here on begin a section.
const SECTIONS: u16 = 0xff00;

/// The bit of an anchor-id extension header that says: this record is about the anchor.
const ANCHOR_DEFINITION: u64 = 1 << 55;

/// A tag as it stands.
#[derive(Clone, Copy)]
pub(super) struct Tag<'a> {
    pub number: u16,
    value: &'a [u8],
    /// Whether the record ends before the value does.
    is_cut: bool,
    /// How many bytes of the record are the tag's.
    len: usize,
}

impl<'a> Tag<'a> {
    /// Its name and what it says.
    pub fn decode(&self) -> (&'static str, Value<'a>) {
        match (self.is_cut, tags::decode(self.number, self.value)) {
            (false, decoded) => decoded,
            (true, (name, _)) => (name, Value::Malformed(self.value)),
        }
    }

    /// The address and the name in the value of a name tag.
    pub fn split<const N: usize>(&self) -> Option<([u8; N], &'a [u8])> {
        let (address, name) = self.value.split_first_chunk::<N>()?;
        (!self.is_cut).then_some((*address, name))
    }

    fn is_section(&self) -> bool {
        self.number >= SECTIONS
    }
}

/// The tags of a payload, padding among them.
struct Tags<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        let (&[n0, n1, l0, l1], rest) = self.rest.split_first_chunk::<TAG_HEAD_LEN>()?;
        let number = u16::from_be_bytes([n0, n1]);
        let value_len = usize::from(u16::from_be_bytes([l0, l1]));
        let value = rest.get(..value_len);
        let padded = value_len.next_multiple_of(4).min(rest.len());
        self.rest = rest.get(padded..).unwrap_or(&[]);
        Some(Tag {
            number,
            value: value.unwrap_or(rest),
            is_cut: value.is_none(),
            len: TAG_HEAD_LEN + padded,
        })
    }
}

/// A section with its tags, or what stands before the first section.
pub(super) struct Part<'a> {
    /// The tag that begins it, or [`SECTION_NONE`].
    pub section: u16,
    /// Its number.
    pub id: u16,
    /// Its length as it says itself, and its tag's value.
    declared_len: u16,
    head: &'a [u8],
    /// Its length.
    len: usize,
    tags: Vec<Tag<'a>>,
}

impl<'a> Part<'a> {
    fn before_sections() -> Self {
        let (section, tags) = (SECTION_NONE, Vec::new());
        Part { section, id: 0, declared_len: 0, head: &[], len: 0, tags }
    }

    fn begun_by(tag: Tag<'a>) -> Self {
        let (id, declared_len) = match *tag.value {
            [i0, i1, l0, l1, ..] => (u16::from_be_bytes([i0, i1]), u16::from_be_bytes([l0, l1])),
            _ => (0, 0),
        };
        let section = tag.number;
        Part { section, id, declared_len, head: tag.value, len: tag.len, tags: Vec::new() }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        tags::section_name(self.section)
    }

    /// Its tags without padding, in order.
    pub fn tags(&self) -> impl Iterator<Item = &Tag<'a>> {
        self.tags.iter().filter(|tag| tag.number != TAG_PADDING)
    }

    /// What the first tag `number` says.
    pub fn value(&self, number: u16) -> Option<Value<'a>> {
        self.tags().find(|tag| tag.number == number).map(|tag| tag.decode().1)
    }

    fn head_fields(&self) -> impl Iterator<Item = Field<'a>> {
        let field = |name, value| Field { code: self.section, name, part: self.name(), value };
        let len = match usize::from(self.declared_len) == self.len && self.head.len() == 4 {
            true => Value::U64(u64::from(self.declared_len)),
            false => Value::Malformed(self.head),
        };
        let head =
            [field("section_id", Value::U64(u64::from(self.id))), field("section_length", len)];
        head.into_iter().filter(|_| self.section != SECTION_NONE)
    }
}

/// The payload of the record at the start of `bytes`, without the record's padding.
fn payload<'a>(header: &Header, bytes: &'a [u8]) -> &'a [u8] {
    let record = bytes.get(..usize::from(header.len)).unwrap_or(bytes);
    let head_len = header.about().and_then(|about| header.head_len(about, record));
    let payload = head_len.and_then(|len| record.get(len..)).unwrap_or(&[]);
    payload.get(..usize::from(header.wire)).unwrap_or(payload)
}

fn parts(payload: &[u8]) -> Vec<Part<'_>> {
    let (mut parts, mut part) = (Vec::new(), Part::before_sections());
    for tag in (Tags { rest: payload }) {
        if tag.is_section() {
            parts.push(std::mem::replace(&mut part, Part::begun_by(tag)));
        } else {
            part.len += tag.len;
            part.tags.push(tag);
        }
    }
    parts.push(part);
    parts
}

/// Whether the tags of a record fill its `wire` bytes after `head_len`, as far as they are there.
pub(super) fn is_whole(record: &[u8], head_len: usize, wire: usize) -> bool {
    let payload = record.get(head_len..).unwrap_or(&[]);
    let (payload, is_there) = match payload.get(..wire) {
        Some(payload) => (payload, true),
        None => (payload, false),
    };
    let mut tags = Tags { rest: payload };
    let is_sane = |tag: Tag<'_>| {
        !(tag.is_cut && is_there) && (tag.number != TAG_PADDING || tag.value.is_empty())
    };
    tags.by_ref().all(is_sane) && (!is_there || tags.rest.iter().all(|&b| b == 0))
}

/// What the meta record at the start of `bytes` says, and how long it is.
pub(super) fn items<'a>(bytes: &'a [u8], scene: &Scene) -> (Vec<Item<'a>>, usize) {
    let Some(header) = Header::read(bytes, 0) else { return (Vec::new(), bytes.len()) };
    let len = usize::from(header.len).min(bytes.len());
    if header.record_type() != header::META {
        return (Vec::new(), len);
    }
    let parts = parts(payload(&header, bytes));
    let mut port = port(&header, bytes);
    port.number = 0;
    let anchor = header
        .ext_headers(bytes)
        .find(|&ext| ext_type(ext) == header::ANCHOR_ID && ext & ANCHOR_DEFINITION != 0)
        .map(|ext| ext & 0xffff_ffff_ffff);
    let time = Timestamp::from_ns(time_ns(header.time));
    (Items::of(&parts, scene, port, time, anchor), len)
}

/// Every extension header, section and tag of the meta record at the start of `bytes`.
pub(super) fn fields(bytes: &[u8]) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    let Some(header) = Header::read(bytes, 0) else { return fields };
    ext_fields(&header, bytes, &mut fields);
    for part in parts(payload(&header, bytes)) {
        fields.extend(part.head_fields());
        fields.extend(part.tags().map(|tag| {
            let (name, value) = tag.decode();
            Field { code: tag.number, name, part: part.name(), value }
        }));
    }
    fields
}
