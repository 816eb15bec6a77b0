//! The repository's own chores, as functions, so that tests can do them too.

pub mod ansi;
pub mod corpus;
pub mod large;
pub mod made;
pub mod picture;
pub mod seeds;
pub mod tidy;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The files of the repository at `root`, relative to it, with `/`: what git tracks and is there,
/// or all that is there where git can't say.
///
/// # Errors
/// When a folder cannot be read.
pub fn tracked(root: &Path) -> io::Result<Vec<String>> {
    let Some(mut paths) = git(root, &["ls-files", "-z"]) else { return walk(root) };
    paths.retain(|path| root.join(path).is_file());
    Ok(paths)
}

/// The paths that a git command prints; `None` where git is missing or this is no clone.
fn git(root: &Path, arguments: &[&str]) -> Option<Vec<String>> {
    let output = Command::new("git").current_dir(root).args(arguments).output().ok()?;
    let text = output.status.success().then(|| String::from_utf8_lossy(&output.stdout))?;
    Some(text.split_terminator('\0').map(str::to_owned).collect())
}

/// All files below `root`, but for what is built.
fn walk(root: &Path) -> io::Result<Vec<String>> {
    const SKIPPED: [&str; 5] = [".git", "target", "artifacts", "coverage", "node_modules"];
    let mut folders = vec![PathBuf::new()];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let (name, kind) = (entry.file_name(), entry.file_type()?);
            let path = folder.join(&name);
            if kind.is_dir() && !SKIPPED.iter().any(|skipped| name == *skipped) {
                folders.push(path);
            } else if kind.is_file() {
                paths.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_finds_at_least_what_git_tracks() {
        let walked = walk(&root()).expect("the repository reads");
        for path in tracked(&root()).expect("the repository reads") {
            assert!(walked.contains(&path), "{path}");
        }
        assert!(!walked.iter().any(|path| path.starts_with("target/")));
    }
}
