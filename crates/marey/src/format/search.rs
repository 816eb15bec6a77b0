//! Finding the next record after damage, for formats whose records form a chain of lengths and
//! nothing else (pcap, ERF, snoop).
//!
//! A record is believed when its own header is in agreement with itself ([`Grade::Sure`]), or
//! when what follows it is plausible too, or when the input ends with it. Otherwise the search goes
//! on from inside it. All decisions are functions of the input's bytes: how they arrive, and in
//! which blocks, changes nothing.

use super::{Cut, Framed, LOOKAHEAD, Walk};

/// Times that are closer than this are close.
const DAY_S: u64 = 86_400;

/// What a header looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grade {
    /// Its fields confirm one another. The record's length follows.
    Sure(usize),
    /// Nothing speaks against it.
    Sound(usize),
    /// It can be read, but looks strange.
    Odd(usize),
    /// It cannot be a header. Why.
    Invalid(&'static str),
}

/// What a format of chained records knows about its headers.
pub(crate) trait Chain {
    /// How many bytes a header has that [`grade`](Chain::grade) looks at.
    fn head_len(&self) -> usize;

    /// What the header at `at` looks like. All its bytes are in `bytes`.
    fn grade(&self, bytes: &[u8], at: usize, cut: &Cut) -> Grade;

    /// How many bytes from `at` on the grade of the header there is a function of; all of the
    /// header is in `bytes`.
    fn graded_len(&self, bytes: &[u8], at: usize) -> usize {
        let _ = (bytes, at);
        self.head_len()
    }

    /// Whether the record at 0 is longer than what it says of its packet, so that its length may
    /// be wrong and lead over other records.
    fn may_swallow(&self, bytes: &[u8]) -> bool {
        let _ = bytes;
        false
    }

    /// The seconds since the epoch in the header at `at`.
    fn seconds(&self, bytes: &[u8], at: usize) -> Option<u64>;

    /// The seconds since the epoch of the last record.
    fn last_seconds(&self, cut: &Cut) -> Option<u64>;

    /// Where the record at 0 may end if its length is wrong but its other fields are right.
    fn other_ends(&self, bytes: &[u8], cut: &Cut) -> [Option<usize>; 2];

    /// Takes records from `out.consumed` on as long as each is beyond doubt. It may take none.
    fn walk_sure(&self, window: &[u8], cut: &mut Cut, out: &mut Framed);

    /// Takes the record at `out.consumed`, of `len` bytes, that was believed after all.
    fn take(&self, window: &[u8], len: usize, cut: &mut Cut, out: &mut Framed);

    /// What the format itself decides about the start of `rest`, where it knows better than
    /// [`decide`].
    fn decide_first(&self, rest: &[u8], end: bool, cut: &Cut) -> Option<Decision> {
        let _ = (rest, end, cut);
        None
    }
}

/// What is to be done with the bytes at the start of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// There is a record of so many bytes.
    Record(usize),
    /// So many bytes are damaged, and a record starts after them or the input ends.
    Damaged(usize, String),
    /// So many bytes are damaged, and no record was found after them yet.
    Lost(usize, String),
    /// That cannot be said without so many bytes.
    More(usize),
}

/// Walks over the records of `window`: over those that are beyond doubt at once, over others as is
/// decided.
pub(crate) fn walk(
    chain: &impl Chain,
    window: &[u8],
    end: bool,
    cut: &mut Cut,
    out: &mut Framed,
) -> Walk {
    loop {
        if cut.in_sync {
            chain.walk_sure(window, cut, out);
        }
        let rest = window.get(out.consumed..).unwrap_or(&[]);
        if rest.is_empty() && end {
            return Walk::End;
        }
        let base = cut.offset + out.consumed as u64;
        let first = chain.decide_first(rest, end, cut);
        match first.unwrap_or_else(|| decide(chain, rest, base, end, cut)) {
            Decision::Record(len) => chain.take(window, len, cut, out),
            Decision::More(len) => return Walk::More(len),
            Decision::Damaged(len, reason) => {
                cut.in_sync = true;
                if len > 0 {
                    out.damaged(cut, len, || reason);
                }
            }
            Decision::Lost(len, reason) => {
                cut.in_sync = false;
                out.damaged(cut, len, || reason);
            }
        }
    }
}

