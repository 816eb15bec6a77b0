//! Inputs of all kinds, what is wrong to ask for, and how a run ends.

use super::*;

#[test]
fn a_bad_input_does_not_stop_the_others() {
    let directory = scratch("stats-bad");
    write(&directory, "a.pcap", &small("le-us.pcap").bytes);
    write(&directory, "empty", b"");
    write(&directory, "garbage", b"\x01\x02\x03 garbage \xff\xfe");
    let whole = small("le.pcapng").bytes;
    write(&directory, "cut.pcapng", &whole[..whole.len() - 5]);
    let inputs = ["empty", "garbage", "missing", "cut.pcapng", "a.pcap"];
    for merge in [&[][..], &["--merge"]] {
        let arguments = [merge, &["--by", "protocol"], &inputs].concat();
        let lines = json(&directory, &arguments);
        assert_eq!(lines.iter().filter(|line| line["type"] == "error").count(), 3);
        let end = lines.last().expect("an end");
        let inputs = if merge.is_empty() { 2 } else { 1 };
        assert_eq!((number(end, "inputs"), number(end, "errors")), (inputs, 3));
        assert_eq!((number(end, "damaged"), number(&end["ledger"], "gaps")), (1, 1));
        let ran = stats(&directory, &arguments);
        assert_eq!(ran.status, 4);
        assert!(ran.stderr.contains("marey: missing: no such file"), "{}", ran.stderr);
    }
    let ran = stats(&directory, &["."]);
    assert_eq!((ran.status, ran.stderr.as_str()), (4, ""), "what is damaged is said by the status");
    std::fs::remove_file(directory.join("cut.pcapng")).expect("it was there");
    let ran = stats(&directory, &["."]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.contains("Not traces\n  ./empty: it is empty"), "{}", ran.stdout);
}

#[test]
fn wrong_usage_says_what_to_do() {
    let cases: [(&[&str], &str); 9] = [
        (&["--by", "flows"], "tip: a similar value exists: 'flow'"),
        (&["--by", "nonsense"], "[possible values: protocol, flow, "),
        (&["--top", "0"], "use --csv or --json without --top"),
        (&["--every", "1"], "with us, ms, s, m, h or d"),
        (&["--every", "10ns"], "with us, ms, s, m, h or d"),
        (&["--since", "yesterday"], "2026-01-31T12:00:00Z"),
        (&["--memory", "lots"], "64M"),
        (&["--packets", "x"], "not a number of packets"),
        (&["--csv", "--json"], "'--csv' cannot be used with '--json'"),
    ];
    for (arguments, advice) in cases {
        let ran = run([&["stats"], arguments, &["x"]].concat());
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.stderr.contains(advice), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn packets_are_left_out_on_request() {
    let directory = scratch("stats-window");
    let second = 1_000_000_000;
    write(&directory, "a.pcapng", &at(&[0, second, 2 * second, 3 * second]));
    let time = |seconds: i64| (START_NS / second + seconds).to_string();
    let packets = |arguments: &[&str]| {
        let lines = json(&directory, &[arguments, &["a.pcapng"]].concat());
        let ledger = &lines.last().expect("an end")["ledger"];
        let records = number(ledger, "delivered") + number(ledger, "filtered");
        assert_eq!(records + number(ledger, "lost"), number(ledger, "received"));
        number(&lines[0], "packets")
    };
    assert_eq!(packets(&["--since", &time(1)]), 3);
    assert_eq!(packets(&["--until", &time(1)]), 1);
    assert_eq!(packets(&["--since", &time(1), "--until", &time(3)]), 2);
    assert_eq!(packets(&["--since", &time(9)]), 0);
    assert_eq!(packets(&["--packets", "3"]), 3);
    assert_eq!(packets(&["--packets", "0"]), 0);
}

#[test]
fn several_traces_are_one_on_request() {
    let directory = scratch("stats-merge");
    write(&directory, "a.pcapng", &at(&[0, 2]));
    write(&directory, "b.pcapng", &at(&[-1, 1, 3]));
    let arguments = ["--merge", "--by", "interface", "--every", "1us", "a.pcapng", "b.pcapng"];
    let lines = json(&directory, &arguments);
    assert_eq!(
        (number(&lines[0], "packets"), lines[0]["paths"][1].as_str()),
        (5, Some("b.pcapng"))
    );
    let table = of(&lines, "table", "interface")[0];
    assert_eq!(table["origin_ns"], (START_NS - 1).to_string());
    let files: Vec<u64> =
        of(&lines, "row", "interface").iter().map(|row| number(row, "file")).collect();
    assert_eq!(files, [1, 0]);
}

#[test]
fn the_output_may_be_closed_or_full() {
    let directory = scratch("stats-output");
    write(&directory, "a.pcap", &small("le-us.pcap").bytes);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let command = || {
        let mut command = marey();
        command.current_dir(&directory).args(["stats", "--by", "flow", "a.pcap"]);
        command
    };
    let ran = finish(command().stdout(writer));
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
        return println!("skipped: no /dev/full here");
    };
    assert_eq!(finish(command().stdout(full)).status, 6);
}

#[test]
fn where_tables_do_not_fit_is_said() {
    let directory = scratch("stats-nowhere");
    let mut bytes = Vec::new();
    marey::testing::large::headers_only(&mut bytes, 64 << 10, 5).expect("written to memory");
    write(&directory, "a.pcap", &bytes);
    let mut command = marey();
    command.current_dir(&directory).env("TMPDIR", directory.join("none"));
    let ran = finish(command.args(["stats", "--by", "flow", "--memory", "1", "a.pcap"]));
    assert_eq!(ran.status, 4);
    assert!(ran.stderr.contains("a table does not fit into"), "{}", ran.stderr);
}
