//! Real traces, if the environment variable `MAREY_SAMPLES` names a folder with some.

use super::exercise;
use marey::wire::LinkType;
use std::path::{Path, PathBuf};

/// How many packets of a trace are looked at.
const PACKETS_MAX: usize = 20_000;

/// All files below `folder`.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Calls `each` with every packet of a classic little-endian pcap; false if it is none.
pub fn packets(bytes: &[u8], mut each: impl FnMut(LinkType, &[u8], u32)) -> bool {
    let word = |at: usize| {
        let found = bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes(found.try_into().ok()?))
    };
    if !matches!(word(0), Some(0xa1b2_c3d4 | 0xa1b2_3c4d)) {
        return false;
    }
    let Some(link) = word(20) else { return false };
    let mut at = 24;
    for _ in 0..PACKETS_MAX {
        let (Some(captured), Some(wire)) = (word(at + 8), word(at + 12)) else { break };
        let Some(packet) = bytes.get(at + 16..at + 16 + captured as usize) else { break };
        each(LinkType(link as u16), packet, wire);
        at += 16 + captured as usize;
    }
    true
}

#[test]
fn real_traces_never_panic() {
    let Some(folder) = std::env::var_os("MAREY_SAMPLES") else {
        println!("skipped: MAREY_SAMPLES names no folder of traces");
        return;
    };
    let mut found = Vec::new();
    files(Path::new(&folder), &mut found);
    let (mut traces, mut count) = (0, 0);
    for path in found {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        traces += usize::from(packets(&bytes, |link, packet, wire| {
            exercise(link, packet, wire);
            count += 1;
        }));
    }
    println!("{count} packets of {traces} traces");
}
