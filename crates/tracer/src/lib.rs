//! What a tracer in Rust links that `marey generate --lang rust` made.
//!
//! A program needs three things: the generated module, a [`Clock`], and a [`Backend`] that takes
//! the packets. The generated module has a type for each data stream, which has a method for each
//! event. There is no heap here, no atomic, no dependency and no `unsafe`. With the feature `ring`
//! there are rings of packets, between threads or interrupt handlers and who takes the packets
//! away: they need atomic loads and stores, and `unsafe` inside.
//!
//! This is what a generated tracer does, by hand:
//!
//! ```
//! use marey_tracer::write::fixed;
//! use marey_tracer::{Closing, Layout, Opening, Sink, Stream};
//!
//! /// Packets that begin with their length in bits.
//! struct Plain;
//!
//! impl Layout for Plain {
//!     const READS_CLOCK: bool = false;
//!     fn open(&mut self, packet: &mut [u8], opening: Opening) -> Option<u32> {
//!         *fixed(packet, 0)? = opening.packet_bits.to_le_bytes();
//!         Some(32)
//!     }
//!     fn close(&mut self, _: &mut [u8], _: Closing) -> Option<()> {
//!         Some(())
//!     }
//! }
//!
//! let mut trace = Vec::new();
//! let backend = Sink::new([0; 8], |packet: &[u8]| trace.extend_from_slice(packet));
//! let mut now = 0;
//! let clock = || { now += 1; now };
//! let mut stream = Stream::new(Plain, backend, clock);
//! for _ in 0..3 {
//!     stream.record(|at| (at, u64::from(at) + 16), |packet, now, at| {
//!         *fixed(packet, at)? = (now as u16).to_le_bytes();
//!         Some(())
//!     });
//! }
//! stream.close_packet();
//! assert_eq!(trace, [64, 0, 0, 0, 1, 0, 2, 0, 64, 0, 0, 0, 3, 0, 0, 0]);
//! ```
#![no_std]
#![cfg_attr(not(feature = "ring"), forbid(unsafe_code))]
#![deny(unsafe_code)]

mod backend;
mod clock;
mod filter;
#[cfg(feature = "ring")]
#[allow(unsafe_code, reason = "packets are shared without a copy; its page says why this is right")]
pub mod ring;
mod stream;
#[cfg(feature = "ring")]
mod sync;
pub mod write;

pub use backend::{Backend, Memory, Sink};
pub use clock::{Clock, NoClock};
pub use filter::{Filters, KeepAll, Predicate};
pub use stream::{Closing, Layout, Opening, PACKET_BYTES_MAX, Stream};
