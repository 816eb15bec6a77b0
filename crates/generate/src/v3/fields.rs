//! Aliases and inheritance of field types, and names of log levels.

use super::is_keyed;
use crate::aliases::{Aliases, Found, Words};
use crate::diagnostic::{Diagnostic, Problems};
use crate::extensions;
use crate::shape::{broken, is_broken};
use crate::yaml::{Key, Map, Node, Value, each_replaced, in_map, map_of, replaced};

const WORDS: Words = Words {
    what: "field type alias",
    property: "$field-type-aliases",
    standard: "`$include: [stdint.yaml, stdreal.yaml, stdmisc.yaml]` in the trace type \
               defines many",
};

/// The properties of a field type that are another one.
const INNER: [&str; 2] = ["element-field-type", "field-type"];
/// Those that are lists of names with field types.
const NAMED: [&str; 2] = ["members", "options"];

/// The properties of features of the trace type.
const OF_TRACE: [&str; 3] =
    ["magic-field-type", "uuid-field-type", "data-stream-type-id-field-type"];
/// Those of the packets of a stream.
const OF_PACKET: [&str; 6] = [
    "total-size-field-type",
    "content-size-field-type",
    "beginning-timestamp-field-type",
    "end-timestamp-field-type",
    "discarded-event-records-counter-snapshot-field-type",
    "sequence-number-field-type",
];
/// Those of the events of a stream.
const OF_EVENT: [&str; 2] = ["type-id-field-type", "timestamp-field-type"];

/// The configuration with field types in place of aliases, and numbers in place of the names of log
/// levels.
pub fn expanded(root: &Node, problems: &mut Problems) -> Node {
    let Value::Map(map) = &root.value else { return root.clone() };
    let map = replaced(map, "trace", |trace| match &trace.value {
        Value::Map(trace_map) => {
            let levels = trace_map.get("type").and_then(|node| node.get("$log-level-aliases"));
            let levels = map_of(levels);
            let changed = replaced(trace_map, "type", |node| trace_type(node, problems));
            let changed = extensions::resolved(&changed, |node| level(node, &levels, problems));
            Node { value: Value::Map(changed), ..trace.clone() }
        }
        _ => trace.clone(),
    });
    Node { value: Value::Map(map), ..root.clone() }
}

fn trace_type(node: &Node, problems: &mut Problems) -> Node {
    let Value::Map(map) = &node.value else { return node.clone() };
    let mut map = map.clone();
    let aliases = map.remove("$field-type-aliases");
    let levels = map.remove("$log-level-aliases");
    for (what, found) in [("$field-type-aliases", &aliases), ("$log-level-aliases", &levels)] {
        if let Some(found) =
            found.as_ref().filter(|node| !node.is_null() && node.as_map().is_none())
        {
            let what = format!("`{what}` is {}", found.value.kind());
            problems.error(what, found.span, "expected a map of names");
        }
    }
    let levels = map_of(levels.as_ref());
    check_levels(&levels, problems);
    let mut expander =
        Expander { aliases: Aliases::new(map_of(aliases.as_ref()), WORDS), problems };
    expander.check_aliases();
    map = replaced(&map, "$features", |node| expander.properties(node, &OF_TRACE));
    map = replaced(&map, "data-stream-types", |node| {
        in_map(node, |map| each_replaced(map, |_, stream| expander.stream(stream, &levels)))
    });
    Node { value: Value::Map(map), ..node.clone() }
}

fn check_levels(levels: &Map, problems: &mut Problems) {
    for (_, level) in levels.iter() {
        if !level.is_null() && level.as_int().is_none_or(|level| level < 0) {
            let what = format!("a log level is a number, not {}", level.value.kind());
            problems.error(what, level.span, "expected an integer from 0 on");
        }
    }
}

/// The number of a log level.
fn level(node: &Node, levels: &Map, problems: &mut Problems) -> Node {
    let Value::Text(name) = &node.value else { return node.clone() };
    if let Some(level) = levels.get(name) {
        return Node { span: node.span, ..level.clone() };
    }
    let found = Diagnostic::error(format!("there is no log level `{name}`"))
        .at(node.span, "not among `$log-level-aliases`")
        .help_nearest(name, levels.iter().map(|(key, _)| key.text()));
    let found = match levels.is_empty() {
        true => {
            found.help("`$include: [lttng-ust-log-levels.yaml]` in the trace type defines names")
        }
        false => found,
    };
    problems.add(found);
    node.clone()
}

struct Expander<'p> {
    aliases: Aliases,
    problems: &'p mut Problems,
}

