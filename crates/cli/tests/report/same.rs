//! The answer is the same, byte for byte, whatever is done by whom.

use super::*;

/// Workers and block sizes.
const WAYS: [(&str, &str); 7] = [
    ("1", "1048576"),
    ("2", "1048576"),
    ("3", "4096"),
    ("8", "4096"),
    ("1", "16"),
    ("2", "16"),
    ("8", "16"),
];

fn is_same(directory: &Path, inputs: &[&str]) {
    for shown in [None, Some("--json"), Some("--html=-")] {
        let mut first: Option<Ran> = None;
        for (workers, block) in WAYS {
            let mut arguments = vec!["-j", workers, "--block-size", block, "--checksums"];
            arguments.extend(shown);
            arguments.extend(inputs);
            let ran = report(directory, "C.UTF-8", &arguments);
            assert!(matches!(ran.status, 0 | 4) && !ran.stdout.is_empty(), "{}", ran.stderr);
            match &first {
                None => first = Some(ran),
                Some(first) => {
                    let way = format!("-j {workers} --block-size {block} {shown:?} {inputs:?}");
                    assert!(*first == ran, "{way}");
                }
            }
        }
    }
}

#[test]
fn for_small_traces() {
    is_same(&all_traces("report-same"), &["."]);
}

#[test]
fn where_each_bound_is_exceeded() {
    let directory = scratch("report-same-bounds");
    write(&directory, "a.pcapng", &beyond_bounds().bytes);
    is_same(&directory, &["a.pcapng"]);
    let (lines, _) = json(&directory, &["a.pcapng"]);
    let file = &lines[0];
    assert_eq!(file["interfaces"].as_array().map(Vec::len), Some(256));
    assert_eq!(file["interfaces_unlisted"], 300 * 3 - 256);
    assert_eq!(file["comments"]["list"].as_array().map(Vec::len), Some(100));
    assert_eq!(file["comments"]["count"], 900 + 300 + 300);
    assert_eq!(file["names"]["list"].as_array().map(Vec::len), Some(256));
    assert_eq!(file["names"]["complete"], false);
    assert_eq!((&file["sections"], &file["secrets"]["count"]), (&300.into(), &300.into()));
    assert_eq!(file["section_list"].as_array().map(Vec::len), Some(256));
    assert_eq!(file["custom_by_enterprise"].as_array().map(Vec::len), Some(65));
    let bins = file["rate"]["bins"].as_array().expect("bins");
    assert!((103..=512).contains(&bins.len()), "{}", bins.len());
}

/// A trace with more sections, interfaces, comments, names, secrets, enterprises and times than
/// are listed.
fn beyond_bounds() -> Made {
    let mut file = Pcapng::new();
    for nth in 0..300_u32 {
        file.section(Order::Little, Length::Unknown, &[o::comment(&format!("section {nth}"))]);
        for id in 0..3 {
            file.interface(ETHERNET, 0, &[o::if_tsresol(9), o::if_name(&format!("if{id}"))]);
        }
        let name = format!("host-{nth}.example");
        let address = std::net::Ipv4Addr::from(nth);
        file.names(&[Name::V4(address, &[&name])], &[]);
        file.secrets(0x544c_534b, b"secret", &[o::comment("keys")]);
        file.custom(true, 1000 - nth, b"custom");
        for id in [2, 0, 1] {
            let time_ns = START_NS + i64::from(nth * nth) * 1_000_003 + i64::from(id);
            file.packet(id, time_ns, &frame(), &[o::comment("seen"), o::dropcount(1)]);
        }
    }
    file.finish()
}
