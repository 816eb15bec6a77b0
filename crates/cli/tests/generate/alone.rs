//! marey is one program: it needs no other one, and none of their libraries.

use super::*;

/// barectf does not start without Python and some of its packages, of the right versions.
#[test]
fn it_runs_where_nothing_is_installed() {
    let folder = folder("alone");
    let ran = finish(marey().current_dir(&folder).env_clear().args(["generate", "config.yaml"]));
    assert_eq!(ran.ok(), "");
    assert_eq!(names(&folder), [&GENERATED[..3], &["config.yaml"], &GENERATED[3..]].concat());
}

#[test]
fn it_links_nothing_but_the_systems_own_libraries() {
    let Ok(output) = Command::new("ldd").arg(env!("CARGO_BIN_EXE_marey")).output() else {
        return println!("skipped: no ldd here");
    };
    let libraries = String::from_utf8(output.stdout).expect("UTF-8");
    let own = [
        "statically",
        "linux-vdso",
        "libc.",
        "libm.",
        "libgcc_s.",
        "libpthread.",
        "libdl.",
        "ld-",
        "ld64",
    ];
    for library in libraries.lines().filter_map(|line| line.split_whitespace().next()) {
        let name = library.rsplit('/').next().unwrap_or(library);
        assert!(own.iter().any(|own| name.starts_with(own)), "{libraries}");
    }
}
