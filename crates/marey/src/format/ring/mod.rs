//! Blocks of the ring into which the Linux kernel receives packets (TPACKET_V3), read where they
//! are.
//!
//! Source: `Documentation/networking/packet_mmap.rst` and `linux/if_packet.h` of the kernel.
//!
//! What is to be said of the recording, and packets that cannot be handed over as they are, come
//! between them in pcapng: the section, its interface, what was counted. So a piece is either one
//! block, or a part of a pcapng stream. No input is recognised as this: it is never stored.

mod block;

use super::pcapng::Pcapng;
use super::{Cut, Decode, Format, Frame as Framing, Framed, Reader, Walk};
use crate::meta::{Field, Item};
use crate::record::{Head, Kind};
use crate::scene::{ByteOrder, Scene};
use crate::time::{NO_TIME, RawTime, Resolution};
use crate::wire::LinkType;

pub use block::{Block, Frame, Frames, Vlan};

/// How its input is called.
const NAME: &str = "ring";
/// What a packet of pcapng begins with; the head of one in a block begins with a distance, which is
/// a multiple of 8.
const PACKET_OF_PCAPNG: u32 = 6;

/// The format.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ring {
    between: Pcapng,
}

impl Ring {
    /// In the byte order of this machine.
    pub fn new() -> Self {
        Ring { between: Pcapng::in_order(NATIVE) }
    }
}

const NATIVE: ByteOrder =
    if cfg!(target_endian = "little") { ByteOrder::Little } else { ByteOrder::Big };

impl Format for Ring {
    fn name(&self) -> &'static str {
        NAME
    }

    fn variant(&self) -> String {
        "TPACKET_V3".to_owned()
    }

    fn start(&self) -> Cut {
        self.between.start()
    }
}

impl Framing for Ring {
    fn frame(&self, window: &[u8], end: bool, cut: &mut Cut, out: &mut Framed) -> Walk {
        let Some(block) = Block::of(window) else {
            return self.between.frame(window, end, cut, out);
        };
        let mut frames = block.frames();
        out.account.header += frames.at().min(window.len()) as u64;
        out.consumed = frames.at().min(window.len());
        let (mut at, mut behind) = (frames.at(), out.consumed);
        while let Some(frame) = frames.next() {
            out.starts.push(at as u32);
            behind = at + frame.body() as usize + frame.bytes.len();
            at = frames.at();
        }
        let is_whole = out.starts.len() == block.count() as usize;
        behind = if is_whole { window.len() } else { behind };
        out.account.packets += (behind - out.consumed) as u64;
        out.consumed = behind;
        if !is_whole {
            out.damaged(cut, window.len() - behind, || "a block of packets that ends early".into());
        }
        if end { Walk::End } else { Walk::More(1) }
    }
}

impl Decode for Ring {
    fn decode(&self, bytes: &[u8], starts: &[u32], scene: &mut Scene, heads: &mut Vec<Head>) {
        if Block::of(bytes).is_none() {
            return self.between.decode(bytes, starts, scene, heads);
        }
        let link = scene.interface(0).and_then(|interface| interface.link_type);
        let link = link.unwrap_or(LinkType::UNKNOWN);
        heads.extend(starts.iter().map(|&start| {
            let frame = bytes.get(start as usize..).and_then(Frame::of);
            let body = frame.map_or(0, |frame| frame.body());
            Head {
                time: frame.map_or(NO_TIME, |frame| frame.time().cast_signed()),
                start,
                body: start + body,
                captured: frame.map_or(0, |frame| frame.bytes.len() as u32),
                wire: frame.map_or(0, |frame| frame.wire()),
                interface: 0,
                link,
                kind: Kind::Packet,
            }
        }));
    }

    fn meta_items<'a>(&self, bytes: &'a [u8], scene: &Scene) -> (Vec<Item<'a>>, usize) {
        self.between.meta_items(bytes, scene)
    }

    fn meta_fields<'a>(&self, bytes: &'a [u8], scene: &Scene) -> Vec<Field<'a>> {
        self.between.meta_fields(bytes, scene)
    }

    fn packet_options<'a>(&self, bytes: &'a [u8], scene: &Scene) -> Vec<Field<'a>> {
        match of_pcapng(bytes) {
            true => self.between.packet_options(bytes, scene),
            false => Vec::new(),
        }
    }

    fn raw_time(&self, bytes: &[u8], scene: &Scene) -> Option<RawTime> {
        if of_pcapng(bytes) {
            return self.between.raw_time(bytes, scene);
        }
        let value = Frame::of(bytes)?.time();
        Some(RawTime { value, resolution: Resolution::NANO, offset_s: 0 })
    }
}

/// Whether a packet stands in pcapng.
fn of_pcapng(bytes: &[u8]) -> bool {
    Reader::new(bytes, NATIVE).u32(0) == Some(PACKET_OF_PCAPNG)
}

#[cfg(test)]
mod tests;
