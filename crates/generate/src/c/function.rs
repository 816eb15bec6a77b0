//! What all functions of a stream begin with.

use std::collections::BTreeSet;

use marey_ctf::schema::{Scope, StreamClass, Structure};

use super::compound::{Calls, Functions, locals};
use super::header::signature;
use super::names::TypeNames;
use super::runtime::Helper;
use super::value::Values;
use super::write::Body;
use crate::definition::Definition;
use crate::plan::Plan;
use crate::scopes::name;

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
    /// The functions that write compounds for it.
    pub fn calls(&self, stream: &StreamClass, plan: &Plan) -> Calls {
        // What closes a packet writes no parameters.
        if self.scopes.is_empty() {
            return Calls::default();
        }
        Calls::new(plan, &format!("{}_{}", name(&stream.identity), self.name))
    }

    /// The function up to the first of its variables, behind those that it calls.
    pub fn begin<'d>(
        &self,
        definition: &'d Definition,
        stream: &StreamClass,
        (plan, calls): (&'d Plan, &'d Calls),
        helpers: &'d mut BTreeSet<Helper>,
    ) -> Body<'d> {
        let types = TypeNames::of(definition, stream, self.name);
        let mut out = Functions { definition, calls, types, helpers }.text();
        let values = Values {
            profile: definition.profile,
            stream_id: stream.id.unwrap_or_default(),
            event_id: self.event_id,
            given: "",
            locals: locals(plan),
        };
        out += &format!("{}\n{{\n", signature(definition, stream, self.name, self.scopes));
        let packet = "ctx->buf";
        let mut body =
            Body { definition, values, plan, helpers, calls, packet, is_wide: false, out };
        let prefix = &definition.code.identifier_prefix;
        body.line(1, &format!("struct {prefix}ctx * const ctx = &sctx->parent;"));
        body
    }
}
