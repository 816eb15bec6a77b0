//! The clocks of the kernel.

use std::io;

/// The time of two clocks at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockPair {
    /// `CLOCK_MONOTONIC`, in nanoseconds: the one of events.
    pub monotonic: u64,
    /// Nanoseconds since the Unix epoch, from `CLOCK_REALTIME`: the one of packets.
    pub real: i64,
}

fn read(clock: libc::clockid_t) -> io::Result<i64> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the structure lives over the call.
    super::checked(unsafe { libc::clock_gettime(clock, &mut time) }.into())?;
    Ok(time.tv_sec * 1_000_000_000 + time.tv_nsec)
}

/// `CLOCK_MONOTONIC`, in nanoseconds.
///
/// # Errors
/// What the kernel says.
pub fn monotonic_ns() -> io::Result<u64> {
    read(libc::CLOCK_MONOTONIC).map(i64::cast_unsigned)
}

/// Nanoseconds since the Unix epoch, from `CLOCK_REALTIME`.
///
/// # Errors
/// What the kernel says.
pub fn realtime_ns() -> io::Result<i64> {
    read(libc::CLOCK_REALTIME)
}

impl ClockPair {
    /// Reads both, several times, and takes the pair that was read fastest.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn read() -> io::Result<Self> {
        let mut best: Option<(u64, Self)> = None;
        for _ in 0..10 {
            let before = monotonic_ns()?;
            let real = read(libc::CLOCK_REALTIME)?;
            let took = monotonic_ns()?.saturating_sub(before);
            if best.is_none_or(|(least, _)| took < least) {
                best = Some((took, ClockPair { monotonic: before + took / 2, real }));
            }
        }
        best.map(|(_, pair)| pair).ok_or_else(|| io::Error::other("no clock"))
    }

    /// What is to be added to the monotonic time for the time since the Unix epoch.
    pub fn offset(&self) -> i64 {
        self.real.saturating_sub_unsigned(self.monotonic)
    }
}
