//! Which parts of a grammar configurations use: each property of each object with each kind of
//! value that its JSON Schema lets it have.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::yaml::Yaml;

/// Properties with kinds of values, as text: `clock type/frequency: null`.
pub type Parts = BTreeSet<String>;

/// A grammar.
pub struct Grammar {
    schema: Value,
    /// Words for classes, with the objects that are of these classes.
    classes: Vec<(String, String)>,
    inherit: &'static [&'static str],
}

impl Grammar {
    /// The grammar of this schema, but for what barectf does not know.
    pub fn new(mut schema: Value, inherit: &'static [&'static str]) -> Self {
        for name in ["trace", "metadata"] {
            let properties = schema["$defs"][name].get_mut("properties");
            properties.and_then(Value::as_object_mut).map(|properties| properties.remove("marey"));
        }
        let mut classes = Vec::new();
        find_classes(&schema, &mut classes);
        Grammar { schema, classes, inherit }
    }

    /// All that configurations can have.
    pub fn parts(&self) -> Parts {
        let mut all = Parts::new();
        let mut walk = Walk { grammar: self, done: BTreeSet::new(), parts: &mut all };
        walk.all(&self.schema, "");
        all
    }

    /// What this configuration has, whose field types may inherit these aliases.
    pub fn parts_of(&self, root: &Yaml, aliases: Option<&Yaml>) -> Parts {
        let mut parts = Parts::new();
        Seen { grammar: self, aliases, parts: &mut parts }.at(&self.schema, root, "");
        parts
    }

    fn definition(&self, reference: &str) -> &Value {
        let name = name_of(reference);
        &self.schema["$defs"][name.as_str()]
    }
}

/// Collects pairs of a word for a class and an object.
fn find_classes(schema: &Value, classes: &mut Vec<(String, String)>) {
    if let Some((words, object)) = class_of(schema) {
        classes.extend(words.into_iter().map(|word| (word.to_owned(), object.clone())));
    }
    match schema {
        Value::Array(items) => items.iter().for_each(|item| find_classes(item, classes)),
        Value::Object(map) => map.values().for_each(|value| find_classes(value, classes)),
        _ => {}
    }
}

/// The words for a class, and its object, of a choice among classes.
fn class_of(choice: &Value) -> Option<(Vec<&str>, String)> {
    let [named, object] = choice.get("allOf")?.as_array()?.as_slice() else { return None };
    let words = named.pointer("/properties/class/enum")?.as_array()?;
    let words = words.iter().filter_map(Value::as_str).collect();
    Some((words, name_of(object.get("$ref")?.as_str()?)))
}

fn name_of(reference: &str) -> String {
    reference.trim_start_matches("#/$defs/").replace("%20", " ")
}

/// The kinds of values that a schema without choices has, but for objects with properties.
fn kinds(schema: &Map<String, Value>) -> Vec<String> {
    if let Some(value) = schema.get("const") {
        return vec![value.to_string()];
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let are_words = values.iter().all(Value::is_string) || values.len() < 8;
        let each = values.iter().map(|value| value.to_string().replace('"', ""));
        return if are_words { each.collect() } else { vec!["a number".to_owned()] };
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(only)) => vec![only],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    types.into_iter().flat_map(|name| kinds_of_type(name, schema)).collect()
}

fn kinds_of_type(name: &str, schema: &Map<String, Value>) -> Vec<String> {
    let number = |name: &str| schema.get(name).and_then(Value::as_u64);
    let mut kinds = Vec::new();
    match name {
        "boolean" => kinds.extend(["true", "false"].map(str::to_owned)),
        "integer" => {
            let (least, greatest) = (number("minimum"), number("maximum"));
            let greatest = greatest.filter(|greatest| *greatest <= 64);
            kinds.extend([least, greatest].into_iter().flatten().map(|edge| edge.to_string()));
            if least.is_none() || least != greatest {
                kinds.push("an integer".to_owned());
            }
        }
        "string" => {
            let pattern = schema.get("pattern").and_then(Value::as_str).unwrap_or_default();
            kinds.extend(pattern.ends_with("|auto)$").then(|| "auto".to_owned()));
            kinds.push("a string".to_owned());
        }
        "array" => {
            let can_be_empty = number("minItems").is_none();
            kinds.extend(can_be_empty.then(|| "an empty list".to_owned()));
            kinds.push("a list".to_owned());
        }
        "object" => {
            let can_be_empty = number("minProperties").is_none();
            kinds.extend(can_be_empty.then(|| "an empty map".to_owned()));
            kinds.push("a map".to_owned());
        }
        other => kinds.push(other.to_owned()),
    }
    kinds
}

/// Walks over a whole grammar.
struct Walk<'a> {
    grammar: &'a Grammar,
    done: BTreeSet<String>,
    parts: &'a mut Parts,
}

