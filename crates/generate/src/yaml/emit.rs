//! A tree as YAML text.

use super::scalar::{BINARY, Plain, TIMESTAMP, resolve};
use super::{Map, Node, Value};

/// A longer key must be marked with `?`: YAML looks no further for the `:`.
const SIMPLE_KEY_BYTES_MAX: usize = 120;

/// The tree as YAML in block style, which loads back to the same values.
///
/// `indent_spaces` is 1 to 8. What is text and would be read as something else is quoted.
///
/// ```
/// # use marey_generate::{diagnostic::Problems, source::Sources, yaml};
/// # let mut sources = Sources::default();
/// # let file = sources.add("a.yaml", b"{a: [1, 'on', 0x10], b: {}}".to_vec())?;
/// let tree = yaml::load(&sources, file, &mut Problems::default()).expect("YAML");
/// assert_eq!(yaml::emit(&tree.root, 2), "a:\n  - 1\n  - 'on'\n  - 16\nb: {}\n");
/// # Ok::<(), marey_generate::diagnostic::Diagnostic>(())
/// ```
pub fn emit(node: &Node, indent_spaces: usize) -> String {
    let mut emitter = Emitter { out: String::new(), indent: indent_spaces.clamp(1, 8) };
    if let Some((tag, _)) = &node.tag {
        emitter.line_of_tag(tag);
    }
    emitter.node(node, 0);
    if !emitter.out.ends_with('\n') {
        emitter.out.push('\n');
    }
    emitter.out
}

/// What stands in a tag as it is (YAML 1.1, ns-uri-char), but for letters and digits.
const URI_SIGNS: &[u8] = b"-;/?:@&=+$,_.!~*'()[]";

struct Emitter {
    out: String,
    indent: usize,
}

impl Emitter {
    fn line_of_tag(&mut self, tag: &str) {
        let is_plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if tag.strip_prefix('!').is_some_and(is_plain) {
            return self.out.push_str(&format!("--- {tag}\n"));
        }
        self.out.push_str("--- !<");
        for byte in tag.bytes() {
            match byte {
                _ if byte.is_ascii_alphanumeric() || URI_SIGNS.contains(&byte) => {
                    self.out.push(char::from(byte));
                }
                _ => self.out.push_str(&format!("%{byte:02X}")),
            }
        }
        self.out.push_str(">\n");
    }

    /// Writes a node where the current line has `column` characters.
    fn node(&mut self, node: &Node, column: usize) {
        match &node.value {
            Value::List(nodes) if !nodes.is_empty() => self.list(nodes, column),
            Value::Map(map) if !map.is_empty() => self.map(map, column),
            value => {
                self.out.push_str(&scalar(value));
                self.out.push('\n');
            }
        }
    }

    fn list(&mut self, nodes: &[Node], column: usize) {
        for (index, node) in nodes.iter().enumerate() {
            self.start(index, column);
            self.out.push_str("- ");
            self.node(node, column + 2);
        }
    }

    fn map(&mut self, map: &Map, column: usize) {
        for (index, (key, node)) in map.iter().enumerate() {
            self.start(index, column);
            let key = text(key.text());
            if key.len() > SIMPLE_KEY_BYTES_MAX {
                self.out.push_str(&format!("? {key}\n"));
                self.pad(column);
            } else {
                self.out.push_str(&key);
            }
            self.out.push(':');
            self.value(node, column);
        }
    }

    /// Writes a node behind a key.
    fn value(&mut self, node: &Node, column: usize) {
        let is_block = match &node.value {
            Value::List(nodes) => !nodes.is_empty(),
            Value::Map(map) => !map.is_empty(),
            _ => false,
        };
        if is_block {
            let column = column + self.indent;
            self.out.push('\n');
            self.pad(column);
            self.node(node, column);
        } else {
            self.out.push(' ');
            self.node(node, column);
        }
    }

    /// The first entry stands where the line is already.
    fn start(&mut self, index: usize, column: usize) {
        if index > 0 {
            self.pad(column);
        }
    }

    fn pad(&mut self, column: usize) {
        self.out.extend(std::iter::repeat_n(' ', column));
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(on) => on.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => float(*number),
        Value::Text(words) => text(words),
        Value::List(_) => "[]".into(),
        Value::Map(_) => "{}".into(),
        Value::Other(TIMESTAMP, words) => format!("!!timestamp {}", double_quoted(words)),
        Value::Other(BINARY, words) => format!("!!binary {}", double_quoted(words)),
        Value::Other(_, words) => double_quoted(words),
    }
}

/// A number in the form that YAML 1.1 takes for one: with a point, and a sign in its exponent.
fn float(number: f64) -> String {
    if number.is_nan() {
        return ".nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { ".inf" } else { "-.inf" }.into();
    }
    let short = format!("{number:?}");
    let Some((digits, exponent)) = short.split_once('e') else { return short };
    let point = if digits.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{digits}{point}e{sign}{exponent}")
}

fn text(words: &str) -> String {
    if is_plain(words) {
        words.to_owned()
    } else if words.chars().all(|c| matches!(c, ' '..='~')) {
        format!("'{}'", words.replace('\'', "''"))
    } else {
        double_quoted(words)
    }
}

/// Whether text needs no quotes. Says no to much that would need none.
fn is_plain(words: &str) -> bool {
    let starts = words.starts_with(|c: char| c.is_ascii_alphanumeric() || "_/.$".contains(c));
    let ends = words.ends_with(|c: char| c != ' ' && c != ':');
    let inside = |c: char| c.is_ascii_alphanumeric() || " _/.$-+()@:".contains(c);
    starts
        && ends
        && words.chars().all(inside)
        && !words.contains(": ")
        && !words.starts_with("...")
        && !matches!(words, "y" | "Y" | "n" | "N")
        && matches!(resolve(words), Ok(Plain::Value(Value::Text(_))))
}

fn double_quoted(words: &str) -> String {
    let mut quoted = String::from('"');
    for c in words.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            ' '..='~' => quoted.push(c),
            _ if c > '\u{a0}' && c.is_alphanumeric() => quoted.push(c),
            _ => match u32::from(c) {
                code @ ..=0xff => quoted.push_str(&format!("\\x{code:02x}")),
                code @ ..=0xffff => quoted.push_str(&format!("\\u{code:04x}")),
                code => quoted.push_str(&format!("\\U{code:08x}")),
            },
        }
    }
    quoted.push('"');
    quoted
}
