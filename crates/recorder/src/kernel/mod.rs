//! Events of the kernel: what their names mean, and the programs that record them.

pub mod class;
pub mod fold;
pub mod program;
pub mod record;
mod site;
mod source;
