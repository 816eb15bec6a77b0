//! Programs over files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;

use marey::testing::frames;
use marey::testing::pcap::{Config, Pcap, Variant};
use marey::testing::pcapng::{ETHERNET, Length, Pcapng, option as o};
use marey::testing::{Order, START_NS};

use crate::made::{MILLI, SECOND, every, pcap, sent, time};
use crate::run::{Scratch, example, for_workers, printed, text};

#[test]
fn meta_callback_sees_a_name_and_two_records_without() {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[o::application("a section has no interface")]);
    file.interface(ETHERNET, 0, &[o::if_name("eth0")]);
    file.interface(ETHERNET, 0, &[]);
    for index in 0..1000 {
        file.packet(index % 2, START_NS + i64::from(index), &[1; 1400], &[]);
    }
    file.statistics(0, START_NS + 1000, &[o::isb_ifrecv(1000)]);
    let file = Scratch::new("meta_callback.pcapng", &file.finish().bytes);
    let answer = for_workers("meta_callback", &[file.name(), "-j"]);
    assert_eq!(answer, "Some(\"eth0\")\nNone\nNone\n");
}

#[test]
fn meta_callback_says_why_it_cannot() {
    let output = example("meta_callback").output().expect("the example runs");
    assert_eq!(output.status.code(), Some(2));
    let output = example("meta_callback").arg("there-is-no-such-file").output();
    assert_eq!(output.expect("the example runs").status.code(), Some(1));
}

/// So many that there are several blocks, and so several pieces for several workers.
const PACKETS: u32 = 10_000;

/// A pcapng with two interfaces, the second without a name, and a section for each number of
/// conversations.
fn sections(conversations: &[u32]) -> Vec<u8> {
    let mut file = Pcapng::new();
    for &conversations in conversations {
        file.section(Order::Little, Length::Unknown, &[]);
        file.interface(ETHERNET, 0, &[o::if_name("lan0")]);
        file.interface(ETHERNET, 0, &[]);
        for (index, sent) in (0..).zip(sent(PACKETS, conversations)) {
            file.packet(index % 2, START_NS + i64::from(index), &sent.frame, &[]);
        }
        file.statistics(0, START_NS + 1000, &[o::isb_ifrecv(5011), o::isb_ifdrop(11)]);
    }
    file.finish().bytes
}

#[test]
fn parallel_counts_conversations_and_prints_meta_records_in_order() {
    let file = Scratch::new("parallel.pcapng", &sections(&[37]));
    let expected = "record 0: section\nrecord 1: interface\nrecord 2: interface\n\
                    record 10003: statistics\n37 conversations\n";
    assert_eq!(for_workers("parallel", &[file.name()]), expected);
}

/// libtrace's skeleton of a parallel program has 341 lines.
#[test]
fn parallel_has_no_more_than_twenty_lines() {
    let source = include_str!("../../examples/parallel.rs");
    let lines = source.lines().map(str::trim);
    let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//")).count();
    assert!(code <= 20, "{code} lines");
}

#[test]
fn reader_knows_interfaces_and_losses() {
    let file = Scratch::new("reader.pcapng", &sections(&[5]));
    let mut bytes = [0; 2];
    for (index, sent) in sent(PACKETS, 5).iter().enumerate() {
        bytes[index % 2] += sent.frame.len();
    }
    let expected = format!(
        "lan0: 5000 packets, {} bytes\nno name: 5000 packets, {} bytes\n\
         11 packets were lost while recording, 0 bytes of the trace are damaged\n",
        bytes[0], bytes[1]
    );
    let output = example("reader").arg(&file.0).output().expect("the example runs");
    assert_eq!(printed(&output), expected);
}

#[test]
fn closure_counts_what_was_cut() {
    let mut trace = Pcap::new(Config::new(Variant::Micros, Order::Big));
    for (index, sent) in (0..).zip(sent(PACKETS, 7)) {
        let captured = if index % 5 == 0 { 40 } else { sent.frame.len() };
        trace.cut_packet(START_NS + index, &sent.frame[..captured], sent.frame.len() as u32);
    }
    let file = Scratch::new("closure.pcap", &trace.finish().bytes);
    assert_eq!(for_workers("closure", &[file.name()]), "2000 of 10000 packets were cut\n");
}

