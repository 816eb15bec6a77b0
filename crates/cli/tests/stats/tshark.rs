//! The same numbers as Wireshark's, on a generated trace.

use std::collections::BTreeMap;
use std::process::Command;

use super::*;

/// What a program of Wireshark says about the trace, or nothing where it is missing.
fn said(directory: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).current_dir(directory).output();
    let Some(output) = output.ok().filter(|output| output.status.success()) else {
        println!("skipped: no {program} here");
        return None;
    };
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn tshark(directory: &Path, what: &str) -> Option<String> {
    said(directory, "tshark", &["-n", "-q", "-r", "a.pcap", "-z", what])
}

fn generated(test: &str) -> PathBuf {
    let directory = scratch(test);
    let mut bytes = Vec::new();
    marey::testing::large::big(&mut bytes, 3 << 20, 11).expect("written to memory");
    write(&directory, "a.pcap", &bytes);
    directory
}

/// Lines whose words are these many or more.
fn lines_of(text: &str, words: usize) -> impl Iterator<Item = Vec<&str>> {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    lines.filter(move |line| line.len() >= words)
}

fn parsed(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

#[test]
fn conversations() {
    let directory = generated("stats-tshark-conv");
    let Some(text) = tshark(&directory, "conv,tcp") else { return };
    let mut expected: BTreeMap<[String; 2], [u64; 2]> = BTreeMap::new();
    for line in lines_of(&text, 12).filter(|line| line[1] == "<->") {
        // Bytes are rounded, and have units as words of their own.
        let (back, there) = (parsed(line[3]), parsed(line[6]));
        let (ends, mut frames) = ([line[0].to_owned(), line[2].to_owned()], [there, back]);
        let mut sorted = ends.clone();
        sorted.sort_unstable();
        if sorted != ends {
            frames.reverse();
        }
        let count = expected.entry(sorted).or_default();
        count.iter_mut().zip(frames).for_each(|(count, frames)| *count += frames);
    }
    let mut found: BTreeMap<[String; 2], [u64; 2]> = BTreeMap::new();
    let lines = json(&directory, &["--by", "conversation", "a.pcap"]);
    for row in of(&lines, "row", "conversation").iter().filter(|row| row["protocol"] == "tcp") {
        let end = |side: &str| {
            format!("{}:{}", row[side].as_str().unwrap_or(""), row[format!("{side}_port")])
        };
        let ends = [end("a"), end("b")];
        let mut frames = ["a_to_b", "b_to_a"].map(|side| number(&row[side], "packets"));
        let mut sorted = ends.clone();
        sorted.sort_unstable();
        if sorted != ends {
            frames.reverse();
        }
        let count = found.entry(sorted).or_default();
        count.iter_mut().zip(frames).for_each(|(count, frames)| *count += frames);
    }
    assert!(expected.len() > 500, "{}", expected.len());
    assert_eq!(found, expected);
}

#[test]
fn endpoints() {
    let directory = generated("stats-tshark-endpoints");
    let Some(text) = tshark(&directory, "endpoints,ip") else { return };
    let is_address = |line: &Vec<&str>| line[0].parse::<std::net::Ipv4Addr>().is_ok();
    let expected: BTreeMap<String, Vec<u64>> = lines_of(&text, 7)
        .filter(is_address)
        .map(|line| (line[0].to_owned(), line[1..7].iter().map(|word| parsed(word)).collect()))
        .collect();
    let lines = json(&directory, &["--by", "endpoint", "--endpoint", "ipv4", "a.pcap"]);
    let found: BTreeMap<String, Vec<u64>> = of(&lines, "row", "endpoint")
        .into_iter()
        .map(|row| {
            let numbers = [row, &row["sent"], &row["received"]];
            let numbers = numbers.map(|of| [number(of, "packets"), number(of, "wire_bytes")]);
            (row["address"].as_str().expect("text").to_owned(), numbers.as_flattened().to_vec())
        })
        .collect();
    assert!(expected.len() > 500, "{}", expected.len());
    assert_eq!(found, expected);
}

#[test]
fn a_series() {
    let directory = generated("stats-tshark-series");
    let Some(text) = tshark(&directory, "io,stat,0.01") else { return };
    let expected: Vec<[u64; 2]> = lines_of(&text, 9)
        .filter(|line| line[2] == "<>" && line[4] == "|")
        .map(|line| [parsed(line[5]), parsed(line[7])])
        .collect();
    let lines = json(&directory, &["--every", "10ms", "a.pcap"]);
    let row = |row: &Value| [number(row, "packets"), number(row, "wire_bytes")];
    let found: Vec<[u64; 2]> = of(&lines, "row", "time").into_iter().map(row).collect();
    assert!(expected.len() > 10, "{text}");
    assert_eq!(found, expected);
}

#[test]
fn protocols() {
    let directory = generated("stats-tshark-protocols");
    let Some(text) = tshark(&directory, "io,phs") else { return };
    // Each protocol where nothing around it is the same one.
    let mut around: Vec<(usize, String)> = Vec::new();
    let mut expected: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    for line in text.lines().filter(|line| line.contains(" frames:")) {
        let indent = line.len() - line.trim_start().len();
        let words: Vec<&str> = line.split([' ', ':']).filter(|word| !word.is_empty()).collect();
        let name = match words[0] {
            "eth" => "ethernet",
            "ip" => "ipv4",
            "ieee8021ad" => "vlan",
            name => name,
        };
        around.retain(|(other, _)| *other < indent);
        if !around.iter().any(|(_, other)| other == name) {
            let count = expected.entry(name.to_owned()).or_default();
            count[0] += parsed(words[2]);
            count[1] += parsed(words[4]);
        }
        around.push((indent, name.to_owned()));
    }
    let lines = json(&directory, &["--by", "protocol", "a.pcap"]);
    let rows = of(&lines, "row", "protocol");
    for name in ["ethernet", "vlan", "ipv4", "ipv6", "tcp", "udp", "icmp", "icmpv6"] {
        let row = rows.iter().find(|row| row["protocol"] == name).expect("each is there");
        let found = [number(row, "packets"), number(row, "wire_bytes")];
        assert_eq!(Some(&found), expected.get(name), "{name}: {text}");
    }
}

#[test]
fn sizes() {
    let directory = generated("stats-tshark-sizes");
    let Some(text) = tshark(&directory, "plen,tree") else { return };
    let lines = json(&directory, &["--by", "size", "a.pcap"]);
    let found: BTreeMap<u64, u64> = of(&lines, "row", "size")
        .iter()
        .map(|row| (number(row, "from"), number(row, "packets")))
        .collect();
    let expected: BTreeMap<u64, u64> = lines_of(&text, 3)
        .filter_map(|line| {
            let from = line[0].split('-').next()?.parse().ok()?;
            Some((from, line[1..].iter().find_map(|word| word.parse().ok())?))
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    assert!(expected.len() > 4, "{text}");
    assert_eq!(found, expected);
}

#[test]
fn totals() {
    let directory = generated("stats-capinfos");
    let arguments = ["-c", "-d", "-u", "-M", "-T", "-m", "-r", "a.pcap"];
    let Some(text) = said(&directory, "capinfos", &arguments) else { return };
    let lines = json(&directory, &["a.pcap"]);
    let words: Vec<&str> = text.trim_end().split(',').collect();
    assert_eq!((parsed(words[1]), parsed(words[2])), {
        (number(&lines[0], "packets"), number(&lines[0], "wire_bytes"))
    });
    let duration: u64 = lines[0]["duration_ns"].as_str().map_or(0, parsed);
    assert_eq!(words[3].replace('.', "").parse::<u64>().ok(), Some(duration / 1000), "{text}");
}
