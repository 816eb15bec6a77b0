//! pcapng: sections of blocks, each framed by its length at both ends.
//!
//! Source: the pcapng Internet draft (draft-ietf-opsawg-pcapng); section numbers below are its.
//!
//! Read on in [`block`] (offsets and checks), `frame` (finding blocks, also after damage),
//! `decode` (packets), `items` (meta records) and `options` (the tables of options).

use std::sync::Arc;

use super::{
    Cut, Decode, Format, Frame, Framed, Kind as FormatKind, LOOKAHEAD, Reader, Recognised, Walk,
    erf,
};
use crate::scene::{ByteOrder, Scene};

mod block;
mod decode;
mod frame;
mod items;
mod options;
mod secrets;

/// How the format is recognised, and what it is called.
pub const KIND: FormatKind = FormatKind {
    name: "pcapng",
    aliases: &["ntar"],
    description: "pcap next generation: every block and option of the draft",
    recognise,
};

/// A pcapng file. All that is to know of it stands in its sections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pcapng {
    /// The byte order of the first section.
    order: ByteOrder,
}

impl Pcapng {
    /// A stream whose first section is in this byte order.
    pub(crate) fn in_order(order: ByteOrder) -> Self {
        Pcapng { order }
    }
}

impl Format for Pcapng {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn variant(&self) -> String {
        match self.order {
            ByteOrder::Little => "little-endian".to_owned(),
            ByteOrder::Big => "big-endian".to_owned(),
        }
    }

    fn start(&self) -> Cut {
        let mut cut = Cut::at_start(Scene::default());
        frame::State { order: self.order, skipping: false, has_erf: false }.keep(&mut cut);
        cut
    }
}

/// A section header block and its byte-order magic (section 4.1).
fn recognise(bytes: &[u8], end: bool) -> Recognised {
    const NEEDED: usize = 12;
    let little = Reader::new(bytes, ByteOrder::Little);
    match little.u32(0) {
        Some(block::SECTION) => {}
        None if !end => return Recognised::More(NEEDED),
        _ => return Recognised::No,
    }
    if bytes.len() < NEEDED && !end {
        return Recognised::More(NEEDED);
    }
    match block::section_order(bytes) {
        Some(order) => Recognised::Yes(Arc::new(Pcapng { order })),
        None => Recognised::No,
    }
}
