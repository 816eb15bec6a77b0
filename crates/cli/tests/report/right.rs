//! What the JSON Lines say is right, for every trace that the generator knows the answer about.

use super::*;

fn number(line: &Value, field: &str) -> u64 {
    line[field].as_u64().unwrap_or_else(|| panic!("{field} in {line}"))
}

fn time(line: &Value, field: &str) -> Option<i64> {
    line[field].as_str().and_then(|text| text.parse().ok())
}

#[test]
fn sound_traces() {
    let directory = scratch("report-right");
    for (name, made) in trace::ready_made() {
        write(&directory, name, &made.bytes);
        let (lines, ran) = json(&directory, &[name]);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{name}");
        let [file, end] = lines.as_slice() else { panic!("{name}: {lines:?}") };
        check(name, file, &made);
        let ledger = &end["ledger"];
        let records = number(file, "packets") + number(file, "meta");
        assert_eq!(number(ledger, "received"), records, "{name}");
        assert_eq!(number(ledger, "delivered"), records, "{name}");
    }
}

fn check(name: &str, file: &Value, made: &Made) {
    sums(name, file);
    let account = file["account"].as_object().expect("an account");
    let sum: u64 = account.values().filter_map(Value::as_u64).sum();
    assert_eq!(sum, made.bytes.len() as u64, "{name}");
    assert_eq!(file["damage"], serde_json::json!([]), "{name}");
    // The generator knows no ERF in other formats: to it, all of it is packets.
    if name.starts_with("erf-in-") {
        return;
    }
    let packets: Vec<_> = made.packets().collect();
    assert_eq!(number(file, "packets"), packets.len() as u64, "{name}");
    let meta = made.records.iter().filter(|record| matches!(record.what, What::Meta(_)));
    assert_eq!(number(file, "meta"), meta.count() as u64, "{name}");
    let wire: u64 = packets.iter().map(|packet| u64::from(packet.wire_len)).sum();
    assert_eq!(number(file, "wire_bytes"), wire, "{name}");
    let captured: usize = packets.iter().map(|packet| packet.captured.len()).sum();
    assert_eq!(number(file, "captured_bytes"), captured as u64, "{name}");
    let times = || packets.iter().filter_map(|packet| packet.time_ns);
    assert_eq!(time(file, "first_ns"), times().min(), "{name}");
    assert_eq!(time(file, "last_ns"), times().max(), "{name}");
    assert!(packets.iter().all(|p| u64::from(p.section) < number(file, "sections")), "{name}");
}

/// Each table adds up to the packets there are.
fn sums(name: &str, file: &Value) {
    let packets = number(file, "packets");
    let sum = |rows: &Value| -> u64 {
        rows.as_array().expect("rows").iter().map(|row| number(row, "packets")).sum()
    };
    assert_eq!(sum(&file["protocols"]["link"]["rows"]), packets, "{name}");
    assert_eq!(sum(&file["sizes"]["ranges"]), packets, "{name}");
    assert_eq!(sum(&file["interfaces"]), packets, "{name}");
    assert_eq!(sum(&file["section_list"]), packets, "{name}");
    let bins = file["rate"]["bins"].as_array().expect("bins");
    let timed: u64 = bins.iter().filter_map(|bin| bin[1].as_u64()).sum();
    assert_eq!(timed + number(file, "packets_without_time"), packets, "{name}");
    let kinds = file["meta_by_kind"].as_object().expect("kinds");
    let meta: u64 = kinds.values().filter_map(Value::as_u64).sum();
    assert_eq!(meta, number(file, "meta"), "{name}");
}

#[test]
fn damaged_traces() {
    let directory = scratch("report-damaged");
    for (name, bytes) in trace::damaged() {
        write(&directory, name, &bytes);
        let (lines, ran) = json(&directory, &[name]);
        let line = &lines[0];
        let damage = line["damage"].as_array().cloned().unwrap_or_default();
        let is_bad = line["type"] == "error" || !damage.is_empty();
        assert_eq!(ran.status, if is_bad { 4 } else { 0 }, "{name}");
        if line["type"] == "error" {
            assert!(ran.stderr.starts_with(&format!("marey: {name}: ")), "{}", ran.stderr);
            continue;
        }
        let account = line["account"].as_object().expect("an account");
        let sum: u64 = account.values().filter_map(Value::as_u64).sum();
        assert_eq!(sum, bytes.len() as u64, "{name}");
        let damaged: u64 = damage.iter().map(|place| number(place, "len")).sum();
        assert_eq!(damaged, number(line, "damaged_bytes"), "{name}");
        assert_eq!(damaged, number(&line["account"], "damaged"), "{name}");
        sums(name, line);
    }
}

#[test]
fn what_the_demo_says() {
    let directory = scratch("report-demo");
    write(&directory, "demo.pcapng", &trace::demo().bytes);
    let (lines, _) = json(&directory, &["demo.pcapng"]);
    let file = &lines[0];
    assert_eq!(file["section_list"][0]["hardware"], "Example Router 4000, 4 cores");
    let lan = &file["interfaces"][0];
    assert_eq!((&lan["name"], &lan["speed_bps"]), (&"lan0".into(), &1_000_000_000_u64.into()));
    assert_eq!(lan["resolution"], serde_json::json!({ "base": 10, "exponent": -9 }));
    assert_eq!(number(file, "source_lost"), 11);
    // All in one burst, on the interface that it came through.
    let [lan, wan] = [&file["interfaces"][0], &file["interfaces"][1]];
    let dropped = [lan, wan].map(|interface| number(&interface["statistics"], "dropped"));
    assert_eq!((dropped, number(wan, "dropped_before_packets")), ([0, 11], 11));
    assert_eq!(lan.get("dropped_before_packets"), None);
    let names = file["names"]["list"].as_array().expect("names");
    assert!(names.iter().any(|name| name["name"] == "www.example.org"), "{names:?}");
    assert_eq!(file["names"]["complete"], true);
}

#[test]
fn a_format_can_be_named() {
    let directory = scratch("report-uri");
    write(&directory, "x", &small("ethernet.erf").bytes);
    let (lines, _) = json(&directory, &["erf:x"]);
    assert_eq!((&lines[0]["format"], &lines[0]["path"]), (&"erf".into(), &"erf:x".into()));
}
