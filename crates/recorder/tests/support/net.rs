//! A network of a test's own, and frames that are counted.
#![allow(dead_code, reason = "each test uses a part")]

use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use marey::Record;
use marey_recorder::packets::{OfInterface, Options, Plan, Recording};
use marey_recorder::parts::Mode;

/// One end of the cable, and the other.
pub const ENDS: [&str; 2] = ["marey-a", "marey-b"];
const INSIDE: &str = "MAREY_TEST_NETWORK";

/// Whether this is inside of a network of its own, with a cable between two interfaces. If not, the
/// test of this name is run inside of one, which is gone with it.
pub fn is_inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        make_cable();
        return true;
    }
    let can = |flags: &&&str| {
        let made = Command::new("unshare").args([**flags, "ip", "link"]).output();
        made.is_ok_and(|made| made.status.success())
    };
    let Some(flags) = ["-Urn", "-n"].iter().find(can) else {
        println!("skipped: no network namespace here (`unshare -Urn ip link`)");
        return false;
    };
    let own = std::env::current_exe().expect("a name");
    let mut run = Command::new("unshare");
    run.arg(flags).arg(own).args([test, "--exact", "--nocapture", "--include-ignored"]);
    let ran = run.env(INSIDE, test).output().expect("it runs");
    let (out, said) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{out}\n{said}");
    assert!(out.contains("1 passed"), "{out}");
    print!("{out}");
    false
}

fn make_cable() {
    let [a, b] = ENDS;
    ip(&["link", "set", "lo", "up"]);
    ip(&["link", "add", a, "mtu", "9000", "type", "veth", "peer", "name", b, "mtu", "9000"]);
    for end in ENDS {
        // Nobody but the test sends anything.
        std::fs::write(format!("/proc/sys/net/ipv6/conf/{end}/disable_ipv6"), "1").ok();
        ip(&["link", "set", end, "up"]);
    }
}

/// Runs ip(8).
pub fn ip(words: &[&str]) {
    let ran = Command::new("ip").args(words).output().expect("ip is there");
    assert!(ran.status.success(), "{words:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// What sends frames from one end of the cable.
pub struct Sender(OwnedFd, String);

impl Sender {
    /// From this interface.
    pub fn new(interface: &str) -> Self {
        let name = std::ffi::CString::new(interface).expect("no 0");
        // SAFETY: no addresses but that of the name, which lives over the call.
        let (socket, index) = unsafe {
            let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC;
            (libc::socket(libc::AF_PACKET, kind, 0), libc::if_nametoindex(name.as_ptr()))
        };
        assert!(socket >= 0 && index > 0, "{}", std::io::Error::last_os_error());
        // SAFETY: the descriptor is new; all bytes 0 are a valid address, which lives over the
        // call and is as long as it is said.
        let (socket, bound) = unsafe {
            let mut address: libc::sockaddr_ll = std::mem::zeroed();
            address.sll_family = libc::AF_PACKET as u16;
            address.sll_ifindex = index as i32;
            let len = size_of::<libc::sockaddr_ll>() as u32;
            (OwnedFd::from_raw_fd(socket), libc::bind(socket, (&raw const address).cast(), len))
        };
        assert_eq!(bound, 0, "{}", std::io::Error::last_os_error());
        Sender(socket, interface.to_owned())
    }

    /// Sends frames; how many the kernel took to the other end. It drops what comes faster than
    /// it has time to hand over.
    pub fn send(&self, frames: &[Vec<u8>]) -> u64 {
        let (mut sent, dropped) = (0, dropped(&self.1));
        for frames in frames.chunks(64) {
            let mut pieces: Vec<libc::iovec> = frames
                .iter()
                .map(|frame| libc::iovec {
                    iov_base: frame.as_ptr().cast_mut().cast(),
                    iov_len: frame.len(),
                })
                .collect();
            let mut messages: Vec<libc::mmsghdr> = pieces
                .iter_mut()
                .map(|piece| {
                    // SAFETY: all bytes 0 are a valid message without an address.
                    let mut message: libc::mmsghdr = unsafe { std::mem::zeroed() };
                    message.msg_hdr.msg_iov = piece;
                    message.msg_hdr.msg_iovlen = 1;
                    message
                })
                .collect();
            let mut at = 0;
            while at < messages.len() {
                let rest = &mut messages[at..];
                let (socket, count) = (self.0.as_raw_fd(), rest.len() as u32);
                // SAFETY: the messages and what they point to live over the call.
                let took = unsafe { libc::sendmmsg(socket, rest.as_mut_ptr(), count, 0) };
                if took > 0 {
                    at += took as usize;
                    sent += took as u64;
                }
            }
        }
        sent + dropped - self::dropped(&self.1)
    }
}

/// How many frames an interface could not send.
fn dropped(interface: &str) -> u64 {
    let all = std::fs::read_to_string("/proc/self/net/dev").expect("/proc");
    let own = all.lines().find_map(|line| line.trim().strip_prefix(interface)?.strip_prefix(':'));
    // Eight numbers of what is received, then those of what is sent: bytes, packets, errors.
    let dropped = own.and_then(|own| own.split_whitespace().nth(11)?.parse().ok());
    dropped.expect("a number")
}

/// Frames of Ethernet of so many bytes, each with its number, of some flows of UDP.
pub fn frames(count: usize, len: usize) -> Vec<Vec<u8>> {
    (0..count).map(|number| frame(number, len)).collect()
}

/// A frame of IPv4 and UDP with its number.
pub fn frame(number: usize, len: usize) -> Vec<u8> {
    let mut frame = vec![0xff; 6];
    frame.extend([2, 0, 0, 0, 0, 1, 8, 0]);
    let ip_len = (len - 14) as u16;
    frame.extend([0x45, 0, (ip_len >> 8) as u8, ip_len as u8, 0, 0, 0, 0, 64, 17, 0, 0]);
    frame.extend([10, 77, 0, 1, 10, 77, 0, 2]);
    let port = 1000 + (number % 32) as u16;
    frame.extend(port.to_be_bytes());
    frame.extend([0, 9, ((ip_len - 20) >> 8) as u8, (ip_len - 20) as u8, 0, 0]);
    frame.extend((number as u64).to_be_bytes());
    frame.resize(len, number as u8);
    frame
}

/// How packets of an end of the cable are recorded.
pub fn plan(interfaces: &[&str], ring_bytes: usize) -> Plan {
    Plan {
        interfaces: interfaces.iter().map(|name| (*name).to_owned()).collect(),
        options: Options { snaplen: 0, promiscuous: false, ring_bytes },
        queues: 1,
        mode: Mode::Linear,
        application: "a test".to_owned(),
    }
}

/// An empty directory.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("packets-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Records what happens while something is done; the files, and what became of all packets.
pub fn record(plan: &Plan, name: &str, work: impl FnOnce()) -> (PathBuf, Vec<OfInterface>) {
    let folder = folder(name);
    let mut recording = Recording::new(plan, &folder).expect("it is allowed here");
    recording.begin().expect("it begins");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                recording.drain().expect("it is written");
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
        });
        let _end = AtEnd(&done);
        work();
        // What was sent is handed over later, when the machine has much to do.
        std::thread::sleep(std::time::Duration::from_millis(300));
    });
    (folder.join("packets.pcapng"), recording.end().expect("it ends"))
}

