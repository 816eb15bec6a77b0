//! Aliases and inheritance of field types, and names of log levels.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Problems};
use crate::include::{each_replaced, replaced};
use crate::yaml::{Key, Map, NODES_MAX, Node, Value};

use super::{is_keyed, map_of};

/// How deep aliases may refer to aliases.
const DEPTH_MAX: usize = 64;

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
            let changed = replaced(trace_map, "type", |node| trace_type(node, problems));
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
    let mut expander = Expander::new(map_of(aliases.as_ref()), problems);
    expander.check_aliases();
    map = replaced(&map, "$features", |node| expander.properties(node, &OF_TRACE));
    map = replaced(&map, "data-stream-types", |node| {
        in_map(node, |map| each_replaced(map, |_, stream| expander.stream(stream, &levels)))
    });
    Node { value: Value::Map(map), ..node.clone() }
}

fn in_map(node: &Node, change: impl FnOnce(&Map) -> Map) -> Node {
    match &node.value {
        Value::Map(map) => Node { value: Value::Map(change(map)), ..node.clone() },
        _ => node.clone(),
    }
}

fn check_levels(levels: &Map, problems: &mut Problems) {
    for (_, level) in levels.iter() {
        if !level.is_null() && level.as_int().is_none_or(|level| level < 0) {
            let what = format!("a log level is a number, not {}", level.value.kind());
            problems.error(what, level.span, "expected an integer from 0 on");
        }
    }
}

/// An alias, resolved.
#[derive(Clone)]
struct Resolved {
    node: Node,
    /// How many nodes it consists of.
    nodes: usize,
}

struct Expander<'p> {
    aliases: Map,
    problems: &'p mut Problems,
    /// The aliases that are being resolved, outermost first.
    stack: Vec<String>,
    done: HashMap<String, Resolved>,
    /// How many nodes came in place of aliases.
    nodes: usize,
}

impl<'p> Expander<'p> {
    fn new(aliases: Map, problems: &'p mut Problems) -> Self {
        Expander { aliases, problems, stack: Vec::new(), done: HashMap::new(), nodes: 0 }
    }

    /// Aliases are field types, used or not.
    fn check_aliases(&mut self) {
        let aliases = self.aliases.clone();
        aliases.iter().for_each(|(_, node)| self.check_partial(node));
    }

    fn check_partial(&mut self, node: &Node) {
        let Value::Map(map) = &node.value else { return };
        self.check_class(node, map);
        if let Some(element) = map.get("element-field-type") {
            self.check_partial(element);
        }
        for member in map.get("members").and_then(Node::as_list).unwrap_or_default() {
            let members = member.as_map().into_iter().flat_map(Map::iter);
            members.filter_map(|(_, member)| member.get("field-type")).for_each(|node| {
                self.check_partial(node);
            });
        }
    }

    /// A field type has a class, or inherits one.
    fn check_class(&mut self, node: &Node, map: &Map) {
        match (map.get_key("class"), map.get_key("$inherit")) {
            (Some(class), Some(inherit)) => self.problems.add(
                Diagnostic::error("a field type object has either `class` or `$inherit`")
                    .at(inherit.span, "this gives it a class")
                    .also(class.span, "this does, too"),
            ),
            (None, None) => self.problems.error(
                "a field type object needs `class` or `$inherit`",
                node.span,
                "neither is there",
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
            let map = replaced(map, "log-level", |node| self.level(node, levels));
            let map = self.property(&map, "specific-context-field-type");
            self.property(&map, "payload-field-type")
        })
    }

    fn level(&mut self, node: &Node, levels: &Map) -> Node {
        let Value::Text(name) = &node.value else { return node.clone() };
        if let Some(level) = levels.get(name) {
            return Node { span: node.span, ..level.clone() };
        }
        let found = Diagnostic::error(format!("there is no log level `{name}`"))
            .at(node.span, "not among `$log-level-aliases`")
            .help_nearest(name, levels.iter().map(|(key, _)| key.text()));
        let found = match levels.is_empty() {
            true => found
                .help("`$include: [lttng-ust-log-levels.yaml]` in the trace type defines names"),
            false => found,
        };
        self.problems.add(found);
        node.clone()
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
                let mut map = self.property(map, "element-field-type");
                map = replaced(&map, "members", |node| self.members(node));
                let own = |map| Node { value: Value::Map(map), ..node.clone() };
                match map.remove("$inherit") {
                    None => own(map),
                    Some(base) if base.as_text().is_some() => {
                        let base = self.field(&base);
                        let patched = crate::yaml::patch(base, own(map), &is_keyed);
                        Node { span: node.span, ..patched }
                    }
                    Some(base) => {
                        let what =
                            format!("`$inherit` names an alias, and is {}", base.value.kind());
                        self.problems.error(what, base.span, "expected a name");
                        own(map)
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
        let Some(resolved) = self.resolved(name, node) else { return node.clone() };
        self.nodes = self.nodes.saturating_add(resolved.nodes);
        if self.nodes > NODES_MAX {
            let what = format!("aliases stand for more than {NODES_MAX} values");
            self.problems.error(what, node.span, "here it becomes too much");
            return Node::new(Value::Null, node.span);
        }
        Node { span: node.span, ..resolved.node }
    }

    fn resolved(&mut self, name: &str, node: &Node) -> Option<Resolved> {
        if let Some(done) = self.done.get(name) {
            return Some(done.clone());
        }
        let Some(aliased) = self.aliases.get(name).cloned() else {
            self.no_alias(name, node);
            return None;
        };
        if self.stack.iter().any(|on_the_way| on_the_way == name) {
            let what = format!("field type alias `{name}` stands for itself");
            let on_the_way: Vec<_> = self.stack.iter().map(|name| format!("`{name}`")).collect();
            let help = format!("on the way: {}", on_the_way.join(", "));
            self.problems.add(Diagnostic::error(what).at(node.span, "again").help(help));
            return None;
        }
        if self.stack.len() >= DEPTH_MAX {
            let what = format!("field type aliases are nested deeper than {DEPTH_MAX}");
            self.problems.error(what, node.span, "here it becomes too deep");
            return None;
        }
        self.stack.push(name.to_owned());
        let field = self.field(&aliased);
        self.stack.pop();
        let resolved = Resolved { nodes: count(&field), node: field };
        self.done.insert(name.to_owned(), resolved.clone());
        Some(resolved)
    }

    fn no_alias(&mut self, name: &str, node: &Node) {
        let names = self.aliases.iter().map(|(key, _)| key.text());
        let found = Diagnostic::error(format!("there is no field type alias `{name}`"))
            .at(node.span, "not among `$field-type-aliases`")
            .help_nearest(name, names);
        self.problems.add(match self.aliases.is_empty() {
            true => found.help("`$include: [stdint.yaml, stdreal.yaml, stdmisc.yaml]` in the trace type defines many"),
            false => found,
        });
    }
}

/// How many nodes a tree has, or that it has too many.
fn count(node: &Node) -> usize {
    let mut left = vec![node];
    let mut nodes = 0;
    while let Some(node) = left.pop() {
        nodes += 1;
        if nodes > NODES_MAX {
            break;
        }
        match &node.value {
            Value::List(items) => left.extend(items.iter()),
            Value::Map(map) => left.extend(map.iter().map(|(_, node)| node)),
            _ => {}
        }
    }
    nodes
}
