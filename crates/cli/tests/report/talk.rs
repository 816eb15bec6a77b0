//! Conversations, endpoints and fragments are exact.

use super::*;

#[test]
fn both_ways_are_one_conversation() {
    let directory = scratch("report-talk");
    let mut file = begun();
    file.interface(ETHERNET, 0, &[o::if_tsresol(9)]);
    let ends = ["10.0.0.1:5000", "10.0.0.2:6000", "10.0.0.3:7000"];
    for (from, to, times) in [(0, 1, 3), (1, 0, 2), (2, 0, 1), (1, 1, 1)] {
        for _ in 0..times {
            file.packet(0, START_NS, &udp(ends[from], ends[to]), &[]);
        }
    }
    write(&directory, "a.pcapng", &file.finish().bytes);
    let (lines, _) = json(&directory, &["a.pcapng"]);
    let file = &lines[0];
    let talk = &file["conversations"];
    assert_eq!((&talk["count"], &talk["list"][0]["packets"]), (&3.into(), &5.into()));
    let sent = |end: usize| talk["list"][0]["ends"][end]["sent_packets"].as_u64();
    assert_eq!([sent(0), sent(1)], [Some(3), Some(2)]);
    let points = &file["endpoints"];
    assert_eq!(points["count"], 3);
    let first = &points["list"][0];
    assert_eq!((&first["address"], &first["packets"]), (&"10.0.0.2".into(), &7.into()));
    assert_eq!(points["list"][1]["received_packets"], 3);
    // Together with itself all is twice as much.
    let (lines, _) = json(&directory, &["a.pcapng", "a.pcapng"]);
    assert_eq!(lines[2]["conversations"]["list"][0]["packets"], 10);
}

/// More conversations than a table has slots, so that they go to disk, by one worker and by four.
#[test]
fn what_goes_to_disk_is_counted() {
    let directory = scratch("report-spilled");
    let mut file = begun();
    file.interface(ETHERNET, 0, &[o::if_tsresol(9)]);
    let count = 9000_u32;
    for nth in 0..2 * count {
        let number = nth % count;
        let source = format!("10.{}.{}.1:1000", number >> 8, number & 0xff);
        file.packet(0, START_NS, &udp(&source, "10.0.0.2:6000"), &[]);
    }
    write(&directory, "a.pcapng", &file.finish().bytes);
    let answers = ["1", "4", "200"].map(|workers| {
        let ways = ["-j", workers, "--block-size", "65536", "a.pcapng"];
        json(&directory, &ways).0[0].clone()
    });
    assert_eq!(answers[0]["conversations"]["count"], count);
    assert_eq!(answers[0]["conversations"]["list"][0]["packets"], 2);
    assert_eq!(answers[0]["endpoints"]["list"][0]["packets"], 2 * count);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[test]
fn checksums_are_checked_on_request() {
    let directory = scratch("report-checksums");
    let mut file = begun();
    file.interface(ETHERNET, 0, &[o::if_tsresol(9)]);
    let good = frame();
    let mut bad = frame();
    let last = bad.len() - 1;
    bad[last] ^= 1;
    for frame in [good, bad] {
        file.packet(0, START_NS, &frame, &[]);
    }
    write(&directory, "a.pcapng", &file.finish().bytes);
    let (lines, _) = json(&directory, &["--checksums", "a.pcapng"]);
    let udp = &lines[0]["checksums"][1];
    assert_eq!(
        (&udp["protocol"], &udp["good"], &udp["bad"]),
        (&"udp".into(), &1.into(), &1.into())
    );
    let text = report(&directory, "C", &["--checksums", "a.pcapng"]).ok();
    assert!(text.contains("offload"), "{text}");
    let (lines, _) = json(&directory, &["a.pcapng"]);
    assert_eq!(lines[0].get("checksums"), None);
}
