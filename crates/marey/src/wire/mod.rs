//! Protocol views over bytes: what the headers of a packet say, however little of it was captured.
//!
//! From the outside in:
//! * [`link`]: which header comes first, as pcap and pcapng number it.
//! * [`walk`]: [`layers`] finds all headers of a packet in one walk, and says where it stopped and
//!   why. It allocates nothing.
//! * [`flow`]: between whom a packet went: [`Network`], [`Transport`], [`FlowKey`].
//! * [`show`]: a packet as one line, or as all fields of all its headers.
//! * one module a protocol, each in the same order: offsets as the standard gives them, a view
//!   that `parse`s if its fixed part was captured, a getter a field, `fields`, `Display`, tests.
//!
//! A view judges nothing: it shows each field of a bad header too. The walk judges: it follows a
//! header only as far as that makes sense. Nothing here panics, whatever the bytes; nothing reads
//! or writes anything but its arguments.
//!
//! What it does not do: reassemble, decrypt, check checksums unasked, or look into what TCP and UDP
//! carry (but for VXLAN, Geneve and GTP-U on their ports).
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "a test may panic"
    )
)]

pub mod arp;
pub mod bytes;
pub mod ethernet;
pub mod ethertype;
pub mod frame_relay;
pub mod hdlc;
pub mod link;
mod link_table;
pub mod llc;
pub mod monitor;
pub mod mpls;
pub mod null;
pub mod ppp;
pub mod pppoe;
pub mod radiotap;
pub mod ring;
pub mod sll;
pub mod vlan;
pub mod wlan;

pub use ethertype::EtherType;
pub use link::LinkType;
