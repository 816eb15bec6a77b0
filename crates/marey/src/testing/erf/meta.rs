//! Provenance: sections and tags of ERF's META records. What each tag's value looks like is in
//! [`shape`](super::shape).

/// The kinds of section, with their names: FF00 to FF0B.
pub const SECTIONS: [(&str, u16); 12] = [
    ("capture", 0xFF00),
    ("host", 0xFF01),
    ("module", 0xFF02),
    ("interface", 0xFF03),
    ("flow", 0xFF04),
    ("stats", 0xFF05),
    ("info", 0xFF06),
    ("context", 0xFF07),
    ("stream", 0xFF08),
    ("transform", 0xFF09),
    ("dns", 0xFF0A),
    ("source", 0xFF0B),
];

/// A tag and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its code.
    pub code: u16,
    /// Its value, without padding.
    pub value: Vec<u8>,
}

/// A section of a provenance record; or, without a kind, the tags before the first section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Its kind, FF00 to FF0B, and its number.
    pub kind: Option<(u16, u16)>,
    /// What it says.
    pub tags: Vec<Tag>,
}

impl Section {
    /// A section of this kind and number.
    pub fn new(kind: u16, id: u16, tags: &[Tag]) -> Self {
        Section { kind: Some((kind, id)), tags: tags.to_vec() }
    }
}

/// A tag with these bytes.
pub fn raw(code: u16, value: &[u8]) -> Tag {
    Tag { code, value: value.to_vec() }
}

/// A tag with text.
pub fn text(code: u16, value: &str) -> Tag {
    raw(code, value.as_bytes())
}

/// A comment (tag 1).
pub fn comment(value: &str) -> Tag {
    text(1, value)
}

/// A tag with a number of 32 bits.
pub fn u32(code: u16, value: u32) -> Tag {
    raw(code, &value.to_be_bytes())
}

/// A tag with a number of 64 bits.
pub fn u64(code: u16, value: u64) -> Tag {
    raw(code, &value.to_be_bytes())
}

/// A tag with a time, as [`timestamp`](super::timestamp) gives it: little-endian like the record's.
pub fn time(code: u16, timestamp: u64) -> Tag {
    raw(code, &timestamp.to_le_bytes())
}

/// The parent of a section (tag 3).
pub fn parent(kind: u16, id: u16) -> Tag {
    raw(3, &[kind.to_be_bytes(), id.to_be_bytes()].concat())
}

/// The payload of a provenance record: each section with its length in its head, and padding in
/// the last one up to a multiple of eight bytes.
pub fn payload(sections: &[Section]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut section_at = None;
    for section in sections {
        if let Some((kind, id)) = section.kind {
            close(&mut out, section_at);
            section_at = Some(out.len());
            put(&mut out, kind, &[id.to_be_bytes(), [0, 0]].concat());
        }
        for tag in &section.tags {
            put(&mut out, tag.code, &tag.value);
        }
    }
    if !out.len().is_multiple_of(8) {
        put(&mut out, 0, &[]);
    }
    close(&mut out, section_at);
    out
}

/// Writes the length of the section that begins at `start` and ends here.
fn close(out: &mut [u8], start: Option<usize>) {
    if let Some(start) = start {
        let len = ((out.len() - start) as u16).to_be_bytes();
        out[start + 6..start + 8].copy_from_slice(&len);
    }
}

fn put(out: &mut Vec<u8>, code: u16, value: &[u8]) {
    out.extend(code.to_be_bytes());
    out.extend((value.len() as u16).to_be_bytes());
    out.extend_from_slice(value);
    out.resize(out.len().next_multiple_of(4), 0);
}
