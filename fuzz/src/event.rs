//! Descriptions of events.

use marey_recorder::tracefs::{Field, Kind, parse};

/// Any text is the description of an event, or is refused. What is read can be relied on.
pub fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    // Arguments of system calls are read otherwise.
    for system in ["fuzz", "syscalls"] {
        let Ok(format) = parse(system, text) else { continue };
        format.fields.iter().for_each(check_field);
    }
}

fn check_field(field: &Field) {
    let is_whole = |size: u32| matches!(size, 1 | 2 | 4 | 8);
    let end = field.offset.checked_add(field.size).expect("an end");
    assert!(field.size > 0 && end <= u32::from(u16::MAX), "{field:?} is too far");
    let fits = match field.kind {
        Kind::Number { .. } => is_whole(field.size),
        Kind::Text => true,
        Kind::Numbers { size, .. } => is_whole(size) && field.size.is_multiple_of(size),
        Kind::DynamicText(_) => field.size == 4,
        Kind::ProcessText => field.size == 8,
        Kind::DynamicNumbers { size, .. } => field.size == 4 && is_whole(size),
    };
    assert!(fits, "{field:?} is not what its size says");
}
