//! Blocks of the ring into which the Linux kernel receives packets (TPACKET_V3), read where they
//! are.
//!
//! Source: `Documentation/networking/packet_mmap.rst` and `linux/if_packet.h` of the kernel.
//!
//! What is to be said of the recording, and packets that cannot be handed over as they are, come
//! between them in pcapng: the section, its interface, what was counted. So a piece is either one
//! block, with the heads of the packets that a [walk](Block::walk) found, or a part of a pcapng
//! stream. No input is recognised as this: it is never stored.

mod block;
mod walk;

use super::pcapng::Pcapng;
use super::{Cut, Decode, Format, Frame as Framing, Framed, Reader, Walk};
use crate::meta::{Field, Item};
use crate::record::Head;
use crate::scene::{ByteOrder, Scene};
use crate::time::{RawTime, Resolution};

pub use block::{Block, Frame, Frames, Vlan};
pub use walk::{Origin, Walked};

/// How its input is called.
const NAME: &str = "ring";
/// What packets of pcapng begin with, also simple ones and those of old; the head of one in a block
/// begins with a distance, which is a multiple of 8.
const PACKETS_OF_PCAPNG: [u32; 3] = [2, 3, 6];

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
        self.between.frame(window, end, cut, out)
    }
}

impl Decode for Ring {
    fn decode(&self, bytes: &[u8], starts: &[u32], scene: &mut Scene, heads: &mut Vec<Head>) {
        self.between.decode(bytes, starts, scene, heads);
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
    Reader::new(bytes, NATIVE).u32(0).is_some_and(|kind| PACKETS_OF_PCAPNG.contains(&kind))
}

#[cfg(test)]
mod tests;
