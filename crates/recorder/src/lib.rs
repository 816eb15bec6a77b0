//! Records what a Linux machine did.
//!
//! [`tracefs`] says which events the kernel has and what they look like. A [`Plan`](session::Plan)
//! says which of them are recorded, and of whom; a [`Session`](session::Session) makes a program
//! for each of these events, which runs in the kernel, decides if the event is kept, and puts it
//! into a ring. What the ring holds is written every few milliseconds into a directory, which is a
//! trace that other tools read at any moment.
//!
//! All system calls are in [`sys`], and so is all that is `unsafe`.
#![deny(unsafe_code)]
#![cfg(target_os = "linux")]

pub mod blocks;
pub mod btf;
pub mod control;
pub mod ctf;
pub mod error;
mod held;
pub mod kernel;
mod near;
pub mod packets;
pub mod parts;
pub mod pcapng;
pub mod probe;
pub mod programs;
pub mod rules;
pub mod sat;
pub mod select;
pub mod session;
pub mod sinks;
pub mod sizes;
pub mod snapshot;
pub mod sys;
pub mod texts;
pub mod tracefs;
pub mod uprobe;
