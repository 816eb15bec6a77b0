//! Aliases and inheritance of field types, and names of log levels.

use std::collections::HashMap;

use super::Compat;
use super::clocks::exist;
use super::inherit::over;
use super::levels::{number, taken_out};
use super::shapes;
use super::version::{Version, too_new};
use crate::diagnostic::{Diagnostic, Problems};
use crate::include::{each_replaced, replaced};
use crate::shape::{BROKEN, check_partial};
use crate::v3::map_of;
use crate::yaml::{Map, NODES_MAX, Node, Value};

/// How deep field types may nest when aliases are put in.
const DEPTH_MAX: usize = 64;

const STANDARD_ALIASES: &str =
    "`$include: [stdint.yaml, stdfloat.yaml, stdmisc.yaml]` in the metadata defines many";

/// The configuration with field types in place of aliases, and numbers in place of the names of log
/// levels.
pub fn expanded(root: &Node, version: Version, compat: Compat, problems: &mut Problems) -> Node {
    in_map(root, |map| replaced(map, "metadata", |node| metadata(node, version, compat, problems)))
}

fn metadata(node: &Node, version: Version, compat: Compat, problems: &mut Problems) -> Node {
    let Value::Map(map) = &node.value else { return node.clone() };
    let mut map = map.clone();
    let levels = taken_out(&mut map, compat, problems);
    let aliases = map.remove("type-aliases");
    if let Some(node) = &aliases {
        let is_fine = node.as_map().is_some() || compat == Compat::Barectf23 && node.is_null();
        if !is_fine {
            let what = format!("`type-aliases` is {}", node.value.kind());
            problems.error(what, node.span, "expected a map of names");
        }
    }
    let mut expander = Expander::new(map_of(aliases.as_ref()), version, compat, problems);
    expander.aliases(&map_of(map.get("clocks")));
    map = replaced(&map, "trace", |node| {
        in_map(node, |map| {
            let map = replaced(map, "byte-order", |node| expander.word(node));
            expander.property(&map, "packet-header-type")
        })
    });
    map = replaced(&map, "streams", |node| {
        in_map(node, |map| each_replaced(map, |_, stream| expander.stream(stream, &levels)))
    });
    Node { value: Value::Map(map), ..node.clone() }
}

