//! Version 2 of the configuration, that of barectf 2.
//!
//! barectf 2.3 and barectf 3.1 both read it, and do not make the same of it; [`Compat`] says whose
//! way it is. The steps are theirs: files are included, aliases of field types are put in, field
//! types inherit, names of log levels become numbers. What comes out is checked against [`shapes`]
//! and by [`checks`]. Then [`build`] makes a definition of it as barectf 2.3 does; or [`convert`]
//! makes a configuration of version 3 of it, as barectf 3.1 does, or, with what [`explicit`] adds,
//! as barectf 2.3 means it. [`gaps`] warns of what the two do not do alike.

mod access;
mod build;
mod checks;
mod clocks;
mod convert;
mod explicit;
mod fields;
mod gaps;
mod inherit;
mod labels;
mod levels;
mod limits;
mod numbers;
mod orders;
mod shapes;
mod types;
mod version;

pub use gaps::Comparison;
pub use version::{Version, check_tagged, of_root};

use std::path::PathBuf;

use crate::definition::Definition;
use crate::diagnostic::Problems;
use crate::include::{Child, Includer, Kind, Search};
use crate::shape::{check, json_schema};
use crate::source::Sources;
use crate::v3;
use crate::yaml::Node;

/// Whose way to read a configuration of version 2 is taken, and whose tracer is made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Compat {
    /// That of barectf 2.3.1: `2.3`.
    #[default]
    Barectf23,
    /// That of barectf 3.1.2: `3.1`.
    Barectf31,
}

impl Compat {
    /// The word for it: `2.3` or `3.1`.
    pub fn as_str(self) -> &'static str {
        match self {
            Compat::Barectf23 => "2.3",
            Compat::Barectf31 => "3.1",
        }
    }

    /// What the word stands for.
    pub fn parse(text: &str) -> Option<Self> {
        [Compat::Barectf23, Compat::Barectf31].into_iter().find(|compat| compat.as_str() == text)
    }
}

static CONFIGURATION_KIND: Kind = Kind {
    what: "configuration",
    can_include: false,
    children: &[Child { name: "metadata", is_map: false, kind: &METADATA }],
};
static METADATA: Kind = Kind {
    what: "metadata",
    can_include: true,
    children: &[
        Child { name: "trace", is_map: false, kind: &TRACE },
        Child { name: "clocks", is_map: true, kind: &CLOCK },
        Child { name: "streams", is_map: true, kind: &STREAM },
    ],
};
static TRACE: Kind = Kind { what: "trace", can_include: true, children: &[] };
static CLOCK: Kind = Kind { what: "clock", can_include: true, children: &[] };
static STREAM: Kind = Kind {
    what: "stream",
    can_include: true,
    children: &[Child { name: "events", is_map: true, kind: &EVENT }],
};
static EVENT: Kind = Kind { what: "event", can_include: true, children: &[] };

/// What one of the two takes when includes, aliases and inheritance are resolved, as JSON Schema
/// (draft 2020-12).
pub fn schema(compat: Compat) -> serde_json::Value {
    let title = format!("A configuration of version 2, as barectf {} takes it", compat.as_str());
    json_schema(shapes::configuration(compat), &title)
}

/// What was read.
#[derive(Debug, Default)]
pub struct Read {
    /// The configuration with all that it includes and inherits, unless something is wrong: a
    /// configuration of version 2 as barectf 2.3 would read it, or of version 3 as barectf 3.1
    /// does.
    pub effective: Option<Node>,
    /// What it defines, unless something is wrong.
    pub definition: Option<Definition>,
    /// The files that it includes.
    pub included: Vec<PathBuf>,
    /// What of the warnings matters to a conversion to version 3.
    pub comparison: Comparison,
}

/// Reads a configuration of version 2 in the way of one barectf.
pub fn read(
    root: &Node,
    version: Version,
    compat: Compat,
    sources: &mut Sources,
    search: &Search,
    problems: &mut Problems,
) -> Read {
    let mut read = Read::default();
    let Some(root) = with_includes(root, version, compat, sources, search, problems, &mut read)
    else {
        return read;
    };
    if compat == Compat::Barectf23 {
        version::check(&root, version, problems);
    }
    let expanded = fields::expanded(&root, version, compat, problems);
    check(&expanded, shapes::configuration(compat), sources, problems);
    checks::check(&expanded, compat, problems);
    if problems.has_errors() {
        return read;
    }
    read.comparison = gaps::warn(&root, &expanded, version, problems);
    match compat {
        Compat::Barectf23 => {
            read.definition = build::build(&expanded, problems);
            read.effective = Some(expanded);
        }
        Compat::Barectf31 => {
            let converted = v3::normal(&convert::converted(&expanded, compat));
            if check(&converted, &v3::CONFIGURATION, sources, problems) {
                read.definition = v3::build(&converted, problems);
                read.effective = Some(converted);
            }
        }
    }
    read
}

/// A configuration of version 2 that was read as barectf 2.3 does, as one of version 3 that means
/// the same as far as version 3 can say it. Nothing comes out if a part of it cannot be said at
/// all, which `problems` then has, with its place in version 2.
pub fn to_version_3(effective: &Node, sources: &Sources, problems: &mut Problems) -> Option<Node> {
    let explicit = explicit::explicit(effective);
    let converted = v3::normal(&convert::converted(&explicit, Compat::Barectf23));
    check(&converted, &v3::CONFIGURATION, sources, problems).then_some(converted)
}

/// The configuration with what it includes. barectf 2.3 includes nothing in version 2.0.
fn with_includes(
    root: &Node,
    version: Version,
    compat: Compat,
    sources: &mut Sources,
    search: &Search,
    problems: &mut Problems,
    read: &mut Read,
) -> Option<Node> {
    if compat == Compat::Barectf23 && version < Version::V2_1 {
        return Some(root.clone());
    }
    let is_keyed = |_: &str| false;
    let mut includer = Includer::new(sources, problems, search, 2, &is_keyed);
    includer.allows_nothing = compat == Compat::Barectf23;
    let root = includer.object(root, &CONFIGURATION_KIND);
    read.included = std::mem::take(&mut includer.files);
    (!problems.has_errors()).then_some(root)
}
