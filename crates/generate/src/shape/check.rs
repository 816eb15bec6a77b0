//! Finds what is not as the tables say.

use super::{C_KEYWORDS, CTF_KEYWORDS, Class, Object, Others, Property, Shape, Text};
use super::{is_identifier, quoted};
use crate::diagnostic::{Diagnostic, Problems, nearest};
use crate::source::Span;
use crate::uuid;
use crate::yaml::{Key, Map, Node, Value};

/// Checks a value and all that is in it, and says whether there was no error.
pub fn check(node: &Node, shape: &Shape, problems: &mut Problems) -> bool {
    let before = problems.errors();
    Checker { problems, is_partial: false }.value(node, shape);
    problems.errors() == before
}

/// Checks what is there of a value; what must be there may still come.
pub fn check_partial(node: &Node, shape: &Shape, problems: &mut Problems) -> bool {
    let before = problems.errors();
    Checker { problems, is_partial: true }.value(node, shape);
    problems.errors() == before
}

/// What stands where something was wrong, which was said already: nothing more is said of it.
const BROKEN: &str = "a value with an error";

/// What stands for a value with an error, which was said.
pub fn broken(node: &Node) -> Node {
    Node::new(Value::Other(BROKEN, "".into()), node.span)
}

/// A text of more bytes is not repeated in a message.
const SHOWN_BYTES_MAX: usize = 40;

struct Checker<'p> {
    problems: &'p mut Problems,
    /// Nothing is missing.
    is_partial: bool,
}

