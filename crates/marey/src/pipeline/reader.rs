//! A plain loop over the records of a trace, for those who want one.

use std::sync::Arc;
use std::time::Instant;

use super::Trace;
use super::hasher::{FILTERED, Placing};
use super::lane::{Feed, Lane, Outstanding};
use super::ledger::Ledger;
use super::merge::{Batch, Merger, Run};
use super::pace::Pace;
use super::piece::{Framing, Piece};
use super::walk::Cursor;
use crate::format::Account;
use crate::record::{Kind, Record};
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
    lanes: Vec<Lane>,
    feed: Feed,
    framings: Vec<Framing>,
    merger: Merger,
    placing: Placing,
    batch: Batch,
    cursors: Vec<Option<Cursor>>,
    /// The run of the batch that is being read, and the next record in it.
    run: usize,
    next: u32,
    scene: Scene,
    spare: Vec<Piece>,
    ended: bool,
    pace: Option<Pace>,
    ledger: Ledger,
    account: Account,
}

impl Reader {
    pub(super) fn new(trace: Trace) -> Self {
        let Trace { inputs, options, .. } = trace;
        let lanes: Vec<_> = inputs.into_iter().map(|(opened, _)| Lane::new(opened)).collect();
        let framings: Vec<_> = lanes.iter().map(|lane| Framing::new(&*lane.format)).collect();
        let outstanding = Outstanding::new(lanes.len());
        let mut placing = options.placing.clone();
        placing.hasher = None;
        placing.needs_metas = placing.is_needed() || lanes.len() > 1;
        Reader {
            feed: Feed::new(outstanding.clone(), options.block_len_of(lanes.len())),
            merger: Merger::new(outstanding, options.clockwork, options.packets),
            scene: framings[0].cut.scene.clone(),
            batch: Batch::default(),
            cursors: Vec::new(),
            run: 0,
            next: 0,
            spare: Vec::new(),
            ended: false,
            pace: options.replay.map(Pace::new),
            ledger: Ledger::default(),
            account: Account::default(),
            lanes,
            framings,
            placing,
        }
    }

    /// The next record; `None` at the end. It borrows the reader until the next call.
    #[expect(clippy::should_implement_trait, reason = "a record borrows the reader")]
    pub fn next(&mut self) -> Option<Record<'_>> {
        let (run, index) = self.advance()?;
        let piece = self.batch.pieces.get(run.piece as usize)?;
        let format = &*self.lanes[piece.input as usize].format;
        let cursor = self.cursors.get_mut(run.piece as usize)?;
        let cursor = cursor.get_or_insert_with(|| piece.cursor());
        cursor.advance(piece, format, run.from as usize);
        cursor.patch(piece, index);
        let head = piece.heads.get(index)?;
        match head.kind {
            Kind::Packet => cursor.packet(piece, format, index).map(Record::Packet),
            Kind::Meta => Some(Record::Meta(cursor.meta(piece, format, index, head))),
        }
    }

    /// Goes to the next record that is not left out.
    fn advance(&mut self) -> Option<(Run, usize)> {
        loop {
            while let Some(&run) = self.batch.runs.get(self.run) {
                let index = self.next.max(run.from);
                if index >= run.to {
                    (self.run, self.next) = (self.run + 1, 0);
                    continue;
                }
                self.next = index + 1;
                let shards = &self.batch.piece(run).shards;
                if shards.get(index as usize) != Some(&FILTERED) {
                    return Some((run, index as usize));
                }
            }
            if self.ended {
                return None;
            }
            self.fill();
        }
    }

    /// Reads and decodes the next piece.
    fn fill(&mut self) {
        self.keep_scene();
        let batch = std::mem::take(&mut self.batch);
        self.spare.extend(batch.used_up());
        let mut piece = self.spare.pop().unwrap_or_default();
        let (load, last) = self.feed.take(&self.lanes, &mut piece);
        let lane = &self.lanes[piece.input as usize];
        let framing = &mut self.framings[piece.input as usize];
        let is_loaded = load.is_some();
        if let Some(load) = load {
            piece.load(load);
        }
        lane.frame(&mut piece, is_loaded, framing);
        piece.decode(&*lane.format, &self.placing);
        self.account.add(&piece.framed.account);
        let damage = std::mem::take(&mut piece.framed.damage);
        self.batch = self.merger.add(Arc::new(piece));
        let filtered = self.batch.filtered(self.batch.len);
        self.ledger.add(self.batch.len, filtered, &damage);
        self.ended = last || self.batch.is_end;
        if let Some(pace) = &mut self.pace
            && let Some(due) = pace.due(&self.batch)
        {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        self.cursors.clear();
        self.cursors.resize_with(self.batch.pieces.len(), || None);
        (self.run, self.next) = (0, 0);
        if self.ended {
            let cuts = self.framings.iter().map(|framing| &framing.cut);
            self.ledger.close(cuts.zip(self.lanes.iter().map(|lane| lane.is_recorded)));
        }
    }

    /// Remembers the scene of the first input at the end of a batch.
    fn keep_scene(&mut self) {
        let cursors = self.batch.pieces.iter().zip(&self.cursors);
        let of_first = cursors.filter(|(piece, _)| piece.input == 0);
        if let Some(cursor) = of_first.filter_map(|(_, cursor)| cursor.as_ref()).next_back() {
            self.scene = cursor.scene().clone();
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

    /// The scene of the first input after the last record that was read.
    pub fn scene(&self) -> &Scene {
        let pieces = self.batch.pieces.iter().zip(&self.cursors);
        let of_first = pieces.filter(|(piece, _)| piece.input == 0);
        let newest = of_first.filter_map(|(_, cursor)| cursor.as_ref()).next_back();
        newest.map_or(&self.scene, Cursor::scene)
    }
}
