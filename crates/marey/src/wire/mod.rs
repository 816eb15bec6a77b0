//! Protocol views over bytes: what the headers of a packet say, however little of it was captured.
//!
//! From the outside in:
//! * [`link`]: which header comes first, as pcap and pcapng number it.
//! * [`walk`]: [`layers`] finds all headers of a packet in one walk, and says where it stopped and
//!   why. It allocates nothing.
//! * [`flow`]: between whom a packet went: [`Network`], [`Transport`], [`FlowKey`].
//! * [`flow_key`] finds the flow without a walk, where it can.
//! * [`checksum`]: which checksums of a packet are right, and what the wrong ones should be.
//! * [`show`]: a packet as one line, or as all fields of all its headers.
//! * one module a protocol, each in the same order: offsets as the standard gives them, a view
//!   that `parse`s if its fixed part was captured, a getter a field, `fields`, `Display`, tests.
//!
//! A view judges nothing: it shows each field of a bad header too. The walk judges: it follows a
//! header only as far as that makes sense. Nothing here panics, whatever the bytes; nothing reads
//! or writes anything but its arguments.
//!
//! What it does not do: reassemble, decrypt, check checksums unasked, or look into what TCP and UDP
//! carry (but for VXLAN, Geneve, GTP-U, GRE and RADIUS on their ports).
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
pub mod checksum;
pub mod dccp;
pub mod esp;
pub mod ethernet;
pub mod ethertype;
pub mod flow;
pub mod frame_relay;
pub mod geneve;
pub mod gre;
pub mod gtpu;
pub mod hdlc;
pub mod icmp;
pub mod icmpv6;
pub mod igmp;
pub mod ip_protocol;
pub mod ipv4;
pub mod ipv6;
pub mod ipv6_extension;
pub mod link;
mod link_table;
pub mod llc;
pub mod monitor;
pub mod mpls;
pub mod null;
pub mod options;
pub mod ospf;
pub mod ospf_body;
pub mod ppp;
pub mod pppoe;
pub mod protocol;
pub mod radio;
pub mod radiotap;
pub mod radius;
pub mod ring;
pub mod sctp;
mod shortcut;
pub mod show;
pub mod sll;
pub mod tcp;
pub mod udp;
pub mod vlan;
pub mod vxlan;
pub mod walk;
pub mod wlan;

pub use checksum::checksums;
pub use ethertype::EtherType;
pub use flow::{FlowKey, Fragment, Network, Side, Transport, Way};
pub use ip_protocol::IpProtocol;
pub use link::LinkType;
pub use protocol::Protocol;
pub use shortcut::{flow_key, inner_flow_key};
pub use show::{headers, summary};
pub use walk::{Layer, Layers, NetworkKind, Stop, layers};
