//! Finds what is not as the tables say.

use super::message::{self, Called};
use super::{C_KEYWORDS, CTF_KEYWORDS, Class, Object, Others, Property, Shape, Text};
use super::{is_identifier, is_uuid};
use crate::diagnostic::{Diagnostic, Problems};
use crate::source::Sources;
use crate::uuid;
use crate::yaml::{Key, Map, Node, Value};

/// Checks a value and all that is in it, and says whether there was no error.
pub fn check(node: &Node, shape: &Shape, sources: &Sources, problems: &mut Problems) -> bool {
    let before = problems.errors();
    let mut checker = Checker { problems, sources: Some(sources), is_partial: false };
    checker.value(node, shape, Called::This);
    problems.errors() == before
}

/// Checks what is there of a value; what must be there may still come.
pub fn check_partial(node: &Node, shape: &Shape, problems: &mut Problems) -> bool {
    let before = problems.errors();
    let mut checker = Checker { problems, sources: None, is_partial: true };
    checker.value(node, shape, Called::This);
    problems.errors() == before
}

/// What stands where something was wrong, which was said already: nothing more is said of it.
const BROKEN: &str = "a value with an error";

/// What stands for a value with an error, which was said.
pub fn broken(node: &Node) -> Node {
    Node::new(Value::Other(BROKEN, "".into()), node.span)
}

/// Whether this stands for a value with an error.
pub fn is_broken(node: &Node) -> bool {
    matches!(node.value, Value::Other(BROKEN, _))
}

struct Checker<'p> {
    problems: &'p mut Problems,
    sources: Option<&'p Sources>,
    /// Nothing is missing.
    is_partial: bool,
}

impl Checker<'_> {
    fn value(&mut self, node: &Node, shape: &Shape, called: Called<'_>) {
        match (shape, &node.value) {
            (_, Value::Other(BROKEN, _)) => {}
            (Shape::Any, _) | (Shape::Null, Value::Null) | (Shape::Bool, Value::Bool(_)) => {}
            (Shape::True, Value::Bool(true)) => {}
            (Shape::Numbers(numbers), Value::Int(number)) if numbers.contains(number) => {}
            (Shape::Either(shapes), _) => self.either(node, shape, shapes, called),
            (Shape::Integer { min, max }, Value::Int(number)) => {
                if number < min || number > max {
                    self.unexpected(node, shape, called);
                }
            }
            (Shape::PowerOfTwo, Value::Int(number)) => {
                if *number < 1 || !number.unsigned_abs().is_power_of_two() {
                    self.unexpected(node, shape, called);
                }
            }
            (Shape::Text(rule), Value::Text(text)) => self.text(node, text, *rule, called),
            (Shape::Words(words), Value::Text(text)) => {
                if !words.contains(&text.as_ref()) {
                    self.problems.add(message::wrong_word(node, text, words, called));
                }
            }
            (Shape::List { of, min, max }, Value::List(items)) => {
                if items.len() < *min || items.len() > *max {
                    self.problems.add(message::wrong_len(node, items.len(), shape, called));
                }
                items.iter().for_each(|item| self.value(item, of, called.entry()));
            }
            (Shape::Names { .. }, Value::Map(map)) => self.names(node, map, shape, called),
            (Shape::Object(object), Value::Map(map)) => self.object(node, map, object),
            (Shape::Class(classes), Value::Map(map)) => self.class(node, map, classes),
            _ => self.unexpected(node, shape, called),
        }
    }

    fn unexpected(&mut self, node: &Node, shape: &Shape, called: Called<'_>) {
        if !self.problems.has_error_at(node.span) {
            let found = message::unexpected(node, shape, called, self.sources);
            self.problems.add(found);
        }
    }

    /// Takes the first of the shapes that a value of this kind can have.
    fn either(&mut self, node: &Node, all: &Shape, shapes: &[Shape], called: Called<'_>) {
        match shapes.iter().find(|shape| shape.takes_kind_of(&node.value)) {
            Some(Shape::True) if node.as_bool() == Some(false) => {
                self.unexpected(node, all, called);
            }
            Some(shape) => self.value(node, shape, called),
            None => self.unexpected(node, all, called),
        }
    }

    fn names(&mut self, node: &Node, map: &Map, shape: &Shape, called: Called<'_>) {
        let Shape::Names { what, key: rule, of, min, max } = shape else { return };
        if map.len() < *min {
            self.problems.add(message::no_names(node, what, called));
        }
        if let Some((second, _)) = map.iter().nth(*max) {
            self.problems.add(message::too_many_names(second, map, what));
        }
        for (key, value) in map.iter() {
            let name = Node::text(key.text.clone(), key.span);
            self.text(&name, key.text(), *rule, Called::NameOf(what));
            self.value(value, of, Called::Named(key.text()));
        }
    }

    fn text(&mut self, node: &Node, text: &str, rule: Text, called: Called<'_>) {
        let is_right = match rule {
            Text::Any => true,
            Text::Name | Text::Member => is_identifier(text),
            Text::Uuid => is_uuid(text),
            Text::UuidOrAuto => text == "auto" || is_uuid(text),
            Text::OldName | Text::OldMember => is_identifier(text) && !text.starts_with('_'),
            Text::OldUuid => uuid::parse_old(text).is_some(),
            Text::OldUuidOrAuto => text == "auto" || uuid::parse_old(text).is_some(),
        };
        if !is_right {
            return self.problems.add(message::wrong_text(node, text, rule, called));
        }
        let is_keyword = match rule {
            Text::Name => CTF_KEYWORDS.contains(&text),
            Text::Member | Text::OldMember => {
                CTF_KEYWORDS.contains(&text) || C_KEYWORDS.contains(&text)
            }
            _ => false,
        };
        if is_keyword {
            self.problems.add(message::keyword(node, text));
        }
    }

    fn object(&mut self, node: &Node, map: &Map, object: &Object) {
        if let Some(property) = object.wraps_field_type(map).filter(|_| !self.is_partial) {
            return self.problems.add(message::not_wrapped(node, object, property));
        }
        for (key, value) in map.iter() {
            match object.properties.iter().find(|property| property.name == key.text()) {
                Some(property) => self.value(value, property.shape, Called::Property(property)),
                None => self.unknown(key, object),
            }
        }
        let is_partial = self.is_partial;
        let needed = object.properties.iter().filter(|property| property.is_required);
        for property in needed.filter(|_| !is_partial) {
            if map.get(property.name).is_none() {
                self.problems.add(message::missing(node, object, property));
            }
        }
        let found: Vec<_> = object.one_of.iter().filter_map(|name| map.get_key(name)).collect();
        if !object.one_of.is_empty() && found.len() != 1 {
            self.problems.add(message::not_one(node, object, &found));
        }
    }

    fn unknown(&mut self, key: &Key, object: &Object) {
        if !self.problems.has_error_at(key.span) {
            let found = message::unknown(key, object);
            self.problems.add(found);
        }
    }

    fn class(&mut self, node: &Node, map: &Map, classes: &[Class]) {
        let full = classes.iter().filter_map(|class| class.names.first().copied());
        let full: Vec<&str> = full.collect();
        let Some(class) = map.get("class") else {
            if !self.problems.has_error_at(node.span) {
                self.problems.add(message::no_class(node, &full));
            }
            return;
        };
        let Value::Text(name) = &class.value else {
            return self.problems.add(message::class_is_no_name(class, &full));
        };
        match classes.iter().find(|class| class.names.contains(&name.as_ref())) {
            Some(class) => self.object(node, map, class.object),
            None => self.problems.add(message::wrong_class(class, name, classes, &full)),
        }
    }
}

