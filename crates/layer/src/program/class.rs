//! A class of events, one for each place in the source that has an event.

use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicU32};

use super::classes;
use super::own;
use super::value::Fields;
use crate::handler;
use crate::layout::class::{Level, Meaning};
use crate::layout::value::Type;
use crate::layout::{FIELDS_MAX, control};
use marey_filter::glob;

/// The bits of a class' handlers are right.
const HANDLERS_KNOWN: u32 = 1 << 31;

/// What all events of one place have in common. [`event!`](crate::event) makes one.
#[derive(Debug)]
pub struct Class {
    pub(super) switch: AtomicPtr<AtomicU8>,
    pub(super) id: AtomicU32,
    pub(super) next: AtomicPtr<Class>,
    pub(super) is_listed: AtomicBool,
    /// Bits of its handlers, and [`HANDLERS_KNOWN`].
    pub(super) handlers: AtomicU32,
    pub(super) types: [AtomicU8; FIELDS_MAX],
    name: &'static str,
    provider_len: usize,
    pub(super) level: Level,
    pub(super) meaning: Meaning,
    pub(super) file: &'static str,
    pub(super) line: u32,
    pub(super) fields: &'static [&'static str],
}

impl Class {
    /// A class whose name is `provider:event`, with the names of its fields, of which there are at
    /// most [`FIELDS_MAX`].
    pub const fn new(
        name: &'static str,
        level: Level,
        (file, line): (&'static str, u32),
        fields: &'static [&'static str],
    ) -> Self {
        assert!(fields.len() <= FIELDS_MAX, "an event has at most 32 fields");
        Class {
            switch: AtomicPtr::new((&raw const classes::UNKNOWN).cast_mut()),
            id: AtomicU32::new(0),
            next: AtomicPtr::new(core::ptr::null_mut()),
            is_listed: AtomicBool::new(false),
            handlers: AtomicU32::new(0),
            types: [const { AtomicU8::new(0) }; FIELDS_MAX],
            name,
            provider_len: colon(name),
            level,
            meaning: Meaning::Event,
            file,
            line,
            fields,
        }
    }

    /// The same, with another meaning.
    pub const fn meaning(mut self, meaning: Meaning) -> Self {
        self.meaning = meaning;
        self
    }

    /// The same, with a provider of so many bytes, which may have colons in it.
    #[cfg(feature = "tracing")]
    pub(crate) const fn provider_len(mut self, len: usize) -> Self {
        self.provider_len = len;
        self
    }

    /// Its types where they are known before the first event.
    #[cfg(feature = "tracing")]
    pub(crate) fn set_types(&self, types: &[u8; FIELDS_MAX]) {
        for (place, of) in self.types.iter().zip(types) {
            place.store(*of, Relaxed);
        }
    }

    /// Whether its events are recorded: that, or it was never asked about.
    #[inline(always)]
    pub fn is_on(&self) -> bool {
        // SAFETY: it points to a static, or into the control page, which is mapped for ever.
        unsafe { (*self.switch.load(Relaxed)).load(Relaxed) & control::ON != 0 }
    }

    /// Whether the recorder has a filter for its events.
    #[inline(always)]
    pub(super) fn is_filtered(&self) -> bool {
        // SAFETY: as in `is_on`.
        unsafe { (*self.switch.load(Relaxed)).load(Relaxed) & control::ASK_FILTER != 0 }
    }

    /// `provider:event`.
    pub fn full_name(&self) -> &'static str {
        self.name
    }

    /// Whether one of these globs, with commas between them, names it.
    pub(crate) fn is_named(&self, patterns: &[u8]) -> bool {
        let mut patterns = patterns.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        let name = self.name.as_bytes();
        patterns.any(|pattern| !pattern.is_empty() && glob::matches(pattern, name))
    }

    /// Provider and event; where there is no colon, the provider is empty.
    pub(crate) fn names(&self) -> (&'static str, &'static str) {
        let (provider, rest) = self.name.split_at_checked(self.provider_len).unwrap_or_default();
        (provider, rest.strip_prefix(':').unwrap_or(rest))
    }

    /// The names of its fields, and their types, which are known when it was used.
    pub(crate) fn typed_fields(&self) -> impl Iterator<Item = (&'static str, Type)> {
        let types = self.types.iter().map(|of| Type::from_number(of.load(Relaxed)));
        self.fields.iter().zip(types).map_while(|(name, of)| Some((*name, of?)))
    }

    /// Which handlers it has, as bits.
    pub(super) fn handlers(&self) -> u32 {
        let mut bits = self.handlers.load(Relaxed);
        if bits & HANDLERS_KNOWN == 0 {
            bits = handler::of(self) | HANDLERS_KNOWN;
            self.handlers.store(bits, Relaxed);
        }
        bits & !HANDLERS_KNOWN
    }

    /// Asks about it, the first time: gives its number, if it is on and has one.
    #[cold]
    #[inline(never)]
    pub(super) fn ask<F: Fields>(&'static self) -> Option<u32> {
        let own = own::own()?;
        // One that has no place will not get one: nobody waits for that.
        let done = match self.id.load(Relaxed) {
            0 => own.with(|own, locked| {
                if self.id.load(Relaxed) == 0 {
                    classes::note_types(self, |types| F::types(&mut types.iter_mut()));
                    classes::register(own, locked, self);
                }
            }),
            _ => Some(()),
        };
        match self.id.load(Relaxed) {
            classes::NO_PLACE if self.is_on() => own.count_lost(control::LOST_NO_CLASS),
            0 if done.is_none() && self.is_wanted(own) => own.count_lost(control::LOST_NESTED),
            id if id != 0 && id != classes::NO_PLACE && self.is_on() => return Some(id),
            _ => {}
        }
        None
    }

    /// Whether its events are on, as far as can be known while the process is being made known.
    fn is_wanted(&self, own: &own::Own) -> bool {
        own.made().is_none_or(|made| classes::wanted(made, self) != 0)
    }
}

/// Where the first colon is; 0 where there is none.
const fn colon(name: &str) -> usize {
    let bytes = name.as_bytes();
    let mut at = 0;
    while let Some((_, rest)) = bytes.split_at_checked(at) {
        match rest {
            [b':', ..] => return at,
            [] => break,
            _ => at += 1,
        }
    }
    0
}
