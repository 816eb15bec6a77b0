//! Values of YAML, as a test makes them, and the many ways to write them.

use super::random::Random;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Yaml {
    Null,
    Bool(bool),
    Number(i128),
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl From<&str> for Yaml {
    fn from(text: &str) -> Self {
        Yaml::Text(text.to_owned())
    }
}

impl From<&String> for Yaml {
    fn from(text: &String) -> Self {
        Yaml::Text(text.clone())
    }
}

impl From<i64> for Yaml {
    fn from(number: i64) -> Self {
        Yaml::Number(number.into())
    }
}

impl From<u64> for Yaml {
    fn from(number: u64) -> Self {
        Yaml::Number(number.into())
    }
}

impl From<bool> for Yaml {
    fn from(value: bool) -> Self {
        Yaml::Bool(value)
    }
}

impl<T: Into<Yaml>> From<Vec<T>> for Yaml {
    fn from(items: Vec<T>) -> Self {
        Yaml::List(items.into_iter().map(Into::into).collect())
    }
}

/// A map of all properties that are there.
pub fn map<const N: usize>(entries: [(&str, Option<Yaml>); N]) -> Yaml {
    let there = entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Yaml::Map(there.collect())
}

impl Yaml {
    pub fn get(&self, key: &str) -> Option<&Yaml> {
        let Yaml::Map(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Yaml> {
        let Yaml::Map(entries) = self else { return None };
        entries.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Puts a property into a map, in place of one that is there.
    pub fn set(&mut self, key: &str, value: Yaml) {
        if let Some(there) = self.get_mut(key) {
            *there = value;
        } else if let Yaml::Map(entries) = self {
            entries.push((key.to_owned(), value));
        }
    }

    /// It written in flow style. Numbers, texts and maps have many forms, which are drawn.
    pub fn written(&self, random: &mut Random) -> String {
        match self {
            Yaml::Null => random.of(&["null", "~", "Null", "NULL", ""]).to_owned(),
            Yaml::Bool(true) => random.of(&["true", "yes", "on", "True", "YES", "On"]).to_owned(),
            Yaml::Bool(false) => {
                random.of(&["false", "no", "off", "FALSE", "No", "OFF"]).to_owned()
            }
            Yaml::Number(number) => written_number(*number, random),
            Yaml::Text(text) => written_text(text, random),
            Yaml::List(items) => {
                let items: Vec<_> = items.iter().map(|item| item.written_item(random)).collect();
                format!("[{}]", items.join(", "))
            }
            Yaml::Map(entries) => {
                let merged = if random.one_in(12) { entries.len() / 2 } else { 0 };
                let (merged, own) = entries.split_at(merged);
                let mut all = Vec::new();
                if !merged.is_empty() {
                    all.push(format!("<<: {{{}}}", written_entries(merged, random).join(", ")));
                }
                all.extend(written_entries(own, random));
                format!("{{{}}}", all.join(", "))
            }
        }
    }

    /// An empty item would be none.
    fn written_item(&self, random: &mut Random) -> String {
        match self {
            Yaml::Null => "null".to_owned(),
            other => other.written(random),
        }
    }
}

fn written_entries(entries: &[(String, Yaml)], random: &mut Random) -> Vec<String> {
    let entry = |(key, value): &(String, Yaml)| {
        format!("{}: {}", written_text(key, random), value.written(random))
    };
    entries.iter().map(entry).collect()
}

fn written_number(number: i128, random: &mut Random) -> String {
    let sign = if number < 0 { "-" } else { random.of(&["", "", "", "+"]) };
    let size = number.unsigned_abs();
    match random.below(10) {
        0 => format!("{sign}{size:#x}"),
        1 => format!("{sign}0{size:o}"),
        2 => format!("{sign}{size:#b}"),
        3 if size >= 1000 => format!("{sign}{}_{:03}", size / 1000, size % 1000),
        4 if size >= 60 => format!("{sign}{}:{:02}", size / 60, size % 60),
        _ => format!("{sign}{size}"),
    }
}

fn written_text(text: &str, random: &mut Random) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || "$_".contains(c))
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "$_-.".contains(c))
        && !is_other_when_plain(text);
    let is_printable = text.chars().all(|c| (' '..='~').contains(&c));
    match random.below(6) {
        0 if is_printable => format!("'{}'", text.replace('\'', "''")),
        1 => quoted(text),
        _ if is_plain => text.to_owned(),
        _ => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{}\"", escaped.replace('\t', "\\t").replace('\r', "\\r"))
}

/// Words that mean something else to YAML 1.1.
fn is_other_when_plain(text: &str) -> bool {
    let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    words.contains(&text.to_ascii_lowercase().as_str())
}

/// Draws one of several ways to say something, or not to say it.
macro_rules! maybe {
    ($self:ident: $($way:expr),+ $(,)?) => {{
        let way = $self.random.below([$(stringify!($way)),+].len() as u64 + 1);
        let mut at = 0;
        'found: {
            $(
                at += 1;
                if way == at {
                    break 'found Some($crate::yaml::Yaml::from($way));
                }
            )+
            None
        }
    }};
}
pub(crate) use maybe;
