//! The answer is the same, byte for byte, whoever does the work, and wherever tables are.

use super::*;

/// Workers, block sizes, and how much memory tables may take.
const WAYS: [(&str, &str, &str); 8] = [
    ("1", "1048576", "512MiB"),
    ("2", "1048576", "512MiB"),
    ("3", "4096", "1"),
    ("8", "4096", "512MiB"),
    ("64", "4096", "1"),
    ("1", "record", "1"),
    ("2", "record", "512MiB"),
    ("8", "16", "64K"),
];

/// Shown in these ways.
const SHOWN: [&[&str]; 4] = [&[], &["--json"], &["--csv"], &["--json", "--every", "300ms"]];

fn is_same(directory: &Path, inputs: &[&str], shown: &[&[&str]]) {
    for shown in shown {
        let mut first: Option<Ran> = None;
        for (workers, block, memory) in WAYS {
            let mut arguments = vec!["-j", workers, "--block-size", block, "--memory", memory];
            arguments.extend(["--by", ALL]);
            arguments.extend(*shown);
            arguments.extend(inputs);
            let ran = stats(directory, &arguments);
            assert!(matches!(ran.status, 0 | 4), "{}", ran.stderr);
            match &first {
                None => first = Some(ran),
                Some(first) => assert!(*first == ran, "{arguments:?}"),
            }
        }
    }
}

#[test]
fn for_small_traces() {
    is_same(&all_traces("stats-same"), &["."], &SHOWN);
}

#[test]
fn for_the_corpus() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    is_same(&root, &["corpus"], &SHOWN[1..2]);
    is_same(&root, &["--merge", "corpus/pcap/ok", "corpus/erf/ok"], &SHOWN[3..]);
}

#[test]
fn for_more_flows_than_fit() {
    let directory = scratch("stats-same-large");
    let mut bytes = Vec::new();
    marey::testing::large::headers_only(&mut bytes, 512 << 10, 7).expect("written to memory");
    write(&directory, "a.pcap", &bytes);
    is_same(&directory, &["a.pcap"], &SHOWN[..2]);
}
