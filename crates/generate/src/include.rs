//! `$include`: files that objects of a configuration are made of.
//!
//! Children of an object come first, then its own files in their order, and its own properties go
//! over them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Problems};
use crate::shape::with_article;
use crate::source::{FileId, Sources, Span};
use crate::yaml::{self, Map, Node, Value};

/// How deep files may include files.
const DEPTH_MAX: usize = 32;

/// The files that come with marey, by version of the configuration.
const PACKAGED: [(u32, &str, &str); 9] = [
    (2, "lttng-ust-log-levels.yaml", include_str!("../include/2/lttng-ust-log-levels.yaml")),
    (2, "stdfloat.yaml", include_str!("../include/2/stdfloat.yaml")),
    (2, "stdint.yaml", include_str!("../include/2/stdint.yaml")),
    (2, "stdmisc.yaml", include_str!("../include/2/stdmisc.yaml")),
    (2, "trace-basic.yaml", include_str!("../include/2/trace-basic.yaml")),
    (3, "lttng-ust-log-levels.yaml", include_str!("../include/3/lttng-ust-log-levels.yaml")),
    (3, "stdint.yaml", include_str!("../include/3/stdint.yaml")),
    (3, "stdmisc.yaml", include_str!("../include/3/stdmisc.yaml")),
    (3, "stdreal.yaml", include_str!("../include/3/stdreal.yaml")),
];

/// Where files to include are looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// In these folders, in this order; then among the files that come with marey.
    pub folders: Vec<PathBuf>,
    /// A file that is nowhere is left out.
    pub ignores_missing: bool,
}

/// A kind of object that may include files.
#[derive(Debug)]
pub struct Kind {
    /// What it is: `trace type`.
    pub what: &'static str,
    /// It may have `$include`.
    pub can_include: bool,
    /// What it holds that may include files, too.
    pub children: &'static [Child],
}

/// What an object holds that may include files.
#[derive(Debug)]
pub struct Child {
    /// The property.
    pub name: &'static str,
    /// It is a map of names to such objects.
    pub is_map: bool,
    /// The kind of those.
    pub kind: &'static Kind,
}

/// Includes files.
pub struct Includer<'a> {
    /// What was loaded so far.
    pub sources: &'a mut Sources,
    /// What was wrong so far.
    pub problems: &'a mut Problems,
    search: &'a Search,
    version: u32,
    /// The lists that are patched by name.
    is_keyed: &'a dyn Fn(&str) -> bool,
    /// The files that are being included, outermost first.
    stack: Vec<PathBuf>,
    loaded: HashMap<PathBuf, Option<Node>>,
    /// `$include` may be null or an empty list.
    pub allows_nothing: bool,
    /// All files that were included.
    pub files: Vec<PathBuf>,
}

impl<'a> Includer<'a> {
    /// Of this version of the configuration.
    pub fn new(
        sources: &'a mut Sources,
        problems: &'a mut Problems,
        search: &'a Search,
        version: u32,
        is_keyed: &'a dyn Fn(&str) -> bool,
    ) -> Self {
        let (stack, loaded, files) = (Vec::new(), HashMap::new(), Vec::new());
        let allows_nothing = false;
        Includer {
            sources,
            problems,
            search,
            version,
            is_keyed,
            stack,
            loaded,
            allows_nothing,
            files,
        }
    }

    /// An object with all that it and its children include.
    pub fn object(&mut self, node: &Node, kind: &Kind) -> Node {
        let Value::Map(map) = &node.value else {
            self.problems.error(
                format!("{} object is a map, not {}", with_article(kind.what), node.value.kind()),
                node.span,
                "expected a map",
            );
            return node.clone();
        };
        let mut map = map.clone();
        for child in kind.children {
            self.child(&mut map, child);
        }
        let own = |map| Node { value: Value::Map(map), ..node.clone() };
        if !kind.can_include {
            return own(map);
        }
        let Some(include) = map.remove("$include") else { return own(map) };
        let is_nothing = include.is_null() || include.as_list().is_some_and(<[Node]>::is_empty);
        if self.allows_nothing && is_nothing {
            return own(map);
        }
        let mut base: Option<Node> = None;
        for (path, span) in self.paths(&include) {
            let Some(found) = self.file(&path, span, kind) else { continue };
            base = Some(match base {
                None => found,
                Some(base) => yaml::patch(base, found, self.is_keyed),
            });
        }
        match base {
            None => own(map),
            Some(base) => Node { span: node.span, ..yaml::patch(base, own(map), self.is_keyed) },
        }
    }

