//! How files are written: only if they change, and whole or not at all.

use super::*;

const OLD: Duration = Duration::from_secs(1_000_000_000);

/// Makes all generated files old.
fn age(folder: &Path) {
    for name in GENERATED {
        let file = fs::File::options().write(true).open(folder.join(name)).expect("a file");
        file.set_modified(SystemTime::UNIX_EPOCH + OLD).expect("a time");
    }
}

/// The generated files that are not old.
fn fresh(folder: &Path) -> Vec<&'static str> {
    let old = SystemTime::UNIX_EPOCH + OLD;
    let time = |name: &str| folder.join(name).metadata().and_then(|m| m.modified());
    GENERATED.into_iter().filter(|name| time(name).expect("a time") != old).collect()
}

#[test]
fn what_does_not_change_keeps_its_time() {
    let folder = folder("mtime");
    generate(&folder, &["config.yaml"]).ok();
    age(&folder);
    generate(&folder, &["config.yaml"]).ok();
    assert_eq!(fresh(&folder), [""; 0]);
    write(
        &folder,
        "config.yaml",
        CONFIG.replace("greeting:", "greeting:\n            log-level: 3"),
    );
    generate(&folder, &["config.yaml"]).ok();
    assert_eq!(fresh(&folder), ["metadata"], "a log level is in the metadata only");
    write(&folder, "barectf.h", "");
    generate(&folder, &["config.yaml"]).ok();
    assert!(read(&folder, "barectf.h").contains("barectf_trace_greeting"));
}

#[test]
fn errors_leave_all_as_it_was() {
    let folder = folder("errors-keep");
    generate(&folder, &["config.yaml"]).ok();
    age(&folder);
    write(&folder, "config.yaml", CONFIG.replace("uint32", "uint33"));
    assert_eq!(generate(&folder, &["config.yaml"]).status, 1);
    assert_eq!(fresh(&folder), [""; 0]);
}

#[test]
fn if_one_cannot_be_written_none_is() {
    let folder = folder("all-or-none");
    fs::create_dir(folder.join("barectf.c")).expect("a folder");
    let ran = generate(&folder, &["config.yaml"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (6, ""));
    assert!(ran.stderr.starts_with("marey: barectf.c: writing it failed: "), "{}", ran.stderr);
    assert_eq!(names(&folder), ["config.yaml"]);
    let (values, _) = json(&folder, &["generate", "config.yaml"]);
    assert_eq!(values.last().expect("an end")["written"], 0);
}

#[test]
fn a_write_that_fails_or_is_killed_leaves_what_was_there() {
    let folder = folder("killed");
    generate(&folder, &["config.yaml"]).ok();
    let before: Vec<String> = GENERATED.iter().map(|name| read(&folder, name)).collect();
    // No file may become longer than nothing: the kernel ends the writer, or its writes fail.
    for (script, status) in [("", -1), ("trap '' XFSZ; ", 6)] {
        let mut command = Command::new("sh");
        let script = format!("{script}ulimit -f 0 && exec \"$@\"");
        command.current_dir(&folder).args(["-c", &script, "sh", env!("CARGO_BIN_EXE_marey")]);
        let ran = finish(command.args(["generate", "--ctf", "2", "config.yaml"]));
        assert_eq!(ran.status, status, "{}", ran.stderr);
        let after: Vec<String> = GENERATED.iter().map(|name| read(&folder, name)).collect();
        assert!(before == after, "something changed");
    }
}

#[test]
fn an_unwritable_folder_is_told() {
    let folder = folder("unwritable");
    if !Path::new("/proc/self").exists() {
        println!("skipped: no /proc here");
        return;
    }
    let ran = generate(&folder, &["-m", "/proc", "config.yaml"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (6, ""));
    assert!(ran.stderr.starts_with("marey: /proc/metadata: writing it failed: "));
    assert_eq!(names(&folder), ["config.yaml"]);
}

#[test]
fn a_link_stays_a_link() {
    let folder = folder("link");
    fs::create_dir(folder.join("real")).expect("a folder");
    write(&folder, "real/metadata", "old");
    std::os::unix::fs::symlink("real/metadata", folder.join("metadata")).expect("a link");
    generate(&folder, &["config.yaml"]).ok();
    assert!(read(&folder, "real/metadata").starts_with("/* CTF 1.8 */"));
    assert!(folder.join("metadata").is_symlink());
}

#[test]
fn no_input_is_overwritten() {
    let folder = folder("same");
    write(&folder, "metadata", CONFIG);
    let ran = generate(&folder, &["metadata"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("marey: metadata: it is a file that is read"), "{}", ran.stderr);
    assert_eq!(read(&folder, "metadata"), CONFIG);
    let ran = generate(&folder, &["--depfile", "config.yaml", "config.yaml"]);
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    let ran = generate(&folder, &["--depfile", "barectf.c", "config.yaml"]);
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert_eq!(read(&folder, "config.yaml"), CONFIG);
}

#[test]
fn names_of_files_stay_in_their_folder() {
    let folder = folder("escape");
    let prefix = "{identifier: x_, file-name: ../up}";
    let options = format!("options: {{code-generation: {{prefix: {prefix}}}}}\ntrace:");
    write(&folder, "config.yaml", CONFIG.replace("trace:", &options));
    for arguments in [&["generate", "config.yaml"][..], &["config", "check", "config.yaml"]] {
        let ran = run_in(&folder, arguments);
        assert_eq!(ran.status, 1);
        assert!(ran.stderr.contains("names of files cannot begin with `../up`"), "{}", ran.stderr);
    }
    assert_eq!(generate(&folder, &["-p", "x_", "config.yaml"]).ok(), "");
}