/// Decides about the start of `window`, where a record is expected if `cut.in_sync`.
///
/// `base` is the window's offset in the input.
fn decide(chain: &dyn Chain, window: &[u8], base: u64, end: bool, cut: &mut Cut) -> Decision {
    let head_len = chain.head_len();
    let there = window.len();
    if there < head_len {
        return match end {
            false => Decision::More(head_len),
            true => Decision::Damaged(
                there,
                format!("cut short: {there} bytes of a record header of {head_len}"),
            ),
        };
    }
    let in_sync = cut.in_sync;
    let grade = chain.grade(window, 0, cut);
    let mut search = Search { base, chain, window, end, cut };
    if !in_sync {
        return search.resync(0, "no record found");
    }
    match grade {
        Grade::Sure(len) if there >= len => Decision::Record(len),
        Grade::Sure(len) if end => Decision::Damaged(there, cut_short(len, there)),
        Grade::Sure(len) => Decision::More(len),
        Grade::Sound(len) => search.confirm(len, false),
        Grade::Odd(len) => search.confirm(len, true),
        Grade::Invalid(reason) => search.resync(1, reason),
    }
}

fn cut_short(len: usize, there: usize) -> String {
    format!("cut short: a record of {len} bytes, {there} of them are there")
}

/// A search over a window. What was searched once without success is not searched again.
struct Search<'a> {
    /// The offset of the window.
    base: u64,
    chain: &'a dyn Chain,
    window: &'a [u8],
    end: bool,
    cut: &'a mut Cut,
}

