//! No space costs events, counted, and never the program.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;

use marey_layer::drain::Found;
use marey_layer::event;
use marey_layer::layout::DirectoryName;

use crate::programs::number;
use crate::support::{All, Folder};

const COUNT: u64 = 10_000;

/// Records, and says itself how many events no file counts.
pub fn counts_lost() {
    for n in 0..COUNT {
        event!("t:lost", n = n);
    }
    assert_eq!(marey_layer::lost(), number("LOST"));
}

/// Lets a program have no file that is longer: to write one ends it by a signal.
fn limit_files(command: &mut Command, bytes: u64) {
    let limit = libc::rlimit { rlim_cur: bytes, rlim_max: bytes };
    let set = move || {
        // SAFETY: the kernel reads `limit`.
        let result = unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &limit) };
        if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
    };
    // SAFETY: between `fork` and `exec` there is this system call alone.
    unsafe { command.pre_exec(set) };
}

#[test]
fn no_room_for_a_ring() {
    let folder = Folder::new();
    folder.run_with("counts-lost", |command| {
        limit_files(command, 65536);
        command.env("LOST", "0");
    });
    let all = All::of_found(&folder.only());
    assert_eq!((all.events.len(), all.lost.no_ring, all.lost()), (0, COUNT, COUNT));
}

#[test]
fn no_room_for_anything() {
    for bytes in [0, 100, 4096] {
        let folder = Folder::new();
        folder.run_with("counts-lost", |command| {
            limit_files(command, bytes);
            command.env("LOST", COUNT.to_string());
        });
        assert_eq!(folder.found(), [], "{bytes}");
    }
}

#[test]
fn no_directory() {
    let folder = Folder::new();
    folder.run_with("counts-lost", |command| {
        let file = folder.path().join("file");
        fs::write(&file, "a file").expect("it can be written");
        command.env("MAREY_DIR", file).env("LOST", COUNT.to_string());
    });
}

/// A file system of its own that is full: it is there for the program alone, and what is in it is
/// copied out.
#[test]
fn a_full_file_system() {
    let can = Command::new("unshare").args(["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).output();
    if !can.is_ok_and(|done| done.status.success()) {
        println!("skipped: no rights to mount a file system");
        return;
    }
    // Room for the control page, for some rings, for one that is begun.
    for (kib, expected_some) in [(16, false), (60, false), (340, true), (700, true)] {
        let folder = Folder::new();
        let (full, out) = (folder.path().join("full"), folder.path().join("out"));
        fs::create_dir(&full).expect("it can be made");
        fs::create_dir(&out).expect("it can be made");
        let lines = "mount -t tmpfs -o size=$SIZE none \"$MAREY_DIR\" && \"$0\" \"$@\" && \
             cp -a \"$MAREY_DIR\"/. \"$OUT\"";
        let program = folder.program("many-threads");
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", lines]).arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        command.env("MAREY_DIR", &full).env("OUT", &out).env("SIZE", format!("{kib}k"));
        let output = command.env("COUNT", "5").output().expect("it starts");
        assert!(output.status.success(), "{kib}: {output:?}");
        let mut names = fs::read_dir(&out).expect("it is there").map(|it| it.unwrap().file_name());
        let name = names.next().and_then(|name| DirectoryName::parse(name.to_str()?));
        let Some(name) = name else {
            assert!(!expected_some, "{kib}");
            continue;
        };
        let path = out.join(name.to_string());
        let all = All::of_found(&Found { name, path });
        assert_eq!(all.events.len() as u64 + all.lost(), 10, "{kib}: {:?}", all.lost);
        assert_eq!(!all.events.is_empty(), expected_some, "{kib}");
        assert!(all.lost.no_ring > 0, "{kib}: there is too much room");
    }
}
