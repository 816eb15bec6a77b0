//! Every seed, and every trace of the corpus, goes through its fuzz target: on stable Rust.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use marey_fuzz::TARGETS;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder`, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("the folder reads").path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(here().join(folder)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("the folder reads").path());
    paths.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect()
}

/// Calls the target with the file.
fn replay(name: &str, target: marey_fuzz::Target, path: &Path) -> Vec<u8> {
    let data = fs::read(path).expect("the seed reads");
    println!("{name}: {}", path.display());
    target(&data);
    data
}

/// The same, and with some of the first beginnings of it.
fn replay_cut(name: &str, target: marey_fuzz::Target, path: &Path) {
    const BEGINNINGS: usize = 64;
    let data = replay(name, target, path);
    (0..data.len().min(BEGINNINGS)).step_by(7).for_each(|end| target(&data[..end]));
}

#[test]
fn seeds_break_no_promise() {
    for (name, target) in TARGETS {
        let seeds = files(&here().join("seeds").join(name));
        assert!(!seeds.is_empty(), "fuzz/seeds/{name} is empty: add a small file of the kind");
        seeds.iter().for_each(|seed| replay_cut(name, target, seed));
    }
}

#[test]
fn the_corpus_breaks_no_promise() {
    let corpus = here().join("../corpus");
    for path in files(&corpus) {
        replay("print_any", marey_fuzz::print_any, &path);
        let format = path.strip_prefix(&corpus).ok().and_then(|rest| rest.iter().next());
        if let Some((name, target)) = TARGETS.iter().find(|(name, _)| format == Some(name.as_ref()))
        {
            replay(name, *target, &path);
        }
    }
}

#[test]
fn every_target_has_a_program_and_seeds() {
    let listed: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("fuzz_targets"), listed, "programs in fuzz_targets/");
    assert_eq!(names("seeds"), listed, "folders in seeds/");
    let manifest = fs::read_to_string(here().join("Cargo.toml")).expect("the manifest reads");
    let programs: BTreeSet<String> = manifest
        .split("[[bin]]\nname = \"")
        .skip(1)
        .filter_map(|rest| Some(rest.split('"').next()?.to_owned()))
        .collect();
    assert_eq!(programs, listed, "[[bin]] in Cargo.toml");
}