#[test]
fn ordered_names_wrong_checksums_in_the_order_of_the_trace() {
    /// Where the checksum of UDP is, behind Ethernet and IPv4.
    const AT: usize = 14 + 20 + 6;
    let mut packets = sent(PACKETS, 9);
    let mut expected = String::new();
    for (index, sent) in packets.iter_mut().enumerate().filter(|(index, _)| index % 7 == 0) {
        let right = u16::from_be_bytes([sent.frame[AT], sent.frame[AT + 1]]);
        let wrong = right ^ 0x0100;
        sent.frame[AT..AT + 2].copy_from_slice(&wrong.to_be_bytes());
        let _ = writeln!(expected, "packet {index}, udp: {wrong:#06x} should be {right:#06x}");
    }
    expected.push_str("1429 wrong checksums\n");
    let file = Scratch::new("ordered.pcap", &every(&packets, MILLI));
    assert_eq!(for_workers("ordered", &[file.name()]), expected);
}

#[test]
fn sorted_brings_packets_into_the_order_of_time() {
    let packets = sent(PACKETS, 4);
    let times: Vec<i64> = (0..).map(|n| n * 7919 % 100 * MILLI).take(packets.len()).collect();
    let trace = pcap(times.iter().zip(&packets).map(|(time, sent)| (*time, &sent.frame[..])));
    let file = Scratch::new("sorted.pcap", &trace);
    let mut order: Vec<usize> = (0..packets.len()).collect();
    order.sort_by_key(|&index| times[index]);
    let line =
        |&n: &usize| format!("{} packet {n}, {} bytes\n", time(times[n]), packets[n].frame.len());
    assert_eq!(for_workers("sorted", &[file.name()]), order.iter().map(line).collect::<String>());
}

#[test]
fn flows_are_counted_exactly() {
    let packets = sent(PACKETS, 23);
    let mut flows = BTreeMap::new();
    for sent in &packets {
        let flow: &mut (u64, usize) = flows.entry(sent.ends()).or_default();
        *flow = (flow.0 + 1, flow.1 + sent.frame.len());
    }
    let mut flows: Vec<_> = flows.into_iter().collect();
    flows.sort_by_key(|(ends, (_, bytes))| (std::cmp::Reverse(*bytes), *ends));
    let line = |((a, b), (packets, bytes)): &_| {
        format!("udp {a} > {b}: {packets} packets, {bytes} bytes\n")
    };
    let expected: String = flows.iter().take(10).map(line).collect();
    let file = Scratch::new("flows.pcap", &every(&packets, MILLI));
    assert_eq!(for_workers("flows", &[file.name()]), expected);
}

#[test]
fn every_hundred_packets_have_their_mean_length() {
    let packets = sent(PACKETS - 50, 6);
    let mut expected = String::new();
    for (first, hundred) in (0..).step_by(100).zip(packets.chunks(100)) {
        let (count, last) = (hundred.len(), first + 99);
        let mean = hundred.iter().map(|sent| sent.frame.len()).sum::<usize>() / count;
        let _ = writeln!(
            expected,
            "records {first} to {last}: {count} packets, {mean} bytes on average"
        );
    }
    let file = Scratch::new("every.pcap", &every(&packets, MILLI));
    assert_eq!(for_workers("every", &[file.name()]), expected);
}

#[test]
fn rate_prints_each_second() {
    let packets = sent(PACKETS, 11);
    let apart = MILLI / 4;
    let mut bits = [0; 3];
    for (index, sent) in (0..).zip(&packets) {
        bits[(index * apart / SECOND) as usize] += 8 * sent.frame.len();
    }
    let [first, second, rest] = bits;
    let expected = format!(
        "up to {}: {first} bits\nup to {}: {second} bits\nafter the last tick: {rest} bits\n",
        time(SECOND),
        time(2 * SECOND)
    );
    let file = Scratch::new("rate.pcap", &every(&packets, apart));
    assert_eq!(for_workers("rate", &[file.name()]), expected);
}

#[test]
fn timeline_merges_files() {
    let (one, other) = (sent(50, 3), sent(60, 2));
    let one_file = Scratch::new("one.pcap", &every(&one, 3 * MILLI));
    let other_file = Scratch::new("other.pcap", &every(&other, 2 * MILLI));
    let of = |file: usize, packets: &[_], apart: i64| {
        let place = |(index, sent): (i64, &crate::made::Sent)| {
            (index * apart, file, index, sent.frame.len())
        };
        (0..).zip(packets).map(place).collect::<Vec<_>>()
    };
    let mut all = of(0, &one, 3 * MILLI);
    all.extend(of(1, &other, 2 * MILLI));
    all.sort_unstable();
    let names = [one_file.name(), other_file.name()];
    let line = |&(at, file, _, bytes): &_| format!("{} {} {bytes} bytes\n", time(at), names[file]);
    let output = example("timeline").args(names).output().expect("the example runs");
    assert_eq!(printed(&output), all.iter().map(line).collect::<String>());
}

