//! Steering: seeds that say which records to make of their bytes, so that the fuzzer gets behind
//! headers, lengths and paddings at once.
//!
//! Data that begins with [`STEERED`] is a recipe: two bytes for the file header, then parts of an
//! operation, a length and so many bytes. An even operation wraps its bytes into a sound record,
//! an odd one puts them there as they are, which is damage. All other data is taken as it is.

use marey::testing::erf::meta;
use marey::testing::pcap::{Config, Variant};
use marey::testing::{Order, START_NS};

/// The first byte of a recipe; no format's files begin with it.
pub const STEERED: u8 = 0x5A;

const START_S: u32 = (START_NS / 1_000_000_000) as u32;

const VARIANTS: [Variant; 9] = [
    Variant::Micros,
    Variant::Nanos,
    Variant::Modified,
    Variant::Modified28,
    Variant::Ss990417,
    Variant::Nokia,
    Variant::Aix,
    Variant::IxiaHardware,
    Variant::IxiaSoftware,
];

/// What a recipe says first: the file header.
#[derive(Clone, Copy)]
struct Head {
    order: Order,
    first: u8,
    second: u8,
}

/// The file that `data` is a recipe for, made by `header` and `record`; or `data` as it is.
fn steered(
    data: &[u8],
    header: fn(Head, &mut Vec<u8>),
    record: fn(Head, Part<'_>, &mut Vec<u8>),
) -> Vec<u8> {
    let [STEERED, first, second, rest @ ..] = data else { return data.to_vec() };
    let order = if first & 1 == 0 { Order::Little } else { Order::Big };
    let head = Head { order, first: first >> 1, second: *second };
    let mut out = Vec::new();
    header(head, &mut out);
    for (index, (op, body)) in parts(rest).enumerate() {
        if op & 1 == 0 {
            let seconds = START_S + index as u32;
            record(head, Part { op: op >> 1, seconds, body }, &mut out);
        } else {
            out.extend_from_slice(body);
        }
    }
    out
}

/// One sound record to be.
struct Part<'a> {
    op: u8,
    seconds: u32,
    body: &'a [u8],
}

/// Operation, length, bytes; the last may be cut short.
fn parts(mut rest: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let [op, len, behind @ ..] = rest else { return None };
        let (body, behind) = behind.split_at(behind.len().min(usize::from(*len)));
        rest = behind;
        Some((*op, body))
    })
}

/// A pcap file: variant, byte order and link type, then records.
pub fn pcap(data: &[u8]) -> Vec<u8> {
    let header = |head: Head, out: &mut Vec<u8>| out.extend(config(head).header());
    steered(data, header, pcap_record)
}

fn config(head: Head) -> Config {
    let variant = VARIANTS[usize::from(head.first) % VARIANTS.len()];
    let mut config = Config::new(variant, head.order);
    config.link_type = u32::from(head.second);
    config
}

fn pcap_record(head: Head, part: Part<'_>, out: &mut Vec<u8>) {
    let Config { variant, order, version, .. } = config(head);
    let len = part.body.len() as u32;
    let mut lengths = [len, len + u32::from(part.op >> 4)];
    if version.1 < 4 {
        lengths.reverse();
    }
    let words = [part.seconds, u32::from(part.op), lengths[0], lengths[1]];
    out.extend(words.into_iter().flat_map(|word| order.u32(word)));
    out.extend(vec![0; variant.record_header_len() - 16]);
    out.extend_from_slice(part.body);
}

/// A pcapng file: byte order and the resolution of the first interface, then blocks.
pub fn pcapng(data: &[u8]) -> Vec<u8> {
    let header = |head: Head, out: &mut Vec<u8>| {
        let section = [&head.order.u32(0x1A2B_3C4D)[..], &head.order.u16(1), &[0; 2], &[0xFF; 8]];
        block(head.order, 0x0A0D_0D0A, &section.concat(), out);
        let mut interface = [0; 8].to_vec();
        interface[usize::from(head.order == Order::Big)] = 1;
        options(head.order, &[9, 1, head.second], &mut interface);
        block(head.order, 1, &interface, out);
    };
    steered(data, header, pcapng_block)
}

