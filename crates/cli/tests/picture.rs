//! The picture in the README is what marey prints now.

use std::path::Path;

use xtask::picture;

#[test]
fn the_picture_is_current() {
    let root = xtask::root();
    if !root.join(picture::DEMO).exists() && !root.join(picture::PICTURE).exists() {
        println!("skipped: {} is not there yet", picture::DEMO);
        return;
    }
    if let Err(error) = picture::check(&root, Path::new(env!("CARGO_BIN_EXE_marey"))) {
        panic!("{error}");
    }
}
