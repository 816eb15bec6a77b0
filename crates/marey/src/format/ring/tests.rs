//! Blocks as a kernel makes them, and as none does.

use super::*;
use crate::format::drive::drive;
use crate::record::Kind;
use crate::wire::LinkType;

/// How long a packet's head is with the room behind it, up to the packet.
const BODY: usize = 80;

/// A block with packets of these lengths, of which each byte is its number.
fn block(lengths: &[usize]) -> Vec<u8> {
    let mut bytes = vec![0; 48];
    for (number, len) in lengths.iter().enumerate() {
        let next = if number + 1 < lengths.len() { (BODY + len).next_multiple_of(16) } else { 0 };
        let words = [next, 7, 1000 + number, *len, len + 5, 0];
        let mut head = words.map(|word| (word as u32).to_ne_bytes()).concat();
        head.extend((BODY as u16).to_ne_bytes());
        head.resize(BODY, 0);
        bytes.extend(head);
        bytes.resize(bytes.len() + len, number as u8);
        bytes.resize(bytes.len().next_multiple_of(16), 0);
    }
    let words = [2, 48, 1, lengths.len(), 48, bytes.len()];
    for (at, word) in words.into_iter().enumerate() {
        bytes[4 * at..4 * at + 4].copy_from_slice(&(word as u32).to_ne_bytes());
    }
    bytes
}

/// What a walk over a block finds, with the account of all its bytes.
fn walk(bytes: &[u8]) -> (Vec<Head>, Framed) {
    let from = Origin { interface: 3, link: 1, snaplen: 0, latest: 7_000_001_001 };
    let (block, mut out) = (Block::new(bytes), Framed::default());
    let walked = block.walk(from);
    assert!(walked.count() <= u64::from(block.count()) && walked.late() <= walked.count());
    let heads = walked.into_heads(&mut Ring::new().start(), &mut out);
    assert_eq!(out.account.sum(), block.len() as u64);
    (heads, out)
}

#[test]
fn packets_are_where_they_are() {
    let lengths = [60, 0, 1500, 61];
    let bytes = block(&lengths);
    let (heads, out) = walk(&bytes);
    assert_eq!((out.damage.as_slice(), out.account.header), (&[][..], 48));
    assert_eq!(heads.len(), lengths.len());
    for (number, (head, len)) in heads.iter().zip(lengths).enumerate() {
        let (start, end) = (head.body as usize, head.body as usize + head.captured as usize);
        assert!(bytes[start..end] == vec![number as u8; len]);
        assert_eq!((head.wire as usize, head.time), (len + 5, 7_000_001_000 + number as i64));
        assert_eq!((head.interface, head.link, head.kind), (3, LinkType::ETHERNET, Kind::Packet));
        let ring = Ring::new();
        let raw = ring.raw_time(&bytes[head.start as usize..], &ring.start().scene);
        assert_eq!(raw.expect("a time").value, head.time as u64);
    }
    assert_eq!(walk(&block(&[])).0.len(), 0);
}

#[test]
fn a_walk_counts_what_is_late_or_cut_or_tagged() {
    let mut bytes = block(&[60, 60, 60, 60]);
    let from = Origin { interface: 0, link: 1, snaplen: 0, latest: 7_000_001_002 };
    let walked = Block::new(&bytes).walk(from);
    // Each is 5 bytes longer than what is there of it; the times go on from 1000.
    assert_eq!((walked.late(), walked.cut(), walked.has_tags()), (2, 4, false));
    assert_eq!(walked.latest(), 7_000_001_003);
    let of_60 = Block::new(&bytes).walk(Origin { snaplen: 60, latest: 0, ..from });
    assert_eq!((of_60.late(), of_60.cut()), (0, 0));
    let status = 48 + 20;
    bytes[status..status + 4].copy_from_slice(&(1_u32 << 4).to_ne_bytes());
    assert!(Block::new(&bytes).walk(from).has_tags());
}

/// Between blocks there may be packets of pcapng of any kind: none is taken for one of a block.
#[test]
fn packets_of_pcapng_between_blocks_have_the_times_of_pcapng() {
    let ring = Ring::new();
    let block = |kind: u32, body: &[u32]| {
        let len = 12 + 4 * body.len() as u32;
        let words = [&[kind, len], body, &[len]].concat();
        words.into_iter().flat_map(u32::to_ne_bytes).collect::<Vec<u8>>()
    };
    let section = block(0x0a0d_0d0a, &[0x1a2b_3c4d, 1, u32::MAX, u32::MAX]);
    let packet = [7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7];
    let simple = block(3, &[&[68], &packet[..]].concat());
    let enhanced = block(6, &[&[0, 0, 5, 68, 68], &packet[..]].concat());
    let bytes = [section, block(1, &[1, 0]), simple, enhanced].concat();
    let driven = drive(&ring, &bytes, None);
    let packets = driven.heads.iter().filter(|head| head.kind == Kind::Packet);
    let times = packets.map(|head| {
        let raw = ring.raw_time(&bytes[head.start as usize..], &driven.cut.scene);
        raw.map(|raw| raw.value)
    });
    assert_eq!(times.collect::<Vec<_>>(), [None, Some(5)]);
}

#[test]
fn a_block_that_ends_early_is_damaged() {
    let whole = block(&[60, 60, 60]);
    let (heads, out) = walk(&whole[..whole.len() - 20]);
    assert_eq!((heads.len(), out.damage.len()), (2, 1));
    assert!(out.account.damaged > 0);
}

#[test]
fn no_bytes_do_harm() {
    let mut state = 1_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below
    };
    let mut damaged = 0;
    for round in 0..20_000 {
        let mut bytes = match round % 4 {
            0 => (0..48 + random(400)).map(|_| random(256) as u8).collect(),
            _ => block(&[60, random(40), 100]),
        };
        for _ in 0..random(6) {
            let (at, byte) = (random(bytes.len()), random(256) as u8);
            bytes[at] = byte;
        }
        // It adds up what was what, and heads are within.
        let (heads, out) = walk(&bytes);
        damaged += usize::from(!out.damage.is_empty());
        let end = |head: &Head| head.body as usize + head.captured as usize;
        assert!(heads.iter().all(|head| end(head) <= bytes.len()));
    }
    assert!(damaged > 1000, "{damaged}");
}
