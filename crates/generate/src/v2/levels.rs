//! Names of log levels.

use super::Compat;
use crate::diagnostic::{Diagnostic, Problems};
use crate::yaml::map_of;
use crate::yaml::{Map, Node, Value};

/// Takes the names of log levels out of the metadata.
pub fn taken_out(map: &mut Map, compat: Compat, problems: &mut Problems) -> Map {
    let key = map.get_key("log-levels").cloned();
    let (old, new) = (map.remove("log-levels"), map.remove("$log-levels"));
    if let (Some(key), Some(old), Some(new)) = (key, &old, &new) {
        let counts = compat == Compat::Barectf31 || !old.is_null() && !new.is_null();
        if counts {
            let what = "a metadata object has either `$log-levels` or `log-levels`";
            let found = Diagnostic::error(what).at(key.span, "this is the old name");
            problems.add(found.also(new.span, "these are there, too"));
        }
    }
    let node = new.filter(|node| !node.is_null()).or(old);
    if let Some(node) = node.as_ref().filter(|node| !node.is_null() && node.as_map().is_none()) {
        let what = format!("log levels are {}", node.value.kind());
        problems.error(what, node.span, "expected a map of names");
    }
    let levels = map_of(node.as_ref());
    for (_, level) in levels.iter() {
        let is_default = level.is_null() && compat == Compat::Barectf31;
        if !is_default && level.as_int().is_none_or(|level| level < 0) {
            let what = format!("a log level is a number from 0 on, not {}", level.value.kind());
            problems.error(what, level.span, "expected an integer from 0 on");
        }
    }
    levels
}

/// The number of a log level.
pub fn number(node: &Node, levels: &Map, problems: &mut Problems) -> Node {
    let Value::Text(name) = &node.value else { return node.clone() };
    if let Some(level) = levels.get(name) {
        return Node { span: node.span, ..level.clone() };
    }
    let found = Diagnostic::error(format!("there is no log level `{name}`"))
        .at(node.span, "not among the log levels of the metadata")
        .help_nearest(name, levels.iter().map(|(key, _)| key.text()));
    problems.add(match levels.is_empty() {
        true => found.help("`$include: [lttng-ust-log-levels.yaml]` in the metadata defines names"),
        false => found,
    });
    node.clone()
}
