//! Live packets: `ring:IFACE` as an input, in a network of its own, with packets that are counted.
//! Where that is not allowed, tests say so and are skipped.
#![cfg(target_os = "linux")]

#[path = "support/process.rs"]
mod process;
#[path = "support/schema.rs"]
mod schema;

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use process::{finish, marey, run, scratch};
use schema::Schema;
use serde_json::Value;

const INSIDE: &str = "MAREY_TEST_NETWORK";
/// Nothing takes longer, or it is wrong.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether this is inside of a network of its own, whose loopback is up. If not, the test of this
/// name is run inside of one.
fn is_inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let up = ["-Urn", "sh", "-c", "ip link set lo up && exec \"$@\"", "-"];
    let able = Command::new("unshare").args(up).arg("true").output();
    if !able.is_ok_and(|able| able.status.success()) {
        println!("skipped: `unshare -Urn ip link set lo up` is not allowed here");
        return false;
    }
    let mut inside = Command::new("unshare");
    inside.args(up).arg(std::env::current_exe().expect("a name"));
    inside.args([test, "--exact", "--nocapture"]).env(INSIDE, test);
    let ran = finish(&mut inside);
    assert!(ran.status == 0 && ran.stdout.contains("1 passed"), "{}\n{}", ran.stdout, ran.stderr);
    false
}

/// Starts marey, and waits until it receives packets.
fn start(arguments: &[&str]) -> Child {
    let mut command = marey();
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("marey starts");
    let begin = Instant::now();
    // It wants to be told of an interrupt when it has begun to receive.
    let is_there = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        let status = status.expect("it runs");
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:\t"));
        let caught = caught.and_then(|mask| u64::from_str_radix(mask, 16).ok()).expect("a mask");
        const SIGINT: u64 = 2;
        caught & 1 << (SIGINT - 1) != 0
    };
    while !is_there() {
        assert!(begin.elapsed() < PATIENCE, "it does not receive");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

/// Ends marey as Ctrl-C does; its status, and what it wrote.
fn interrupt(mut child: Child) -> (Option<i32>, String, String) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status().expect("kill(1)");
    assert!(sent.success());
    let (mut out, mut said) = (String::new(), String::new());
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut out).expect("text");
    }
    child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
    (child.wait().expect("it ends").code(), out, said)
}

/// Sends datagrams over the loopback, one at a time: so the kernel drops none on the way.
fn send(count: u32) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let to = socket.local_addr().expect("an address");
    for _ in 0..count {
        socket.send_to(&[0; 100], to).expect("it is sent");
        socket.recv(&mut [0; 100]).expect("it comes");
    }
}

/// JSON Lines, as the verb's schema has them.
fn lines(verb: &str, text: &str) -> Vec<Value> {
    Schema::of(verb).check(text)
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value}: no number"))
}

/// The only line of this type.
fn line<'a>(lines: &'a [Value], kind: &str) -> &'a Value {
    let mut of_kind = lines.iter().filter(|line| line["type"] == kind);
    let line = of_kind.next().unwrap_or_else(|| panic!("no {kind}: {lines:?}"));
    assert_eq!(of_kind.next(), None);
    line
}

#[test]
fn every_packet_is_in_the_report() {
    if !is_inside("every_packet_is_in_the_report") {
        return;
    }
    for uri in ["ring:lo", "ring:lo?queues=2&snaplen=60", "ring:any?promiscuous"] {
        let child = start(&["stats", "--json", uri]);
        send(2000);
        let (status, out, said) = interrupt(child);
        assert_eq!((status, said.as_str()), (Some(0), ""), "{uri}");
        let lines = lines("stats", &out);
        assert_eq!(line(&lines, "input")["packets"], 2000, "{uri}");
        let ledger = &line(&lines, "end")["ledger"];
        assert_eq!([&ledger["lost"], &ledger["source_lost"]], [0, 0]);
        assert_eq!(ledger["received"], ledger["delivered"]);
    }
    let child = start(&["report", "ring:lo"]);
    send(1234);
    let (status, out, said) = interrupt(child);
    assert_eq!((status, said.as_str()), (Some(0), ""));
    assert!(out.contains("received 1,234, dropped 0") && out.contains("lo"), "{out}");
}

#[test]
fn packets_are_printed_when_they_come_and_the_first_ones_may_be_enough() {
    if !is_inside("packets_are_printed_when_they_come_and_the_first_ones_may_be_enough") {
        return;
    }
    let mut child = start(&["print", "ring:lo"]);
    send(3);
    let mut printed = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut packets = 0;
    while packets < 3 {
        let line = printed.next().expect("more").expect("text");
        packets += usize::from(line.contains("127.0.0.1"));
    }
    assert!(child.try_wait().expect("a child").is_none(), "it goes on");
    let (status, _, said) = interrupt(child);
    assert_eq!((status, said.as_str()), (Some(0), ""));

    let child = start(&["stats", "--json", "--packets", "5", "ring:lo"]);
    send(20);
    let ended = child.wait_with_output().expect("it ends by itself");
    assert_eq!(ended.status.code(), Some(0));
    let lines = lines("stats", &String::from_utf8_lossy(&ended.stdout));
    assert_eq!(line(&lines, "input")["packets"], 5);
}

