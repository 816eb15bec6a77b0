//! Numbers of version 2 that the metadata cannot say.

use super::access::{clocks, events, get, streams};
use crate::diagnostic::Problems;
use crate::numbers::{at_most, environment};
use crate::yaml::Node;
use crate::yaml::map_of;

/// Checks the numbers of the metadata.
pub fn check(metadata: &Node, problems: &mut Problems) {
    for (_, node) in map_of(metadata.get("env")).iter() {
        environment(node, problems);
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
