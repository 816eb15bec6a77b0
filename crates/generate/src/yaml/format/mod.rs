//! Formats a file: indentation, spaces, empty lines. Comments, order and values stay.
//!
//! Lines stay lines: only what stands in front of them and between their tokens changes. [`lex`]
//! takes a file apart, [`layout`] puts it together again. Then both are loaded: if they are not the
//! same, or comments differ, the file is left as it is. So a mistake in here costs a file its
//! format, and never its meaning.

mod layout;
mod lex;

use super::{DEPTH_MAX, Node, emit, load};
use crate::diagnostic::{Diagnostic, Problems};
use crate::source::{FileId, Sources, Span};

/// A format is reached when formatting changes nothing any more; so often it is tried.
const ROUNDS_MAX: usize = 4;

/// The file in the usual format: two spaces for each level, one between tokens, one empty line at
/// most, comments where they stand. It ends with a line feed, as do its lines.
///
/// Nothing comes out if the file has an error, which `problems` then has, or cannot be formatted
/// without a change of what it says.
///
/// ```
/// use marey_generate::{diagnostic::Problems, source::Sources, yaml};
/// let mut sources = Sources::default();
/// let text = "a:   # first\r\n-  1\n-    {b : 2 }\n\n\n\n# last\n";
/// let file = sources.add("a.yaml", text.into())?;
/// let formatted = yaml::format(&sources, file, &mut Problems::default());
/// assert_eq!(formatted.as_deref(), Some("a:   # first\n  - 1\n  - {b: 2}\n\n# last\n"));
/// # Ok::<(), marey_generate::diagnostic::Diagnostic>(())
/// ```
pub fn format(sources: &Sources, file: FileId, problems: &mut Problems) -> Option<String> {
    let before = load(sources, file, problems)?.root;
    let text = sources.text(file);
    match formatted(text, &before) {
        Ok(formatted) => Some(formatted),
        Err((what, at)) => {
            let start = u32::try_from(at.min(text.len())).unwrap_or(u32::MAX);
            let found = Diagnostic::error("this cannot be formatted without changing what it says")
                .at(Span { file, start, end: start }, what)
                .help("the file is left as it is; write this place in another way");
            problems.add(found);
            None
        }
    }
}

/// Why a file is not formatted, and where.
type Refused = (&'static str, usize);

fn formatted(text: &str, before: &Node) -> Result<String, Refused> {
    let comments = lex::comments(text)?;
    let mut last = text.to_owned();
    for _ in 0..ROUNDS_MAX {
        let next = layout::lines(&lex::tokens(&last)?);
        if next == last {
            return check(text, last, &comments, before);
        }
        last = next;
    }
    Err(("it would never come to rest", 0))
}

/// The formatted text, if it says the same.
fn check(
    text: &str,
    formatted: String,
    comments: &[String],
    before: &Node,
) -> Result<String, Refused> {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let file = sources.add("", formatted.clone().into_bytes());
    let after = file.ok().and_then(|file| load(&sources, file, &mut problems));
    let is_same = after.is_some_and(|after| emit(&after.root, 2) == emit(before, 2));
    if !is_same {
        return Err(("it would be read as something else", first_difference(text, &formatted)));
    }
    match lex::comments(&formatted) {
        Ok(after) if after == comments => Ok(formatted),
        _ => Err(("a comment would be lost", first_difference(text, &formatted))),
    }
}

/// About where two texts begin to differ in more than spaces.
fn first_difference(text: &str, other: &str) -> usize {
    let mut others = other.chars().filter(|c| !c.is_whitespace());
    let mut own = text.char_indices().filter(|(_, c)| !c.is_whitespace());
    own.find(|(_, c)| others.next() != Some(*c)).map_or(0, |(at, _)| at)
}
