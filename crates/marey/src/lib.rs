//! marey opens packet traces of any format, compressed or not, and hands over what was recorded
//! together with what the trace says about its own recording.
#![forbid(unsafe_code)]

pub mod error;
pub mod format;
pub mod input;
pub mod meta;
pub mod pipeline;
pub mod record;
pub mod scene;
pub mod spill;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
pub mod wire;

pub use error::{Error, ErrorKind, Result};
pub use input::Source;
pub use meta::Meta;
pub use pipeline::{GO, Next, STOP, open, open_all, open_live, open_stream};
pub use record::{Packet, Record};
pub use scene::Scene;
pub use time::Timestamp;
