//! The functions that trace events.

use std::collections::BTreeSet;

use marey_ctf::schema::{EventClass, StreamClass};

use super::filters;
use super::function::Function;
use super::header::clock_type;
use super::runtime::Helper;
use crate::definition::Definition;
use crate::plan::Unsupported;
use crate::scopes::{event_scopes, name};

/// What is known of where an event starts: nothing.
const ANYWHERE: u64 = 1;

/// The function that traces an event, which has this number in its stream.
pub fn function(
    definition: &Definition,
    stream: &StreamClass,
    (number, event): (usize, &EventClass),
    helpers: &mut BTreeSet<Helper>,
) -> Result<String, Vec<Unsupported>> {
    let scopes = event_scopes(stream, event);
    let plan = super::names::plan_of(definition.profile, &scopes, ANYWHERE)?;
    let name = format!("trace_{}", name(&event.identity));
    let function = Function { name: &name, scopes: &scopes, event_id: Some(event.id) };
    let calls = function.calls(stream, &plan);
    let mut body = function.begin(definition, stream, (&plan, &calls), helpers);
    body.line(1, "int is_new = 0;");
    body.declarations();
    let end_type = body.place_type();
    body.line(1, &format!("{end_type} end;"));
    body.line(1, "uint32_t limit;");
    let clock = stream.default_clock.and_then(|index| definition.schema.clocks.get(index));
    if let Some(c_type) = clock_type(definition, stream) {
        body.line(1, &format!("{c_type} ts;"));
    }
    if definition.extensions.filters.any() {
        body.line(1, filters::VARIABLE);
    }
    body.line(0, "");
    body.line(1, filters::look(definition));
    body.words(1);
    if let Some(ask) = filters::ask(definition, number, event) {
        body.line(1, &ask);
    }
    if let Some(clock) = clock {
        body.line(1, &format!("ts = ctx->cbs.{}_clock_get_value(ctx->data);", clock.id));
    }
    body.line(1, "ctx->in_tracing_section = 1;");
    body.text_lengths(1);
    body.line(1, "for (;;) {");
    body.line(2, "b0 = ctx->at;");
    body.moves(2);
    let end = body.place(plan.end);
    body.line(2, &format!("end = {end};"));
    body.line(2, "limit = ctx->limit;");
    body.line(2, "if (MAREY_LIKELY(end <= limit)) {\n\t\t\tbreak;\n\t\t}");
    if clock.is_some() {
        body.line(2, "sctx->cur_last_event_ts = ts;");
    }
    body.line(2, "if (!marey_room(ctx, end - b0, is_new)) {");
    body.line(3, "return;");
    body.line(2, "}");
    body.line(2, "is_new = 1;");
    body.line(1, "}");
    body.writes(1);
    let end = if end_type == "uint64_t" { "(uint32_t) end" } else { "end" };
    body.line(1, &format!("ctx->at = {end};"));
    body.line(1, "if (end == limit) {");
    body.line(2, "ctx->cbs.close_packet(ctx->data);");
    body.line(1, "}");
    body.line(1, "ctx->in_tracing_section = 0;");
    body.line(0, "}\n");
    Ok(body.out)
}