impl Expander<'_> {
    /// Aliases are field types, used or not.
    fn check_aliases(&mut self) {
        let aliases = self.aliases.named.clone();
        aliases.iter().for_each(|(_, node)| self.check_partial(node));
    }

    fn check_partial(&mut self, node: &Node) {
        let map = match &node.value {
            Value::Map(map) => map,
            Value::Text(_) | Value::Bool(_) | Value::Null => return,
            other => {
                let what = format!("a field type is {}", other.kind());
                let label = "expected a map, or the name of an alias";
                return self.problems.error(what, node.span, label);
            }
        };
        self.check_class(node, map);
        if let Some(class) = map.get("class").filter(|class| class.as_text().is_none()) {
            let what = format!("`class` is {}", class.value.kind());
            self.problems.error(what, class.span, "expected the name of a class");
        }
        for inner in INNER.iter().filter_map(|property| map.get(property)) {
            self.check_partial(inner);
        }
        for property in NAMED {
            if let Some(members) = map.get(property).filter(|members| !members.is_null()) {
                self.check_members(property, members);
            }
        }
    }

    fn check_members(&mut self, property: &str, node: &Node) {
        let Value::List(members) = &node.value else {
            let what = format!("`{property}` is {}", node.value.kind());
            return self.problems.error(what, node.span, "expected a list");
        };
        for member in members.iter() {
            match member.as_map().map(Map::entries) {
                Some([(_, of)]) => self.check_member(of),
                _ => {
                    let what = "a member is a map of one name";
                    self.problems.error(what, member.span, "expected a name with its field type");
                }
            }
        }
    }

    fn check_member(&mut self, node: &Node) {
        match (&node.value, node.get("field-type")) {
            (Value::Text(_), _) => {}
            (Value::Map(_), Some(field)) => self.check_partial(field),
            (Value::Map(_), None) => {
                self.problems.error("a member needs `field-type`", node.span, "it is not there");
            }
            (other, _) => {
                let what = format!("a member is {}", other.kind());
                let label = "expected a map with `field-type`, or the name of an alias";
                self.problems.error(what, node.span, label);
            }
        }
    }

    /// A field type has a class, or inherits one.
    fn check_class(&mut self, node: &Node, map: &Map) {
        match (map.get_key("class"), map.get_key("$inherit")) {
            (Some(class), Some(inherit)) => self.problems.add(
                Diagnostic::error("a field type object has either `class` or `$inherit`")
                    .at(inherit.span, "this gives it a class")
                    .also(class.span, "this does, too")
                    .help("take `class` away, if the rest is to go over the alias"),
            ),
            (None, None) => self.problems.add(
                Diagnostic::error("a field type object needs `class` or `$inherit`")
                    .at(node.span, "neither is there")
                    .help("`class` says what it is, such as `unsigned-integer` or `string`"),
            ),
            _ => {}
        }
    }

    fn stream(&mut self, node: &Node, levels: &Map) -> Node {
        in_map(node, |map| {
            let mut map = replaced(map, "$features", |node| {
                in_map(node, |map| {
                    let map = replaced(map, "packet", |node| self.properties(node, &OF_PACKET));
                    replaced(&map, "event-record", |node| self.properties(node, &OF_EVENT))
                })
            });
            map = replaced(&map, "packet-context-field-type-extra-members", |node| {
                self.members(node)
            });
            map = self.property(&map, "event-record-common-context-field-type");
            replaced(&map, "event-record-types", |node| {
                in_map(node, |map| each_replaced(map, |_, event| self.event(event, levels)))
            })
        })
    }

    fn event(&mut self, node: &Node, levels: &Map) -> Node {
        in_map(node, |map| {
            let map = replaced(map, "log-level", |node| level(node, levels, self.problems));
            let map = self.property(&map, "specific-context-field-type");
            self.property(&map, "payload-field-type")
        })
    }

    fn properties(&mut self, node: &Node, names: &[&str]) -> Node {
        in_map(node, |map| names.iter().fold(map.clone(), |map, name| self.property(&map, name)))
    }

    fn property(&mut self, map: &Map, name: &str) -> Map {
        replaced(map, name, |node| self.field(node))
    }

    /// A field type, with aliases and inheritance done.
    fn field(&mut self, node: &Node) -> Node {
        match &node.value {
            Value::Text(name) => self.alias(name, node),
            Value::Map(map) => {
                self.check_class(node, map);
                let mut map = map.clone();
                for property in INNER {
                    map = self.property(&map, property);
                }
                for property in NAMED {
                    map = replaced(&map, property, |node| self.members(node));
                }
                let own = |map| Node { value: Value::Map(map), ..node.clone() };
                match map.remove("$inherit") {
                    None => own(map),
                    Some(base) if base.as_text().is_some() => {
                        let base = self.field(&base);
                        if is_broken(&base) {
                            return broken(node);
                        }
                        let patched = crate::yaml::patch(base, own(map), &is_keyed);
                        Node { span: node.span, ..patched }
                    }
                    Some(base) => {
                        let what =
                            format!("`$inherit` names an alias, and is {}", base.value.kind());
                        self.problems.error(what, base.span, "expected a name");
                        broken(node)
                    }
                }
            }
            _ => node.clone(),
        }
    }

    fn members(&mut self, node: &Node) -> Node {
        let Value::List(members) = &node.value else { return node.clone() };
        let members = members.iter().map(|member| {
            in_map(member, |map| each_replaced(map, |key, value| self.member(key, value)))
        });
        Node::list(members.collect(), node.span)
    }

    /// A member is a field type in a map, or the name of one.
    fn member(&mut self, key: &Key, node: &Node) -> Node {
        match &node.value {
            Value::Text(name) => {
                let field = self.alias(name, node);
                let key = Key { text: "field-type".into(), span: key.span };
                Node::new(Value::Map(Map::from_iter([(key, field)])), node.span)
            }
            _ => in_map(node, |map| self.property(map, "field-type")),
        }
    }

    fn alias(&mut self, name: &str, node: &Node) -> Node {
        match self.aliases.find(name, node, self.problems) {
            Found::Never => return broken(node),
            Found::Pending(aliased) if aliased.as_list().is_some() => return broken(node),
            Found::Done => {}
            Found::Pending(aliased) => {
                self.aliases.begin(name);
                let field = self.field(&aliased);
                self.aliases.end(field, self.problems);
            }
        }
        self.aliases.put_in(name, node, self.problems)
    }
}
