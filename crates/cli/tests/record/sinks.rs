//! Events that a handler sends elsewhere.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::net::UnixListener;

use super::exact::{CALLS, program};
use super::*;

/// Sends all calls of the recorded program, and keeps one in a hundred.
const SENDS: &str = "state n: u64;
on syscall:statx if event == \"syscall_entry_statx\" or event == \"sys_enter_statx\" {
    send out if dfd == -100;
    n += 1;
    discard
}
";

/// Records the calls of a program with this sink; nothing where it is not allowed.
fn record_sent(folder: &Path, sink: &str) -> Option<Ran> {
    fs::write(folder.join("send.mh"), SENDS.replace("syscall:statx", "syscalls:sys_enter_statx"))
        .expect("written");
    let program = program("exact::calls");
    let own = ["-H", "send.mh", "--sink", sink, "--json"];
    let all: Vec<&str> = own.into_iter().chain(program.iter().map(String::as_str)).collect();
    let ran = record(folder, &all)?;
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    Some(ran)
}

/// How many were sent, and how many dropped.
fn told(folder: &Path) -> (u64, u64) {
    let ledger = ledger(folder);
    assert_eq!(number(&ledger, "/delivered"), 0);
    assert_eq!(number(&ledger, "/received"), number(&ledger, "/filtered"));
    (number(&ledger, "/sinks/0/sent"), number(&ledger, "/sinks/0/dropped"))
}

/// The numbers of the calls that were sent, in their order.
fn sent(lines: &[String]) -> Vec<usize> {
    let number = |line: &String| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(line["type"], "event");
        assert_eq!(line["event"], "syscall_entry_statx");
        let name = line["fields"]["filename"].as_str().expect("a text");
        name.strip_prefix("/marey-was-here/")?.parse().ok()
    };
    lines.iter().filter_map(number).collect()
}

#[test]
fn a_socket_gets_all_that_it_reads() {
    let folder = scratch("sinks-socket");
    let path = folder.join("socket");
    let listener = UnixListener::bind(&path).expect("a socket");
    let reader = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        BufReader::new(stream).lines().collect::<Result<Vec<String>, _>>().expect("lines")
    });
    let Some(ran) = record_sent(&folder, "out=unix:socket") else { return };
    // The program says something, too.
    let last = ran.stdout.lines().last().expect("a line");
    Schema::of("record").check(&format!("{last}\n"));
    let (sent_count, dropped) = told(&folder);
    let lines = reader.join().expect("no panic");
    assert_eq!(lines.len() as u64, sent_count, "each line is whole");
    // A reader may be slow on a busy machine.
    let numbers = sent(&lines);
    assert!(numbers.is_sorted_by(|a, b| a < b), "each once, in their order");
    assert!(numbers.len() + dropped as usize >= CALLS, "{dropped}");
    assert!(numbers.len() > 100, "{dropped}");
}

#[test]
fn a_pipe_that_nobody_reads_drops_all() {
    let folder = scratch("sinks-unread");
    let made = Command::new("mkfifo").arg(folder.join("pipe")).status();
    assert!(made.expect("mkfifo").success());
    if record_sent(&folder, "out=fifo:pipe").is_none() {
        return;
    }
    let (sent, dropped) = told(&folder);
    assert!(sent == 0 && dropped >= CALLS as u64, "{sent} {dropped}");
}

#[test]
fn a_reader_may_go_away() {
    let folder = scratch("sinks-gone");
    let path = folder.join("pipe");
    assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
    let reader = std::thread::spawn(move || {
        let mut pipe = fs::File::open(path).expect("a pipe");
        let mut bytes = [0; 100];
        pipe.read_exact(&mut bytes).expect("a hundred bytes");
        bytes
    });
    if record_sent(&folder, "out=fifo:pipe").is_none() {
        // It waits for a writer.
        drop(fs::File::options().write(true).open(folder.join("pipe")));
        return;
    }
    assert!(reader.join().expect("no panic").starts_with(b"{\"comm\":"));
    let (sent, dropped) = told(&folder);
    assert!(sent + dropped >= CALLS as u64 && dropped > 0, "{sent} {dropped}");
}

#[test]
fn sinks_are_declared() {
    if !errors::has_tracefs() {
        return;
    }
    let folder = scratch("sinks-declared");
    let handler = "on sched:sched_switch { send alrm }";
    fs::write(folder.join("h.mh"), handler).expect("written");
    let said = errors::wrong(&folder, &["-H", "h.mh"]);
    assert!(said.contains("there is no sink `alrm`") && said.contains("h.mh:1:30"), "{said}");
    assert!(said.contains("--sink alrm=fifo:PATH"), "{said}");
    let said = errors::wrong(&folder, &["-H", "h.mh", "--sink", "alarm=fd:1"]);
    assert!(said.contains("did you mean `alarm`?"), "{said}");
    let wrong = ["record", "-H", "h.mh", "--sink", "alrm=pipe:x"];
    let said = finish(marey().current_dir(&folder).args(wrong));
    assert!(said.status == 2 && said.stderr.contains("NAME=fifo:PATH"), "{}", said.stderr);
    let check = |sink: &str| {
        let arguments = ["check", "h.mh", "--sink", sink];
        finish(marey().current_dir(&folder).args(arguments)).status
    };
    assert_eq!((check("alrm=fd:1"), check("other=fd:1")), (0, 1));
    let own = ["-H", "h.mh", "--sink", "alrm=fifo:h.mh"];
    let Some(ran) = record(&folder, &own) else { return };
    assert!(ran.status != 0 && ran.stderr.contains("no named pipe (mkfifo)"), "{}", ran.stderr);
    assert!(!folder.join("recording").exists(), "nothing is left");
}
