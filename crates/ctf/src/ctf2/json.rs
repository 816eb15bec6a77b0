//! JSON (RFC 8259): as much of it as metadata needs.

use std::fmt::Write as _;

const COLUMNS_MAX: usize = 100;
const INDENT: &str = "  ";

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Json {
    /// A number; readers may hold less than 128 bits.
    Number(i128),
    Text(String),
    Null,
    List(Vec<Json>),
    Object(Object),
}

/// Properties, in the order in which they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Object(Vec<(String, Json)>);

impl Object {
    /// An object with a property `type`, as all have that CTF 2 gives a type.
    pub(super) fn of_type(name: &str) -> Self {
        Object::default().with("type", name)
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// With this property, if it has a value.
    pub(super) fn with_some(self, name: &str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With this property, if it is not what readers assume without it.
    pub(super) fn unless<T: Into<Json> + PartialEq>(
        self,
        default: T,
        name: &str,
        value: T,
    ) -> Self {
        if value == default { self } else { self.with(name, value) }
    }

    /// The value of a property, which is added as a list if it is not there.
    pub(super) fn list(&mut self, name: &str) -> Option<&mut Vec<Json>> {
        let at = self.0.iter().position(|(known, _)| known == name).unwrap_or(self.0.len());
        if at == self.0.len() {
            self.0.push((name.to_owned(), Json::List(Vec::new())));
        }
        match self.0.get_mut(at) {
            Some((_, Json::List(list))) => Some(list),
            _ => None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Json::Text(text.to_owned())
    }
}

impl From<&String> for Json {
    fn from(text: &String) -> Self {
        Json::Text(text.clone())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Json::Text(text)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Json::Object(object)
    }
}

impl From<Vec<Json>> for Json {
    fn from(list: Vec<Json>) -> Self {
        Json::List(list)
    }
}

macro_rules! from_numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Json {
            fn from(number: $number) -> Self {
                Json::Number(number.into())
            }
        }
    )*};
}

from_numbers!(u8, u32, u64, i64, i128);

/// A value in a list, or in an object with its name.
type Part<'a> = (Option<&'a str>, &'a Json);

impl Json {
    /// The value, on one line if it fits, else with an indented line for each part.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    fn write(&self, text: &mut String, depth: usize) {
        let start = text.len();
        let len_max = COLUMNS_MAX.saturating_sub(depth * INDENT.len());
        self.write_line(text, start.saturating_add(len_max));
        let is_short = text.len() - start <= len_max;
        if let (false, Some(([open, close], parts))) = (is_short, self.parts()) {
            text.truncate(start);
            text.push(open);
            let mut comma = "";
            for (name, value) in parts {
                text.push_str(comma);
                new_line(text, depth + 1);
                write_name(text, name);
                value.write(text, depth + 1);
                comma = ",";
            }
            new_line(text, depth);
            text.push(close);
        }
    }

    /// Writes it on one line, and stops in the middle when `text` has grown beyond `end`.
    fn write_line(&self, text: &mut String, end: usize) {
        match self {
            // Writing to a string cannot fail.
            Json::Number(number) => drop(write!(text, "{number}")),
            Json::Text(value) => write_text(text, value),
            Json::Null => text.push_str("null"),
            Json::List(_) | Json::Object(_) => {
                let Some(([open, close], parts)) = self.parts() else { return };
                text.push(open);
                let mut comma = "";
                for (name, value) in parts {
                    if text.len() > end {
                        return;
                    }
                    text.push_str(comma);
                    write_name(text, name);
                    value.write_line(text, end);
                    comma = ", ";
                }
                text.push(close);
            }
        }
    }

    /// The brackets and what is between them, if it has parts.
    fn parts(&self) -> Option<([char; 2], Vec<Part<'_>>)> {
        match self {
            Json::List(list) => {
                Some((['[', ']'], list.iter().map(|value| (None, value)).collect()))
            }
            Json::Object(Object(properties)) => {
                let parts = properties.iter().map(|(name, value)| (Some(name.as_str()), value));
                Some((['{', '}'], parts.collect()))
            }
            Json::Number(_) | Json::Text(_) | Json::Null => None,
        }
    }
}

fn new_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n(INDENT, depth));
}

fn write_name(text: &mut String, name: Option<&str>) {
    if let Some(name) = name {
        write_text(text, name);
        text.push_str(": ");
    }
}

/// A string (RFC 8259 §7).
fn write_text(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            // Writing to a string cannot fail.
            c if c < ' ' => drop(write!(text, "\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: i128) -> Json {
        Json::List((0..count).map(|number| Json::Number(number + 10)).collect())
    }

    #[test]
    fn what_fits_is_on_one_line() {
        let object = Object::default().with("a\"\u{1}\n", "ü\\").with("none", Json::Null);
        assert_eq!(Json::from(object).text(), "{\"a\\\"\\u0001\\n\": \"ü\\\\\", \"none\": null}");
        assert_eq!(Json::List(vec![]).text(), "[]");
        // 25 numbers of two digits, 24 commas with a blank, two brackets.
        assert_eq!(numbers(25).text().lines().count(), 1);
        assert_eq!(numbers(26).text().lines().count(), 28);
    }

    #[test]
    fn parts_are_indented_and_fit_by_themselves() {
        let object = Object::default().with("x", numbers(20)).with("y", numbers(24));
        let text = Json::from(object).text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert!(lines[1].starts_with("  \"x\": [10, ") && lines[1].ends_with("],"));
    }

    #[test]
    fn numbers_are_written_in_full() {
        let text = Json::List(vec![i128::MIN.into(), u64::MAX.into()]).text();
        assert_eq!(text, "[-170141183460469231731687303715884105728, 18446744073709551615]");
    }
}
