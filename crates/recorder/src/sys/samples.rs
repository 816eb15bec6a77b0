//! Rings of samples of perf_event_open(2), one for each CPU: what happens at tracepoints there, and
//! which threads come, go and change their names.
//!
//! The first page says how far the kernel has written and how far was read, in bytes since the
//! start; the data follows. A record may begin at the end of the data and go on at its start.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use super::mapping::Mapping;
use super::perf::{Attributes, TRACEPOINT, open};

/// `PERF_TYPE_SOFTWARE`, and an event of it that never happens (`PERF_COUNT_SW_DUMMY`).
const SOFTWARE: u32 = 1;
const DUMMY: u64 = 9;
/// `PERF_SAMPLE_TID`, `PERF_SAMPLE_TIME`, `PERF_SAMPLE_CPU`: who, when, where.
const WHO_WHEN_WHERE: u64 = 1 << 1 | 1 << 2 | 1 << 7;
/// `PERF_SAMPLE_PERIOD`, which makes an event one sample, also where it weighs more
/// (`sched_stat_runtime`); `PERF_SAMPLE_RAW`: the event.
const PERIOD: u64 = 1 << 8;
const RAW: u64 = 1 << 10;
/// `PERF_FORMAT_LOST`
const LOST: u64 = 1 << 4;
/// `disabled`, `comm`, `task`, `sample_id_all`, `use_clockid`.
const DISABLED: u64 = 1;
const COMM: u64 = 1 << 9;
const TASK: u64 = 1 << 13;
const SAMPLE_ID_ALL: u64 = 1 << 18;
const USE_CLOCK: u64 = 1 << 25;

/// Requests (`PERF_EVENT_IOC_…`).
const ENABLE: libc::c_ulong = 0x2400;
const DISABLE: libc::c_ulong = 0x2401;
const SET_OUTPUT: libc::c_ulong = 0x2405;

/// Where the first page says how far the kernel is, and how far the reader.
const HEAD_AT: usize = 1024;
const TAIL_AT: usize = 1032;
/// What stands before each record: its kind, flags, and its length.
const HEADER: usize = 8;

/// A record of a ring, without what stands before it.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'r> {
    /// What it is (`PERF_RECORD_…`).
    pub kind: u32,
    /// What it says.
    pub body: &'r [u8],
}

/// An event of a tracepoint on one CPU.
#[derive(Debug)]
pub struct SampledEvent(File);

/// The ring of a CPU. In it are the records of threads as well.
#[derive(Debug)]
pub struct SampleRing {
    cpu: u32,
    /// It tells of threads, and the ring is its.
    threads: SampledEvent,
    mapping: Mapping,
    page: usize,
    bytes: usize,
    position: u64,
    /// How often something stood there that can't be.
    damaged: u64,
    /// A record that was in two parts.
    whole: Vec<u8>,
}

impl SampleRing {
    /// Opens the ring of a CPU, of so many bytes: a power of two, and whole pages.
    ///
    /// # Errors
    /// What the kernel says: [`io::ErrorKind::PermissionDenied`] also if it is too long for who
    /// has no `CAP_IPC_LOCK`.
    pub fn open(cpu: u32, bytes: usize) -> io::Result<Self> {
        let threads = event((SOFTWARE, DUMMY), WHO_WHEN_WHERE, COMM | TASK, cpu)?;
        // SAFETY: sysconf has no preconditions.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096);
        if !bytes.is_power_of_two() || bytes < page || bytes > 1 << 40 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mapping = Mapping::of(threads.0.as_raw_fd(), 0, page + bytes, true)?;
        let (position, damaged, whole) = (0, 0, Vec::new());
        Ok(SampleRing { cpu, threads, mapping, page, bytes, position, damaged, whole })
    }

