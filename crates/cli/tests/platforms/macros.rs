//! Platforms with another prefix, other names, and two types of streams in one program.

use std::fs;
use std::process::Command;

use super::build::{SANITIZED, STRICT, compile, copy, events, is_here};
use super::process::{finish, marey};

#[test]
fn macros_fit_linux_fs_to_any_tracer() {
    let sources =
        [("net.c", "barectf-platform-linux-fs.c"), ("disk.c", "barectf-platform-linux-fs.c")];
    two_streams("linux-fs", &sources, &[], str::to_owned);
}

/// The same for `linux-mmap`, whose functions of these names take fewer arguments.
#[test]
fn and_linux_mmap() {
    let platform = "barectf-platform-linux-mmap.c";
    let sources = [
        ("net.c", platform),
        ("disk.c", platform),
        ("net-recover.c", "recover.c"),
        ("disk-recover.c", "recover.c"),
    ];
    two_streams("linux-mmap", &sources, &["packet-file.c", "mapped-file.c", "-pthread"], |text| {
        text.replace("LINUX_FS", "LINUX_MMAP")
            .replace("linux-fs", "linux-mmap")
            .replace(", 0, 0, 0", "")
    });
}

/// Builds a program with two types of streams. Sources include those of the platform.
fn two_streams(
    platform: &str,
    sources: &[(&str, &str)],
    more: &[&str],
    change: impl Fn(&str) -> String,
) {
    if !is_here("cc") {
        return;
    }
    let folder = copy(platform, "macros");
    fs::create_dir(folder.join("trace")).expect("a folder");
    for (name, text) in [
        ("config.yaml", include_str!("macros/two.yaml")),
        ("program.c", include_str!("macros/two.c")),
        ("net.h", include_str!("macros/two-net.h")),
        ("disk.h", include_str!("macros/two-disk.h")),
    ] {
        fs::write(folder.join(name), change(text)).expect("a file");
    }
    for (name, source) in sources {
        let header = if name.starts_with("net") { "net.h" } else { "disk.h" };
        let text = format!("#include \"{header}\"\n#include \"{source}\"\n");
        fs::write(folder.join(name), text).expect("a file");
    }
    let arguments = ["generate", "-p", "my_", "-m", "trace", "config.yaml"];
    finish(marey().current_dir(&folder).args(arguments)).ok();
    let mut compiled = vec!["program.c", "my.c"];
    compiled.extend(sources.iter().map(|(name, _)| *name).chain(more.iter().copied()));
    compile(&folder, "program", &compiled, &[&["-I."][..], &STRICT, &SANITIZED].concat());
    assert_eq!(finish(Command::new("./program").current_dir(&folder)).ok(), "");
    if is_here("babeltrace2") {
        let mut found = events(&folder.join("trace"));
        found.sort();
        assert_eq!(found, ["read: { blocks = 7 }", "sent: { bytes = 60 }"]);
    }
}
