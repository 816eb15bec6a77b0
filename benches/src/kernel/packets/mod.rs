//! The row `record`, second part: what it costs to receive packets, beside `tcpdump`.
//!
//! Packets go over a cable of two virtual interfaces, in a network of its own. What counts is the
//! CPU time of the process that receives them, without that of one that receives nothing.

mod receiver;

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::child::{children_cpu_s, said};
use receiver::{Into, Program, Receiver};

const SEND_C: &str = include_str!("../send.c");
/// Both ends of the cable.
const ENDS: [&str; 2] = ["bench-a", "bench-b"];
/// How long packets are, and how many times as many there are of them: what a process takes to
/// begin differs by some milliseconds, which is much beside a million short ones.
const LENGTHS: [(u32, u32); 2] = [(60, 3), (1400, 1)];
/// Where they go, what that is called, and which part of tcpdump's time it may take, for each of
/// the lengths: 15 of 45 ns for packets that are only received.
const RACES: [(Into, &str, [f64; 2]); 2] = [
    (Into::Nowhere, "counted: tcpdump -w /dev/null, marey stats ring:", [15.0 / 45.0; 2]),
    (Into::File, "into a file in memory: tcpdump -w, marey record -i", [1.0; 2]),
];
/// A receiver is given so long to begin, and to take what is left: tcpdump looks once a second.
const BEGINNING: Duration = Duration::from_millis(700);
const REST: Duration = Duration::from_millis(1500);

/// The table, and whether a budget is missed.
///
/// # Errors
/// A program that is missing or fails, and packets that are missing.
pub fn table(folder: &Path, rounds: usize, packets: u32) -> io::Result<(String, bool)> {
    let folder = folder.join("packets");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("send.c"), SEND_C)?;
    said(Command::new("gcc").current_dir(&folder).args(["-O2", "-o", "send", "send.c"]))?;
    let mut inside = Command::new("unshare");
    inside.arg("-n").arg(std::env::current_exe()?).arg("packets").arg(&folder);
    let lines = said(inside.args([rounds.to_string(), packets.to_string()]))?;
    let mut table = String::from(
        "CPU time of the process that receives packets:\n\n\
         | packets | bytes | what becomes of them | tcpdump, ns a packet | marey | \
         marey / tcpdump | allowed |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let (mut lines, mut is_missed) = (lines.lines(), false);
    for (_, name, allowed) in RACES {
        for ((bytes, times), allowed) in LENGTHS.into_iter().zip(allowed) {
            let line = lines.next().unwrap_or_default();
            let numbers = line.split(' ').filter_map(|number| number.parse().ok());
            let [theirs, ours]: [f64; 2] = numbers
                .collect::<Vec<_>>()
                .try_into()
                .map_err(|_| Error::other(line.to_owned()))?;
            let ratio = ours / theirs;
            is_missed |= ratio > allowed;
            let _ = writeln!(
                table,
                "| {} | {bytes} | {name} | {theirs:.1} | {ours:.1} | {ratio:.2} | {allowed:.2} |",
                packets * times
            );
        }
    }
    Ok((table, is_missed))
}

/// The races themselves, inside of a network of its own: a line for each, with what both took.
///
/// # Errors
/// As [`table`].
pub fn inside(folder: &Path, rounds: usize, packets: u32) -> io::Result<()> {
    let [a, b] = ENDS;
    // Nobody else sends anything.
    fs::write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1").ok();
    for words in [
        vec!["link", "add", a, "type", "veth", "peer", "name", b],
        vec!["link", "set", a, "up"],
        vec!["link", "set", b, "up"],
    ] {
        said(Command::new("ip").args(words))?;
    }
    for (into, _, _) in RACES {
        for (bytes, times) in LENGTHS {
            let [theirs, ours] = race(folder, into, (rounds, packets * times, bytes))?;
            println!("{theirs} {ours}");
        }
    }
    Ok(())
}

/// What a packet takes of both, in nanoseconds.
fn race(folder: &Path, into: Into, sent: (usize, u32, u32)) -> io::Result<[f64; 2]> {
    let (rounds, packets, bytes) = sent;
    // What it takes besides, and what a packet takes with its part of that.
    let mut best = [[f64::INFINITY; 2]; 2];
    for _ in 0..rounds {
        for (best, program) in best.iter_mut().zip([Program::Tcpdump, Program::Marey]) {
            let (idle, _) = cpu_s((program, into), folder, 0, bytes)?;
            let (busy, count) = cpu_s((program, into), folder, packets, bytes)?;
            let share = 1e9 / count.max(1) as f64;
            *best = [best[0].min(idle), best[1].min(busy * share)];
        }
    }
    Ok(best.map(|[idle, each]| each - idle * 1e9 / f64::from(packets)))
}

/// How much CPU time it takes to receive packets of which so many are sent, and how many came.
fn cpu_s(
    (program, into): (Program, Into),
    folder: &Path,
    packets: u32,
    bytes: u32,
) -> io::Result<(f64, u64)> {
    let file = PathBuf::from(format!("/dev/shm/marey-bench-{}", std::process::id()));
    let receiver = Receiver::start(program, into, &file)?;
    std::thread::sleep(BEGINNING);
    let before = dropped()?;
    if packets > 0 {
        let mut send = Command::new("taskset");
        send.args(["-c", "0"]).arg(folder.join("send")).arg(ENDS[0]);
        said(send.args([packets.to_string(), bytes.to_string()]))?;
    }
    std::thread::sleep(REST);
    let came = u64::from(packets).saturating_sub(dropped()? - before);
    let before = children_cpu_s()?;
    let ended = receiver.end()?;
    let took = children_cpu_s()? - before;
    let (counted, lost) = ended.counts(&file)?;
    // What has no place in a ring is lost: on a busy machine, and then it counts not.
    let is_right = counted + lost == came && counted >= came / 10 * 9;
    match is_right {
        true => Ok((took, counted)),
        false => Err(Error::other(format!(
            "{program:?}, {into:?}: of {came} packets {counted} came, and {lost} were lost"
        ))),
    }
}

/// How many packets the cable dropped, since its other end was at work.
fn dropped() -> io::Result<u64> {
    let all = fs::read_to_string("/proc/self/net/dev")?;
    let own = all.lines().find_map(|line| line.trim().strip_prefix(ENDS[0])?.strip_prefix(':'));
    // Eight numbers of what is received, then those of what is sent: bytes, packets, errors.
    let dropped = own.and_then(|own| own.split_whitespace().nth(11)?.parse().ok());
    dropped.ok_or_else(|| Error::other("the interface does not say what it dropped"))
}
