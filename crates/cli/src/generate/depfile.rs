//! What make and ninja need to know: which files the outputs were made of.

use std::path::{Path, PathBuf};

/// A rule without a recipe: the outputs depend on the inputs.
pub fn text<'p>(outputs: impl Iterator<Item = &'p Path>, inputs: &[PathBuf]) -> String {
    let outputs: Vec<String> = outputs.map(escaped).collect();
    let inputs: String = inputs.iter().map(|path| format!(" \\\n  {}", escaped(path))).collect();
    format!("{}:{inputs}\n", outputs.join(" "))
}

/// A name as make and ninja read it, with what stands for something else there escaped.
///
/// A backslash before a space stands for itself only if it is doubled; elsewhere it is not.
fn escaped(path: &Path) -> String {
    let name = path.to_string_lossy();
    let mut escaped = String::with_capacity(name.len());
    let mut backslashes = 0;
    for c in name.chars() {
        match c {
            '$' => escaped.push('$'),
            ' ' | '\t' => escaped.extend(std::iter::repeat_n('\\', backslashes + 1)),
            '#' | ':' => escaped.push('\\'),
            _ => {}
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_as_make_reads_them() {
        let rule = |output: &str, inputs: &[&str]| {
            let inputs: Vec<PathBuf> = inputs.iter().map(PathBuf::from).collect();
            text([Path::new(output)].into_iter(), &inputs)
        };
        assert_eq!(rule("a.c", &["c.yaml"]), "a.c: \\\n  c.yaml\n");
        assert_eq!(rule("a.c", &[]), "a.c:\n");
        assert_eq!(
            rule("a b$#.c", &["x\\ y", "x\\y"]),
            "a\\ b$$\\#.c: \\\n  x\\\\\\ y \\\n  x\\y\n"
        );
    }
}
