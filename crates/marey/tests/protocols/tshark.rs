//! What `tshark` says of packets. All that marey does not do is turned off: reassembly, guesses at
//! what a port carries. Checksums are turned on.

use super::Sample;
use super::said::{Fact, Said};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

const PREFERENCES: [&str; 22] = [
    "ip.defragment:FALSE",
    "ip.check_checksum:TRUE",
    "ip.tso_support:TRUE",
    "ipv6.defragment:FALSE",
    "ipv6.tso_support:TRUE",
    "tcp.desegment_tcp_streams:FALSE",
    "tcp.check_checksum:TRUE",
    "tcp.analyze_sequence_numbers:FALSE",
    "tcp.try_heuristic_first:FALSE",
    "udp.check_checksum:TRUE",
    "udplite.check_checksum:TRUE",
    "udplite.ignore_checksum_coverage:FALSE",
    "dccp.check_checksum:TRUE",
    "sctp.checksum:CRC-32C",
    "sctp.reassembly:FALSE",
    "wlan.defragment:FALSE",
    "wlan.retransmitted:FALSE",
    "wlan.enable_decryption:FALSE",
    "gtp.dissect_tpdu_as:TPDU Heuristic",
    "mpls.flowlabel_in_mpls_header:FALSE",
    "eth.check_fcs:FALSE",
    "nameres.network_name:FALSE",
];

/// What is asked for, in the order of the columns.
const FIELDS: [&str; 36] = [
    "frame.number",
    "frame.protocols",
    "eth.src",
    "eth.dst",
    "vlan.id",
    "ieee8021ad.id",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "ip.frag_offset",
    "ip.flags.mf",
    "ipv6.fraghdr.offset",
    "ipv6.fraghdr.more",
    "tcp.srcport",
    "tcp.dstport",
    "udp.srcport",
    "udp.dstport",
    "sctp.srcport",
    "sctp.dstport",
    "dccp.srcport",
    "dccp.dstport",
    "ip.checksum.status",
    "tcp.checksum.status",
    "udp.checksum.status",
    "sctp.checksum.status",
    "dccp.checksum.status",
    "icmp.checksum.status",
    "icmpv6.checksum.status",
    "igmp.checksum.status",
    "gre.checksum.status",
    "dvmrp.checksum.status",
    "wlan_radio.signal_dbm",
    "wlan_radio.noise_dbm",
    "prism.did.signal",
    "prism.did.noise",
];

pub fn is_there() -> bool {
    let tried = Command::new("tshark").arg("--version").output();
    tried.is_ok_and(|output| output.status.success())
}

