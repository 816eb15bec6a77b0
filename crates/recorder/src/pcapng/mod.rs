//! Packets as a file in pcapng (draft-ietf-opsawg-pcapng) that is valid at any moment.

mod block;
mod file;
mod repair;

pub(crate) use block::packet;
pub use block::{About, Description, Statistics};
pub use file::Pcapng;
pub use repair::{Left, repair};
