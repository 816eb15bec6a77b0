//! How platforms are built for tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{finish, scratch};

/// What compilers may say of a platform: nothing.
pub const STRICT: [&str; 6] =
    ["-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"];

/// What finds accesses out of bounds, and leaks.
pub const SANITIZED: [&str; 3] =
    ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// The repository.
pub fn root() -> PathBuf {
    xtask::root()
}

/// A copy of a platform's tracked files for one test, beside the other platforms.
pub fn copy(platform: &str, test: &str) -> PathBuf {
    let folder = scratch(&format!("platforms-{platform}-{test}"));
    for path in xtask::tracked(&root()).expect("the repository reads") {
        if let Some(name) = path.strip_prefix("platforms/") {
            let to = folder.join(name);
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            fs::copy(root().join(&path), to).expect("a tracked file can be copied");
        }
    }
    folder.join(platform)
}

/// Makes targets in the folder of an example, with the `marey` that was built, without a warning.
/// What the programs that are run say.
pub fn make(folder: &Path, targets: &[&str]) -> String {
    let marey = format!("MAREY={}", env!("CARGO_BIN_EXE_marey"));
    let mut command = Command::new("make");
    // The make that may run this test has no say.
    for variable in ["MAKEFLAGS", "MAKELEVEL", "MFLAGS"] {
        command.env_remove(variable);
    }
    let ran = finish(command.current_dir(folder).args(["-s", &marey]).args(targets));
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{command:?}: {}", ran.stdout);
    ran.stdout
}

/// Compiles C into the program `name`, in a folder that has the tracer.
pub fn compile(folder: &Path, name: &str, sources: &[&str], options: &[&str]) {
    let mut command = Command::new("cc");
    command.current_dir(folder).args(options).args(["-o", name]).args(sources);
    assert_eq!(finish(&mut command).ok(), "", "{command:?}");
}

/// Whether a program is here; says so if it is not.
pub fn is_here(program: &str) -> bool {
    let is_here = Command::new(program).arg("--version").output().is_ok();
    if !is_here {
        println!("skipped: no {program} here");
    }
    is_here
}

/// The events of a trace, as babeltrace2 prints them, without times. It must not complain.
pub fn events(trace: &Path) -> Vec<String> {
    let ran = finish(Command::new("babeltrace2").arg(trace));
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{}", trace.display());
    let without_time =
        |line: &str| line.split_once(") ").map_or(line, |(_, event)| event).to_owned();
    ran.stdout.lines().map(without_time).collect()
}
