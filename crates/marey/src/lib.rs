//! marey opens packet traces of any format, compressed or not, and hands over what was recorded
//! together with what the trace says about its own recording: interfaces, names, comments, drops.
//!
//! Damage is contained, counted and listed; what is around it is read. Nothing here is `unsafe`.
//! Formats and compressions are found by content.
//!
//! # Open, and loop
//!
//! [`open`] recognises a trace, and its [`reader`](pipeline::Trace::reader) gives record after
//! record. A record is a [`Packet`] or a [`Meta`] record, something that the trace says about its
//! recording. What the meta records up to a place add up to is the [`Scene`]; each packet knows
//! its own interface from it.
//!
//! ```
//! # std::env::set_current_dir("../..")?;
//! use marey::Record;
//!
//! let mut reader = marey::open("corpus/pcapng/ok/demo.pcapng")?.reader();
//! let (mut packets, mut bytes) = (0, 0);
//! while let Some(record) = reader.next() {
//!     match record {
//!         Record::Packet(packet) if packet.interface().and_then(|i| i.name()) == Some("wan0") => {
//!             packets += 1;
//!             bytes += u64::from(packet.wire_len());
//!         }
//!         Record::Meta(meta) => println!("{:?}: {}", meta.time(), meta.kind()),
//!         _ => {}
//!     }
//! }
//! assert_eq!((packets, bytes), (116, 21_164));
//! assert_eq!(reader.ledger().source_lost, 11);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A record borrows the reader: nothing is copied, and nothing can be kept too long. The
//! [`Ledger`] is the account: what was received, delivered, filtered and lost,
//! and what is damaged.
//!
//! # A closure, on all cores
//!
//! [`each`] makes a handler of a closure, and [`run`](pipeline::Trace::run) calls
//! it for each record, on as many workers as there are cores. What it publishes reaches the
//! reporter, the second closure, in the order of the records, however many workers there are.
//!
//! ```
//! # std::env::set_current_dir("../..")?;
//! use marey::pipeline::each;
//! use marey::{GO, Record};
//!
//! let trace = marey::open("corpus/pcapng/ok/demo.pcapng")?;
//! let mut queries = Vec::new();
//! trace.run(
//!     |_worker| {
//!         each(|record, cx| {
//!             if let Record::Packet(packet) = record
//!                 && let Some(flow) = packet.flow()
//!                 && flow.target_port == 53
//!             {
//!                 cx.publish(flow.to_string());
//!             }
//!         })
//!     },
//!     |_place, query| {
//!         queries.push(query);
//!         GO
//!     },
//! )?;
//! assert_eq!(queries[0], "udp 192.168.7.20:46972 > 192.0.2.53:53");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A state, with shards
//!
//! A handler is a type with the methods that it wants: for packets, meta records, ticks, messages,
//! pauses. With a [`Hasher`] there is one for each of 64 shards. Records that
//! belong together come to the same one, in their order, so any state gives the same answer for 1
//! worker and for 64; `run` gives the handlers back, to be merged.
//!
//! ```
//! # std::env::set_current_dir("../..")?;
//! use std::collections::HashSet;
//!
//! use marey::pipeline::{Cx, Handler, Hasher};
//! use marey::wire::FlowKey;
//! use marey::{GO, Meta, Next, Packet};
//!
//! #[derive(Default)]
//! struct Flows {
//!     flows: HashSet<FlowKey>,
//!     metas: u64,
//! }
//!
//! impl Handler for Flows {
//!     type Out = ();
//!
//!     fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<()>) -> Next {
//!         self.flows.extend(packet.flow().map(FlowKey::symmetric));
//!         GO
//!     }
//!
//!     fn on_meta(&mut self, _: &Meta<'_>, _: &mut Cx<()>) -> Next {
//!         self.metas += 1;
//!         GO
//!     }
//! }
//!
//! let trace = marey::open("corpus/pcapng/ok/demo.pcapng")?.hasher(Hasher::flow());
//! let run = trace.run(|_shard| Flows::default(), |_, ()| GO)?;
//! // No conversation is in two shards.
//! assert_eq!(run.handlers.iter().map(|shard| shard.flows.len()).sum::<usize>(), 27);
//! assert_eq!(run.handlers.iter().map(|shard| shard.metas).sum::<u64>(), 8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to go on
//!
//! * [`pipeline`]: all that a run can do: ticks, messages, pauses, windows of time, replay, several
//!   inputs as one trace. `docs/pipeline.md` in the repository leads through a program for each.
//! * [`spill`]: sorting and adding up more than fits in memory.
//! * [`record`], [`meta`], [`scene`], [`time`]: what is handed over.
//! * [`wire`]: the headers of a packet.
//! * [`format`](mod@format): how traces are read; [`input`]: what can be opened.
//! * `testing` (a feature of that name): traces whose answer is known, and a check that a program
//!   gives the same answer for any number of workers.
//!
//! Who comes from libtrace finds each of its calls in `docs/coming-from-libtrace.md`.
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
pub use pipeline::{Control, Cx, GO, Handler, Hasher, Ledger, Next, STOP, Tick, Trace, each};
pub use pipeline::{open, open_all, open_live, open_stream, open_supply};
pub use record::{Packet, Record};
pub use scene::Scene;
pub use time::Timestamp;
