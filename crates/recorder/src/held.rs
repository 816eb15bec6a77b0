//! Records that wait until it is certain that none with an older time will come.

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
        self.waiting.sort_by_key(|waiting| (waiting.time, waiting.rank));
        let count = self.waiting.partition_point(|waiting| waiting.time < before);
        let bytes = std::mem::take(&mut self.bytes);
        let waiting = std::mem::take(&mut self.waiting);
        let of = |waiting: &Waiting<T>| {
            bytes.get(waiting.start..waiting.start + waiting.len).unwrap_or_default()
        };
        let (in_order, rest) = waiting.split_at(count);
        for waiting in rest {
            self.push((waiting.time, waiting.rank), waiting.beside, [of(waiting)]);
        }
        in_order.iter().try_for_each(|waiting| to(waiting.time, waiting.beside, of(waiting)))
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
