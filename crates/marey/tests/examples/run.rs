//! Running an example.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// The program of an example: cargo builds examples for tests, into the folder beside theirs.
pub fn example(name: &str) -> Command {
    let test = std::env::current_exe().expect("the path of this test");
    let folder = test.parent().and_then(|deps| deps.parent()).expect("a folder above `deps`");
    let program = folder.join("examples").join(name);
    assert!(program.exists(), "{}: build it with `cargo build --examples`", program.display());
    Command::new(program)
}

/// A file of these tests' own, gone when the test ends.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("marey-{}-{number}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).expect("a writable folder for temporary files");
        Scratch(path)
    }

    pub fn name(&self) -> &str {
        self.0.to_str().expect("a name in UTF-8")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a program printed that must end well, and say nothing on the standard error.
pub fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}: {}", output.status, text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    text(&output.stdout)
}

/// What an example prints, which must be the same for 1, 2 and 8 workers. The number of workers is
/// its last argument.
pub fn for_workers(name: &str, arguments: &[&str]) -> String {
    let run = |workers| printed(&example(name).args(arguments).arg(workers).output().expect("it"));
    let first = run("1");
    for workers in ["2", "8"] {
        assert_eq!(run(workers), first, "{name} with {workers} workers");
    }
    first
}
