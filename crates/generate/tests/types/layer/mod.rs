//! Tracers whose events go into `marey-layer`: what is generated, what programs leave, what is
//! refused.

mod bad;
mod filters;
mod generated;
mod left;
mod names;
mod off;
mod programs;
mod random;
mod version2;
