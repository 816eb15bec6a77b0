//! Version 3 of the configuration, that of barectf 3.
//!
//! The steps are barectf's: files are included, aliases of field types are put in, field types
//! inherit, names of log levels become numbers. What comes out is checked against
//! [`shapes`], and the [`build`] makes a definition of it.

mod build;
mod compound;
mod compound_shapes;
mod features;
mod fields;
mod normal;
mod numbers;
mod shapes;
mod types;

pub use build::build;
pub(crate) use normal::normal;
pub use shapes::CONFIGURATION;

use crate::diagnostic::Problems;
use crate::include::{Child, Includer, Kind, Search};
use crate::shape::check;
use crate::source::Sources;
use crate::yaml::Node;

/// The tag by which a configuration says that it is of version 3.
pub const TAG: &str = "tag:barectf.org,2020/3/config";

static CONFIGURATION_KIND: Kind = Kind {
    what: "configuration",
    can_include: false,
    children: &[Child { name: "trace", is_map: false, kind: &TRACE }],
};
static TRACE: Kind = Kind {
    what: "trace",
    can_include: true,
    children: &[Child { name: "type", is_map: false, kind: &TRACE_TYPE }],
};
static TRACE_TYPE: Kind = Kind {
    what: "trace type",
    can_include: true,
    children: &[
        Child { name: "clock-types", is_map: true, kind: &CLOCK },
        Child { name: "data-stream-types", is_map: true, kind: &STREAM },
    ],
};
static CLOCK: Kind = Kind { what: "clock type", can_include: true, children: &[] };
static STREAM: Kind = Kind {
    what: "data stream type",
    can_include: true,
    children: &[Child { name: "event-record-types", is_map: true, kind: &EVENT }],
};
static EVENT: Kind = Kind { what: "event record type", can_include: true, children: &[] };

/// Whether the lists of a property are patched by name.
pub fn is_keyed(property: &str) -> bool {
    matches!(property, "members" | "options")
}

/// The configuration with all that it includes, inherits and calls by other names, and without
/// what is `null`; and the files that it includes.
///
/// Nothing comes out if something is wrong.
pub fn effective(
    root: &Node,
    sources: &mut Sources,
    search: &Search,
    problems: &mut Problems,
) -> (Option<Node>, Vec<std::path::PathBuf>) {
    let mut includer = Includer::new(sources, problems, search, 3, &is_keyed);
    let root = includer.object(root, &CONFIGURATION_KIND);
    let files = std::mem::take(&mut includer.files);
    if problems.has_errors() {
        return (None, files);
    }
    let expanded = fields::expanded(&root, problems);
    numbers::check(&expanded, problems);
    // What is wrong so far is left out of it, so that all problems are told at once.
    if !check(&expanded, &CONFIGURATION, sources, problems) || problems.has_errors() {
        return (None, files);
    }
    (Some(normal(&expanded)), files)
}
