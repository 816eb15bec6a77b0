//! What a recorder tells a program: that it is there, which events are on, and which filters are
//! asked where they happen.

use std::collections::BTreeSet;

use marey_filter::glob;
use marey_layer::drain::{Error, Program};
use marey_layer::layout::filters::FILTERS_MAX;

use super::class::Asked;
use crate::session::Rule;

/// How often a program is told that a recorder is there, in nanoseconds.
const BEAT_EVERY: u64 = 200_000_000;

/// What a program is told.
#[derive(Debug)]
pub struct Control {
    /// Which events are to be on: globs of `provider:event`.
    patterns: Vec<String>,
    /// It was started by the recording, which alone says what is on.
    is_own: bool,
    is_paused: bool,
    beat: u64,
    /// Whose filter the program asks.
    given: Option<Rule>,
    /// Something could not be told.
    pub has_failed: bool,
}

impl Control {
    /// Begins to tell a program; its rings are to be so long from now on.
    pub fn new(
        program: &Program,
        patterns: Vec<String>,
        (is_own, is_paused): (bool, bool),
        ring_bytes: u32,
    ) -> Self {
        let (beat, given, has_failed) = (0, None, false);
        let mut control = Control { patterns, is_own, is_paused, beat, given, has_failed };
        control.note(program.set_ring_bytes(ring_bytes));
        control.set_patterns(program);
        control
    }

    /// Says that a recorder is there.
    pub fn beat(&mut self, program: &Program, now: u64) {
        if now.saturating_sub(self.beat) >= BEAT_EVERY {
            self.beat = now;
            self.note(program.beat(now));
        }
    }

    /// Switches all events off, until [`resume`](Self::resume).
    pub fn pause(&mut self, program: &Program) {
        self.is_paused = true;
        self.switch_off(program);
    }

    /// Switches events on again.
    pub fn resume(&mut self, program: &Program, asked: &[Asked]) {
        self.is_paused = false;
        self.set_patterns(program);
        self.classes_are_known(program, asked, 0);
    }

    /// Switches all events off.
    pub fn switch_off(&mut self, program: &Program) {
        self.note(program.set_patterns(""));
        for class in program.classes() {
            let off = match self.is_own {
                true => program.clear(class.id),
                false => {
                    let off = program.switch(class.id, false);
                    off.and_then(|()| program.ask_filter(class.id, false))
                }
            };
            self.note(off);
        }
    }

    /// Switches classes on that are meant, from this one on, with what is asked about them.
    pub fn classes_are_known(&mut self, program: &Program, asked: &[Asked], first: usize) {
        let given = self.give_filters(program, asked);
        for class in program.classes().iter().skip(first) {
            // A recorder that was killed left its own, which would be asked on.
            if !self.is_own && !given.contains(&class.id) {
                self.note(program.ask_filter(class.id, false));
            }
            let name = class.full_name();
            let is_meant = |pattern: &String| glob::matches(pattern.as_bytes(), name.as_bytes());
            let switched = match (self.is_paused, self.patterns.iter().any(is_meant)) {
                (false, true) => program.switch(class.id, true),
                (true, _) if self.is_own => program.clear(class.id),
                _ => Ok(()),
            };
            self.note(switched);
        }
    }

    fn set_patterns(&mut self, program: &Program) {
        let patterns = if self.is_paused { String::new() } else { self.patterns.join(",") };
        self.note(program.set_patterns(&patterns));
    }

    /// Gives the program what it can ask itself, before it records an event: for these classes.
    fn give_filters(&mut self, program: &Program, asked: &[Asked]) -> BTreeSet<u32> {
        let mut given = self.given;
        let own = program.classes().iter().zip(asked).filter_map(|(class, asked)| {
            let (rule, code) = asked.in_program()?;
            // What is discarded there is counted in all: so it has to be by one of the rules.
            let is_same = given.get_or_insert(*rule) == rule;
            is_same.then_some((class.id, code.words.as_slice(), code.pool.as_slice()))
        });
        // What there is no place for is asked here, as all that is read.
        let own: Vec<_> = own.take(FILTERS_MAX).collect();
        let is_asked =
            !own.is_empty() && program.control().can_filter && program.set_filters(&own).is_ok();
        if !is_asked {
            return BTreeSet::new();
        }
        own.iter().for_each(|(class, ..)| self.note(program.ask_filter(*class, true)));
        self.given = given;
        own.iter().map(|(class, ..)| *class).collect()
    }

    /// Whose filter the program asks, if it does.
    pub fn given(&self) -> Option<Rule> {
        self.given
    }

    fn note(&mut self, told: Result<(), Error>) {
        self.has_failed |= told.is_err();
    }
}
