//! Cuts: the same wherever blocks end, and enough to read on from.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use super::*;
use crate::format::Format;
use crate::testing::{large, trace};

/// Records by all that framing and decoding say of them, and each damaged byte.
#[derive(Clone, Debug, Default, PartialEq)]
struct Seen {
    records: Vec<(u64, String)>,
    damaged: Vec<u64>,
}

impl Seen {
    /// What comes from a cut on.
    fn from(mut self, cut: &Cut) -> Self {
        self.records.retain(|(number, _)| *number >= cut.record);
        self.damaged.retain(|&offset| offset >= cut.offset);
        self
    }
}

fn format_of(bytes: &[u8]) -> Arc<dyn Format> {
    let source = crate::Source::from("test");
    let bytes = bytes.to_vec();
    crate::input::open_stream(&source, Box::new(Cursor::new(bytes))).expect("a trace").format
}

/// Reads `bytes`, which start where `framing` is, in blocks of `block_len`. What was seen, and the
/// cuts before each block.
fn read(
    format: &dyn Format,
    bytes: &[u8],
    mut framing: Framing,
    block_len: usize,
) -> (Seen, Vec<Cut>) {
    let (mut seen, mut cuts) = (Seen::default(), Vec::new());
    let mut piece = Piece::default();
    let mut blocks = bytes.chunks(block_len);
    loop {
        cuts.push(framing.cut.clone());
        let block = blocks.next();
        piece.load(if block.is_some() { Load::Ready } else { Load::End(None) });
        piece.buffer.exchange(&mut block.unwrap_or_default().to_vec());
        piece.frame(format, &mut framing);
        for damage in &piece.framed.damage {
            seen.damaged.extend(damage.offset..damage.offset + damage.len);
        }
        piece.decode(format, &Placing::default());
        let mut cursor = piece.cursor();
        for (index, head) in piece.heads.iter().enumerate() {
            cursor.patch(&piece, index);
            let text = match head.kind {
                Kind::Packet => format!("{:?}", cursor.packet(&piece, format, index)),
                Kind::Meta => format!("{:?}", cursor.meta(&piece, format, index, head)),
            };
            seen.records.push((piece.number(index), text));
        }
        if block.is_none() {
            return (seen, cuts);
        }
    }
}

fn traces() -> Vec<Vec<u8>> {
    let mut traces: Vec<_> = trace::ready_made().into_iter().map(|(_, made)| made.bytes).collect();
    traces.extend(trace::damaged().into_iter().map(|(_, bytes)| bytes));
    let mut nested = Vec::new();
    large::nested(&mut nested, 40_000, 1).expect("memory");
    traces.push(nested);
    traces.retain(|bytes| {
        let source = crate::Source::from("test");
        crate::input::open_stream(&source, Box::new(Cursor::new(bytes.clone()))).is_ok()
    });
    traces
}

#[test]
fn from_any_cut_reading_on_gives_the_rest() {
    for bytes in traces() {
        let format = format_of(&bytes);
        let (all, cuts) = read(&*format, &bytes, Framing::new(&*format), 97);
        let step = (cuts.len() / 40).max(1);
        for cut in cuts.into_iter().step_by(step) {
            let rest = bytes.get(cut.offset as usize..).unwrap_or(&[]);
            let framing = Framing { cut: cut.clone(), carry: Vec::new(), needed: 0, ended: false };
            let (seen, _) = read(&*format, rest, framing, 1000);
            assert_eq!(seen, all.clone().from(&cut), "from byte {}", cut.offset);
        }
    }
}

#[test]
fn cuts_at_the_same_place_are_the_same_wherever_blocks_end() {
    for bytes in traces() {
        let format = format_of(&bytes);
        let mut known: BTreeMap<(u64, u64), String> = BTreeMap::new();
        for block_len in [1 << 20, 4096, 1000, 97, 1] {
            let (_, cuts) = read(&*format, &bytes, Framing::new(&*format), block_len);
            for cut in cuts {
                // Before the end of the input, how far was searched depends on what had come.
                let text = format!("{} {:?} {:?}", cut.in_sync, cut.carry, cut.scene);
                let known = known.entry((cut.offset, cut.record)).or_insert_with(|| text.clone());
                assert_eq!(*known, text, "at byte {}", cut.offset);
            }
        }
    }
}
