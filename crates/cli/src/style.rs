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
        let colour = match common.color {
            When::Always => true,
            When::Never => false,
            When::Auto => {
                std::io::stdout().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
                    && std::env::var_os("TERM").is_none_or(|v| v != "dumb")
            }
        };
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
