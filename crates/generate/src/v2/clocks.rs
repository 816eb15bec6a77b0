//! The clocks that fields are mapped to, and what clocks say.

use std::collections::BTreeSet;

use super::Compat;
use super::access::{clock, clocks, roots, stream_clock, streams};
use super::build::clock_c_type;
use crate::clock_wrap;
use crate::diagnostic::{Diagnostic, Problems};
use crate::source::Span;
use crate::yaml::map_of;
use crate::yaml::{Map, Node};

/// The frequency of a clock if nothing is said.
const FREQUENCY: u64 = 1_000_000_000;

/// Checks the clocks. barectf 2.3 looks at all that are named, barectf 3.1 at those that time a
/// stream.
pub fn check(metadata: &Node, compat: Compat, problems: &mut Problems) {
    let clocks = clocks(metadata);
    c_types(&clocks, compat, problems);
    if compat == Compat::Barectf23 {
        roots(metadata).iter().for_each(|(_, root)| exist(root, &clocks, problems));
        return wraps(metadata, &clocks, problems);
    }
    for (_, stream) in streams(metadata).iter() {
        if let Some((name, span)) =
            stream_clock(stream).filter(|(name, _)| clocks.get(name).is_none())
        {
            problems.add(no_clock(&name, span, &clocks));
        }
    }
}

/// Each clock that a field is mapped to is there.
pub fn exist(field: &Node, clocks: &Map, problems: &mut Problems) {
    if let Some((name, span)) = clock(field).filter(|(name, _)| clocks.get(name).is_none()) {
        problems.add(no_clock(name, span, clocks));
    }
    let inner = ["value-type", "element-type"].into_iter().filter_map(|name| field.get(name));
    inner.for_each(|field| exist(field, clocks, problems));
    for property in ["fields", "types"] {
        let fields = map_of(field.get(property));
        fields.iter().for_each(|(_, field)| exist(field, clocks, problems));
    }
}

/// Warns of clocks that time a stream and start again soon.
fn wraps(metadata: &Node, clocks: &Map, problems: &mut Problems) {
    let streams = streams(metadata);
    let names = streams.iter().filter_map(|(_, stream)| Some(stream_clock(stream)?.0));
    for name in names.collect::<BTreeSet<_>>() {
        let (Some(key), Some(clock)) = (clocks.get_key(&name), clocks.get(&name)) else { continue };
        let frequency = clock.get("freq").and_then(Node::as_int);
        let frequency = frequency.and_then(|number| u64::try_from(number).ok());
        let c_type = clock_c_type(clock);
        let frequency = frequency.unwrap_or(FREQUENCY);
        clock_wrap::warn(problems, &name, key.span, frequency, &c_type);
    }
}

fn no_clock(name: &str, span: Span, clocks: &Map) -> Diagnostic {
    let names = clocks.iter().map(|(key, _)| key.text());
    Diagnostic::error(format!("there is no clock `{name}`"))
        .at(span, "not among `clocks`")
        .help_nearest(name, names)
}

/// barectf 2.3 takes both names of a property if one of them is null.
fn c_types(clocks: &Map, compat: Compat, problems: &mut Problems) {
    for (_, clock) in clocks.iter().filter_map(|(key, node)| Some((key, node.as_map()?))) {
        let there = ["$return-ctype", "return-ctype"].map(|name| {
            let is_null = clock.get(name).is_none_or(Node::is_null);
            let counts = compat == Compat::Barectf31 || !is_null;
            clock.get_key(name).filter(|_| counts)
        });
        if let [Some(new), Some(old)] = there {
            let what = "a clock object has either `$return-ctype` or `return-ctype`";
            let found = Diagnostic::error(what).at(old.span, "this is the old name");
            problems.add(found.also(new.span, "this is there, too"));
        }
    }
}
