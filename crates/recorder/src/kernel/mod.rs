//! Events of the kernel: what their names mean, and the programs that record them.

pub mod ask;
pub mod class;
pub mod fold;
pub mod program;
pub mod record;
pub mod rule;
mod site;
mod source;
mod texts;
