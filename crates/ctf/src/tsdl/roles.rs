//! What fields are for: CTF 1.8 has reserved names for this, where CTF 2 has roles.

use super::place::Place;
use crate::report::Report;
use crate::schema::{FieldClass, Integer, Member, Role, Scope};

/// Whether it is a value of the default clock.
pub(super) fn is_time(class: &Integer) -> bool {
    class.is(Role::Timestamp) || class.is(Role::PacketEndTimestamp)
}

/// A field with a role has the name that says this role, where readers look for it.
pub(super) fn check(member: &Member, place: &Place<'_>, report: &mut Report) {
    let is_outermost = place.open.len() == 1;
    for &role in roles(&member.class) {
        let Some((scope, name)) = reserved(role, place.scope) else { continue };
        // Readers find the id of an event at any depth.
        let is_reached = is_outermost || role == Role::EventClassId;
        if place.scope != scope || member.name != name || !is_reached {
            let role = role.name();
            report.add(format!("the role {role} is said by the name {name} in CTF 1.8"));
        }
    }
}

fn roles(class: &FieldClass) -> &[Role] {
    match class {
        FieldClass::Integer(class) => &class.roles,
        FieldClass::Blob(class) => &class.roles,
        FieldClass::Array(class) => &class.roles,
        _ => &[],
    }
}

/// The scope and the name that say a role; none for an event's time, which its clock says.
fn reserved(role: Role, scope: Scope) -> Option<(Scope, &'static str)> {
    let reserved = match role {
        Role::PacketMagicNumber => (Scope::PacketHeader, "magic"),
        Role::MetadataStreamUuid => (Scope::PacketHeader, "uuid"),
        Role::DataStreamClassId => (Scope::PacketHeader, "stream_id"),
        Role::DataStreamId => (Scope::PacketHeader, "stream_instance_id"),
        Role::PacketTotalLength => (Scope::PacketContext, "packet_size"),
        Role::PacketContentLength => (Scope::PacketContext, "content_size"),
        Role::PacketSequenceNumber => (Scope::PacketContext, "packet_seq_num"),
        Role::PacketEndTimestamp => (Scope::PacketContext, "timestamp_end"),
        Role::DiscardedEventCounter => (Scope::PacketContext, "events_discarded"),
        Role::EventClassId => (Scope::EventHeader, "id"),
        Role::Timestamp if scope == Scope::PacketContext => (scope, "timestamp_begin"),
        Role::Timestamp => return None,
    };
    Some(reserved)
}
