//! Aliases and inheritance of field types, and names of log levels.

use super::Compat;
use super::clocks::exist;
use super::inherit::over;
use super::levels::{number, taken_out};
use super::limits::ranges;
use super::shapes;
use super::version::{Version, too_new};
use crate::aliases::{Aliases, Found, Words};
use crate::diagnostic::{Diagnostic, Problems};
use crate::extensions;
use crate::shape::{broken, check_partial};
use crate::yaml::{Map, Node, Value, each_replaced, in_map, map_of, replaced};

const WORDS: Words = Words {
    what: "type alias",
    property: "type-aliases",
    standard: "`$include: [stdint.yaml, stdfloat.yaml, stdmisc.yaml]` in the metadata defines many",
};

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
    let aliases = Aliases::new(map_of(aliases.as_ref()), WORDS);
    let mut expander = Expander { aliases, version, compat, problems };
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
    map = extensions::resolved(&map, |node| number(node, &levels, problems));
    Node { value: Value::Map(map), ..node.clone() }
}

struct Expander<'p> {
    aliases: Aliases,
    version: Version,
    compat: Compat,
    problems: &'p mut Problems,
}

impl Expander<'_> {
    /// To barectf 2.3 all aliases are field types, used or not, each made of those above it. To
    /// barectf 3.1 they have a class, or inherit one.
    fn aliases(&mut self, clocks: &Map) {
        for (key, node) in self.aliases.named.clone().iter() {
            if self.compat == Compat::Barectf31 {
                self.check_alias(node);
                continue;
            }
            self.aliases.begin(key.text());
            let field = self.field(node);
            check_partial(&field, shapes::field(self.compat), self.problems);
            exist(&field, clocks, self.problems);
            ranges(&field, self.problems);
            self.aliases.end(field, self.problems);
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
        match self.aliases.find(name, node, self.problems) {
            Found::Never => return broken(node),
            Found::Done => {}
            Found::Pending(aliased) if self.compat == Compat::Barectf23 => {
                let found = Diagnostic::error(format!("type alias `{name}` is not there yet"))
                    .at(node.span, "barectf 2.3 knows the aliases above only")
                    .also(aliased.span, "it is further down")
                    .help(format!("put `{name}` in front, or take `--compat 3.1`"));
                self.problems.add(found);
                return broken(node);
            }
            Found::Pending(aliased) => {
                self.aliases.begin(name);
                let field = self.field(&aliased);
                self.aliases.end(field, self.problems);
            }
        }
        self.aliases.put_in(name, node, self.problems)
    }
}
