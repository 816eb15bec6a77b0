//! Parts of a checked configuration. What is null is as if it were not there.

use crate::source::Span;
use crate::yaml::map_of;
use crate::yaml::{Key, Map, Node};

/// The value of a property, unless it is null.
pub fn get<'n>(node: &'n Node, property: &str) -> Option<&'n Node> {
    node.get(property).filter(|node| !node.is_null())
}

/// A number that is a length or an alignment.
pub fn number(node: &Node, property: &str) -> Option<u32> {
    u32::try_from(node.get(property)?.as_int()?).ok()
}

/// A number of bits.
pub fn bits_in_words(bits: u32) -> String {
    if bits == 1 { "1 bit".to_owned() } else { format!("{bits} bits") }
}

/// The fields of a structure, in their order.
pub fn fields(structure: Option<&Node>) -> Map {
    map_of(structure.and_then(|structure| structure.get("fields")))
}

/// The class of a field type by its full name.
pub fn class(node: &Node) -> Option<&'static str> {
    Some(match node.get("class")?.as_text()? {
        "int" | "integer" => "integer",
        "flt" | "float" | "floating-point" => "floating-point",
        "enum" | "enumeration" => "enumeration",
        "str" | "string" => "string",
        "struct" | "structure" => "structure",
        "array" => "array",
        "var" | "variant" => "variant",
        _ => return None,
    })
}

/// How long a field of this type is, if that is known.
pub fn len_bits(node: &Node) -> Option<u32> {
    match class(node)? {
        "integer" => number(node, "size"),
        "enumeration" => number(node.get("value-type")?, "size"),
        "floating-point" => {
            let size = node.get("size")?;
            number(size, "exp")?.checked_add(number(size, "mant")?)
        }
        _ => None,
    }
}

/// Where a field of this type starts: at a multiple of this.
pub fn alignment(node: &Node) -> u32 {
    match class(node) {
        Some("integer") => number(node, "align")
            .unwrap_or_else(|| if len_bits(node).unwrap_or(1).is_multiple_of(8) { 8 } else { 1 }),
        Some("enumeration") => node.get("value-type").map_or(1, alignment),
        Some("floating-point") => number(node, "align").unwrap_or(8),
        Some("string") => 8,
        Some("array") => node.get("element-type").map_or(1, alignment),
        Some("structure") => {
            let fields = fields(Some(node));
            let own = number(node, "min-align").unwrap_or(1);
            fields.iter().map(|(_, field)| alignment(field)).fold(own, u32::max)
        }
        _ => 1,
    }
}

/// The clock that an integer is mapped to, and where it is named.
pub fn clock(node: &Node) -> Option<(&str, Span)> {
    let mappings = get(node, "property-mappings")?.as_list()?;
    let name = mappings.first()?.get("name")?;
    Some((name.as_text()?, name.span))
}

/// The clock that times a stream: that of its events, else that of its packets.
pub fn stream_clock(stream: &Node) -> Option<(String, Span)> {
    let header = fields(get(stream, "event-header-type"));
    let context = fields(get(stream, "packet-context-type"));
    let times =
        [header.get("timestamp"), context.get("timestamp_begin"), context.get("timestamp_end")];
    let (name, span) = times.into_iter().flatten().find_map(clock)?;
    Some((name.to_owned(), span))
}

/// The streams of the metadata.
pub fn streams(metadata: &Node) -> Map {
    map_of(metadata.get("streams"))
}

/// The clocks of the metadata.
pub fn clocks(metadata: &Node) -> Map {
    map_of(metadata.get("clocks"))
}

/// The events of a stream.
pub fn events(stream: &Node) -> Map {
    map_of(stream.get("events"))
}

/// All outermost structures of a trace: what holds them, under which property, and themselves.
pub fn roots(metadata: &Node) -> Vec<(&'static str, Node)> {
    let mut roots = Vec::new();
    let mut add = |node: &Node, property: &'static str| {
        roots.extend(get(node, property).map(|root| (property, root.clone())));
    };
    if let Some(trace) = metadata.get("trace") {
        add(trace, "packet-header-type");
    }
    for (_, stream) in streams(metadata).iter() {
        for property in ["packet-context-type", "event-header-type", "event-context-type"] {
            add(stream, property);
        }
        for (_, event) in events(stream).iter() {
            add(event, "context-type");
            add(event, "payload-type");
        }
    }
    roots
}

/// Whether names stand in the order in which barectf 3.1 numbers what they name; else the first
/// that does not.
pub fn first_unsorted(map: &Map) -> Option<&Key> {
    let mut sorted: Vec<_> = map.iter().map(|(key, _)| key.text()).collect();
    sorted.sort_unstable();
    map.iter()
        .map(|(key, _)| key)
        .zip(sorted)
        .find(|(key, name)| key.text() != *name)
        .map(|(key, _)| key)
}
