//! What can be asked for on the command line.

use std::ffi::OsString;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// See what is in a trace, and what it says about its own recording.
#[derive(Debug, Parser)]
#[command(name = "marey", version, max_term_width = 80, after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
    #[command(flatten)]
    pub common: Common,
}

const EXAMPLES: &str = "\
Examples:
  marey report trace.pcapng           what is in here?
  marey print -v trace.erf.gz         every record, meta records in full
  tcpdump -w - | marey print -        live
  marey report --json captures/       JSON Lines for a whole directory

An input is a file, a glob, a directory, `-` for the standard input, or a URI
such as `erf:FILE`. Formats and compressions are found by content.

Exit status: 0 complete, 2 wrong usage, 3 records lost by marey itself, 4 input
missing, unknown or damaged (the rest was processed), 5 not permitted, 6 output
failed, 70 a bug in marey.";

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Say what is in traces: sections, interfaces, packets, protocols, comments, losses
    Report(Report),
    /// Print traces, a line for each record
    Print(Print),
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
        verb: Option<String>,
    },
}

/// What `marey report` takes.
#[derive(Debug, ClapArgs)]
pub struct Report {
    /// Files, globs, directories, `-`, or URIs such as `erf:FILE`
    #[arg(required = true, value_name = "FILE")]
    pub inputs: Vec<OsString>,
}

/// What `marey print` takes.
#[derive(Debug, ClapArgs)]
pub struct Print {
    /// Files, globs, directories, `-`, or URIs such as `erf:FILE`
    #[arg(required = true, value_name = "FILE")]
    pub inputs: Vec<OsString>,
    /// Show all fields of meta records, and the headers of packets
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
    /// Read in blocks of so many bytes; no answer depends on it
    #[arg(long, global = true, hide = true, value_name = "BYTES")]
    pub block_size: Option<usize>,
}

/// When to do something that is nice on a terminal only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
