//! What pages for a person are made of: lines and tables of 80 columns, and numbers in words.

pub mod layout;
pub mod words;

use crate::style::Styles;
use layout::{COLUMNS, styled, width};

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
