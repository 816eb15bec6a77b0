//! What a person and a spreadsheet get.

use super::*;

const COLUMNS_MAX: usize = 80;

fn fits(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= COLUMNS_MAX, "{line}");
    }
}

#[test]
fn pages() {
    let directory = scratch("stats-pages");
    write(&directory, "demo.pcapng", &trace::demo().bytes);
    let page = stats(&directory, &["--by", ALL, "--top", "5", "demo.pcapng"]).ok();
    fits(&page);
    golden("stats/tables.txt", &page);
    let page = stats(&directory, &["--every", "1s", "demo.pcapng"]).ok();
    fits(&page);
    golden("stats/series.txt", &page);
    let page = stats(&directory, &["--every", "3s", "--by", "flow", "--top", "2", "demo.pcapng"]);
    let page = page.ok();
    fits(&page);
    golden("stats/slices.txt", &page);
}

#[test]
fn all_ready_made_traces_fit() {
    let directory = scratch("stats-fit");
    for (name, made) in trace::ready_made() {
        write(&directory, name, &made.bytes);
    }
    let ran = stats(&directory, &["--by", ALL, "."]);
    fits(&ran.ok());
    fits(&stats(&directory, &["--merge", "--by", "interface", "--every", "10s", "."]).ok());
}

/// The records of CSV without line breaks in cells.
fn records(csv: &str) -> Vec<Vec<String>> {
    assert!(csv.ends_with("\r\n"));
    let lines = csv.strip_suffix("\r\n").expect("an end").split("\r\n");
    lines.map(cells).collect()
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quoted) {
            ('"', true) if chars.peek() == Some(&'"') => cell.extend(chars.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

#[test]
fn a_table_of_a_spreadsheet_has_one_header() {
    let directory = scratch("stats-csv");
    write(&directory, "demo.pcapng", &trace::demo().bytes);
    write(&directory, "a, b.pcap", &small("le-us.pcap").bytes);
    let csv = stats(&directory, &["--csv", "demo.pcapng", "a, b.pcap"]).ok();
    let lines = records(&csv);
    assert_eq!((lines.len(), lines[0][0].as_str()), (4, "input"));
    assert!(lines.iter().all(|line| line.len() == lines[0].len()));
    assert_eq!((lines[1][1].as_str(), lines[2][0].as_str()), ("232", "a, b.pcap"));
    for by in ALL.split(',').filter(|by| *by != "tcp-options") {
        let csv = stats(&directory, &["--csv", "--by", by, "demo.pcapng", "a, b.pcap"]).ok();
        let lines = records(&csv);
        assert!(lines.iter().all(|line| line.len() == lines[0].len()), "{by}: {csv}");
        assert_eq!(lines.iter().filter(|line| line[0] == "input").count(), 1, "{by}");
    }
}

#[test]
fn what_a_trace_says_is_no_formula_and_no_escape() {
    let directory = scratch("stats-hostile");
    write(&directory, "a.pcapng", &at(&[0]));
    let csv = stats(&directory, &["--csv", "--by", "interface", "a.pcapng"]).ok();
    assert!(csv.contains(",\"'=cmd|' /C calc'!A0\","), "{csv}");
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    let name = "\u{1b}[31m\u{7}\r\nx\u{202e}";
    file.interface(ETHERNET, 0, &[o::if_name(name)]);
    file.packet(0, START_NS, &frame(1), &[]);
    write(&directory, "b.pcapng", &file.finish().bytes);
    for shown in [&[][..], &["--csv"], &["--json"]] {
        let ran = stats(&directory, &[shown, &["--by", "interface", "b.pcapng"]].concat());
        let text = ran.ok().replace("\r\n", "\n");
        assert!(!text.contains(['\u{1b}', '\u{7}', '\r', '\u{202e}']), "{text:?}");
    }
}
