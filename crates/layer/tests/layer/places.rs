//! Where programs have their files when nothing is said.

use std::process::Command;

use marey_layer::drain::{self, Found, Program};

use crate::c_header::{GCC, build};
use crate::support::{All, Folder};

/// Runs a program to which no directory is said; what it left, which is removed.
fn left_by(mut command: Command) -> Option<All> {
    command.env_remove("MAREY_DIR").env_remove("XDG_RUNTIME_DIR").env("MAREY_EVENTS", "*");
    let mut child = command.spawn().expect("it starts");
    let pid = child.id();
    assert!(child.wait().expect("it ends").success());
    let is_its = |found: &Found| found.name.pid == pid;
    let found = drain::directories().into_iter().flat_map(|path| drain::find(&path).expect("one"));
    let found: Vec<Found> = found.filter(is_its).collect();
    let [found] = &found[..] else {
        println!("skipped: there is no /dev/shm, or it is full: {found:?}");
        assert!(!std::path::Path::new("/dev/shm").is_dir(), "nothing was left");
        return None;
    };
    let parent = found.path.parent().expect("a directory");
    assert!(parent.to_string_lossy().starts_with(marey_layer::layout::OF_USER), "{parent:?}");
    let all = All::of(&mut Program::open(found).expect("it can be opened"));
    found.remove().expect("it is gone");
    Some(all)
}

#[test]
fn nothing_is_said_to_a_program_in_rust() {
    let mut command = Folder::new().program("counts");
    command.env("COUNT", "7");
    let Some(all) = left_by(command) else { return };
    assert_eq!((all.values("n"), all.lost()), ((0..7).collect(), 0));
}

#[test]
fn nothing_is_said_to_a_program_in_c() {
    let building = Folder::new();
    let Some(program) = build(&GCC, &building) else { return };
    let mut command = Command::new(program);
    command.args(["counts", "7"]);
    let Some(all) = left_by(command) else { return };
    assert_eq!((all.values("n"), all.lost()), ((0..7).collect(), 0));
}
