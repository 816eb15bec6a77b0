//! A recording is asked from another terminal.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

use super::*;

/// Asks the recording of a folder, and has its answer judged by the schema.
pub fn ask(folder: &Path, verb: &str) -> Value {
    let ran = finish(marey().current_dir(folder).args(["record", verb, "--json"]));
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    let lines = Schema::of("control").check(&ran.stdout);
    assert_eq!(lines[0]["type"], verb);
    lines[0].clone()
}

/// Begins to record the calls of this thread.
pub fn record_own(folder: &Path, more: &[&str]) -> Option<Child> {
    let (me, filter) = (std::process::id().to_string(), own_calls());
    let is_call = "filename contains \"/marey-was-here/\"";
    let own = ["-e", "syscalls:sys_enter_statx", "-f", &filter, "-f", is_call, "-p", &me];
    let child = start(folder, &[&own[..], more].concat())?;
    // What is there may be what another one left.
    let is_it = || {
        let ran = finish(marey().current_dir(folder).args(["record", "status", "--json"]));
        ran.status == 0 && Schema::of("control").check(&ran.stdout)[0]["pid"] == child.id()
    };
    let begin = Instant::now();
    while !is_it() {
        assert!(begin.elapsed() < Duration::from_secs(60), "it does not answer");
    }
    assert_eq!(ask(folder, "status")["state"], "recording");
    Some(child)
}

