//! The metadata of a trace as a file: written in either version of CTF, and what is read of it
//! again.

use std::io;
use std::path::Path;

use marey_ctf::schema::Schema;
use marey_ctf::tsdl::Style;
use marey_ctf::{ctf2, tsdl};
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::sys::ClockPair;

/// What the file is called.
pub const METADATA: &str = "metadata";

/// A version of the Common Trace Format. The streams are the same in both; what describes them is
/// not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Version {
    /// CTF 1.8: all readers know it.
    #[default]
    V1_8,
    /// CTF 2 (CTF2-SPEC-2.0): Babeltrace reads it from its version 2.1 on, Trace Compass from 10.
    V2,
}

/// Writes the metadata into the folder of a trace: under another name at first, so that there is
/// never half of it.
///
/// # Errors
/// When it cannot be written, which is of `what`; a schema that this version cannot say is a bug.
pub fn write(schema: &Schema, version: Version, folder: &Path, what: &str) -> Result<(), Error> {
    let text = match version {
        Version::V1_8 => tsdl::write(schema, Style::Marey),
        Version::V2 => ctf2::write(schema),
    };
    let text = text.map_err(|found| {
        let why: Vec<String> = found.iter().map(ToString::to_string).collect();
        let what = format!("the metadata of {what}");
        Error { kind: ErrorKind::Bug, what, why: why.join("; "), help: None }
    })?;
    put(&text, folder).map_err(|e| Error::of_io(folder.display().to_string(), &e))
}

fn put(text: &str, folder: &Path) -> io::Result<()> {
    let hidden = folder.join(".metadata");
    std::fs::create_dir_all(folder)?;
    std::fs::write(&hidden, text)?;
    std::fs::rename(hidden, folder.join(METADATA))
}

/// What the metadata of a trace says of it, where marey wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Known {
    /// The texts of its environment, by their names.
    environment: Vec<(String, String)>,
    /// What is added to its times for nanoseconds since the Unix epoch.
    offset: Option<i64>,
    /// Its version.
    pub version: Version,
}

impl Known {
    /// Reads the metadata of a trace; nothing is known of one that is not there.
    pub fn of(trace: &Path) -> Self {
        let text = std::fs::read_to_string(trace.join(METADATA)).unwrap_or_default();
        if text.starts_with('\u{1e}') { of_json(&text) } else { of_tsdl(&text) }
    }

    /// A text of the environment.
    pub fn environment(&self, name: &str) -> Option<&str> {
        let found = self.environment.iter().find(|(other, _)| other == name);
        found.map(|(_, text)| text.as_str())
    }

    /// Its clock.
    pub fn clock(&self) -> Option<ClockPair> {
        self.offset.map(|real| ClockPair { monotonic: 0, real })
    }
}

/// The offset of a clock of nanoseconds.
fn offset(seconds: i64, cycles: i64) -> Option<i64> {
    seconds.checked_mul(1_000_000_000)?.checked_add(cycles)
}

fn of_tsdl(text: &str) -> Known {
    let block = |name: &str| {
        let rest = text.split_once(name).map_or("", |(_, rest)| rest);
        rest.lines().map_while(|line| (!line.starts_with('}')).then_some(line))
    };
    let number = |name: &str| -> Option<i64> {
        let line = block("clock {").find_map(|line| line.trim().strip_prefix(name))?;
        line.trim_start_matches([' ', '=']).trim_end_matches(';').trim().parse().ok()
    };
    let texts = block("env {").filter_map(|line| {
        let (name, value) = line.trim().strip_suffix(';')?.split_once(" = ")?;
        let text = value.strip_prefix('"')?.strip_suffix('"')?;
        Some((name.to_owned(), text.to_owned()))
    });
    let seconds = number("offset_s ");
    let offset = seconds.and_then(|seconds| offset(seconds, number("offset ").unwrap_or(0)));
    Known { environment: texts.collect(), offset, version: Version::V1_8 }
}

fn of_json(text: &str) -> Known {
    let mut known = Known { version: Version::V2, ..Known::default() };
    for fragment in text.split('\u{1e}').filter_map(|text| serde_json::from_str::<Value>(text).ok())
    {
        match fragment["type"].as_str() {
            Some("trace-class") => {
                let all = fragment["environment"].as_object().into_iter().flatten();
                let texts = all.filter_map(|(name, value)| Some((name, value.as_str()?)));
                known.environment =
                    texts.map(|(name, text)| (name.clone(), text.to_owned())).collect();
            }
            Some("clock-class") => {
                let part = |name: &str| fragment["offset-from-origin"][name].as_i64().unwrap_or(0);
                known.offset = offset(part("seconds"), part("cycles"));
            }
            _ => {}
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctf::{About, Contents, Names, schema};

    #[test]
    fn both_versions_say_the_same_of_a_trace() {
        let about = About {
            uuid: *b"marey-recorder-1",
            clocks: ClockPair { monotonic: 5, real: 1_700_000_000_123_456_789 },
            host: "a host".to_owned(),
            kernel: "6.1".to_owned(),
        };
        let schema = schema(&about, [], &Contents::default(), Names::Kernel);
        let folder = std::env::temp_dir().join(format!("marey-metadata-{}", std::process::id()));
        for version in [Version::V1_8, Version::V2] {
            write(&schema, version, &folder, "a test").expect("it can be written");
            let known = Known::of(&folder);
            assert_eq!(known.version, version);
            assert_eq!(known.environment("hostname"), Some("a host"), "{version:?}");
            assert_eq!(known.environment("nothing"), None);
            let clock = known.clock().expect("a clock");
            assert_eq!(clock.offset(), about.clocks.offset(), "{version:?}");
        }
        std::fs::remove_dir_all(&folder).expect("it is there");
        assert_eq!(Known::of(&folder), Known::default());
    }
}
