//! Numbers that the metadata cannot say, or a tracer cannot count with.

use super::access::{clocks, events, get, streams};
use crate::diagnostic::Problems;
use crate::yaml::Node;
use crate::yaml::map_of;

/// Places in packets are counted in 32 bits.
const ALIGNMENT_MAX: i128 = 1 << 31;

/// Checks the numbers of the metadata.
pub fn check(metadata: &Node, problems: &mut Problems) {
    for (_, node) in map_of(metadata.get("env")).iter() {
        at_most(Some(node), u64::MAX.into(), problems);
        at_least(node, i64::MIN.into(), problems);
    }
    for (_, clock) in clocks(metadata).iter() {
        at_most(clock.get("freq"), u64::MAX.into(), problems);
        at_most(clock.get("error-cycles"), u64::MAX.into(), problems);
        for part in ["seconds", "cycles"] {
            let offset = get(clock, "offset").and_then(|offset| offset.get(part));
            at_most(offset, i64::MAX.into(), problems);
        }
    }
    for (_, stream) in streams(metadata).iter() {
        for (_, event) in events(stream).iter() {
            at_most(event.get("log-level"), i64::MAX.into(), problems);
        }
    }
}

/// Checks the alignment of a field type.
pub fn alignment(node: &Node, property: &str, problems: &mut Problems) {
    at_most(node.get(property), ALIGNMENT_MAX, problems);
}

fn at_most(node: Option<&Node>, max: i128, problems: &mut Problems) {
    if let Some((node, number)) = node.and_then(|node| Some((node, node.as_int()?)))
        && number > max
    {
        problems.error(format!("`{number}` is too large"), node.span, format!("at most {max}"));
    }
}

fn at_least(node: &Node, min: i128, problems: &mut Problems) {
    if let Some(number) = node.as_int().filter(|number| *number < min) {
        problems.error(format!("`{number}` is too small"), node.span, format!("at least {min}"));
    }
}
