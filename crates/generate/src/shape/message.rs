//! Words for what is not as the tables say: what it is, what was expected, what to do.

use super::check::error_at;
use super::{Class, Object, Others, Property, Shape, Text, is_identifier, is_uuid, quoted};
use crate::diagnostic::{Diagnostic, beginning, nearest};
use crate::source::{Sources, Span};
use crate::yaml::{self, Key, Map, Node, Value};

/// Of a longer text, a message repeats only the beginning.
const SHOWN_COLUMNS_MAX: usize = 40;
/// Integers up to this are exact as floating-point numbers.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// What a value is called.
#[derive(Clone, Copy)]
pub enum Called<'a> {
    /// It has no name.
    This,
    /// That of a property.
    Property(&'static Property),
    /// That of what has a name of the user's.
    Named(&'a str),
    /// It is an entry of a list.
    EntryOf(&'a str),
    /// It is itself the name of such a thing.
    NameOf(&'a str),
}

impl<'a> Called<'a> {
    /// What an entry of it is called.
    pub fn entry(self) -> Called<'a> {
        match self {
            Called::Property(property) => Called::EntryOf(property.name),
            Called::Named(name) => Called::EntryOf(name),
            other => other,
        }
    }

    /// What it cannot be.
    fn cannot_be(self, value: &str) -> String {
        match self {
            Called::This => format!("this cannot be {value}"),
            Called::Property(property) => format!("`{}` cannot be {value}", property.name),
            Called::Named(name) => format!("`{name}` cannot be {value}"),
            Called::EntryOf(name) => format!("an entry of `{name}` cannot be {value}"),
            Called::NameOf(what) => format!("{value} cannot be the name of {}", with_article(what)),
        }
    }

    fn name(self) -> &'a str {
        match self {
            Called::This | Called::NameOf(_) => "this",
            Called::Property(property) => property.name,
            Called::Named(name) | Called::EntryOf(name) => name,
        }
    }
}

/// A value of another kind, or out of bounds.
pub fn unexpected(
    node: &Node,
    shape: &Shape,
    called: Called<'_>,
    sources: Option<&Sources>,
) -> Diagnostic {
    let is_map = node.as_map().is_some();
    let map = if shape.is_object() && !is_map { ", which is a map" } else { "" };
    let label = format!("expected {}{map}", shape.words());
    let found = error_at(node, called.cannot_be(&in_words(node)), label);
    let found = match sources.and_then(|sources| as_read(node, shape, sources)) {
        Some(help) => found.help(help),
        None => found,
    };
    let is_optional = matches!(called, Called::Property(property) if !property.is_required);
    match &node.value {
        Value::Null if is_optional => found.help("leave the property out: it has a default"),
        Value::Bool(false) if !shape.takes_kind_of(&Value::Text("".into())) && is_optional => {
            found.help("a packet always has it")
        }
        Value::Map(_) if shape.is_list() => found.help("begin each entry with `- `"),
        Value::Int(_) | Value::Text(_) if shape.is_list() => match sources {
            Some(sources) => {
                found.help(format!("write it in brackets: [{}]", sources.slice(node.span)))
            }
            None => found,
        },
        _ => found,
    }
}

/// What YAML made of a value, where that is not what one sees.
fn as_read(node: &Node, shape: &Shape, sources: &Sources) -> Option<String> {
    let written = sources.slice(node.span);
    // What was converted stands in place of something else.
    let is_own = yaml::plain(written).as_ref() == Some(&node.value);
    match &node.value {
        Value::Bool(_) | Value::Int(_) if !is_own => None,
        Value::Bool(on) if !matches!(written, "true" | "false") => {
            let quotes = if shape.takes_kind_of(&Value::Text("".into())) {
                format!("; write '{written}' in quotes when it is text")
            } else {
                String::new()
            };
            Some(format!("YAML 1.1 takes `{written}` for {on}{quotes}"))
        }
        Value::Int(number) if number.to_string() != written => {
            Some(format!("YAML 1.1 takes `{written}` for {number}"))
        }
        Value::Text(text) if shape.takes_kind_of(&Value::Int(0)) => number_as_text(text),
        _ => None,
    }
}

/// How to write a number that YAML took for text.
fn number_as_text(text: &str) -> Option<String> {
    if text.parse::<i128>().is_ok() {
        return Some("take the quotes away: in quotes it is text".to_owned());
    }
    let number: f64 = text.parse().ok()?;
    let is_whole = number.fract() == 0.0 && number.abs() <= EXACT_MAX;
    is_whole.then(|| format!("YAML 1.1 takes this for text; write {number:.0}"))
}

/// A word that is none of those.
pub fn wrong_word(node: &Node, text: &str, words: &[&str], called: Called<'_>) -> Diagnostic {
    let label = format!("expected one of {}", quoted(words));
    let found = error_at(node, called.cannot_be(&in_words(node)), label);
    found.help_nearest(text, words.iter().copied())
}

/// A list that is too short or too long.
pub fn wrong_len(node: &Node, len: usize, shape: &Shape, called: Called<'_>) -> Diagnostic {
    let entries = if len == 1 { "entry" } else { "entries" };
    let what = match called {
        Called::EntryOf(name) => format!("a list in `{name}` has {len} {entries}"),
        other => format!("`{}` has {len} {entries}", other.name()),
    };
    error_at(node, what, format!("expected {}", shape.words()))
}

/// A map of names without any.
pub fn no_names(node: &Node, what: &str, called: Called<'_>) -> Diagnostic {
    let label = format!("expected at least one {what}");
    error_at(node, format!("`{}` is empty", called.name()), label)
}

/// An entry of a list that has a name too many.
pub fn too_many_names(second: &Key, map: &Map, what: &str) -> Diagnostic {
    let found = Diagnostic::error(format!("an entry of this list names more than one {what}"))
        .at(second.span, "expected an entry of its own")
        .help(format!("write `- {}: …` in a line of its own", second.text()));
    match map.iter().next() {
        Some((first, _)) => found.also(first.span, "the first"),
        None => found,
    }
}

/// A text that breaks its rule.
pub fn wrong_text(node: &Node, text: &str, rule: Text, called: Called<'_>) -> Diagnostic {
    let label = format!("expected {}", rule.words());
    let found = error_at(node, called.cannot_be(&in_words(node)), label);
    let lower = text.to_lowercase();
    match rule {
        Text::Name | Text::Member | Text::OldName | Text::OldMember => match as_name(text) {
            Some(name) => found.help(format!("take a name such as `{name}`")),
            None => found,
        },
        Text::Uuid | Text::UuidOrAuto if is_uuid(&lower) => found.help(format!("write {lower}")),
        Text::Uuid if text == "auto" => found.help("only the trace type makes one of its own"),
        _ => found,
    }
}

/// A name that is like a text that is none.
fn as_name(text: &str) -> Option<String> {
    let start = text.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let name = start.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    (is_identifier(&name) && name.len() <= SHOWN_COLUMNS_MAX).then_some(name)
}

/// A name that readers of the metadata do not take for one.
pub fn keyword(node: &Node, text: &str) -> Diagnostic {
    let what = format!("`{text}` is a keyword in CTF 1.8 metadata");
    let help = format!("take another name, such as `{text}_`");
    error_at(node, what, "readers would not take it for a name").help(help)
}

/// A property that is not in the table.
pub fn unknown(key: &Key, object: &Object) -> Diagnostic {
    let what = format!("`{}` is no property of {} object", key.text(), with_article(object.what));
    let names: Vec<_> = object.properties.iter().map(|property| property.name).collect();
    let found = match object.others {
        Others::Refused => Diagnostic::error(what).at(key.span, "unknown property"),
        Others::Ignored => Diagnostic::warning(what).at(key.span, "it has no effect"),
    };
    let renamed = object.properties.iter().find(|property| property.was == Some(key.text()));
    if let Some(property) = renamed {
        return found.help(format!("version 3 calls it `{}`", property.name));
    }
    match nearest(key.text(), names.iter().copied()).is_empty() {
        false => found.help_nearest(key.text(), names),
        true if names.len() == 1 => found.help(format!("it has only {}", quoted(&names))),
        true => found.help(format!("it has {}", quoted(&names))),
    }
}

/// A property that must be there.
pub fn missing(node: &Node, object: &Object, property: &Property) -> Diagnostic {
    let what = format!("{} object needs `{}`", with_article(object.what), property.name);
    let Property { name, shape, about, .. } = property;
    let help = format!("add `{name}`, {about} ({})", shape.words());
    missing_at(node, what).help(help)
}

/// One of several properties must be there, and no other of them.
pub fn not_one(node: &Node, object: &Object, found: &[&Key]) -> Diagnostic {
    let names = quoted(object.one_of);
    let what = format!("{} object needs exactly one of {names}", with_article(object.what));
    if let [first, second, ..] = found {
        let error = Diagnostic::error(what).at(second.span, "this is one too many");
        return error.also(first.span, "this is there already");
    }
    let properties = object.properties.iter();
    let choices = properties.filter(|property| object.one_of.contains(&property.name));
    let error = error_at(node, what, "none of them is there");
    choices.fold(error, |error, property| {
        error.help(format!("`{}`: {}", property.name, property.about))
    })
}

/// A field type that stands where a property around it was expected.
pub fn not_wrapped(node: &Node, object: &Object, property: &Property) -> Diagnostic {
    let what = format!("{} object needs `{}`", with_article(object.what), property.name);
    let help = format!("write `{}: {{class: …}}`", property.name);
    error_at(node, what, format!("expected `{}` around it", property.name)).help(help)
}

/// A field type without a class.
pub fn no_class(node: &Node, names: &[&str]) -> Diagnostic {
    let what = "a field type object needs `class`".to_owned();
    let help = format!("add `class`: one of {}", quoted(names));
    missing_at(node, what).help(help)
}

/// An error about what is not there, at the start of what it should be in.
fn missing_at(node: &Node, what: String) -> Diagnostic {
    let start = Span { end: node.span.start.saturating_add(1).min(node.span.end), ..node.span };
    Diagnostic::error(what).at(start, "the property is missing here")
}

/// A class that is no text.
pub fn class_is_no_name(node: &Node, names: &[&str]) -> Diagnostic {
    let what = format!("`class` cannot be {}", in_words(node));
    error_at(node, what, format!("expected one of {}", quoted(names)))
}

/// A class that is none of those.
pub fn wrong_class(node: &Node, name: &str, classes: &[Class], full: &[&str]) -> Diagnostic {
    let what = format!("`class` cannot be {}", in_words(node));
    let label = match full {
        [only] => format!("expected `{only}`"),
        _ => format!("expected one of {}", quoted(full)),
    };
    let all = classes.iter().flat_map(|class| class.names.iter().copied());
    error_at(node, what, label).help_nearest(name, all)
}

/// A word with its article.
pub fn with_article(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {word}")
}

/// What a value is: a short one with what it says.
fn in_words(node: &Node) -> String {
    match &node.value {
        Value::Bool(value) => format!("`{value}`"),
        Value::Int(value) => format!("`{value}`"),
        Value::Text(text) => match beginning(text, SHOWN_COLUMNS_MAX) {
            all if all.len() == text.len() => format!("`{text}`"),
            start => format!("`{start}…`"),
        },
        value => value.kind().to_owned(),
    }
}
