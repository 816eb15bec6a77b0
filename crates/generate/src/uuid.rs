//! UUIDs of traces.

use marey_ctf::schema::Uuid;

use crate::extensions::of_the_trace;
use crate::yaml::{self, Map, Node, Value};

/// The namespace of traces whose UUID is made of their configuration.
const NAMESPACE: uuid::Uuid = uuid::Uuid::from_u128(0x6d61_7265_7900_5000_8000_6765_6e65_7261);

/// A UUID in its usual form.
pub fn parse(text: &str) -> Option<Uuid> {
    uuid::Uuid::try_parse(text).ok().map(uuid::Uuid::into_bytes)
}

/// A UUID in any form that barectf 2 takes: 32 hexadecimal digits of either case, with `-`
/// anywhere, perhaps in braces or behind `urn:uuid:`.
pub fn parse_old(text: &str) -> Option<Uuid> {
    let text = text.replace("urn:", "").replace("uuid:", "");
    let digits = text.trim_matches(['{', '}']).replace('-', "");
    (digits.len() == 32).then(|| parse(&digits.to_ascii_lowercase())).flatten()
}

/// A UUID as RFC 9562 §4 writes it, in lower case.
pub fn text(uuid: Uuid) -> String {
    uuid::Uuid::from_bytes(uuid).to_string()
}

/// The UUID of a configuration (RFC 9562 §5.5): the same for all that say the same of
/// the trace.
pub fn of(effective: &Node) -> Uuid {
    let canonical = yaml::emit(&in_order(&of_the_trace(effective)), 2);
    uuid::Uuid::new_v5(&NAMESPACE, canonical.as_bytes()).into_bytes()
}

/// The same, with the properties of all objects in alphabetical order.
fn in_order(node: &Node) -> Node {
    let value = match &node.value {
        Value::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| key.text());
            let entries = entries.into_iter().map(|(key, node)| (key.clone(), in_order(node)));
            Value::Map(entries.collect::<Map>())
        }
        Value::List(items) => {
            return Node::list(items.iter().map(in_order).collect(), node.span);
        }
        value => value.clone(),
    };
    Node { value, ..node.clone() }
}
