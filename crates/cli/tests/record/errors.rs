//! What is wrong, and how it is said.

use super::*;

/// Whether events can be named here at all.
pub fn has_tracefs() -> bool {
    let found = marey_recorder::tracefs::Tracefs::open().and_then(|tracefs| tracefs.names());
    found.inspect_err(|e| println!("skipped: tracefs cannot be read here ({e})")).is_ok()
}

/// What is said of arguments that are wrong.
pub fn wrong(folder: &Path, arguments: &[&str]) -> String {
    let ran = finish(marey().current_dir(folder).arg("record").args(arguments));
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert!(ran.stderr.lines().all(|line| line.chars().count() <= 80), "{}", ran.stderr);
    ran.stderr
}

#[test]
fn names_that_are_not_there_have_near_ones() {
    if !has_tracefs() {
        return;
    }
    let folder = scratch("record-errors");
    let said = wrong(&folder, &["-e", "sched:sched_swich"]);
    assert!(said.contains("did you mean") && said.contains("`sched:sched_switch`?"), "{said}");
    let said = wrong(&folder, &["-e", "sched:sched_switch", "-f", "next_pd == 1"]);
    assert!(said.contains("sched:sched_switch has no `next_pd`"), "{said}");
    assert!(said.contains("-f:1:1") && said.contains("`next_pid`"), "{said}");
    let said = wrong(&folder, &["--class", "thred"]);
    assert!(said.contains("`thread`"), "{said}");
    let said = wrong(&folder, &["-e", "sched:sched_switch", "-p", "999999999"]);
    assert!(said.contains("there is no process 999999999"), "{said}");
    fs::write(folder.join("bad.mh"), "on sched:sched_switch { keep if nxt_pid == 1 }")
        .expect("written");
    let said = wrong(&folder, &["-H", "bad.mh"]);
    assert!(said.contains("bad.mh:1:33") && said.contains("next_pid"), "{said}");
    let json = ["record", "-e", "sched:*", "-f", "next_pd == 1", "--json"];
    let ran = finish(marey().current_dir(&folder).args(json));
    let so = "error: 1 error: nothing is recorded with this\n";
    assert_eq!((ran.status, ran.stderr.as_str()), (2, so));
    let lines = Schema::of("record").check(&ran.stdout);
    assert_eq!(lines[0]["type"], "diagnostic");
    assert!(!folder.join("recording").exists(), "nothing is written");
}

#[test]
fn a_handler_without_an_end_is_not_read_to_it() {
    if !has_tracefs() {
        return;
    }
    let folder = scratch("record-endless");
    let said = wrong(&folder, &["-H", "/dev/zero"]);
    assert!(said.contains("/dev/zero"), "{said}");
}

#[test]
fn options_that_make_no_sense() {
    let folder = scratch("record-usage");
    let said = wrong(&folder, &["-e", "sched:sched_switch", "--buffer", "5000"]);
    assert!(said.contains("no power of two; 8192 is"), "{said}");
    let said = wrong(&folder, &["-e", "sched:sched_switch", "-s", "long"]);
    assert!(said.contains("no number of seconds"), "{said}");
    let said = wrong(&folder, &["-e", "sched:sched_switch", "-a", "-p", "1"]);
    assert!(said.contains("cannot be used with"), "{said}");
    wrong(&folder, &[]);
    for (option, value, why) in [
        ("-p", "shop", "no number of a process"),
        ("-n", "0", "it must be 1 or more"),
        ("-n", "all", "no number of events"),
        ("--ring", "blue", "30s,64MiB"),
        ("--sink", "out=pipe:x", "unix:PATH"),
    ] {
        let said = wrong(&folder, &["-e", "sched:sched_switch", option, value]);
        assert!(said.contains(why), "{said}");
    }
    let said = wrong(&folder, &["-e", "sched:sched_switch", "--ring", "1MiB", "--rotate", "1s"]);
    assert!(said.contains("cannot be used with"), "{said}");
    // Other recorders take a command without `--`.
    let said = wrong(&folder, &["-e", "sched:sched_switch", "ls"]);
    assert!(said.contains("a command that is recorded stands behind `--`: -- ls"), "{said}");
}