pub fn in_map(node: &Node, change: impl FnOnce(&Map) -> Map) -> Node {
    match &node.value {
        Value::Map(map) => Node { value: Value::Map(change(map)), ..node.clone() },
        _ => node.clone(),
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
    version: Version,
    compat: Compat,
    problems: &'p mut Problems,
    /// The aliases that are being resolved, outermost first.
    stack: Vec<String>,
    done: HashMap<String, Option<Resolved>>,
    /// How many nodes came in place of aliases.
    nodes: usize,
}

impl<'p> Expander<'p> {
    fn new(aliases: Map, version: Version, compat: Compat, problems: &'p mut Problems) -> Self {
        let (stack, done) = (Vec::new(), HashMap::new());
        Expander { aliases, version, compat, problems, stack, done, nodes: 0 }
    }

    /// To barectf 2.3 all aliases are field types, used or not, each made of those above it. To
    /// barectf 3.1 they have a class, or inherit one.
    fn aliases(&mut self, clocks: &Map) {
        for (key, node) in self.aliases.clone().iter() {
            if self.compat == Compat::Barectf31 {
                self.check_alias(node);
                continue;
            }
            self.stack.push(key.text().to_owned());
            let field = self.field(node);
            self.stack.pop();
            check_partial(&field, shapes::field(self.compat), self.problems);
            exist(&field, clocks, self.problems);
            self.keep(key.text(), field);
        }
    }

    fn check_alias(&mut self, node: &Node) {
        let Value::Map(map) = &node.value else {
            if !node.is_null() && node.as_text().is_none() {
                let what = format!("a field type is {}", node.value.kind());
                self.problems.error(what, node.span, "expected a map, or the name of an alias");
            }
            return;
        };
        self.inherited(node, map);
        if let Some(class) = map.get("class").filter(|class| class.as_text().is_none()) {
            let what = format!("`class` is {}", class.value.kind());
            self.problems.error(what, class.span, "expected a string");
        }
        let inner = [map.get("value-type"), map.get("element-type")].into_iter().flatten();
        let fields = map.get("fields").filter(|fields| !fields.is_null());
        if let Some(node) = fields.filter(|fields| fields.as_map().is_none()) {
            let what = format!("`fields` is {}", node.value.kind());
            self.problems.error(what, node.span, "expected a map of names");
        }
        let fields = map_of(fields);
        inner.chain(fields.iter().map(|(_, field)| field)).for_each(|node| self.check_alias(node));
    }

    fn keep(&mut self, name: &str, field: Node) -> Option<Resolved> {
        let (nodes, depth) = measure(&field);
        let resolved = if depth > DEPTH_MAX {
            let what = format!("field types are nested deeper than {DEPTH_MAX}");
            self.problems.error(what, field.span, "here it becomes too deep");
            None
        } else {
            Some(Resolved { nodes, node: field })
        };
        self.done.insert(name.to_owned(), resolved.clone());
        resolved
    }

    fn stream(&mut self, node: &Node, levels: &Map) -> Node {
        let of_stream = ["packet-context-type", "event-header-type", "event-context-type"];
        in_map(node, |map| {
            let map =
                of_stream.iter().fold(map.clone(), |map, property| self.property(&map, property));
            replaced(&map, "events", |node| {
                in_map(node, |map| each_replaced(map, |_, event| self.event(event, levels)))
            })
        })
    }

    fn event(&mut self, node: &Node, levels: &Map) -> Node {
        in_map(node, |map| {
            let map = replaced(map, "log-level", |node| number(node, levels, self.problems));
            let map = self.property(&map, "context-type");
            self.property(&map, "payload-type")
        })
    }

    fn property(&mut self, map: &Map, name: &str) -> Map {
        replaced(map, name, |node| if node.is_null() { node.clone() } else { self.field(node) })
    }

    /// A word whose case does not matter to barectf 2.3.
    fn word(&self, node: &Node) -> Node {
        match (self.compat, &node.value) {
            (Compat::Barectf23, Value::Text(text)) => Node::text(text.to_lowercase(), node.span),
            _ => node.clone(),
        }
    }

    /// A field type, with aliases and inheritance done.
    fn field(&mut self, node: &Node) -> Node {
        let map = match &node.value {
            Value::Text(name) => return self.alias(name, node),
            Value::Map(map) => map,
            _ => return node.clone(),
        };
        let errors = self.problems.errors();
        let inherited = self.inherited(node, map);
        if self.problems.errors() > errors {
            return broken(node);
        }
        let mut map = self.property(map, "element-type");
        map = self.property(&map, "value-type");
        for property in ["byte-order", "encoding"] {
            map = replaced(&map, property, |node| self.word(node));
        }
        for property in ["fields", "types"] {
            map = replaced(&map, property, |node| {
                in_map(node, |map| each_replaced(map, |_, field| self.field(field)))
            });
        }
        map.remove("inherit");
        map.remove("$inherit");
        let Some(name) = inherited else {
            return Node { value: Value::Map(map), ..node.clone() };
        };
        let base = self.field(&name);
        if base.as_map().is_none() {
            return broken(node);
        }
        Node { span: node.span, ..over(base, map, node, self.compat) }
    }

    /// The name of the alias that a field type inherits; it has a class of its own else.
    fn inherited(&mut self, node: &Node, map: &Map) -> Option<Node> {
        let is_23 = self.compat == Compat::Barectf23;
        let there = ["$inherit", "inherit"].into_iter().filter_map(|name| {
            let node = map.get(name).filter(|node| !is_23 || !node.is_null())?;
            Some((map.get_key(name)?.clone(), node.clone()))
        });
        let there: Vec<_> = there.collect();
        let class = map.get_key("class");
        if let [(key, _), (other, _)] = there.as_slice() {
            let what = "a field type has either `$inherit` or `inherit`";
            let found = Diagnostic::error(what).at(other.span, "this is the old name");
            self.problems.add(found.also(key.span, "this is there, too"));
            return None;
        }
        let Some((key, name)) = there.into_iter().next() else {
            if class.is_none() {
                let what = "a field type object needs `class`, or inherits one";
                self.problems.error(what, node.span, "neither `class` nor `$inherit` is there");
            }
            return None;
        };
        if is_23 && self.version < Version::V2_1 && key.text() == "$inherit" {
            self.problems.add(too_new(&key, Version::V2_1));
        }
        if let Some(class) = class {
            let what = format!("a field type has either `class` or `{}`", key.text());
            let found = Diagnostic::error(what).at(key.span, "this gives it a class");
            self.problems.add(found.also(class.span, "this does, too"));
            return None;
        }
        if name.as_text().is_none() {
            let what = format!("`{}` is {}", key.text(), name.value.kind());
            self.problems.error(what, name.span, "expected the name of an alias");
        }
        Some(name)
    }

    fn alias(&mut self, name: &str, node: &Node) -> Node {
        let Some(resolved) = self.resolved(name, node) else { return broken(node) };
        self.nodes = self.nodes.saturating_add(resolved.nodes);
        if self.nodes > NODES_MAX {
            let what = format!("aliases stand for more than {NODES_MAX} values");
            self.problems.error(what, node.span, "here it becomes too much");
            return broken(node);
        }
        Node { span: node.span, ..resolved.node }
    }

    fn resolved(&mut self, name: &str, node: &Node) -> Option<Resolved> {
        if let Some(done) = self.done.get(name) {
            return done.clone();
        }
        let Some(aliased) = self.aliases.get(name).cloned() else {
            self.no_alias(name, node);
            return None;
        };
        if self.stack.iter().any(|on_the_way| on_the_way == name) {
            let what = format!("type alias `{name}` stands for itself");
            self.problems.error(what, node.span, "again");
            return None;
        }
        if self.compat == Compat::Barectf23 {
            let found = Diagnostic::error(format!("type alias `{name}` is not there yet"))
                .at(node.span, "barectf 2.3 knows the aliases above only")
                .also(aliased.span, "it is further down")
                .help(format!("put `{name}` in front, or take `--compat 3.1`"));
            self.problems.add(found);
            return None;
        }
        if self.stack.len() >= DEPTH_MAX {
            let what = format!("type aliases are nested deeper than {DEPTH_MAX}");
            self.problems.error(what, node.span, "here it becomes too deep");
            return None;
        }
        self.stack.push(name.to_owned());
        let field = self.field(&aliased);
        self.stack.pop();
        self.keep(name, field)
    }

    fn no_alias(&mut self, name: &str, node: &Node) {
        let names = self.aliases.iter().map(|(key, _)| key.text());
        let found = Diagnostic::error(format!("there is no type alias `{name}`"))
            .at(node.span, "not among `type-aliases`")
            .help_nearest(name, names);
        self.problems.add(match self.aliases.is_empty() {
            true => found.help(STANDARD_ALIASES),
            false => found,
        });
    }
}

/// What stands for a field type with an error, which was said.
fn broken(node: &Node) -> Node {
    Node::new(Value::Other(BROKEN, "".into()), node.span)
}

/// How many nodes a tree has, and how deep it is, up to a bound.
fn measure(node: &Node) -> (usize, usize) {
    let mut left = vec![(node, 1)];
    let (mut nodes, mut deepest) = (0, 0);
    while let Some((node, depth)) = left.pop() {
        nodes += 1;
        deepest = deepest.max(depth);
        if nodes > NODES_MAX || depth > DEPTH_MAX {
            break;
        }
        match &node.value {
            Value::List(items) => left.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Map(map) => left.extend(map.iter().map(|(_, node)| (node, depth + 1))),
            _ => {}
        }
    }
    (nodes, deepest)
}
