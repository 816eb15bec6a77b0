//! Recipes: which records the fuzz targets shall make (see `fuzz/src/steer.rs`).

/// The first byte of a recipe.
const STEERED: u8 = 0x5A;

/// Target, name, bytes.
type Seed = (&'static str, &'static str, Vec<u8>);

/// All recipes.
pub(super) fn all() -> Vec<Seed> {
    let mut all = Vec::new();
    all.extend(chains());
    all.extend(pcapng());
    all.extend(erf_tags());
    all
}

/// The two bytes of a file header: byte order and what else the target makes of them.
fn head(big: bool, first: u8, second: u8) -> Vec<u8> {
    vec![STEERED, first << 1 | u8::from(big), second]
}

/// A sound record with this operation.
fn record(op: u8, body: &[u8]) -> Vec<u8> {
    [&[op << 1, body.len() as u8], body].concat()
}

/// Bytes that are no record.
fn damage(bytes: &[u8]) -> Vec<u8> {
    [&[1, bytes.len() as u8], bytes].concat()
}

/// Options or tags: code, length, value.
fn coded(values: &[(u8, &[u8])]) -> Vec<u8> {
    let all = values.iter().map(|(code, value)| [&[*code, value.len() as u8], *value].concat());
    all.collect::<Vec<_>>().concat()
}

/// Formats of chained records: sound ones, and damage between them, once and twice.
fn chains() -> Vec<Seed> {
    let frame = [2; 20];
    let sound = |ops: [u8; 4]| ops.map(|op| record(op, &frame)).concat();
    let mut all = Vec::new();
    for (target, ops) in [("pcap", [0, 1, 16, 32]), ("erf", [2, 2, 2, 2]), ("snoop", [0, 1, 2, 16])]
    {
        for (name, big, first) in [("recipe-le", false, 0), ("recipe-be", true, 1)] {
            if target == "erf" && big {
                continue;
            }
            let once = [head(big, first, 1), sound(ops), damage(&[0xFF; 40]), sound(ops)].concat();
            all.push((target, name, once));
        }
        let parts = [head(false, 0, 1), sound(ops), damage(&frame), sound(ops), damage(&[7; 9])];
        all.push((target, "recipe-twice", [parts.concat(), sound(ops)].concat()));
    }
    // The variants of pcap, by their numbers in `steer.rs`.
    const NAMES: [&str; 9] = [
        "recipe-0", "recipe-1", "recipe-2", "recipe-3", "recipe-4", "recipe-5", "recipe-6",
        "recipe-7", "recipe-8",
    ];
    for (number, name) in (0..).zip(NAMES) {
        let link = [1, 1, 1, 105, 113, 127, 6, 1, 197][usize::from(number)];
        let body = [head(number % 2 == 0, number, link), sound([0, 1, 16, 32])].concat();
        all.push(("pcap", name, body));
    }
    all
}

// Blocks, by their numbers in `steer.rs`.
const PACKET: u8 = 0;
const INTERFACE: u8 = 1;
const STATISTICS: u8 = 2;
const NAMES: u8 = 3;
const SIMPLE: u8 = 4;
const OBSOLETE: u8 = 5;
const SECTION: u8 = 6;
const SECRETS: u8 = 7;
const JOURNAL: u8 = 8;
const CUSTOM: u8 = 9;

