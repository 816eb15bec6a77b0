//! What can be asked for on the command line.

use std::ffi::OsString;

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args as ClapArgs, CommandFactory as _, FromArgMatches as _};
use clap::{Parser, Subcommand, ValueEnum};

use crate::examples;

/// See what is in a trace, and what it says about its own recording.
#[derive(Debug, Parser)]
#[command(name = "marey", version, max_term_width = 80, after_help = AFTER)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
    #[command(flatten)]
    pub common: Common,
}

/// What an input may be.
pub const INPUTS: &str = "\
An input is a file, a glob, a directory, `-` for the standard input, or a URI
such as `erf:FILE` or, live, `ring:eth0`. Formats and compressions are found by
content.";

/// The exit statuses and what they mean.
pub const STATUSES: [(u8, &str); 8] = [
    (0, "all was read and nothing was lost"),
    (1, "errors in a configuration, or the answer of a check is no"),
    (2, "wrong usage"),
    (3, "marey itself lost records, or something in a conversion"),
    (4, "an input is missing, unknown or damaged; all else was processed"),
    (5, "something was not permitted"),
    (6, "the output could not be written"),
    (70, "a bug in marey"),
];

const AFTER: &str = "\
An input is a file, a glob, a directory, `-` for the standard input, or a URI
such as `erf:FILE` or, live, `ring:eth0`. Formats and compressions are found by
content.

Exit status: 0 complete, 1 errors in a configuration, or the answer is no,
2 wrong usage, 3 something lost by marey itself, 4 input missing, unknown or
damaged (the rest was processed), 5 not permitted, 6 output failed, 70 a bug in
marey.";

/// The verbs by name.
pub const VERBS: &[&str] = &[
    "report",
    "stats",
    "print",
    "generate",
    "config",
    #[cfg(target_os = "linux")]
    "record",
    #[cfg(target_os = "linux")]
    "repair",
    #[cfg(target_os = "linux")]
    "events",
    #[cfg(target_os = "linux")]
    "check",
    #[cfg(target_os = "linux")]
    "doctor",
    "formats",
    "completions",
    "man",
];

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Say what is in traces: sections, interfaces, packets, protocols, comments, losses
    Report(Report),
    /// Count packets and bytes: totals, tables by what they have, series over time
    Stats(crate::stats::args::Stats),
    /// Print traces, a line for each record
    Print(Print),
    /// Generate a tracer in C, and the metadata of its traces, from a YAML file
    #[command(alias = "gen")]
    Generate(crate::generate::args::Generate),
    /// Show, check, convert, compare or format the YAML file that a tracer is generated from
    Config {
        /// What to do
        #[command(subcommand)]
        verb: crate::config::args::Config,
    },
    /// The same as `config show`, by the name that barectf gives it
    #[command(hide = true, aliases = ["show-effective-config", "show-effective-cfg"])]
    ShowEffectiveConfiguration(crate::config::args::Show),
    /// The same as `config version`, by the name that barectf gives it
    #[command(hide = true, aliases = ["show-config-version", "show-cfg-version"])]
    ShowConfigurationVersion(crate::config::args::Version),
    /// Record what the kernel does, what programs say, and packets
    #[cfg(target_os = "linux")]
    Record(Box<crate::record::args::Record>),
    /// Tidy up a recording that was killed
    #[cfg(target_os = "linux")]
    Repair(crate::repair::Repair),
    /// List the events of the kernel that can be recorded, and what is in them
    #[cfg(target_os = "linux")]
    Events(crate::events::args::Events),
    /// Say what is wrong with filters and handlers, and what they come to on this kernel
    #[cfg(target_os = "linux")]
    Check(crate::check::args::Check),
    /// Say what this machine, user and container allow for recording, and what helps
    #[cfg(target_os = "linux")]
    Doctor,
    /// List the formats and compressions that are read
    Formats,
    /// Write completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual page of marey, or of one of its verbs
    Man {
        /// The verb
        #[arg(value_parser = PossibleValuesParser::new(VERBS.iter().copied()))]
        verb: Option<String>,
    },
}

/// What `marey report` takes.
#[derive(Debug, ClapArgs)]
pub struct Report {
    /// Files, globs, directories, `-`, or URIs such as `erf:FILE`, `ring:eth0`
    #[arg(required = true, value_name = "FILE")]
    pub inputs: Vec<OsString>,
    /// Check all checksums, and count the good and the bad
    #[arg(long)]
    pub checksums: bool,
    /// Write a page for a browser to a file, or with `-` to the standard output
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub html: Option<OsString>,
    /// Overwrite the page's file if it is there
    #[arg(long, requires = "html")]
    pub force: bool,
}

