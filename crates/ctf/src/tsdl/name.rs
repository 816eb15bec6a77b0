//! Names: which are identifiers, which are reserved, and how those are escaped.

/// What the grammar keeps for itself (CTF 1.8).
const RESERVED: [&str; 28] = [
    "align",
    "callsite",
    "char",
    "clock",
    "const",
    "double",
    "enum",
    "env",
    "event",
    "float",
    "floating_point",
    "int",
    "integer",
    "long",
    "short",
    "signed",
    "stream",
    "string",
    "struct",
    "trace",
    "typealias",
    "typedef",
    "unsigned",
    "variant",
    "void",
    "_Bool",
    "_Complex",
    "_Imaginary",
];

/// Whether the grammar can read it as a name (CTF 1.8): letters of ASCII, digits and `_`, no digit
/// first. So it is a name in C, too; it may be a reserved word.
pub fn is_identifier(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether the grammar means something else by it.
pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// The name as readers give it back: they drop one underscore from its start (CTF 1.8).
pub(super) fn escape(name: &str) -> String {
    if name.starts_with('_') || is_reserved(name) { format!("_{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_an_underscore_or_is_reserved_gets_one() {
        let escaped = ["x", "int", "_int", "__len", "interest"].map(escape);
        assert_eq!(escaped, ["x", "_int", "__int", "___len", "interest"]);
    }

    #[test]
    fn an_identifier_is_one_of_c() {
        let names = ["a1", "_", "1a", "", "a-b", "ä", "a b"];
        assert_eq!(names.map(is_identifier), [true, true, false, false, false, false, false]);
    }
}
