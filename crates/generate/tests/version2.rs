//! Configurations of version 2, and what barectf makes of them: the same verdict, the same
//! metadata, tracers that write the same bytes and that the same programs compile with.
//!
//! `MAREY_BARECTF2` names the executable of barectf 2.3, `MAREY_BARECTF3` that of barectf 3.1.
#![cfg(unix)]

#[path = "version2/again.rs"]
mod again;
#[path = "version2/bad.rs"]
mod bad;
#[path = "version2/convert.rs"]
mod convert;
#[path = "version2/driver.rs"]
mod driver;
#[path = "support/goldens.rs"]
mod goldens;
#[path = "version2/header.rs"]
mod header;
#[path = "version2/oracle.rs"]
mod oracle;
#[path = "version2/tokens.rs"]
mod tokens;
#[path = "version2/tracer.rs"]
mod tracer;
#[path = "version2/warnings.rs"]
mod warnings;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use marey_ctf::tsdl::{self, Style};
use marey_generate::configuration::{Configuration, Options};
use marey_generate::definition::Definition;
use marey_generate::diagnostic::{Severity, render};
use marey_generate::v2::Compat;

use goldens::{files, name_of};

/// What marey refuses though barectf does not, or the other way round, and why.
const OTHER_VERDICTS: [(Compat, &str, &str); 13] = [
    (Compat::Barectf23, "bit-sizes", "barectf stops with an internal error"),
    (Compat::Barectf23, "float-order", "barectf stops with an internal error"),
    (Compat::Barectf23, "float-odd-sum", "the digits of no format of IEEE 754"),
    (Compat::Barectf23, "member-keyword", "readers do not understand the metadata"),
    (Compat::Barectf31, "member-int", "readers do not understand the metadata"),
    (Compat::Barectf23, "member-int", "readers do not understand the metadata"),
    (Compat::Barectf31, "inherit-null", "barectf stops with an internal error"),
    (Compat::Barectf31, "uuid-without", "barectf writes what is behind an empty array"),
    (Compat::Barectf31, "content-wide", "a content size may be cut"),
    (Compat::Barectf31, "enum-range-empty", "readers do not understand the metadata"),
    (Compat::Barectf31, "enum-signed-out", "readers do not understand the metadata"),
    (Compat::Barectf31, "enum-range-out", "readers do not understand the metadata"),
    (Compat::Barectf31, "struct-inner", "barectf has no tracers for structures in structures"),
];

/// Where the metadata says it in other words, and why.
const OTHER_METADATA: [(Compat, &str, &str); 2] = [
    (Compat::Barectf31, "env-lines", "marey escapes line breaks, which readers would not take"),
    (Compat::Barectf23, "encoding-ascii", "marey calls characters UTF-8, which ASCII is a part of"),
];

#[test]
fn barectf_2_3_makes_the_same_of_it() {
    compare_all(Compat::Barectf23, "MAREY_BARECTF2");
}

#[test]
fn barectf_3_1_makes_the_same_of_it() {
    compare_all(Compat::Barectf31, "MAREY_BARECTF3");
}

#[test]
fn there_is_a_schema_of_what_either_takes() {
    for compat in [Compat::Barectf23, Compat::Barectf31] {
        let schema = marey_generate::v2::schema(compat);
        let clock = schema.pointer("/$defs/clock/properties").and_then(|clock| clock.as_object());
        assert!(clock.is_some_and(|clock| clock.contains_key("$return-ctype")));
    }
}

fn read(path: &Path, compat: Compat) -> Configuration {
    let options = Options { compat: Some(compat), ..Options::default() };
    Configuration::read_with(path, &options).expect("a file of version 2")
}

fn compare_all(compat: Compat, variable: &str) {
    let Some(python) = oracle::find(variable) else { return };
    let cases = files("version2/cases");
    assert!(cases.len() >= 60, "{} files", cases.len());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("version2").join(compat.as_str());
    let _ = std::fs::remove_dir_all(&folder);
    oracle::generate(&python, compat, &folder, &cases);
    let (next, accepted) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let wrong = Mutex::new(Vec::new());
    let work = || {
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let name = name_of(case);
            match compare(case, &folder.join(name), compat) {
                Ok(is_accepted) => {
                    accepted.fetch_add(usize::from(is_accepted), Ordering::Relaxed);
                }
                Err(what) => wrong.lock().expect("no panic").push(format!("{name}: {what}")),
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let wrong = wrong.into_inner().expect("no panic");
    assert!(wrong.is_empty(), "{} of them differ:\n{}", wrong.len(), wrong.join("\n"));
    println!("{} files, {} accepted by both", cases.len(), accepted.into_inner());
}

/// Whether both accept it, unless something differs.
fn compare(case: &Path, folder: &Path, compat: Compat) -> Result<bool, String> {
    let configuration = read(case, compat);
    let theirs = std::fs::read_to_string(folder.join("theirs/error")).ok();
    let name = name_of(case);
    let is_other = OTHER_VERDICTS.iter().any(|(other, file, _)| *other == compat && *file == name);
    let error =
        configuration.problems.sorted().into_iter().find(|found| found.severity == Severity::Error);
    let error = error.map(|found| render(found, &configuration.sources, false));
    match (&configuration.definition, theirs) {
        (None, None) if is_other => Ok(false),
        (Some(_), Some(_)) if is_other => Ok(false),
        (None, Some(_)) if !is_other => Ok(false),
        (None, None) => Err(format!("refused: {}", error.unwrap_or_default())),
        (Some(_), Some(theirs)) => Err(format!("barectf refuses it: {theirs}")),
        (Some(definition), None) if !is_other => {
            same_output(definition, folder, compat).map(|()| true)
        }
        _ => Err("the verdicts are the same, against what is expected".to_owned()),
    }
}

fn same_output(definition: &Definition, folder: &Path, compat: Compat) -> Result<(), String> {
    let ours = folder.join("ours");
    std::fs::create_dir_all(&ours).expect("a folder");
    for file in marey_generate::c::files(definition).map_err(|found| format!("{found:?}"))? {
        std::fs::write(ours.join(file.name), file.text).expect("written");
    }
    let style = match compat {
        Compat::Barectf23 => Style::Barectf2,
        Compat::Barectf31 => Style::Barectf3,
    };
    let metadata = tsdl::write(&definition.schema, style).map_err(|found| format!("{found:?}"))?;
    let other = std::fs::read_to_string(folder.join("theirs/metadata")).expect("read");
    let name = name_of(folder);
    let is_other = OTHER_METADATA.iter().any(|(of, file, _)| *of == compat && *file == name);
    let uuids = match (tokens::compare(&metadata, &other), is_other) {
        (Ok(_), true) => return Err("the metadata is the same, against what is expected".into()),
        (Err(_), true) => None,
        (compared, false) => compared?,
    };
    tracer::compare(folder, &definition.code.file_prefix, uuids)
}
