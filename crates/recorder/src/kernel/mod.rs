//! Events of the kernel: what their names mean, and the programs that record them.

pub mod added;
pub mod ask;
pub mod class;
pub mod fold;
pub mod program;
pub mod record;
pub mod rule;
mod site;
mod source;
pub mod tables;
mod texts;
pub mod thread;
pub mod typed;
