//! The version of a configuration, without a look at what else it says.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Problems};
use crate::source::Sources;
use crate::v3;
use crate::yaml::{self, Value};

/// The version of a configuration file: 3 if its tag says so, 2 if it is a map without a tag.
/// Nothing else in it is checked, and nothing is included.
///
/// What is wrong goes to `problems`.
pub fn version_of(path: &Path, sources: &mut Sources, problems: &mut Problems) -> Option<u32> {
    let file = match sources.read(path) {
        Ok(file) => file,
        Err(found) => {
            problems.add(found);
            return None;
        }
    };
    let root = yaml::load(sources, file, problems)?.root;
    let found = |found: Diagnostic| {
        found
            .help(format!("version 3 begins with `--- !<{}>`", v3::TAG))
            .help("version 2 is a map without a tag")
    };
    match (&root.tag, &root.value) {
        (Some((tag, _)), _) if &**tag == v3::TAG => Some(3),
        (Some((tag, span)), _) => {
            let what = Diagnostic::error(format!("unknown tag `{tag}`"));
            problems.add(found(what.at(*span, "no version has this tag")));
            None
        }
        (None, Value::Map(_)) => Some(2),
        (None, value) => {
            let what = format!("a configuration is a map, not {}", value.kind());
            problems.add(found(Diagnostic::error(what).at(root.span, "expected a map")));
            None
        }
    }
}
