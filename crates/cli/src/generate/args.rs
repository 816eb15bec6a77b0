//! What `marey generate` takes. The options of barectf mean here what they mean there.

use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use marey_generate::configuration::Options;
use marey_generate::include::Search;
use marey_generate::outputs::{Destination, Language, Metadata};

/// What `marey generate` takes.
#[derive(Debug, ClapArgs)]
pub struct Generate {
    /// The configuration: a YAML file, or `-` for the standard input
    #[arg(value_name = "CONFIG", required_unless_present = "example")]
    pub config: Option<PathBuf>,
    /// Write the source to this folder
    #[arg(short, long, value_name = "DIR", default_value = ".", overrides_with = "code_dir")]
    pub code_dir: PathBuf,
    /// Write the headers to this folder
    #[arg(
        short = 'H',
        long,
        value_name = "DIR",
        default_value = ".",
        overrides_with = "headers_dir"
    )]
    pub headers_dir: PathBuf,
    /// Write the metadata to this folder: that of the trace [default: .]
    #[arg(short, long, value_name = "DIR", overrides_with = "metadata_dir")]
    pub metadata_dir: Option<PathBuf>,
    #[command(flatten)]
    pub includes: Includes,
    /// Let names of functions begin with this, and names of files with this without `_` at its end
    #[arg(short, long, value_name = "PREFIX", value_parser = prefix, overrides_with = "prefix")]
    pub prefix: Option<Prefix>,
    /// Write the configuration with all that it includes to the standard output, too
    #[arg(long)]
    pub dump_config: bool,
    /// The language of the tracer; one in Rust is a module that needs the crate marey-tracer, or
    /// marey-layer with `--into layer`
    #[arg(long, value_enum, default_value_t = Lang::C, value_name = "LANGUAGE")]
    pub lang: Lang,
    /// Where events go: into CTF packets that the tracer writes, or into the rings of marey-layer,
    /// for `marey record -u`
    #[arg(long, value_enum, default_value_t = IntoWhat::Packets, value_name = "WHERE")]
    pub into: IntoWhat,
    /// The version of CTF of the metadata; `both` writes CTF 2 to the folder `ctf2` [default: 1]
    #[arg(long, value_enum, value_name = "VERSION")]
    pub ctf: Option<Ctf>,
    #[command(flatten)]
    pub of_version_2: OfVersion2,
    /// Give the trace this UUID, or one that nothing else has
    #[arg(long, value_name = "random|UUID", value_parser = uuid)]
    pub uuid: Option<uuid::Uuid>,
    /// Say what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write to this file what make and ninja need to know of the files that were read
    #[arg(long, value_name = "FILE")]
    pub depfile: Option<PathBuf>,
    /// Write an example to this new folder: a configuration, a platform, a program
    #[arg(long, value_name = "DIR", conflicts_with_all = ["config", "code_dir", "headers_dir",
          "metadata_dir", "include_dirs", "ignore_include_not_found", "prefix", "dump_config",
          "lang", "into", "ctf", "compat", "uuid", "dry_run", "depfile"])]
    pub example: Option<PathBuf>,
}

impl Generate {
    /// The folder of the metadata.
    pub fn metadata_dir(&self) -> &Path {
        self.metadata_dir.as_deref().unwrap_or(Path::new("."))
    }

    /// Where events go; a message where another option does not go with that.
    pub fn destination(&self) -> Result<Destination, String> {
        let ctf = self.ctf.unwrap_or(Ctf::One);
        if self.into == IntoWhat::Packets {
            return Ok(Destination::Packets(ctf.into()));
        }
        let of_packets = [
            ("--ctf", self.ctf.is_some()),
            ("--metadata-dir", self.metadata_dir.is_some()),
            ("--uuid", self.uuid.is_some()),
        ];
        match of_packets.iter().find(|(_, is_given)| *is_given) {
            Some((option, _)) => Err(format!(
                "{option} goes with --into packets: marey-layer describes its events itself\n  \
                 Leave {option} out, or generate into packets."
            )),
            None => Ok(Destination::Layer),
        }
    }
}