impl Walk<'_> {
    fn all(&mut self, schema: &Value, at: &str) {
        if let Some((words, object)) = class_of(schema) {
            self.parts.extend(words.iter().map(|word| format!("{at}: class {word}")));
            return self.object(&object);
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let object = name_of(reference);
            if !at.is_empty() {
                self.parts.insert(format!("{at}: {object}"));
            }
            return self.object(&object);
        }
        if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
            return choices.iter().for_each(|choice| self.all(choice, at));
        }
        let Value::Object(schema) = schema else { return };
        self.parts.extend(kinds(schema).iter().map(|kind| format!("{at}: {kind}")));
        for (property, below) in [("items", "[]"), ("additionalProperties", ".*")] {
            if let Some(inner) = schema.get(property).filter(|inner| inner.is_object()) {
                self.all(inner, &format!("{at}{below}"));
            }
        }
    }

    fn object(&mut self, name: &str) {
        if !self.done.insert(name.to_owned()) {
            return;
        }
        let grammar = self.grammar;
        let object = &grammar.schema["$defs"][name];
        for (property, schema) in object["properties"].as_object().into_iter().flatten() {
            let at = format!("{name}/{property}");
            // Classes stand at each place where a field type may.
            if property == "class" {
                continue;
            }
            let is_optional = !is_required(object, property);
            if is_optional && !grammar.inherit.contains(&property.as_str()) {
                self.parts.insert(format!("{at}: not there"));
            }
            self.all(schema, &at);
        }
    }
}

fn is_required(object: &Value, property: &str) -> bool {
    let of = |list: &Value| list.as_array().is_some_and(|list| list.iter().any(|p| p == property));
    of(&object["required"]) || of(&object["anyOf"][0]["required"])
}

/// Follows a value down a grammar.
struct Seen<'a> {
    grammar: &'a Grammar,
    aliases: Option<&'a Yaml>,
    parts: &'a mut Parts,
}

impl Seen<'_> {
    fn at(&mut self, schema: &Value, value: &Yaml, at: &str) {
        if let Some((words, object)) = class_of(schema) {
            let class = self.class(value, 0).filter(|_| matches!(value, Yaml::Map(_)));
            if let Some(class) = class.filter(|class| words.contains(&class.as_str())) {
                if value.get("class").is_some() {
                    self.parts.insert(format!("{at}: class {class}"));
                }
                self.object(&object, value);
            }
            return;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let object = name_of(reference);
            let is_class = self.grammar.classes.iter().any(|(_, of)| *of == object);
            let class = self.class(value, 0);
            let is_other = |class: String| {
                !self.grammar.classes.iter().any(|(word, of)| *word == class && *of == object)
            };
            if !matches!(value, Yaml::Map(_)) || is_class && class.is_none_or(is_other) {
                return;
            }
            if !at.is_empty() {
                self.parts.insert(format!("{at}: {object}"));
            }
            return self.object(&object, value);
        }
        if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
            return choices.iter().for_each(|choice| self.at(choice, value, at));
        }
        let Value::Object(schema) = schema else { return };
        let all = kinds(schema);
        let here = kinds_of(value).into_iter().filter(|kind| all.contains(kind));
        self.parts.extend(here.map(|kind| format!("{at}: {kind}")));
        match value {
            Yaml::List(items) => {
                let Some(inner) = schema.get("items") else { return };
                items.iter().for_each(|item| self.at(inner, item, &format!("{at}[]")));
            }
            Yaml::Map(entries) => {
                let inner = schema.get("additionalProperties").filter(|inner| inner.is_object());
                let Some(inner) = inner else { return };
                entries.iter().for_each(|(_, value)| self.at(inner, value, &format!("{at}.*")));
            }
            _ => {}
        }
    }

    fn object(&mut self, name: &str, value: &Yaml) {
        let grammar = self.grammar;
        let object = grammar.definition(name);
        for (property, schema) in object["properties"].as_object().into_iter().flatten() {
            let at = format!("{name}/{property}");
            if property == "class" {
                continue;
            }
            match value.get(property) {
                Some(value) => self.at(schema, value, &at),
                None if !is_required(object, property)
                    && !grammar.inherit.contains(&property.as_str()) =>
                {
                    self.parts.insert(format!("{at}: not there"));
                }
                None => {}
            }
        }
    }

    /// The class of a field type, its own or that of what it inherits.
    fn class(&self, value: &Yaml, depth: usize) -> Option<String> {
        let inherited = self.grammar.inherit.iter().find_map(|name| value.get(name));
        let name = match (value, value.get("class"), inherited) {
            (_, Some(Yaml::Text(class)), _) => return Some(class.clone()),
            (Yaml::Text(alias), ..) | (_, _, Some(Yaml::Text(alias))) => alias,
            _ => return None,
        };
        let alias = self.aliases?.get(name)?;
        if depth < 16 { self.class(alias, depth + 1) } else { None }
    }
}

/// What a value may be called.
fn kinds_of(value: &Yaml) -> Vec<String> {
    match value {
        Yaml::Null => vec!["null".to_owned()],
        Yaml::Bool(value) => vec![value.to_string()],
        Yaml::Number(number) => {
            vec![number.to_string(), "an integer".to_owned(), "a number".to_owned()]
        }
        Yaml::Text(text) => match text.as_str() {
            "auto" => vec!["auto".to_owned()],
            text => vec![text.to_owned(), "a string".to_owned()],
        },
        Yaml::List(items) if items.is_empty() => vec!["an empty list".to_owned()],
        Yaml::List(_) => vec!["a list".to_owned()],
        Yaml::Map(entries) if entries.is_empty() => vec!["an empty map".to_owned()],
        Yaml::Map(_) => vec!["a map".to_owned()],
    }
}
