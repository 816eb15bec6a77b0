//! What all functions of a stream begin with.

use std::collections::BTreeSet;

use marey_ctf::schema::{Scope, StreamClass, Structure};

use super::header::signature;
use super::runtime::Helper;
use super::value::Values;
use super::write::Body;
use crate::definition::Definition;
use crate::plan::Plan;

/// A function of a stream: its name, what it writes, and what it knows of an event.
pub struct Function<'f> {
    /// Its name, without that of the stream.
    pub name: &'f str,
    /// The structures whose fields are its parameters.
    pub scopes: &'f [(Scope, &'f Structure)],
    /// The number of the event's class; none in the functions for packets.
    pub event_id: Option<u64>,
}

impl Function<'_> {
    /// The function up to the first of its variables.
    pub fn begin<'d>(
        &self,
        definition: &'d Definition,
        stream: &StreamClass,
        plan: &'d Plan,
        helpers: &'d mut BTreeSet<Helper>,
    ) -> Body<'d> {
        let values = Values {
            profile: definition.profile,
            stream_id: stream.id.unwrap_or_default(),
            event_id: self.event_id,
        };
        let out = format!("{}\n{{\n", signature(definition, stream, self.name, self.scopes));
        let mut body = Body { definition, values, plan, helpers, out };
        let prefix = &definition.code.identifier_prefix;
        body.line(1, &format!("struct {prefix}ctx * const ctx = &sctx->parent;"));
        body
    }
}
