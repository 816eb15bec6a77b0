//! What functions of a tracer write: the structures of packets and events.

use marey_ctf::schema::{EventClass, Identity, Scope, StreamClass, Structure};

use crate::definition::Definition;

/// The structures in front of a packet's events.
pub fn packet_scopes<'d>(
    definition: &'d Definition,
    stream: &'d StreamClass,
) -> Vec<(Scope, &'d Structure)> {
    let header = definition.schema.trace.packet_header.as_ref();
    let header = header.map(|structure| (Scope::PacketHeader, structure));
    let context = stream.packet_context.as_ref();
    let context = context.map(|structure| (Scope::PacketContext, structure));
    header.into_iter().chain(context).collect()
}

/// The structures of an event.
pub fn event_scopes<'d>(
    stream: &'d StreamClass,
    event: &'d EventClass,
) -> Vec<(Scope, &'d Structure)> {
    let scopes = [
        (Scope::EventHeader, &stream.event_header),
        (Scope::EventCommonContext, &stream.event_common_context),
        (Scope::EventSpecificContext, &event.specific_context),
        (Scope::EventPayload, &event.payload),
    ];
    let there =
        scopes.into_iter().filter_map(|(scope, structure)| Some((scope, structure.as_ref()?)));
    there.collect()
}

/// The name of a stream or an event.
pub fn name(identity: &Identity) -> &str {
    identity.name.as_deref().unwrap_or_default()
}
