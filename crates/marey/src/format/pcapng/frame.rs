//! Finding blocks, in order, also after damage.
//!
//! A block is believed when the lengths at both its ends agree. Where they do not, the end of the
//! damaged block is looked for: by its first length, then by a last length that fits its distance,
//! then by any block of the draft whose lengths agree.

use super::block::{self, BlockHead};
use super::{Cut, Frame, Framed, LOOKAHEAD, Pcapng, Reader, Walk, decode, erf};
use crate::format::Decode as _;
use crate::meta::Item;
use crate::scene::{ByteOrder, Interface, Section};
use crate::wire::LinkType;

/// What framing carries from block to block.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    pub order: ByteOrder,
    /// In a section of an unknown version.
    pub skipping: bool,
    /// The packets of an interface of this section are ERF records.
    pub has_erf: bool,
}

impl State {
    pub fn of(cut: &Cut) -> Self {
        let order = if cut.carry[0] & 1 == 0 { ByteOrder::Little } else { ByteOrder::Big };
        State { order, skipping: cut.carry[0] & 2 != 0, has_erf: cut.carry[0] & 4 != 0 }
    }

    pub fn keep(self, cut: &mut Cut) {
        let order = u64::from(self.order == ByteOrder::Big);
        cut.carry[0] = order | u64::from(self.skipping) << 1 | u64::from(self.has_erf) << 2;
    }
}

/// What is to be done with the bytes at the start of a window.
enum Decision {
    /// A believed block.
    Block(BlockHead),
    /// So many bytes are damaged; a block of this byte order starts after them, or the input ends.
    Damaged(usize, String, ByteOrder),
    /// So many bytes are damaged; no block was found after them yet.
    Lost(usize, String),
    More(usize),
}

impl Frame for Pcapng {
    fn frame(&self, window: &[u8], end: bool, cut: &mut Cut, out: &mut Framed) -> Walk {
        let mut state = State::of(cut);
        loop {
            if cut.in_sync && !state.skipping {
                let first = out.starts.len();
                walk_packets(window, state.order, out);
                if state.has_erf {
                    take_erf(window, first, state.order, cut, out);
                }
            }
            let rest = window.get(out.consumed..).unwrap_or(&[]);
            if rest.is_empty() && end {
                return Walk::End;
            }
            match decide(rest, end, cut.in_sync, state.order) {
                Decision::Block(head) => self.take(window, head, &mut state, cut, out),
                Decision::More(len) => return Walk::More(len),
                Decision::Damaged(len, reason, order) => {
                    if cut.in_sync {
                        remember_lost_block(rest, &mut state, cut, out);
                    }
                    if order != state.order {
                        lost_section(order, &mut state, cut, out);
                    }
                    cut.in_sync = true;
                    if len > 0 {
                        out.damaged(cut, len, || reason);
                    }
                }
                Decision::Lost(len, reason) => {
                    if cut.in_sync {
                        remember_lost_block(rest, &mut state, cut, out);
                    }
                    cut.in_sync = false;
                    out.damaged(cut, len, || reason);
                }
            }
        }
    }
}

/// Looks into the packets from `first` on for ERF records; provenance changes the scene.
fn take_erf(window: &[u8], first: usize, order: ByteOrder, cut: &mut Cut, out: &mut Framed) {
    for &start in out.starts.get(first..).unwrap_or(&[]) {
        let bytes = window.get(start as usize..).unwrap_or(&[]);
        let Some(record) = decode::erf_record(bytes, order, &cut.scene) else { continue };
        if erf::frame_carried(record, cut) == Some(erf::Carried::Meta) {
            let len = BlockHead::read(bytes, order).map_or(0, |head| head.padded_len()) as u64;
            out.account.packets -= len;
            out.account.meta += len;
        }
    }
}

/// Walks over enhanced packet blocks without options as long as each is beyond doubt.
#[inline(always)]
fn walk_packets(window: &[u8], order: ByteOrder, out: &mut Framed) {
    match order {
        ByteOrder::Little => walk_packets_in(window, ByteOrder::Little, out),
        ByteOrder::Big => walk_packets_in(window, ByteOrder::Big, out),
    }
}

