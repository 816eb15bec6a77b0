//! Conversations, endpoints, fragments and checksums as JSON.

use std::net::IpAddr;

use marey::wire::{FlowKey, Protocol};
use serde::Serialize;

use crate::report::gather::Talk;
use crate::report::gather::checks::{Checks, Verdicts};
use crate::report::gather::flows::Ways;
use crate::report::gather::talk::Traded;
use crate::report::gather::tally::Count;

/// How many of the largest are listed.
const TOP_ROWS: usize = 5;

/// How many there are, and the largest of them.
#[derive(Serialize)]
pub struct Top<T> {
    /// Null if they could not be counted.
    count: Option<u64>,
    list: Vec<T>,
}

/// A conversation: what either end sent.
#[derive(Serialize)]
pub struct Conversation {
    protocol: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    vlan: Option<u16>,
    packets: u64,
    wire_bytes: u64,
    ends: [End; 2],
}

#[derive(Serialize)]
struct End {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    sent_packets: u64,
    sent_bytes: u64,
}

/// An address, and what it sent and received.
#[derive(Serialize)]
pub struct Endpoint {
    address: String,
    packets: u64,
    wire_bytes: u64,
    sent_packets: u64,
    sent_bytes: u64,
    received_packets: u64,
    received_bytes: u64,
}

/// Packets that are fragments.
#[derive(Serialize)]
pub struct Fragments {
    packets: Option<u64>,
    datagrams: Option<u64>,
}

/// Checksums of one protocol.
#[derive(Serialize)]
pub struct Checked {
    protocol: String,
    good: u64,
    bad: u64,
    cut_short: u64,
    in_fragments: u64,
    absent: u64,
}

/// What all lines say of who talks with whom.
#[derive(Serialize)]
pub struct Parts {
    conversations: Top<Conversation>,
    endpoints: Top<Endpoint>,
    fragments: Fragments,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksums: Option<Vec<Checked>>,
}

/// The parts of one input, or of all.
pub fn parts(talk: &Talk, checks: Option<&Checks>) -> Parts {
    let is_known = talk.failed.is_none();
    let conversations = talk.conversations.list.iter().take(TOP_ROWS);
    let endpoints = talk.endpoints.list.iter().take(TOP_ROWS);
    let endpoint = |(address, traded): &(IpAddr, Traded)| {
        let Traded { sent, received } = *traded;
        let all = traded.sum();
        Endpoint {
            address: address.to_string(),
            packets: all.packets,
            wire_bytes: all.bytes,
            sent_packets: sent.packets,
            sent_bytes: sent.bytes,
            received_packets: received.packets,
            received_bytes: received.bytes,
        }
    };
    Parts {
        conversations: Top {
            count: is_known.then_some(talk.conversations.count),
            list: conversations.map(|(key, ways)| conversation(key, ways)).collect(),
        },
        endpoints: Top {
            count: is_known.then_some(talk.endpoints.count),
            list: endpoints.map(endpoint).collect(),
        },
        fragments: Fragments {
            packets: is_known.then_some(talk.fragments),
            datagrams: is_known.then_some(talk.datagrams),
        },
        checksums: checks.map(|checks| checks.iter().map(checked).collect()),
    }
}

fn conversation(key: &FlowKey, ways: &Ways) -> Conversation {
    let Count { packets, bytes } = ways.sum();
    let (source_port, target_port) = key.ports().unzip();
    let end = |address: IpAddr, port: Option<u16>, sent: Count| End {
        address: address.to_string(),
        port,
        sent_packets: sent.packets,
        sent_bytes: sent.bytes,
    };
    Conversation {
        protocol: key.protocol.to_string(),
        vlan: key.vlan,
        packets,
        wire_bytes: bytes,
        ends: [
            end(key.source, source_port, ways.forward),
            end(key.target, target_port, ways.backward),
        ],
    }
}

fn checked((protocol, verdicts): (Protocol, Verdicts)) -> Checked {
    let Verdicts { good, bad, cut_short, in_fragments, absent } = verdicts;
    Checked { protocol: protocol.to_string(), good, bad, cut_short, in_fragments, absent }
}
