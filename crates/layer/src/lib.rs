//! What an instrumented program links: its events go into files of its own, which outlive it.
//!
//! ```
//! # fn main() {
//! marey_layer::event!("shop:order", id = 7_u64, article = "umbrella", price = 12.5);
//! # }
//! ```
//!
//! The program needs nobody who listens. Where events are switched on, by `MAREY_EVENTS=shop:*` in
//! its environment or by a recorder, each thread writes them into a ring that is a mapped file.
//! What an event says is in that file when [`event!`] is behind it, whatever becomes of the program
//! then. An event that is off costs a look at a byte.
//!
//! [`layout`] says what is in the files, byte for byte. [`drain`] reads them: it believes nothing
//! that the program says.
//!
//! Other ways in: [`sat`] has the insert calls of QNX by their meaning; with the feature `tracing`
//! there is a layer for `tracing-subscriber`; `marey generate --into layer` makes a function for
//! each event that a YAML file describes.
//!
//! A program decides about its events by [`handler`]s of its own, and asks the filters of a
//! recorder ([`drain::Program::set_filters`]) before these; a program in C does neither.
//!
//! Not here: handlers with state that a recorder gives.
#![deny(unsafe_code)]
#![cfg(target_os = "linux")]

pub mod drain;
pub mod handler;
pub mod layout;
#[allow(unsafe_code, reason = "memory that is shared with files and with signal handlers")]
pub mod program;
pub mod sat;
#[cfg(feature = "tracing")]
pub mod tracing;

pub use layout::class::{Level, Meaning};
pub use program::class::Class;
pub use program::record::record;
pub use program::value::{Address, Fields, Value};
pub use program::{init, lost};

/// An event: its name `provider:event`, then its fields.
///
/// ```
/// use marey_layer::{Level, event};
///
/// let (path, bytes) = (String::from("/index.html"), [1_u8, 2, 3]);
/// event!("web:request", id = 7_u64, path = &path, is_cached = false, head = &bytes[..]);
/// event!(Level::Error; "web:refused", status = 503_u16);
/// event!("web:idle");
/// ```
///
/// A field is a number, a `bool`, a text, `&[u8]`, `&[u32]` or an [`Address`]. Its values are
/// looked at only where the event is on. It may stand anywhere, in a signal handler, too.
#[macro_export]
macro_rules! event {
    ($level:expr; $name:literal $(, $field:ident = $value:expr)* $(,)?) => {{
        static CLASS: $crate::Class = $crate::Class::new(
            $name,
            $level,
            (::core::file!(), ::core::line!()),
            &[$(::core::stringify!($field)),*],
        );
        if CLASS.is_on() {
            $crate::record(&CLASS, &$crate::fields!($($value,)*));
        }
    }};
    ($name:literal $(, $field:ident = $value:expr)* $(,)?) => {
        $crate::event!($crate::Level::Info; $name $(, $field = $value)*)
    };
}

/// Values as a list of pairs that ends with `()`: the fields of an event.
#[macro_export]
#[doc(hidden)]
macro_rules! fields {
    () => { () };
    ($value:expr, $($rest:expr,)*) => { ($value, $crate::fields!($($rest,)*)) };
}
