//! What decides at run time which events are recorded.
//!
//! A generated tracer has these filters if its configuration asks for them. While none of them
//! acts, an event costs a look at one flag, in place of that which says whether tracing is enabled.

use core::marker::PhantomData;

/// A function of the program that decides which events are recorded.
///
/// It is asked before the clock is. `E` is the generated type for the events of a stream. A closure
/// is a predicate, and so is an [`Option`] of one, by which it comes and goes:
///
/// ```
/// # use marey_tracer::Predicate;
/// fn asked(mut predicate: impl Predicate<u32>) -> [bool; 2] {
///     [predicate.keeps(3, None), predicate.keeps(4, Some(7))]
/// }
/// assert_eq!(asked(|event: u32, _: Option<u32>| event == 3), [true, false]);
/// assert_eq!(asked(None::<fn(u32, Option<u32>) -> bool>), [true, true]);
/// ```
pub trait Predicate<E> {
    /// Whether an event shall be recorded. Some events have a log level.
    fn keeps(&mut self, event: E, log_level: Option<u32>) -> bool;

    /// Whether there is a reason to ask it at all.
    fn acts(&self) -> bool {
        true
    }
}

impl<E, F: FnMut(E, Option<u32>) -> bool> Predicate<E> for F {
    #[inline]
    fn keeps(&mut self, event: E, log_level: Option<u32>) -> bool {
        self(event, log_level)
    }
}

impl<E, P: Predicate<E>> Predicate<E> for Option<P> {
    #[inline]
    fn keeps(&mut self, event: E, log_level: Option<u32>) -> bool {
        self.as_mut().is_none_or(|predicate| predicate.keeps(event, log_level))
    }

    fn acts(&self) -> bool {
        self.as_ref().is_some_and(P::acts)
    }
}

/// The predicate of a stream that has none: it is never asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct KeepAll;

impl<E> Predicate<E> for KeepAll {
    #[inline]
    fn keeps(&mut self, _: E, _: Option<u32>) -> bool {
        true
    }

    fn acts(&self) -> bool {
        false
    }
}

/// What passes: one look says it, unless a filter acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    /// No event: tracing is disabled.
    Closed,
    /// Each event: no filter acts.
    Open,
    /// Filters decide.
    Guarded,
}

/// The filters of a stream: a bit for each event, a threshold of log levels, and a predicate, asked
/// in this order. Up to 32 times `WORDS` events have a bit.
#[derive(Clone, Debug)]
pub struct Filters<E, P, const WORDS: usize> {
    gate: Gate,
    is_enabled: bool,
    /// The events that are switched off, a bit each.
    events_off: [u32; WORDS],
    /// The highest log level that passes, if there is one.
    log_level: Option<u32>,
    predicate: P,
    events_filtered: u32,
    events: PhantomData<fn(E)>,
}

impl<E: Copy + Into<u32>, P: Predicate<E>, const WORDS: usize> Filters<E, P, WORDS> {
    /// All events pass but those that the predicate discards. Tracing is enabled.
    pub fn new(predicate: P) -> Self {
        let mut filters = Filters {
            gate: Gate::Open,
            is_enabled: true,
            events_off: [0; WORDS],
            log_level: None,
            predicate,
            events_filtered: 0,
            events: PhantomData,
        };
        filters.see();
        filters
    }

    /// The same filters with another predicate.
    pub fn with_predicate<Q: Predicate<E>>(self, predicate: Q) -> Filters<E, Q, WORDS> {
        let mut filters = Filters {
            gate: Gate::Open,
            is_enabled: self.is_enabled,
            events_off: self.events_off,
            log_level: self.log_level,
            predicate,
            events_filtered: self.events_filtered,
            events: PhantomData,
        };
        filters.see();
        filters
    }

    /// Whether an event shall be recorded; if not, and tracing is enabled, it is counted.
    #[inline]
    pub fn pass(&mut self, event: E, log_level: Option<u32>) -> bool {
        match self.gate {
            Gate::Closed => false,
            Gate::Open => true,
            Gate::Guarded => self.decide(event, log_level),
        }
    }

