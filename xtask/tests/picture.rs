//! The picture is drawn from what marey prints, and a stale one is found.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use xtask::picture;

/// A folder with a `marey` that prints `text`, in colour only when asked in the right words.
fn root_with_marey(name: &str, text: &str) -> (PathBuf, PathBuf) {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::remove_dir_all(&root).ok();
    fs::create_dir_all(&root).expect("a folder");
    let marey = root.join("marey");
    let expected = format!("--color always report {}", picture::DEMO);
    let script = format!(
        "#!/bin/sh\n[ \"$*\" = \"{expected}\" ] && [ \"$COLUMNS\" = 80 ] || exit 2\n\
         printf '\\033[1mtitle\\033[0m\\n\\033[32m%s\\033[0m\\n' '{text}'\n"
    );
    fs::write(&marey, script).expect("a script");
    fs::set_permissions(&marey, fs::Permissions::from_mode(0o755)).expect("a program");
    (root, marey)
}

#[test]
fn a_stale_picture_is_found_and_drawn_anew() {
    let (root, marey) = root_with_marey("picture", "10 records");
    let missing = picture::check(&root, &marey).expect_err("there is none yet");
    assert!(missing.to_string().contains("run `cargo xtask picture`"), "{missing}");
    picture::draw(&root, &marey).expect("it draws");
    picture::check(&root, &marey).expect("it is current");
    let drawn = fs::read_to_string(root.join(picture::PICTURE)).expect("a picture");
    assert!(drawn.contains("marey report corpus/pcapng/ok/demo.pcapng</text>"), "{drawn}");
    assert!(drawn.contains("fill=\"#98c379\">10 records</text>"), "{drawn}");
    let (root, marey) = root_with_marey("picture-other", "11 records");
    fs::create_dir_all(root.join("docs")).expect("a folder");
    fs::write(root.join(picture::PICTURE), drawn).expect("the old picture");
    let stale = picture::check(&root, &marey).expect_err("another number").to_string();
    assert!(stale.contains("10 records") && stale.contains("11 records"), "{stale}");
}

#[test]
fn a_marey_that_fails_gives_no_picture() {
    let (root, _) = root_with_marey("picture-failing", "10 records");
    let failed = picture::draw(&root, Path::new("false")).expect_err("it fails");
    assert!(failed.to_string().contains("marey report"), "{failed}");
    assert!(!root.join(picture::PICTURE).exists());
}
