//! Packets are recorded as they were sent, or counted as lost.
#![cfg(target_os = "linux")]

#[path = "support/net.rs"]
mod net;

use std::time::{SystemTime, UNIX_EPOCH};

use marey_recorder::packets::{Plan, Recording};
use marey_recorder::parts::{Limit, Mode};
use marey_recorder::session::Pauses;
use marey_recorder::snapshot::{Holding, Snapshots};
use net::{
    ENDS, Sender, Stored, capinfos, folder, frame, frames, is_inside, packets, plan, record,
    wireshark,
};

const RING: usize = 32 << 20;

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    since.as_nanos().try_into().expect("before 2262")
}

#[test]
fn every_packet_is_recorded_as_it_was_sent() {
    if !is_inside("every_packet_is_recorded_as_it_was_sent") {
        return;
    }
    // From the shortest to the longest, and some whose blocks leave no room for padding.
    let mut sent: Vec<_> = (0..8000).map(|number| frame(number, 60 + number % 1455)).collect();
    sent.extend((0..2000).map(|number| frame(number, 3900 + number % 300)));
    sent.extend((0..1000).map(|number| frame(number, 8000 + number % 1014)));
    let (begin, mut count) = (now(), 0);
    let (file, accounts) =
        record(&plan(&[ENDS[1]], RING), "all", || count = Sender::new(ENDS[0]).send(&sent));
    let end = now();
    let [account] = &accounts[..] else { panic!("{accounts:?}") };
    assert_eq!(count, 11_000, "the machine has too much to do");
    assert_eq!((account.delivered, account.lost(), account.late, account.cut), (count, 0, 0, 0));
    let (stored, lost) = packets(&file);
    assert_eq!(lost, 0);
    assert!(stored.iter().map(|packet| &packet.bytes).eq(&sent));
    assert!(stored.iter().all(|packet| packet.interface == ENDS[1]));
    assert!(stored.iter().all(|packet| (begin..=end).contains(&packet.time)));
    assert!(stored.is_sorted_by_key(|packet| packet.time));
    if let Some(seen) = wireshark(&file) {
        assert_eq!(seen, sent.len());
    }
}

/// The packets of all files of a recording in parts, and how many they say were lost.
fn of_parts(folder: &std::path::Path) -> (Vec<Stored>, u64, usize) {
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().collect();
    files.retain(|file| file.file_name().to_string_lossy().starts_with("packets_"));
    files.sort_by_key(std::fs::DirEntry::file_name);
    let (mut all, mut all_lost) = (Vec::new(), 0);
    for file in &files {
        let (stored, lost) = packets(&file.path());
        capinfos(&file.path());
        all.extend(stored);
        all_lost += lost;
    }
    (all, all_lost, files.len())
}

#[test]
fn a_ring_keeps_the_newest() {
    if !is_inside("a_ring_keeps_the_newest") {
        return;
    }
    let folder = folder("ring");
    let limit = Limit { bytes: 1 << 20, ns: u64::MAX };
    let plan = Plan { mode: Mode::Ring(limit), ..plan(&[ENDS[1]], RING) };
    let mut recording = Recording::new(&plan, &folder).expect("it is allowed");
    recording.begin().expect("it begins");
    let (sender, sent) = (Sender::new(ENDS[0]), frames(20_000, 200));
    let mut snapshots = Snapshots::new(&folder);
    let mut taken = None;
    for (number, part) in sent.chunks(100).enumerate() {
        assert_eq!(sender.send(part), 100, "the machine has too much to do");
        recording.drain().expect("it is written");
        if number == 120 {
            let sources = Holding { packets: Some(&mut recording), ..Holding::default() };
            taken = snapshots.take(sources, &Pauses::default()).expect("room");
        }
    }
    let [account] = &recording.end().expect("it ends")[..] else { panic!("one interface") };
    assert_eq!((account.received, account.lost()), (20_000, 0));
    assert_eq!(account.delivered + account.overwritten, 20_000);
    let saved = taken.expect("a snapshot");
    for (folder, account, upto) in [
        (&folder, account, 20_000),
        (&saved.path, &saved.ledger.packets[0], saved.ledger.received() as usize),
    ] {
        let (stored, lost, files) = of_parts(folder);
        assert_eq!((stored.len() as u64, lost), (account.delivered, 0));
        let first = upto - stored.len();
        assert!(first > 0 && (6..=9).contains(&files), "{first} {files}");
        assert!(stored.iter().map(|packet| &packet.bytes).eq(&sent[first..upto]));
    }
    let ledger = std::fs::read_to_string(saved.path.join("ledger.json")).expect("a ledger");
    assert!(ledger.contains("packets:marey-b"), "{ledger}");
}

