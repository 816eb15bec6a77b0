//! Names for field types, and what they stand for.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Problems};
use crate::shape::broken;
use crate::yaml::{Map, NODES_MAX, Node, measure};

/// How deep aliases may refer to aliases, and how deep field types may nest when they are put in.
const DEPTH_MAX: usize = 64;
/// How deep all aliases that are being resolved may nest, one in another, as they are written.
const WRITTEN_DEPTH_MAX: usize = 4 * DEPTH_MAX;

/// The aliases of a configuration. Who asks for one that is not known yet resolves it.
pub struct Aliases {
    /// As they are in the file.
    pub named: Map,
    words: Words,
    /// Those that are being resolved, outermost first.
    stack: Vec<Begun>,
    done: HashMap<String, Option<Resolved>>,
    /// How many nodes came in place of aliases.
    nodes: usize,
}

/// How a version of the configuration calls aliases.
#[derive(Clone, Copy)]
pub struct Words {
    /// What they are: `type alias`.
    pub what: &'static str,
    /// The property that they stand in.
    pub property: &'static str,
    /// Where many come from.
    pub standard: &'static str,
}

/// An alias that is being resolved.
struct Begun {
    name: String,
    /// How deep it nests, as it is written.
    depth: usize,
}

/// What an alias stands for.
#[derive(Clone)]
struct Resolved {
    node: Node,
    /// How many nodes it consists of.
    nodes: usize,
}

/// What there is of an alias.
pub enum Found {
    /// It is resolved; nothing if that failed, which was said.
    Done,
    /// It has to be resolved, between [`Aliases::begin`] and [`Aliases::end`].
    Pending(Node),
    /// It cannot be; this was said.
    Never,
}

impl Aliases {
    /// None of them is resolved.
    pub fn new(named: Map, words: Words) -> Self {
        Aliases { named, words, stack: Vec::new(), done: HashMap::new(), nodes: 0 }
    }

    /// Looks for an alias that is used by this node.
    pub fn find(&self, name: &str, node: &Node, problems: &mut Problems) -> Found {
        let what = self.words.what;
        if self.done.contains_key(name) {
            return Found::Done;
        }
        let Some(aliased) = self.named.get(name) else {
            problems.add(self.missing(name, node));
            return Found::Never;
        };
        if self.stack.iter().any(|begun| begun.name == name) {
            let on_the_way: Vec<_> =
                self.stack.iter().map(|begun| format!("`{}`", begun.name)).collect();
            let found = Diagnostic::error(format!("{what} `{name}` stands for itself"));
            let help = format!("on the way: {}", on_the_way.join(", "));
            problems.add(found.at(node.span, "again").help(help));
            return Found::Never;
        }
        let written: usize = self.stack.iter().map(|begun| begun.depth).sum();
        if self.stack.len() >= DEPTH_MAX || written > WRITTEN_DEPTH_MAX {
            let what = format!("a {what} refers to others too deep");
            problems.error(what, node.span, "here it becomes too deep");
            return Found::Never;
        }
        Found::Pending(aliased.clone())
    }

    /// From here on an alias is being resolved.
    pub fn begin(&mut self, name: &str) {
        let named = self.named.get(name);
        let depth = named.map_or(0, |node| measure(node, NODES_MAX, DEPTH_MAX).1);
        self.stack.push(Begun { name: name.to_owned(), depth });
    }

    /// The alias that was begun last stands for this.
    pub fn end(&mut self, field: Node, problems: &mut Problems) {
        let Some(Begun { name, .. }) = self.stack.pop() else { return };
        let (nodes, depth) = measure(&field, NODES_MAX, DEPTH_MAX);
        let resolved = if depth > DEPTH_MAX {
            let what = format!("field types are nested deeper than {DEPTH_MAX}");
            problems.error(what, field.span, "here it becomes too deep");
            None
        } else {
            Some(Resolved { nodes, node: field })
        };
        self.done.insert(name, resolved);
    }

    /// What a resolved alias stands for, in place of the node that uses it.
    pub fn put_in(&mut self, name: &str, node: &Node, problems: &mut Problems) -> Node {
        let Some(resolved) = self.done.get(name).cloned().flatten() else { return broken(node) };
        self.nodes = self.nodes.saturating_add(resolved.nodes);
        if self.nodes > NODES_MAX {
            let what = format!("aliases stand for more than {NODES_MAX} values");
            problems.error(what, node.span, "here it becomes too much");
            return broken(node);
        }
        Node { span: node.span, ..resolved.node }
    }

    fn missing(&self, name: &str, node: &Node) -> Diagnostic {
        let Words { what, property, standard } = self.words;
        let found = Diagnostic::error(format!("there is no {what} `{name}`"))
            .at(node.span, format!("not among `{property}`"))
            .help_nearest(name, self.named.iter().map(|(key, _)| key.text()));
        if self.named.is_empty() { found.help(standard) } else { found }
    }
}
