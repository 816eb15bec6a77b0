//! The configurations that are compared, which have all that the grammar of version 3 has.

use std::ops::Range;
use std::path::{Path, PathBuf};

use marey_ctf::schema::ByteOrder;
use marey_generate::configuration::Configuration;
use marey_generate::definition::Definition;
use marey_generate::diagnostic::{Severity, render};
use marey_generate::include::Search;
use marey_generate::schema;

use super::choose::{Choice, Chosen};
use super::each::scratch;
use super::grammar::configuration;

/// So many configurations are taken as they come.
pub const PLAIN: Range<u64> = 0..170;
/// The same for a machine that stores the highest byte first.
pub const PLAIN_BIG: Range<u64> = 1000..1040;
/// Among so many more, those are taken that have what none before has.
const MORE: Range<u64> = 10_000..14_000;

/// What no accepted configuration has, and why.
const NEVER: [(&str, &[&str], &str); 2] = [
    (
        "/element-field-type",
        &["class dynamic-array", "class struct", "class structure"],
        "barectf's arrays hold neither structures nor arrays of any length",
    ),
    (
        "structure field type member/field-type",
        &["class struct", "class structure"],
        "barectf's structures hold no structures",
    ),
];

/// Writes the configuration of a seed into a folder; where it is.
pub fn write(folder: &Path, seed: u64, order: ByteOrder) -> PathBuf {
    configuration(seed, order).write(folder, "--- !<tag:barectf.org,2020/3/config>\n")
}

/// What a configuration defines; or the first thing that is wrong.
pub fn read(path: &Path) -> Result<Definition, String> {
    let folders = vec![path.with_file_name("")];
    let search = Search { folders, ..Search::default() };
    let configuration = Configuration::read(path, &search);
    configuration.definition.ok_or_else(|| {
        let found = configuration.problems.sorted();
        let found = found.iter().find(|found| found.severity == Severity::Error);
        found.map(|found| render(found, &configuration.sources, false)).unwrap_or_default()
    })
}

/// Configurations after the plain ones, each of which has what none before has.
pub fn of_all_parts(folder: &Path) -> Chosen {
    choice().choose(folder)
}

fn choice() -> Choice<'static> {
    Choice {
        schema: schema::of_version_3(),
        inherit: &["$inherit"],
        aliases: &["trace", "type", "$field-type-aliases"],
        never: &NEVER,
        is_other: is_of_marey,
        plain: PLAIN.chain(PLAIN_BIG).collect(),
        more: MORE,
        configuration: &|seed| configuration(seed, order(seed)),
        is_accepted: &|seed, folder| read(&write(folder, seed, order(seed))).is_ok(),
    }
}

fn order(seed: u64) -> ByteOrder {
    if PLAIN_BIG.contains(&seed) { ByteOrder::Big } else { ByteOrder::Little }
}

/// The classes of field types that barectf does not have.
const CLASSES_OF_MAREY: [&str; 6] =
    ["bool", "boolean", "dynamic-blob", "optional", "static-blob", "variant"];

/// Whether barectf does not know this; other tests are about it.
fn is_of_marey(part: &str) -> bool {
    let is_one = |name: &str| CLASSES_OF_MAREY.contains(&name.replace(' ', "-").as_str());
    let (place, kind) = part.split_once(": ").unwrap_or((part, ""));
    let object = place.split(" field type/").next().unwrap_or_default();
    let kind = kind.strip_prefix("class ").or(kind.strip_suffix(" field type"));
    is_one(object) || kind.is_some_and(is_one)
}

#[test]
fn accepted_configurations_have_all_that_the_grammar_has() {
    assert!(choice().check(&scratch("differential/parts")) > 450);
}
