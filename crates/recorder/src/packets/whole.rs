//! A packet as it was on the wire: with the tag that the kernel took out, with a head in place of
//! the one of its link, and no longer than it shall be.

use super::Frame;
use super::link::{ETHERNET, Link};

/// The head of `LINKTYPE_LINUX_SLL2`.
const COOKED_BYTES: usize = 20;
/// A tag, and the protocol behind it or before it.
const TAG_BYTES: usize = 4;
/// Where a tag stands in Ethernet: behind both addresses.
const TAG_AT: usize = 12;

/// A packet in pieces: what stands before, a head or a tag, and what stands behind.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'r> {
    before: &'r [u8],
    made: [u8; COOKED_BYTES + TAG_BYTES],
    made_len: usize,
    behind: &'r [u8],
    /// How long it was on the wire.
    pub wire: u32,
}

impl<'r> Whole<'r> {
    /// The packet of a frame, cut to `snaplen` bytes if that is not 0.
    pub fn of(frame: &Frame<'r>, link: Link, snaplen: u32) -> Self {
        let made = [0; COOKED_BYTES + TAG_BYTES];
        let wire = frame.wire();
        let mut whole = Whole { before: &[], made, made_len: 0, behind: frame.bytes, wire };
        if link.is_cooked {
            whole.cook(frame);
        } else if let Some(vlan) = frame.vlan().filter(|_| link.link_type == ETHERNET) {
            // A packet that is shorter was cut, and the tag is cut as well.
            let (addresses, rest) = frame.bytes.split_at(TAG_AT.min(frame.bytes.len()));
            whole.before = addresses;
            whole.behind = rest;
            whole.make(&[vlan.protocol.to_be_bytes(), vlan.tag.to_be_bytes()].concat());
        }
        whole.cut(if snaplen == 0 { usize::MAX } else { snaplen as usize });
        whole
    }

    /// Its bytes.
    pub fn pieces(&self) -> [&[u8]; 3] {
        [self.before, self.made.get(..self.made_len).unwrap_or(&[]), self.behind]
    }

    fn cook(&mut self, frame: &Frame<'_>) {
        let protocol = frame.protocol();
        let vlan = frame.vlan();
        let (sender_len, sender) = frame.sender();
        self.make(&vlan.map_or(protocol, |vlan| vlan.protocol).to_be_bytes());
        self.make(&[0; 2]);
        self.make(&frame.interface().to_be_bytes());
        self.make(&frame.hardware().to_be_bytes());
        self.make(&[frame.kind(), sender_len]);
        self.make(&sender);
        if let Some(vlan) = vlan {
            self.make(&[vlan.tag.to_be_bytes(), protocol.to_be_bytes()].concat());
        }
    }

    fn make(&mut self, bytes: &[u8]) {
        let to = self.made.get_mut(self.made_len..self.made_len + bytes.len());
        to.into_iter().for_each(|to| to.copy_from_slice(bytes));
        self.made_len += bytes.len();
        self.wire = self.wire.saturating_add(bytes.len() as u32);
    }

    fn cut(&mut self, most: usize) {
        self.before = self.before.get(..most).unwrap_or(self.before);
        self.made_len = self.made_len.min(most - self.before.len());
        let most = most - self.before.len() - self.made_len;
        self.behind = self.behind.get(..most).unwrap_or(self.behind);
    }
}
