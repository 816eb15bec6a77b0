//! Filters, handlers and rules as people write them, and the plan that comes of them.
//!
//! [`Draft`] makes a plan of texts, as `marey record` does of its options. What is wrong with them
//! is told with places.

mod decide;
mod draft;
mod merge;
mod patterns;

pub use decide::{Asked, events_of, filter, handler, of_programs, without_programs};
pub use draft::Draft;
pub use merge::Merge;
pub use patterns::stand_for;