/// The status of a recording that was told to end, and what it said.
pub fn ended(child: Child) -> (Option<i32>, String) {
    let out = child.wait_with_output().expect("it ends");
    (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
}

/// What a connection is told until it is closed.
fn told(mut stream: UnixStream) -> String {
    let mut text = String::new();
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time");
    let _ = stream.read_to_string(&mut text);
    text
}

fn connect(folder: &Path) -> UnixStream {
    UnixStream::connect(folder.join("recording/.control")).expect("it listens")
}

#[test]
fn a_pause_hides_what_happens_in_it_and_nothing_else() {
    const EACH: usize = 2000;
    let folder = scratch("control-pause");
    let Some(child) = record_own(&folder, &[]) else { return };
    (0..EACH).for_each(call);
    assert_eq!(ask(&folder, "pause")["state"], "paused");
    assert_eq!(ask(&folder, "pause")["pauses"], 1, "a pause in a pause is the same one");
    (EACH..2 * EACH).for_each(call);
    assert_eq!(ask(&folder, "status")["state"], "paused");
    assert_eq!(ask(&folder, "resume")["state"], "recording");
    (2 * EACH..3 * EACH).for_each(call);
    let stopped = ask(&folder, "stop");
    assert_eq!(stopped["state"], "ended");
    let (status, said) = ended(child);
    assert_eq!(status, Some(0), "{said}");
    let ledger = ledger(&folder);
    assert_eq!(stopped["delivered"], ledger["delivered"]);
    assert_eq!(number(&ledger, "/lost"), 0);
    assert_eq!(number(&ledger, "/pauses/count"), 1);
    let [begin, end] = ["begin_ns", "end_ns"].map(|name| {
        ledger.pointer(&format!("/pauses/listed/0/{name}")).and_then(Value::as_u64).expect("a time")
    });
    assert!(begin < end && end - begin < 60_000_000_000, "{begin} {end}");
    let Some(lines) = babeltrace(&folder) else { return };
    let all = numbers(&lines);
    let is_right = all.iter().copied().eq((0..EACH).chain(2 * EACH..3 * EACH));
    assert!(is_right, "{} calls", all.len());
    let of = |text: &str| lines.iter().position(|line| line.contains(text)).expect("a line");
    let [before, paused, resumed, after] = [
        of(&format!("\"{}\"", name(EACH - 1))),
        of("marey_mark: { cpu_id = 0 }, "),
        of("text = \"resumed\""),
        of(&format!("\"{}\"", name(2 * EACH))),
    ];
    assert!(lines[paused].contains("text = \"paused\""), "{}", lines[paused]);
    assert!(before < paused && paused + 1 == resumed && resumed < after);
}

#[test]
fn a_recording_ends_in_a_pause() {
    let folder = scratch("control-end");
    let Some(child) = record_own(&folder, &[]) else { return };
    call(1);
    ask(&folder, "pause");
    call(2);
    ask(&folder, "stop");
    assert_eq!(ended(child).0, Some(0));
    let ledger = ledger(&folder);
    assert_eq!(number(&ledger, "/pauses/count"), 1);
    assert_eq!(ledger.pointer("/pauses/listed").and_then(Value::as_array).map(Vec::len), Some(1));
    let Some(lines) = babeltrace(&folder) else { return };
    assert_eq!(numbers(&lines), [1]);
    assert!(!lines.iter().any(|line| line.contains("resumed")));
}

#[test]
fn bad_clients_disturb_nobody() {
    let folder = scratch("control-clients");
    let Some(child) = record_own(&folder, &[]) else { return };
    let silent: Vec<UnixStream> = (0..40).map(|_| connect(&folder)).collect();
    let begin = Instant::now();
    call(7);
    // Those who say nothing are dropped in time, though there are more than are listened to.
    let long = [&b"{\"request\":\""[..], &[b'a'; 1 << 20], b"\"}\n"].concat();
    let wrong: [&[u8]; 6] = [
        b"\0\xff\xfe\n",
        b"{\"request\":\"dance\"}\n",
        b"[[[[\n",
        b"{}\n{\"request\":\"stop\"}\n",
        b"{\"request\":\"status\"",
        &long,
    ];
    for said in wrong {
        let mut stream = connect(&folder);
        // It may have been dropped before it said it all.
        let _ = stream.write_all(said);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let answer = told(stream);
        assert!(answer.is_empty() || answer.starts_with("{\"refused\":"), "{answer}");
    }
    drop(silent);
    // One that never reads what it is told: thousands of answers.
    let mut deaf = connect(&folder);
    deaf.set_write_timeout(Some(Duration::from_millis(500))).expect("a time");
    let asks = b"{\"request\":\"status\"}\n".repeat(2000);
    let _ = deaf.write_all(&asks);
    // Two at once, each with several requests, have answers of their own.
    let two = [connect(&folder), connect(&folder)];
    for stream in &two {
        let mut stream = stream;
        stream.write_all(b"{\"request\":\"status\"}\n{\"request\":\"resume\"}\n").expect("room");
        stream.shutdown(std::net::Shutdown::Write).expect("open");
    }
    for stream in two {
        let answers = told(stream);
        assert_eq!(answers.matches("{\"done\":{").count(), 2, "{answers}");
    }
    assert!(begin.elapsed() < Duration::from_secs(60));
    ask(&folder, "stop");
    drop(deaf);
    assert_eq!(ended(child).0, Some(0));
    let Some(lines) = babeltrace(&folder) else { return };
    assert_eq!(numbers(&lines), [7]);
}

#[test]
fn what_is_not_recorded_says_so() {
    let folder = scratch("control-over");
    let said = |verb: &str, status: i32| {
        let ran = finish(marey().current_dir(&folder).args(["record", verb]));
        assert_eq!(ran.status, status, "{}", ran.stderr);
        assert!(ran.stderr.lines().all(|line| line.chars().count() <= 80), "{}", ran.stderr);
        ran.stdout + &ran.stderr
    };
    assert!(said("status", 4).contains("recording: there is no recording"));
    let Some(mut child) = record_own(&folder, &[]) else { return };
    let socket = folder.join("recording/.control");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &fs::metadata(&socket).expect("a socket").permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let other = ["record", "-e", "sched:sched_switch", "--force", "-s", "0.1"];
    let ran = finish(marey().current_dir(&folder).args(other));
    assert_eq!((ran.status, ran.stderr.contains("it is being recorded")), (2, true));
    let ran = finish(marey().current_dir(&folder).args(["repair", "recording"]));
    assert_eq!((ran.status, ran.stderr.contains("it is being recorded")), (4, true));
    child.kill().expect("a process");
    child.wait().expect("a process");
    assert!(socket.exists(), "it is left behind");
    assert!(said("pause", 4).contains("this recording was killed"));
    let killed = said("status", 4);
    assert_eq!(killed, "recording: killed; `marey repair recording` makes it whole\n");
    // What is left behind disturbs neither readers nor the next one.
    let ran = finish(marey().current_dir(&folder).args(["report", "recording"]));
    assert!(!ran.stderr.contains(".control"), "{}", ran.stderr);
    let repaired = finish(marey().current_dir(&folder).args(["repair", "recording"]));
    assert_eq!((repaired.status, socket.exists()), (0, false), "{}", repaired.stderr);
    assert!(said("status", 0).starts_with("recording: killed, and repaired"));
    assert_eq!(ask(&folder, "status")["state"], "repaired");
    assert!(said("stop", 4).contains("this recording was killed, and repaired"));
    let mut child = record_own(&folder, &["--force"]).expect("as before");
    child.kill().expect("a process");
    child.wait().expect("a process");
    let child = record_own(&folder, &["--force"]).expect("as before");
    let running = said("status", 0);
    assert!(running.starts_with("recording: recording, ") && running.contains("; process "));
    assert!(said("stop", 0).starts_with("recording: ended: "), "its account");
    ended(child);
    let repaired = finish(marey().current_dir(&folder).args(["repair", "recording"]));
    assert_eq!(repaired.status, 0, "one that ended well stays as it is: {}", repaired.stderr);
    assert!(said("status", 0).starts_with("recording: ended: "), "its account");
    assert!(said("resume", 4).contains("this recording has ended"));
    assert!(!socket.exists());
}

#[test]
fn a_path_may_be_longer_than_that_of_a_socket() {
    let folder = scratch("control-long").join("a-long-name-".repeat(12)).join("b".repeat(200));
    fs::create_dir_all(&folder).expect("made");
    let Some(child) = record_own(&folder, &[]) else { return };
    ask(&folder, "stop");
    assert_eq!(ended(child).0, Some(0));
}

#[test]
fn others_are_not_listened_to() {
    let folder = scratch("control-others");
    let Some(child) = record_own(&folder, &[]) else { return };
    let mut other = Command::new("setpriv");
    other.args(["--reuid", "65534", "--clear-groups"]).arg(marey().get_program());
    let ran = other.args(["record", "stop"]).current_dir(&folder).output();
    match ran {
        Ok(ran) if ran.status.code() == Some(5) => {
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            assert!(said.contains("as root"), "{said}");
        }
        Ok(ran) => {
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            assert!(said.starts_with("setpriv"), "{said}");
            println!("skipped: {said}");
        }
        Err(e) => println!("skipped: setpriv: {e}"),
    }
    assert_eq!(ask(&folder, "status")["state"], "recording");
    ask(&folder, "stop");
    assert_eq!(ended(child).0, Some(0));
}
