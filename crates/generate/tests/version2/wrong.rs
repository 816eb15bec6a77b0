//! Configurations of version 2 with mistakes: each barectf refuses what marey refuses when it reads
//! as that barectf does; and where one of them does not, that is on purpose.

use std::path::{Path, PathBuf};

use marey_generate::v2::Compat;

use super::corpus::plain;
use super::each::{is_slow, scratch};
use super::grammar::configuration;
use super::mutate::mutate_files;
use super::oracle::Barectf;
use super::verdicts::{ACCEPTED, Known, REFUSED, known, tally};
use super::{Verdict, metadata, tokens, verdict};

/// Where only one of the two refuses a configuration: what it says, what is in the configuration,
/// and why.
const OTHER_VERDICTS: [Known; 11] = [
    ("] is empty", "members", "9: ranges that are empty"),
    ("cannot hold the values", "members", "9: ranges that do not fit"),
    ("is a keyword in CTF 1.8 metadata", "", "10: members that nobody can read"),
    ("`content_size` is wider than `packet_size`", "", "14: a size that may be cut"),
    ("is too large", "", "numbers that neither 64 bits nor packets hold"),
    ("no floating-point number has", "mant", "the digits of no format of IEEE 754"),
    ("error: `` is no property", "", "barectf 2.3 does not see a property without a name"),
    ("expected a power of two", "min-align", "barectf 3.1 does not look at what it leaves out"),
    ("UnboundLocalError in _get_int_ctype", "size", "12: an internal error at 33 to 63 bits"),
    ("AssertionError in _struct_ft_member_fts_iter", "fields", "12: the same at `fields: null`"),
    ("AttributeError in _conv_struct_ft_node", "fields", "12: the same at `fields: null`"),
];

fn write(folder: &Path, seed: u64, compat: Compat) -> PathBuf {
    let mut configuration = configuration(seed, compat);
    mutate_files(&mut configuration, seed);
    configuration.write(folder, "")
}

#[test]
fn barectf_2_3_finds_the_same_mistakes() {
    compare_all(Compat::Barectf23);
}

#[test]
fn barectf_3_1_finds_the_same_mistakes() {
    compare_all(Compat::Barectf31);
}

fn compare_all(compat: Compat) {
    let Some(barectf) = Barectf::find(compat.as_str()) else { return };
    let folder = scratch(&format!("version2/wrong-{}", compat.as_str()));
    let seeds: Vec<u64> = (20_000..if is_slow() { 23_000 } else { 20_200 }).collect();
    let write = |seed: &u64| {
        let folder = folder.join(seed.to_string());
        (write(&folder, *seed, compat), folder.join("theirs"))
    };
    barectf.generate(&seeds.iter().map(write).collect::<Vec<_>>());
    tally(&seeds, |seed| compare(&folder.join(seed.to_string()), compat));
}

/// Why both do as they do, unless that is not known.
fn compare(folder: &Path, compat: Compat) -> Result<&'static str, String> {
    match verdict(&folder.join("config.yaml"), folder, compat) {
        Verdict::Refused => Ok(REFUSED),
        Verdict::Differs(what) => known(&OTHER_VERDICTS, folder, &what).ok_or(what),
        Verdict::Accepted(definition) => {
            let [ours, theirs] = metadata(&definition, folder, compat)?.map(|text| plain(&text));
            tokens::compare(&ours, &theirs).map(|_| ACCEPTED)
        }
    }
}
