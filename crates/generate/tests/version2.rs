//! Configurations of version 2, and what barectf makes of them: the same verdict, the same
//! metadata, tracers that write the same bytes and that the same programs compile with.
//!
//! `MAREY_BARECTF2` names the executable of barectf 2.3, `MAREY_BARECTF3` that of barectf 3.1.
#![cfg(unix)]

#[path = "version2/again.rs"]
mod again;
#[path = "version2/bad.rs"]
mod bad;
#[path = "support/choose.rs"]
mod choose;
#[path = "version2/convert.rs"]
mod convert;
#[path = "version2/corpus.rs"]
mod corpus;
#[path = "support/coverage.rs"]
mod coverage;
#[path = "version2/driver.rs"]
mod driver;
#[path = "support/each.rs"]
mod each;
#[path = "support/goldens.rs"]
mod goldens;
#[path = "version2/grammar.rs"]
mod grammar;
#[path = "version2/header.rs"]
mod header;
#[path = "support/machine.rs"]
#[allow(dead_code, reason = "not all machines are needed")]
mod machine;
#[path = "support/mutate.rs"]
mod mutate;
#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/random.rs"]
mod random;
#[path = "support/scatter.rs"]
mod scatter;
#[path = "support/tokens.rs"]
mod tokens;
#[path = "version2/tracer.rs"]
mod tracer;
#[path = "version2/types.rs"]
mod types;
#[path = "support/verdicts.rs"]
mod verdicts;
#[path = "version2/warnings.rs"]
mod warnings;
#[path = "version2/wrong.rs"]
mod wrong;
#[path = "support/yaml.rs"]
mod yaml;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use each::{each, scratch};
use marey_ctf::tsdl::{self, Style};
use marey_generate::configuration::{Configuration, Options};
use marey_generate::definition::Definition;
use marey_generate::diagnostic::{Severity, render};
use marey_generate::include::Search;
use marey_generate::v2::Compat;
use oracle::Barectf;
use tokens::Uuids;

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
const OTHER_METADATA: [(Compat, &str, &str); 1] =
    [(Compat::Barectf31, "env-lines", "marey escapes line breaks, which readers would not take")];
/// What marey calls characters in ASCII, which is a part of UTF-8.
const UTF_8: &str = "encoding = UTF8";

#[test]
fn barectf_2_3_makes_the_same_of_it() {
    compare_all(Compat::Barectf23);
}

#[test]
fn barectf_3_1_makes_the_same_of_it() {
    compare_all(Compat::Barectf31);
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
    read_with(path, compat, Search::default())
}

fn read_with(path: &Path, compat: Compat, search: Search) -> Configuration {
    let options = Options { search, compat: Some(compat) };
    Configuration::read_with(path, &options).expect("a file of version 2")
}

fn compare_all(compat: Compat) {
    let Some(barectf) = Barectf::find(compat.as_str()) else { return };
    let cases = files("version2/cases");
    assert!(cases.len() >= 60, "{} files", cases.len());
    let folder = scratch(&format!("version2/{}", compat.as_str()));
    let folder_of = |case: &Path| folder.join(name_of(case));
    let pairs: Vec<_> =
        cases.iter().map(|case| (case.clone(), folder_of(case).join("theirs"))).collect();
    barectf.generate(&pairs);
    let accepted = AtomicUsize::new(0);
    let names: Vec<_> = cases.iter().map(|case| name_of(case)).collect();
    each(&names, |name| {
        let case = cases.iter().find(|case| name_of(case) == *name).expect("a case");
        let is_accepted = compare(case, &folder_of(case), compat)?;
        accepted.fetch_add(usize::from(is_accepted), Ordering::Relaxed);
        Ok(())
    });
    println!("{} files, {} accepted by both", cases.len(), accepted.into_inner());
}

/// What both make of a configuration.
enum Verdict {
    Accepted(Box<Definition>),
    Refused,
    /// One of them refuses it, for this.
    Differs(String),
}

/// A configuration may include files that stand beside it.
fn verdict(path: &Path, folder: &Path, compat: Compat) -> Verdict {
    let folders = vec![path.with_file_name("")];
    let configuration = read_with(path, compat, Search { folders, ..Search::default() });
    let theirs = oracle::error(&folder.join("theirs"));
    let error =
        configuration.problems.sorted().into_iter().find(|found| found.severity == Severity::Error);
    let error = error.map(|found| render(found, &configuration.sources, false));
    match (configuration.definition, theirs) {
        (Some(definition), None) => Verdict::Accepted(Box::new(definition)),
        (None, Some(_)) => Verdict::Refused,
        (None, None) => Verdict::Differs(format!("refused: {}", error.unwrap_or_default())),
        (Some(_), Some(theirs)) => Verdict::Differs(format!("barectf refuses it: {theirs}")),
    }
}

/// Whether both accept it, unless something differs.
fn compare(case: &Path, folder: &Path, compat: Compat) -> Result<bool, String> {
    let name = name_of(case);
    let is_other = OTHER_VERDICTS.iter().any(|(other, file, _)| *other == compat && *file == name);
    match verdict(case, folder, compat) {
        Verdict::Differs(_) if is_other => Ok(false),
        Verdict::Differs(what) => Err(what),
        _ if is_other => Err("the verdicts are the same, against what is expected".to_owned()),
        Verdict::Accepted(definition) => {
            let [ours, theirs] = metadata(&definition, folder, compat)?;
            let is_other =
                OTHER_METADATA.iter().any(|(of, file, _)| *of == compat && *file == name);
            let uuids = match (tokens::compare(&ours, &theirs), is_other) {
                (Ok(_), true) => return Err("the metadata is the same, which is new".to_owned()),
                (Err(_), true) => None,
                (compared, false) => compared?,
            };
            same_packets(&definition, folder, uuids).map(|_| true)
        }
        Verdict::Refused => Ok(false),
    }
}

/// Our metadata and theirs.
fn metadata(definition: &Definition, folder: &Path, compat: Compat) -> Result<[String; 2], String> {
    let style = match compat {
        Compat::Barectf23 => Style::Barectf2,
        Compat::Barectf31 => Style::Barectf3,
    };
    let ours = tsdl::write(&definition.schema, style).map_err(|found| format!("{found:?}"))?;
    let theirs = std::fs::read_to_string(folder.join("theirs/metadata")).expect("read");
    Ok([ours, theirs].map(|text| text.replace("encoding = ASCII", UTF_8)))
}

/// Whether both tracers have the same functions, and write the same: what ours writes.
fn same_packets(definition: &Definition, folder: &Path, uuids: Uuids) -> Result<Vec<u8>, String> {
    let ours = folder.join("ours");
    std::fs::create_dir_all(&ours).expect("a folder");
    for file in marey_generate::c::files(definition).map_err(|found| format!("{found:?}"))? {
        std::fs::write(ours.join(file.name), file.text).expect("written");
    }
    tracer::compare(folder, &definition.code.file_prefix, uuids)
}