    /// An event of a tracepoint, by its number, whose samples come into this ring. It is disabled.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn add(&self, id: u64) -> io::Result<SampledEvent> {
        let event = event((TRACEPOINT, id), WHO_WHEN_WHERE | PERIOD | RAW, 0, self.cpu)?;
        event.request(SET_OUTPUT, libc::c_long::from(self.threads.0.as_raw_fd()))?;
        Ok(event)
    }

    /// Which CPU it is of.
    pub fn cpu(&self) -> u32 {
        self.cpu
    }

    /// What tells of threads.
    pub fn threads(&self) -> &SampledEvent {
        &self.threads
    }

    /// How many bytes wait in it.
    pub fn fill(&self) -> u64 {
        self.produced().saturating_sub(self.position)
    }

    /// How often something stood there that can't be: nobody knows how many records were behind it.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    /// The next record. The one before it is given back to the kernel. Behind what can't be a
    /// record all is left out that is there by now, and that is counted as damage.
    pub fn take(&mut self) -> Option<Sample<'_>> {
        self.give_back();
        let produced = self.produced();
        let fill = produced.saturating_sub(self.position);
        if fill == 0 {
            return None;
        }
        if fill < HEADER as u64 || fill > self.bytes as u64 {
            return self.leave_out(produced);
        }
        let mut header = [0; HEADER];
        self.copy(self.position, &mut header);
        let [a, b, c, d, _, _, e, f] = header;
        let kind = u32::from_ne_bytes([a, b, c, d]);
        let len = usize::from(u16::from_ne_bytes([e, f]));
        if len < HEADER || len as u64 > fill {
            return self.leave_out(produced);
        }
        let mut whole = std::mem::take(&mut self.whole);
        whole.resize(len - HEADER, 0);
        self.copy(self.position + HEADER as u64, &mut whole);
        self.whole = whole;
        self.position += len as u64;
        Some(Sample { kind, body: &self.whole })
    }

    /// Goes on behind all that is there.
    fn leave_out(&mut self, produced: u64) -> Option<Sample<'_>> {
        self.damaged += 1;
        self.position = produced;
        self.give_back();
        None
    }

    /// Copies what the kernel wrote from this position on.
    fn copy(&self, position: u64, to: &mut [u8]) {
        let at = position as usize & (self.bytes - 1);
        let first = to.len().min(self.bytes - at);
        let second = (to.len() - first).min(self.bytes);
        // SAFETY: the data are the `bytes` behind the first page of the mapping; `at` is below
        // their number, and what is copied from there ends where they end; the rest begins where
        // they begin. The kernel does not write what is not given back: the callers ask for what
        // it has written (read with `Acquire`), and `to` is memory of ours.
        unsafe {
            let data = self.mapping.start().add(self.page);
            let from = data.add(at).as_ptr();
            std::ptr::copy_nonoverlapping(from, to.as_mut_ptr(), first);
            std::ptr::copy_nonoverlapping(data.as_ptr(), to.as_mut_ptr().add(first), second);
        }
    }

    fn give_back(&self) {
        self.number(TAIL_AT).store(self.position, Ordering::Release);
    }

    fn produced(&self) -> u64 {
        self.number(HEAD_AT).load(Ordering::Acquire)
    }

    fn number(&self, at: usize) -> &AtomicU64 {
        let number: NonNull<AtomicU64> =
            // SAFETY: both places are within the first page, at multiples of 8.
            unsafe { self.mapping.start().add(at) }.cast();
        // SAFETY: the page is mapped, for reading and writing, as long as this value is; kernel and
        // reader write these numbers at once.
        unsafe { number.as_ref() }
    }
}

/// Opens an event on a CPU, for all threads.
fn event(of: (u32, u64), sample: u64, more: u64, cpu: u32) -> io::Result<SampledEvent> {
    let attributes = Attributes {
        kind: of.0,
        config: of.1,
        period: 1,
        sample,
        read: LOST,
        flags: DISABLED | SAMPLE_ID_ALL | USE_CLOCK | more,
        clock: libc::CLOCK_MONOTONIC,
        ..Attributes::default()
    };
    open(&attributes, cpu).map(|descriptor| SampledEvent(OwnedFd::into(descriptor)))
}

impl SampledEvent {
    /// From now on it has samples.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn enable(&self) -> io::Result<()> {
        self.request(ENABLE, 0)
    }

    /// From now on it has none.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn disable(&self) -> io::Result<()> {
        self.request(DISABLE, 0)
    }

    /// How many had no place in the ring.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn lost(&self) -> io::Result<u64> {
        // How often it was, and how many were lost.
        let mut numbers = [0; 16];
        (&self.0).read_exact(&mut numbers)?;
        let [.., a, b, c, d, e, f, g, h] = numbers;
        Ok(u64::from_ne_bytes([a, b, c, d, e, f, g, h]))
    }

    fn request(&self, request: libc::c_ulong, argument: libc::c_long) -> io::Result<()> {
        // SAFETY: these requests take a number and write no memory of ours.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), request as _, argument) };
        super::checked(result.into()).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_record_is_stepped_over_and_counted() {
        const BYTES: u64 = 4096;
        let Ok(mut ring) = SampleRing::open(0, BYTES as usize) else {
            return println!("skipped: perf_event_open(2) is not allowed here");
        };
        // Its event is off, so nobody else writes there. The data are zeros: a record without a
        // length. Then there is less than a header, and more than there is room for.
        for (damaged, head) in (1..).zip([64, 68, 68 + 2 * BYTES]) {
            ring.number(HEAD_AT).store(head, Ordering::Release);
            assert!(ring.take().is_none());
            assert_eq!((ring.damaged(), ring.fill()), (damaged, 0));
            assert_eq!(ring.number(TAIL_AT).load(Ordering::Acquire), head);
        }
        assert!(ring.take().is_none());
        assert_eq!(ring.damaged(), 3, "nothing is no damage");
    }
}
