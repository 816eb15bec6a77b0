//! The trace generator against itself and against others: the same seed gives the same bytes for
//! ever, and what it says about its traces is what capinfos, tshark, tcpdump and editcap say.
#![cfg(feature = "testing")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use marey::testing::large::{self, Answer};
use marey::testing::trace::{damaged, demo, ready_made, small};
use marey::testing::{Made, What};

/// FNV-1a, 64 bits: enough to notice a changed byte.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

type Large = fn(&mut dyn std::io::Write, u64, u64) -> std::io::Result<Answer>;

const LARGE: [(&str, Large); 6] = [
    ("big.pcap", large::big),
    ("big.pcapng", large::big_pcapng),
    ("headers.pcap", large::headers_only),
    ("headers.pcapng", large::headers_only_pcapng),
    ("nested.pcapng", large::nested),
    ("nested.pcap", large::nested_pcap),
];

fn large(make: Large, bytes: u64, seed: u64) -> (Vec<u8>, Answer) {
    let mut out = Vec::new();
    let answer = make(&mut out, bytes, seed).expect("writing to memory");
    (out, answer)
}

/// The bytes never change. If a change is meant, bless it: take the numbers that this prints.
#[test]
fn same_seed_same_bytes() {
    let fold = |all: Vec<u64>| hash(&all.iter().flat_map(|h| h.to_le_bytes()).collect::<Vec<_>>());
    let sound = ready_made().iter().map(|(_, made)| hash(&made.bytes)).collect();
    let bad = damaged().iter().map(|(_, bytes)| hash(bytes)).collect();
    let large = LARGE.iter().map(|(_, make)| hash(&large(*make, 1 << 20, 7).0)).collect();
    let found = [fold(sound), fold(bad), hash(&demo().bytes), fold(large)];
    let blessed = [
        0xd19f_e499_95b0_f167,
        0xddb3_a2b0_4691_9d57,
        0x7283_59df_7851_9418,
        0x3d92_5696_1cfa_640a,
    ];
    assert_eq!(found, blessed, "{found:#018x?}");
}

#[test]
fn another_seed_gives_other_bytes() {
    for (name, make) in LARGE {
        assert_ne!(large(make, 1 << 18, 1).0, large(make, 1 << 18, 2).0, "{name}");
    }
}

#[test]
fn records_tile_their_files() {
    for (name, made) in ready_made() {
        assert!(made.tiles(), "{name}");
        assert!(made.packets().all(|packet| packet.captured.len() <= packet.range.len()), "{name}");
    }
    assert!(demo().tiles());
}

#[test]
fn names_are_unique_and_end_in_a_format() {
    let mut seen = BTreeMap::new();
    let sound = ready_made().into_iter().map(|(name, _)| ("ok", name));
    for (folder, name) in sound.chain(damaged().into_iter().map(|(name, _)| ("bad", name))) {
        assert_eq!(seen.insert((folder, name), ()), None, "{folder}/{name} is there twice");
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        assert!(matches!(ending, Some("pcap" | "pcapng" | "erf" | "snoop")), "{name}");
    }
    assert!(small("le-us.pcap").is_some() && small("none.pcap").is_none());
}

#[test]
fn the_demo_is_as_long_as_a_readme_can_bear() {
    let made = demo();
    assert!((40 << 10..60 << 10).contains(&made.bytes.len()), "{} bytes", made.bytes.len());
    let answer = made.answer();
    assert!((5..7).contains(&((answer.last_ns - answer.first_ns) / 1_000_000_000)), "{answer:?}");
}

#[test]
fn twins_hold_the_same_packets() {
    for (pcap, pcapng) in [(0, 1), (2, 3)] {
        let (bytes, a) = large(LARGE[pcap].1, 1 << 20, 3);
        let (_, b) = large(LARGE[pcapng].1, 1 << 20, 3);
        assert_eq!((a.packets, a.captured_bytes, a.wire_bytes), {
            (b.packets, b.captured_bytes, b.wire_bytes)
        });
        assert_eq!(b.last_ns / 1000 * 1000, a.last_ns);
        assert!((1 << 20..(1 << 20) + 2000).contains(&bytes.len()), "{}", bytes.len());
        assert_eq!(bytes.len() as u64, 24 + 16 * a.packets + a.captured_bytes);
    }
}

