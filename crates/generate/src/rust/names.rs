//! Names in Rust.

use std::collections::BTreeSet;

use marey_ctf::schema::Scope;

/// What is no name in Rust, but for those of which `r#` makes one (reference §2.2, edition 2024).
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// What a parameter cannot be called: words that are not names even behind `r#`, what a pattern
/// would mean, and variables of the generated code.
const TAKEN: [&str; 16] = [
    "self", "Self", "super", "crate", "_", "Some", "None", "Ok", "Err", "packet", "now", "at",
    "opening", "closing", "end", "word",
];

/// What a type cannot be called: what the generated code itself names.
const TAKEN_TYPES: [&str; 23] = [
    "B",
    "C",
    "P",
    "Backend",
    "Clock",
    "Closing",
    "Layout",
    "NoClock",
    "Opening",
    "Stream",
    "Option",
    "Some",
    "None",
    "Self",
    "From",
    "Clone",
    "Copy",
    "Debug",
    "Eq",
    "Hash",
    "PartialEq",
    "Result",
    "UUID",
];

/// Names of one kind in one place, each of them given once.
pub struct Given(BTreeSet<String>);

impl Given {
    /// Names of types of a module.
    pub fn types() -> Self {
        Given(TAKEN_TYPES.iter().map(|name| (*name).to_owned()).collect())
    }

    /// Names of parameters, none of which is that of a type.
    pub fn parameters(types: &BTreeSet<String>) -> Self {
        let taken = TAKEN.iter().map(|name| (*name).to_owned());
        Given(taken.chain(types.iter().cloned()).collect())
    }

    /// No names so far.
    pub fn constants() -> Self {
        Given(BTreeSet::new())
    }

    /// All of them.
    pub fn into_names(self) -> BTreeSet<String> {
        self.0
    }

    /// This name, or with `_` behind it if it is given.
    pub fn parameter(&mut self, name: &str) -> String {
        let mut own = plain(name);
        while is_variable(&own) || !self.0.insert(own.clone()) {
            own.push('_');
        }
        if KEYWORDS.contains(&own.as_str()) { format!("r#{own}") } else { own }
    }

    /// This name, or with a number behind it if it is given.
    pub fn numbered(&mut self, name: &str) -> String {
        let mut own = name.to_owned();
        let mut number = 2;
        while !self.0.insert(own.clone()) {
            own = format!("{name}{number}");
            number += 1;
        }
        own
    }
}

/// Whether the generated code calls its variables so: `b1`, `p1` and `e1`, or functions.
fn is_variable(name: &str) -> bool {
    let function = name.strip_prefix("marey_end_").or(name.strip_prefix("marey_put_"));
    let number = function.or(name.strip_prefix(['b', 'p', 'e']));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// A name with nothing but letters, digits and `_` in it, and no digit at its start.
pub fn plain(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = name.chars().map(letter).collect();
    let is_word = name.starts_with(|c: char| !c.is_ascii_digit());
    if is_word { name } else { format!("_{name}") }
}

/// The name of a type: `my_stream` is `MyStream`.
pub fn camel(name: &str) -> String {
    let name = plain(name);
    let words = name.split('_').filter_map(|word| {
        let mut letters = word.chars();
        Some(letters.next()?.to_ascii_uppercase().to_string() + letters.as_str())
    });
    words.collect()
}

/// The name of a constant: `a b` is `A_B`.
pub fn constant(label: &str) -> String {
    let name = plain(label).to_ascii_uppercase();
    if name.bytes().all(|b| b == b'_') { format!("{name}NAMELESS") } else { name }
}

/// What a parameter begins with if its name alone does not tell it from others.
pub fn scope_prefix(scope: Scope) -> &'static str {
    match scope {
        Scope::PacketHeader => "ph_",
        Scope::PacketContext => "pc_",
        Scope::EventHeader => "h_",
        Scope::EventCommonContext => "cc_",
        Scope::EventSpecificContext => "sc_",
        Scope::EventPayload => "p_",
    }
}

/// The name of a field of a structure. What is no name even behind `r#` gets `_` behind it; and so
/// does what ends with `_` already, so that `self` and `self_` are two.
pub fn field(name: &str) -> String {
    let own = plain(name);
    match own.trim_end_matches('_') {
        "self" | "Self" | "super" | "crate" | "" => format!("{own}_"),
        _ if KEYWORDS.contains(&own.as_str()) => format!("r#{own}"),
        _ => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names_in_rust() {
        let types = BTreeSet::from(["State".to_owned()]);
        let mut given = Given::parameters(&types);
        let fields = ["type", "self", "b1", "b", "State", "None", "x", "x", "x_", "über", "gen"];
        let names = fields.map(|field| given.parameter(field));
        let expected =
            ["r#type", "self_", "b1_", "b", "State_", "None_", "x", "x_", "x__", "_ber", "r#gen"];
        assert_eq!(names, expected);
        let fields = ["self", "self_", "self__", "_", "__", "crate_", "type", "type_", "selfish_"];
        let expected =
            ["self_", "self__", "self___", "__", "___", "crate__", "r#type", "type_", "selfish_"];
        assert_eq!(fields.map(field), expected);
        let mut types = Given::types();
        assert_eq!(
            ["Clock", "Mode", "Mode"].map(|it| types.numbered(it)),
            ["Clock2", "Mode", "Mode2"]
        );
        assert_eq!(["my_stream", "a", "_1x"].map(camel), ["MyStream", "A", "1x"]);
        assert_eq!(
            ["a b", "1st", "", "+"].map(constant),
            ["A_B", "_1ST", "_NAMELESS", "_NAMELESS"]
        );
    }
}
