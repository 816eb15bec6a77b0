//! Whole pages against goldens: what a person sees.

use super::*;

/// The traces that have a page each.
const PAGES: [&str; 12] = [
    "demo.pcapng",
    "every-option-le.pcapng",
    "every-block-be.pcapng",
    "sections.pcapng",
    "interfaces.pcapng",
    "names.pcapng",
    "until-2106.pcap",
    "every-kind.pcap",
    "empty.pcap",
    "provenance.erf",
    "every-type.erf",
    "drops.snoop",
];

#[test]
fn sound_traces() {
    let directory = scratch("report-pages");
    for name in PAGES {
        let made = if name == "demo.pcapng" { trace::demo() } else { small(name) };
        write(&directory, name, &made.bytes);
        let ran = report(&directory, "C.UTF-8", &[name]);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{name}");
        golden(&format!("report/{name}.txt"), &ran.stdout);
    }
}

#[test]
fn damaged_traces() {
    let directory = scratch("report-damaged-pages");
    let wanted = ["flipped.pcap", "hole.pcapng", "cut-in-data.pcapng", "magic-reserved.pcap"];
    for (name, bytes) in trace::damaged().into_iter().filter(|(name, _)| wanted.contains(name)) {
        write(&directory, name, &bytes);
        let ran = report(&directory, "C.UTF-8", &[name]);
        assert_eq!(ran.status, 4, "{name}");
        let said = format!("{}--- standard error\n{}", ran.stdout, ran.stderr);
        golden(&format!("report/bad-{name}.txt"), &said);
    }
}

#[test]
fn without_unicode_and_with_colour() {
    let directory = scratch("report-ascii");
    write(&directory, "demo.pcapng", &trace::demo().bytes);
    let ascii = report(&directory, "C", &["demo.pcapng"]).ok();
    assert!(ascii.is_ascii());
    golden("report/demo.ascii.txt", &ascii);
    write(&directory, "le-us.pcap", &small("le-us.pcap").bytes);
    assert!(report(&directory, "C", &["le-us.pcap"]).ok().is_ascii());
    let colour = report(&directory, "C.UTF-8", &["--color", "always", "demo.pcapng"]).ok();
    assert!(colour.contains("\u{1b}["));
    let plain = report(&directory, "C.UTF-8", &["demo.pcapng"]).ok();
    assert_eq!(without_colour(&colour), plain, "colour changes nothing else");
}

/// A text without what turns colour on and off.
fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[test]
fn several_inputs_and_their_total() {
    let directory = scratch("report-total");
    for name in ["le-us.pcap", "sections.pcapng", "ethernet.erf"] {
        write(&directory, name, &small(name).bytes);
    }
    write(&directory, "notes.txt", b"this is no trace\n");
    let ran = report(&directory, "C.UTF-8", &["."]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    golden("report/total.txt", &ran.stdout);
    let (lines, _) = json(&directory, &["."]);
    let pretty: Vec<String> = lines.iter().map(|line| format!("{line:#}\n")).collect();
    golden("report/total.json", &pretty.concat());
}

#[test]
fn absurd_times_in_one_file() {
    let directory = scratch("report-absurd");
    let mut file = begun();
    file.interface(ETHERNET, 0, &[o::if_tsresol(9)]);
    for time_ns in [0, 4_294_967_295_000_000_000, 9_000_000_000_000_000_000] {
        file.packet(0, time_ns, &frame(), &[]);
    }
    for nth in 0..100 {
        file.packet(0, START_NS + nth * nth * 100_000, &frame(), &[]);
    }
    write(&directory, "absurd.pcapng", &file.finish().bytes);
    golden("report/absurd.txt", &report(&directory, "C.UTF-8", &["absurd.pcapng"]).ok());
}

#[test]
fn every_page_fits_80_columns() {
    let directory = all_traces("report-columns");
    let ran = report(&directory, "C.UTF-8", &["."]);
    for line in ran.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line:?}");
        assert!(!line.ends_with(' '), "{line:?}");
    }
}
