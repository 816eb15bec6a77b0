//! A program may write anything into its files: who reads them ends, and keeps its memory.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use marey_layer::drain::{Found, Program, now_ns};
use proptest::prelude::*;

use crate::support::Folder;

/// The events of a program that was right, in a small ring.
fn good() -> (Folder, Found) {
    let folder = Folder::new();
    folder.run_with("one-of-each", |command| {
        command.env("MAREY_RING_BYTES", "4096");
    });
    let found = folder.only();
    (folder, found)
}

/// Reads all there is, as a recorder does; how many events came. Twice the bytes of a ring is more
/// than it may take.
fn read_all(found: &Found) -> u64 {
    let Ok(mut program) = Program::open(found) else { return 0 };
    let mut given = 0;
    for _ in 0..2 {
        drop(program.beat(now_ns()));
        if program.update().is_err() {
            return given;
        }
        let mut streams = program.take_streams();
        for stream in &mut streams {
            let mut bytes = 0;
            let read = stream.read(|record| {
                bytes += 16 + record.payload.len();
                if let Some(class) = program.class(record.class) {
                    class.values(record.payload).for_each(drop);
                }
                Some(())
            });
            assert!(bytes <= 2 * 64 * 1024 * 1024, "{bytes} bytes of one ring");
            given += read.unwrap_or_default();
            drop(stream.commit());
        }
        for class in program.classes() {
            assert!(class.fields.len() <= 32);
        }
    }
    given
}

const FILES: [&str; 3] = ["control", "classes", "ring-0"];

/// Where numbers are that others hang on, besides anywhere.
fn places() -> impl Strategy<Value = usize> {
    prop_oneof![
        0_usize..128,
        512_usize..1024,
        4096_usize..4400,
        8192_usize..8400,
        (0_usize..96).prop_map(|nth| nth * 8),
        (0_usize..40).prop_map(|nth| 512 + nth * 8),
        any::<u16>().prop_map(usize::from),
    ]
}

fn words() -> impl Strategy<Value = Vec<u8>> {
    let numbers = prop_oneof![
        any::<u64>(),
        0_u64..70_000,
        (0_u32..64).prop_map(|bit| 1 << bit),
        (0_u32..64).prop_map(|bit| (1_u64 << bit).wrapping_sub(8)),
        Just(u64::MAX),
    ];
    prop_oneof![
        numbers.prop_map(|number| number.to_ne_bytes().to_vec()),
        any::<u32>().prop_map(|number| number.to_ne_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 1..300),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_anywhere(
        changes in proptest::collection::vec((0_usize..3, places(), words()), 1..12),
        cut in proptest::option::weighted(0.1, (0_usize..3, 0_u64..40_000)),
    ) {
        thread_local! {
            static GOOD: (Folder, Found) = good();
        }
        GOOD.with(|(_, good)| {
            let folder = Folder::new();
            let found = copy(good, folder.path());
            for (file, at, bytes) in &changes {
                let path = found.path.join(FILES[*file]);
                let mut all = fs::read(&path).expect("it is there");
                all.resize(all.len().max(at + bytes.len()), 0);
                all[*at..at + bytes.len()].copy_from_slice(bytes);
                fs::write(&path, all).expect("it can be written");
            }
            if let Some((file, len)) = cut {
                let file = fs::OpenOptions::new().write(true).open(found.path.join(FILES[file]));
                file.expect("it is there").set_len(len).expect("it can be cut");
            }
            read_all(&found);
        });
    }
}

fn copy(good: &Found, folder: &Path) -> Found {
    let path = folder.join(good.name.to_string());
    fs::create_dir(&path).expect("it can be made");
    for file in FILES {
        fs::copy(good.path.join(file), path.join(file)).expect("it can be copied");
    }
    Found { name: good.name, path }
}

#[test]
fn what_is_right_is_read() {
    let (_folder, good) = good();
    let folder = Folder::new();
    assert_eq!(read_all(&copy(&good, folder.path())), 4);
}

#[test]
fn links_pipes_and_directories_are_no_files() {
    let (_folder, good) = good();
    for file in FILES {
        for kind in 0..4 {
            let folder = Folder::new();
            let found = copy(&good, folder.path());
            let path = found.path.join(file);
            let kept = folder.path().join("kept");
            fs::rename(&path, &kept).expect("it can be moved");
            let before = fs::read(&kept).expect("it is there");
            match kind {
                0 => symlink(&kept, &path).expect("a link"),
                1 => fs::hard_link(&kept, &path).expect("a link"),
                2 => fs::create_dir(&path).expect("a directory"),
                _ => {
                    let made = std::process::Command::new("mkfifo").arg(&path).status();
                    assert!(made.expect("it starts").success());
                }
            }
            let given = read_all(&found);
            assert_eq!(given, if file == "classes" { 4 } else { 0 }, "{file} {kind}");
            assert_eq!(fs::read(&kept).expect("it is there"), before, "{file} {kind}");
        }
    }
    let folder = Folder::new();
    let link = folder.path().join(good.name.to_string());
    symlink(&good.path, &link).expect("a link");
    assert!(Program::open(&Found { name: good.name, path: link }).is_err());
}

#[test]
fn another_process_files_are_refused() {
    let (_folder, mut found) = good();
    found.name.pid += 1;
    let error = Program::open(&found).expect_err("the name is another");
    assert!(error.to_string().ends_with("of another process than its directory"), "{error}");
}
