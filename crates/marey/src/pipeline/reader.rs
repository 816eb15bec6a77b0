//! A plain loop over the records of a trace, for those who want one.

use std::sync::Arc;

use super::ledger::Ledger;
use super::piece::{self, Framing, Piece};
use crate::format::{Account, Format};
use crate::input::Opened;
use crate::record::{Kind, Packet, Record, Span};
use crate::scene::Scene;

/// Reads a trace record after record.
///
/// ```no_run
/// let mut reader = marey::open("trace.pcap")?.reader();
/// while let Some(record) = reader.next() {
///     println!("{:?}", record.time());
/// }
/// # Ok::<(), marey::Error>(())
/// ```
pub struct Reader {
    opened: Opened,
    format: Arc<dyn Format>,
    framing: Framing,
    block_len: usize,
    piece: Piece,
    /// The index of the next record in the piece.
    next: usize,
    /// The scene, the offset and the number of the first record of the piece.
    scene: Scene,
    base: u64,
    first: u64,
    patched: usize,
    ended: bool,
    ledger: Ledger,
    account: Account,
}

impl Reader {
    pub(super) fn new(opened: Opened, block_len: usize) -> Self {
        let format = Arc::clone(&opened.format);
        let framing = Framing::new(&*format);
        let scene = framing.cut.scene.clone();
        Reader {
            opened,
            format,
            framing,
            block_len,
            piece: Piece::default(),
            next: 0,
            scene,
            base: 0,
            first: 0,
            patched: 0,
            ended: false,
            ledger: Ledger::default(),
            account: Account::default(),
        }
    }

    /// The next record; `None` at the end. It borrows the reader until the next call.
    #[expect(clippy::should_implement_trait, reason = "a record borrows the reader")]
    pub fn next(&mut self) -> Option<Record<'_>> {
        while self.piece.head(self.next).is_none() {
            if self.ended {
                return None;
            }
            self.fill();
        }
        while let Some((before, item)) = self.piece.framed.patches.get(self.patched)
            && *before <= self.next
        {
            self.scene.apply(std::slice::from_ref(item));
            self.patched += 1;
        }
        let index = self.next;
        self.next += 1;
        let number = self.first + index as u64;
        let head = self.piece.head(index)?;
        let bytes = self.piece.buffer.bytes();
        let span = Span { bytes, format: &*self.format, base: self.base };
        Some(match head.kind {
            Kind::Packet => Record::Packet(Packet { span, head, scene: &self.scene, number }),
            Kind::Meta => {
                let (items, len) = piece::meta_items(span, head, &self.scene);
                self.scene.apply(&items);
                Record::Meta(piece::meta(span, head, items, len, &self.scene, number))
            }
        })
    }

    /// Reads and decodes the next piece.
    fn fill(&mut self) {
        let load = self.opened.blocks.take(&mut self.piece.buffer, self.block_len);
        self.piece.load(load);
        self.piece.frame(&*self.format, &mut self.framing);
        self.ledger.add_piece(&self.piece);
        self.account.add(&self.piece.framed.account);
        self.ended = self.piece.is_last;
        (self.next, self.patched) = (0, 0);
        if let Some(cut) = self.piece.decode(&*self.format) {
            (self.base, self.first) = (cut.offset, cut.record);
            self.scene = cut.scene.clone();
        }
        if self.ended {
            self.ledger.close(&self.framing.cut);
        }
    }

    /// The account so far; complete once [`next`](Reader::next) has returned `None`.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// How many bytes were what, so far.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The scene after the last record that was read.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }
}
