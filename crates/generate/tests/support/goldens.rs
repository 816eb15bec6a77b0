//! Texts that are expected: those of files with mistakes stand beside these. `BLESS=1` accepts
//! what is there now.

use std::path::{Path, PathBuf};

/// The YAML files of a folder in `tests`, by name. Tests run in the package's folder, so messages
/// with these paths are the same wherever that is.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new("tests").join(folder);
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "yaml")).collect();
    paths.sort();
    paths
}

/// The name of a file, without its ending.
pub fn name_of(path: &Path) -> &str {
    path.file_stem().and_then(|name| name.to_str()).expect("a name")
}

/// Compares what is said about each file of a folder, of which there are at least so many, with
/// the text beside it, in which files are named as from their folder.
pub fn check_all(folder: &str, at_least: usize, say: impl Fn(&Path) -> String) {
    let files = files(folder);
    assert!(files.len() >= at_least, "{} files", files.len());
    let mut wrong = String::new();
    for path in files {
        let name = name_of(&path);
        let folder = path.parent().expect("a folder").display().to_string();
        let said = say(&path).replace(&format!("{folder}/"), "");
        assert!(!said.is_empty(), "{name}: nothing is said");
        wrong += &difference(&path.with_extension("txt"), &said);
    }
    assert!(wrong.is_empty(), "{wrong}BLESS=1 accepts it.");
}

/// Compares a text with that of a file in `tests`.
pub fn check(path: &str, text: &str) {
    let wrong = difference(&Path::new("tests").join(path), text);
    assert!(wrong.is_empty(), "{wrong}BLESS=1 accepts it.");
}

/// How a text differs from its golden; empty if it does not.
fn difference(golden: &Path, text: &str) -> String {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(golden, text).expect("the golden is written");
    }
    let expected = std::fs::read_to_string(golden).unwrap_or_default();
    match expected == text {
        true => String::new(),
        false => format!("{}\n--- expected\n{expected}--- found\n{text}\n", golden.display()),
    }
}