/// A section with a block of every kind, then another one with damage.
fn pcapng() -> Vec<Seed> {
    let packet = |first: u8, options: &[(u8, &[u8])]| {
        let frame = vec![3; usize::from(first >> 3)];
        record(PACKET, &[vec![first], frame, coded(options)].concat())
    };
    let interface = coded(&[
        (2, b"eth0"),
        (3, b"a port"),
        (4, &[10, 0, 0, 1, 255, 0, 0, 0]),
        (5, &[0xFE; 17]),
        (6, &[2; 6]),
        (8, &[1, 0, 0, 0, 0, 0, 0, 0]),
        (9, &[0x94]),
        (11, b"\0tcp"),
        (13, &[4]),
        (14, &[1; 8]),
        (0xF0, &[0, 0, 0, 9, b'x']),
    ]);
    let statistics = coded(&[(2, &[1; 8]), (3, &[2; 8]), (4, &[3; 8]), (5, &[1; 8]), (7, &[0; 8])]);
    let names = coded(&[
        (1, b"\x0a\0\0\x01one\0two\0"),
        (2, b"\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01six\0"),
        (3, b"\x02\x02\x02\x02\x02\x02mac\0"),
        (0, b""),
    ]);
    let options: &[(u8, &[u8])] = &[
        (1, b"a comment"),
        (2, &[1, 0, 0, 0]),
        (3, &[2, 1, 2, 3, 4]),
        (4, &[1; 8]),
        (5, &[2; 8]),
        (6, &[3; 4]),
        (7, &[1, 0, 0, 0, 0, 0, 0, 0, 9]),
        (8, &[4; 8]),
        (0xF1, &[0, 0, 0, 9, 1]),
    ];
    let blocks = [
        packet(0x98, options),
        record(INTERFACE, &[vec![1], interface].concat()),
        packet(0x59, &[]),
        record(STATISTICS, &[vec![1], statistics].concat()),
        record(NAMES, &names),
        record(SIMPLE, &[20; 21]),
        record(OBSOLETE, &[&[0x50][..], &[5; 10], &coded(&[(2, &[1, 0, 0, 0])])].concat()),
        record(SECRETS, b"\x05CLIENT"),
        record(JOURNAL, b"__REALTIME_TIMESTAMP=1767225600000000\nMESSAGE=hello\n"),
        record(CUSTOM, b"\0\0\0\x09data"),
    ];
    let second = record(SECTION, &coded(&[(1, b"note"), (2, b"box"), (3, b"os"), (4, b"app")]));
    let mut all = Vec::new();
    let names = [("recipe-le", false), ("recipe-be", true)];
    for (name, big) in names {
        let damaged = [damage(&[0xFF; 12]), packet(0x40, &[]), packet(0x48, &[])].concat();
        let body = [head(big, 0, 9), blocks.concat(), second.clone(), damaged].concat();
        all.push(("pcapng", name, body));
    }
    // A second section in which the first interface counts binary fractions from an earlier epoch.
    let earlier = coded(&[(9, &[0x80 | 20]), (14, &[0xFF; 8])]);
    let earlier = record(INTERFACE, &[vec![1], earlier].concat());
    let other = [head(true, 0, 9), second, earlier, packet(0x38, &[]), record(STATISTICS, &[0; 1])];
    all.push(("pcapng", "recipe-earlier", other.concat()));
    let binary = [head(false, 0, 0x80 | 30), blocks[0].clone(), record(STATISTICS, &[0; 1])];
    all.push(("pcapng", "recipe-binary", binary.concat()));
    all
}

/// Provenance: sections by their numbers, with tags of all shapes.
fn erf_tags() -> Vec<Seed> {
    let tags = coded(&[
        (1, b"comment"),
        (2, &[0; 8]),
        (3, &[0xFF, 2, 0, 1]),
        (16, b"name"),
        (17, b"descr"),
        (64, &[1; 4]),
        (65, &[0, 0, 0, 0, 0, 0, 0, 9]),
        (80, &[2; 6]),
        (128, &[10, 0, 0, 1]),
    ]);
    let sections: Vec<Vec<u8>> = (0..12).map(|section| record(section, &tags)).collect();
    let all = [head(true, 0, 4), sections.concat()].concat();
    let first_half = [head(true, 0, 0), sections[..4].concat(), damage(&[0xFF; 20])];
    // A host id, an anchor id and a flow id, and the payload behind them.
    let chain = [&[0x85, 0, 0, 0, 1, 2, 3, 4][..], &[0x92, 0, 0, 0, 0, 0, 0, 9]].concat();
    let chain = [&chain[..], &[0x03, 0, 0, 0, 0, 0, 0, 1], &[0, 0], &[6; 20]].concat();
    let extended = [head(false, 1, 4), record(2, &chain), record(1, &chain), record(27, &chain)];
    let mut found = vec![("erf", "recipe-extensions", extended.concat())];
    found.push(("erf", "recipe-sections", all));
    found.push(("erf", "recipe-tags", [first_half.concat(), sections[5].clone()].concat()));
    found
}
