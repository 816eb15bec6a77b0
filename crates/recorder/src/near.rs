//! "Did you mean" in messages of one line.

use std::fmt;

/// Names that are near.
pub struct Near<S>(pub Vec<S>);

impl<S: AsRef<str>> fmt::Display for Near<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.0)
    }
}

/// Writes what is near, the nearest first; nothing if nothing is.
pub fn write(f: &mut fmt::Formatter<'_>, names: &[impl AsRef<str>]) -> fmt::Result {
    let Some((last, rest)) = names.split_last() else { return Ok(()) };
    f.write_str("; did you mean ")?;
    for (index, name) in rest.iter().enumerate() {
        write!(f, "{}`{}`", if index == 0 { "" } else { ", " }, name.as_ref())?;
    }
    write!(f, "{}`{}`?", if rest.is_empty() { "" } else { " or " }, last.as_ref())
}