/// What `tshark` says of each packet, in order. `file` is written for it.
pub fn ask(samples: &[&Sample], file: &Path) -> Vec<Said> {
    if samples.is_empty() {
        return Vec::new();
    }
    std::fs::write(file, pcapng(samples)).expect("a temporary file");
    let mut command = Command::new("tshark");
    command.arg("-n").arg("-r").arg(file).args(["-T", "fields", "-E", "occurrence=a"]);
    command.args(PREFERENCES.iter().flat_map(|preference| ["-o", preference]));
    command.args(FIELDS.iter().flat_map(|field| ["-e", field]));
    let output = command.stderr(Stdio::piped()).output().expect("tshark runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "tshark: {}", String::from_utf8_lossy(&output.stderr));
    text.lines().map(said).collect()
}

/// One section with an interface for each link type, so that one `tshark` reads them all.
fn pcapng(samples: &[&Sample]) -> Vec<u8> {
    let mut out = Vec::new();
    block(&mut out, 0x0a0d_0d0a, &[&0x1a2b_3c4d_u32.to_le_bytes(), &[1, 0, 0, 0], &[0xff; 8]]);
    let mut interfaces = BTreeMap::new();
    for sample in samples {
        let next = interfaces.len() as u32;
        let interface = *interfaces.entry(sample.link).or_insert_with(|| {
            block(&mut out, 1, &[&sample.link.0.to_le_bytes(), &[0; 6]]);
            next
        });
        let (len, wire_len) = (sample.bytes.len() as u32, sample.wire_len);
        let words = [interface, 0, 0, len, wire_len.max(len)].map(u32::to_le_bytes);
        block(&mut out, 6, &[words.as_flattened(), &sample.bytes]);
    }
    out
}

fn block(out: &mut Vec<u8>, kind: u32, parts: &[&[u8]]) {
    let body = parts.concat();
    let padded = body.len().next_multiple_of(4);
    let len = (padded as u32 + 12).to_le_bytes();
    out.extend(kind.to_le_bytes());
    out.extend(len);
    out.extend(&body);
    out.resize(out.len() + padded - body.len(), 0);
    out.extend(len);
}

/// marey's name of a protocol; `None` if it has no view.
fn name(theirs: &str) -> Option<&str> {
    Some(match theirs {
        "eth" => "ethernet",
        "ieee8021ad" | "vlan" => "vlan",
        "pwethcw" => "pwcw",
        "pppoes" | "pppoed" => "pppoe",
        "ppp" | "llc" | "chdlc" | "fr" | "tr" | "fddi" | "radiotap" | "prism" | "ppi" => theirs,
        "wlan" | "mpls" | "arp" | "ipv6" | "ah" | "hip" | "shim6" | "icmp" | "icmpv6" => theirs,
        "tcp" | "udp" | "udplite" | "sctp" | "dccp" | "esp" | "ospf" | "gre" => theirs,
        "erspan" | "etherip" | "vxlan" | "geneve" | "radius" | "igmp" | "null" => theirs,
        "sll" => "sll",
        "pktap" => theirs,
        "wlancap" => "avs",
        "ip" => "ipv4",
        "ipv6.hopopts" => "hopopt",
        "ipv6.routing" => "ipv6-route",
        "ipv6.fraghdr" => "ipv6-frag",
        "ipv6.dstopts" => "ipv6-opts",
        "mipv6" => "mobility",
        "gtp" => "gtpu",
        _ => return None,
    })
}

/// Not headers, but names of how one was found.
const NO_HEADERS: [&str; 11] = [
    "ethertype",
    "pwethheuristic",
    "pwethnocw",
    "_ws.malformed",
    "_ws.short",
    "wlan_radio",
    "data",
    "data-text-lines",
    "raw",
    "raw_ip",
    "pcap_pktdata",
];

/// The values of one column.
fn list(cell: &str) -> Vec<&str> {
    cell.split(',').filter(|value| !value.is_empty()).collect()
}

fn pairs(first: &[&str], second: &[&str]) -> Vec<String> {
    first.iter().zip(second).map(|(first, second)| format!("{first} {second}")).collect()
}

fn word(status: &str) -> String {
    let word = match status {
        "0" => "bad",
        "1" => "good",
        "2" => "unverified",
        "3" => "absent",
        "4" => "illegal",
        other => other,
    };
    word.to_owned()
}

/// A line of columns.
fn said(line: &str) -> Said {
    let cells: Vec<&str> = line.split('\t').collect();
    let column = |wanted: &str| {
        let index = FIELDS.iter().position(|field| *field == wanted).expect("a field");
        list(cells.get(index).copied().unwrap_or(""))
    };
    let two = |first: &str, second: &str| pairs(&column(first), &column(second));
    let protocols = column("frame.protocols").first().copied().unwrap_or("");
    let mut names = protocols.split(':').filter(|name| !NO_HEADERS.contains(name)).peekable();
    let mut layers = Vec::new();
    while let Some(name) = names.peek().and_then(|theirs| name(theirs)) {
        layers.push(name.to_owned());
        names.next();
    }
    layers.dedup_by(|next, before| next == before && next == "mpls");
    let end = names.next().map_or("end".to_owned(), |_| "other".to_owned());
    let mut vlans = [column("vlan.id"), column("ieee8021ad.id")].concat();
    vlans.sort_unstable();
    let parts = |offset: &str, more: &str| {
        let bytes = |units: &&str| (units.parse::<u32>().unwrap_or(0) * 8).to_string();
        let offsets: Vec<String> = column(offset).iter().map(bytes).collect();
        pairs(&offsets.iter().map(String::as_str).collect::<Vec<_>>(), &column(more))
    };
    let verdict = |name: &'static str, field: &str| {
        Fact::verdict(name, column(field).into_iter().map(word).collect())
    };
    // Of Prism, `wlan_radio` has another item.
    let radio = |prism: &str, any: &str| {
        let values = [column(prism), column(any)].concat();
        values.into_iter().take(1).map(str::to_owned).collect()
    };
    let igmp = [column("igmp.checksum.status"), column("dvmrp.checksum.status")].concat();
    let facts = vec![
        Fact::new("ethernet addresses", two("eth.src", "eth.dst")),
        Fact::new("vlans", vlans.into_iter().map(str::to_owned).collect()),
        Fact::new("ipv4 addresses", two("ip.src", "ip.dst")),
        Fact::new("ipv6 addresses", two("ipv6.src", "ipv6.dst")),
        Fact::new("ipv4 fragment", parts("ip.frag_offset", "ip.flags.mf")),
        Fact::new("ipv6 fragment", parts("ipv6.fraghdr.offset", "ipv6.fraghdr.more")),
        Fact::new("tcp ports", two("tcp.srcport", "tcp.dstport")),
        Fact::new("udp ports", two("udp.srcport", "udp.dstport")),
        Fact::new("sctp ports", two("sctp.srcport", "sctp.dstport")),
        Fact::new("dccp ports", two("dccp.srcport", "dccp.dstport")),
        Fact::new("radio signal", radio("prism.did.signal", "wlan_radio.signal_dbm")),
        Fact::new("radio noise", radio("prism.did.noise", "wlan_radio.noise_dbm")),
        verdict("ipv4 checksum", "ip.checksum.status"),
        verdict("tcp checksum", "tcp.checksum.status"),
        verdict("udp checksum", "udp.checksum.status"),
        verdict("udplite checksum", "udp.checksum.status"),
        verdict("sctp checksum", "sctp.checksum.status"),
        verdict("dccp checksum", "dccp.checksum.status"),
        verdict("icmp checksum", "icmp.checksum.status"),
        verdict("icmpv6 checksum", "icmpv6.checksum.status"),
        Fact::verdict("igmp checksum", igmp.into_iter().map(word).collect()),
        verdict("gre checksum", "gre.checksum.status"),
    ];
    Said { layers, end, facts }
}
