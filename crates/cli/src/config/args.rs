//! What `marey config` takes.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use crate::generate::args::{Includes, OfVersion2};

/// What can be done with a configuration.
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Write the configuration with all that it includes and inherits
    Show(Show),
    /// Write its version, 2 or 3, without a look at the rest
    Version(Version),
    /// Say what is wrong with it, and nothing if it is right
    Check(Check),
    /// Write a configuration of version 2 as one of version 3 that means the same
    Convert(Convert),
    /// Say whether two configurations are wire-compatible, and what differs
    Diff(Diff),
    /// Format YAML files: indentation and spaces; comments and values stay
    Fmt(Fmt),
    /// Write the JSON Schema of configurations of version 3, for editors
    Schema,
}

/// What `marey config show` takes.
#[derive(Debug, ClapArgs)]
pub struct Show {
    /// The configuration: a YAML file, or `-` for the standard input
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,
    #[command(flatten)]
    pub includes: Includes,
    #[command(flatten)]
    pub of_version_2: OfVersion2,
    /// Indent by so many spaces
    #[arg(long, value_name = "N", default_value_t = 2, overrides_with = "indent_spaces",
          value_parser = clap::value_parser!(u8).range(1..=8))]
    pub indent_spaces: u8,
}

/// What `marey config version` takes.
#[derive(Debug, ClapArgs)]
pub struct Version {
    /// The configuration: a YAML file, or `-` for the standard input
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,
}

/// What `marey config check` takes.
#[derive(Debug, ClapArgs)]
pub struct Check {
    /// The configuration: a YAML file, or `-` for the standard input
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,
    #[command(flatten)]
    pub includes: Includes,
    #[command(flatten)]
    pub of_version_2: OfVersion2,
}

/// What `marey config convert` takes.
#[derive(Debug, ClapArgs)]
pub struct Convert {
    /// The configuration of version 2: a YAML file, or `-` for the standard input
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,
    /// Write to this file instead of the standard output
    #[arg(short, long, value_name = "FILE", default_value = "-", overrides_with = "output")]
    pub output: OsString,
    /// Overwrite the output if it is there
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub includes: Includes,
    #[command(flatten)]
    pub of_version_2: OfVersion2,
    /// Indent by so many spaces
    #[arg(long, value_name = "N", default_value_t = 2, overrides_with = "indent_spaces",
          value_parser = clap::value_parser!(u8).range(1..=8))]
    pub indent_spaces: u8,
}

/// What `marey config diff` takes.
#[derive(Debug, ClapArgs)]
pub struct Diff {
    /// The one configuration, of any version
    #[arg(value_name = "A")]
    pub first: PathBuf,
    /// The other
    #[arg(value_name = "B")]
    pub second: PathBuf,
    #[command(flatten)]
    pub includes: Includes,
    #[command(flatten)]
    pub of_version_2: OfVersion2,
}

/// What `marey config fmt` takes.
#[derive(Debug, ClapArgs)]
pub struct Fmt {
    /// YAML files, which are replaced if they change; `-` goes to the standard output
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Change nothing, and name the files that would change
    #[arg(long)]
    pub check: bool,
}
