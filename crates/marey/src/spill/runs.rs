//! Sorted runs in a file, merged on the way back.

use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use super::order::InOrder;
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
    /// are more runs than `runs_max`, groups of them are written as one run first, as `pass` hands
    /// their pairs on.
    pub fn merge<K: Spill + Ord, V: Spill, P: Iterator<Item = io::Result<(K, V)>>>(
        mut self,
        runs_max: usize,
        pass: impl Fn(InOrder<K, V, Reading<K, V>>) -> P,
    ) -> io::Result<InOrder<K, V, Reading<K, V>>> {
        while self.runs.len() > runs_max.max(1) {
            // Into a file of its own, so that the space of what was merged is free again.
            let mut fewer = Runs::default();
            for group in self.runs.chunks(RUNS_MAX) {
                fewer.write(pass(self.read(group)?))?;
            }
            self = fewer;
        }
        self.read(&self.runs)
    }

    /// The pairs of some runs, in order.
    fn read<K: Spill + Ord, V: Spill>(
        &self,
        runs: &[(u64, u64)],
    ) -> io::Result<InOrder<K, V, Reading<K, V>>> {
        let file = self.file.as_ref();
        InOrder::new(runs.iter().filter_map(|&run| Some(Reading::new(Arc::clone(file?), run))))
    }
}

/// A run that is being read.
#[derive(Debug)]
pub(super) struct Reading<K, V> {
    file: Arc<File>,
    next: u64,
    end: u64,
    chunk: Vec<u8>,
    at: usize,
    pairs: PhantomData<fn() -> (K, V)>,
}

impl<K: Spill, V: Spill> Iterator for Reading<K, V> {
    type Item = io::Result<(K, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pair().transpose()
    }
}

impl<K: Spill, V: Spill> Reading<K, V> {
    fn new(file: Arc<File>, (next, end): (u64, u64)) -> Self {
        Reading { file, next, end, chunk: Vec::new(), at: 0, pairs: PhantomData }
    }

    fn pair(&mut self) -> io::Result<Option<(K, V)>> {
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