/// Ends a thread also when something is wrong.
pub struct AtEnd<'a>(pub &'a AtomicBool);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A packet of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub time: i64,
    pub interface: String,
    pub wire: u32,
    pub bytes: Vec<u8>,
}

/// All packets of a file, which must be without damage; and how many were lost, it says.
pub fn packets(file: &Path) -> (Vec<Stored>, u64) {
    packets_of(marey::open(file).expect("a trace").reader())
}

/// The same of what is read.
pub fn packets_of(mut reader: marey::pipeline::Reader) -> (Vec<Stored>, u64) {
    let mut packets = Vec::new();
    while let Some(record) = reader.next() {
        let Record::Packet(packet) = record else { continue };
        packets.push(Stored {
            time: packet.time().expect("a time").as_ns(),
            interface: packet.interface().and_then(|i| i.name()).unwrap_or("").to_owned(),
            wire: packet.wire_len(),
            bytes: packet.bytes().to_vec(),
        });
    }
    let ledger = reader.ledger();
    assert_eq!((ledger.damaged_bytes, ledger.gaps), (0, 0), "{ledger:?}");
    (packets, ledger.source_lost)
}

/// Has capinfos and tshark read a file; neither may complain. How many packets tshark sees;
/// nothing where they are not.
pub fn wireshark(file: &Path) -> Option<usize> {
    capinfos(file)?;
    reads("tshark", &["-n", "-T", "fields", "-e", "frame.number", "-r"], file)
}

/// Has capinfos read a file; it may not complain.
pub fn capinfos(file: &Path) -> Option<usize> {
    reads("capinfos", &[], file)
}

/// How many lines a program writes, which may not complain. Nothing where it is not.
fn reads(program: &str, words: &[&str], file: &Path) -> Option<usize> {
    let Ok(ran) = Command::new(program).args(words).arg(file).output() else {
        println!("skipped: {program} is not here");
        return None;
    };
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    let said: Vec<_> = said.lines().filter(|line| !line.contains("Running as user")).collect();
    assert!(ran.status.success() && said.is_empty(), "{program}: {said:?}");
    Some(String::from_utf8_lossy(&ran.stdout).lines().count())
}