/// What `marey print` takes.
#[derive(Debug, ClapArgs)]
pub struct Print {
    /// Files, globs, directories, `-`, or URIs such as `erf:FILE`, `ring:eth0`
    #[arg(required = true, value_name = "FILE")]
    pub inputs: Vec<OsString>,
    /// Show all fields of meta records, options and headers of packets
    #[arg(short, long)]
    pub verbose: bool,
    /// Show the bytes in hexadecimal
    #[arg(short = 'x', long)]
    pub hex: bool,
    /// How to write times; JSON has them in nanoseconds
    #[arg(long, value_enum, default_value_t = TimeStyle::Utc, value_name = "STYLE")]
    pub time: TimeStyle,
}

/// How times are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TimeStyle {
    /// Date and time of day, UTC
    Utc,
    /// Seconds since 1970
    Unix,
}

/// What all verbs take.
#[derive(Debug, ClapArgs)]
pub struct Common {
    /// Use so many workers [default: one for each core]
    #[arg(short = 'j', long = "workers", global = true, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,
    /// Write JSON Lines
    #[arg(long, global = true)]
    pub json: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub color: When,
    /// Read in blocks of so many bytes, or record by record; no answer depends on it
    #[arg(long, global = true, hide = true, value_name = "BYTES|record", value_parser = block_size)]
    pub block_size: Option<BlockSize>,
}

/// How much is read at a time.
#[derive(Clone, Copy, Debug)]
pub enum BlockSize {
    /// So many bytes.
    Bytes(usize),
    /// No more than the next record needs.
    Record,
}

fn block_size(text: &str) -> Result<BlockSize, String> {
    if text == "record" {
        return Ok(BlockSize::Record);
    }
    text.parse()
        .map(BlockSize::Bytes)
        .map_err(|_| "neither a number of bytes nor \"record\"".into())
}

/// When to do something that is nice on a terminal only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// In files and pipes too
    Always,
    /// Not even on a terminal
    Never,
}

/// The command line as it is parsed, helped with and described in manual pages.
pub fn command() -> clap::Command {
    let mut command = Args::command().before_help(examples::text(None));
    command.build();
    for verb in VERBS.iter().copied() {
        command = command.mut_subcommand(verb, |command| {
            let command = command.before_help(examples::text(Some(verb)));
            match verb {
                "report" | "stats" | "print" => command,
                "generate" | "events" | "check" | "doctor" => hide(command, &["workers"]),
                "record" => with_verbs(command, &["workers"], "record"),
                "repair" => hide(command, &["workers", "color"]),
                "config" => with_verbs(command, &["workers", "color"], "config"),
                "formats" => hide(command, &["workers", "color"]),
                _ => hide(command, &["workers", "color", "json"]),
            }
        });
    }
    command
}

/// Gives the verbs of a verb their examples, and hides options of it that have no use.
fn with_verbs(command: clap::Command, hidden: &[&str], verb: &str) -> clap::Command {
    let names: Vec<String> =
        command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let of_verb = |command: clap::Command, name: &String| match name.as_str() {
        "help" => command,
        name => command.mut_subcommand(name, |command| {
            let is_plain = name == "schema" || verb == "record";
            let options: &[&str] = if is_plain { &["workers", "color"] } else { &["workers"] };
            hide(command.before_help(examples::text(Some(&format!("{verb} {name}")))), options)
        }),
    };
    names.iter().fold(hide(command, hidden), of_verb)
}

/// Hides options that all verbs take from the help of one that has no use for them.
fn hide(command: clap::Command, options: &[&str]) -> clap::Command {
    command.mut_args(|arg| match options.contains(&arg.get_id().as_str()) {
        true => arg.hide(true),
        false => arg,
    })
}

/// Says where a command stands that is to be recorded: other recorders take it without `--`.
fn with_separator(mut error: clap::Error) -> clap::Error {
    let is_record = || std::env::args_os().nth(1).is_some_and(|verb| verb == "record");
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else { return error };
    if error.kind() == ErrorKind::UnknownArgument && !word.starts_with('-') && is_record() {
        let tip = format!("a command that is recorded stands behind `--`: -- {word}");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

impl Args {
    /// What this process was asked for.
    pub fn of_process() -> Result<Self, clap::Error> {
        let mut command = command();
        let matches = command.try_get_matches_from_mut(std::env::args_os());
        let mut matches = matches.map_err(with_separator)?;
        Args::from_arg_matches_mut(&mut matches).map_err(|e| e.format(&mut command))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_is_named_and_has_examples() {
        let command = command();
        let names: Vec<&str> = command
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
            .map(clap::Command::get_name)
            .filter(|n| *n != "help")
            .collect();
        assert_eq!(names, VERBS);
        assert!(VERBS.iter().all(|verb| !examples::of(Some(verb)).is_empty()));
    }

    #[test]
    fn help_says_what_the_manual_says() {
        assert!(AFTER.starts_with(INPUTS));
        assert!(STATUSES.iter().all(|(status, _)| AFTER.contains(&format!("{status} "))));
        command().debug_assert();
    }
}
