//! Why one refuses what the other accepts.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use super::each::each;

/// What is said of a configuration that both accept, and read alike.
pub const ACCEPTED: &str = "accepted by both";
/// What is said of one that both refuse.
pub const REFUSED: &str = "refused by both";

/// What one says of configurations that the other accepts, what is in those, and why.
pub type Known = (&'static str, &'static str, &'static str);

/// Why one refuses the configuration in this folder and says this, if it is known.
pub fn known(list: &[Known], folder: &Path, said: &str) -> Option<&'static str> {
    let is_it = |(pattern, part, _): &&Known| said.contains(pattern) && is_in(folder, part);
    list.iter().find(is_it).map(|(.., why)| *why)
}

/// Whether a word is in a configuration, or in what it includes.
fn is_in(folder: &Path, word: &str) -> bool {
    let files = std::fs::read_dir(folder).expect("a folder");
    let paths = files.map(|file| file.expect("a file").path()).filter(|path| path.is_file());
    let mut texts = paths.map(|path| std::fs::read_to_string(path).expect("a text"));
    texts.any(|text| text.contains(word))
}

/// Judges each of the seeds, and counts the verdicts. Some configurations must be accepted by both,
/// and some refused: else nothing is compared.
pub fn tally(seeds: &[u64], judge: impl Fn(&u64) -> Result<&'static str, String> + Sync) {
    let verdicts = Mutex::new(BTreeMap::new());
    each(seeds, |seed| {
        let verdict = judge(seed)?;
        *verdicts.lock().expect("nobody panicked").entry(verdict).or_insert(0) += 1;
        Ok(())
    });
    let verdicts = verdicts.into_inner().expect("nobody panicked");
    println!("{verdicts:#?}");
    for needed in [ACCEPTED, REFUSED] {
        assert!(verdicts.contains_key(needed), "none is {needed}: {verdicts:?}");
    }
}
