//! Files with mistakes, each beside what is said about it. `BLESS=1` accepts what is said now.

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
        let golden = path.with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&golden, &said).expect("the golden is written");
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        if expected != said {
            wrong += &format!("{name}\n--- expected\n{expected}--- found\n{said}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}BLESS=1 accepts it.");
}
