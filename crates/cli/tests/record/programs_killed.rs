//! Programs and their recorders are killed: no event is lost.

use super::programs::{NOTES, events, numbers_of, program, record_beside, running, work};
use super::*;

/// How often recorder and program are killed.
const KILLS: u64 = 200;

#[test]
fn a_killed_program_loses_no_event() {
    let folder = scratch("record-programs-killed");
    let mut all = 0;
    for kill in 0..KILLS {
        let notes = folder.join("notes");
        let _ = fs::remove_file(&notes);
        let mut command = marey();
        command.current_dir(&folder).args(["record", "-u", "--force", "--buffer", "32MiB", "--"]);
        let killer = format!("\"$@\" & sleep 0.0{:02}; kill -9 $!; wait", kill * 7 % 100);
        command.args(["sh", "-c", &killer, "sh"]).args(program()).env(NOTES, &notes);
        work(&mut command, u64::MAX, 1);
        let ran = finish(&mut command);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let behind = fs::read(&notes).unwrap_or_default().try_into().map_or(0, u64::from_ne_bytes);
        let Some(lines) = events(&folder) else { return };
        let numbers = numbers_of(&lines, 0);
        assert!(numbers.iter().copied().eq(0..numbers.len() as u64), "all, in order");
        assert!((behind..=behind + 1).contains(&(numbers.len() as u64)), "{behind} {lines:?}");
        all += numbers.len();
    }
    assert!(all > 0);
}

#[test]
fn a_killed_recorder_loses_no_event_of_its_command() {
    killed_recorders("record-programs-recorder-killed", KILLS, &[], false);
}

/// Waits until the recorded program noted that so many events are behind it.
pub fn wait_for_notes(notes: &Path, count: u64) {
    let wait = Instant::now();
    let behind = || fs::read(notes).unwrap_or_default().try_into().map_or(0, u64::from_ne_bytes);
    while behind() < count {
        assert!(wait.elapsed() < Duration::from_secs(60), "{} are written", behind());
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Kills recorders with these arguments, which keep all events, each at another moment. Nothing is
/// missing when they are repaired.
pub fn killed_recorders(name: &str, kills: u64, arguments: &[&str], has_kernel: bool) {
    let folder = scratch(name);
    let mut begun = 0;
    for kill in 0..kills {
        // One that is started in the very moment of the kill begins later: so each has a folder.
        let folder = folder.join(kill.to_string());
        fs::create_dir(&folder).expect("a folder");
        let notes = folder.join("notes");
        let mut command = marey();
        command.current_dir(&folder).args(["record", "-u"]).args(arguments).arg("--");
        command.args(program()).env(NOTES, &notes).stdout(Stdio::null()).stderr(Stdio::null());
        work(&mut command, 3000, 1);
        let mut recorder = command.spawn().expect("marey starts");
        // With events of the kernel it takes a while until it begins, and on a busy machine always.
        while (has_kernel || kill % 2 == 0) && !notes.exists() {
            assert!(recorder.try_wait().expect("a process").is_none(), "it ended");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(5000 + kill * 7919 % 40_000));
        recorder.kill().expect("it runs, or has ended");
        recorder.wait().expect("it ended");
        // What it has written is whole.
        let Some(before) = events(&folder) else { return };
        let has_begun = notes.exists();
        if has_begun {
            wait_for_notes(&notes, 3000);
        }
        let repaired = finish(marey().current_dir(&folder).args(["repair", "recording"]));
        if !has_begun {
            continue;
        }
        begun += 1;
        assert_eq!(repaired.status, 0, "{}", repaired.stderr);
        let numbers = numbers_of(&events(&folder).expect("as before"), 0);
        assert!(before.len() <= numbers.len());
        assert!(numbers.iter().copied().eq(0..3000), "{} of {}", numbers.len(), before.len());
    }
    assert!(begun > 0, "it was killed too early each time");
}

#[test]
fn a_filter_that_a_killed_recorder_left_is_asked_no_more() {
    let folder = scratch("user-left-filter");
    let child = running(&folder);
    let pid = child.0.id().to_string();
    let mut command = marey();
    command.current_dir(&folder).args(["record", "-u", "-p", &pid, "-f", "number == 0"]);
    command.args(["-o", "killed"]).env("MAREY_DIR", folder.join("programs"));
    let mut killed = command.stderr(Stdio::null()).spawn().expect("marey starts");
    let begin = Instant::now();
    let of_program = |entry: fs::DirEntry| fs::read(entry.path().join("control")).ok();
    let is_given = || {
        let mut all = fs::read_dir(folder.join("programs")).into_iter().flatten().flatten();
        // The turn of filters: see `marey_layer::layout::control`.
        all.find_map(of_program).is_some_and(|bytes| bytes[4120..4124] != [0; 4])
    };
    while !is_given() {
        assert!(begin.elapsed() < Duration::from_secs(60), "the program is given no filter");
        std::thread::sleep(Duration::from_millis(2));
    }
    killed.kill().expect("it runs");
    killed.wait().expect("it ended");
    for arguments in [&["-o", "plain"][..], &["-o", "shadow", "--shadow", "-f", "number == 0"]] {
        let all = [&["-u", "-p", &pid, "-n", "50", "-s", "20", "--allow-loss"][..], arguments];
        let ran = record_beside(&folder, &all.concat());
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let text = fs::read_to_string(folder.join(arguments[1]).join("ledger.json"));
        let ledger: Value = serde_json::from_str(&text.expect("a ledger")).expect("JSON");
        assert!(number(&ledger, "/delivered") >= 50, "{ledger}");
        // The filter may be deciding about one in the moment in which it is taken away.
        assert!(number(&ledger, "/filtered") <= 1, "{ledger}");
    }
}
