//! The configuration in the making.

use crate::source::{FileId, Span};
use crate::yaml::{Key, Map, Node, Value};

/// A name that was given to two things of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twice(pub String);

/// A map with its names, and those that are there twice: in it, and in what is in it.
#[derive(Clone, Debug, Default)]
pub struct Object {
    map: Map,
    twice: Vec<Twice>,
}

impl Object {
    /// Sets a property.
    pub fn set(&mut self, name: &str, node: Node) {
        self.map.set(Key { text: name.into(), span: nowhere() }, node);
    }

    /// Sets a property that is an object, if that has any.
    pub fn set_unless_empty(&mut self, name: &str, object: &Object) {
        if !object.map.is_empty() {
            self.set(name, object.node());
        }
    }

    /// Adds something with a name of the user's.
    pub fn add(&mut self, name: &str, built: impl Into<Built>) {
        let Built { node, twice } = built.into();
        if self.map.get(name).is_some() {
            self.twice.push(Twice(name.to_owned()));
        }
        self.twice.extend(twice);
        self.set(name, node);
    }

    /// Names that are there twice.
    pub fn twice(&self) -> Vec<Twice> {
        self.twice.clone()
    }

    /// The map.
    pub fn node(&self) -> Node {
        Node::new(Value::Map(self.map.clone()), nowhere())
    }
}

/// What was built, and the names that are there twice in it.
pub struct Built {
    node: Node,
    twice: Vec<Twice>,
}

impl From<Node> for Built {
    fn from(node: Node) -> Self {
        Built { node, twice: Vec::new() }
    }
}

impl From<(Node, Vec<Twice>)> for Built {
    fn from((node, twice): (Node, Vec<Twice>)) -> Self {
        Built { node, twice }
    }
}

/// The place of what stands in no file.
pub fn nowhere() -> Span {
    Span { file: FileId::NONE, start: 0, end: 0 }
}

/// A number.
pub fn int(number: i128) -> Node {
    Node::new(Value::Int(number), nowhere())
}

/// A boolean.
pub fn bool(on: bool) -> Node {
    Node::new(Value::Bool(on), nowhere())
}

/// A member of a structure: its name, and its field type.
pub fn member(name: &str, field: Node) -> Node {
    let mut value = Object::default();
    value.set("field-type", field);
    let mut member = Object::default();
    member.set(name, value.node());
    member.node()
}

/// A structure with these members.
pub fn structure(members: Vec<Node>) -> Node {
    let mut structure = Object::default();
    structure.set("class", Node::text("structure", nowhere()));
    structure.set("members", Node::list(members, nowhere()));
    structure.node()
}
