//! Packets that tcpdump records from the loopback interface are shown when they come.
//!
//! The clock runs from before a packet is sent until its line has been read from marey, so what
//! the kernel and tcpdump take is in it, too. The next packet is sent only after that: a line that
//! waits for what comes behind it would never come.

use std::io::{BufRead as _, BufReader};
use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::*;

/// What is promised.
const SOON: Duration = Duration::from_millis(200);
/// How long tcpdump may take to start, and a line to come that is late anyway.
const PATIENCE: Duration = Duration::from_secs(10);
const PACKETS: usize = 10;
/// The machine may have been busy once.
const TRIES: usize = 2;

/// A process that ends with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The lines of a pipe, each with the time at which it was read.
fn lines(from: impl std::io::Read + Send + 'static) -> Receiver<(Instant, String)> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(from).lines().map_while(Result::ok);
        lines.map(|line| (Instant::now(), line)).try_for_each(|line| sender.send(line))
    });
    receiver
}

/// tcpdump that records what comes to a port, or why that cannot be.
fn recording(port: u16) -> Result<Running, String> {
    let mut command = Command::new("tcpdump");
    command.args(["-i", "lo", "-n", "-U", "--immediate-mode", "-w", "-"]);
    command.args(["udp", "dst", "port", &port.to_string()]).stdin(Stdio::null());
    let started = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut tcpdump = Running(started.map_err(|error| format!("tcpdump: {error}"))?);
    let said = lines(tcpdump.0.stderr.take().expect("a pipe"));
    let mut last = "tcpdump says nothing".to_owned();
    while let Ok((_, line)) = said.recv_timeout(PATIENCE) {
        if line.contains("listening on") {
            return Ok(tcpdump);
        }
        last = line;
    }
    Err(last)
}

/// How long each packet took from its sender to its line.
fn delays(mut tcpdump: Running, receiver: &UdpSocket) -> Vec<Duration> {
    let recorded = tcpdump.0.stdout.take().expect("a pipe");
    let mut command = marey();
    command.args(["print", "-"]).stdin(recorded).stdout(Stdio::piped());
    let mut print = Running(command.spawn().expect("marey starts"));
    let shown = lines(print.0.stdout.take().expect("a pipe"));
    let to = receiver.local_addr().expect("an address");
    let mut delays = Vec::new();
    for _ in 0..PACKETS {
        // Each from its own port, by which its line is known.
        let sender = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let ends = format!("{} > {to}", sender.local_addr().expect("an address"));
        let sent = Instant::now();
        sender.send_to(b"hello", to).expect("loopback takes it");
        let (read, line) = shown.recv_timeout(PATIENCE).expect("a line");
        assert!(line.contains(&ends), "{line} instead of {ends}");
        delays.push(read.duration_since(sent));
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(tcpdump);
    assert_eq!(print.0.wait().expect("an end").code(), Some(0));
    assert!(shown.recv().is_err(), "a line too many");
    delays
}

#[test]
fn what_tcpdump_records_is_shown_at_once() {
    let receiver = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let port = receiver.local_addr().expect("an address").port();
    for _ in 0..TRIES {
        let tcpdump = match recording(port) {
            Ok(tcpdump) => tcpdump,
            Err(why) => return println!("skipped: tcpdump cannot record from lo: {why}"),
        };
        let delays = delays(tcpdump, &receiver);
        let longest = delays.iter().max().copied().unwrap_or_default();
        println!("{PACKETS} packets, the slowest after {longest:?}");
        if longest < SOON {
            return;
        }
    }
    panic!("later than {SOON:?}");
}
