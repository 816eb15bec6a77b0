//! Live traces: each packet is shown when it comes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use marey::testing::pcap::{Config, Pcap, Variant};

use super::*;

/// How soon a line must be there. 200 ms are promised; a busy machine may need more.
const SOON: Duration = Duration::from_millis(200);
/// How many tries there are to find the machine less busy.
const TRIES: usize = 5;

/// A running `marey print -`, and the lines that it has printed.
struct Live {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Live {
    fn start(flags: &[&str]) -> Self {
        let mut command = marey();
        command.arg("print").args(flags).arg("-").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("marey starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Live { stdin: child.stdin.take(), child, lines }
    }

    fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("not ended");
        stdin.write_all(bytes).and_then(|()| stdin.flush()).expect("marey reads");
    }

    /// The next line, and how long it took.
    fn line(&self) -> (String, Duration) {
        let start = Instant::now();
        let line = self.lines.recv_timeout(Duration::from_secs(20)).expect("a line");
        (line, start.elapsed())
    }

    /// Whether nothing is printed for a while.
    fn is_silent(&self) -> bool {
        let line = self.lines.recv_timeout(Duration::from_millis(150));
        line == Err(RecvTimeoutError::Timeout)
    }

    /// Ends the input; the exit status, and what was still printed.
    fn end(mut self) -> (Option<i32>, Vec<String>) {
        drop(self.stdin.take());
        let status = self.child.wait().expect("an end").code();
        (status, self.lines.iter().collect())
    }
}

/// A trace of three packets, in the parts in which it is written: its start, then each packet.
fn parts(made: &Made) -> Vec<&[u8]> {
    let mut cuts = vec![0];
    cuts.extend(made.packets().map(|packet| packet.range.start));
    cuts.push(made.bytes.len());
    cuts.windows(2).map(|cut| &made.bytes[cut[0]..cut[1]]).collect()
}

fn pcap(frame: &[u8]) -> Made {
    let mut pcap = Pcap::new(Config::new(Variant::Micros, Order::Little));
    (0..3).for_each(|index| pcap.packet(START_NS + index * 1000, frame));
    pcap.finish()
}

fn pcapng() -> Made {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    let lan = file.interface(ETHERNET, 0, &[o::if_name("lan0")]);
    (0..3).for_each(|index| file.packet(lan, START_NS + index * 1000, &frame(), &[]));
    file.finish()
}

/// Writes the trace part by part; whether each packet's line was there soon.
fn is_prompt(made: &Made, flags: &[&str]) -> bool {
    let parts = parts(made);
    let metas = made.records.iter().filter(|r| matches!(r.what, What::Meta(_))).count();
    let mut live = Live::start(flags);
    live.write(parts[0]);
    for _ in 0..metas {
        live.line();
    }
    assert!(live.is_silent(), "a line too many");
    let mut soon = true;
    for part in &parts[1..] {
        live.write(part);
        let (line, took) = live.line();
        assert!(line.contains("10.0.0.1") || line.contains("STP"), "{line}");
        soon &= took < SOON;
        std::thread::sleep(Duration::from_millis(20));
    }
    let (status, rest) = live.end();
    let rest: Vec<String> = rest.into_iter().filter(|line| !line.contains("\"end\"")).collect();
    assert_eq!((status, rest), (Some(0), Vec::new()));
    soon
}

#[test]
fn each_packet_is_shown_when_it_comes() {
    // Spanning tree: an 802.3 frame without an EtherType.
    let bridge = b"\x01\x80\xc2\0\0\0\0\x0c\x01\x02\x03\x04\0\x26\x42\x42\x03";
    let bridge = frames::padded(bridge.to_vec());
    let cases: [(Made, &[&str]); 7] = [
        (pcap(&frame()), &["-j", "1"]),
        (pcap(&frame()), &["-j", "2"]),
        (pcap(&frame()), &["-j", "8", "--json"]),
        (pcap(&bridge), &["-j", "2"]),
        (pcapng(), &["-j", "1"]),
        (pcapng(), &["-j", "2", "--time", "unix"]),
        (pcapng(), &["-j", "8", "--json"]),
    ];
    for (made, flags) in cases {
        assert!((0..TRIES).any(|_| is_prompt(&made, flags)), "late with {flags:?}");
    }
}

#[test]
fn a_header_alone_is_an_empty_trace() {
    for made in [pcap(&frame()), pcapng()] {
        let (count, header) = (made.records.len() - 3, parts(&made)[0]);
        let lines = match count {
            // pcap's file header is no record.
            1 => 0,
            metas => metas,
        };
        let mut live = Live::start(&["-j", "2"]);
        live.write(header);
        std::thread::sleep(Duration::from_millis(100));
        assert!(live.child.try_wait().expect("a child").is_none(), "it has not waited");
        let (status, rest) = live.end();
        assert_eq!((status, rest.len()), (Some(0), lines));
    }
}

#[test]
fn a_byte_at_a_time_is_read_alike() {
    for made in [pcap(&frame()), pcapng(), small("ethernet.erf"), small("ethernet.snoop")] {
        let expected = run_with(&["print", "-"], &made.bytes).ok();
        let mut live = Live::start(&[]);
        made.bytes.chunks(1).for_each(|byte| live.write(byte));
        let (status, lines) = live.end();
        assert_eq!((status, lines), (Some(0), expected.lines().map(str::to_owned).collect()));
    }
}
