//! Configurations with mistakes: both refuse them; and where one of them does not, that is on
//! purpose.

use std::path::{Path, PathBuf};

use marey_ctf::schema::ByteOrder;
use marey_ctf::tsdl::{self, Style};

use super::each::{is_slow, scratch};
use super::grammar::configuration;
use super::mutate::mutate_files;
use super::oracle::{self, Barectf};
use super::verdicts::{ACCEPTED, Known, REFUSED, known, tally};
use super::{corpus, tokens};

/// What marey says of configurations that barectf accepts, what is in those, and why it refuses
/// them: with numbers of the list of what is wrong with barectf.
const ONLY_MAREY_REFUSES: [Known; 11] = [
    ("] is empty", "mappings", "9: ranges that are empty"),
    (" cannot hold the ", "mappings", "9: ranges that do not fit"),
    ("is a keyword in CTF 1.8 metadata", "", "10: members that nobody can read"),
    (
        "cannot be the name of a member",
        "",
        "10: members that are no names, which barectf does not look at",
    ),
    ("the content size is wider", "content-size-field-type", "14: a size that may be cut"),
    ("there is a UUID field, and no UUID", "uuid-field-type", "5: a UUID that is not there"),
    ("there are two members", "dynamic-array", "6: members that get lost"),
    ("is too large", "", "numbers that neither 64 bits nor packets hold"),
    ("` cannot be `", "dynamic-array", "12: what is in dynamic arrays is not looked at"),
    ("` cannot be a ", "dynamic-array", "12: the same"),
    ("is no property of a", "dynamic-array", "12: the same"),
];
/// What barectf says of configurations that marey accepts, what is in those, and why it refuses
/// them.
const ONLY_BARECTF_REFUSES: [Known; 1] = [(
    "AssertionError in _struct_ft_member_fts_iter",
    "members",
    "12: an internal error at `members: null` beside aliases",
)];

fn write(folder: &Path, seed: u64) -> PathBuf {
    let mut configuration = configuration(seed, ByteOrder::Little);
    mutate_files(&mut configuration, seed);
    configuration.write(folder, "--- !<tag:barectf.org,2020/3/config>\n")
}

#[test]
fn barectf_finds_the_same_mistakes() {
    let Some(barectf) = Barectf::find("3.1") else { return };
    let folder = scratch("differential/wrong");
    let seeds: Vec<u64> = (20_000..if is_slow() { 23_000 } else { 20_300 }).collect();
    let write = |seed: &u64| {
        let folder = folder.join(seed.to_string());
        (write(&folder, *seed), folder.join("theirs"))
    };
    barectf.generate(&seeds.iter().map(write).collect::<Vec<_>>());
    tally(&seeds, |seed| compare(&folder.join(seed.to_string())));
}

/// Why both do as they do, unless that is not known.
fn compare(folder: &Path) -> Result<&'static str, String> {
    let path = folder.join("config.yaml");
    match (corpus::read(&path), oracle::error(&folder.join("theirs"))) {
        (Err(_), Some(_)) => Ok(REFUSED),
        (Err(ours), None) => known(&ONLY_MAREY_REFUSES, folder, &ours)
            .ok_or(format!("refused, but not by barectf: {ours}")),
        (Ok(_), Some(theirs)) => known(&ONLY_BARECTF_REFUSES, folder, &theirs)
            .ok_or(format!("accepted, but not by barectf: {theirs}")),
        (Ok(definition), None) => {
            let ours = tsdl::write(&definition.schema, Style::Barectf3);
            let ours = super::without_level_0(&ours.map_err(|found| format!("{found:?}"))?);
            tokens::compare(&ours, &super::metadata(folder, "theirs"))?;
            Ok(ACCEPTED)
        }
    }
}