impl Search<'_> {
    /// Decides about a record of `len` bytes that needs what follows it to be believed.
    fn confirm(&mut self, len: usize, odd: bool) -> Decision {
        let there = self.window.len();
        let head_len = self.chain.head_len();
        if there < len + head_len && !self.end {
            return Decision::More(len + head_len);
        }
        if there < len {
            return match self.resync(1, "bad length") {
                Decision::Lost(..) => Decision::Damaged(there, cut_short(len, there)),
                found => found,
            };
        }
        let ends = self.chain.other_ends(self.window, self.cut).into_iter().flatten();
        let mut shorter = ends.clone().filter(|&end| end < len);
        let looked_at = shorter.clone().chain([len]).map(|at| self.graded_end(at));
        if let Some(needed) = looked_at.max().filter(|&needed| there < needed && !self.end) {
            return Decision::More(needed);
        }
        if let Some(end) = shorter.find(|&end| self.is_sure(end)) {
            return Decision::Damaged(end, "bad length".to_owned());
        }
        // The input ends with this record, or within the header of the next one.
        if there == len || (there < len + head_len && !odd) {
            return Decision::Record(len);
        }
        let next_is_readable = match self.grade_at(self.window, len) {
            Some(Grade::Sure(_) | Grade::Sound(_)) if self.chain.may_swallow(self.window) => {
                return self.confirm_excess(len);
            }
            Some(Grade::Sure(_)) => return Decision::Record(len),
            Some(Grade::Sound(_)) if self.are_near(0, len) => return Decision::Record(len),
            Some(Grade::Sound(_) | Grade::Odd(_)) | None => true,
            Some(Grade::Invalid(_)) => odd,
        };
        let next_is_near = self.are_near(0, len);
        let farthest = ends.max();
        match self.resync(1, "bad length: no record follows") {
            Decision::Damaged(found, _) if self.chain_leads_to(len, found) => Decision::Record(len),
            // The header that follows is damaged, not this one: it has a time like this one's, or
            // what follows it is as long as this record, or farther away than this record can end.
            Decision::Damaged(found, _)
                if found > len && (next_is_near || found == 2 * len || Some(found) > farthest) =>
            {
                Decision::Record(len)
            }
            Decision::Lost(..) if next_is_readable || next_is_near => Decision::Record(len),
            Decision::Lost(_, reason) => Decision::Lost(len, reason),
            decision => decision,
        }
    }

    /// Decides about a record that is longer than it needs to be, and that a good one follows: it
    /// is believed unless records in it lead to the one that follows.
    fn confirm_excess(&mut self, len: usize) -> Decision {
        match self.resync(1, "bad length") {
            Decision::More(needed) => Decision::More(needed),
            Decision::Damaged(found, reason) if found < len && self.chain_leads_to(found, len) => {
                Decision::Damaged(found, reason)
            }
            _ => Decision::Record(len),
        }
    }

    /// Up to where bytes are needed to grade the header at `at`.
    fn graded_end(&self, at: usize) -> usize {
        let head_end = at + self.chain.head_len();
        match head_end <= self.window.len() {
            true => at + self.chain.graded_len(self.window, at),
            false => head_end,
        }
    }

    /// Whether the lengths of strange but readable records lead from `at` to `target`.
    fn chain_leads_to(&self, mut at: usize, target: usize) -> bool {
        while at < target {
            at = match self.grade_at(self.window, at) {
                Some(Grade::Sure(len) | Grade::Sound(len) | Grade::Odd(len)) => at + len,
                _ => return false,
            };
        }
        at == target
    }

    fn is_sure(&self, at: usize) -> bool {
        matches!(self.grade_at(self.window, at), Some(Grade::Sure(_)))
    }

    /// Whether the times in the headers at two places are close.
    fn are_near(&self, one: usize, other: usize) -> bool {
        let seconds = |at| self.chain.seconds(self.window, at);
        matches!((seconds(one), seconds(other)), (Some(a), Some(b)) if a.abs_diff(b) <= DAY_S)
    }

    /// Whether the time in the header at `at` is close to that of the last record.
    fn is_near(&self, at: usize) -> bool {
        let times = (self.chain.last_seconds(self.cut), self.chain.seconds(self.window, at));
        matches!(times, (Some(a), Some(b)) if a.abs_diff(b) <= DAY_S)
    }

    /// Searches the next record from `from` on.
    fn resync(&mut self, from: usize, reason: &str) -> Decision {
        if self.window.len() < LOOKAHEAD && !self.end {
            return Decision::More(LOOKAHEAD);
        }
        let window = self.window.get(..LOOKAHEAD).unwrap_or(self.window);
        let ends = self.end && window.len() == self.window.len();
        if from > 0 {
            for hint in self.chain.other_ends(window, self.cut).into_iter().flatten() {
                if self.is_anchor(window, hint, ends) || (ends && hint == window.len()) {
                    return Decision::Damaged(hint, reason.to_owned());
                }
            }
        }
        let last = (window.len() + 1).saturating_sub(self.chain.head_len());
        let searched = self.cut.searched.saturating_sub(self.base) as usize;
        let found = (from.max(searched)..last).find(|&at| self.is_anchor(window, at, ends));
        self.cut.searched = self.base + found.unwrap_or(last) as u64;
        match found {
            Some(0) => Decision::Damaged(0, String::new()),
            Some(at) => Decision::Damaged(at, reason.to_owned()),
            None if ends => Decision::Lost(window.len(), reason.to_owned()),
            None => Decision::Lost(last.max(1), reason.to_owned()),
        }
    }

    /// Whether a record starts at `at`, as far as can be said from its header and what follows.
    fn is_anchor(&self, window: &[u8], at: usize, ends: bool) -> bool {
        let (sure, len) = match self.grade_at(window, at) {
            Some(Grade::Sure(len)) => (true, len),
            Some(Grade::Sound(len)) => (false, len),
            _ => return false,
        };
        let near = self.is_near(at);
        if sure && near {
            return true;
        }
        let next = at + len;
        if next == window.len() && ends {
            return sure || near;
        }
        match self.grade_at(window, next) {
            Some(Grade::Sure(_)) => true,
            Some(Grade::Sound(len)) => sure || near || self.is_plausible(window, next + len, ends),
            Some(_) => false,
            None => sure,
        }
    }

    fn is_plausible(&self, window: &[u8], at: usize, ends: bool) -> bool {
        (at == window.len() && ends)
            || matches!(self.grade_at(window, at), Some(Grade::Sure(_) | Grade::Sound(_)))
    }

    /// The grade of the header at `at`, if all of it is in the window.
    fn grade_at(&self, window: &[u8], at: usize) -> Option<Grade> {
        let whole = at.checked_add(self.chain.head_len())? <= window.len();
        whole.then(|| self.chain.grade(window, at, self.cut))
    }
}
