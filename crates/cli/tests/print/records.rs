//! What is printed for each record, for every ready-made trace.

use super::*;

/// Traces whose output is looked at, and how they are printed.
const GOLDENS: [(&str, &[&str]); 9] = [
    ("le-us.pcap", &[]),
    ("le-us.pcap", &["--time", "unix", "-x"]),
    ("every-block-le.pcapng", &[]),
    ("every-block-le.pcapng", &["-v"]),
    ("every-block-le.pcapng", &["-v", "-x", "--json"]),
    ("every-option-be.pcapng", &["-v"]),
    ("provenance.erf", &[]),
    ("provenance.erf", &["-v"]),
    ("every-kind.pcap", &[]),
];

#[test]
fn goldens() {
    for (name, flags) in GOLDENS {
        let arguments: Vec<&str> = ["print"].iter().chain(flags).chain(&["-"]).copied().collect();
        let printed = run_with(&arguments, &small(name).bytes).ok();
        let flags: String = flags.concat().replace("--", "-");
        golden(&format!("print/{name}{flags}.txt"), &printed);
    }
}

/// The lines of records, by their numbers.
fn numbered(text: &str) -> Vec<&str> {
    let is_record = |line: &&str| !line.starts_with("        ");
    text.lines().filter(is_record).collect()
}

#[test]
fn every_record_has_one_line() {
    for (name, made) in trace::ready_made() {
        let records: Vec<_> = made
            .records
            .iter()
            .filter(|r| !matches!(r.what, What::Header | What::Padding))
            .collect();
        for flags in [&[][..], &["-v"], &["-x"], &["-v", "-x"]] {
            let arguments: Vec<&str> =
                ["print"].iter().chain(flags).chain(&["-"]).copied().collect();
            let printed = run_with(&arguments, &made.bytes).ok();
            let lines = numbered(&printed);
            assert_eq!(lines.len(), records.len(), "{name} {flags:?}:\n{printed}");
            for (index, (line, record)) in lines.iter().zip(&records).enumerate() {
                let columns: Vec<&str> = line.split_whitespace().collect();
                let is_meta = columns[2] == "*";
                assert_eq!(columns[0], index.to_string(), "{name}: {line}");
                assert_eq!(is_meta, matches!(record.what, What::Meta(_)), "{name}: {line}");
                if !is_meta {
                    let time = record.time_ns.map(marey::Timestamp::from_ns);
                    let time = time.map_or("-".to_owned(), |time| time.to_string());
                    assert_eq!(columns[1], time, "{name}: {line}");
                    // Of ERF types without a link type of their own, the whole record is shown.
                    if line.contains(" ERF ") {
                        continue;
                    }
                    let lengths = format!("{}/{}", record.captured.len(), record.wire_len);
                    assert!(columns.contains(&lengths.as_str()), "{name}: {lengths}: {line}");
                }
            }
        }
    }
}

#[test]
fn json_is_as_the_schema_says_and_true() {
    let schema = Schema::of("print");
    for (name, made) in trace::ready_made() {
        let printed = run_with(&["print", "--json", "-v", "-x", "-"], &made.bytes).ok();
        let values = schema.check(&printed);
        let packets: Vec<&Value> = values.iter().filter(|v| v["type"] == "packet").collect();
        assert_eq!(packets.len(), made.packets().count(), "{name}");
        for (value, packet) in packets.iter().zip(made.packets()) {
            let bytes: String =
                made.captured(packet).iter().map(|byte| format!("{byte:02x}")).collect();
            let time = packet.time_ns.map_or(Value::Null, |ns| ns.to_string().into());
            assert_eq!(value["time_ns"], time, "{name}");
            assert_eq!(value["offset"], packet.range.start, "{name}");
            if value["link_type"] == "ERF" {
                continue;
            }
            assert_eq!(value["captured"], packet.captured.len(), "{name}");
            assert_eq!(value["wire"], packet.wire_len, "{name}");
            assert_eq!(value["section"], packet.section, "{name}");
            assert_eq!(value["bytes"], bytes, "{name}");
        }
        let metas = made.records.iter().filter_map(|record| match record.what {
            What::Meta(kind) => Some(kind),
            _ => None,
        });
        let kinds = values.iter().filter(|v| v["type"] == "meta").map(|v| v["kind"].clone());
        for (made, found) in metas.zip(kinds) {
            let is_same = made == found || made == "unknown" && found == "raw";
            assert!(is_same || made == "provenance", "{name}: {made} {found}");
        }
        let ledger = &values.last().expect("end")["ledger"];
        assert_eq!(ledger["received"], values.len() - 1, "{name}");
        assert_eq!(ledger["delivered"], values.len() - 1, "{name}");
    }
}

#[test]
fn the_answer_is_the_same_for_any_workers_and_blocks() {
    let directory = scratch("print-workers");
    let traces = trace::ready_made().into_iter().map(|(name, made)| (name, made.bytes));
    for (name, bytes) in traces.chain(trace::damaged()).chain([("demo", trace::demo().bytes)]) {
        write(&directory, name, &bytes);
    }
    let ran = |flags: &[&str], workers: &str, block: &str| {
        let mut command = marey();
        command.arg("print").args(flags).args(["-j", workers, "--block-size", block]);
        let ran = finish(command.arg(&directory));
        assert_eq!(ran.status, 4, "{}", ran.stderr);
        ran
    };
    for flags in [&["--json", "-v", "-x"][..], &["-v"]] {
        let expected = ran(flags, "1", "1048576");
        assert!(expected.stdout.lines().count() > 1000);
        for (workers, block) in
            [("1", "100"), ("2", "1"), ("2", "4096"), ("8", "7"), ("8", "4096"), ("8", "1048576")]
        {
            let found = ran(flags, workers, block);
            assert!(found == expected, "-j {workers} --block-size {block} {flags:?}");
        }
    }
}

#[test]
fn names_and_comments_are_in_the_lines_of_packets() {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    let named = file.interface(ETHERNET, 0, &[o::if_name("up link")]);
    let nameless = file.interface(ETHERNET, 0, &[]);
    file.packet(named, START_NS, &frame(), &[o::comment("first"), o::comment("second")]);
    file.packet(nameless, START_NS, &frame(), &[]);
    let printed = run_with(&["print", "-"], &file.finish().bytes).ok();
    let lines: Vec<&str> = printed.lines().skip(3).collect();
    let time = "2026-01-01T00:00:00.000000000Z";
    let summary = "IPv4 10.0.0.1:5000 > 10.0.0.2:6000 UDP len 5";
    let expected = [
        format!("     3 {time} up link 47/47     {summary}  \"first\"  \"second\""),
        format!("     4 {time} 1    47/47     {summary}"),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn colour_is_for_terminals_and_for_who_asks() {
    let bytes = small("every-block-le.pcapng").bytes;
    let plain = run_with(&["print", "-v", "-"], &bytes).ok();
    assert!(!plain.contains('\u{1b}'));
    let coloured = run_with(&["print", "-v", "--color", "always", "-"], &bytes).ok();
    assert!(coloured.contains("\u{1b}[1m"));
    let mut stripped = String::new();
    for part in coloured.split('\u{1b}') {
        let from = if stripped.is_empty() { 0 } else { part.find('m').expect("a style") + 1 };
        stripped.push_str(&part[from..]);
    }
    assert_eq!(stripped.trim_start_matches("[2m"), plain);
}
