//! `marey print`, as a process: what it prints, in which order, how soon, and how it ends.
#![cfg(unix)]

use std::path::Path;

use marey::testing::pcapng::{ETHERNET, Length, Name, Pcapng, option as o};
use marey::testing::{Made, Order, START_NS, What, frames, trace};
use process::{Ran, finish, golden, marey, run, run_with, scratch};
use schema::Schema;
use serde_json::Value;
use traces::{frame, small, write};

#[path = "print/damage.rs"]
mod damage;
#[path = "print/hostile.rs"]
mod hostile;
#[path = "print/live.rs"]
mod live;
#[path = "support/process.rs"]
mod process;
#[path = "print/records.rs"]
mod records;
#[path = "support/schema.rs"]
mod schema;
#[path = "print/tcpdump.rs"]
mod tcpdump;
#[path = "support/traces.rs"]
mod traces;
