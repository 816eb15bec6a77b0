//! Colour: on a terminal only, sixteen colours, bold and dim.

use std::io::IsTerminal as _;

use anstyle::{AnsiColor, Style};

use crate::args::{Common, When};

/// No colour, neither bold nor dim.
pub const PLAIN: Style = Style::new();

/// The styles that words are shown in; all plain if there is no colour.
#[derive(Clone, Copy, Debug)]
pub struct Styles {
    /// Titles.
    pub title: Style,
    /// What stands beside what matters.
    pub dim: Style,
    /// Names of things.
    pub name: Style,
    /// Numbers and bars.
    pub bar: Style,
    /// Something was lost or damaged.
    pub bad: Style,
}

impl Styles {
    /// The styles for standard output.
    pub fn stdout(common: &Common) -> Self {
        Styles::of(has_coloured_stdout(common))
    }

    /// The styles for standard error.
    pub fn stderr(common: &Common) -> Self {
        Styles::of(has_coloured_stderr(common))
    }

    /// The styles with colour, or without.
    pub fn of(colour: bool) -> Self {
        if !colour {
            return Styles { title: PLAIN, dim: PLAIN, name: PLAIN, bar: PLAIN, bad: PLAIN };
        }
        Styles {
            title: Style::new().bold(),
            dim: Style::new().dimmed(),
            name: AnsiColor::Cyan.on_default(),
            bar: AnsiColor::Green.on_default(),
            bad: AnsiColor::Red.on_default().bold(),
        }
    }
}

/// Whether what goes to standard error is coloured.
pub fn has_coloured_stderr(common: &Common) -> bool {
    is_coloured(common, std::io::stderr().is_terminal())
}

/// Whether what goes to standard output is coloured.
pub fn has_coloured_stdout(common: &Common) -> bool {
    is_coloured(common, std::io::stdout().is_terminal())
}

fn is_coloured(common: &Common, is_terminal: bool) -> bool {
    match common.color {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            is_terminal
                && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
                && std::env::var_os("TERM").is_none_or(|v| v != "dumb")
        }
    }
}
