//! Whether two configurations are wire-compatible: whether their tracers write the same bytes for
//! the same calls, and whether a trace of one is understood with the metadata of the other.
//!
//! What is compared is what two definitions say of packets, by the names of streams, events and
//! fields; how the files say it does not matter, nor of which version they are. Where an alignment
//! differs, the bytes are taken to differ, too, though there are packets in which they do not.

mod aspects;
mod compare;
mod members;
mod pairs;
mod place;

use std::path::Path;

use crate::configuration::{Configuration, IsVersion3, Options};
use crate::diagnostic::{Diagnostic, Problems};
use crate::source::{Sources, Span};

/// How many differences are kept. All are counted.
pub const DIFFERENCES_MAX: usize = 1000;

/// What follows from a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Nothing: only words in the metadata differ, or how a value is meant to be shown.
    None,
    /// The bytes are the same, and mean something else.
    Meaning,
    /// Only the first has it: the metadata of the second does not know it.
    Removed,
    /// Only the second has it: the metadata of the first does not know it.
    Added,
    /// The bytes differ.
    Bytes,
}

impl Effect {
    /// The word for it in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::None => "none",
            Effect::Meaning => "meaning",
            Effect::Removed => "removed",
            Effect::Added => "added",
            Effect::Bytes => "bytes",
        }
    }
}

/// Something that two configurations do not say alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What follows from it.
    pub effect: Effect,
    /// What it is about, in words.
    pub what: String,
    /// Where it is in each of the two files, if it is there, and what that says.
    pub sides: [(Option<Span>, String); 2],
    /// What comes of it, in words.
    pub so: Vec<String>,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The same calls write the same bytes, of those calls that both have.
    pub same_bytes: bool,
    /// A trace of the first is understood with the metadata of the second.
    pub first_by_second: bool,
    /// A trace of the second is understood with the metadata of the first.
    pub second_by_first: bool,
}

impl Verdict {
    /// Whether all of it holds.
    pub fn is_compatible(self) -> bool {
        self.same_bytes && self.first_by_second && self.second_by_first
    }
}

/// Two configurations, and in what they differ.
#[derive(Debug)]
pub struct Comparison {
    /// The files of both.
    pub sources: Sources,
    /// What is wrong with them. If there is an error, nothing was compared.
    pub problems: Problems,
    /// The files that were compared are called so.
    pub names: [String; 2],
    /// In what they differ.
    pub differences: Vec<Difference>,
    /// How many differences there are, those that were not kept too.
    pub count: usize,
    /// The answer, unless there was an error.
    pub verdict: Option<Verdict>,
}

impl Comparison {
    /// Reads two files, and compares what they define.
    ///
    /// ```
    /// use marey_generate::configuration::Options;
    /// use marey_generate::diff::{Comparison, Effect};
    ///
    /// let cases = std::path::Path::new("tests/version2/cases");
    /// let [old, new] = [cases.join("event-order.yaml"), cases.join("no-payload.yaml")];
    /// let found = Comparison::read(&old, &new, &Options::default())?;
    /// assert!(!found.verdict.expect("both are right").is_compatible());
    /// assert!(found.differences.iter().any(|found| found.effect == Effect::Removed));
    /// # Ok::<(), marey_generate::configuration::IsVersion3>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Configuration::read_with`].
    pub fn read(first: &Path, second: &Path, options: &Options) -> Result<Self, IsVersion3> {
        let mut first_read = Configuration::read_with(first, options)?;
        let sources = std::mem::take(&mut first_read.sources);
        let second_read = Configuration::read_among(sources, second, options)?;
        let names = [first, second].map(|path| path.display().to_string());
        Ok(Comparison::of(names, first_read, second_read))
    }

    /// The same of texts that are there already, each with what it is called in messages.
    ///
    /// # Errors
    ///
    /// As [`Configuration::read_with`].
    pub fn of_texts(texts: [(&str, &str); 2], options: &Options) -> Result<Self, IsVersion3> {
        let [(first, first_text), (second, second_text)] = texts;
        let mut first_read = Configuration::of_bytes(first, first_text.into(), options)?;
        let sources = std::mem::take(&mut first_read.sources);
        let bytes = second_text.into();
        let second_read = Configuration::of_bytes_among(sources, second, bytes, options)?;
        Ok(Comparison::of([first, second].map(str::to_owned), first_read, second_read))
    }

    fn of(names: [String; 2], first: Configuration, mut second: Configuration) -> Self {
        let sources = std::mem::take(&mut second.sources);
        let mut problems = first.problems.clone();
        for found in second.problems.sorted() {
            problems.add(found.clone());
        }
        let differences = Vec::new();
        let mut comparison =
            Comparison { sources, problems, names, differences, count: 0, verdict: None };
        comparison.compare(&first, &second);
        comparison
    }

    fn compare(&mut self, first: &Configuration, second: &Configuration) {
        let side = |read: &'_ Configuration, name: &str| {
            let definition = read.definition.as_ref()?;
            Some((definition.clone(), read.effective.clone()?, name.to_owned()))
        };
        let [first_name, second_name] = &self.names;
        let (Some(first), Some(second)) = (side(first, first_name), side(second, second_name))
        else {
            return;
        };
        let found = compare::differences([&first, &second].map(|(definition, effective, name)| {
            compare::Side { schema: &definition.schema, effective, name }
        }));
        self.verdict = Some(Verdict::of(&found));
        self.count = found.len();
        self.differences = found.into_iter().take(DIFFERENCES_MAX).collect();
    }
}

impl Verdict {
    fn of(found: &[Difference]) -> Self {
        let has = |effects: &[Effect]| found.iter().any(|found| effects.contains(&found.effect));
        let is_other = has(&[Effect::Bytes, Effect::Meaning]);
        Verdict {
            same_bytes: !has(&[Effect::Bytes]),
            first_by_second: !is_other && !has(&[Effect::Removed]),
            second_by_first: !is_other && !has(&[Effect::Added]),
        }
    }
}

impl Difference {
    /// The difference as a diagnostic, with its places in both files.
    pub fn diagnostic(&self, names: &[String; 2]) -> Diagnostic {
        let found = match self.effect {
            Effect::None => Diagnostic::warning(self.what.as_str()),
            _ => Diagnostic::error(self.what.as_str()),
        };
        let [(first, first_label), (second, second_label)] = &self.sides;
        let found = match (first, second) {
            (Some(first), Some(second)) => {
                found.at(*first, first_label.as_str()).also(*second, second_label.as_str())
            }
            (Some(span), None) => found.at(*span, first_label.as_str()),
            (None, Some(span)) => found.at(*span, second_label.as_str()),
            (None, None) => found,
        };
        let absent = [(first, first_label, &names[0]), (second, second_label, &names[1])];
        let found = absent.into_iter().fold(found, |found, (span, label, name)| {
            match span.is_none() && !label.is_empty() {
                true => found.help(format!("{name}: {label}")),
                false => found,
            }
        });
        self.so.iter().fold(found, |found, so| found.help(so.as_str()))
    }
}
