//! What barectf 2.3 and barectf 3.1 do not make alike of one file: a warning for each such place.

use std::collections::{HashMap, HashSet};

use super::access::{
    class, clock, clocks, events, fields, first_unsorted, get, len_bits, number, roots,
    stream_clock, streams,
};
use super::convert::field_type;
use super::labels::{members, unique};
use super::limits::overlaps;
use super::types::byte_order;
use super::version::Version;
use super::{Compat, fields as expansion, orders};
use crate::diagnostic::{Diagnostic, Problems};
use crate::source::Span;
use crate::yaml::map_of;
use crate::yaml::{Key, Map, Node};

/// Warns of what the two do not make alike. `included` has its aliases yet, `effective` has not.
pub fn warn(
    included: &Node,
    effective: &Node,
    version: Version,
    problems: &mut Problems,
) -> Comparison {
    let (old, new) =
        (view(included, version, Compat::Barectf23), view(included, version, Compat::Barectf31));
    let mut gaps = Gaps { problems, found: Comparison::default() };
    let Some(metadata) = old.as_ref().unwrap_or(effective).get("metadata") else {
        return gaps.found;
    };
    gaps.trace(metadata);
    gaps.texts(metadata);
    gaps.clocks(metadata);
    for (_, stream) in streams(metadata).iter() {
        gaps.stream(stream);
    }
    let order = metadata.get("trace").and_then(|trace| trace.get("byte-order"));
    let order = order.and_then(Node::as_text).unwrap_or_default();
    for (property, root) in roots(metadata) {
        for (key, field) in fields(Some(&root)).iter() {
            gaps.field(property, key, field, order);
        }
    }
    if let (Some(_), Some(other)) = (&old, new.as_ref().and_then(|new| new.get("metadata"))) {
        gaps.inheritance(metadata, other);
    }
    gaps.found
}

/// The field types as one of the two understands them, unless it refuses them.
fn view(included: &Node, version: Version, compat: Compat) -> Option<Node> {
    let mut problems = Problems::default();
    let expanded = expansion::expanded(included, version, compat, &mut problems);
    (!problems.has_errors()).then_some(expanded)
}

/// How many names a warning lists with their numbers.
const NUMBERS_MAX: usize = 8;

fn gap(what: impl Into<String>, span: Span, old: &str, new: &str) -> Diagnostic {
    let label = format!("barectf 2.3: {old}; barectf 3.1: {new}");
    Diagnostic::warning(what).at(span, label)
}

/// What of the warnings matters to a conversion to version 3 that keeps what barectf 2.3 means.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Warnings of what version 3 can say as barectf 2.3 means it.
    pub kept: Vec<Diagnostic>,
    /// How many of the others there are.
    pub losses: usize,
}

/// Collects warnings.
pub struct Gaps<'p> {
    problems: &'p mut Problems,
    found: Comparison,
}

