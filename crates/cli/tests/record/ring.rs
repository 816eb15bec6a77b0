//! Rings, snapshots of them, and recordings in parts.

use super::control::{ask, ended, record_own};
use super::*;

/// The shortest ring that this machine allows, in bytes, and calls that fill it some times.
fn shortest() -> (u64, usize) {
    let cpus = marey_recorder::sys::possible_cpus().expect("a number") as u64;
    (cpus << 20, (cpus << 20) as usize / 40)
}

/// The numbers of the calls of a trace; they must be all up to the last one. Nothing where
/// babeltrace2 is not installed.
fn newest(kernel: &Path) -> Option<std::ops::Range<usize>> {
    let numbers = numbers(&babeltrace::lines(kernel)?);
    let first = numbers.first().copied().unwrap_or(0);
    let range = first..first + numbers.len();
    assert!(numbers.iter().copied().eq(range.clone()), "{range:?}, but {} calls", numbers.len());
    Some(range)
}

fn ledger_of(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("ledger.json")).expect("a ledger");
    serde_json::from_str(&text).expect("JSON")
}

/// How long all files in a directory are.
fn bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    entries.map(|entry| entry.metadata().expect("it is there").len()).sum()
}

/// That a ledger tells of so many calls, of which the trace has these.
fn is_exact(ledger: &Value, calls: usize, kept: std::ops::Range<usize>) {
    let of = |name: &str| number(ledger, name) as usize;
    assert_eq!(of("/events/0/delivered"), kept.len(), "{ledger}");
    assert_eq!(of("/events/0/overwritten"), calls - kept.len(), "{ledger}");
    assert_eq!((of("/lost"), kept.end), (0, calls), "{ledger}");
    assert_eq!(of("/received"), of("/delivered") + of("/filtered") + of("/lost"));
    assert_eq!(of("/overwritten"), of("/events/0/overwritten"));
}

#[test]
fn a_ring_keeps_the_newest_and_snapshots_keep_them_for_good() {
    let folder = scratch("ring-newest");
    let (ring, calls) = shortest();
    let Some(child) = record_own(&folder, &["--ring", &format!("{ring}")]) else { return };
    let recording = folder.join("recording");
    (0..calls / 2).for_each(call);
    let first = ask(&folder, "snapshot");
    assert_eq!(first["snapshot"], "snapshot-0001");
    assert_eq!(first["state"], "recording");
    // The recording itself is read while it is made.
    let Some(_) = newest(&recording.join("kernel")) else { return };
    (calls / 2..calls).for_each(call);
    assert_eq!(ask(&folder, "snapshot")["snapshot"], "snapshot-0002");
    assert!(bytes(&recording.join("kernel")) <= ring + (128 << 10), "and what threads there are");
    call(calls);
    assert_eq!(ask(&folder, "status")["snapshots"], 2);
    ask(&folder, "stop");
    let (status, said) = ended(child);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains(" overwritten") && said.contains("2 snapshots"), "{said}");
    for (folder, calls) in [
        (recording.clone(), calls + 1),
        (recording.join("snapshot-0001"), calls / 2),
        (recording.join("snapshot-0002"), calls),
    ] {
        let kept = newest(&folder.join("kernel")).expect("as before");
        assert!(kept.start > 0, "{kept:?}");
        is_exact(&ledger_of(&folder), calls, kept);
        let lines = babeltrace::lines(&folder.join("kernel")).expect("as before");
        assert!(lines.iter().any(|line| line.contains(" thread_state: ")), "threads stay");
    }
    assert_eq!(number(&ledger(&folder), "/saved"), 2);
    // What they are made of is not held any longer than they are.
    let again = record(&folder, &["-e", "sched:sched_switch", "-s", "0.1", "--force"]);
    assert_eq!(again.expect("as before").status, 0);
    assert!(!recording.join("snapshot-0001").exists());
}

#[test]
fn a_ring_of_time_forgets_what_is_older() {
    let folder = scratch("ring-time");
    let Some(child) = record_own(&folder, &["--ring", "800ms"]) else { return };
    let (begin, mut times) = (Instant::now(), Vec::new());
    while begin.elapsed() < Duration::from_millis(2400) {
        times.push(Instant::now());
        call(times.len() - 1);
        std::thread::sleep(Duration::from_millis(1));
    }
    ask(&folder, "stop");
    // It ended before this.
    let end = Instant::now();
    assert_eq!(ended(child).0, Some(0));
    let Some(kept) = newest(&folder.join("recording/kernel")) else { return };
    let is_old = |time: &Instant| end - *time > Duration::from_millis(800);
    let old = times.partition_point(is_old);
    assert!(kept.start > 0 && kept.start <= old, "{kept:?} of {}, {old} are old", times.len());
    is_exact(&ledger(&folder), times.len(), kept);
}

