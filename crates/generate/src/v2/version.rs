//! Which version 2 it is, and what came with which.

use super::Compat;
use crate::diagnostic::{Diagnostic, Problems};
use crate::v3;
use crate::yaml::{Key, Node, Value, map_of};

/// A version of the configuration of barectf 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// `'2.0'`
    V2_0,
    /// `'2.1'`: files are included.
    V2_1,
    /// `'2.2'`: there are options, and a default stream.
    V2_2,
}

const VERSIONS: [(&str, Version); 3] =
    [("2.0", Version::V2_0), ("2.1", Version::V2_1), ("2.2", Version::V2_2)];

/// The version that a configuration without a tag says it is of.
pub fn of_root(root: &Node, compat: Compat, problems: &mut Problems) -> Option<Version> {
    let Value::Map(map) = &root.value else {
        let what = format!("a configuration is a map, not {}", root.value.kind());
        problems.add(Diagnostic::error(what).at(root.span, "expected a map").help(HELP.join("; ")));
        return None;
    };
    let Some(node) = map.get("version") else {
        let what = "this says neither that it is of version 2, nor of version 3";
        let found = Diagnostic::error(what).at(root.span, "neither a tag nor `version`");
        let near = map.iter().find(|(key, _)| key.text().eq_ignore_ascii_case("version"));
        let found = match near {
            Some((key, _)) => found.also(key.span, "did you mean `version`?"),
            None => found,
        };
        problems.add(HELP.iter().fold(found, |found, help| found.help(*help)));
        return None;
    };
    of_node(node, compat, problems)
}

const HELP: [&str; 2] = [
    "a configuration of version 2 has `version: '2.2'`",
    "a configuration of version 3 begins with `--- !<tag:barectf.org,2020/3/config>`",
];

fn of_node(node: &Node, compat: Compat, problems: &mut Problems) -> Option<Version> {
    let Value::Text(text) = &node.value else {
        let what = format!("`version` is {}, not a string", node.value.kind());
        let found = Diagnostic::error(what).at(node.span, "expected a string");
        problems.add(match &node.value {
            Value::Float(number) => {
                found.help(format!("put it in quotes: `version: '{number:?}'`"))
            }
            Value::Int(2) => found.help("write `version: '2.0'`, `'2.1'` or `'2.2'`"),
            Value::Int(3) => found.help(HELP[1]),
            _ => found.help(HELP[0]),
        });
        return None;
    };
    let plain = if compat == Compat::Barectf23 { text.trim() } else { text };
    if let Some((_, version)) = VERSIONS.iter().find(|(name, _)| *name == plain) {
        return Some(*version);
    }
    let found = Diagnostic::error(format!("there is no version `{text}`"))
        .at(node.span, "expected one of `2.0`, `2.1`, `2.2`");
    problems.add(match text.trim().starts_with('3') {
        true => found.help(format!("{}, and has no `version`", HELP[1])),
        false => found,
    });
    None
}

/// A configuration of version 3 has no `version`.
pub fn check_tagged(root: &Node, problems: &mut Problems) {
    let Some(key) = root.as_map().and_then(|map| map.get_key("version")) else { return };
    let found = Diagnostic::error("`version` is a property of version 2, and the tag says 3")
        .at(key.span, "take it away, or the tag");
    problems.add(match &root.tag {
        Some((_, tag)) => found.also(*tag, format!("the tag `{}`", v3::TAG)),
        None => found,
    });
}

/// Reports what came with a later version than the file says it is of.
pub fn check(root: &Node, version: Version, problems: &mut Problems) {
    let mut check = Check { version, problems };
    check.object(root, "options", Version::V2_2);
    let Some(metadata) = root.get("metadata") else { return };
    for (name, since) in [
        ("$include", Version::V2_1),
        ("$log-levels", Version::V2_1),
        ("$default-stream", Version::V2_2),
    ] {
        check.object(metadata, name, since);
    }
    if let Some(trace) = metadata.get("trace") {
        check.object(trace, "$include", Version::V2_1);
    }
    for (_, clock) in map_of(metadata.get("clocks")).iter() {
        check.object(clock, "$include", Version::V2_1);
        check.object(clock, "$return-ctype", Version::V2_1);
    }
    for (_, stream) in map_of(metadata.get("streams")).iter() {
        check.object(stream, "$include", Version::V2_1);
        check.object(stream, "$default", Version::V2_2);
        for (_, event) in map_of(stream.get("events")).iter() {
            check.object(event, "$include", Version::V2_1);
        }
    }
}

struct Check<'p> {
    version: Version,
    problems: &'p mut Problems,
}

impl Check<'_> {
    fn object(&mut self, node: &Node, name: &str, since: Version) {
        let key = node.as_map().and_then(|map| map.get_key(name));
        if let Some(key) = key.filter(|_| self.version < since) {
            self.problems.add(too_new(key, since));
        }
    }
}

/// The error about a property that came later.
pub fn too_new(key: &Key, since: Version) -> Diagnostic {
    let (name, _) = VERSIONS.iter().find(|(_, version)| *version == since).unwrap_or(&VERSIONS[0]);
    let found = Diagnostic::error(format!("`{}` came with version {name}", key.text()))
        .at(key.span, "the file says that it is of an earlier one");
    let found = found.help(format!("write `version: '{name}'`"));
    match key.text().strip_prefix('$') {
        Some(old @ ("log-levels" | "return-ctype" | "inherit")) => {
            found.help(format!("before, it was `{old}`"))
        }
        _ => found,
    }
}
