//! The row `record`, second part: what it costs to receive packets, beside `tcpdump`.
//!
//! Packets go over a cable of two virtual interfaces, in a network of its own. What counts is the
//! CPU time of the process that writes them into a file, without that of one that receives nothing.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::child::{children_cpu_s, said};

const SEND_C: &str = include_str!("send.c");
/// Both ends of the cable.
const ENDS: [&str; 2] = ["bench-a", "bench-b"];
/// How long packets are.
const LENGTHS: [u32; 2] = [60, 1400];
/// A receiver is given so long to begin, and to take what is left: tcpdump looks once a second.
const BEGINNING: Duration = Duration::from_millis(700);
const REST: Duration = Duration::from_millis(1500);

/// The table.
///
/// # Errors
/// A program that is missing or fails, and packets that are missing.
pub fn table(folder: &Path, rounds: usize, packets: u32) -> io::Result<String> {
    let folder = folder.join("packets");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("send.c"), SEND_C)?;
    said(Command::new("gcc").current_dir(&folder).args(["-O2", "-o", "send", "send.c"]))?;
    let mut inside = Command::new("unshare");
    inside.arg("-n").arg(std::env::current_exe()?).arg("packets").arg(&folder);
    let lines = said(inside.args([rounds.to_string(), packets.to_string()]))?;
    let mut table = format!(
        "{packets} packets of so many bytes, written into a file in memory; CPU time of the \
         process that receives them:\n\n\
         | bytes | tcpdump, ns a packet | marey record -i | marey / tcpdump |\n\
         |---|---|---|---|\n"
    );
    for (bytes, line) in LENGTHS.iter().zip(lines.lines()) {
        let numbers: Vec<f64> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
        let [theirs, ours] = numbers[..] else { return Err(Error::other(line.to_owned())) };
        let ratio = ours / theirs;
        let _ = writeln!(table, "| {bytes} | {theirs:.1} | {ours:.1} | {ratio:.2} |");
    }
    Ok(table)
}

/// The race itself, inside of a network of its own: a line for each length, with what both took.
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
    for bytes in LENGTHS {
        // What it takes besides, and what a packet takes with its part of that.
        let mut best = [[f64::INFINITY; 2]; 2];
        for _ in 0..rounds {
            for (best, receiver) in best.iter_mut().zip([Receiver::Tcpdump, Receiver::Marey]) {
                let (idle, _) = receiver.cpu_s(folder, 0, bytes)?;
                let (busy, count) = receiver.cpu_s(folder, packets, bytes)?;
                let share = 1e9 / count.max(1) as f64;
                *best = [best[0].min(idle), best[1].min(busy * share)];
            }
        }
        let [theirs, ours] = best.map(|[idle, each]| each - idle * 1e9 / f64::from(packets));
        println!("{theirs} {ours}");
    }
    Ok(())
}

#[derive(Clone, Copy, Debug)]
enum Receiver {
    Tcpdump,
    Marey,
}

impl Receiver {
    /// How much CPU time it takes to receive packets of which so many are sent, and how many came.
    fn cpu_s(self, folder: &Path, packets: u32, bytes: u32) -> io::Result<(f64, u64)> {
        let file = PathBuf::from(format!("/dev/shm/marey-bench-{}", std::process::id()));
        let mut child = self.start(&file)?;
        std::thread::sleep(BEGINNING);
        let before = dropped()?;
        if packets > 0 {
            let mut send = Command::new("taskset");
            send.args(["-c", "0"]).arg(folder.join("send")).arg(ENDS[0]);
            said(send.args([packets.to_string(), bytes.to_string()]))?;
        }
        std::thread::sleep(REST);
        let came = u64::from(packets).saturating_sub(dropped()? - before);
        said(Command::new("kill").args(["-INT", &child.id().to_string()]))?;
        let before = children_cpu_s()?;
        ended(&mut child)?;
        let took = children_cpu_s()? - before;
        let counted = self.count(&file)?;
        // What has no place in a ring is lost: on a busy machine, and then it counts not.
        let is_right = counted <= came && counted >= came / 10 * 9;
        match is_right {
            true => Ok((took, counted)),
            false => {
                Err(Error::other(format!("{self:?}: {counted} of {came} packets are in the file")))
            }
        }
    }

    fn start(self, file: &Path) -> io::Result<Child> {
        let mut command = Command::new("taskset");
        command.args(["-c", "1"]);
        match self {
            Receiver::Tcpdump => {
                command.args(["tcpdump", "-q", "-n", "-Z", "root", "-B", "65536", "-i", ENDS[1]]);
                command.arg("-w").arg(file);
            }
            Receiver::Marey => {
                command.arg(super::marey()?).args(["record", "-i", ENDS[1], "--force"]);
                command.args(["--buffer", "64MiB", "-o"]).arg(file);
            }
        }
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    }

    /// How many packets are in the file, which is removed.
    fn count(self, file: &Path) -> io::Result<u64> {
        let (trace, remove): (_, fn(&Path) -> io::Result<()>) = match self {
            Receiver::Tcpdump => (file.to_owned(), |file| fs::remove_file(file)),
            Receiver::Marey => (file.join("packets.pcapng"), |file| fs::remove_dir_all(file)),
        };
        let mut reader = marey::open(&trace).map_err(|e| Error::other(e.to_string()))?.reader();
        let mut count = 0;
        while let Some(record) = reader.next() {
            count += u64::from(matches!(record, marey::Record::Packet(_)));
        }
        remove(file)?;
        Ok(count)
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

fn ended(child: &mut Child) -> io::Result<()> {
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > Duration::from_secs(20) {
            child.kill()?;
            return Err(Error::other("a receiver does not end"));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}