impl Checker<'_> {
    fn value(&mut self, node: &Node, shape: &Shape) {
        match (shape, &node.value) {
            (_, Value::Other(BROKEN, _)) => {}
            (Shape::Any, _) | (Shape::Null, Value::Null) | (Shape::Bool, Value::Bool(_)) => {}
            (Shape::True, Value::Bool(true)) => {}
            (Shape::Numbers(numbers), Value::Int(number)) if numbers.contains(number) => {}
            (Shape::Either(shapes), _) => self.either(node, shapes),
            (Shape::Integer { min, max }, Value::Int(number)) => {
                if number < min || number > max {
                    self.unexpected(node, shape);
                }
            }
            (Shape::PowerOfTwo, Value::Int(number)) => {
                if *number < 1 || !number.unsigned_abs().is_power_of_two() {
                    self.unexpected(node, shape);
                }
            }
            (Shape::Text(rule), Value::Text(text)) => self.text(node.span, text, *rule),
            (Shape::Words(words), Value::Text(text)) => self.word(node, text, words),
            (Shape::List { of, min, max }, Value::List(items)) => {
                if items.len() < *min || items.len() > *max {
                    self.unexpected(node, shape);
                }
                items.iter().for_each(|item| self.value(item, of));
            }
            (Shape::Names { what, key, of, min, max }, Value::Map(map)) => {
                if map.len() < *min || map.len() > *max {
                    self.wrong_count(node, what, *max);
                }
                for (name, value) in map.iter() {
                    self.text(name.span, &name.text, *key);
                    self.value(value, of);
                }
            }
            (Shape::Object(object), Value::Map(map)) => self.object(node, map, object),
            (Shape::Class(classes), Value::Map(map)) => self.class(node, map, classes),
            _ => self.unexpected(node, shape),
        }
    }

    fn unexpected(&mut self, node: &Node, shape: &Shape) {
        if self.problems.has_error_at(node.span) {
            return;
        }
        let found = bare(node);
        let expected = format!("expected {}", shape.words());
        self.problems.add(Diagnostic::error(format!("unexpected {found}")).at(node.span, expected));
    }

    fn wrong_count(&mut self, node: &Node, what: &str, max: usize) {
        let expected = match max {
            1 => "expected exactly one entry".to_owned(),
            _ => format!("expected at least one {what}"),
        };
        let what = format!("wrong number of entries: {}", in_words(node));
        self.problems.add(Diagnostic::error(what).at(node.span, expected));
    }

    /// Takes the first of the shapes that a value of this kind can have.
    fn either(&mut self, node: &Node, shapes: &[Shape]) {
        match shapes.iter().find(|shape| shape.takes_kind_of(&node.value)) {
            Some(shape) => self.value(node, shape),
            None if is_broken(node) || self.problems.has_error_at(node.span) => {}
            None => {
                let words: Vec<_> = shapes.iter().map(Shape::words).collect();
                let what = format!("unexpected {}", bare(node));
                let expected = format!("expected {}", words.join(", or "));
                self.problems.add(Diagnostic::error(what).at(node.span, expected));
            }
        }
    }

    fn text(&mut self, span: Span, text: &str, rule: Text) {
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
            let what = format!("`{}` is not {}", text, rule.words());
            return self.problems.add(Diagnostic::error(what).at(span, ""));
        }
        let is_keyword = match rule {
            Text::Name => CTF_KEYWORDS.contains(&text),
            Text::Member | Text::OldMember => {
                CTF_KEYWORDS.contains(&text) || C_KEYWORDS.contains(&text)
            }
            _ => false,
        };
        if is_keyword {
            let what = format!("`{text}` is a keyword in CTF 1.8 metadata");
            let help = format!("take another name, such as `{text}_`");
            self.problems.add(Diagnostic::error(what).at(span, "not a name").help(help));
        }
    }

    fn word(&mut self, node: &Node, text: &str, words: &[&str]) {
        if words.contains(&text) {
            return;
        }
        let what = format!("unexpected `{text}`");
        let expected = format!("expected one of {}", quoted(words));
        let found = Diagnostic::error(what).at(node.span, expected);
        self.problems.add(found.help_nearest(text, words.iter().copied()));
    }

    fn object(&mut self, node: &Node, map: &Map, object: &Object) {
        for (key, value) in map.iter() {
            match object.properties.iter().find(|property| property.name == key.text()) {
                Some(property) => self.value(value, property.shape),
                None => self.unknown(key, object),
            }
        }
        let is_partial = self.is_partial;
        let needed = object.properties.iter().filter(|property| property.is_required);
        for property in needed.filter(|_| !is_partial) {
            if map.get(property.name).is_none() {
                self.missing(node, object, property);
            }
        }
        let found: Vec<_> = object.one_of.iter().filter_map(|name| map.get_key(name)).collect();
        if !object.one_of.is_empty() && found.len() != 1 {
            self.not_one(node, object, &found);
        }
    }

    fn unknown(&mut self, key: &Key, object: &Object) {
        if self.problems.has_error_at(key.span) {
            return;
        }
        let what = format!("`{}` is no property of {} object", key.text, a(object.what));
        let names = object.properties.iter().map(|property| property.name);
        let found = match object.others {
            Others::Refused => Diagnostic::error(what).at(key.span, "unknown property"),
            Others::Ignored => Diagnostic::warning(what).at(key.span, "it has no effect"),
        };
        let has_near = !nearest(key.text(), names.clone()).is_empty();
        self.problems.add(match has_near {
            true => found.help_nearest(key.text(), names),
            false => found.help(format!("it has {}", quoted(&names.collect::<Vec<_>>()))),
        });
    }

    fn missing(&mut self, node: &Node, object: &Object, property: &Property) {
        let what = format!("{} object needs `{}`", a(object.what), property.name);
        let help = format!("`{}`: {}, {}", property.name, property.shape.words(), property.about);
        let label = "the property is missing here";
        self.problems.add(Diagnostic::error(what).at(node.span, label).help(help));
    }

    fn not_one(&mut self, node: &Node, object: &Object, found: &[&Key]) {
        let names = quoted(object.one_of);
        let what = format!("{} object needs exactly one of {names}", a(object.what));
        let error = match found {
            [first, second, ..] => Diagnostic::error(what)
                .at(second.span, "this is one too many")
                .also(first.span, "this is there already"),
            _ => Diagnostic::error(what).at(node.span, "none of them is there"),
        };
        self.problems.add(error);
    }

    fn class(&mut self, node: &Node, map: &Map, classes: &[Class]) {
        let Some(class) = map.get("class") else {
            let names: Vec<_> = classes.iter().map(|class| class.names[0]).collect();
            let what = "a field type object needs `class`";
            let help = format!("`class`: one of {}", quoted(&names));
            let label = "the property is missing here";
            return self.problems.add(Diagnostic::error(what).at(node.span, label).help(help));
        };
        let names = classes.iter().flat_map(|class| class.names.iter().copied());
        let Value::Text(name) = &class.value else {
            let what = format!("unexpected {}", bare(class));
            let expected = format!("expected one of {}", quoted(&names.collect::<Vec<_>>()));
            return self.problems.add(Diagnostic::error(what).at(class.span, expected));
        };
        match classes.iter().find(|class| class.names.contains(&name.as_ref())) {
            Some(class) => self.object(node, map, class.object),
            None => self.word(class, name, &names.collect::<Vec<_>>()),
        }
    }
}

impl Shape {
    /// Whether a value of this kind can be right, whatever is in it.
    fn takes_kind_of(&self, value: &Value) -> bool {
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

/// A word with its article.
fn a(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {word}")
}

fn is_broken(node: &Node) -> bool {
    matches!(node.value, Value::Other(BROKEN, _))
}

/// What a value is, without an article.
fn bare(node: &Node) -> String {
    let words = in_words(node);
    let bare = words.strip_prefix("a ").or(words.strip_prefix("an "));
    bare.unwrap_or(&words).to_owned()
}

/// What a value is: a short one with what it says.
fn in_words(node: &Node) -> String {
    match &node.value {
        Value::Bool(value) => format!("`{value}`"),
        Value::Int(value) => format!("`{value}`"),
        Value::Text(text) if text.len() <= SHOWN_BYTES_MAX => format!("`{text}`"),
        value => value.kind().to_owned(),
    }
}

/// RFC 9562 §4, in lower case.
fn is_uuid(text: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let lens = text.split('-').map(str::len);
    lens.eq([8, 4, 4, 4, 12]) && text.split('-').all(is_hex)
}
