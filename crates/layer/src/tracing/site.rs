//! Places in the source, and the classes of their events.

use std::sync::atomic::AtomicPtr;
use std::sync::atomic::Ordering::{Acquire, Release};

use ::tracing_core::{Level, Metadata};

use super::values::{Shape, Values};
use crate::layout::{CLASSES_MAX, FIELDS_MAX};
use crate::program::record::record;
use crate::program::{self, class::Class};
use crate::{Level as OurLevel, Meaning};

/// How many sets of fields with values a place in the source may have, for each meaning.
pub const SHAPES_MAX: usize = 16;

/// Twice as many as there may be classes, so that a look meets an empty place soon.
const PLACES: usize = 2 * CLASSES_MAX;

/// A place in the source.
pub(super) struct Site {
    metadata: &'static Metadata<'static>,
    /// The latest class of each meaning; from there they form a list.
    classes: [AtomicPtr<Known>; MEANINGS],
}

/// How many meanings `tracing` has.
const MEANINGS: usize = 6;

/// A class, and which fields have values in its events.
struct Known {
    class: Class,
    shape: Shape,
    next: *const Known,
}

static SITES: [AtomicPtr<Site>; PLACES] = [const { AtomicPtr::new(std::ptr::null_mut()) }; PLACES];

/// The place of this description; `None` when there are too many.
pub(super) fn of(metadata: &'static Metadata<'static>) -> Option<&'static Site> {
    let address = std::ptr::from_ref(metadata) as usize;
    // What lies behind one another in memory shall not do so here.
    let start = (address >> 3).wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as usize) >> 40;
    for step in 0..PLACES {
        let place = SITES.get((start + step) % PLACES)?;
        let site = reference(place.load(Acquire)).or_else(|| make(place, metadata))?;
        if std::ptr::eq(site.metadata, metadata) {
            return Some(site);
        }
    }
    program::count_no_class();
    None
}

/// Puts a description into an empty place; what is there then. It is never given back, as the
/// description is not.
fn make(
    place: &'static AtomicPtr<Site>,
    metadata: &'static Metadata<'static>,
) -> Option<&'static Site> {
    program::alone(|| {
        let there = place.load(Acquire);
        if there.is_null() {
            let classes = [const { AtomicPtr::new(std::ptr::null_mut()) }; MEANINGS];
            place.store(Box::leak(Box::new(Site { metadata, classes })), Release);
        }
    })?;
    reference(place.load(Acquire))
}

#[allow(unsafe_code, reason = "what `make` and `add` put there is never given back")]
fn reference<T>(pointer: *const T) -> Option<&'static T> {
    // SAFETY: null, or from `Box::leak` in this module.
    unsafe { pointer.as_ref() }
}

impl Site {
    fn latest(&self, meaning: Meaning) -> Option<&'static Known> {
        reference(self.classes.get(meaning as usize)?.load(Acquire))
    }

    /// Whether its events are off, whatever their fields: they are all called the same. Where none
    /// was there yet, they may be on.
    pub(super) fn is_off(&self, meaning: Meaning) -> bool {
        self.latest(meaning).is_some_and(|known| {
            let mut shapes = std::iter::successors(Some(known), |known| reference(known.next));
            !shapes.any(|known| known.class.is_on())
        })
    }

    /// Records an event with these values.
    pub(super) fn record(&'static self, meaning: Meaning, values: &Values) {
        let shapes = std::iter::successors(self.latest(meaning), |known| reference(known.next));
        let known = shapes.take(SHAPES_MAX).find(|known| known.shape == *values.shape());
        if let Some(known) = known.or_else(|| self.add(meaning, values))
            && known.class.is_on()
        {
            record(&known.class, values);
        }
    }

    /// Makes a class for a set of fields that was not there before.
    #[cold]
    fn add(&'static self, meaning: Meaning, values: &Values) -> Option<&'static Known> {
        let place = self.classes.get(meaning as usize)?;
        program::alone(|| self.add_alone(place, meaning, values.shape()))?;
        let latest = self.latest(meaning)?;
        let mut shapes = std::iter::successors(Some(latest), |known| reference(known.next));
        let known = shapes.find(|known| known.shape == *values.shape());
        if known.is_none() && latest.class.is_on() {
            program::count_no_class();
        }
        known
    }

    /// Another thread may have been first.
    fn add_alone(&self, place: &AtomicPtr<Known>, meaning: Meaning, shape: &Shape) {
        let latest = self.latest(meaning);
        let shapes = || std::iter::successors(latest, |known| reference(known.next));
        if shapes().count() < SHAPES_MAX && shapes().all(|known| known.shape != *shape) {
            let class = self.class(meaning, shape);
            let next = latest.map_or(std::ptr::null(), std::ptr::from_ref);
            place.store(Box::leak(Box::new(Known { class, shape: *shape, next })), Release);
        }
    }

    fn class(&self, meaning: Meaning, shape: &Shape) -> Class {
        let name = format!("{}:{}", self.metadata.target(), self.metadata.name());
        let number = crate::layout::value::Type::U64 as u8;
        let spans = ["span", "parent"].map(|name| (name, number));
        let spans = spans.into_iter().take(shape.span_fields());
        let own = self.metadata.fields().iter().zip(shape.own());
        let own = own.filter(|(_, of)| **of != 0).map(|(field, of)| (field.name(), *of));
        let mut types = [0; FIELDS_MAX];
        let mut names: Vec<&'static str> = Vec::new();
        for ((name, of), place) in spans.chain(own).zip(&mut types) {
            names.push(name);
            *place = of;
        }
        let file = self.metadata.file().unwrap_or_default();
        let place = (file, self.metadata.line().unwrap_or_default());
        let level = level(*self.metadata.level());
        let class = Class::new(name.leak(), level, place, names.leak());
        let class = class.meaning(meaning).provider_len(self.metadata.target().len());
        class.set_types(&types);
        class
    }
}

fn level(level: Level) -> OurLevel {
    match level {
        Level::ERROR => OurLevel::Error,
        Level::WARN => OurLevel::Warn,
        Level::INFO => OurLevel::Info,
        Level::DEBUG => OurLevel::Debug,
        Level::TRACE => OurLevel::Trace,
    }
}
