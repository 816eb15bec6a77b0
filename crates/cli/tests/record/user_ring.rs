//! Rings, parts and snapshots of events of programs.

use super::programs::{NOTES, numbers_of, program, recorded, work};
use super::programs_killed::{killed_recorders, wait_for_notes};
use super::*;

/// How many events fill the shortest ring that this machine allows some times.
const MANY: u64 = 150_000;

/// The length of the shortest ring, in bytes.
fn shortest() -> u64 {
    (marey_recorder::sys::possible_cpus().expect("a number") as u64) << 20
}

/// Records the program, and a while behind it: snapshots are taken before the end.
fn lasting(folder: &Path, arguments: &[&str], count: u64) -> Ran {
    let mut command = marey();
    command.current_dir(folder).arg("record").args(arguments);
    command.args(["--", "sh", "-c", "\"$@\"; sleep 3", "sh"]).args(program());
    work(&mut command, count, 1);
    finish(&mut command)
}

/// How long all files of traces of programs are.
fn bytes(recording: &Path) -> u64 {
    let traces = fs::read_dir(recording.join("user")).expect("a folder").flatten();
    let files = traces.flat_map(|trace| fs::read_dir(trace.path()).expect("a folder").flatten());
    files.map(|file| file.metadata().expect("it is there").len()).sum()
}

/// The numbers of the events of the only thread; they must be all up to the last one. Nothing where
/// babeltrace2 is not installed.
fn newest(recording: &Path) -> Option<std::ops::Range<u64>> {
    let numbers = numbers_of(&babeltrace::lines(&recording.join("user"))?, 0);
    let first = numbers.first().copied().unwrap_or(0);
    let range = first..first + numbers.len() as u64;
    assert!(numbers.iter().copied().eq(range.clone()), "{range:?}, but {} events", numbers.len());
    Some(range)
}

fn ledger_of(recording: &Path) -> Value {
    let text = fs::read_to_string(recording.join("ledger.json")).expect("a ledger");
    serde_json::from_str(&text).expect("JSON")
}

/// That a ledger tells of so many events, of which the trace has these.
fn is_exact(ledger: &Value, events: u64, kept: std::ops::Range<u64>) {
    let of = |name: &str| number(ledger, name);
    let kept_count = kept.end - kept.start;
    assert_eq!(of("/programs/0/events/0/delivered"), kept_count, "{ledger}");
    assert_eq!(of("/programs/0/events/0/overwritten"), events - kept_count, "{ledger}");
    assert_eq!((of("/overwritten"), of("/lost")), (events - kept_count, 0), "{ledger}");
    assert_eq!(of("/received"), of("/delivered") + of("/filtered") + of("/lost"), "{ledger}");
    assert_eq!(kept.end, events, "{ledger}");
}

#[test]
fn a_ring_keeps_the_newest_events_of_a_program() {
    let folder = scratch("user-ring");
    let ring = shortest();
    let arguments = ["-u", "--json", "--buffer", "16MiB", "--ring", &ring.to_string()];
    let ran = recorded(&folder, &arguments, MANY, 1);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    Schema::of("record").check(ran.stdout.split_inclusive('\n').next_back().expect("a line"));
    assert!(ran.stderr.contains(" overwritten"), "{}", ran.stderr);
    let recording = folder.join("recording");
    // The part that is being written has as much room besides.
    assert!(bytes(&recording) <= ring + ring / 8 + (128 << 10), "{}", bytes(&recording));
    let Some(kept) = newest(&recording) else { return };
    assert!(kept.start > 0, "{kept:?}");
    is_exact(&ledger(&folder), MANY, kept);
}

#[test]
fn parts_of_programs_are_all_there() {
    let folder = scratch("user-rotate");
    let size = (shortest() / 8).to_string();
    let ran = recorded(&folder, &["-u", "--buffer", "16MiB", "--rotate", &size], MANY / 3, 3);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let ledger = ledger(&folder);
    assert_eq!(number(&ledger, "/delivered"), MANY, "{ledger}");
    assert_eq!(number(&ledger, "/overwritten"), 0, "{ledger}");
    let trace = fs::read_dir(folder.join("recording/user")).expect("a folder").flatten();
    let files = trace.flat_map(|trace| fs::read_dir(trace.path()).expect("a folder"));
    assert!(files.count() > 20, "there are parts");
    let Some(lines) = babeltrace::lines(&folder.join("recording/user")) else { return };
    (0..3).for_each(|thread| assert!(numbers_of(&lines, thread).into_iter().eq(0..MANY / 3)));
}

#[test]
fn a_handler_saves_what_led_to_an_event() {
    let folder = scratch("user-snapshot");
    let handler = "on user test:work { snapshot if number == 1000 }";
    fs::write(folder.join("h.mh"), handler).expect("written");
    let ring = shortest().to_string();
    let arguments = ["-H", "h.mh", "--buffer", "16MiB", "--ring", &ring];
    let ran = lasting(&folder, &arguments, 5000);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("1 snapshot"), "{}", ran.stderr);
    let saved = folder.join("recording/snapshot-0001");
    let events = number(&ledger_of(&saved), "/received");
    let Some(kept) = newest(&saved) else { return };
    assert!(kept.contains(&1000), "{kept:?}");
    is_exact(&ledger_of(&saved), events, kept);
    is_exact(&ledger(&folder), 5000, newest(&folder.join("recording")).expect("as before"));
    assert_eq!(number(&ledger(&folder), "/saved"), 1);
}