#[test]
fn losses_in_parts_are_said_once() {
    if !is_inside("losses_in_parts_are_said_once") {
        return;
    }
    let limit = Limit { bytes: 128 << 10, ns: u64::MAX };
    let plan = Plan { mode: Mode::Rotate(limit), ..plan(&[ENDS[1]], 4096) };
    let (sent, mut count) = (frames(1000, 60), 0);
    let sender = Sender::new(ENDS[0]);
    let (file, accounts) = record(&plan, "rotate", || {
        (0..1000).for_each(|_| count += sender.send(&sent));
    });
    let [account] = &accounts[..] else { panic!("{accounts:?}") };
    assert_eq!((account.received, account.overwritten), (count, 0));
    let (stored, lost, files) = of_parts(file.parent().expect("a folder"));
    assert_eq!((stored.len() as u64, lost), (account.delivered, account.lost()));
    assert!(lost > 0 && files > 1, "{lost} {files}");
}

#[test]
fn a_pause_is_neither_recorded_nor_counted() {
    if !is_inside("a_pause_is_neither_recorded_nor_counted") {
        return;
    }
    let folder = folder("pause");
    let mut recording = Recording::new(&plan(&[ENDS[1]], RING), &folder).expect("it is allowed");
    recording.begin().expect("it begins");
    let sender = Sender::new(ENDS[0]);
    let sent = frames(300, 200);
    let mut counts = Vec::new();
    for part in sent.chunks(100) {
        counts.push(sender.send(part));
        // What was sent is on its way for a moment.
        let begin = std::time::Instant::now();
        while counts.len() != 2 && recording.delivered() < 100 * counts.len().div_ceil(2) as u64 {
            recording.drain().expect("it is written");
            assert!(begin.elapsed().as_secs() < 30, "{}", recording.delivered());
        }
        match counts.len() {
            1 => recording.pause().expect("a pause"),
            2 => recording.resume().expect("it goes on"),
            _ => recording.pause().expect("another pause, in which it ends"),
        }
    }
    assert_eq!(sender.send(&sent), 300, "in the second pause");
    let [account] = &recording.end().expect("it ends")[..] else { panic!("one interface") };
    assert_eq!(counts, [100, 100, 100], "the machine has too much to do");
    assert_eq!((account.received, account.delivered, account.lost()), (200, 200, 0));
    let file = folder.join("packets.pcapng");
    let (stored, lost) = packets(&file);
    assert_eq!(lost, 0);
    let kept = sent.iter().take(100).chain(sent.iter().skip(200));
    assert!(stored.iter().map(|packet| &packet.bytes).eq(kept));
    let text = String::from_utf8_lossy(&std::fs::read(&file).expect("a file")).into_owned();
    assert_eq!(text.matches("paused from ").count(), 2);
    wireshark(&file);
}

#[test]
fn what_has_no_place_in_the_ring_is_counted() {
    if !is_inside("what_has_no_place_in_the_ring_is_counted") {
        return;
    }
    let (sent, mut count) = (frames(1000, 60), 0);
    let sender = Sender::new(ENDS[0]);
    let (file, accounts) = record(&plan(&[ENDS[1]], 4096), "page", || {
        (0..2000).for_each(|_| count += sender.send(&sent));
    });
    let [account] = &accounts[..] else { panic!("{accounts:?}") };
    assert_eq!(account.received, count);
    assert!(account.lost_to_full_ring > 0 && account.delivered > 0, "{account:?}");
    assert_eq!(account.delivered + account.lost_to_full_ring, count);
    assert_eq!(account.lost_unread(), 0);
    let (stored, lost) = packets(&file);
    assert_eq!((stored.len() as u64, lost), (account.delivered, account.lost_to_full_ring));
    let Some(seen) = wireshark(&file) else { return };
    assert_eq!(seen, stored.len());
}

#[test]
fn two_queues_say_what_one_says() {
    if !is_inside("two_queues_say_what_one_says") {
        return;
    }
    let mut shared = plan(&[ENDS[1]], RING);
    shared.queues = 2;
    let (sent, mut count) = (frames(50_000, 100), 0);
    let work = || count = Sender::new(ENDS[0]).send(&sent);
    let mut of_one = None;
    let (file, of_two) = record(&shared, "two", || {
        of_one = Some(record(&plan(&[ENDS[1]], RING), "one", work));
    });
    let (single, of_one) = of_one.expect("it ran");
    assert_eq!((of_one[0].delivered, of_one[0].lost()), (count, 0), "{of_one:?}");
    assert_eq!(
        (of_two[0].delivered, of_two[0].lost(), of_two[0].late),
        (count, 0, 0),
        "{of_two:?}"
    );
    let bytes = |file| packets(file).0.into_iter().map(|packet| packet.bytes).collect::<Vec<_>>();
    assert!(bytes(&single) == bytes(&file), "the same packets in the same order");
}

