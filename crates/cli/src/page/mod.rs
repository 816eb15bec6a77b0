//! What pages for a person are made of: lines and tables of 80 columns, and numbers in words.

pub mod layout;
pub mod words;

use crate::escape;
use crate::inputs::{self, Skipped};
use crate::style::Styles;
use layout::{COLUMNS, styled, width, wrap};
use words::grouped;

/// How many files are listed that are no traces.
const SKIPPED_ROWS_MAX: usize = 10;

/// Whether the reader's character set is UTF-8, as the locale says (POSIX.1-2017 §8.2).
pub fn is_utf8() -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(std::env::var_os);
    set.into_iter().find(|value| !value.is_empty()).is_some_and(|value| {
        let value = value.to_string_lossy().to_ascii_lowercase();
        value.ends_with("utf-8") || value.ends_with("utf8") || value.contains("utf-8@")
    })
}

/// A title in a rule of 80 columns.
pub fn title(name: &str, styles: &Styles, unicode: bool) -> String {
    let rule = if unicode { "─" } else { "-" };
    let name = match width(name) {
        0..=70 => name.to_owned(),
        _ => {
            let more = if unicode { "…" } else { "..." };
            // The end of a path says more than its start.
            let from = name.char_indices().rev().take(66).last().map_or(0, |(at, _)| at);
            format!("{more}{}", &name[from..])
        }
    };
    let rest = (COLUMNS - 4).saturating_sub(width(&name)).max(2);
    let left = styled(styles.dim, &rule.repeat(2));
    let right = styled(styles.dim, &rule.repeat(rest));
    let name = styled(styles.title, &name);
    format!("{left} {name} {right}\n")
}

/// Files that are no traces, and what they are.
pub fn skipped(skipped: &Skipped, styles: &Styles) -> String {
    let mut lines = vec![styled(styles.title, "Not traces")];
    let listed = &skipped.list[..skipped.list.len().min(SKIPPED_ROWS_MAX)];
    for (path, reason) in listed {
        let path = inputs::shown_path(path.as_os_str());
        let text = format!("{path}: {}", escape::terminal(reason));
        let wrapped = wrap(&text, COLUMNS - 4).join("\n    ");
        lines.push(format!("  {wrapped}"));
    }
    let more = skipped.count - listed.len() as u64;
    if more > 0 {
        lines.push(format!("  {}", styled(styles.dim, &format!("and {} more", grouped(more)))));
    }
    lines.join("\n") + "\n"
}
