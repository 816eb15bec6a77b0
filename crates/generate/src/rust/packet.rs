//! What opens and closes packets.

use std::fmt::Write as _;

use marey_ctf::schema::{Role, StreamClass};

use super::compound::Calls;
use super::function::{Function, Shared, function};
use super::value::Value;
use super::write::{Body, bits_function};
use crate::definition::Definition;
use crate::plan::{Bits, Item, Plan, Position, Source, Unsupported, plan};
use crate::scopes::packet_scopes;

/// A packet starts where its fields count from.
const AT_START: u64 = u64::MAX;

/// How the packets of a stream begin.
pub struct Packet {
    /// The declarations: of what the program says of packets, and of the layout.
    pub text: String,
    /// The program says something of packets.
    pub has_fields: bool,
    /// That refers to something.
    pub has_references: bool,
    /// Packets say when they begin or end.
    pub has_times: bool,
    /// How many places are kept until a packet is closed.
    pub kept: usize,
}

/// What opens and closes the packets of a stream, whose type has this name.
pub fn packet(
    definition: &Definition,
    shared: &Shared<'_>,
    (index, stream): (usize, &StreamClass),
    name: &str,
) -> Result<Packet, Vec<Unsupported>> {
    let scopes = packet_scopes(definition, stream);
    let plan = plan(&scopes, AT_START)?;
    let mut function = function(shared, (index, None), (&scopes, &plan), "'p ")?;
    function.values.stream_id = stream.id.unwrap_or_default();
    let has_fields = !function.parameters.is_empty();
    let has_references = function.parameters.iter().any(super::function::Parameter::is_reference);
    let deferred = deferred(&plan);
    let has_times =
        [Role::Timestamp, Role::PacketEndTimestamp].iter().any(|role| has(&plan, *role));
    let lifetime = if has_references { "<'p>" } else { "" };
    let mut text = String::new();
    if has_fields {
        text += &fields(&function, name, lifetime);
    }
    let mut members = String::new();
    if has_fields {
        let _ = writeln!(members, "    packet: {name}Packet{lifetime},");
    }
    if !deferred.is_empty() {
        let _ = writeln!(members, "    kept: [u32; {}],", deferred.len());
    }
    let members = if members.is_empty() { ";\n".to_owned() } else { format!(" {{\n{members}}}\n") };
    let any = if has_references { "<'_>" } else { "" };
    let _ = write!(
        text,
        "\n/// How packets of [`{name}Stream`] begin.\n#[derive(Clone, Debug)]\n\
         struct {name}Layout{lifetime}{members}\n\
         impl marey_tracer::Layout for {name}Layout{any} {{\n    \
         const READS_CLOCK: bool = {has_times};\n\n"
    );
    let calls = Calls::of(&plan);
    let functions = calls.text(2, (index, None), shared.types());
    text += &open(&function, (&plan, &calls), name, &deferred, &functions);
    text += &close(&deferred);
    text += "}\n";
    let kept = deferred.len();
    Ok(Packet { text, has_fields, has_references, has_times, kept })
}

/// The type of what the program says of packets.
fn fields(function: &Function<'_>, name: &str, lifetime: &str) -> String {
    let mut text = format!(
        "\n/// What the program says of each packet of [`{name}Stream`].\n\
         #[allow(non_snake_case, reason = \"the configuration names them\")]\n\
         #[derive(Clone, Copy, Debug, PartialEq)]\npub struct {name}Packet{lifetime} {{\n"
    );
    for parameter in &function.parameters {
        let (own, rust_type) = (&parameter.name, &parameter.rust_type);
        let _ = write!(text, "    /// {}\n    pub {own}: {rust_type},\n", parameter.about());
    }
    text + "}\n"
}

