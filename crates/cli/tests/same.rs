//! What `report` and `stats` say of large traces and of all samples is the same, byte for byte,
//! for 1, 2, 3, 8 and 64 workers, and for blocks of one record, 4 KiB, 64 KiB and 1 MiB.
//!
//! Without `MAREY_SLOW_TESTS=1` the traces are small, and some of these ways are left out.
#![cfg(unix)]

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use marey::testing::large::{Answer, nested, nested_pcap};
use marey::testing::{Way, ways};
use process::{Ran, finish, marey, scratch};

#[path = "support/process.rs"]
mod process;

/// What is run. Tables of 64 KiB go to disk in every other run, see [`ran`].
const VERBS: [&[&str]; 3] = [
    &["report", "--json", "--checksums"],
    &["stats", "--json", "--by", BY],
    &["stats", "--json", "--by", BY, "--every", "1h", "--top", "3"],
];

/// All there is to count by.
const BY: &str = "protocol,flow,endpoint,conversation,port,interface,vlan,size,ttl,tos,\
                  tcp-flags,tcp-options,direction";

fn is_slow() -> bool {
    std::env::var_os("MAREY_SLOW_TESTS").is_some()
}

/// What marey says in a directory, when it works in this way.
fn ran(directory: &Path, verb: &[&str], inputs: &str, nth: usize, way: Way) -> Ran {
    let block = way.block_len.map_or("record".to_owned(), |bytes| bytes.to_string());
    let mut command = marey();
    command.current_dir(directory).args(verb).arg(inputs);
    command.args(["-j", &way.workers.to_string(), "--block-size", &block]);
    if verb[0] == "stats" {
        command.args(["--memory", if nth.is_multiple_of(2) { "512MiB" } else { "64K" }]);
    }
    finish(&mut command)
}

/// Fails unless it is the same in each of the ways, one in `step` of them if there is little time.
fn is_same(directory: &Path, inputs: &str, step: usize) {
    for verb in VERBS {
        let mut first: Option<Ran> = None;
        let mut runs = 0;
        for (nth, way) in ways().step_by(if is_slow() { 1 } else { step }).enumerate() {
            let ran = ran(directory, verb, inputs, nth, way);
            assert!(matches!(ran.status, 0 | 4) && !ran.stdout.is_empty(), "{}", ran.stderr);
            runs += 1;
            match &first {
                None => first = Some(ran),
                Some(first) => assert!(*first == ran, "{verb:?} {inputs} {way:?}"),
            }
        }
        let bytes = first.map_or(0, |ran| ran.stdout.len());
        println!("{} of {inputs}: {runs} runs, the same {bytes} bytes", verb.join(" "));
    }
}

/// Writes a trace of so many bytes, and says what is in it.
type Generate = fn(&mut dyn Write, u64, u64) -> io::Result<Answer>;

#[test]
fn for_large_traces() {
    let directory = scratch("same-large");
    let kinds: [(&str, Generate); 2] = [("nested.pcapng", nested), ("nested.pcap", nested_pcap)];
    for (name, write) in kinds {
        let file = File::create(directory.join(name)).expect("a file");
        let mut file = BufWriter::new(file);
        write(&mut file, if is_slow() { 64 << 20 } else { 4 << 20 }, 1).expect("it is written");
        file.flush().expect("it is written");
        is_same(&directory, name, 3);
    }
    std::fs::remove_dir_all(&directory).expect("the directory goes");
}

#[test]
fn for_samples() {
    let Some(folder) = std::env::var_os("MAREY_SAMPLES") else {
        return println!("skipped: MAREY_SAMPLES names no folder of traces");
    };
    is_same(Path::new(&folder), ".", 9);
}