    fn child(&mut self, map: &mut Map, child: &Child) {
        let (Some(key), Some(node)) = (map.get_key(child.name).cloned(), map.get(child.name))
        else {
            return;
        };
        let node = node.clone();
        let node = match (&node.value, child.is_map) {
            (Value::Map(named), true) => {
                let entries = named.iter();
                let entries =
                    entries.map(|(key, node)| (key.clone(), self.object(node, child.kind)));
                Node { value: Value::Map(entries.collect()), ..node.clone() }
            }
            (_, true) => {
                let what = format!("`{}` is a map of names, not {}", child.name, node.value.kind());
                self.problems.error(what, node.span, "expected a map");
                return;
            }
            _ => self.object(&node, child.kind),
        };
        map.set(key, node);
    }

    fn paths(&mut self, include: &Node) -> Vec<(String, Span)> {
        let path = |node: &Node| Some((node.as_text()?.to_owned(), node.span));
        let paths = match &include.value {
            Value::List(nodes) if !nodes.is_empty() => nodes.iter().map(path).collect(),
            _ => path(include).map(|path| vec![path]),
        };
        paths.unwrap_or_else(|| {
            let label = "expected a path, or a list of paths";
            self.problems.error("`$include` names no files", include.span, label);
            Vec::new()
        })
    }

    fn file(&mut self, path: &str, span: Span, kind: &Kind) -> Option<Node> {
        let Some((found, text)) = self.find(path) else {
            if !self.search.ignores_missing {
                self.missing(path, span);
            }
            return None;
        };
        let real = std::fs::canonicalize(&found).unwrap_or_else(|_| found.clone());
        if self.stack.contains(&real) || self.stack.len() >= DEPTH_MAX {
            let what = format!("`{path}` includes itself");
            let found = Diagnostic::error(what).at(span, "this would never end");
            self.problems.add(found.help("take it out of `$include`"));
            return None;
        }
        let node = match self.loaded.get(&real) {
            Some(node) => node.clone(),
            None => {
                let node = self.load(path, &found, text, span);
                self.loaded.insert(real.clone(), node.clone());
                node
            }
        }?;
        // A file that holds nothing adds nothing; to barectf 2.3 it is a mistake.
        if node.is_null() && !self.allows_nothing {
            return None;
        }
        self.stack.push(real);
        let node = self.object(&node, kind);
        self.stack.pop();
        Some(node)
    }

    /// The file's path, and its text if it comes with marey.
    fn find(&self, path: &str) -> Option<(PathBuf, Option<&'static str>)> {
        for folder in &self.search.folders {
            let path = folder.join(path);
            if path.is_file() {
                return Some((path, None));
            }
        }
        let is_it = |(version, name, _): &&(u32, &str, &str)| {
            *version == self.version && Path::new(path) == Path::new(name)
        };
        let (_, name, text) = PACKAGED.iter().find(is_it)?;
        Some((Path::new("(marey)").join(name), Some(text)))
    }

    fn missing(&mut self, path: &str, span: Span) {
        let folders: Vec<_> =
            self.search.folders.iter().map(|folder| format!("`{}`", folder.display())).collect();
        let names = PACKAGED.iter().filter(|(version, ..)| *version == self.version);
        let found = Diagnostic::error(format!("`{path}` is nowhere"))
            .at(span, "no such file")
            .help(match folders.is_empty() {
                true => "looked among marey's own files only".to_owned(),
                false => format!("looked in {}, and among marey's own files", folders.join(", ")),
            })
            .help_nearest(path, names.map(|(_, name, _)| *name));
        self.problems.add(found);
    }

    fn load(
        &mut self,
        path: &str,
        found: &Path,
        text: Option<&'static str>,
        span: Span,
    ) -> Option<Node> {
        let loaded: Result<FileId, _> = match text {
            Some(text) => self.sources.add(format!("(marey)/{path}"), text.as_bytes().to_vec()),
            None => {
                self.files.push(found.to_owned());
                self.sources.read(found)
            }
        };
        let file = match loaded {
            Ok(file) => file,
            Err(found) => {
                let found =
                    if found.span.is_none() { found.at(span, "included here") } else { found };
                self.problems.add(found);
                return None;
            }
        };
        self.sources.set_included_at(file, span);
        let node = yaml::load(self.sources, file, self.problems)?.root;
        if let Some((_, tag)) = &node.tag {
            let what = "a file that is included has no tag";
            let label = "this says that it is a whole configuration";
            self.problems.add(Diagnostic::error(what).at(*tag, label).help("take the tag away"));
            return None;
        }
        Some(node)
    }
}