impl Shape {
    /// Whether a value of this kind can be right, whatever is in it.
    pub(super) fn takes_kind_of(&self, value: &Value) -> bool {
        match self {
            Shape::Any => true,
            Shape::Null => matches!(value, Value::Null),
            Shape::Bool | Shape::True => matches!(value, Value::Bool(_)),
            Shape::Integer { .. } | Shape::Numbers(_) | Shape::PowerOfTwo => {
                matches!(value, Value::Int(_))
            }
            Shape::Text(_) | Shape::Words(_) => matches!(value, Value::Text(_)),
            Shape::List { .. } => matches!(value, Value::List(_)),
            Shape::Names { .. } | Shape::Object(_) | Shape::Class(_) => {
                matches!(value, Value::Map(_))
            }
            Shape::Either(shapes) => shapes.iter().any(|shape| shape.takes_kind_of(value)),
        }
    }
}

impl Shape {
    /// Whether only a list can be right.
    pub(super) fn is_list(&self) -> bool {
        match self {
            Shape::Either(shapes) => {
                shapes.iter().all(|shape| shape.is_list() || matches!(shape, Shape::Null))
            }
            shape => matches!(shape, Shape::List { .. }),
        }
    }

    /// Whether only an object can be right.
    pub(super) fn is_object(&self) -> bool {
        match self {
            Shape::Either(shapes) => {
                shapes.iter().all(|shape| shape.is_object() || matches!(shape, Shape::Null))
            }
            shape => matches!(shape, Shape::Object(_) | Shape::Class(_)),
        }
    }
}

impl Object {
    /// The only property, if it is a field type that stands here without the property around it.
    fn wraps_field_type(&self, map: &Map) -> Option<&'static Property> {
        let [property] = self.properties else { return None };
        let is_field_type = matches!(property.shape, Shape::Class(_));
        let is_bare = map.get("class").is_some() && map.get(property.name).is_none();
        (is_field_type && self.others == Others::Refused && is_bare).then_some(property)
    }
}

/// An error at a value.
pub(super) fn error_at(node: &Node, what: String, label: impl Into<String>) -> Diagnostic {
    Diagnostic::error(what).at(node.span, label)
}