#[test]
fn what_is_asked_for_at_the_end_is_saved() {
    let folder = scratch("user-snapshot-last");
    let handler = "on user test:work { snapshot if number == 5 }";
    fs::write(folder.join("h.mh"), handler).expect("written");
    let mut command = marey();
    command.current_dir(&folder).args(["record", "-H", "h.mh", "--ring", "100s,64MiB", "--"]);
    // The second one asks when it is not long ago that there was a snapshot, if there was.
    command.args(["sh", "-c", "\"$@\"; sleep 0.2; \"$@\"", "sh"]).args(program());
    work(&mut command, 100, 1);
    let ran = finish(&mut command);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let saved = number(&ledger(&folder), "/saved");
    let last = ledger_of(&folder.join(format!("recording/snapshot-{saved:04}")));
    assert!(number(&last, "/delivered") > 105, "{last}");
}

#[test]
fn a_ring_of_marks_is_no_longer_than_any() {
    let folder = scratch("user-ring-marks");
    let handler = "on user test:work { mark(\"a text that takes some room\"); discard }";
    fs::write(folder.join("h.mh"), handler).expect("written");
    let ring = shortest();
    let arguments = ["-u", "-H", "h.mh", "--buffer", "16MiB", "--ring", &ring.to_string()];
    let ran = recorded(&folder, &arguments, MANY, 1);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(number(&ledger(&folder), "/filtered"), MANY);
    let bytes = bytes(&folder.join("recording"));
    assert!(bytes > 0 && bytes <= ring + ring / 8 + (128 << 10), "{bytes}");
}

#[test]
fn rings_of_kernel_and_programs_are_saved_together() {
    let folder = scratch("user-ring-kernel");
    let handler = "state n: u64; on class user { n += 1; snapshot if number == 400 }
        on sched:sched_process_exit { mark(\"after\") if n == 500; keep }";
    fs::write(folder.join("h.mh"), handler).expect("written");
    let ring = shortest().to_string();
    let ran = lasting(&folder, &["-H", "h.mh", "--ring", &ring], 500);
    if ran.status == 5 {
        return println!("skipped: {}", ran.stderr.trim());
    }
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let recording = folder.join("recording");
    assert_eq!(number(&ledger(&folder), "/programs/0/delivered"), 500);
    let Some(lines) = babeltrace::lines(&recording) else { return };
    assert!(lines.iter().any(|line| line.contains("marey_mark: ")), "{lines:#?}");
    let saved = recording.join("snapshot-0001");
    assert!(saved.join("kernel/metadata").exists());
    // What asked for it is in it.
    assert!(newest(&saved).expect("as before").contains(&399));
}

#[test]
fn a_trace_of_which_nothing_is_left_is_gone_and_comes_again() {
    let folder = scratch("user-ring-gone");
    let mut command = marey();
    command.current_dir(&folder).args(["record", "-u", "--ring", "80ms", "--"]);
    // Two programs, one after the other, and then a while of nothing, and a third one.
    let script = "\"$@\"; \"$@\"; sleep 0.5; \"$@\"; sleep 0.05";
    command.args(["sh", "-c", script, "sh"]).args(program());
    work(&mut command, 100, 1);
    let ran = finish(&mut command);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let ledger = ledger(&folder);
    let of = |name: &str| number(&ledger, name);
    assert_eq!((of("/received"), of("/lost")), (300, 0), "{ledger}");
    assert_eq!(of("/delivered") + of("/overwritten"), 300, "{ledger}");
    assert!(of("/overwritten") >= 200, "{ledger}");
    let user = fs::read_dir(folder.join("recording/user")).expect("a folder").flatten();
    let names: Vec<_> = user.map(|entry| entry.file_name()).collect();
    assert!(names.len() <= 1, "{names:?}");
}

#[test]
fn a_recorder_of_parts_that_is_killed_loses_no_event() {
    killed_recorders("user-rotate-killed", 60, &["--rotate", "1ms"], false);
    killed_recorders("user-ring-killed", 60, &["--ring", "100s,64MiB"], false);
}

#[test]
fn a_ring_is_killed_and_repaired_at_any_moment() {
    let folder = scratch("user-ring-killed-newest");
    let ring = shortest().to_string();
    let mut killed = 0;
    for kill in 0..20 {
        let folder = folder.join(kill.to_string());
        fs::create_dir(&folder).expect("a folder");
        let mut command = marey();
        let arguments = ["record", "-u", "--buffer", "16MiB", "--ring", &ring, "--"];
        command.current_dir(&folder).args(arguments).args(program());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let notes = folder.join("notes");
        work(command.env(NOTES, &notes), MANY, 1);
        let mut recorder = command.spawn().expect("marey starts");
        wait_for_notes(&notes, 1);
        std::thread::sleep(Duration::from_millis(kill * 23));
        recorder.kill().expect("it runs, or has ended");
        recorder.wait().expect("it ended");
        let recording = folder.join("recording");
        let is_trace = |entry: fs::DirEntry| !entry.file_name().to_string_lossy().starts_with('.');
        let mut entries = fs::read_dir(recording.join("user")).into_iter().flatten().flatten();
        if !entries.any(is_trace) {
            continue;
        }
        // It is valid as it is.
        let Some(_) = newest(&recording) else { return };
        // The program goes on, into its ring, which has room for all.
        wait_for_notes(&notes, MANY);
        let repaired = finish(marey().current_dir(&folder).args(["repair", "recording"]));
        assert_eq!(repaired.status, 0, "{}", repaired.stderr);
        assert_eq!(newest(&recording).expect("as before").end, MANY);
        killed += 1;
    }
    assert!(killed > 0, "it was killed too early each time");
}
