//! What the pipeline promises, a module a promise: the places where libtrace's parallel API fails,
//! each named where it is tested.
#![cfg(feature = "testing")]

#[path = "pipeline/control.rs"]
mod control;
#[path = "pipeline/gates.rs"]
mod gates;
#[path = "pipeline/inputs.rs"]
mod inputs;
#[path = "pipeline/made.rs"]
mod made;
#[path = "pipeline/messages.rs"]
mod messages;
#[path = "pipeline/results.rs"]
mod results;
#[path = "pipeline/same.rs"]
mod same;
#[path = "pipeline/shards.rs"]
mod shards;
#[path = "pipeline/ticks.rs"]
mod ticks;
