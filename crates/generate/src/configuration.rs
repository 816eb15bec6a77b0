//! A configuration file, of any version.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::definition::Definition;
use crate::diagnostic::{Diagnostic, Problems};
use crate::include::Search;
use crate::source::{FileId, Sources};
use crate::v2::{self, Comparison, Compat};
use crate::v3;
use crate::yaml::{self, Document, Node};

/// What was read of a configuration file, with all that is wrong with it.
#[derive(Debug, Default)]
pub struct Configuration {
    /// The files that were loaded.
    pub sources: Sources,
    /// What is wrong.
    pub problems: Problems,
    /// The version: 2 or 3.
    pub version: Option<u32>,
    /// Whose way it was read, if it is of version 2.
    pub compat: Option<Compat>,
    /// The configuration with all that it includes and inherits, unless something is wrong. One of
    /// version 2 that is read as barectf 3.1 does becomes one of version 3.
    pub effective: Option<Node>,
    /// What it defines, unless something is wrong.
    pub definition: Option<Definition>,
    /// The files that it includes, but for those that come with marey.
    pub included: Vec<PathBuf>,
    /// What of the warnings matters to a conversion to version 3.
    comparison: Comparison,
}

/// A configuration of version 2 as one of version 3.
#[derive(Debug)]
pub struct Conversion {
    /// The configuration of version 3, unless something in it cannot be said there at all.
    pub effective: Option<Node>,
    /// What is wrong, and all that version 3 cannot say: a warning each.
    pub problems: Problems,
    /// How much version 3 cannot say.
    pub losses: usize,
}

/// How to read a configuration file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where files to include are looked for.
    pub search: Search,
    /// Whose way to read version 2 is taken; that of barectf 2.3 if nothing is said.
    pub compat: Option<Compat>,
}

/// A configuration of version 3 is read in one way: that of barectf 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsVersion3;

impl fmt::Display for IsVersion3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "barectf 2.3 does not read version 3 of the configuration, which this file is of",
        )
    }
}

impl std::error::Error for IsVersion3 {}

impl Configuration {
    /// Reads a file, and what it includes. Nothing in it is run. Version 2 is read as barectf 2.3
    /// does.
    pub fn read(path: &Path, search: &Search) -> Configuration {
        let mut configuration = Configuration::default();
        configuration.load(path, search, Compat::default());
        configuration
    }

    /// The same with more to choose.
    ///
    /// ```
    /// # use marey_generate::configuration::{Configuration, Options};
    /// # use marey_generate::v2::Compat;
    /// let options = Options { compat: Some(Compat::Barectf31), ..Options::default() };
    /// let configuration = Configuration::read_with("absent.yaml".as_ref(), &options)?;
    /// assert!(configuration.problems.has_errors());
    /// # Ok::<(), marey_generate::configuration::IsVersion3>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the way of barectf 2.3 is asked for, and the file is of version 3.
    pub fn read_with(path: &Path, options: &Options) -> Result<Configuration, IsVersion3> {
        let mut configuration = Configuration::default();
        let compat = options.compat.unwrap_or_default();
        configuration.load(path, &options.search, compat);
        configuration.unless_version_3(options)
    }

    /// The same beside what other files were read, so that messages can name places in all of them.
    ///
    /// # Errors
    ///
    /// As [`Configuration::read_with`].
    pub(crate) fn read_among(
        sources: Sources,
        path: &Path,
        options: &Options,
    ) -> Result<Configuration, IsVersion3> {
        let mut configuration = Configuration { sources, ..Configuration::default() };
        configuration.load(path, &options.search, options.compat.unwrap_or_default());
        configuration.unless_version_3(options)
    }

    /// The same of a text that is there already, and is called `name` in messages.
    ///
    /// # Errors
    ///
    /// As [`Configuration::read_with`].
    pub fn of_bytes(
        name: &str,
        bytes: Vec<u8>,
        options: &Options,
    ) -> Result<Configuration, IsVersion3> {
        Configuration::of_bytes_among(Sources::default(), name, bytes, options)
    }

