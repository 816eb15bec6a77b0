//! A layer for `tracing-subscriber`: events and spans, with their fields typed.
//!
//! ```
//! use tracing_subscriber::layer::SubscriberExt;
//!
//! let subscriber = tracing_subscriber::registry().with(marey_layer::tracing::layer());
//! tracing::subscriber::with_default(subscriber, || {
//!     let span = tracing::info_span!("request", id = 7);
//!     let _entered = span.enter();
//!     tracing::warn!(path = "/index.html", retries = 2, "slow");
//! });
//! ```
//!
//! An event is called `target:name`, and its level and place are those that `tracing` says. Its
//! fields keep their names and types; a number of 128 bits, an error and what has only `Debug` or
//! `Display` become text. A field without a value is left out: then the event has another class of
//! the same name, of which a place in the source has at most [`SHAPES_MAX`]. Of a span 30 fields
//! are kept, of an event all 32 that there may be.
//!
//! A span makes events of the same name, with another [`Meaning`] each: it is new
//! (fields `span`, `parent`, then its own), gets values, is entered, left, and over. `span` is the
//! number that `tracing` gave it, which is used again when the span is over; `parent` is 0 for
//! none.
//!
//! It disables nothing for other layers. The filters of `tracing` decide which events come here;
//! what is then off costs what `tracing` takes to get here.

mod site;
mod values;

use ::tracing_core::span::{Attributes, Id, Record};
use ::tracing_core::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::Meaning;
use values::Values;

pub use site::SHAPES_MAX;

/// Records the events and spans of `tracing`.
#[derive(Debug, Default)]
pub struct Marey(());

/// The layer.
pub fn layer() -> Marey {
    Marey(())
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Marey {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        of(event.metadata(), Meaning::Event, |values| event.record(values));
    }

    fn on_new_span(&self, span: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let parent = match span.parent() {
            Some(parent) => parent.into_u64(),
            None if span.is_contextual() => context.current_span().id().map_or(0, Id::into_u64),
            None => 0,
        };
        of(span.metadata(), Meaning::SpanNew, |values| {
            values.put_span(id.into_u64(), Some(parent));
            span.record(values);
        });
    }

    fn on_record(&self, id: &Id, more: &Record<'_>, context: Context<'_, S>) {
        let Some(metadata) = context.metadata(id) else { return };
        of(metadata, Meaning::SpanRecord, |values| {
            values.put_span(id.into_u64(), None);
            more.record(values);
        });
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        bare(id, Meaning::SpanEnter, &context);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        bare(id, Meaning::SpanExit, &context);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        bare(&id, Meaning::SpanClose, &context);
    }
}

/// An event of a span that has no values of its own.
fn bare<S: Subscriber + for<'a> LookupSpan<'a>>(
    id: &Id,
    meaning: Meaning,
    context: &Context<'_, S>,
) {
    if let Some(metadata) = context.metadata(id) {
        of(metadata, meaning, |values| values.put_span(id.into_u64(), None));
    }
}

/// Records an event with the values that this function notes, if it may be on.
fn of(metadata: &'static Metadata<'static>, meaning: Meaning, note: impl FnOnce(&mut Values)) {
    let Some(site) = site::of(metadata) else { return };
    if site.is_off(meaning) {
        return;
    }
    let mut values = Values::new();
    note(&mut values);
    site.record(meaning, &values);
}