impl Gaps<'_> {
    /// Warns of a place that the two understand each in its own way.
    pub fn add(&mut self, what: impl Into<String>, span: Span, old: &str, new: &str) {
        self.lose(gap(what, span, old, new));
    }

    fn lose(&mut self, found: Diagnostic) {
        let before = self.problems.warnings();
        self.problems.add(found);
        self.found.losses += self.problems.warnings() - before;
    }

    /// The same of a place for which version 3 can say what barectf 2.3 means.
    fn add_kept(&mut self, what: impl Into<String>, span: Span, old: &str, new: &str) {
        let found = gap(what, span, old, new);
        self.found.kept.push(found.clone());
        self.problems.add(found);
    }

    /// The same of names that are numbered each in its own way.
    fn numbers(&mut self, what: &str, map: &Map) {
        let Some(key) = first_unsorted(map) else { return };
        let what = format!("`{what}` are not in alphabetical order");
        let (old, new) = ("numbers them as they stand", "numbers them by name");
        let mut sorted: Vec<_> = map.iter().map(|(key, _)| key.text()).collect();
        sorted.sort_unstable();
        let number = |name: &str| sorted.binary_search(&name).unwrap_or_default();
        let moved = map.iter().enumerate().map(|(old, (key, _))| (key.text(), old));
        let moved = moved.filter(|(name, old)| number(name) != *old).take(NUMBERS_MAX);
        let moved = moved.map(|(name, old)| format!("`{name}` {old} → {}", number(name)));
        let help = format!("numbers, 2.3 → 3.1: {}", moved.collect::<Vec<_>>().join(", "));
        self.lose(gap(what, key.span, old, new).help(help));
    }

    fn trace(&mut self, metadata: &Node) {
        if let Some(trace) = metadata.get("trace") {
            orders::packet_header(self, trace);
        }
        self.numbers("streams", &streams(metadata));
    }

    /// Text with more than one line.
    fn texts(&mut self, metadata: &Node) {
        let env = map_of(metadata.get("env"));
        let env = env
            .iter()
            .map(|(key, node)| (format!("`env` variable `{}`", key.text()), node.clone()));
        let clocks = clocks(metadata);
        let descriptions = clocks.iter().filter_map(|(key, node)| {
            let what = format!("`description` of clock `{}`", key.text());
            Some((what, get(node, "description")?.clone()))
        });
        for (what, node) in env.chain(descriptions) {
            if node.as_text().is_some_and(|text| text.contains(['\n', '\r', '\t'])) {
                let what = format!("{what} has a line break or a tab");
                let (old, new) = ("escapes it", "writes it as it is, which readers may refuse");
                self.add_kept(what, node.span, old, &format!("{new} (marey escapes it)"));
            }
        }
    }

    fn clocks(&mut self, metadata: &Node) {
        let streams = streams(metadata);
        let used: Vec<_> = streams.iter().filter_map(|(_, node)| stream_clock(node)).collect();
        let is_used = |key: &Key| used.iter().any(|(name, _)| name == key.text());
        let clocks = clocks(metadata);
        let there: Map = clocks
            .iter()
            .filter(|(key, _)| is_used(key))
            .map(|(key, node)| (key.clone(), node.clone()))
            .collect();
        for (key, _) in clocks.iter().filter(|(key, _)| !is_used(key)) {
            let what = format!("`clocks`: no stream uses `{}`", key.text());
            let member = format!("`{}_clock_get_value`", key.text());
            let old = format!("in the metadata, with the callback {member}");
            self.add(what, key.span, &old, "in neither");
        }
        for (key, node) in there.iter() {
            if get(node, "absolute").is_none() {
                let what = format!("`absolute` of clock `{}` is not said", key.text());
                let span = node.get("absolute").map_or(key.span, |node| node.span);
                self.add_kept(what, span, "false", "true");
            }
        }
        if let Some(key) = first_unsorted(&there) {
            let what = "`clocks` are not in alphabetical order";
            let new = "callbacks and metadata by name";
            self.add(what, key.span, "callbacks and metadata as they stand", new);
        }
    }

    fn stream(&mut self, stream: &Node) {
        orders::packet_context(self, stream);
        orders::event_header(self, stream);
        self.times(stream);
        let events = events(stream);
        self.numbers("events", &events);
        for (key, event) in events.iter() {
            if get(event, "payload-type").is_none() {
                let what = format!("event `{}` has no `payload-type`", key.text());
                let old = "an empty `fields`, aligned to bytes, in the metadata";
                self.add_kept(what, key.span, old, "no `fields`");
            }
            let level = get(event, "log-level");
            if let Some(level) = level.filter(|level| level.as_int() == Some(0)) {
                let what = format!("`log-level` of event `{}` is 0", key.text());
                let old = "`loglevel = 0` in the metadata";
                self.add_kept(what, level.span, old, "no `loglevel`");
            }
        }
    }

    /// All times of a stream are of one clock, whatever the metadata says.
    fn times(&mut self, stream: &Node) {
        let Some((of_stream, _)) = stream_clock(stream) else { return };
        let context = fields(get(stream, "packet-context-type"));
        for name in ["timestamp_begin", "timestamp_end"] {
            let Some((own, span)) = context.get(name).and_then(clock) else { continue };
            if own != of_stream {
                let what = format!("`{name}` is of another clock than the events of its stream");
                let old = format!("the metadata says `{own}`, and `{of_stream}` is read");
                self.add(what, span, &old, &format!("`{of_stream}` in both"));
            }
        }
    }

    fn field(&mut self, root: &str, key: &Key, node: &Node, trace_order: &str) {
        let name = key.text();
        match class(node) {
            Some("integer") => self.integer(root, name, node, trace_order),
            Some("enumeration") => {
                if let Some(values) = node.get("value-type") {
                    self.integer(root, name, values, trace_order);
                }
                self.labels(name, node);
            }
            Some("floating-point") => self.float(name, node, trace_order),
            Some("string") => {
                let encoding = get(node, "encoding");
                let other = |node: &&Node| {
                    node.as_text().is_some_and(|word| !word.to_lowercase().starts_with("utf"))
                };
                if let Some(node) = encoding.filter(other) {
                    let what = format!("`encoding` of `{name}`");
                    self.add(what, node.span, "in the metadata", "UTF-8");
                }
            }
            Some("array") => {
                if let Some(element) = node.get("element-type") {
                    self.field(root, key, element, trace_order);
                }
            }
            _ => {}
        }
    }

    fn integer(&mut self, root: &str, name: &str, node: &Node, trace_order: &str) {
        let encoding = get(node, "encoding");
        let is_text =
            |node: &&Node| node.as_text().is_some_and(|word| !word.eq_ignore_ascii_case("none"));
        if let Some(node) = encoding.filter(is_text) {
            let what = format!("`encoding` of integer `{name}`");
            self.add(what, node.span, "in the metadata", "dropped");
        }
        let order = get(node, "byte-order").and_then(|node| Some((node.as_text()?, node.span)));
        if let Some((word, span)) = order
            && byte_order(word) != byte_order(trace_order)
        {
            let what = format!("`byte-order` of `{name}` is not that of the trace");
            self.add(what, span, "this field has its own", "all fields have the trace's");
        }
        let size = node.get("size");
        if let (Some(33..=63), Some(size)) = (number(node, "size"), size) {
            let what = format!("`size` of `{name}` is neither 64, nor 32 or less");
            let old = "stops with an internal error (marey does not)";
            self.add_kept(what, size.span, old, "a C type of 64 bits");
        }
        let is_time = match root {
            "packet-context-type" => matches!(name, "timestamp_begin" | "timestamp_end"),
            "event-header-type" => name == "timestamp",
            _ => false,
        };
        if let (Some((_, span)), false) = (clock(node), is_time) {
            let what = format!("`property-mappings` of `{name}`");
            self.add(what, span, "its clock is in the metadata", "dropped");
        }
    }

    fn float(&mut self, name: &str, node: &Node, trace_order: &str) {
        let size = len_bits(node).unwrap_or_default();
        let align = number(node, "align").unwrap_or(8);
        if align != size {
            let what = format!("`align` of `{name}` is {align}, and its size {size}");
            let span = get(node, "align").unwrap_or(node).span;
            let old = "a parameter `uint64_t` with the bits of the number";
            let new = "a parameter `uint64_t` with the number, cut to an integer";
            self.add(what, span, old, &format!("{new} (marey: `float` or `double`)"));
        }
        if let Some(order) = get(node, "byte-order") {
            let what = format!("`byte-order` of floating-point number `{name}`");
            let old = "stops with an internal error (marey does not)";
            let is_own = |word| byte_order(word) != byte_order(trace_order);
            match order.as_text().is_some_and(is_own) {
                true => self.add(what, order.span, old, "refuses it"),
                false => self.add_kept(what, order.span, old, "refuses it"),
            }
        }
    }

    fn labels(&mut self, name: &str, node: &Node) {
        let all = members(node);
        let kept: HashSet<Span> = unique(node).iter().map(|member| member.span).collect();
        let lost = all.iter().find(|member| !kept.contains(&member.span));
        if let Some(member) = lost {
            let what = format!("`members` of `{name}`: label `{}` is there twice", member.label);
            self.add_kept(what, member.label_span, "the last one counts", "each one counts");
        }
        for (member, _) in overlaps(&all).into_iter().take(1) {
            if lost.is_none() {
                let what = format!("`members` of `{name}` share values");
                self.add(what, member.span, "refuses it", "both labels stand for them");
            }
        }
    }

    /// Field types that inherit, and are not the same then.
    fn inheritance(&mut self, metadata: &Node, other: &Node) {
        for ((_, root), (_, other)) in roots(metadata).iter().zip(&roots(other)) {
            let others = fields(Some(other));
            let others: HashMap<_, _> =
                others.iter().map(|(key, field)| (key.text(), field)).collect();
            for (key, field) in fields(Some(root)).iter() {
                let is_same = |other: &Node| field_type(field) == field_type(other);
                if others.get(key.text()).copied().is_some_and(is_same) {
                    continue;
                }
                let what = format!("`$inherit`: the type of `{}` depends on how", key.text());
                let old = "sets the properties of the base as a whole";
                self.add_kept(what, field.span, old, "changes what is in them, too");
            }
        }
    }
}
