//! The numbers of a report: those of one input, and of all inputs together.

use std::collections::BTreeMap;

use marey::wire::{Layers, LinkType};
use marey::{Meta, Packet};

use super::checks::Checks;
use super::protocols::Protocols;
use super::rate::Rate;
use super::sizes::Sizes;
use super::tally::{Count, Tally};

/// How many packets, of how many bytes, from when to when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many packets.
    pub packets: u64,
    /// How many of their bytes were captured.
    pub captured_bytes: u64,
    /// How many bytes they had on the wire.
    pub wire_bytes: u64,
    /// The earliest and the latest time, of packets that have one.
    pub span_ns: Option<(i64, i64)>,
}

impl Traffic {
    /// Counts a packet.
    #[inline]
    pub fn packet(&mut self, packet: &Packet<'_>, time_ns: Option<i64>) {
        self.packets += 1;
        self.captured_bytes += u64::from(packet.captured_len());
        self.wire_bytes += u64::from(packet.wire_len());
        if let Some(time) = time_ns {
            let (first, last) = self.span_ns.unwrap_or((time, time));
            self.span_ns = Some((first.min(time), last.max(time)));
        }
    }

    /// Adds other traffic.
    pub fn add(&mut self, other: &Traffic) {
        self.packets += other.packets;
        self.captured_bytes += other.captured_bytes;
        self.wire_bytes += other.wire_bytes;
        if let Some((first, last)) = other.span_ns {
            let (own_first, own_last) = self.span_ns.unwrap_or((first, last));
            self.span_ns = Some((own_first.min(first), own_last.max(last)));
        }
    }
}

/// What adds up.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// All packets.
    pub traffic: Traffic,
    /// Packets without a time.
    pub untimed: u64,
    /// Packets of which less was captured than was on the wire.
    pub cut_short: u64,
    /// Packets over time.
    pub rate: Rate,
    /// Lengths on the wire.
    pub sizes: Sizes,
    /// Packets by link type.
    links: Tally<LinkType>,
    /// What headers packets have.
    pub protocols: Protocols,
    /// Checksums, if they are checked.
    pub checks: Option<Checks>,
    /// Meta records.
    pub meta: u64,
    /// Meta records by what they say.
    pub meta_by_kind: BTreeMap<&'static str, u64>,
    /// What meta records say that say several things each (ERF provenance).
    pub parts_by_kind: BTreeMap<&'static str, u64>,
}

impl Counts {
    /// Counts a packet.
    #[inline]
    pub fn packet(&mut self, packet: &Packet<'_>, time_ns: Option<i64>, layers: &Layers<'_>) {
        let wire_len = packet.wire_len();
        self.traffic.packet(packet, time_ns);
        match time_ns {
            Some(time) => self.rate.packet(time, wire_len),
            None => self.untimed += 1,
        }
        self.cut_short += u64::from(packet.captured_len() < wire_len);
        self.sizes.packet(wire_len);
        self.links.packet(packet.link_type(), wire_len);
        self.protocols.packet(layers, wire_len);
        if let Some(checks) = &mut self.checks {
            checks.packet(layers);
        }
    }

    /// Counts a meta record.
    pub fn meta(&mut self, meta: &Meta<'_>) {
        self.meta += 1;
        *self.meta_by_kind.entry(meta.kind()).or_default() += 1;
        if meta.items().len() > 1 {
            for item in meta.items() {
                *self.parts_by_kind.entry(item.kind()).or_default() += 1;
            }
        }
    }

    /// Adds other counts.
    pub fn merge(&mut self, other: &mut Counts) {
        self.traffic.add(&other.traffic);
        self.untimed += other.untimed;
        self.cut_short += other.cut_short;
        self.rate.merge(&mut other.rate);
        self.sizes.merge(&other.sizes);
        self.links.merge(&other.links);
        self.protocols.merge(&other.protocols);
        if let Some(checks) = &other.checks {
            self.checks.get_or_insert_default().merge(checks);
        }
        self.meta += other.meta;
        for (kind, count) in &other.meta_by_kind {
            *self.meta_by_kind.entry(kind).or_default() += count;
        }
        for (kind, count) in &other.parts_by_kind {
            *self.parts_by_kind.entry(kind).or_default() += count;
        }
    }

    /// Packets by the name of their link type.
    pub fn links(&self) -> Vec<(String, Count)> {
        self.links.ranked(link_name)
    }
}

/// The name of a link type in reports.
pub fn link_name(link: LinkType) -> String {
    match link.name() {
        Some(name) => name.to_owned(),
        None if link == LinkType::UNKNOWN => "unknown".to_owned(),
        None => format!("link type {}", link.0),
    }
}