#[test]
fn what_somebody_removes_or_puts_in_the_way_ends_nothing() {
    let folder = scratch("ring-disturbed");
    let (ring, calls) = shortest();
    let Some(child) = record_own(&folder, &["--ring", &format!("{ring}")]) else { return };
    let recording = folder.join("recording");
    (0..calls / 2).for_each(call);
    ask(&folder, "status");
    let files = fs::read_dir(recording.join("kernel")).expect("a folder").flatten();
    let parts = files.map(|file| file.path()).filter(|path| path.to_string_lossy().contains("cpu"));
    let oldest = parts.min_by_key(|path| path.metadata().and_then(|of| of.modified()).ok());
    fs::remove_file(oldest.expect("there are parts")).expect("it is there");
    fs::create_dir_all(recording.join("snapshot-0001/full")).expect("made");
    let refused = finish(marey().current_dir(&folder).args(["record", "snapshot", "recording"]));
    assert_eq!(refused.status, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("snapshot-0001"), "{}", refused.stderr);
    fs::remove_dir_all(recording.join("snapshot-0001")).expect("it is there");
    // By then the part that was removed would have been.
    (calls / 2..2 * calls).for_each(call);
    ask(&folder, "pause");
    assert_eq!(ask(&folder, "snapshot")["snapshot"], "snapshot-0001");
    ask(&folder, "stop");
    let (status, said) = ended(child);
    assert_eq!(status, Some(6), "{said}");
    assert!(said.contains("1 snapshot that could not be written"), "{said}");
    let saved = ledger_of(&recording.join("snapshot-0001"));
    assert_eq!(number(&saved, "/pauses/count"), 1, "{saved}");
    assert!(number(&saved, "/pauses/listed/0/begin_ns") > 0, "{saved}");
    assert_eq!(saved.pointer("/pauses/listed/0/end_ns"), Some(&Value::Null), "{saved}");
    let ledger = ledger(&folder);
    assert_eq!((number(&ledger, "/saved"), number(&ledger, "/unsaved")), (1, 1), "{ledger}");
    let Some(kept) = newest(&recording.join("kernel")) else { return };
    is_exact(&ledger, 2 * calls, kept);
}

