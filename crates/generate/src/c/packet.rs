//! The functions that open and close packets.

use std::collections::BTreeSet;

use marey_ctf::schema::{Role, StreamClass};

use super::function::Function;
use super::header::clock_type;
use super::names::plan_of;
use super::runtime::Helper;
use super::write::Body;
use crate::definition::{Definition, Profile};
use crate::plan::{Item, Plan, Source, Unsupported};
use crate::scopes::{name, packet_scopes};

/// A packet starts where its fields count from.
const AT_START: u64 = u64::MAX;
const WAS_TRACING: &str = "const int was_tracing = ctx->in_tracing_section;";

/// The functions that open and close a packet.
pub fn functions(
    definition: &Definition,
    stream: &StreamClass,
    helpers: &mut BTreeSet<Helper>,
) -> Result<String, Vec<Unsupported>> {
    let plan = plan_of(definition.profile, &packet_scopes(definition, stream), AT_START)?;
    let opening = open(definition, stream, &plan, helpers);
    Ok(opening + &close(definition, stream, &plan, helpers))
}

fn open(
    definition: &Definition,
    stream: &StreamClass,
    plan: &Plan,
    helpers: &mut BTreeSet<Helper>,
) -> String {
    let scopes = packet_scopes(definition, stream);
    let function = Function { name: "open_packet", scopes: &scopes, event_id: None };
    let calls = function.calls(stream, plan);
    let mut body = function.begin(definition, stream, (plan, &calls), helpers);
    body.line(1, WAS_TRACING);
    let reads_clock = has_role(plan, Role::Timestamp);
    if let (Some(c_type), true) = (clock_type(definition, stream), reads_clock) {
        body.line(1, &format!("{c_type} ts;"));
    }
    body.declarations();
    let end_type = body.place_type();
    body.line(1, &format!("{end_type} end;\n"));
    body.line(1, "/* A platform that opens while tracing is disabled changes nothing */");
    body.line(1, "if ((!ctx->is_tracing_enabled && !was_tracing) || ctx->packet_is_open) {");
    body.line(2, "return;\n\t}");
    body.words(1);
    body.text_lengths(1);
    body.line(1, "b0 = 0;");
    body.moves(1);
    let end = body.place(plan.end);
    body.line(1, &format!("end = {end};"));
    body.line(1, "/* The header and the context do not fit: nothing is opened */");
    body.line(1, "if (end > ctx->packet_size) {\n\t\treturn;\n\t}");
    body.line(1, "ctx->in_tracing_section = 1;");
    if reads_clock {
        read_clock(&mut body, definition, stream);
    }
    body.writes(1);
    for (role, at, _) in body.deferred() {
        let place = body.place(at);
        let field = kept_place(definition, stream, role);
        let cast = if end_type == "uint64_t" { "(uint32_t) " } else { "" };
        body.line(1, &format!("sctx->{field} = {cast}({place});"));
    }
    let cast = if end_type == "uint64_t" { "(uint32_t) " } else { "" };
    body.line(1, &format!("ctx->at = {cast}end;"));
    body.line(1, "ctx->off_content = ctx->at;");
    body.line(1, "ctx->limit = ctx->packet_size;");
    body.line(1, "ctx->packet_is_open = 1;");
    body.line(1, "ctx->in_tracing_section = was_tracing;");
    body.line(0, "}\n");
    body.out
}

fn close(
    definition: &Definition,
    stream: &StreamClass,
    plan: &Plan,
    helpers: &mut BTreeSet<Helper>,
) -> String {
    let function = Function { name: "close_packet", scopes: &[], event_id: None };
    let calls = function.calls(stream, plan);
    let mut body = function.begin(definition, stream, (plan, &calls), helpers);
    body.line(1, WAS_TRACING);
    let deferred = body.deferred();
    let reads_clock = deferred.iter().any(|(role, ..)| *role == Role::PacketEndTimestamp);
    if let (Some(c_type), true) = (clock_type(definition, stream), reads_clock) {
        body.line(1, &format!("{c_type} ts;"));
    }
    body.line(1, "uint8_t *buf;\n\tuint32_t used;\n");
    body.line(1, "if ((!ctx->is_tracing_enabled && !was_tracing) || !ctx->packet_is_open) {");
    body.line(2, "return;\n\t}");
    body.line(1, "ctx->in_tracing_section = 1;");
    if reads_clock {
        read_clock(&mut body, definition, stream);
    }
    body.line(1, "buf = ctx->buf;");
    body.line(1, "ctx->content_size = ctx->at;");
    for (role, _, bits) in deferred {
        let value = match role {
            Role::PacketEndTimestamp => "ts",
            Role::PacketContentLength => "ctx->content_size",
            _ => "ctx->events_discarded",
        };
        let place = format!("sctx->{}", kept_place(definition, stream, role));
        body.patch(1, bits, &place, value);
    }
    body.line(1, "/* What was in the buffer before is not in the packet */");
    body.line(1, "used = (ctx->content_size + 7U) >> 3;");
    body.line(1, "memset(buf + used, 0, (ctx->packet_size >> 3) - used);");
    body.line(1, "ctx->at = ctx->packet_size;");
    body.line(1, "ctx->limit = 0;");
    body.line(1, "ctx->packet_is_open = 0;");
    if has_role(plan, Role::PacketSequenceNumber) {
        body.line(1, "++ctx->sequence_number;");
    }
    body.line(1, "ctx->in_tracing_section = was_tracing;");
    body.line(0, "}\n");
    body.out
}

/// The time of the event for which a packet is opened or closed, else the time now.
fn read_clock(body: &mut Body<'_>, definition: &Definition, stream: &StreamClass) {
    let Some(clock) = stream.default_clock.and_then(|index| definition.schema.clocks.get(index))
    else {
        return;
    };
    body.line(1, "ts = ctx->use_cur_last_event_ts ? sctx->cur_last_event_ts :");
    body.line(2, &format!("ctx->cbs.{}_clock_get_value(ctx->data);", clock.id));
}

fn has_role(plan: &Plan, wanted: Role) -> bool {
    plan.items.iter().any(
        |item| matches!(item, Item::Bits { source: Source::Role(role), .. } if *role == wanted),
    )
}

/// The field of the context in which the place of a field is kept until the packet is closed.
fn kept_place(definition: &Definition, stream: &StreamClass, role: Role) -> String {
    let members = stream.packet_context.as_ref().map_or(&[][..], |context| &context.members);
    let member = members.iter().find(|member| {
        matches!(&member.class, marey_ctf::schema::FieldClass::Integer(class) if class.is(role))
    });
    let what = if definition.profile == Profile::Barectf2 { "spc" } else { "pc" };
    let field = member.map_or_else(|| name(&stream.identity), |member| &member.name);
    format!("off_{what}_{field}")
}