#[test]
fn window_shows_what_is_in_it_and_accounts_for_the_rest() {
    let file = Scratch::new("window.pcap", &every(&sent(6000, 3), MILLI));
    let lines = |range: std::ops::Range<i64>| {
        range.map(|n| format!("{}\n", time(n * MILLI))).collect::<String>()
    };
    let all = lines(1000..3000) + "6000 received = 2000 delivered + 4000 filtered + 0 lost\n";
    assert_eq!(for_workers("window", &[file.name(), "1", "3", "10000"]), all);
    let five = lines(1000..1005) + "1005 received = 5 delivered + 1000 filtered + 0 lost\n";
    assert_eq!(for_workers("window", &[file.name(), "1", "3", "5"]), five);
}

#[test]
fn sections_are_counted_each_for_itself() {
    let file = Scratch::new("sections.pcapng", &sections(&[12, 7, 30]));
    let expected = "section 0: 12 conversations\nsection 1: 7 conversations\n\
                    section 2: 30 conversations\n";
    assert_eq!(for_workers("sections", &[file.name()]), expected);
}

#[test]
fn silence_is_that_of_each_sender() {
    let packets = sent(PACKETS, 5);
    let times = (0..).map(|n: i64| n * 10 * MILLI + n % 13 * MILLI);
    let times: Vec<i64> = times.take(packets.len()).collect();
    let mut senders = BTreeMap::<String, (i64, i64)>::new();
    for (sent, &time) in packets.iter().zip(&times) {
        let mac = frames::mac_of(sent.from.ip()).map(|byte| format!("{byte:02x}")).join(":");
        let (last, longest) = senders.entry(mac).or_insert((time, 0));
        (*last, *longest) = (time, (*longest).max(time - *last));
    }
    let line = |(mac, (_, longest)): (_, &(i64, i64))| {
        format!("{mac} was silent for {} ms\n", longest / MILLI)
    };
    let expected: String = senders.iter().map(line).collect();
    let trace = pcap(times.iter().zip(&packets).map(|(time, sent)| (*time, &sent.frame[..])));
    let file = Scratch::new("silence.pcap", &trace);
    assert_eq!(for_workers("silence", &[file.name()]), expected);
}

#[test]
fn errors_are_told_apart() {
    let run = |name: &str| {
        let output = example("errors").arg(name).output().expect("the example runs");
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let good = every(&sent(20, 2), MILLI);
    let file = Scratch::new("good.pcap", &good);
    assert_eq!(run(file.name()), (Some(0), "20 records, 0 damaged bytes\n".into(), "".into()));

    let last = 16 + sent(20, 2)[19].frame.len();
    let cut = Scratch::new("cut.pcap", &good[..good.len() - 1]);
    let (status, said, _) = run(cut.name());
    assert_eq!(status, Some(4));
    let place = format!("{}: {} bytes at {}: ", cut.name(), last - 1, good.len() - last);
    assert!(said.starts_with(&place), "{said}");
    assert!(said.ends_with(&format!("\n19 records, {} damaged bytes\n", last - 1)), "{said}");

    let (status, _, said) = run("there-is-no-such-file");
    assert_eq!(status, Some(4));
    assert!(said.starts_with("there-is-no-such-file: "), "{said}");

    let mut timeless = Pcapng::new();
    timeless.section(Order::Little, Length::Unknown, &[]);
    timeless.interface(ETHERNET, 0, &[]);
    timeless.simple_packet(&sent(1, 1)[0].frame);
    let timeless = Scratch::new("timeless.pcapng", &timeless.finish().bytes);
    let (status, _, said) = run(timeless.name());
    let place = format!("{}: a packet without a time (record 2, byte ", timeless.name());
    assert_eq!(status, Some(1));
    assert!(said.starts_with(&place), "{said}");
}

#[test]
fn messages_say_what_to_watch() {
    let packets = sent(PACKETS, 10);
    let file = Scratch::new("messages.pcap", &every(&packets, MILLI));
    let watched: [IpAddr; 2] = [[10, 0, 0, 3].into(), [10, 9, 9, 9].into()];
    let line = |address: &IpAddr| {
        let ends = packets.iter().filter(|s| [s.from.ip(), s.to.ip()].contains(address));
        format!("{address}: {} packets\n", ends.count())
    };
    let expected: String = watched.iter().map(line).collect();
    let asked = Scratch::new("asked", b"10.9.9.9\nnot an address\n10.0.0.3\n");
    for workers in ["1", "2", "8"] {
        let asked = std::fs::File::open(&asked.0).expect("it is there");
        let output = example("messages").arg(&file.0).arg(workers).stdin(asked).output();
        assert_eq!(printed(&output.expect("the example runs")), expected, "{workers} workers");
    }
}