/// How often `needle` is in `bytes`.
fn count(bytes: &[u8], needle: &[u8]) -> u64 {
    bytes.windows(needle.len()).filter(|window| *window == needle).count() as u64
}

#[test]
fn most_packets_of_nested_traces_hold_a_trace() {
    for make in [large::nested, large::nested_pcap] {
        let (bytes, answer) = large(make, 1 << 20, 9);
        let magics = [&[0x0A, 0x0D, 0x0D, 0x0A][..], &0xA1B2_3C4D_u32.to_le_bytes()];
        let more = [&0xA1B2_3C4D_u32.to_be_bytes()[..], &0xA1B2_C3D4_u32.to_le_bytes()];
        let found: u64 = magics.iter().chain(&more).map(|magic| count(&bytes, magic)).sum();
        assert!(found * 2 > answer.packets, "{found} traces in {} packets", answer.packets);
    }
}

// What follows asks other programs.

/// Runs a program; `None`, said aloud, if it is not installed.
fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).env("TZ", "UTC").output() {
        Ok(output) => Some(output),
        Err(error) => {
            println!("skipped: {program}: {error}");
            None
        }
    }
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&path).expect("a folder below target");
    path
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a file below target");
    path.into_os_string().into_string().expect("a path in UTF-8")
}

/// `1767225600.123456789` as nanoseconds.
fn nanos(text: &str) -> i64 {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let fraction = format!("{fraction:0<9}");
    let whole: i64 = seconds.parse().expect("seconds");
    whole * 1_000_000_000 + fraction[..9].parse::<i64>().expect("a fraction")
}

/// Why a program's answer about a ready-made trace is not compared in full.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Except {
    /// Wireshark takes these meta records for packets: journal entries, custom blocks, provenance.
    MetaIsPacket,
    /// Wireshark 4.0 multiplies the nanoseconds of Ixia's hardware ports by a thousand.
    IxiaTime,
    /// Wireshark 4.0 overflows when it converts units finer than nanoseconds.
    FineTime,
    /// capinfos takes the wrong one of two times that are 2^31 seconds apart for the earlier one.
    FarTime,
    /// Wireshark shows what is in the ERF record, with its time; the pcap record is all of it.
    InnerErf,
}

fn exception(name: &str, made: &Made) -> Option<Except> {
    let counted = |what| match what {
        What::Meta(kind) => ["journal", "custom", "provenance"].contains(&kind),
        _ => false,
    };
    match name {
        _ if name.starts_with("erf-in-") => Some(Except::InnerErf),
        _ if name.starts_with("ixia-hardware") => Some(Except::IxiaTime),
        "until-2106.pcap" => Some(Except::FarTime),
        "resolution-1ps.pcapng" | "resolution-finest-decimal.pcapng" | "resolution-2-60.pcapng" => {
            Some(Except::FineTime)
        }
        _ if made.records.iter().any(|record| counted(record.what)) => Some(Except::MetaIsPacket),
        _ => None,
    }
}

/// What `capinfos` says of files: packets, their bytes on the wire, first and last time.
fn capinfos(paths: &[String]) -> Option<Vec<[String; 4]>> {
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let output = run("capinfos", &[&["-TmQMcdaeSr"], &paths[..]].concat())?;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("capinfos: "), "{errors}");
    let parse = |line: String| {
        let fields: Vec<_> = line.split(',').map(|field| field.trim_matches('"').into()).collect();
        let [_, packets, bytes, first, last] = fields.try_into().expect("five columns");
        [packets, bytes, first, last]
    };
    Some(lines(&output).into_iter().map(parse).collect())
}

/// `answer` in the words of capinfos, which is compared with `said` as far as that one is precise.
fn agree(name: &str, answer: &Answer, said: &[String; 4], times: bool) {
    assert_eq!(said[0], answer.packets.to_string(), "packets of {name}");
    assert_eq!(said[1], answer.wire_bytes.to_string(), "bytes of {name}");
    for (time_ns, said) in [(answer.first_ns, &said[2]), (answer.last_ns, &said[3])] {
        if times && said != "n/a" {
            // capinfos shows as many digits as the file's unit has.
            let digits = said.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            let unit = 10_i64.pow(9 - digits as u32);
            assert_eq!(nanos(said), time_ns / unit * unit, "time of {name}: {said}");
        }
    }
}

