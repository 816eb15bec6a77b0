//! Field locations (CTF2-SPEC-2.0).

use super::json::{Json, Object};
use crate::report::Report;
use crate::schema::{FieldLocation, Scope};

pub(super) fn location(location: &FieldLocation, report: &mut Report) -> Json {
    if !matches!(location.path.last(), Some(Some(_))) {
        report.add("the path to another field does not end with a name");
    }
    let step = |step: &Option<String>| step.as_ref().map_or(Json::Null, Json::from);
    Object::default()
        .with_some("origin", location.origin.map(origin))
        .with("path", location.path.iter().map(step).collect::<Vec<Json>>())
        .into()
}

fn origin(scope: Scope) -> &'static str {
    match scope {
        Scope::PacketHeader => "packet-header",
        Scope::PacketContext => "packet-context",
        Scope::EventHeader => "event-record-header",
        Scope::EventCommonContext => "event-record-common-context",
        Scope::EventSpecificContext => "event-record-specific-context",
        Scope::EventPayload => "event-record-payload",
    }
}