#[test]
fn each_interval_is_shown_when_it_has_passed() {
    if !is_inside("each_interval_is_shown_when_it_has_passed") {
        return;
    }
    let mut child = start(&["stats", "--json", "--every", "200ms", "ring:lo"]);
    let stdout = child.stdout.take().expect("a pipe");
    send(7);
    // Nothing comes any more: it is shown all the same.
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(stdout).lines().map_while(Result::ok);
        lines.for_each(|line| drop(sender.send(line)));
    });
    let mut text = receiver.recv_timeout(PATIENCE).expect("a table");
    assert!(child.try_wait().expect("a child").is_none(), "it still runs");
    std::thread::sleep(Duration::from_millis(700));
    send(5);
    std::thread::sleep(Duration::from_millis(300));
    send(3);
    let (status, _, said) = interrupt(child);
    assert_eq!((status, said.as_str()), (Some(0), ""));
    text.push('\n');
    receiver.iter().for_each(|line| text += &format!("{line}\n"));
    let lines = lines("stats", &text);
    let rows: Vec<_> = lines.iter().filter(|line| line["type"] == "row").collect();
    let starts = rows.iter().map(|row| row["start_ns"].as_str().expect("a time"));
    let starts: Vec<i64> = starts.map(|start| start.parse().expect("a number")).collect();
    assert!(starts.windows(2).all(|pair| pair[1] - pair[0] == 200_000_000), "{text}");
    let packets: Vec<u64> = rows.iter().map(|row| number(&row["packets"])).collect();
    assert_eq!(packets.iter().sum::<u64>(), 15, "{text}");
    assert!(packets.contains(&0), "a silence is shown: {text}");
    assert_eq!(line(&lines, "input")["packets"], 15);

    let child = start(&["stats", "--every", "100ms", "--by", "protocol", "ring:lo"]);
    send(4);
    let (status, out, _) = interrupt(child);
    assert_eq!(status, Some(0));
    assert!(out.contains("udp") && out.contains("\n  packets      4\n"), "{out}");
}

#[test]
fn what_the_ring_has_no_place_for_is_lost_and_counted() {
    if !is_inside("what_the_ring_has_no_place_for_is_lost_and_counted") {
        return;
    }
    const COUNT: u32 = 50_000;
    let child = start(&["stats", "--json", "ring:lo?buffer=4KiB"]);
    send(COUNT);
    let (status, out, _) = interrupt(child);
    let stats = lines("stats", &out);
    let ledger = &line(&stats, "end")["ledger"];
    let (packets, lost) = (number(&line(&stats, "input")["packets"]), number(&ledger["lost"]));
    assert_eq!(packets + lost, u64::from(COUNT));
    assert!(lost > 0, "a ring of a page is never full");
    assert_eq!(status, Some(3));
    assert_eq!(
        (&ledger["by_cause"]["not_recorded"], &ledger["source_lost"]),
        (&lost.into(), &0.into())
    );
    let sum = number(&ledger["delivered"]) + number(&ledger["filtered"]) + lost;
    assert_eq!(number(&ledger["received"]), sum);

    let child = start(&["report", "ring:lo?buffer=4KiB"]);
    send(COUNT);
    let (status, out, _) = interrupt(child);
    assert_eq!(status, Some(3));
    assert!(out.contains("packets lost: they came faster than they were read"), "{out}");
}

/// What is said about an input that cannot be read: few lines that fit.
fn said(arguments: &[&str], status: i32) -> String {
    let ran = run(arguments);
    assert_eq!(ran.status, status, "{arguments:?}: {}", ran.stderr);
    assert!(ran.stderr.lines().count() <= 5, "{}", ran.stderr);
    assert!(ran.stderr.lines().all(|line| line.chars().count() <= 80), "{}", ran.stderr);
    ran.stderr
}

#[test]
fn what_makes_no_sense_is_said() {
    for (uri, why) in [
        ("ring:", "name an interface"),
        ("ring:lo,", "name an interface"),
        ("ring:lp", "there is no such interface here; did you mean `lo`?"),
        ("ring:lo?snaplem=96", "no option `snaplem`; did you mean `snaplen`?"),
        ("ring:lo?buffer=12", "from 4KiB to 2GiB"),
        ("ring:lo?queues=0", "an interface has 1 to 64 queues"),
    ] {
        for verb in ["report", "stats", "print"] {
            let text = said(&[verb, uri], 4);
            assert!(text.contains(uri) && text.contains(why), "{text}");
        }
    }
}

#[test]
fn who_may_not_receive_is_told_what_helps() {
    let mut alone = Command::new("unshare");
    let ran = finish(alone.arg("-Ur").arg(marey().get_program()).args(["report", "ring:lo"]));
    if ran.stderr.contains("unshare") && !ran.stderr.contains("cap_net_raw") {
        return println!("skipped: {}", ran.stderr.trim());
    }
    assert_eq!(ran.status, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains("cap_net_raw"), "{}", ran.stderr);
    assert!(ran.stderr.lines().all(|line| line.chars().count() <= 80), "{}", ran.stderr);
}

#[test]
fn what_exists_wins_over_a_uri() {
    let folder = scratch("live-path");
    let trace = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/pcapng/ok/demo.pcapng");
    std::fs::copy(trace, folder.join("ring:lo")).expect("copied");
    let ran = finish(marey().current_dir(&folder).args(["stats", "--json", "ring:lo"]));
    assert_eq!(line(&lines("stats", &ran.ok()), "input")["format"], "pcapng");
}