#[test]
fn capinfos_counts_the_same() {
    let folder = folder("capinfos");
    let all = ready_made();
    let paths: Vec<_> = all.iter().map(|(name, made)| write(&folder, name, &made.bytes)).collect();
    let Some(said) = capinfos(&paths) else { return };
    assert_eq!(said.len(), all.len());
    for ((name, made), said) in all.iter().zip(&said) {
        let answer = made.answer();
        match exception(name, made) {
            Some(Except::MetaIsPacket) => {
                // Of these capinfos counts provenance only.
                let metas = made.records.iter().filter(|r| r.what == What::Meta("provenance"));
                assert_eq!(said[0], (answer.packets + metas.count() as u64).to_string(), "{name}");
            }
            Some(Except::InnerErf) => assert_eq!(said[0], answer.packets.to_string(), "{name}"),
            Some(Except::IxiaTime | Except::FineTime | Except::FarTime) => {
                agree(name, &answer, said, false)
            }
            None => agree(name, &answer, said, true),
        }
    }
}

#[test]
fn capinfos_counts_the_same_in_large_traces_and_the_demo() {
    let folder = folder("large");
    let made = demo();
    let mut paths = vec![write(&folder, "demo.pcapng", &made.bytes)];
    let mut answers = vec![made.answer()];
    for (name, make) in LARGE {
        let (bytes, answer) = large(make, 4 << 20, 11);
        paths.push(write(&folder, name, &bytes));
        answers.push(answer);
    }
    let Some(said) = capinfos(&paths) else { return };
    for ((path, answer), said) in paths.iter().zip(&answers).zip(&said) {
        agree(path, answer, said, true);
    }
}

/// A packet in a plain pcap file: time, length on the wire, bytes.
type Plain<'a> = (i64, u32, &'a [u8]);

/// The packets of a little-endian pcap file with nanoseconds.
fn plain_packets(bytes: &[u8]) -> Vec<Plain<'_>> {
    let mut rest = &bytes[24..];
    let mut packets = Vec::new();
    while !rest.is_empty() {
        let word = |at: usize| u32::from_le_bytes(rest[at..at + 4].try_into().expect("four bytes"));
        let (header, len) = (i64::from(word(0)) * 1_000_000_000 + i64::from(word(4)), word(8));
        let end = 16 + len as usize;
        packets.push((header, word(12), &rest[16..end]));
        rest = &rest[end..];
    }
    packets
}

/// Each packet's time, lengths and bytes, as editcap copies them to a plain pcap file.
#[test]
fn editcap_copies_the_same_packets() {
    let folder = folder("editcap");
    let mut compared = 0;
    for (name, made) in ready_made() {
        // ERF becomes another link type, and several link types don't fit into one pcap.
        if name.ends_with(".erf") || name == "interfaces.pcapng" {
            continue;
        }
        let exception = exception(name, &made);
        let custom = matches!(exception, Some(Except::MetaIsPacket | Except::InnerErf));
        if custom || made.packets().next().is_none() {
            continue;
        }
        let path = write(&folder, name, &made.bytes);
        let copy = format!("{path}.copy");
        let Some(output) = run("editcap", &["-F", "nsecpcap", &path, &copy]) else { return };
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let copy = fs::read(copy).expect("editcap wrote a copy");
        let found = plain_packets(&copy);
        assert_eq!(found.len(), made.packets().count(), "{name}");
        for (index, (packet, found)) in made.packets().zip(found).enumerate() {
            let expected = (packet.wire_len, made.captured(packet));
            assert_eq!((found.1, found.2), expected, "packet {index} of {name}");
            if matches!(exception, None | Some(Except::FarTime)) {
                assert_eq!(found.0, packet.time_ns.unwrap_or(0), "packet {index} of {name}");
            }
        }
        compared += 1;
    }
    assert!(compared > 50, "{compared}");
}

/// Where Wireshark errs or looks further inside, libpcap is asked.
#[test]
fn tcpdump_sees_the_same_times() {
    let folder = folder("tcpdump");
    let names = ["resolution-1ps.pcapng", "resolution-finest-decimal.pcapng"];
    let others = ["erf-in-le-ns.pcap", "erf-in-be-us.pcap", "le-us.pcap", "be-ns.pcap"];
    for name in names.iter().chain(&others) {
        let made = small(name).expect("a ready-made trace");
        let path = write(&folder, name, &made.bytes);
        let arguments = ["-r", &path, "-nn", "-q", "-tt", "--time-stamp-precision=nano"];
        let Some(output) = run("tcpdump", &arguments) else { return };
        // A packet's first line begins with its time, the others are indented.
        let lines = lines(&output);
        let found = lines.iter().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
        let found: Vec<_> = found.map(|line| nanos(line.split(' ').next().unwrap_or(""))).collect();
        let expected: Vec<_> = made.packets().filter_map(|packet| packet.time_ns).collect();
        assert_eq!(found, expected, "{name}");
    }
}