fn open(
    function: &Function<'_>,
    (plan, calls): (&Plan, &Calls),
    name: &str,
    deferred: &[(Role, Position, Bits)],
    functions: &str,
) -> String {
    let mut write = Body::new(&function.values, plan, calls);
    write.writes(2);
    let kept: Vec<_> = deferred.iter().map(|(_, at, _)| write.found(*at)).collect();
    if !kept.is_empty() {
        write.line(2, &format!("self.kept = [{}];", kept.join(", ")));
    }
    let mut body = Body::new(&function.values, plan, calls);
    let packet = if write.out.contains("(packet, ") { "packet" } else { "_" };
    body.line(1, "#[allow(non_snake_case, reason = \"the configuration names them\")]");
    body.line(
        1,
        &format!(
            "fn open(&mut self, {packet}: &mut [u8], opening: marey_tracer::Opening) \
             -> Option<u32> {{"
        ),
    );
    body.out += functions;
    if !function.parameters.is_empty() {
        let names: Vec<_> = function.parameters.iter().map(|it| it.name.clone()).collect();
        body.line(2, &format!("let {name}Packet {{ {} }} = self.packet;", names.join(", ")));
    }
    function.prologue(&mut body, "return None;");
    let is_short = plan.is_short();
    body.line(2, if is_short { "let b0 = 0_u32;" } else { "let b0 = 0_u64;" });
    body.moves(2);
    let end = Body::place(plan.end);
    body.line(2, &format!("let end = {end};"));
    let wide = if is_short { "u64::from(end)" } else { "end" };
    body.line(2, &format!("if {wide} > u64::from(opening.packet_bits) {{"));
    body.line(3, "return None;");
    body.line(2, "}");
    if !is_short {
        for base in write.used() {
            body.line(2, &format!("let b{base} = b{base} as u32;"));
        }
    }
    body.out += &write.out;
    body.line(2, if is_short { "Some(end)" } else { "Some(end as u32)" });
    body.line(1, "}\n");
    body.out
}

/// What closes packets that begin with nothing that is known at the end only.
const NOTHING_TO_CLOSE: &str = "    \
    fn close(&mut self, _: &mut [u8], _: marey_tracer::Closing) -> Option<()> {
        Some(())
    }
";

fn close(deferred: &[(Role, Position, Bits)]) -> String {
    if deferred.is_empty() {
        return NOTHING_TO_CLOSE.to_owned();
    }
    let mut text = "    fn close(&mut self, packet: &mut [u8], closing: marey_tracer::Closing) \
                    -> Option<()> {\n"
        .to_owned();
    for (index, (role, _, bits)) in deferred.iter().enumerate() {
        let (field, type_bits) = match role {
            Role::PacketEndTimestamp => ("now", 64),
            Role::PacketContentLength => ("content_bits", 32),
            _ => ("events_discarded", 32),
        };
        let value = Value::Number { text: format!("closing.{field}"), type_bits, is_signed: false };
        let _ = match bits.is_whole() {
            true => {
                let bytes = value.bytes(bits.len, bits.order);
                writeln!(text, "        *write::fixed(packet, self.kept[{index}])? = {bytes};")
            }
            false => {
                let (function, len) = (bits_function("set", *bits), bits.len);
                let value = value.cast(len, 64).0;
                writeln!(
                    text,
                    "        write::{function}(packet, self.kept[{index}], {len}, {value})?;"
                )
            }
        };
    }
    text + "        Some(())\n    }\n"
}

fn has(plan: &Plan, wanted: Role) -> bool {
    plan.items.iter().any(
        |item| matches!(item, Item::Bits { source: Source::Role(role), .. } if *role == wanted),
    )
}

/// The fields of a plan that are written when the packet is closed.
fn deferred(plan: &Plan) -> Vec<(Role, Position, Bits)> {
    let deferred = |item: &Item| match item {
        Item::Bits { at, bits, source: Source::Role(role) } => match role {
            Role::PacketContentLength | Role::PacketEndTimestamp | Role::DiscardedEventCounter => {
                Some((*role, *at, *bits))
            }
            _ => None,
        },
        _ => None,
    };
    plan.items.iter().filter_map(deferred).collect()
}
