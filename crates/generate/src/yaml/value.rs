//! The tree.

use std::collections::HashMap;
use std::sync::Arc;

use crate::source::Span;

/// What a file holds.
#[derive(Clone, Debug)]
pub struct Document {
    /// The outermost node; null for an empty file.
    pub root: Node,
}

/// A value and where it stands. Cloning is cheap: children and text are shared.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands, without its tag and anchor.
    pub span: Span,
    /// The tag of the outermost node, when it is not one of YAML's own, and where it stands:
    /// `tag:barectf.org,2020/3/config`.
    pub tag: Option<(Arc<str>, Span)>,
}

/// A value.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing: `null`, `~` or an empty place.
    Null,
    /// `true`, `yes`, `on` and their like.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A number with a point.
    Float(f64),
    /// Text.
    Text(Arc<str>),
    /// A list.
    List(Arc<Vec<Node>>),
    /// A map.
    Map(Map),
    /// What no configuration has a use for: its text, and what it is, such as "a timestamp".
    Other(&'static str, Arc<str>),
}

impl Value {
    /// Words for messages: what kind of value it is.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a real number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Other(kind, _) => kind,
        }
    }
}

/// Two values are equal when a program can't tell them apart: places don't count, nor does the
/// order of a map. NaN equals itself.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => a == b,
            (Self::Other(a, text), Self::Other(b, other)) => a == b && text == other,
            _ => false,
        }
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        let tag = |node: &Self| node.tag.as_ref().map(|(tag, _)| tag.clone());
        self.value == other.value && tag(self) == tag(other)
    }
}

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        let index: HashMap<&str, &Node> =
            other.iter().map(|(key, node)| (key.text(), node)).collect();
        self.len() == other.len()
            && self.iter().all(|(key, node)| index.get(key.text()).is_some_and(|has| *has == node))
    }
}

impl Node {
    /// A node at this place.
    pub fn new(value: Value, span: Span) -> Self {
        Self { value, span, tag: None }
    }

    /// Text at this place.
    pub fn text(text: impl Into<Arc<str>>, span: Span) -> Self {
        Self::new(Value::Text(text.into()), span)
    }

    /// A list at this place.
    pub fn list(nodes: Vec<Self>, span: Span) -> Self {
        Self::new(Value::List(Arc::new(nodes)), span)
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Its text, when it is text.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// Its number, when it is a whole number.
    pub fn as_int(&self) -> Option<i128> {
        if let Value::Int(number) = self.value { Some(number) } else { None }
    }

    /// What it says, when it is a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(on) = self.value { Some(on) } else { None }
    }

    /// Its nodes, when it is a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        if let Value::List(nodes) = &self.value { Some(nodes) } else { None }
    }

    /// Its map, when it is one.
    pub fn as_map(&self) -> Option<&Map> {
        if let Value::Map(map) = &self.value { Some(map) } else { None }
    }

    /// The value of a key, when it is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.get(key)
    }
}

/// A key of a map. Keys are equal when their text is.
#[derive(Clone, Debug)]
pub struct Key {
    /// What it says.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

impl Key {
    /// What it says.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Keys and values in the order of the file. No key is there twice.
#[derive(Clone, Debug, Default)]
pub struct Map {
    entries: Arc<Vec<(Key, Node)>>,
}

impl Map {
    /// The keys and values, in order.
    pub fn entries(&self) -> &[(Key, Node)] {
        &self.entries
    }

    /// The keys and values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Key, &Node)> {
        self.entries.iter().map(|(key, node)| (key, node))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.iter().find(|(has, _)| has.text() == key).map(|(_, node)| node)
    }

    /// A key as it stands in the file.
    pub fn get_key(&self, key: &str) -> Option<&Key> {
        self.iter().find(|(has, _)| has.text() == key).map(|(has, _)| has)
    }

    /// Sets the value of a key: in its place when it is there, else as the last one.
    pub fn set(&mut self, key: Key, node: Node) {
        let entries = Arc::make_mut(&mut self.entries);
        match entries.iter_mut().find(|(has, _)| has.text == key.text) {
            Some(entry) => *entry = (key, node),
            None => entries.push((key, node)),
        }
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let at = self.iter().position(|(has, _)| has.text() == key)?;
        Some(Arc::make_mut(&mut self.entries).remove(at).1)
    }
}

/// A key that is there already keeps its place and gets the later value.
impl FromIterator<(Key, Node)> for Map {
    fn from_iter<I: IntoIterator<Item = (Key, Node)>>(entries: I) -> Self {
        let mut builder = MapBuilder::default();
        for (key, node) in entries {
            builder.set(key, node);
        }
        builder.build()
    }
}

/// Makes a map with many keys in a time that grows with their number only.
#[derive(Debug, Default)]
pub(super) struct MapBuilder {
    entries: Vec<(Key, Node)>,
    places: HashMap<Arc<str>, usize>,
}

impl MapBuilder {
    /// Starts with what a map has.
    pub(super) fn from(map: Map) -> Self {
        let entries = Arc::unwrap_or_clone(map.entries);
        let places = entries.iter().enumerate().map(|(at, (key, _))| (key.text.clone(), at));
        Self { places: places.collect(), entries }
    }

    /// The key and the value that are there for this text.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut (Key, Node)> {
        self.entries.get_mut(*self.places.get(key)?)
    }

    /// Sets the value of a key; returns the key that was there.
    pub(super) fn set(&mut self, key: Key, node: Node) -> Option<Key> {
        if let Some(entry) = self.get_mut(&key.text) {
            return Some(std::mem::replace(entry, (key, node)).0);
        }
        self.places.insert(key.text.clone(), self.entries.len());
        self.entries.push((key, node));
        None
    }

    pub(super) fn build(mut self) -> Map {
        // Most maps are small, and there may be very many.
        self.entries.shrink_to_fit();
        Map { entries: Arc::new(self.entries) }
    }
}