/// tshark's complaints about a trace, with all checksums checked; `filter` says which packets.
fn complaints(path: &str, filter: &str) -> Option<Vec<String>> {
    let checks = ["ip", "tcp", "udp"].map(|name| format!("{name}.check_checksum:TRUE"));
    let mut arguments = vec!["-n", "-r", path, "-Y", filter, "-o", "sctp.checksum:crc32c"];
    arguments.extend(["-o", "eth.check_fcs:TRUE"]);
    checks.iter().for_each(|check| arguments.extend(["-o", check]));
    arguments.extend(["-T", "fields", "-e", "frame.number", "-e", "_ws.expert.message"]);
    run("tshark", &arguments).map(|output| lines(&output))
}

const BAD_CHECKSUM: &str = "ip.checksum.status==0 || tcp.checksum.status==0 || \
    udp.checksum.status==0 || icmp.checksum.status==0 || icmpv6.checksum.status==0 || \
    sctp.checksum.status==0 || eth.fcs.status==0";
const GOOD_CHECKSUM: &str = "tcp.checksum.status==1 || udp.checksum.status==1 || \
    icmp.checksum.status==1 || icmpv6.checksum.status==1 || sctp.checksum.status==1";

#[test]
fn tshark_finds_all_checksums_right() {
    let folder = folder("checksums");
    let (big, answer) = large(large::big, 1 << 20, 5);
    let kinds = small("every-kind.pcap").expect("a ready-made trace");
    let fcs = small("fcs.pcap").expect("a ready-made trace");
    let files = [("big.pcap", &big, answer), ("kinds.pcap", &kinds.bytes, kinds.answer())];
    for (name, bytes, answer) in files {
        let path = write(&folder, name, bytes);
        let Some(bad) = complaints(&path, BAD_CHECKSUM) else { return };
        assert!(bad.is_empty(), "{name}: {bad:?}");
        let good = complaints(&path, GOOD_CHECKSUM).unwrap_or_default().len() as u64;
        assert!(good * 10 > answer.packets * 6, "{name}: only {good} of {}", answer.packets);
    }
    let path = write(&folder, "fcs.pcap", &fcs.bytes);
    let good = complaints(&path, "eth.fcs.status==1").unwrap_or_default();
    assert_eq!(good.len(), fcs.packets().count());
}

#[test]
fn tshark_has_nothing_to_say_about_the_demo() {
    let path = write(&folder("demo"), "demo.pcapng", &demo().bytes);
    // 0x600000 is a warning, 0x800000 an error.
    let Some(found) = complaints(&path, "_ws.expert.severity >= 0x600000") else { return };
    assert!(found.is_empty(), "{found:?}");
    let Some(found) = complaints(&path, BAD_CHECKSUM) else { return };
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn tshark_understands_all_provenance() {
    for name in ["provenance.erf", "anchors.erf", "every-tag.erf"] {
        let made = small(name).expect("a ready-made trace");
        let path = write(&folder("provenance"), name, &made.bytes);
        let filter = "erf.meta.section_len.error || erf.meta.truncated_tag || \
            erf.meta.truncated_record";
        let Some(found) = complaints(&path, filter) else { return };
        assert!(found.is_empty(), "{name}: {found:?}");
        let sections = complaints(&path, "erf.types.type == 27").unwrap_or_default().len();
        let metas = made.records.iter().filter(|record| record.what != What::Packet).count();
        assert_eq!(sections, metas, "{name}");
    }
}

/// `cargo test --release -p marey --features testing --test generator -- --ignored --nocapture`
#[test]
#[ignore = "measures; meaningful with --release and a quiet machine only"]
fn speed_of_large_traces() {
    for (name, make) in LARGE {
        let bytes = 512 << 20;
        let start = std::time::Instant::now();
        make(&mut std::io::sink(), bytes, 1).expect("writing to nowhere");
        let rate = bytes as f64 / start.elapsed().as_secs_f64() / 1e6;
        println!("{name}: {rate:.0} MB/s");
    }
}