#[inline(always)]
fn walk_packets_in(window: &[u8], order: ByteOrder, out: &mut Framed) {
    let mut at = out.consumed;
    while let Some(head) = window.get(at..).and_then(|rest| rest.first_chunk::<28>()) {
        let reader = Reader::new(head, order);
        let (block_type, len) = (reader.u32(block::TYPE), reader.u32(block::LEN));
        let (Some(len), Some(captured)) = (len, reader.u32(block::CAPTURED)) else { break };
        let (len, captured) = (len as usize, captured as usize);
        if block_type != Some(block::ENHANCED_PACKET)
            || len != block::padded(captured).saturating_add(block::PACKET_LEN_MIN)
            || len > super::super::RECORD_LEN_MAX
        {
            break;
        }
        let trailer = Reader::new(window, order).u32(at + len - block::TRAILER_LEN);
        if trailer != Some(len as u32) {
            break;
        }
        out.starts.push(at as u32);
        at += len;
    }
    out.account.packets += (at - out.consumed) as u64;
    out.consumed = at;
}

/// Decides about the start of `rest`, where a block is expected if `in_sync`.
fn decide(rest: &[u8], end: bool, in_sync: bool, order: ByteOrder) -> Decision {
    let there = rest.len();
    if there < block::LEN_MIN {
        return match end {
            false => Decision::More(block::LEN_MIN),
            true => {
                let reason = format!("cut short: {there} bytes of a block header");
                Decision::Damaged(there, reason, order)
            }
        };
    }
    if !in_sync {
        return resync(rest, end, order, 0, "no block found");
    }
    let Some(head) = BlockHead::read(rest, order) else {
        return resync(rest, end, order, 1, "a section header without byte-order magic");
    };
    if !head.has_plausible_len() {
        let reason = format!("a block of type {:#x} cannot be {} long", head.block_type, head.len);
        return resync(rest, end, order, 1, &reason);
    }
    let len = head.padded_len();
    match head.ends_well(rest) {
        None if !end => Decision::More(len),
        None => {
            let reason = format!("cut short: a block of {len} bytes, {there} of them are there");
            if head.is_confirmed(rest) {
                return Decision::Damaged(there, reason, order);
            }
            match resync(rest, end, order, 1, &reason) {
                Decision::Lost(..) => Decision::Damaged(there, reason, order),
                decision => decision,
            }
        }
        Some(false) => resync(rest, end, order, 1, "the lengths at both ends of the block differ"),
        Some(true) => match head.contradiction(rest) {
            Some(reason) => Decision::Damaged(len, reason, order),
            None => Decision::Block(head),
        },
    }
}

/// Searches the next block from `from` on. With `from` 0 nothing is known of the bytes there.
fn resync(rest: &[u8], end: bool, order: ByteOrder, from: usize, reason: &str) -> Decision {
    if rest.len() < LOOKAHEAD && !end {
        return Decision::More(LOOKAHEAD);
    }
    let window = rest.get(..LOOKAHEAD).unwrap_or(rest);
    let ends = end && window.len() == rest.len();
    let last = ((window.len() + 1).saturating_sub(block::LEN_MIN) & !3).max(4);
    let by_length = if from > 0 { end_of_damaged(window, order, ends) } else { None };
    // Blocks stand at multiples of four bytes, unless some bytes are missing. At other places small
    // numbers look like themselves in the other byte order.
    let known = |at| Some((at, known_block_at(window, at, order)?.order));
    let found = by_length
        .or_else(|| (from..last).filter(|at| at % 4 == 0).find_map(known))
        .or_else(|| (from..window.len()).find_map(known));
    match found {
        Some((0, order)) => Decision::Damaged(0, String::new(), order),
        Some((at, order)) => Decision::Damaged(at, reason.to_owned(), order),
        None if ends => Decision::Lost(window.len(), reason.to_owned()),
        None => Decision::Lost(last, reason.to_owned()),
    }
}

/// How far the end of a damaged block is looked for by its last length.
const TRAILER_SEARCHED: usize = 64 << 10;

/// Where the damaged block at the start of `window` ends: where a last length fits its distance
/// from the start, or else where its first length says. And the byte order after it.
fn end_of_damaged(window: &[u8], order: ByteOrder, ends: bool) -> Option<(usize, ByteOrder)> {
    let follows = |at: usize| match block_at(window, at, order) {
        Some(head) => Some((at, head.order)),
        None => (ends && at == window.len()).then_some((at, order)),
    };
    let orders = [order, other(order)];
    let word = |at: usize, order| Reader::new(window, order).u32(at).map(|len| len as usize);
    let fits = |at: usize| orders.iter().any(|&o| word(at - block::TRAILER_LEN, o) == Some(at));
    let by_last = (block::LEN_MIN..=window.len().min(TRAILER_SEARCHED))
        .step_by(4)
        .find_map(|at| fits(at).then(|| follows(at)).flatten());
    by_last.or_else(|| {
        let by_first = orders.iter().filter_map(|&o| word(block::LEN, o)).map(block::padded);
        by_first.filter(|&at| at >= block::LEN_MIN).find_map(follows)
    })
}

