//! Numbers of version 3 that the metadata cannot say, or a tracer cannot count with.

use crate::diagnostic::Problems;
use crate::numbers::{alignment, at_most, environment};
use crate::yaml::{Node, Value, map_of};

/// Checks the numbers of a configuration in which all is put in.
pub fn check(root: &Node, problems: &mut Problems) {
    let Some(trace) = root.get("trace") else { return };
    for (_, node) in map_of(trace.get("environment")).iter() {
        environment(node, problems);
    }
    let Some(trace_type) = trace.get("type") else { return };
    for (_, clock) in map_of(trace_type.get("clock-types")).iter() {
        at_most(clock.get("frequency"), u64::MAX.into(), problems);
        at_most(clock.get("precision"), u64::MAX.into(), problems);
        for part in ["seconds", "cycles"] {
            let offset = clock.get("offset").and_then(|offset| offset.get(part));
            at_most(offset, i64::MAX.into(), problems);
        }
    }
    for (_, stream) in map_of(trace_type.get("data-stream-types")).iter() {
        for (_, event) in map_of(stream.get("event-record-types")).iter() {
            at_most(event.get("log-level"), i64::MAX.into(), problems);
        }
    }
    alignments(trace_type, problems);
}

/// Checks all alignments in it: nothing else that is called so is a number.
fn alignments(node: &Node, problems: &mut Problems) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| alignments(item, problems)),
        Value::Map(map) => {
            for property in ["alignment", "minimum-alignment"] {
                alignment(map.get(property), problems);
            }
            map.iter().for_each(|(_, node)| alignments(node, problems));
        }
        _ => {}
    }
}
