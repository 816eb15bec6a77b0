//! Filters in tracers: events that are left out, and what decides at run time.

mod configured;
mod support;
