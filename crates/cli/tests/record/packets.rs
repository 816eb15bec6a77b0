//! Packets: what is recorded, and what is said.

use std::net::UdpSocket;

use super::*;

/// How many datagrams the command sends.
const COUNT: &str = "MAREY_TEST_DATAGRAMS";

/// Runs `marey record` in a network of its own; nothing where that is not allowed.
fn inside(namespace: &str, folder: &Path, datagrams: u32, arguments: &[&str]) -> Option<Ran> {
    let up = "ip link set lo up && exec \"$@\"";
    let mut able = Command::new("unshare");
    if !able
        .args([namespace, "sh", "-c", up, "-", "true"])
        .output()
        .is_ok_and(|o| o.status.success())
    {
        println!("skipped: `unshare {namespace} ip link set lo up` is not allowed here");
        return None;
    }
    let marey = marey();
    let mut command = Command::new("unshare");
    command.args([namespace, "sh", "-c", up, "-"]).arg(marey.get_program());
    command.arg("record").args(arguments).arg("--");
    command.arg(std::env::current_exe().expect("a name"));
    command.args(["packets::sends_datagrams", "--exact", "--ignored"]);
    let ran = finish(command.env(COUNT, datagrams.to_string()).current_dir(folder));
    if ran.status == 5 {
        println!("skipped: {}", ran.stderr.trim());
        return None;
    }
    Some(ran)
}

#[test]
#[ignore = "it is what the other tests record"]
fn sends_datagrams() {
    let Ok(count) = std::env::var(COUNT) else { return };
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let to = socket.local_addr().expect("an address");
    for _ in 0..count.parse().expect("a number") {
        socket.send_to(&[0; 100], to).expect("it is sent");
        // One at a time: so the kernel drops none on the way.
        socket.recv(&mut [0; 100]).expect("it comes");
    }
}

/// How many packets a file has, without damage, and how many were lost, it says.
fn stored(folder: &Path) -> (u64, u64) {
    let mut reader =
        marey::open(folder.join("recording/packets.pcapng")).expect("it opens").reader();
    let mut packets = 0;
    while let Some(record) = reader.next() {
        packets += u64::from(record.packet().is_some());
    }
    let ledger = reader.ledger();
    assert_eq!((ledger.damaged_bytes, ledger.gaps), (0, 0));
    (packets, ledger.source_lost)
}

#[test]
fn each_packet_is_recorded() {
    let folder = scratch("record-packets");
    for queues in ["1", "2"] {
        let arguments = ["-i", "lo", "--queues", queues, "--force", "--json"];
        let Some(ran) = inside("-Urn", &folder, 500, &arguments) else { return };
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains("recording: 500 packets in"), "{}", ran.stderr);
        assert!(ran.stdout.contains(r#""source":"packets:lo""#), "{}", ran.stdout);
        let ledger = ledger(&folder);
        assert_eq!([&ledger["received"], &ledger["delivered"], &ledger["lost"]], [500, 500, 0]);
        assert_eq!(stored(&folder), (500, 0));
        assert!(!folder.join("recording/kernel").exists());
    }
    let repaired = finish(marey().arg("repair").arg(folder.join("recording")));
    assert_eq!(repaired.status, 0, "{}", repaired.stderr);
    assert!(repaired.stdout.ends_with("1 stream; nothing had to be done\n"), "{}", repaired.stdout);
    let file = folder.join("recording/packets.pcapng");
    let whole = fs::read(&file).expect("a file");
    fs::write(&file, &whole[..whole.len() - 5]).expect("written");
    let repaired = finish(marey().arg("repair").arg(folder.join("recording")));
    assert_eq!(repaired.status, 0, "{}", repaired.stderr);
    assert_eq!(stored(&folder), (500, 0), "the last block tells counts");
}

#[test]
fn lost_packets_are_said_and_are_the_status() {
    let folder = scratch("record-packets-lost");
    let arguments = ["-i", "lo", "--buffer", "4KiB"];
    let Some(ran) = inside("-Urn", &folder, 50_000, &arguments) else { return };
    assert_eq!(ran.status, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("since the ring was full"), "{}", ran.stderr);
    let ledger = ledger(&folder);
    assert_eq!(ledger["received"], 50_000);
    let number = |value: &Value| value.as_u64().expect("a number");
    let (delivered, lost) = (number(&ledger["delivered"]), number(&ledger["lost"]));
    assert_eq!(delivered + lost, 50_000);
    assert_eq!(ledger["packets"][0]["lost"]["ring_full"], lost);
    assert_eq!(stored(&folder), (delivered, lost));
    let arguments = ["-i", "lo", "--buffer", "4KiB", "--force", "--allow-loss"];
    let ran = inside("-Urn", &folder, 50_000, &arguments).expect("it is allowed");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
}

#[test]
fn events_and_packets_are_recorded_together() {
    let folder = scratch("record-packets-events");
    let arguments = ["-i", "lo", "-e", "syscalls:sys_enter_sendto"];
    let Some(ran) = inside("-n", &folder, 300, &arguments) else { return };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("300 events, 300 packets"), "{}", ran.stderr);
    assert_eq!(stored(&folder), (300, 0));
    let ledger = ledger(&folder);
    assert_eq!([&ledger["delivered"], &ledger["events"][0]["delivered"]], [600, 300]);
}

#[test]
fn what_makes_no_sense_or_is_not_allowed_is_said() {
    let folder = scratch("record-packets-wrong");
    let said = |arguments: &[&str]| {
        let ran = finish(marey().current_dir(&folder).arg("record").args(arguments));
        assert_eq!(ran.status, 2, "{}", ran.stderr);
        ran.stderr
    };
    assert!(said(&["-i", "lo", "-f", "id == 3"]).contains("packets cannot be filtered yet"));
    assert!(said(&["--queues", "2", "-e", "sched:sched_switch"]).contains("--interface"));
    let mut alone = Command::new("unshare");
    alone
        .args(["-Ur"])
        .arg(marey().get_program())
        .args(["record", "-i", "lo"])
        .current_dir(&folder);
    let ran = finish(&mut alone);
    if ran.stderr.contains("unshare") {
        return println!("skipped: {}", ran.stderr.trim());
    }
    assert_eq!(ran.status, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains("cap_net_raw"), "{}", ran.stderr);
    assert!(!folder.join("recording").exists(), "nothing is written");
}
