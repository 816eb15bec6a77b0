//! A configuration file, of any version.

use std::path::{Path, PathBuf};

use crate::definition::Definition;
use crate::diagnostic::{Diagnostic, Problems};
use crate::include::Search;
use crate::source::Sources;
use crate::v3;
use crate::yaml::{self, Node};

/// What was read of a configuration file, with all that is wrong with it.
#[derive(Debug, Default)]
pub struct Configuration {
    /// The files that were loaded.
    pub sources: Sources,
    /// What is wrong.
    pub problems: Problems,
    /// The version: 2 or 3.
    pub version: Option<u32>,
    /// The configuration with all that it includes and inherits, unless something is wrong.
    pub effective: Option<Node>,
    /// What it defines, unless something is wrong.
    pub definition: Option<Definition>,
    /// The files that it includes, but for those that come with marey.
    pub included: Vec<PathBuf>,
}

impl Configuration {
    /// Reads a file, and what it includes. Nothing in it is run.
    pub fn read(path: &Path, search: &Search) -> Configuration {
        let mut configuration = Configuration::default();
        configuration.load(path, search);
        configuration
    }

    fn load(&mut self, path: &Path, search: &Search) -> Option<()> {
        let file = match self.sources.read(path) {
            Ok(file) => file,
            Err(found) => {
                self.problems.add(found);
                return None;
            }
        };
        let document = yaml::load(&self.sources, file, &mut self.problems)?;
        self.version = self.version_of(&document.root);
        if self.version? == 3 {
            let (effective, included) =
                v3::effective(&document.root, &mut self.sources, search, &mut self.problems);
            (self.effective, self.included) = (effective, included);
            self.definition = v3::build(self.effective.as_ref()?, &mut self.problems);
        }
        Some(())
    }

    /// The tag of version 3 tells it from version 2.
    fn version_of(&mut self, root: &Node) -> Option<u32> {
        match &root.tag {
            Some((tag, _)) if &**tag == v3::TAG => Some(3),
            Some((tag, span)) => {
                let what = format!("unknown tag `{tag}`");
                let help = format!("a configuration of version 3 begins with `--- !<{}>`", v3::TAG);
                self.problems.add(Diagnostic::error(what).at(*span, "unknown").help(help));
                None
            }
            None => {
                let help = format!("a configuration of version 3 begins with `--- !<{}>`", v3::TAG);
                let what = "this is no configuration of version 3";
                self.problems.add(Diagnostic::error(what).at(root.span, "no tag").help(help));
                None
            }
        }
    }
}
