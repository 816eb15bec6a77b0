//! The rules of the house that no compiler checks.
//!
//! Each finding names its rule and what to do instead. A line may ask to be left alone, with a
//! reason, on itself or on the line above: `tidy: allow(RULE): REASON`.

mod house;
pub mod lex;
mod rust;
mod words;

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::Path;

/// One breach of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the repository's root.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The rule's name, as `tidy: allow(…)` takes it.
    pub rule: &'static str,
    /// What is wrong.
    pub what: String,
    /// What to do instead.
    pub instead: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { path, line, rule, what, instead } = self;
        write!(f, "{path}:{line}: {rule}: {what}, instead {instead}")
    }
}

/// One file of the repository.
#[derive(Debug)]
pub struct File {
    /// The path from the repository's root, with `/`.
    pub path: String,
    /// What it says; empty when it is not text.
    pub text: String,
}

impl File {
    fn has_ending(&self, ending: &str) -> bool {
        self.path.ends_with(ending)
    }

    /// Test data may say anything.
    fn is_data(&self) -> bool {
        self.path.starts_with("corpus/") || self.path.starts_with("fuzz/seeds/")
    }

    /// Files that only tests are made of.
    fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    fn finding(
        &self,
        line: usize,
        rule: &'static str,
        what: String,
        instead: &'static str,
    ) -> Finding {
        Finding { path: self.path.clone(), line, rule, what, instead }
    }

    /// Whether `line`, or the one above it, asks to be left alone by `rule`.
    fn allows(&self, rule: &str, line: usize) -> bool {
        let mark = format!("tidy: allow({rule}): ");
        let lines =
            self.text.lines().skip(line.saturating_sub(2)).take(if line > 1 { 2 } else { 1 });
        lines.into_iter().any(|text| {
            let reason = text.split_once(&mark).map(|(_, reason)| reason.trim());
            reason.is_some_and(|reason| reason.contains(char::is_alphanumeric))
        })
    }
}

/// The repository, as tidy sees it.
#[derive(Debug, Default)]
pub struct Repository {
    /// All tracked files.
    pub files: Vec<File>,
    /// Files in `corpus/` that git does not know.
    pub strays: Vec<String>,
}

impl Repository {
    /// Reads the repository at `root`: what git tracks, or all that is there where git can't say.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn read(root: &Path) -> io::Result<Self> {
        let paths = crate::tracked(root)?;
        let strays = crate::git(root, &["ls-files", "-z", "--others", "--", "corpus"]);
        let strays = strays.unwrap_or_default();
        let read = |path: String| {
            let bytes = std::fs::read(root.join(&path)).ok()?;
            Some(File { path, text: String::from_utf8(bytes).unwrap_or_default() })
        };
        Ok(Repository { files: paths.into_iter().filter_map(read).collect(), strays })
    }

    /// All findings, in the order of files and lines.
    pub fn tidy(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let paths: BTreeSet<&str> = self.files.iter().map(|file| file.path.as_str()).collect();
        for file in self.files.iter().filter(|file| !file.is_data()) {
            let mut found = Vec::new();
            if file.has_ending(".rs") {
                let source = rust::Source::new(file);
                rust::check(&source, &mut found);
                house::check_source(self, &source, &mut found);
            }
            words::check(file, &paths, &self.files, &mut found);
            found.retain(|finding| !file.allows(finding.rule, finding.line));
            findings.append(&mut found);
        }
        house::check(self, &mut findings);
        findings.sort();
        findings
    }

    fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

#[cfg(test)]
mod tests;
