//! The threads of the machine: whose they are, what they are called, and which are recorded.

use std::collections::{HashMap, VecDeque};
use std::fs;

use crate::kernel::record::COMM_BYTES;
use crate::session::state;

/// The numbers of records that tell of threads. No event of a recording has them.
pub const FORKED: u32 = 0x7fff_fffd;
pub const EXITED: u32 = 0x7fff_fffe;
pub const RENAMED: u32 = 0x7fff_ffff;

/// So many threads are known at most.
const THREADS_MAX: usize = 1 << 18;
/// A thread has events for some time after the kernel says that it exits; in nanoseconds.
const LEAVES_AFTER: u64 = 1_000_000_000;

/// What is known of a thread.
#[derive(Clone, Copy, Debug, Default)]
pub struct Thread {
    pub pid: u32,
    pub comm: [u8; COMM_BYTES],
    /// It is recorded, if not all are.
    pub is_recorded: bool,
    /// Which of all that had its number it is.
    turn: u64,
}

/// All threads.
#[derive(Debug)]
pub struct Threads {
    all: HashMap<u32, Thread>,
    leaving: VecDeque<(u64, u32, u64)>,
    turns: u64,
    /// For how many there was no place.
    unknown: u64,
}

impl Threads {
    /// These are recorded.
    pub fn new(recorded: &[u32]) -> Self {
        let first = recorded.iter().map(|tid| {
            let (pid, is_recorded) = (process_of(*tid).unwrap_or(*tid), true);
            (*tid, Thread { pid, comm: comm_of(*tid), is_recorded, turn: 0 })
        });
        Threads { all: first.collect(), leaving: VecDeque::new(), turns: 0, unknown: 0 }
    }

    /// Adds those that are there; what is known of one stays.
    pub fn look(&mut self) {
        for (pid, tid) in state::threads().take(THREADS_MAX) {
            let new = || Thread { pid, comm: comm_of(tid), ..Thread::default() };
            self.all.entry(tid).or_insert_with(new);
        }
    }

    /// A thread, if it is known.
    pub fn get(&self, tid: u32) -> Option<&Thread> {
        self.all.get(&tid)
    }

    /// For how many there was no place.
    pub fn unknown(&self) -> u64 {
        self.unknown
    }

    /// One was started by another, whose name it has, and with which it is recorded.
    pub fn fork(&mut self, (pid, tid): (u32, u32), parent: u32) {
        if self.all.len() >= THREADS_MAX && !self.all.contains_key(&tid) {
            self.unknown += 1;
            return;
        }
        self.turns += 1;
        let parent = self.all.get(&parent).copied().unwrap_or_default();
        self.all.insert(tid, Thread { pid, turn: self.turns, ..parent });
    }

    /// One has another name from now on.
    pub fn rename(&mut self, (pid, tid): (u32, u32), name: &[u8]) {
        if self.all.len() < THREADS_MAX || self.all.contains_key(&tid) {
            let thread = self.all.entry(tid).or_insert(Thread { pid, ..Thread::default() });
            thread.pid = pid;
            thread.comm = comm(name);
        }
    }

    /// One is about to end.
    pub fn exit(&mut self, tid: u32, time: u64) {
        if let Some(thread) = self.all.get(&tid) {
            self.leaving.push_back((time, tid, thread.turn));
        }
        while let Some((left, tid, turn)) = self.leaving.front().copied()
            && left + LEAVES_AFTER < time
        {
            self.leaving.pop_front();
            if self.all.get(&tid).is_some_and(|thread| thread.turn == turn) {
                self.all.remove(&tid);
            }
        }
    }
}

/// What the idle thread of a CPU is called: all have the number 0.
pub fn idle(cpu: u32) -> [u8; COMM_BYTES] {
    comm(format!("swapper/{cpu}").as_bytes())
}

fn comm(name: &[u8]) -> [u8; COMM_BYTES] {
    let mut comm = [0; COMM_BYTES];
    let name = name.iter().take_while(|byte| **byte != 0);
    comm.iter_mut().take(COMM_BYTES - 1).zip(name).for_each(|(to, from)| *to = *from);
    comm
}

fn comm_of(tid: u32) -> [u8; COMM_BYTES] {
    let name = fs::read(format!("/proc/{tid}/comm")).unwrap_or_default();
    comm(name.strip_suffix(b"\n").unwrap_or(&name))
}

/// Of which process a thread is (proc_pid_status(5)).
fn process_of(tid: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{tid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("Tgid:"))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_there_for_some_time_after_it_ends_and_its_number_may_be_anothers() {
        let mut threads = Threads::new(&[]);
        threads.rename((7, 7), b"first\0\0\0");
        threads.fork((7, 8), 7);
        threads.exit(8, 100);
        assert_eq!(threads.get(8).map(|thread| thread.comm), Some(comm(b"first")));
        threads.fork((9, 8), 7);
        threads.rename((9, 8), b"second");
        threads.exit(7, 200 + LEAVES_AFTER);
        assert_eq!(threads.get(8).map(|thread| thread.pid), Some(9), "another one by now");
        threads.exit(8, 300 + 2 * LEAVES_AFTER);
        assert!(threads.get(7).is_none() && threads.get(8).is_some());
    }

    #[test]
    fn what_a_recorded_thread_starts_is_recorded() {
        let own = std::process::id();
        let mut threads = Threads::new(&[own]);
        threads.look();
        threads.fork((4_000_001, 4_000_001), own);
        threads.fork((4_000_002, 4_000_002), 4_000_001);
        threads.fork((4_000_003, 4_000_003), 1);
        let is = |tid| threads.get(tid).is_some_and(|thread| thread.is_recorded);
        assert_eq!([4_000_001, 4_000_002, 4_000_003].map(is), [true, true, false]);
        assert_eq!(threads.get(own).map(|thread| thread.pid), Some(own));
    }
}
