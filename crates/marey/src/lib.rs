//! marey opens packet traces of any format, compressed or not, and hands over what was recorded
//! together with what the trace says about its own recording.
#![forbid(unsafe_code)]

pub mod error;
pub mod input;
#[cfg(feature = "testing")]
pub mod testing;
pub mod wire;

pub use error::{Error, ErrorKind, Result};