fn other(order: ByteOrder) -> ByteOrder {
    match order {
        ByteOrder::Little => ByteOrder::Big,
        ByteOrder::Big => ByteOrder::Little,
    }
}

/// The block at `at`, whole, with lengths that agree, in this byte order or in the other one: the
/// header of a section may be what was lost.
fn block_at(window: &[u8], at: usize, order: ByteOrder) -> Option<BlockHead> {
    let bytes = window.get(at..).unwrap_or(&[]);
    [order, other(order)].into_iter().find_map(|order| {
        BlockHead::read(bytes, order)
            .filter(|head| head.has_plausible_len() && head.ends_well(bytes) == Some(true))
    })
}

/// The same, if it is a block of the draft.
fn known_block_at(window: &[u8], at: usize, order: ByteOrder) -> Option<BlockHead> {
    block_at(window, at, order).filter(BlockHead::is_known)
}

/// Keeps the numbering right: a damaged section header still begins a section, and a damaged
/// interface description still takes a number.
fn remember_lost_block(rest: &[u8], state: &mut State, cut: &mut Cut, out: &mut Framed) {
    match Reader::new(rest, state.order).u32(block::TYPE) {
        Some(block::SECTION) => {
            let order = block::section_order(rest).unwrap_or(state.order);
            lost_section(order, state, cut, out);
        }
        Some(block::INTERFACE) => {
            let unknown = Interface { lost: true, ..Interface::new(0) };
            out.patch(cut, Item::Interface(unknown));
        }
        _ => {}
    }
    state.keep(cut);
}

/// A section begins whose header is lost.
fn lost_section(order: ByteOrder, state: &mut State, cut: &mut Cut, out: &mut Framed) {
    *state = State { order, skipping: false, has_erf: false };
    state.keep(cut);
    cut.close_section();
    let section = Section { byte_order: order, ..Section::default() };
    out.patch(cut, Item::Section(section));
}

impl Pcapng {
    /// Takes a believed block.
    fn take(
        &self,
        window: &[u8],
        head: BlockHead,
        state: &mut State,
        cut: &mut Cut,
        out: &mut Framed,
    ) {
        let len = head.padded_len();
        let at = out.consumed;
        let rest = window.get(at..).unwrap_or(&[]);
        let bytes = rest.get(..len).unwrap_or(rest);
        if head.block_type == block::SECTION {
            let major = Reader::new(bytes, head.order).u16(block::BODY + 4);
            *state = State { order: head.order, skipping: major != Some(1), has_erf: false };
            state.keep(cut);
            cut.close_section();
        } else if state.skipping {
            let (major, minor) = cut.scene.section().version;
            return out.damaged(cut, len, || {
                format!("in a section of version {major}.{minor}; version 1 is read")
            });
        }
        if head.block_type == block::PADDING {
            out.account.padding += len as u64;
            out.consumed += len;
            return;
        }
        let packets = out.account.packets;
        if head.is_packet() {
            let lost = super::options::packet_drops(bytes, head);
            cut.lost_by_packets = cut.lost_by_packets.saturating_add(lost);
            out.packet(len);
            if state.has_erf {
                take_erf(window, out.starts.len() - 1, state.order, cut, out);
            }
        } else {
            let (items, _) = self.meta_items(bytes, &cut.scene);
            state.has_erf |= items.iter().any(is_erf_interface);
            state.keep(cut);
            cut.scene.apply(&items);
            out.meta(len);
        }
        let is_packet = out.account.packets > packets;
        let (overrun, reason) = super::options::overrun(bytes, head);
        if overrun > 0 {
            let offset = at + len - block::TRAILER_LEN - overrun;
            out.damaged_inside(cut, offset, overrun, is_packet, reason);
        }
    }
}

fn is_erf_interface(item: &Item<'_>) -> bool {
    matches!(item, Item::Interface(i) if i.link_type == Some(LinkType(erf::LINK_ERF)))
}
