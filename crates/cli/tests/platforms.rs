//! The platforms in `platforms/`: their examples are built and run, and what they trace is read;
//! then each has tests of its own.
#![cfg(unix)]

#[path = "platforms/build.rs"]
mod build;
#[path = "platforms/linux_fs.rs"]
mod linux_fs;
#[path = "platforms/linux_mmap.rs"]
mod linux_mmap;
#[path = "platforms/macros.rs"]
mod macros;
#[path = "platforms/packet_ring.rs"]
mod packet_ring;
#[path = "support/process.rs"]
mod process;
#[path = "platforms/semihosting.rs"]
mod semihosting;
#[path = "platforms/stream.rs"]
mod stream;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use build::{STRICT, copy, events, is_here, make, root};
use process::{finish, golden};

/// A platform.
struct Platform {
    /// Its folder.
    name: &'static str,
    /// What its example needs, to be built and run by `make run`.
    needs: &'static [&'static str],
    /// Its files in C that compile with any compiler, once the example's tracer is generated.
    portable: &'static [&'static str],
    /// Whether each run of the example is the same but for times.
    is_steady: bool,
}

const PLATFORMS: &[Platform] = &[
    Platform {
        name: "linux-fs",
        needs: &["make", "cc"],
        portable: &["barectf-platform-linux-fs.c", "example/main.c"],
        is_steady: true,
    },
    Platform {
        name: "linux-mmap",
        needs: &["make", "cc"],
        portable: &[
            "barectf-platform-linux-mmap.c",
            "recover.c",
            "packet-file.c",
            "mapped-file.c",
            "example/main.c",
            "example/recover.c",
        ],
        is_steady: true,
    },
    Platform {
        name: "packet-ring",
        needs: &["make", "cc"],
        portable: &["packet-ring.c", "example/rings.c", "example/main.c"],
        is_steady: false,
    },
    Platform {
        name: "semihosting",
        needs: &["make", "qemu-system-arm", "arm-linux-gnueabihf-gcc"],
        portable: &[],
        is_steady: true,
    },
];

/// What `make run` says in the folder of the example, and what babeltrace2 reads in its `trace`.
#[test]
fn examples_leave_traces() {
    for platform in PLATFORMS {
        if !platform.needs.iter().all(|program| is_here(program)) {
            continue;
        }
        let example = copy(platform.name, "example").join("example");
        let said = make(&example, &["run"]);
        if platform.is_steady && is_here("babeltrace2") {
            let found = format!("{said}{}\n", events(&example.join("trace")).join("\n"));
            golden(&format!("platforms/{}.txt", platform.name), &found);
        }
    }
}

/// C89 and later, C++, gcc and clang: without a warning.
#[test]
fn platforms_compile_everywhere() {
    for platform in PLATFORMS.iter().filter(|platform| !platform.portable.is_empty()) {
        if !["make", "cc"].iter().all(|program| is_here(program)) {
            return;
        }
        let folder = copy(platform.name, "strict");
        make(&folder.join("example"), &["barectf.c"]);
        for (compiler, standards) in COMPILERS {
            if !is_here(compiler) {
                continue;
            }
            for (standard, source) in standards
                .iter()
                .flat_map(|one| platform.portable.iter().map(move |file| (one, file)))
            {
                let mut command = Command::new(compiler);
                command.current_dir(&folder).args(*standard).args(STRICT);
                command.args(["-I.", "-Iexample", "-c", "-o", "strict.o", source]);
                assert_eq!(finish(&mut command).ok(), "", "{command:?}");
            }
        }
    }
}

/// Compilers, and what they are to take the files for.
const COMPILERS: &[(&str, &[&[&str]])] = &[
    ("gcc", &[&["-std=c89"], &["-std=gnu89"], &["-std=c99"], &["-std=c11"], &["-std=gnu17"]]),
    ("clang", &[&["-std=c89"], &["-std=gnu17"]]),
    ("g++", &[&["-x", "c++", "-std=c++98"], &["-x", "c++", "-std=c++17"]]),
    ("clang++", &[&["-x", "c++", "-std=c++11"]]),
    ("arm-linux-gnueabihf-gcc", &[&["-std=c89"]]),
    ("s390x-linux-gnu-gcc", &[&["-std=c89"]]),
];

/// A platform that is in no table is tested by nobody.
#[test]
fn each_platform_is_here_with_all_its_parts() {
    let folders = fs::read_dir(root().join("platforms")).expect("a folder");
    let folders = folders.map(|entry| entry.expect("an entry").file_name().into_string());
    let folders: BTreeSet<String> = folders.map(|name| name.expect("UTF-8")).collect();
    let known: BTreeSet<String> = PLATFORMS.iter().map(|it| it.name.to_owned()).collect();
    assert_eq!(folders, known);
    for name in known {
        for part in ["README.md", "example/config.yaml", "example/main.c", "example/Makefile"] {
            assert!(root().join("platforms").join(&name).join(part).exists(), "{name}: {part}");
        }
    }
}
