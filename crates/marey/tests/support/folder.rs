//! Folders of traces from elsewhere.

use std::path::{Path, PathBuf};

/// All files in a folder and in those below it, in the order of their paths.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    add(folder, &mut found);
    found.sort();
    found
}

fn add(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder that can be read") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() { add(&path, found) } else { found.push(path) }
    }
}
