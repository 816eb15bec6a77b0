//! Events of the kernel: what their names mean, and the programs that record them.

pub mod class;
