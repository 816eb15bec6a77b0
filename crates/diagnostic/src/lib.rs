//! What is wrong with a file that people write, where, why, and what to do.
//!
//! Configurations and programs are files that people write. A [`source::Sources`] keeps their
//! text; a [`Diagnostic`] names a place in it, what was expected there, and what to do;
//! [`Problems`] gathers all of them, and [`render`] and [`json()`] say them to people and to
//! programs.
#![forbid(unsafe_code)]

mod columns;
mod json;
mod nearest;
mod render;
pub mod source;
mod window;

pub use columns::COLUMNS_MAX;
pub use columns::beginning;
pub use json::{json, place};
pub use nearest::nearest;
pub use render::{render, render_as};

use crate::source::{FileId, Span};

/// How many errors, and how many warnings, are kept. All are counted.
pub const KEPT_MAX: usize = 100;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// It can be done, but is likely not what was meant.
    Warning,
}

impl Severity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing that is wrong.
///
/// ```
/// # use marey_diagnostic::{Diagnostic, Problems, source::Sources};
/// # let mut sources = Sources::default();
/// # let file = sources.add("a.yaml", b"size: 99".to_vec())?;
/// # let span = marey_diagnostic::source::Span { file, start: 6, end: 8 };
/// # let mut problems = Problems::default();
/// let wrong = Diagnostic::error("`size` is 99").at(span, "expected 1 to 64");
/// problems.add(wrong.help("use an array for more than 64 bits"));
/// # Ok::<(), Diagnostic>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    // Functions return it as their error: a pointer keeps their answers small.
    parts: Box<Parts>,
}

/// What a [`Diagnostic`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong. Begins in lower case and has no full stop.
    pub what: String,
    /// Where.
    pub span: Option<Span>,
    /// A few words for that place, such as what was expected there.
    pub label: String,
    /// Other places that belong to it, and what each is.
    pub also: Vec<(Span, String)>,
    /// Where the file is included, innermost first. Empty: as its source says.
    pub included_from: Vec<Span>,
    /// What to do.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error.
    pub fn error(what: impl Into<String>) -> Self {
        Self::new(Severity::Error, what.into())
    }

    /// A warning.
    pub fn warning(what: impl Into<String>) -> Self {
        Self::new(Severity::Warning, what.into())
    }

    fn new(severity: Severity, what: String) -> Self {
        let (also, included_from, help) = (Vec::new(), Vec::new(), Vec::new());
        let (span, label) = (None, String::new());
        let parts = Parts { severity, what, span, label, also, included_from, help };
        Self { parts: Box::new(parts) }
    }

    /// Says where it is, and a few words for that place.
    #[must_use]
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.parts.span = Some(span);
        self.parts.label = label.into();
        self
    }

    /// Adds another place that belongs to it.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.parts.also.push((span, text.into()));
        self
    }

    /// Says where the file is included, innermost first, when its source does not.
    #[must_use]
    pub fn included_from(mut self, chain: Vec<Span>) -> Self {
        self.parts.included_from = chain;
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.parts.help.push(text.into());
        self
    }

    /// Adds "did you mean", when one of the candidates is near `name`.
    #[must_use]
    pub fn help_nearest<'a>(
        self,
        name: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.help_names(&nearest(name, candidates))
    }

    /// Adds "did you mean" with these names, if there are any.
    #[must_use]
    pub fn help_names(self, names: &[impl AsRef<str>]) -> Self {
        let names: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
        match names.split_last() {
            None => self,
            Some((last, [])) => self.help(format!("did you mean {last}?")),
            Some((last, rest)) => self.help(format!("did you mean {} or {last}?", rest.join(", "))),
        }
    }
}

impl std::ops::Deref for Diagnostic {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

/// All that was found to be wrong. What is found twice counts once.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    kept: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
}

impl Problems {
    /// Adds what was found.
    pub fn add(&mut self, found: Diagnostic) {
        if self.kept.contains(&found) {
            return;
        }
        let count = match found.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count <= KEPT_MAX {
            self.kept.push(found);
        }
    }

    /// Adds an error at a place.
    pub fn error(&mut self, what: impl Into<String>, span: Span, label: impl Into<String>) {
        self.add(Diagnostic::error(what).at(span, label));
    }

    /// Adds a warning at a place.
    pub fn warning(&mut self, what: impl Into<String>, span: Span, label: impl Into<String>) {
        self.add(Diagnostic::warning(what).at(span, label));
    }

    /// Whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Whether there is an error at this place already.
    pub fn has_error_at(&self, span: Span) -> bool {
        let is_it =
            |found: &Diagnostic| found.severity == Severity::Error && found.span == Some(span);
        self.kept.iter().any(is_it)
    }

    /// How many errors there are, those that were not kept too.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// How many warnings there are, those that were not kept too.
    pub fn warnings(&self) -> usize {
        self.warnings
    }

    /// How many were counted, but not kept.
    pub fn dropped(&self) -> usize {
        self.errors + self.warnings - self.kept.len()
    }

    /// Those that were kept, by file and place; those without a place come first.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let place = |found: &&Diagnostic| -> Option<(FileId, u32)> {
            found.span.map(|span| (span.file, span.start))
        };
        let mut sorted: Vec<&Diagnostic> = self.kept.iter().collect();
        sorted.sort_by_key(place);
        sorted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_do_not_crowd_out_errors() {
        let mut problems = Problems::default();
        for number in 0..2 * KEPT_MAX {
            problems.add(Diagnostic::warning(format!("warning {number}")));
        }
        assert!(!problems.has_errors());
        problems.add(Diagnostic::error("an error"));
        problems.add(Diagnostic::error("an error"));
        assert_eq!((problems.errors(), problems.warnings()), (1, 2 * KEPT_MAX));
        assert_eq!((problems.sorted().len(), problems.dropped()), (KEPT_MAX + 1, KEPT_MAX));
    }

    #[test]
    fn a_wrong_name_gets_the_nearest() {
        let help = |name| {
            Diagnostic::error("x").help_nearest(name, ["size", "sizes", "align"]).help.clone()
        };
        assert_eq!(help("sizs"), ["did you mean `size` or `sizes`?"]);
        assert_eq!(help("aling"), ["did you mean `align`?"]);
        assert_eq!(help("unrelated"), Vec::<String>::new());
    }
}
