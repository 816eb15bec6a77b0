//! What a generated header declares.

/// A parameter, or a member of a structure: its type, and its name.
pub type Typed = (String, String);

/// A function, a structure, or a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The name.
    pub name: String,
    /// What a function returns, or `struct`, or `#define` with the value.
    pub kind: String,
    /// Parameters or members.
    pub parts: Vec<Typed>,
}

/// What a header declares.
pub fn parse(text: &str) -> Vec<Declared> {
    let (text, macros) = without_directives(&without_comments(text));
    let mut declared = macros;
    let mut rest = text.as_str();
    while let Some(end) = rest.find([';', '{']) {
        let head = rest[..end].trim();
        if rest[end..].starts_with('{') {
            let close = rest.find("};").expect("the end of a structure");
            if let Some(name) = head.strip_prefix("struct ") {
                let members = rest[end + 1..close].split(';').filter_map(typed).collect();
                declared.push(Declared {
                    name: name.trim().to_owned(),
                    kind: "struct".to_owned(),
                    parts: members,
                });
            }
            rest = &rest[close + 2..];
            continue;
        }
        declared.extend(function(head));
        rest = &rest[end + 1..];
    }
    declared
}

fn function(head: &str) -> Option<Declared> {
    let (before, after) = head.split_once('(')?;
    let (result, name) = typed(before)?;
    let parameters = after.trim_end().strip_suffix(')')?;
    let parts = parameters.split(',').filter_map(typed).collect();
    Some(Declared { name, kind: result, parts })
}

/// A type and a name; a pointer to a function is kept whole.
fn typed(text: &str) -> Option<Typed> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((result, rest)) = text.split_once("(*") {
        let (name, parameters) = rest.split_once(')')?;
        return Some((format!("{} (*){parameters}", result.trim()), name.to_owned()));
    }
    let start = text.rfind(|c: char| !(c.is_alphanumeric() || c == '_'))? + 1;
    let (kind, name) = text.split_at(start);
    // A parameter that is constant itself is the same to who calls.
    let kind = kind.replace(' ', "");
    let kind = kind.strip_suffix("*const").map_or(kind.clone(), |kind| format!("{kind}*"));
    (!name.is_empty()).then(|| (kind.replace('*', " *"), name.to_owned()))
}

fn without_comments(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        plain += before;
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    plain + rest
}

fn without_directives(text: &str) -> (String, Vec<Declared>) {
    let (directives, lines): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| line.starts_with('#'));
    let macros = directives.iter().filter_map(|line| {
        let (name, value) = line.strip_prefix("#define ")?.split_once(' ')?;
        let (name, kind) = (name.to_owned(), format!("#define {value}"));
        Some(Declared { name, kind, parts: Vec::new() })
    });
    let lines: Vec<_> =
        lines.into_iter().filter(|line| !matches!(line.trim(), "extern \"C\" {" | "}")).collect();
    (lines.join("\n"), macros.collect())
}
