//! Sorted runs in a file, merged on the way back.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use super::{Spill, nameless_file};

/// How much of a run is written or read at a time.
const CHUNK_BYTES: usize = 256 << 10;

/// If there are more runs than this, they are merged into one first: each needs a chunk of memory
/// to be read.
pub(super) const RUNS_MAX: usize = 64;

/// No value is longer on disk.
const VALUE_BYTES_MAX: usize = 256 << 20;

/// Sorted runs of pairs.
#[derive(Debug, Default)]
pub(super) struct Runs {
    file: Option<Arc<File>>,
    end: u64,
    runs: Vec<(u64, u64)>,
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what was written to a temporary file is not there")
}

impl Runs {
    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.runs.len()
    }

    /// Writes pairs that are in order.
    pub fn write<K: Spill, V: Spill>(
        &mut self,
        pairs: impl IntoIterator<Item = io::Result<(K, V)>>,
    ) -> io::Result<()> {
        let file = match &self.file {
            Some(file) => Arc::clone(file),
            None => Arc::clone(self.file.insert(Arc::new(nameless_file()?))),
        };
        let start = self.end;
        let (mut chunk, mut pair) = (Vec::with_capacity(CHUNK_BYTES), Vec::new());
        for both in pairs {
            let (key, value) = both?;
            pair.clear();
            key.spill(&mut pair);
            value.spill(&mut pair);
            chunk.extend_from_slice(&(pair.len() as u32).to_le_bytes());
            chunk.extend_from_slice(&pair);
            if chunk.len() >= CHUNK_BYTES {
                file.write_all_at(&chunk, self.end)?;
                self.end += chunk.len() as u64;
                chunk.clear();
            }
        }
        file.write_all_at(&chunk, self.end)?;
        self.end += chunk.len() as u64;
        self.runs.push((start, self.end));
        Ok(())
    }

    /// All pairs of all runs in order, those of earlier runs first where keys are equal. If there
    /// are more runs than `runs_max`, `together` makes one of neighbours with equal keys on the
    /// way, if it can.
    pub fn merge<K: Spill + Ord, V: Spill>(
        mut self,
        runs_max: usize,
        together: impl Fn(&mut V, V) -> Option<V>,
    ) -> io::Result<Merged<K, V>> {
        while self.runs.len() > runs_max.max(1) {
            // Into a file of its own, so that the space of what was merged is free again.
            let mut fewer = Runs::default();
            for group in self.runs.chunks(RUNS_MAX) {
                let file = self.file.clone().ok_or_else(damaged)?;
                let merged = Merged::<K, V>::new(file, group)?;
                fewer.write(Together { merged, together: &together, held: None })?;
            }
            self = fewer;
        }
        match self.file {
            Some(file) => Merged::new(file, &self.runs),
            None => Ok(Merged { runs: Vec::new(), fronts: BinaryHeap::new() }),
        }
    }
}

/// A run that is being read.
#[derive(Debug)]
struct Reading {
    file: Arc<File>,
    next: u64,
    end: u64,
    chunk: Vec<u8>,
    at: usize,
}

impl Reading {
    fn pair<K: Spill, V: Spill>(&mut self) -> io::Result<Option<(K, V)>> {
        if self.chunk.len() == self.at && self.next == self.end {
            return Ok(None);
        }
        let len = self.bytes(4)?;
        let len = u32::from_le_bytes(len.try_into().map_err(|_| damaged())?) as usize;
        let mut bytes = self.bytes(len)?;
        let key = K::restore(&mut bytes).ok_or_else(damaged)?;
        let value = V::restore(&mut bytes).ok_or_else(damaged)?;
        Ok(Some((key, value)))
    }

    /// The next bytes of the run.
    fn bytes(&mut self, len: usize) -> io::Result<&[u8]> {
        if len > VALUE_BYTES_MAX {
            return Err(damaged());
        }
        if self.chunk.len() - self.at < len {
            self.chunk.drain(..self.at);
            self.at = 0;
            let there = self.chunk.len();
            let wanted = (len - there).max(CHUNK_BYTES) as u64;
            let wanted = wanted.min(self.end - self.next) as usize;
            self.chunk.resize(there + wanted, 0);
            self.file.read_exact_at(&mut self.chunk[there..], self.next)?;
            self.next += wanted as u64;
        }
        let bytes = self.chunk.get(self.at..self.at + len).ok_or_else(damaged)?;
        self.at += len;
        Ok(bytes)
    }
}

/// The next pair of a run.
#[derive(Debug)]
pub(super) struct Front<K, V> {
    pub key: K,
    pub value: V,
    pub run: usize,
}

impl<K: Ord, V> Ord for Front<K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives the greatest first.
        other.key.cmp(&self.key).then(other.run.cmp(&self.run))
    }
}

impl<K: Ord, V> PartialOrd for Front<K, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord, V> PartialEq for Front<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<K: Ord, V> Eq for Front<K, V> {}

/// Pairs from several runs, in order.
#[derive(Debug)]
pub(super) struct Merged<K, V> {
    runs: Vec<Reading>,
    fronts: BinaryHeap<Front<K, V>>,
}

impl<K: Spill + Ord, V: Spill> Merged<K, V> {
    fn new(file: Arc<File>, runs: &[(u64, u64)]) -> io::Result<Self> {
        let reading = |&(next, end): &(u64, u64)| Reading {
            file: Arc::clone(&file),
            next,
            end,
            chunk: Vec::new(),
            at: 0,
        };
        let runs: Vec<_> = runs.iter().map(reading).collect();
        let mut merged = Merged { fronts: BinaryHeap::with_capacity(runs.len()), runs };
        for run in 0..merged.runs.len() {
            merged.refill(run)?;
        }
        Ok(merged)
    }

    fn refill(&mut self, run: usize) -> io::Result<()> {
        if let Some((key, value)) = self.runs[run].pair()? {
            self.fronts.push(Front { key, value, run });
        }
        Ok(())
    }
}

impl<K: Spill + Ord, V: Spill> Iterator for Merged<K, V> {
    type Item = io::Result<(K, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        let Front { key, value, run } = self.fronts.pop()?;
        Some(self.refill(run).map(|()| (key, value)))
    }
}

/// Pairs in order, of which neighbours with equal keys become one.
struct Together<'f, K, V, F> {
    merged: Merged<K, V>,
    together: &'f F,
    held: Option<(K, V)>,
}

impl<K: Spill + Ord, V: Spill, F: Fn(&mut V, V) -> Option<V>> Iterator for Together<'_, K, V, F> {
    type Item = io::Result<(K, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (key, value) = match self.merged.next() {
                Some(Ok(pair)) => pair,
                Some(Err(e)) => return Some(Err(e)),
                None => return self.held.take().map(Ok),
            };
            match &mut self.held {
                Some((held, into)) if *held == key => {
                    if let Some(value) = (self.together)(into, value) {
                        return self.held.replace((key, value)).map(Ok);
                    }
                }
                held => {
                    if let Some(pair) = held.replace((key, value)) {
                        return Some(Ok(pair));
                    }
                }
            }
        }
    }
}
