//! For build scripts: a tracer in Rust that is made anew when its configuration changes.
//!
//! The program's `Cargo.toml` has `marey-tracer` among its dependencies, and `marey-generate` among
//! its build dependencies. Its `build.rs` is:
//!
//! ```no_run
//! fn main() -> Result<(), marey_generate::build::Failed> {
//!     marey_generate::build::rust("trace.yaml")
//! }
//! ```
//!
//! And in the program, where `barectf` is the prefix of files, which is this unless the
//! configuration gives another one:
//!
//! ```ignore
//! mod barectf {
//!     include!(concat!(env!("OUT_DIR"), "/barectf.rs"));
//! }
//!
//! /// What stands beside the streams, in a file of the name `metadata`.
//! const METADATA: &str = include_str!(concat!(env!("OUT_DIR"), "/metadata"));
//! ```
//!
//! [`rust_into_layer`] makes a tracer whose events go into the rings of `marey-layer`, which the
//! program then has among its dependencies in place of `marey-tracer`.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::configuration::Configuration;
use crate::definition::Definition;
use crate::diagnostic::{Diagnostic, Severity, render};
use crate::include::Search;
use crate::outputs::{Destination, Language, Metadata, outputs};
use crate::source::Sources;

/// What most tracers write.
const PACKETS: Destination = Destination::Packets(Metadata::Ctf1);
const NO_FOLDER: &str = "OUT_DIR is not set: call this from a build script, which cargo runs";

/// Why there is no tracer: all that is wrong, with its places. `Debug` shows the same, so that a
/// build script may return it.
pub struct Failed(String);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failed {}

/// Writes the tracer and the metadata (CTF 1.8) of a configuration to the folder that cargo gives
/// a build script, and says to cargo which files they depend on.
///
/// Files that the configuration includes are looked for in the package's folder.
///
/// # Errors
///
/// All that is wrong with the configuration, or what a file cannot be written for.
pub fn rust(config: impl AsRef<Path>) -> Result<(), Failed> {
    of_config(config.as_ref(), PACKETS)
}

/// The same of a definition that is there already, such as one from a
/// [builder](crate::builder::Trace).
///
/// # Errors
///
/// What its tracer cannot write, or what a file cannot be written for.
pub fn rust_of(definition: &Definition) -> Result<(), Failed> {
    write_into(definition, &Sources::default(), (&out_dir()?, PACKETS))
}

/// As [`rust`], a tracer whose events go into `marey-layer`. It has no metadata.
///
/// # Errors
///
/// All that is wrong with the configuration, what `marey-layer` has no type for, or what a file
/// cannot be written for.
pub fn rust_into_layer(config: impl AsRef<Path>) -> Result<(), Failed> {
    of_config(config.as_ref(), Destination::Layer)
}

/// As [`rust_of`], a tracer whose events go into `marey-layer`.
///
/// # Errors
///
/// What `marey-layer` has no type for, or what a file cannot be written for.
pub fn rust_into_layer_of(definition: &Definition) -> Result<(), Failed> {
    write_into(definition, &Sources::default(), (&out_dir()?, Destination::Layer))
}

fn out_dir() -> Result<PathBuf, Failed> {
    std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| Failed(NO_FOLDER.to_owned()))
}

fn of_config(config: &Path, destination: Destination) -> Result<(), Failed> {
    let folder = out_dir()?;
    let mut lines = Vec::new();
    let written = rust_into(config, (&folder, destination), &mut lines);
    lines.iter().for_each(|line| println!("{line}"));
    written
}

/// The same for any folder. `lines` are what cargo is told, also if it fails.
fn rust_into(
    config: &Path,
    into: (&Path, Destination),
    lines: &mut Vec<String>,
) -> Result<(), Failed> {
    let search = Search { folders: vec![".".into()], ignores_missing: false };
    let configuration = Configuration::read(config, &search);
    let inputs = [config].into_iter().chain(configuration.included.iter().map(PathBuf::as_path));
    lines.extend(inputs.map(|path| format!("cargo::rerun-if-changed={}", path.display())));
    let sources = &configuration.sources;
    let (errors, warnings): (Vec<_>, Vec<_>) = configuration
        .problems
        .sorted()
        .into_iter()
        .partition(|found| found.severity == Severity::Error);
    for warning in warnings {
        let text = render(warning, sources, false).replace("warning: ", "");
        lines.extend(text.lines().map(|line| format!("cargo::warning={line}")));
    }
    let Some(definition) = configuration.definition.filter(|_| errors.is_empty()) else {
        return Err(failed(errors, sources));
    };
    write_into(&definition, sources, into)
}

fn write_into(
    definition: &Definition,
    sources: &Sources,
    (folder, destination): (&Path, Destination),
) -> Result<(), Failed> {
    let files = outputs(definition, Language::Rust, destination)
        .map_err(|found| failed(found.iter().collect(), sources))?;
    for file in files {
        let path = folder.join(file.name);
        std::fs::write(&path, file.text)
            .map_err(|e| Failed(format!("{} cannot be written: {e}", path.display())))?;
    }
    Ok(())
}

fn failed(found: Vec<&Diagnostic>, sources: &Sources) -> Failed {
    let texts = found.into_iter().map(|found| render(found, sources, false));
    Failed(texts.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "--- !<tag:barectf.org,2020/3/config>\ntrace:\n  type:\n    \
        $include: [stdint.yaml]\n    native-byte-order: le\n    data-stream-types:\n      \
        default:\n        event-record-types:\n          \
        tick: {payload-field-type: {class: struct, members: [count: COUNT]}}\n";

    #[test]
    fn a_build_script_gets_a_tracer_or_all_that_is_wrong() {
        let folder = std::env::temp_dir().join(format!("marey-build-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let config = folder.join("trace.yaml");
        let write = |count: &str| {
            std::fs::write(&config, CONFIG.replace("COUNT", count)).expect("written");
        };
        let said = format!("cargo::rerun-if-changed={}", config.display());
        write("uint32");
        let mut lines = Vec::new();
        rust_into(&config, (&folder, PACKETS), &mut lines).expect("a tracer");
        assert_eq!(lines.join("\n"), said);
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a text");
        assert!(read("barectf.rs").contains("pub fn trace_tick(&mut self, count: u32) -> bool {"));
        assert!(read("metadata").starts_with("/* CTF 1.8 */"));
        std::fs::remove_file(folder.join("metadata")).expect("it was written");
        rust_into(&config, (&folder, Destination::Layer), &mut lines).expect("a tracer");
        assert!(read("barectf.rs").contains("pub fn trace_tick(&self, count: u32) -> bool {"));
        assert!(!folder.join("metadata").exists(), "there are no packets that it could describe");
        write("uint33");
        let mut lines = Vec::new();
        let failed = rust_into(&config, (&folder, PACKETS), &mut lines).expect_err("no tracer");
        assert_eq!(lines.join("\n"), said);
        let text = format!("{failed:?}");
        assert!(text.starts_with("error: there is no field type alias `uint33`\n"), "{text}");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
