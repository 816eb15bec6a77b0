//! What `marey config` takes.

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