#[test]
fn handlers_and_signals_trigger_snapshots() {
    let folder = scratch("ring-trigger");
    let (ring, _) = shortest();
    let handler = format!(
        "on syscalls:sys_enter_statx {{ snapshot if filename == \"{}\" or filename == \"{}\" }}",
        name(500),
        name(510),
    );
    fs::write(folder.join("h.mh"), handler).expect("written");
    let more = ["--ring", &format!("{ring}"), "-H", "h.mh"];
    let Some(child) = record_own(&folder, &more) else { return };
    let wait = |name: &str| {
        let begin = Instant::now();
        while !folder.join("recording").join(name).exists() {
            assert!(begin.elapsed() < Duration::from_secs(30), "{name} does not come");
            std::thread::sleep(Duration::from_millis(2));
        }
    };
    (0..=500).for_each(call);
    wait("snapshot-0001");
    (501..600).for_each(call);
    // The second one comes a second later, with what there is then.
    wait("snapshot-0002");
    let killed = Command::new("kill").args(["-USR1", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    wait("snapshot-0003");
    ask(&folder, "stop");
    assert_eq!(ended(child).0, Some(0));
    let all = ["snapshot-0001", "snapshot-0002", "snapshot-0003"];
    // The second one has what led to it, and as much more as there was in a second.
    for (name, calls) in all.into_iter().zip([501..=501, 511..=600, 600..=600]) {
        let folder = folder.join("recording").join(name);
        let Some(kept) = newest(&folder.join("kernel")) else { return };
        assert!(kept.start == 0 && calls.contains(&kept.end), "{name}: {kept:?}");
        is_exact(&ledger_of(&folder), kept.end, kept);
    }
    assert_eq!(number(&ledger(&folder), "/snapshots"), 2, "a handler asked twice");
}

#[test]
fn marks_fill_a_ring_as_events_do() {
    let folder = scratch("ring-marks");
    let (ring, calls) = shortest();
    let handler = "on syscalls:sys_enter_statx { mark(\"a text that takes some room\"); discard }";
    fs::write(folder.join("h.mh"), handler).expect("written");
    let more = ["--ring", &format!("{ring}"), "-H", "h.mh"];
    let Some(child) = record_own(&folder, &more) else { return };
    (0..2 * calls).for_each(call);
    ask(&folder, "stop");
    assert_eq!(ended(child).0, Some(0));
    assert!(number(&ledger(&folder), "/filtered") >= 2 * calls as u64);
    let bytes = bytes(&folder.join("recording/kernel"));
    assert!(bytes <= ring + (128 << 10), "{bytes}, and what threads there are");
}

#[test]
fn parts_are_all_there() {
    let folder = scratch("ring-rotate");
    let (ring, calls) = shortest();
    let Some(child) = record_own(&folder, &["--rotate", &format!("{}", ring / 8)]) else { return };
    let ran = finish(marey().current_dir(&folder).args(["record", "snapshot"]));
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("there is no ring") && ran.stderr.contains("--ring"));
    // Who sends a signal gets no answer: the recorder says it itself.
    let told = Command::new("kill").args(["-USR1", &child.id().to_string()]).status();
    assert!(told.expect("kill runs").success());
    (0..calls).for_each(call);
    std::thread::sleep(Duration::from_millis(50));
    ask(&folder, "stop");
    let (status, said) = ended(child);
    assert_eq!((status, said.matches("no snapshot: there is no ring").count()), (Some(0), 1));
    let Some(kept) = newest(&folder.join("recording/kernel")) else { return };
    assert_eq!(kept, 0..calls);
    is_exact(&ledger(&folder), calls, kept);
    let parts = fs::read_dir(folder.join("recording/kernel")).expect("a folder").flatten();
    let numbers = parts.filter_map(|part| {
        let name = part.file_name().into_string().expect("UTF-8");
        name.strip_prefix("cpu_")?.rsplit('_').next()?.parse::<u64>().ok()
    });
    let numbers: std::collections::BTreeSet<_> = numbers.collect();
    assert!(numbers.iter().copied().eq(1..=numbers.len() as u64) && numbers.len() >= 8);
}

#[test]
fn a_ring_is_killed_at_any_moment() {
    let folder = scratch("ring-killed");
    let (ring, calls) = shortest();
    let recording = folder.join("recording");
    let mut snapshots = 0;
    for moment in 0..16_u64 {
        let _ = fs::remove_dir_all(&recording);
        let Some(mut child) = record_own(&folder, &["--ring", &format!("{ring}")]) else { return };
        let me = &std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            // Snapshots one after the other, so that some are cut short.
            scope.spawn(|| {
                while !me.load(std::sync::atomic::Ordering::Relaxed) {
                    finish(marey().current_dir(&folder).args(["record", "snapshot"]));
                }
            });
            let upto = calls / 2 + calls / 32 * moment as usize;
            (0..upto).for_each(call);
            std::thread::sleep(Duration::from_micros(moment * 700));
            child.kill().expect("a process");
            child.wait().expect("a process");
            me.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        let Some(kept) = newest(&recording.join("kernel")) else { return };
        let entries: Vec<_> = fs::read_dir(&recording).expect("a folder").flatten().collect();
        for entry in entries {
            if entry.file_name().to_string_lossy().starts_with("snapshot-") {
                let saved = newest(&entry.path().join("kernel")).expect("as before");
                let told = number(&ledger_of(&entry.path()), "/events/0/delivered");
                assert_eq!(told, saved.len() as u64);
                snapshots += 1;
            }
        }
        let repaired = finish(marey().current_dir(&folder).args(["repair", "recording"]));
        assert_eq!((repaired.status, repaired.stderr.as_str()), (0, ""));
        assert_eq!(newest(&recording.join("kernel")), Some(kept));
        let hidden = fs::read_dir(&recording).expect("a folder").flatten();
        let hidden = hidden.filter(|entry| entry.file_name().to_string_lossy().starts_with('.'));
        assert_eq!(hidden.count(), 0);
    }
    assert!(snapshots > 0, "it was killed too early each time");
}

#[test]
fn rings_that_make_no_sense() {
    let folder = scratch("ring-wrong");
    let said = |arguments: &[&str], status: i32| {
        let events = ["record", "-e", "sched:sched_switch"];
        let ran = finish(marey().current_dir(&folder).args(events).args(arguments));
        assert_eq!(ran.status, status, "{}", ran.stderr);
        assert!(!folder.join("recording").exists());
        ran.stderr
    };
    for text in ["", "0s", "x", "1s,2s", "1MiB,2MiB", "1.5s", "30s,"] {
        assert!(said(&["--ring", text], 2).contains("30s,64MiB"), "{text}");
    }
    assert!(said(&["--ring", "64MiB", "--rotate", "1s"], 2).contains("cannot be used with"));
    if marey_recorder::tracefs::Tracefs::open().is_ok_and(|tracefs| tracefs.names().is_ok()) {
        let said = said(&["--ring", "64"], 2);
        assert!(said.starts_with("marey: a ring: too short ") && said.contains("KiB"), "{said}");
        assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    }
}