fn pcapng_block(head: Head, part: Part<'_>, out: &mut Vec<u8>) {
    const KINDS: [u32; 12] =
        [6, 1, 5, 4, 3, 2, 0x0A0D_0D0A, 10, 9, 0xBAD, 0x4000_0BAD, 0x8000_0001];
    let order = head.order;
    let kind = KINDS[usize::from(part.op) % KINDS.len()];
    let (first, rest) = part.body.split_first().unwrap_or((&0, &[]));
    let word = |value: u8| order.u32(u32::from(value));
    let mut body = Vec::new();
    match kind {
        2 | 6 => {
            let (frame, rest) = rest.split_at(rest.len().min(usize::from(first >> 3)));
            let len = frame.len() as u32;
            let interface =
                u32::from(first & 7) << if kind == 2 && order == Order::Big { 16 } else { 0 };
            let words = [interface, 0x0006_4F00, part.seconds, len, len];
            body.extend(words.into_iter().flat_map(|word| order.u32(word)));
            body.extend_from_slice(frame);
            body.resize(body.len().next_multiple_of(4), 0);
            options(order, rest, &mut body);
        }
        1 => {
            body.extend(order.u16(u16::from(*first)));
            body.extend([0; 6]);
            options(order, rest, &mut body);
        }
        5 => {
            let words = [u32::from(*first), 0x0006_4F00, part.seconds];
            body.extend(words.into_iter().flat_map(|word| order.u32(word)));
            options(order, rest, &mut body);
        }
        0x0A0D_0D0A => {
            body.extend(order.u32(0x1A2B_3C4D));
            body.extend([order.u16(1), [0; 2]].concat());
            body.extend([0xFF; 8]);
            options(order, part.body, &mut body);
        }
        // Records of names are laid out as options are.
        4 => options(order, part.body, &mut body),
        3 => body.extend([&word(*first)[..], rest].concat()),
        10 => body.extend([&order.u32(0x544C_534B)[..], &word(*first), rest].concat()),
        _ => body.extend_from_slice(part.body),
    }
    block(order, kind, &body, out);
}

/// Options: code, length, value; what can't be one is put there as it is.
fn options(order: Order, bytes: &[u8], out: &mut Vec<u8>) {
    /// Options of all blocks that have large codes: the custom ones.
    const CUSTOM: [u16; 4] = [2988, 2989, 19372, 19373];
    for (code, value) in parts(bytes) {
        let code = match code {
            0xF0.. => CUSTOM[usize::from(code & 3)],
            code => u16::from(code),
        };
        out.extend(order.u16(code));
        out.extend(order.u16(value.len() as u16));
        out.extend_from_slice(value);
        out.resize(out.len().next_multiple_of(4), 0);
    }
}

fn block(order: Order, kind: u32, body: &[u8], out: &mut Vec<u8>) {
    let len = body.len().next_multiple_of(4) + 12;
    out.extend(order.u32(kind));
    out.extend(order.u32(len as u32));
    let end = out.len() + len - 12;
    out.extend_from_slice(body);
    out.resize(end, 0);
    out.extend(order.u32(len as u32));
}

/// An ERF file: flags, then records. The first bit of the file header makes all of them
/// provenance records, of sections with tags.
pub fn erf(data: &[u8]) -> Vec<u8> {
    steered(data, |_, _| {}, erf_record)
}

fn erf_record(head: Head, part: Part<'_>, out: &mut Vec<u8>) {
    const PROVENANCE: u8 = 27;
    let mut payload = part.body.to_vec();
    let mut kind = part.op;
    if head.order == Order::Big {
        kind = PROVENANCE;
        payload = tags(part.op, part.body);
    }
    // Extension headers are in the bytes themselves.
    let kind = kind | if head.first & 1 == 0 { 0 } else { 0x80 };
    out.extend(u64::from(part.seconds).rotate_left(32).to_le_bytes());
    out.extend([kind, head.second]);
    out.extend((payload.len() as u16 + 16).to_be_bytes());
    out.extend([0; 2]);
    out.extend((part.body.len() as u16).to_be_bytes());
    out.extend(payload);
}

/// A section and its tags: code, length, value.
fn tags(section: u8, bytes: &[u8]) -> Vec<u8> {
    let tags: Vec<_> =
        parts(bytes).map(|(code, value)| meta::raw(u16::from(code), value)).collect();
    meta::payload(&[meta::Section::new(0xFF00 | u16::from(section & 15), 1, &tags)])
}

/// A snoop file: data link type, then records.
pub fn snoop(data: &[u8]) -> Vec<u8> {
    let header = |head: Head, out: &mut Vec<u8>| {
        out.extend(b"snoop\0\0\0\0\0\0\x02\0\0\0");
        out.push(head.second);
    };
    steered(data, header, snoop_record)
}

fn snoop_record(_: Head, part: Part<'_>, out: &mut Vec<u8>) {
    let len = part.body.len();
    let padded = len.next_multiple_of(4);
    let original = len + usize::from(part.op >> 4);
    let words = [original, len, padded + 24, usize::from(part.op & 15)];
    out.extend(words.into_iter().flat_map(|word| (word as u32).to_be_bytes()));
    out.extend(part.seconds.to_be_bytes());
    out.extend([0; 4]);
    out.extend_from_slice(part.body);
    out.resize(out.len() + padded - len, 0);
}
