//! A packet in one line: number, time, interface, lengths, and what its headers say.

use std::fmt::Write as _;

use marey::wire::{Layers, layers, summary};
use marey::{Packet, Timestamp};

use super::clock::Clock;
use super::digits;
use super::look::Look;
use crate::escape;

/// How wide record numbers are at least.
const NUMBER_WIDTH: usize = 6;
/// How wide the interface is at least, and at most.
const INTERFACE_WIDTH: usize = 4;
const INTERFACE_CHARS_MAX: usize = 20;
/// How wide the lengths are at least: `1514/1514`.
const LENGTHS_WIDTH: usize = 9;
/// How much of a text a line shows.
pub const TEXT_CHARS_MAX: usize = 120;
/// How many of the comments, names and other repeated things a line shows.
pub const LISTED_MAX: usize = 4;

/// What stands first in every line: the record's number and its time.
pub fn start(out: &mut String, look: &Look, clock: &mut Clock, record: u64, at: Option<Timestamp>) {
    look.dim.on(out);
    digits::push_right(out, record, NUMBER_WIDTH);
    look.dim.off(out);
    out.push(' ');
    clock.push(out, at);
    out.push(' ');
}

/// Appends a packet's line, and gives its layers for more to be said about them.
pub fn packet<'a>(
    out: &mut String,
    look: &Look,
    clock: &mut Clock,
    packet: &Packet<'a>,
) -> Layers<'a> {
    start(out, look, clock, packet.position().record, packet.time());
    interface(out, look, packet);
    lengths(out, packet);
    let layers = layers(packet.link_type(), packet.bytes(), packet.wire_len());
    let _ = write!(out, "{}", summary(&layers));
    for comment in packet.comments().iter().take(LISTED_MAX) {
        out.push_str("  ");
        look.dim.on(out);
        escape::push_quoted(out, comment, TEXT_CHARS_MAX);
        look.dim.off(out);
    }
    out.push('\n');
    layers
}

/// The interface's name, else its number.
fn interface(out: &mut String, look: &Look, packet: &Packet<'_>) {
    let from = out.len();
    look.name.on(out);
    let shown_from = out.len();
    match packet.interface().and_then(|interface| interface.name()) {
        Some(name) if !name.is_empty() => escape::push_cut(out, name, INTERFACE_CHARS_MAX),
        _ => push_interface_id(out, packet),
    }
    let shown = out.get(shown_from..).unwrap_or_default().chars().count();
    if from < shown_from {
        look.name.off(out);
    }
    digits::push_blanks(out, INTERFACE_WIDTH.saturating_sub(shown) + 1);
}

/// The number of an interface without a name; of one that an ERF trace has not described, the port
/// of the card, after the source that it belongs to.
fn push_interface_id(out: &mut String, packet: &Packet<'_>) {
    let id = packet.interface_id();
    match (packet.interface(), id.to_be_bytes()) {
        (None, [0x80, 0, source, port]) => {
            if source != 0 {
                digits::push(out, source.into());
                out.push('/');
            }
            out.push_str("port");
            digits::push(out, port.into());
        }
        _ => digits::push(out, id.into()),
    }
}

/// Captured and wire length.
fn lengths(out: &mut String, packet: &Packet<'_>) {
    let from = out.len();
    digits::push(out, u64::from(packet.captured_len()));
    out.push('/');
    digits::push(out, u64::from(packet.wire_len()));
    let shown = out.len() - from;
    digits::push_blanks(out, LENGTHS_WIDTH.saturating_sub(shown) + 1);
}