#[test]
fn tags_are_put_back_and_long_packets_are_cut() {
    if !is_inside("tags_are_put_back_and_long_packets_are_cut") {
        return;
    }
    let mut tagged = frame(1, 200);
    tagged.splice(12..12, [0x81, 0x00, 0x60, 0x2a]);
    let mut twice = frame(2, 200);
    twice.splice(12..12, [0x88, 0xa8, 0x00, 0x07, 0x81, 0x00, 0x00, 0x08]);
    let sent = [tagged, twice, frame(3, 200)];
    let send = || assert_eq!(Sender::new(ENDS[0]).send(&sent), 3);
    let (file, _) = record(&plan(&[ENDS[1]], RING), "tags", send);
    let stored = packets(&file).0;
    assert!(stored.iter().map(|packet| &packet.bytes).eq(&sent), "{stored:?}");
    let mut short = plan(&[ENDS[1]], RING);
    for snaplen in [1, 13, 14, 64] {
        short.options.snaplen = snaplen;
        let (file, accounts) = record(&short, "short", send);
        assert_eq!(accounts[0].cut, 0);
        for (packet, sent) in packets(&file).0.iter().zip(&sent) {
            assert_eq!(packet.bytes, sent[..snaplen as usize]);
            assert_eq!(packet.wire as usize, sent.len());
        }
    }
}

#[test]
fn all_interfaces_at_once_and_the_loopback() {
    if !is_inside("all_interfaces_at_once_and_the_loopback") {
        return;
    }
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let to = socket.local_addr().expect("an address");
    let work = || {
        for number in 0..100 {
            socket.send_to(&[number; 20], to).expect("it is sent");
        }
    };
    let (file, _) = record(&plan(&["lo"], RING), "lo", work);
    assert_eq!(packets(&file).0.len(), 100, "each packet once");
    let work = || {
        work();
        Sender::new(ENDS[0]).send(&frames(10, 60));
    };
    let (file, _) = record(&plan(&["any"], RING), "any", work);
    let stored = packets(&file).0;
    // Those on the cable are there as going out, and as coming in.
    assert_eq!(stored.len(), 100 + 2 * 10);
    let coming: Vec<_> = stored.iter().filter(|packet| packet.bytes[10] != 4).collect();
    assert_eq!(coming.len(), 110);
    assert!(coming.iter().all(|packet| packet.bytes[..2] == [8, 0]), "{coming:?}");
    assert!(coming[..100].iter().zip(0..100).all(|(packet, n)| packet.bytes.ends_with(&[n; 20])));
    wireshark(&file);
}

#[test]
fn what_is_not_there_or_makes_no_sense_is_said() {
    if !is_inside("what_is_not_there_or_makes_no_sense_is_said") {
        return;
    }
    let folder = folder("wrong");
    let said = |plan: &Plan| Recording::new(plan, &folder).expect_err("it is wrong").to_string();
    let near = "marey-c: there is no such interface here; did you mean `marey-a` or `marey-b`?";
    assert_eq!(said(&plan(&["marey-c"], RING)), near);
    let mut wrong = plan(&[ENDS[0]], RING);
    wrong.queues = 0;
    assert!(said(&wrong).contains("1 to 64 queues"));
    assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 0);
}

#[test]
fn an_interface_is_promiscuous_as_long_as_it_is_recorded() {
    if !is_inside("an_interface_is_promiscuous_as_long_as_it_is_recorded") {
        return;
    }
    let is_promiscuous = || {
        let said = std::process::Command::new("ip").args(["-d", "link", "show", ENDS[1]]).output();
        let said = String::from_utf8(said.expect("ip is there").stdout).expect("text");
        let flags_are_same = !said.contains("PROMISC");
        (said.contains("promiscuity 1"), flags_are_same)
    };
    let mut all = plan(&[ENDS[1]], RING);
    all.options.promiscuous = true;
    assert_eq!(is_promiscuous(), (false, true));
    record(&all, "promiscuous", || assert_eq!(is_promiscuous(), (true, true)));
    assert_eq!(is_promiscuous(), (false, true));
}
