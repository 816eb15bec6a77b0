//! Lanes: the inputs of a run on their way to be one trace.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::piece::{Framing, Piece};
use crate::format::Format;
use crate::input::Opened;
use crate::input::blocks::{Blocks, Load};

/// An input on its way.
pub(crate) struct Lane {
    pub format: Arc<dyn Format>,
    blocks: Mutex<Blocks>,
    /// Whether it has ended or broken, so that nothing more is to be taken from it.
    closed: AtomicBool,
    /// Whether it is recorded while it is read.
    pub is_recorded: bool,
}

impl Lane {
    pub fn new(opened: Opened) -> Self {
        let closed = AtomicBool::new(false);
        let Opened { format, blocks, is_recorded, .. } = opened;
        Lane { format, blocks: Mutex::new(blocks), closed, is_recorded }
    }

    /// Frames what was loaded into a piece, or, if nothing was, as little as there can be. After
    /// the last piece nothing more is taken.
    pub fn frame(&self, piece: &mut Piece, is_loaded: bool, framing: &mut Framing) {
        if is_loaded {
            piece.frame(&*self.format, framing);
        } else {
            let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
            piece.frame_next(&mut blocks, &*self.format, framing);
        }
        if piece.is_last {
            self.closed.store(true, Ordering::Relaxed);
        }
    }

    fn take(&self, piece: &mut Piece, len: usize) -> Load {
        if self.closed.load(Ordering::Relaxed) {
            return Load::End(None);
        }
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.take(&mut piece.buffer, len)
    }
}

/// How many pieces of each input were taken and are not used up.
#[derive(Clone)]
pub(crate) struct Outstanding(Arc<[AtomicUsize]>);

impl Outstanding {
    pub fn new(inputs: usize) -> Self {
        Outstanding((0..inputs).map(|_| AtomicUsize::new(0)).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// A piece of this input was used up.
    pub fn done(&self, input: usize) {
        if let Some(count) = self.0.get(input) {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Takes blocks: each time from the input of which the fewest pieces are waiting.
pub(crate) struct Feed {
    outstanding: Outstanding,
    ended: Vec<bool>,
    block_len: usize,
}

impl Feed {
    pub fn new(outstanding: Outstanding, block_len: usize) -> Self {
        Feed { ended: vec![false; outstanding.len()], outstanding, block_len }
    }

    /// Takes a block into a piece; whether no input has any more. Without a length of blocks, what
    /// is taken is decided at the gate.
    pub fn take(&mut self, lanes: &[Lane], piece: &mut Piece) -> (Option<Load>, bool) {
        let open = (0..lanes.len()).filter(|&input| !self.ended[input]);
        let waiting = |&input: &usize| self.outstanding.0[input].load(Ordering::Relaxed);
        let Some(input) = open.min_by_key(waiting) else { return (Some(Load::End(None)), true) };
        self.outstanding.0[input].fetch_add(1, Ordering::Relaxed);
        piece.input = input as u32;
        let lane = &lanes[input];
        if self.block_len == 0 {
            self.ended[input] = lane.closed.load(Ordering::Relaxed);
            return (None, self.ended.iter().all(|&ended| ended));
        }
        let load = lane.take(piece, self.block_len);
        self.ended[input] = matches!(load, Load::End(_));
        (Some(load), self.ended.iter().all(|&ended| ended))
    }
}
