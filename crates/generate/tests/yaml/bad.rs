//! What is said about each file in `tests/bad`. `BLESS=1` accepts what is said now.

use std::path::{Path, PathBuf};

use crate::support::load;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "yaml")).collect();
    paths.sort();
    paths
}

#[test]
fn each_mistake_gets_its_message() {
    let files = files();
    assert!(files.len() >= 30, "{} files", files.len());
    let mut wrong = String::new();
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let bytes = std::fs::read(&path).expect("the file is read");
        let (_, said) = load(name, &bytes);
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