    #[cold]
    #[inline(never)]
    fn decide(&mut self, event: E, log_level: Option<u32>) -> bool {
        let is_above = |most: u32| log_level.is_some_and(|level| level > most);
        let keeps = self.is_event_enabled(event)
            && !self.log_level.is_some_and(is_above)
            && self.predicate.keeps(event, log_level);
        if !keeps {
            self.events_filtered = self.events_filtered.wrapping_add(1);
        }
        keeps
    }

    /// Lets events be recorded, or not: then nothing is asked, and nothing is counted.
    pub fn set_enabled(&mut self, is_enabled: bool) {
        self.is_enabled = is_enabled;
        self.see();
    }

    /// Switches an event on or off. All are on at first.
    pub fn enable_event(&mut self, event: E, is_enabled: bool) {
        let number = event.into();
        let Some(word) = self.events_off.get_mut(number as usize / 32) else { return };
        let bit = 1 << (number % 32);
        *word = if is_enabled { *word & !bit } else { *word | bit };
        self.see();
    }

    /// Whether an event is switched on.
    pub fn is_event_enabled(&self, event: E) -> bool {
        let number = event.into();
        let word = self.events_off.get(number as usize / 32);
        word.is_none_or(|word| word >> (number % 32) & 1 == 0)
    }

    /// Discards events whose log level is above this one; without one, as at first, none.
    pub fn set_log_level(&mut self, log_level: Option<u32>) {
        self.log_level = log_level;
        self.see();
    }

    /// The highest log level that passes, if there is one.
    pub fn log_level(&self) -> Option<u32> {
        self.log_level
    }

    /// Takes another predicate.
    pub fn set_predicate(&mut self, predicate: P) {
        self.predicate = predicate;
        self.see();
    }

    /// How many events filters discarded so far, modulo 2^32.
    pub fn events_filtered(&self) -> u32 {
        self.events_filtered
    }

    /// Sees what acts.
    fn see(&mut self) {
        let acts = self.events_off.iter().any(|word| *word != 0)
            || self.log_level.is_some()
            || self.predicate.acts();
        self.gate = match (self.is_enabled, acts) {
            (false, _) => Gate::Closed,
            (true, false) => Gate::Open,
            (true, true) => Gate::Guarded,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of events 0, 31, 32 and 63 pass, whose log levels are none, 1, 2 and 3.
    fn passed<P: Predicate<u32>>(filters: &mut Filters<u32, P, 2>) -> [bool; 4] {
        let events = [(0, None), (31, Some(1)), (32, Some(2)), (63, Some(3))];
        events.map(|(event, level)| filters.pass(event, level))
    }

    #[test]
    fn each_filter_discards_what_it_is_to() {
        let mut filters = Filters::<u32, _, 2>::new(None);
        assert_eq!(passed(&mut filters), [true; 4]);
        filters.enable_event(32, false);
        filters.enable_event(64, false);
        assert_eq!(passed(&mut filters), [true, true, false, true]);
        filters.set_log_level(Some(2));
        assert_eq!(passed(&mut filters), [true, true, false, false]);
        filters
            .set_predicate(Some(|event: u32, level: Option<u32>| event == 31 || level.is_none()));
        assert_eq!(passed(&mut filters), [true, true, false, false]);
        filters.enable_event(32, true);
        filters.set_log_level(None);
        assert_eq!(passed(&mut filters), [true, true, false, false]);
        filters.set_predicate(None);
        assert_eq!(passed(&mut filters), [true; 4]);
        assert_eq!(filters.events_filtered(), 7);
    }

    #[test]
    fn nothing_is_asked_while_tracing_is_disabled() {
        let mut asked = 0;
        let mut filters = Filters::<u32, KeepAll, 2>::new(KeepAll).with_predicate(|_, _| {
            asked += 1;
            asked != 2
        });
        assert_eq!(passed(&mut filters), [true, false, true, true]);
        filters.set_enabled(false);
        assert_eq!(passed(&mut filters), [false; 4]);
        filters.enable_event(63, false);
        filters.set_enabled(true);
        assert_eq!(passed(&mut filters), [true, true, true, false]);
        assert_eq!(filters.events_filtered(), 2);
        assert_eq!(asked, 7);
    }
}