    /// The same beside what other files were read.
    ///
    /// # Errors
    ///
    /// As [`Configuration::read_with`].
    pub(crate) fn of_bytes_among(
        sources: Sources,
        name: &str,
        bytes: Vec<u8>,
        options: &Options,
    ) -> Result<Configuration, IsVersion3> {
        let mut configuration = Configuration { sources, ..Configuration::default() };
        let file = configuration.sources.add(name, bytes);
        configuration.load_file(file, &options.search, options.compat.unwrap_or_default());
        configuration.unless_version_3(options)
    }

    fn unless_version_3(self, options: &Options) -> Result<Configuration, IsVersion3> {
        match (options.compat, self.version) {
            (Some(Compat::Barectf23), Some(3)) => Err(IsVersion3),
            _ => Ok(self),
        }
    }

    fn load(&mut self, path: &Path, search: &Search, compat: Compat) -> Option<()> {
        let file = self.sources.read(path);
        self.load_file(file, search, compat)
    }

    fn load_file(
        &mut self,
        file: Result<FileId, Diagnostic>,
        search: &Search,
        compat: Compat,
    ) -> Option<()> {
        let file = match file {
            Ok(file) => file,
            Err(found) => {
                self.problems.add(found);
                return None;
            }
        };
        let document = yaml::load(&self.sources, file, &mut self.problems)?;
        match &document.root.tag {
            Some(_) => self.load_tagged(&document, search),
            None => self.load_version_2(&document, search, compat),
        }
    }

    fn load_tagged(&mut self, document: &Document, search: &Search) -> Option<()> {
        let (tag, span) = document.root.tag.as_ref()?;
        if &**tag != v3::TAG {
            let help = format!("a configuration of version 3 begins with `--- !<{}>`", v3::TAG);
            let found = Diagnostic::error(format!("unknown tag `{tag}`"))
                .at(*span, "no version has this tag");
            self.problems.add(found.help(help));
            return None;
        }
        self.version = Some(3);
        v2::check_tagged(&document.root, &mut self.problems);
        let (effective, included) =
            v3::effective(&document.root, &mut self.sources, search, &mut self.problems);
        (self.effective, self.included) = (effective, included);
        self.definition = v3::build(self.effective.as_ref()?, &mut self.problems);
        Some(())
    }

    fn load_version_2(
        &mut self,
        document: &Document,
        search: &Search,
        compat: Compat,
    ) -> Option<()> {
        let version = v2::of_root(&document.root, compat, &mut self.problems)?;
        (self.version, self.compat) = (Some(2), Some(compat));
        let (sources, problems) = (&mut self.sources, &mut self.problems);
        let read = v2::read(&document.root, version, compat, sources, search, problems);
        (self.effective, self.definition) = (read.effective, read.definition);
        (self.included, self.comparison) = (read.included, read.comparison);
        Some(())
    }

    /// The same in version 3, if this was read and is of version 2. It means what the way means in
    /// which this was read, as far as version 3 can say that.
    ///
    /// ```
    /// # use marey_generate::configuration::{Configuration, Options};
    /// # use marey_generate::yaml;
    /// let text = include_str!("../tests/version2/cases/event-order.yaml");
    /// let read = Configuration::of_bytes("old.yaml", text.into(), &Options::default())?;
    /// let conversion = read.to_version_3().expect("it is of version 2");
    /// assert_eq!(conversion.losses, 1, "version 3 numbers events by name");
    /// let text = yaml::emit(&conversion.effective.expect("it can be said"), 2);
    /// assert!(text.starts_with("--- !<tag:barectf.org,2020/3/config>\n"));
    /// # Ok::<(), marey_generate::configuration::IsVersion3>(())
    /// ```
    pub fn to_version_3(&self) -> Option<Conversion> {
        let (compat, effective) = (self.compat?, self.effective.as_ref()?);
        let mut problems = Problems::default();
        for found in self.problems.sorted() {
            if compat == Compat::Barectf31 || !self.comparison.kept.contains(found) {
                problems.add(found.clone());
            }
        }
        if compat == Compat::Barectf31 {
            let effective = Some(effective.clone());
            return Some(Conversion { effective, problems, losses: 0 });
        }
        let losses = self.comparison.losses;
        let effective = v2::to_version_3(effective, &self.sources, &mut problems);
        Some(Conversion { effective, problems, losses })
    }
}