/// Where files are looked for that a configuration includes.
#[derive(Debug, ClapArgs)]
pub struct Includes {
    /// Look here first for files to include, then in the current folder; may be given more than
    /// once
    #[arg(short = 'I', long = "include-dir", value_name = "DIR")]
    pub include_dirs: Vec<PathBuf>,
    /// Leave out files to include that are nowhere
    #[arg(long)]
    pub ignore_include_not_found: bool,
}

/// What names begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// Names of functions and types.
    pub identifier: String,
    /// Names of files.
    pub file: String,
}

/// The language of a tracer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// C
    C,
    /// Rust
    Rust,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::C => Language::C,
            Lang::Rust => Language::Rust,
        }
    }
}

/// Where the events of a tracer go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IntoWhat {
    /// CTF packets that the tracer writes
    Packets,
    /// The rings of marey-layer
    Layer,
}

/// The versions of CTF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ctf {
    /// CTF 1.8, which all readers know
    #[value(name = "1", alias = "1.8")]
    One,
    /// CTF 2
    #[value(name = "2", alias = "2.0")]
    Two,
    /// CTF 1.8 beside the streams, CTF 2 in the folder `ctf2` there
    Both,
}

impl From<Ctf> for Metadata {
    fn from(ctf: Ctf) -> Self {
        match ctf {
            Ctf::One => Metadata::Ctf1,
            Ctf::Two => Metadata::Ctf2,
            Ctf::Both => Metadata::Both,
        }
    }
}

/// How configurations of version 2 are read.
#[derive(Debug, ClapArgs)]
pub struct OfVersion2 {
    /// Read version 2 as this version of barectf does [default: 2.3]
    #[arg(long, value_enum, value_name = "VERSION", overrides_with = "compat")]
    pub compat: Option<Compat>,
}

impl OfVersion2 {
    /// How a configuration is read.
    pub fn options(&self, search: Search) -> Options {
        Options { search, compat: self.compat.map(Into::into) }
    }
}

/// The versions of barectf whose tracers are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Compat {
    /// barectf 2.3
    #[value(name = "2.3")]
    Two,
    /// barectf 3.1
    #[value(name = "3.1")]
    Three,
}

impl From<Compat> for marey_generate::v2::Compat {
    fn from(compat: Compat) -> Self {
        match compat {
            Compat::Two => marey_generate::v2::Compat::Barectf23,
            Compat::Three => marey_generate::v2::Compat::Barectf31,
        }
    }
}

fn prefix(text: &str) -> Result<Prefix, String> {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts || !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        let what = "no name in C begins so\n  Use letters, digits and `_`, and no digit first.";
        return Err(what.to_owned());
    }
    let (identifier, file) = (text.to_owned(), text.trim_end_matches('_').to_owned());
    match file.is_empty() {
        true => Err("no name for files is left\n  Put a letter before the `_`.".to_owned()),
        false => Ok(Prefix { identifier, file }),
    }
}

fn uuid(text: &str) -> Result<uuid::Uuid, String> {
    if text == "random" {
        return Ok(uuid::Uuid::new_v4());
    }
    uuid::Uuid::try_parse(text).map_err(|_| "neither random nor UUID".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_names_in_c() {
        let both = |text| prefix(text).map(|prefix| (prefix.identifier, prefix.file));
        let owned = |a: &str, b: &str| Ok((a.to_owned(), b.to_owned()));
        assert_eq!(both("barectf_"), owned("barectf_", "barectf"));
        assert_eq!(both("my_trace__"), owned("my_trace__", "my_trace"));
        assert_eq!(both("x"), owned("x", "x"));
        for wrong in ["", "9bad", "a-b", "é", "a b", "_", "___"] {
            assert!(prefix(wrong).is_err(), "{wrong}");
        }
    }
}
