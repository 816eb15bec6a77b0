//! Programs that a clock or someone outside has a part in.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Stdio;

use marey::testing::pack;

use crate::made::{MILLI, every, sent};
use crate::run::{Scratch, example, printed, text};

#[test]
fn watch_counts_until_it_is_stopped() {
    let file = Scratch::new("watch.pcap", &every(&sent(5, 2), MILLI));
    let script = format!("cat '{}'; exec sleep 60", file.name());
    let mut child = example("watch")
        .args(["sh", "-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the example runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    // A tick may come before the packets do.
    let mut seen = 0;
    while seen < 3 {
        let line = lines.next().expect("it goes on").expect("text");
        assert!(line.ends_with(" packets so far"), "{line}");
        seen += u32::from(line.starts_with("5 "));
    }
    stdin.write_all(b"\n").expect("it reads");
    let last = lines.map_while(Result::ok).last().expect("a last line");
    assert_eq!(last, "stopped: 5 packets");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn control_pauses_and_goes_on() {
    let trace = every(&sent(1200, 3), MILLI);
    let file = Scratch::new("control.pcap", &trace);
    for workers in ["1", "2", "8"] {
        let output = example("control").arg(&file.0).arg(workers).output();
        let said = printed(&output.expect("the example runs"));
        let (paused, done) = said.split_once('\n').expect("two lines");
        assert!(paused.starts_with("paused: 0 records, "), "{paused}");
        assert!(paused.ends_with(&format!(" of {} bytes read", trace.len())), "{paused}");
        assert_eq!(done, "done: 1200 records, 1200 delivered, 0 filtered, 0 lost\n");
    }
}

#[test]
fn replay_takes_its_time() {
    let file = Scratch::new("replay.pcap", &every(&sent(4, 2), 100 * MILLI));
    let output = example("replay").arg(&file.0).arg("2").output().expect("the example runs");
    let said = printed(&output);
    let millis = |line: &str| {
        let (number, packet) = line.strip_prefix("after ")?.split_once(" ms: ")?;
        assert!(packet.starts_with("IPv4 10."), "{packet}");
        number.parse::<u64>().ok()
    };
    let at: Vec<u64> = said.lines().map(|line| millis(line).expect("a time")).collect();
    assert_eq!(at.len(), 4);
    assert!(at.is_sorted() && at[1] >= 50 && at[3] >= 150, "{at:?}");
    let output = example("replay").arg(&file.0).arg("0").output().expect("the example runs");
    assert!(!output.status.success() && text(&output.stderr).contains("no speed"));
}

#[test]
fn sources_are_memory_and_sockets() {
    let trace = pack::gzip(&every(&sent(12, 2), MILLI));
    let file = Scratch::new("sources.gz", &trace);
    let output = example("sources").arg("memory").arg(&file.0).output();
    assert_eq!(printed(&output.expect("the example runs")), "pcap: 12 packets\n");

    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its number").to_string();
    let mut child = example("sources");
    let mut child = child.args(["tcp", &address]).stdout(Stdio::piped()).spawn().expect("it runs");
    let (mut socket, _) = listener.accept().expect("a connection");
    for part in trace.chunks(500) {
        socket.write_all(part).expect("it reads");
    }
    drop(socket);
    let mut said = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut said).expect("text");
    assert!(child.wait().expect("it ends").success());
    assert_eq!(said, "pcap: 12 packets\n");
}
