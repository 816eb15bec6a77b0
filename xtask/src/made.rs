//! Files that are made by our own code and committed: written, or checked to be what would be
//! written now.

use std::collections::BTreeMap;
use std::io::{self, Error};
use std::path::Path;

/// What there shall be: contents by path from the repository's root.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Writes all files and removes, below `folders`, what is no longer made.
///
/// # Errors
/// When a file cannot be written or removed.
pub fn write(root: &Path, folders: &[&str], files: &Files) -> io::Result<()> {
    for path in extra(root, folders, files)? {
        std::fs::remove_file(root.join(&path))?;
        println!("{path}: removed");
    }
    for (path, bytes) in files {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, bytes)?;
    }
    let bytes: usize = files.values().map(Vec::len).sum();
    println!("{} files, {bytes} bytes", files.len());
    Ok(())
}

/// Checks that the files are what would be written now (`same` says if two contents are), and that
/// there are no others below `folders`.
///
/// # Errors
/// When they are not; the error names the first of them, and `verb`, which mends it.
pub fn check(
    root: &Path,
    folders: &[&str],
    files: &Files,
    verb: &str,
    same: fn(&str, &[u8], &[u8]) -> bool,
) -> io::Result<()> {
    let stale = |(path, wanted): (&String, &Vec<u8>)| {
        let is = std::fs::read(root.join(path));
        match is {
            Ok(is) if same(path, &is, wanted) => None,
            Ok(_) => Some(format!("{path}: not what is made now")),
            Err(error) => Some(format!("{path}: {error}")),
        }
    };
    let mut wrong: Vec<String> = files.iter().filter_map(stale).collect();
    let extra = extra(root, folders, files)?;
    wrong.extend(extra.into_iter().map(|path| format!("{path}: nothing makes this file")));
    match wrong.first() {
        None => Ok(()),
        Some(first) => {
            let more = match wrong.len() {
                1 => String::new(),
                count => format!(", and {} more", count - 1),
            };
            Err(Error::other(format!("{first}{more}: run `cargo xtask {verb}`, look, commit")))
        }
    }
}

/// The files below `folders` that are not made, and do not stand beside a made one as its golden.
fn extra(root: &Path, folders: &[&str], files: &Files) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in folders.iter().filter(|folder| root.join(folder).is_dir()) {
        let below = crate::walk(&root.join(folder))?;
        found.extend(below.into_iter().map(|path| format!("{folder}/{path}")));
    }
    found.retain(|path| {
        let of = [".txt", ".json"].iter().find_map(|ending| path.strip_suffix(ending));
        !files.contains_key(path) && !of.is_some_and(|of| files.contains_key(of))
    });
    Ok(found)
}
