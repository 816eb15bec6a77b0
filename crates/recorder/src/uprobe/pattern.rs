//! How a user names places in programs.
//!
//! `uprobe:FILE:FUNCTION`, `uretprobe:FILE:FUNCTION`, `usdt:FILE:PROVIDER:NAME`, `usdt:FILE:NAME`;
//! functions, providers and names may be globs. Behind it the values may be named, with their
//! types: `uprobe:./server:handle(id:u64,path:str)`.

use std::fmt;
use std::str::FromStr;

use super::VALUES_MAX;

/// Which places are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The program, or library, as it was written.
    pub file: String,
    /// What of it.
    pub what: What,
    /// How its values are called, and what they are; as the place says if there are none.
    pub parameters: Option<Vec<Parameter>>,
}

/// What of a program is meant: globs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The starts of functions.
    Functions(String),
    /// The ends of functions.
    Returns(String),
    /// Probes.
    Probes {
        /// Of these providers.
        provider: String,
        /// Of these names.
        name: String,
    },
}

/// A value that is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// How it is called.
    pub name: String,
    /// What it is; as the place says if nothing is said, which functions do not.
    pub kind: Option<ParameterKind>,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A number.
    Number {
        /// 1, 2, 4 or 8.
        bytes: u8,
        /// It may be below 0.
        is_signed: bool,
        /// It is an address.
        is_pointer: bool,
    },
    /// The address of a text that a 0 ends.
    Text,
}

/// Why a text names no places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// As it was written.
    pub pattern: String,
    /// What is wrong with it.
    pub why: String,
}

const FUNCTION: &str = "uprobe:";
const RETURN: &str = "uretprobe:";
const PROBE: &str = "usdt:";
/// What types are called.
const TYPES: &str = "u8 u16 u32 u64, i8 i16 i32 i64, ptr, str";

/// Whether a text names places in programs, and not events of the kernel.
pub fn is_pattern(text: &str) -> bool {
    [FUNCTION, RETURN, PROBE].iter().any(|kind| text.starts_with(kind))
}

impl FromStr for Pattern {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        parse(text).map_err(|why| Malformed { pattern: text.to_owned(), why })
    }
}

fn parse(text: &str) -> Result<Pattern, String> {
    let (places, parameters) = match text.strip_suffix(')') {
        None => (text, None),
        Some(open) => {
            let (places, inside) = open.rsplit_once('(').ok_or("there is a `)` without its `(`")?;
            (places, Some(parameters(inside)?))
        }
    };
    let kinds = [FUNCTION, RETURN, PROBE];
    let (kind, rest) = kinds
        .iter()
        .find_map(|kind| Some((*kind, places.strip_prefix(kind)?)))
        .ok_or("it begins with none of uprobe:, uretprobe: and usdt:")?;
    let (file, name) = rest.split_once(':').ok_or("behind the file stands `:` and a name")?;
    let glob = name.to_owned();
    let what = match kind {
        FUNCTION => What::Functions(glob),
        RETURN => What::Returns(glob),
        _ => {
            let (provider, name) = name.split_once(':').unwrap_or(("*", name));
            What::Probes { provider: provider.to_owned(), name: name.to_owned() }
        }
    };
    let has_all = !file.is_empty() && !name.is_empty() && !name.ends_with(':');
    if !has_all {
        return Err("nothing stands where a file or a name should".to_owned());
    }
    let only = matches!(what, What::Returns(_)).then_some(1);
    match (&parameters, only) {
        (Some(all), Some(most)) if all.len() > most => {
            Err("a function returns one value".to_owned())
        }
        _ => Ok(Pattern { file: file.to_owned(), what, parameters }),
    }
}

/// `id:u64,path:str`; the type may be missing.
fn parameters(text: &str) -> Result<Vec<Parameter>, String> {
    let words = text.split(',').map(str::trim);
    let mut all: Vec<Parameter> = Vec::new();
    for word in words.filter(|_| !text.trim().is_empty()) {
        let (name, kind) = match word.split_once(':') {
            Some((name, kind)) => (name.trim(), Some(kind_of(kind.trim())?)),
            None => (word, None),
        };
        let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
        let is_name =
            name.starts_with(is_start) && name.chars().all(|c| is_start(c) || c.is_ascii_digit());
        if !is_name {
            return Err(format!("`{name}` is no name of a value"));
        }
        if all.iter().any(|other| other.name == name) {
            return Err(format!("two values are called `{name}`"));
        }
        all.push(Parameter { name: name.to_owned(), kind });
    }
    match all.len() {
        0..=VALUES_MAX => Ok(all),
        _ => Err(format!("there are more than {VALUES_MAX} values")),
    }
}

fn kind_of(text: &str) -> Result<ParameterKind, String> {
    let number =
        |bytes, is_signed, is_pointer| Ok(ParameterKind::Number { bytes, is_signed, is_pointer });
    match text {
        "u8" => number(1, false, false),
        "u16" => number(2, false, false),
        "u32" => number(4, false, false),
        "u64" => number(8, false, false),
        "i8" => number(1, true, false),
        "i16" => number(2, true, false),
        "i32" => number(4, true, false),
        "i64" => number(8, true, false),
        "ptr" => number(size_of::<usize>() as u8, false, true),
        "str" => Ok(ParameterKind::Text),
        _ => Err(format!("`{text}` is no type; there are {TYPES}")),
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` names no place in a program: {}", self.pattern, self.why)
    }
}

impl std::error::Error for Malformed {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_with_their_values() {
        let pattern: Pattern = "usdt:/bin/a:rt:begin_*(id:u64, path:str,x)".parse().expect("one");
        assert_eq!(pattern.file, "/bin/a");
        let (provider, name) = ("rt".to_owned(), "begin_*".to_owned());
        assert_eq!(pattern.what, What::Probes { provider, name });
        let all = pattern.parameters.expect("three");
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["id", "path", "x"]);
        assert_eq!((all[1].kind, all[2].kind), (Some(ParameterKind::Text), None));
        // Names in Rust have colons of their own.
        let pattern: Pattern = "uprobe:./app:app::work".parse().expect("one");
        assert_eq!(pattern.what, What::Functions("app::work".to_owned()));
        assert!(is_pattern("uretprobe:a:b") && !is_pattern("sched:uprobe"));
    }

    #[test]
    fn what_names_none() {
        for (text, why) in [
            ("uprobe:./app", "behind the file"),
            ("uprobe::work", "nothing stands"),
            ("usdt:a:p:", "nothing stands"),
            ("uprobe:a:f)", "without its `(`"),
            ("uprobe:a:f(x:u63)", "`u63` is no type"),
            ("uprobe:a:f(1x)", "no name"),
            ("uprobe:a:f(x,x)", "two values"),
            ("uretprobe:a:f(x,y)", "one value"),
            ("sched:a:b", "begins with none"),
        ] {
            let found = text.parse::<Pattern>().expect_err(text);
            assert!(found.to_string().contains(why), "{found}");
        }
    }
}
