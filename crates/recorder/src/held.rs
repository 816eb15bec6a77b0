//! Records that wait until it is certain that none with an older time will come.

use std::iter::Peekable;
use std::vec::IntoIter;

/// Records that wait, each with something beside its bytes.
#[derive(Debug)]
pub struct Held<T> {
    waiting: Vec<Waiting<T>>,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Waiting<T> {
    time: u64,
    /// What decides between those of one time.
    rank: usize,
    beside: T,
    start: usize,
    len: usize,
}

impl<T> Default for Held<T> {
    fn default() -> Self {
        Held { waiting: Vec::new(), bytes: Vec::new() }
    }
}

impl<T: Copy> Held<T> {
    /// Takes a record: its time, its rank among those of this time, what stands beside it, and its
    /// bytes, in pieces.
    pub fn push<'b>(
        &mut self,
        (time, rank): (u64, usize),
        beside: T,
        pieces: impl IntoIterator<Item = &'b [u8]>,
    ) {
        let start = self.bytes.len();
        pieces.into_iter().for_each(|piece| self.bytes.extend_from_slice(piece));
        let len = self.bytes.len() - start;
        self.waiting.push(Waiting { time, rank, beside, start, len });
    }

    /// How many bytes wait.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Hands over all records that are older than this, the oldest first; those of one time by
    /// their ranks, and then as they came.
    ///
    /// # Errors
    /// The first one of the one who takes them; the others that were older are gone, too.
    pub fn release<E>(
        &mut self,
        before: u64,
        mut to: impl FnMut(u64, T, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.take(before).up_to(u64::MAX, &mut to)
    }

    /// The same, to be handed over bit by bit.
    pub fn take(&mut self, before: u64) -> InOrder<T> {
        self.waiting.sort_by_key(|waiting| (waiting.time, waiting.rank));
        let count = self.waiting.partition_point(|waiting| waiting.time < before);
        let bytes = std::mem::take(&mut self.bytes);
        let mut waiting = std::mem::take(&mut self.waiting);
        for rest in waiting.split_off(count) {
            let own = bytes.get(rest.start..rest.start + rest.len).unwrap_or_default();
            self.push((rest.time, rest.rank), rest.beside, [own]);
        }
        InOrder { waiting: waiting.into_iter().peekable(), bytes }
    }
}

/// Records in the order of their times, which wait no longer.
#[derive(Debug)]
pub struct InOrder<T> {
    waiting: Peekable<IntoIter<Waiting<T>>>,
    bytes: Vec<u8>,
}

impl<T: Copy> InOrder<T> {
    /// Hands over those that are older than this; [`u64::MAX`] is for all of them.
    ///
    /// # Errors
    /// The first one of the one who takes them.
    pub fn up_to<E>(
        &mut self,
        before: u64,
        to: &mut impl FnMut(u64, T, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let is_older = |waiting: &Waiting<T>| waiting.time < before || before == u64::MAX;
        while let Some(Waiting { time, beside, start, len, .. }) =
            self.waiting.next_if(|waiting| is_older(waiting))
        {
            to(time, beside, self.bytes.get(start..start + len).unwrap_or_default())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn released(held: &mut Held<char>, before: u64) -> Vec<(u64, char, Vec<u8>)> {
        let mut all = Vec::new();
        let taken = held.release(before, |time, beside, bytes| {
            all.push((time, beside, bytes.to_vec()));
            Ok::<_, ()>(())
        });
        taken.map(|()| all).expect("all are taken")
    }

    #[test]
    fn the_oldest_come_first_and_the_others_wait() {
        let mut held = Held::default();
        held.push((5, 0), 'e', [&b"five"[..]]);
        held.push((3, 1), 'b', [&b"th"[..], b"ree"]);
        held.push((3, 0), 'a', [&b""[..]]);
        held.push((3, 1), 'c', [&b"x"[..]]);
        let first = [(3, 'a', vec![]), (3, 'b', b"three".to_vec()), (3, 'c', b"x".to_vec())];
        assert_eq!(released(&mut held, 5), first);
        assert_eq!(held.bytes(), 4);
        held.push((4, 0), 'd', [&b"late"[..]]);
        let rest = [(4, 'd', b"late".to_vec()), (5, 'e', b"five".to_vec())];
        assert_eq!(released(&mut held, u64::MAX), rest);
        assert_eq!((released(&mut held, u64::MAX), held.bytes()), (vec![], 0));
    }
}
