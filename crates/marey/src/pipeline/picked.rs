//! Which records of a batch belong to which shard.

use super::handler::MetaTo;
use super::hasher::FILTERED;
use super::merge::Batch;
use crate::record::Kind;

/// The offsets in a batch of the records of each shard.
#[derive(Debug, Default)]
pub(crate) struct Picked {
    offsets: Vec<u32>,
    starts: Vec<u32>,
}

impl Picked {
    /// Sorts the records of a batch by their shards, in their order.
    pub fn fill(&mut self, batch: &Batch, shards: usize, meta: MetaTo) {
        let everyone = meta == MetaTo::Broadcast;
        let mut counts = vec![0; shards + 1];
        each_place(batch, everyone, shards, |shard, _| counts[shard + 1] += 1);
        for shard in 0..shards {
            counts[shard + 1] += counts[shard];
        }
        self.starts.clone_from(&counts);
        self.offsets.clear();
        self.offsets.resize(counts[shards] as usize, 0);
        each_place(batch, everyone, shards, |shard, offset| {
            self.offsets[counts[shard] as usize] = offset;
            counts[shard] += 1;
        });
    }

    /// The offsets of a shard's records.
    pub fn of(&self, shard: usize) -> &[u32] {
        &self.offsets[self.starts[shard] as usize..self.starts[shard + 1] as usize]
    }
}

fn each_place(batch: &Batch, everyone: bool, shards: usize, mut place: impl FnMut(usize, u32)) {
    for (offset, (piece, index)) in (0..).zip(batch.indices()) {
        match piece.shards.get(index) {
            Some(&FILTERED) => {}
            Some(_) if everyone && piece.heads[index].kind == Kind::Meta => {
                (0..shards).for_each(|shard| place(shard, offset));
            }
            Some(&shard) => place(usize::from(shard), offset),
            None => place(0, offset),
        }
    }
}