#[test]
fn programs_that_are_not_there_or_have_no_name() {
    let folder = scratch("record-no-programs");
    for events in ["user", "user:"] {
        let said = wrong(&folder, &["-e", events]);
        assert!(said.contains("`user:` names no events"), "{said}");
    }
    let said = wrong(&folder, &["-u", "-p", "999999999"]);
    assert!(said.contains("there is no process 999999999"), "{said}");
    let many = [&["-u", "--shadow"][..], &["-f", "number > 1"].repeat(65)].concat();
    let said = wrong(&folder, &many);
    assert!(said.contains("at most 64 filters"), "{said}");
    let said = wrong(&folder, &["-u", "--rule", "delete all"]);
    assert!(said.contains("rules are for events of the kernel"), "{said}");
    fs::write(folder.join("text"), "").expect("written");
    let said = wrong(&folder, &["-u", "--", "./text"]);
    assert!(said.contains("./text: it may not be executed"), "{said}");
    let ran = finish(marey().current_dir(&folder).args(["record", "status", "text"]));
    assert_eq!(ran.status, 4, "{}", ran.stderr);
    assert!(ran.stderr.contains("there is no recording"), "{}", ran.stderr);
    for nothing in ["text", "nothing"] {
        let ran = finish(marey().current_dir(&folder).args(["repair", nothing]));
        let so = format!("marey: {nothing}: there is no recording\n");
        assert_eq!((ran.status, ran.stderr), (4, so));
    }
}

#[test]
fn directories_that_are_there_are_left_alone() {
    if !has_tracefs() {
        return;
    }
    let folder = scratch("record-folder");
    fs::create_dir(folder.join("recording")).expect("made");
    fs::write(folder.join("recording/mine"), "mine").expect("written");
    let said = wrong(&folder, &["-e", "sched:sched_switch"]);
    assert!(said.contains("it is there already"), "{said}");
    let said = wrong(&folder, &["-e", "sched:sched_switch", "--force"]);
    assert!(said.contains("it is no recording, so it is not overwritten"), "{said}");
    let said = wrong(&folder, &["-e", "sched:sched_switch", "-o", "recording/mine"]);
    assert!(said.contains("it is no directory"), "{said}");
    assert_eq!(fs::read(folder.join("recording/mine")).expect("it is there"), b"mine");
}

#[test]
fn a_command_that_is_not_there_leaves_nothing() {
    let folder = scratch("record-no-command");
    let arguments = ["-e", "sched:sched_switch", "--", "there-is-no-such-command"];
    let Some(ran) = record(&folder, &arguments) else { return };
    assert_eq!(ran.status, 2);
    assert_eq!(ran.stderr, "marey: there-is-no-such-command: there is no such command\n");
    assert!(!folder.join("recording").exists());
}

#[test]
fn what_is_no_recording_is_not_repaired() {
    let folder = scratch("repair-errors");
    let ran = finish(marey().current_dir(&folder).args(["repair", "nowhere", "--json"]));
    Schema::of("repair").check(&ran.stdout);
    assert_eq!(ran.status, 4);
    assert!(ran.stderr.contains("there is no recording"), "{}", ran.stderr);
    fs::create_dir(folder.join("empty")).expect("made");
    let ran = finish(marey().current_dir(&folder).args(["repair", "empty"]));
    assert!(ran.status == 4 && ran.stderr.contains("no file kernel/metadata"), "{}", ran.stderr);
    // What others call as marey calls its own is theirs.
    fs::create_dir_all(folder.join("theirs/user/.config")).expect("made");
    let other = finish(marey().current_dir(&folder).args(["repair", "theirs"]));
    assert_eq!(other.status, 4, "{}", other.stderr);
    let other =
        finish(marey().current_dir(&folder).args(["record", "-u", "--force", "-o", "theirs"]));
    assert!(other.stderr.contains("it is no recording"), "{}", other.stderr);
    assert!(folder.join("theirs/user/.config").exists(), "nothing of theirs is removed");
    assert!(ran.stderr.lines().all(|line| line.chars().count() <= 80), "{}", ran.stderr);
}

#[test]
fn a_recorder_that_was_killed_at_once_leaves_nothing_in_the_way() {
    let folder = scratch("repair-at-once");
    let recording = folder.join("recording");
    let left = || {
        fs::create_dir_all(recording.join("kernel")).expect("made");
        fs::write(recording.join("kernel/.metadata"), "half").expect("written");
        let _ = fs::remove_file(recording.join(".control"));
        drop(std::os::unix::net::UnixListener::bind(recording.join(".control")).expect("bound"));
    };
    let status = || finish(marey().current_dir(&folder).args(["record", "status", "recording"]));
    left();
    assert!(status().stdout.contains("killed; `marey repair"), "{}", status().stdout);
    let ran = finish(marey().current_dir(&folder).args(["repair", "recording"]));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(fs::read_dir(&recording).expect("it is there").count(), 0);
    assert!(status().stderr.contains("there is no recording"), "{}", status().stderr);
    left();
    // Something that somebody put there is not taken away.
    fs::write(recording.join("kernel/theirs"), "").expect("written");
    let ran = finish(marey().current_dir(&folder).args(["repair", "recording"]));
    assert_eq!(ran.status, 4, "{}", ran.stderr);
    fs::remove_file(recording.join("kernel/theirs")).expect("it is there");
    let ran = finish(marey().current_dir(&folder).args(["record", "-u", "-s", "0.1", "--force"]));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
}
