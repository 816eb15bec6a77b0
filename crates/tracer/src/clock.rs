//! What the time is.

/// A clock of the trace.
///
/// Its frequency and its origin are those that the configuration gives it. A function and a
/// closure without parameters are clocks, too:
///
/// ```
/// # use marey_tracer::Clock;
/// fn cycles() -> u64 { 42 }
/// fn read(mut clock: impl Clock) -> u64 { clock.now() }
/// assert_eq!(read(cycles), 42);
/// ```
pub trait Clock {
    /// Its value now. It is read once for each event, and for packets.
    fn now(&mut self) -> u64;
}

impl<F: FnMut() -> u64> Clock for F {
    #[inline]
    fn now(&mut self) -> u64 {
        self()
    }
}

/// The clock of a stream that has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct NoClock;

impl Clock for NoClock {
    #[inline]
    fn now(&mut self) -> u64 {
        0
    }
}
