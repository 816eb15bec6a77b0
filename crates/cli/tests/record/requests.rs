//! Kernel, program and network on one clock: no effect is before its cause.

use std::collections::BTreeMap;
use std::net::UdpSocket;

use marey_layer::event;

use super::*;

/// What this process is when it is not the test: `client` or `server`.
const ROLE: &str = "MAREY_TEST_ROLE";
const REQUESTS: u64 = 1000;
const CLIENT: &str = "10.77.0.1:7001";
const SERVER: &str = "10.77.0.2:7002";

/// Two networks, a cable between them, and a recording of who talks over it.
const SCRIPT: &str = r#"
set -e
unshare -n sleep 60 & OTHER=$!
export OTHER
trap 'kill $OTHER' EXIT
ip link set lo up
while [ "$(readlink /proc/$OTHER/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
ip link add cable type veth peer name cable netns $OTHER
ip addr add 10.77.0.1/24 dev cable
ip link set cable up
nsenter -t $OTHER -n ip addr add 10.77.0.2/24 dev cable
nsenter -t $OTHER -n ip link set cable up
"$MAREY" record -u -i cable -e syscall:sendto -e syscall:recvfrom -- sh -c '
    MAREY_TEST_ROLE=server nsenter -t $OTHER -n "$TEST" requests::plays_a_role --exact &
    MAREY_TEST_ROLE=client "$TEST" requests::plays_a_role --exact
    wait'
"#;

/// Not a test of its own: both ends of the talk.
#[test]
fn plays_a_role() {
    match std::env::var(ROLE).as_deref() {
        Ok("client") => client(),
        Ok("server") => server(),
        _ => {}
    }
}

fn client() {
    let socket = UdpSocket::bind(CLIENT).expect("a socket");
    socket.connect(SERVER).expect("an address");
    socket.set_read_timeout(Some(Duration::from_millis(100))).expect("a time");
    let mut answer = [0; 8];
    // The server may not be there yet.
    while socket.send(&u64::MAX.to_le_bytes()).and_then(|_| socket.recv(&mut answer)).is_err() {
        std::thread::sleep(Duration::from_millis(5));
    }
    socket.set_read_timeout(None).expect("a time");
    for number in 0..REQUESTS {
        event!("test:asks", number = number);
        socket.send(&number.to_le_bytes()).expect("it is sent");
        // What was asked first may be answered once more.
        while socket.recv(&mut answer).is_err() || u64::from_le_bytes(answer) != number {}
        event!("test:is_answered", number = number);
    }
}

fn server() {
    let socket = UdpSocket::bind(SERVER).expect("a socket");
    let mut asked = [0; 8];
    loop {
        let (_, from) = socket.recv_from(&mut asked).expect("something");
        let number = u64::from_le_bytes(asked);
        event!("test:is_asked", number = number);
        event!("test:answers", number = number);
        socket.send_to(&asked, from).expect("it is sent");
        if number == REQUESTS - 1 {
            return;
        }
    }
}

/// A time in nanoseconds since the Unix epoch, of `SECONDS.FRACTION`.
fn ns(text: &str) -> i64 {
    let (seconds, fraction) = text.split_once('.').expect("a fraction");
    let fraction = format!("{fraction:0<9}");
    let of = |text: &str| text.parse::<i64>().expect("a number");
    of(seconds) * 1_000_000_000 + of(&fraction[..9])
}

/// Times by what happened, and the number that it was about.
type Times = BTreeMap<(String, u64), i64>;

/// What is known of a thread.
#[derive(Default)]
struct Thread {
    /// When it last received something.
    received: i64,
    /// What it said last, and has not sent yet.
    said: Option<(String, u64)>,
}

/// What babeltrace2 reads: program events by their numbers, and for each the calls around it.
fn times_of_events(folder: &Path) -> Option<Times> {
    let mut command = Command::new("babeltrace2");
    command.args(["--clock-seconds", "--no-delta", "--names", "none"]);
    let Ok(read) = command.arg(folder.join("recording")).output() else {
        println!("skipped: babeltrace2 is not here");
        return None;
    };
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8_lossy(&read.stdout).into_owned();
    let (mut times, mut threads) = (Times::new(), BTreeMap::new());
    for line in text.lines() {
        let (time, rest) = line.trim_start_matches('[').split_once(']').expect("a time");
        let mut parts = rest.split("{ ").map(|part| part.trim_end_matches([' ', ',', '}']));
        let (name, _source) = (parts.next().expect("a name"), parts.next());
        let tid = parts.next().and_then(|context| context.split(", ").nth(1)).expect("a thread");
        let (thread, time): (&mut Thread, _) = (threads.entry(tid).or_default(), ns(time));
        let name = name.trim_end_matches([':', ' ']);
        match name.rsplit_once(" test:") {
            // A number that is talked of, and before it what the kernel brought.
            Some((_, name)) => {
                let number = parts.next().and_then(|number| number.parse().ok()).expect("one");
                times.entry((name.to_owned(), number)).or_insert(time);
                let arrived = (format!("arrives {name}"), number);
                times.entry(arrived).or_insert(thread.received);
                thread.said = Some((name.to_owned(), number));
            }
            None if name.ends_with("exit_recvfrom") => thread.received = time,
            None if name.ends_with("entry_sendto") => {
                if let Some((name, number)) = thread.said.take() {
                    times.entry((format!("sends {name}"), number)).or_insert(time);
                }
            }
            None => {}
        }
    }
    Some(times)
}

/// The times of packets, by who sent them and their numbers.
fn times_of_packets(folder: &Path) -> Option<Times> {
    let mut command = Command::new("tshark");
    command.args(["-n", "-o", "udp.try_heuristic_first:FALSE", "-T", "fields"]);
    for field in ["frame.time_epoch", "udp.srcport", "udp.payload"] {
        command.args(["-e", field]);
    }
    let Ok(read) = command.arg("-r").arg(folder.join("recording/packets.pcapng")).output() else {
        println!("skipped: tshark is not here");
        return None;
    };
    let text = String::from_utf8_lossy(&read.stdout).into_owned();
    let mut times = Times::new();
    for line in text.lines() {
        let [time, port, payload] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
        let bytes: Vec<u8> = (0..payload.len() / 2)
            .filter_map(|at| u8::from_str_radix(&payload[2 * at..2 * at + 2], 16).ok())
            .collect();
        let Ok(bytes) = bytes.try_into() else { continue };
        times.entry((port.to_owned(), u64::from_le_bytes(bytes))).or_insert(ns(time));
    }
    Some(times)
}

#[test]
fn no_effect_is_before_its_cause() {
    let folder = scratch("record-requests");
    let can = Command::new("unshare").args(["-n", "ip", "link"]).output();
    if !can.is_ok_and(|can| can.status.success()) {
        return println!("skipped: no network of its own here (`unshare -n ip link`)");
    }
    let mut command = Command::new("unshare");
    command.args(["-n", "sh", "-c", SCRIPT]).current_dir(&folder);
    command.env("MAREY", marey().get_program());
    command.env("TEST", std::env::current_exe().expect("a name"));
    let ran = finish(&mut command);
    if ran.status == 5 {
        return println!("skipped: {}", ran.stderr.trim());
    }
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let Some(events) = times_of_events(&folder) else { return };
    let Some(packets) = times_of_packets(&folder) else { return };
    for number in 0..REQUESTS {
        let event = |name: &str| events[&(name.to_owned(), number)];
        let packet = |port: &str| packets[&(port.to_owned(), number)];
        let chain = [
            event("asks"),
            event("sends asks"),
            packet("7001"),
            event("arrives is_asked"),
            event("is_asked"),
            event("answers"),
            event("sends answers"),
            packet("7002"),
            event("arrives is_answered"),
            event("is_answered"),
        ];
        assert!(chain.is_sorted(), "request {number}: {chain:?}");
    }
}
