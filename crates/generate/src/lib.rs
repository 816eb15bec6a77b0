//! From a YAML file that describes a trace to its metadata and to a tracer for it.
//!
//! Read the modules in this order: [`source`] keeps the files that were loaded, and places in
//! them; [`diagnostic`] says what is wrong at such a place; [`yaml`] makes a tree of a file in
//! which each node knows its place. [`configuration`] reads a file of any version: [`v2`] and
//! [`v3`] make a [`definition`] of it, from which [`c`] and [`rust`] make a tracer: one that writes
//! packets, or one whose events go into `marey-layer`. [`builder`] makes a definition without a
//! file. [`outputs`] says which files are made of it.
//!
//! ```
//! use marey_generate::diagnostic::{Problems, render};
//! use marey_generate::source::Sources;
//! use marey_generate::yaml;
//!
//! let mut sources = Sources::default();
//! let file = sources.add("trace.yaml", b"size: 16\nsigned: [no\n".to_vec())?;
//! let mut problems = Problems::default();
//! assert!(yaml::load(&sources, file, &mut problems).is_none());
//! let message = render(problems.sorted()[0], &sources, false);
//! assert!(message.starts_with("error: this `[` is never closed\n --> trace.yaml:2:9\n"));
//! # Ok::<(), marey_generate::diagnostic::Diagnostic>(())
//! ```
#![forbid(unsafe_code)]

mod aliases;
mod banner;
pub mod build;
pub mod builder;
pub mod c;
mod clock_wrap;
pub mod configuration;
pub mod definition;
pub mod diff;
mod environment;
pub mod extensions;
pub mod include;
mod layer;
mod numbers;
pub mod outputs;
mod overrides;
mod plan;
pub mod rust;
pub mod schema;
mod scopes;
mod shape;
mod uuid;
pub mod v2;
pub mod v3;
pub mod version;
pub mod yaml;

pub use marey_diagnostic as diagnostic;
pub use marey_diagnostic::source;
