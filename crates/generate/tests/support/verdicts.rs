//! Why one refuses what the other accepts.

use std::path::Path;

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
