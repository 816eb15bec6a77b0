//! The programs of the guide, run as processes.
#![cfg(feature = "testing")]

use std::path::PathBuf;
use std::process::Command;

use marey::testing::pcapng::{ETHERNET, Length, Pcapng, option as o};
use marey::testing::{Order, START_NS};

/// The program of an example: cargo builds examples for tests, into the folder beside theirs.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().expect("the path of this test");
    let folder = test.parent().and_then(|deps| deps.parent()).expect("a folder above `deps`");
    let program = folder.join("examples").join(name);
    assert!(program.exists(), "{}: build it with `cargo build --examples`", program.display());
    Command::new(program)
}

/// A file of this test's own, gone when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("marey-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).expect("a writable folder for temporary files");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn meta_callback_sees_a_name_and_two_records_without() {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[o::application("a section has no interface")]);
    file.interface(ETHERNET, 0, &[o::if_name("eth0")]);
    file.interface(ETHERNET, 0, &[]);
    for index in 0..1000 {
        file.packet(index % 2, START_NS + i64::from(index), &[1; 1400], &[]);
    }
    file.statistics(0, START_NS + 1000, &[o::isb_ifrecv(1000)]);
    let file = Scratch::new("meta_callback.pcapng", &file.finish().bytes);
    for workers in ["1", "2", "8"] {
        let output = example("meta_callback").arg(&file.0).args(["-j", workers]).output();
        let output = output.expect("the example runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(text, "Some(\"eth0\")\nNone\nNone\n", "{workers} workers");
        assert!(output.status.success() && output.stderr.is_empty());
    }
}

#[test]
fn meta_callback_says_why_it_cannot() {
    let output = example("meta_callback").output().expect("the example runs");
    assert_eq!(output.status.code(), Some(2));
    let output = example("meta_callback").arg("there-is-no-such-file").output();
    assert_eq!(output.expect("the example runs").status.code(), Some(1));
}
