//! What must hold between the parts of a configuration, first of all for the fields that the tracer
//! writes itself.

use super::access::{alignment, bits_in_words, class, clock, events, fields, get, number, streams};
use super::{Compat, clocks, limits, numbers};
use crate::diagnostic::{Diagnostic, Problems};
use crate::source::Span;
use crate::yaml::{Key, Map, Node, Value};

const MAGIC_BITS: i128 = 32;
const UUID_BYTES: i128 = 16;
const BYTE_BITS: u32 = 8;

/// Checks a configuration of which the parts are right.
pub fn check(root: &Node, compat: Compat, problems: &mut Problems) {
    let Some(metadata) = root.get("metadata") else { return };
    let mut checks = Checks { compat, problems };
    checks.packet_header(metadata);
    for (key, stream) in streams(metadata).iter() {
        checks.packet_context(stream);
        checks.event_header(stream);
        checks.events(key, stream);
    }
    checks.default_stream(metadata);
    limits::check(metadata, compat, checks.problems);
    clocks::check(metadata, compat, checks.problems);
    numbers::check(metadata, checks.problems);
}

struct Checks<'p> {
    compat: Compat,
    problems: &'p mut Problems,
}

impl Checks<'_> {
    fn packet_header(&mut self, metadata: &Node) {
        let Some(trace) = metadata.get("trace").filter(|trace| trace.as_map().is_some()) else {
            return;
        };
        let header = get(trace, "packet-header-type");
        let fields = fields(header);
        self.magic(&fields);
        self.magic_is_first(&fields);
        self.uuid(trace, &fields);
        self.unsigned(&fields, "stream_id");
        if self.compat == Compat::Barectf31 {
            self.unsigned(&fields, "stream_instance_id");
        }
        let at = header.map_or(trace.span, |header| header.span);
        self.numbers(&fields, "stream_id", streams(metadata).len(), "streams", at);
    }

    fn magic(&mut self, fields: &Map) {
        let size = self.unsigned(fields, "magic").and_then(|node| node.get("size"));
        let wrong = size.filter(|size| size.as_int().is_some_and(|size| size != MAGIC_BITS));
        if let (Some(size), Some(key)) = (wrong, fields.get_key("magic")) {
            let found = Diagnostic::error("`magic` has 32 bits").at(key.span, "this has not");
            self.problems.add(found.also(size.span, "expected 32"));
        }
    }

    fn magic_is_first(&mut self, fields: &Map) {
        let first = fields.entries().first();
        let (Some(key), Some((first, _))) = (fields.get_key("magic"), first) else { return };
        if self.compat == Compat::Barectf23 && first.text() != "magic" {
            let what = "`magic` is the first field of a packet header";
            let found = Diagnostic::error(what).at(key.span, "move it to the front");
            self.problems.add(found.also(first.span, "this is in front of it"));
        }
    }

    fn uuid(&mut self, trace: &Node, fields: &Map) {
        let (Some(key), Some(node)) = (fields.get_key("uuid"), fields.get("uuid")) else { return };
        if get(trace, "uuid").is_none() {
            let what = "the packet header has a field `uuid`, and the trace has no UUID";
            let found = Diagnostic::error(what).at(key.span, "nothing to write here");
            let help = "give the trace a `uuid`: one of its own, or `auto`";
            self.problems.add(found.help(help));
        }
        let Some(class_name) = class(node) else { return };
        if class_name != "array" {
            let what = "`uuid` is an array of 16 unsigned bytes";
            self.problems.error(what, node.span, format!("this is of class {class_name}"));
            return;
        }
        let length = node.get("length");
        if let Some(length) = length.filter(|length| length.as_int() != Some(UUID_BYTES)) {
            let found = Diagnostic::error("`uuid` has 16 bytes").at(key.span, "this has not");
            self.problems.add(found.also(length.span, "expected 16"));
        }
        if let Some(element) = node.get("element-type").filter(|node| node.as_map().is_some()) {
            self.uuid_byte(element);
        }
    }

    fn uuid_byte(&mut self, element: &Node) {
        let is_byte = class(element) == Some("integer")
            && number(element, "size").is_none_or(|size| size == BYTE_BITS)
            && get(element, "signed").and_then(Node::as_bool) != Some(true);
        let is_aligned = match self.compat {
            Compat::Barectf23 => alignment(element) == BYTE_BITS,
            Compat::Barectf31 => number(element, "align").is_none_or(|bits| bits <= BYTE_BITS),
        };
        if !is_byte {
            let what = "`uuid` is an array of 16 unsigned bytes";
            self.problems.error(what, element.span, "expected an unsigned integer of 8 bits");
        } else if !is_aligned {
            let span = element.get("align").unwrap_or(element).span;
            self.problems.error("the bytes of `uuid` are aligned to bytes", span, "expected 8");
        }
    }

    /// A field that the tracer writes itself: an unsigned integer, if it is there.
    fn unsigned<'n>(&mut self, fields: &'n Map, name: &str) -> Option<&'n Node> {
        let node = fields.get(name)?;
        let class_name = class(node)?;
        let what = format!("`{name}` is an unsigned integer");
        if class_name != "integer" {
            self.problems.error(what, node.span, format!("this is of class {class_name}"));
            return None;
        }
        let key = fields.get_key(name)?;
        match node.get("signed").map(|signed| (signed.span, &signed.value)) {
            Some((span, Value::Bool(true))) => {
                let found = Diagnostic::error(what).at(key.span, "this is signed");
                self.problems.add(found.also(span, "expected false"));
                return None;
            }
            Some((span, Value::Null)) if self.compat == Compat::Barectf31 => {
                let label = "barectf 3.1 takes no null here: write `false`, or take it away";
                self.problems.error(what, span, label);
                return None;
            }
            _ => {}
        }
        Some(node)
    }

    /// A time: an unsigned integer with a clock.
    fn time<'n>(&mut self, fields: &'n Map, name: &str) -> Option<(&'n str, Span)> {
        let node = self.unsigned(fields, name)?;
        let found = clock(node);
        let is_known = get(node, "property-mappings").is_none_or(|node| node.as_list().is_some());
        if found.is_none() && is_known {
            let what = format!("`{name}` is a value of a clock, and none is named");
            let help = "`property-mappings: [{type: clock, name: NAME, property: value}]`";
            let found = Diagnostic::error(what).at(node.span, "no clock");
            self.problems.add(found.help(help));
        }
        found
    }

    /// Numbers must tell all apart.
    fn numbers(&mut self, fields: &Map, name: &str, count: usize, what: &str, at: Span) {
        let Some(node) = fields.get(name) else {
            if count > 1 {
                let message = format!("`{name}` is needed to tell {count} {what} apart");
                self.problems.error(message, at, format!("there is no field `{name}`"));
            }
            return;
        };
        let size = node.get("size");
        if let Some((bits, size)) = number(node, "size").zip(size)
            && bits < 64
            && count as u128 > 1 << bits
        {
            let message = format!("{} cannot tell {count} {what} apart", bits_in_words(bits));
            let key = fields.get_key(name).map_or(at, |key| key.span);
            let found = Diagnostic::error(message).at(key, "this is too short");
            self.problems.add(found.also(size.span, "its size"));
        }
    }

    fn packet_context(&mut self, stream: &Node) {
        let Some(context) =
            get(stream, "packet-context-type").filter(|node| node.as_map().is_some())
        else {
            return;
        };
        let fields = fields(Some(context));
        for name in ["packet_size", "content_size"] {
            if fields.get(name).is_none() {
                let what = format!("a packet context needs the field `{name}`");
                self.problems.error(what, context.span, "the field is missing here");
            }
        }
        let total = self.unsigned(&fields, "packet_size").and_then(|node| number(node, "size"));
        let content = self.unsigned(&fields, "content_size");
        let size = content.and_then(|node| Some((number(node, "size")?, node.get("size")?)));
        if let (Some(total), Some((bits, node))) = (total, size)
            && bits > total
        {
            let what = "`content_size` is wider than `packet_size`";
            let key = fields.get_key("content_size").map_or(node.span, |key| key.span);
            let found = Diagnostic::error(what).at(key, "it never needs so many bits");
            let found = found.also(node.span, "its size");
            self.problems.add(found.help(format!("as many as `packet_size` has: {total}")));
        }
        self.unsigned(&fields, "events_discarded");
        if self.compat == Compat::Barectf31 {
            self.unsigned(&fields, "packet_seq_num");
        }
        self.packet_times(&fields);
    }

    fn packet_times(&mut self, fields: &Map) {
        let begin = self.time(fields, "timestamp_begin");
        let end = self.time(fields, "timestamp_end");
        let keys = (fields.get_key("timestamp_begin"), fields.get_key("timestamp_end"));
        if let (Some(key), None) | (None, Some(key)) = keys {
            let what = "`timestamp_begin` and `timestamp_end` are there together, or not at all";
            self.problems.error(what, key.span, "the other one is missing");
        }
        if let (Some((begin, begin_span)), Some((end, span))) = (begin, end)
            && begin != end
        {
            let what = "`timestamp_begin` and `timestamp_end` are of different clocks";
            let found = Diagnostic::error(what).at(span, format!("`{end}`"));
            self.problems.add(found.also(begin_span, format!("`{begin}`")));
        }
    }

    fn event_header(&mut self, stream: &Node) {
        let header = get(stream, "event-header-type");
        let fields = fields(header);
        self.unsigned(&fields, "id");
        self.time(&fields, "timestamp");
        let at = header.map_or(stream.span, |header| header.span);
        self.numbers(&fields, "id", events(stream).len(), "events", at);
    }

    fn events(&mut self, key: &Key, stream: &Node) {
        let header = fields(get(stream, "event-header-type"));
        let header = header.iter().filter(|(key, _)| {
            self.compat == Compat::Barectf23 || matches!(key.text(), "id" | "timestamp")
        });
        let common = header.count() + fields(get(stream, "event-context-type")).len();
        for (event_key, event) in events(stream).iter() {
            let own = ["context-type", "payload-type"];
            let own = own.map(|property| fields(get(event, property)).len());
            let is_known = event.as_map().is_some();
            if is_known && common + own.iter().sum::<usize>() == 0 {
                let (event, stream) = (event_key.text(), key.text());
                let what = format!("event `{event}` of stream `{stream}` has no field at all");
                self.problems.error(what, event_key.span, "it would be nothing in the trace");
            }
        }
    }

    fn default_stream(&mut self, metadata: &Node) {
        let streams = streams(metadata);
        let mut first: Option<(String, Span)> = None;
        let named = get(metadata, "$default-stream");
        if let Some((name, node)) = named.and_then(|node| Some((node.as_text()?, node))) {
            if streams.get(name).is_none() {
                let found = Diagnostic::error(format!("there is no stream `{name}`"))
                    .at(node.span, "not among `streams`");
                let names = streams.iter().map(|(key, _)| key.text());
                self.problems.add(found.help_nearest(name, names));
            }
            first = Some((name.to_owned(), node.span));
        }
        for (key, stream) in streams.iter() {
            let Some(node) = stream.get("$default").filter(|node| node.as_bool() == Some(true))
            else {
                continue;
            };
            match &first {
                None => first = Some((key.text().to_owned(), node.span)),
                Some((name, span)) if name != key.text() => {
                    let what = format!("`{name}` and `{}` are both the default", key.text());
                    let found = Diagnostic::error(what).at(node.span, "the second");
                    self.problems.add(found.also(*span, "the first"));
                }
                _ => {}
            }
        }
    }
}
