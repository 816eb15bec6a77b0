//! The sections and tags of provenance: their numbers, names, and types of values.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::header::time_ns;
use crate::meta::{Mac, Text, Value};
use crate::time::Timestamp;

// Sections (tags 0xff00 and up).
pub(super) const SECTION_CAPTURE: u16 = 0xff00;
pub(super) const SECTION_HOST: u16 = 0xff01;
pub(super) const SECTION_MODULE: u16 = 0xff02;
pub(super) const SECTION_INTERFACE: u16 = 0xff03;
pub(super) const SECTION_STATS: u16 = 0xff05;
pub(super) const SECTION_STREAM: u16 = 0xff08;
pub(super) const SECTION_DNS: u16 = 0xff0a;
/// The number that stands for "before any section".
pub(super) const SECTION_NONE: u16 = 0;

/// The name of a section.
pub(super) fn section_name(section: u16) -> &'static str {
    match section {
        SECTION_NONE => "",
        SECTION_CAPTURE => "capture",
        SECTION_HOST => "host",
        SECTION_MODULE => "module",
        SECTION_INTERFACE => "interface",
        0xff04 => "flow",
        SECTION_STATS => "stats",
        0xff06 => "info",
        0xff07 => "context",
        SECTION_STREAM => "stream",
        0xff09 => "transform",
        SECTION_DNS => "dns",
        0xff0b => "source",
        _ => "unknown",
    }
}

/// How a tag's value is to be read. Numbers are big-endian unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A text.
    Text,
    /// A number of 32 bits.
    U32,
    /// A number of 64 bits.
    U64,
    /// A number of 32 bits with sign.
    I32,
    /// Bits in 32 bits.
    Bits32,
    /// Bits in 64 bits.
    Bits64,
    /// A number of 16 or 32 bits (InfiniBand's local identifiers).
    Lid,
    /// An ERF time: little-endian, 2^-32 s since the epoch.
    Time,
    /// A span of time: little-endian, 2^-32 s with sign; in nanoseconds.
    Span,
    /// A span of time as PTP has it: 2^-16 ns with sign; in nanoseconds.
    PtpSpan,
    /// Thousandths in 32 bits with sign.
    Milli,
    /// Entropy in its lowest byte.
    Entropy,
    Ipv4,
    Ipv6,
    Mac,
    /// A hardware address of 8 bytes.
    Eui,
    /// An address of so many bytes and its name.
    NameOfIpv4,
    NameOfIpv6,
    NameOfMac,
    NameOfEui,
    NameOfLid,
    /// A section's tag and number.
    Section,
    Bytes,
}

/// The name of a tag and what it says.
pub(super) fn decode(tag: u16, value: &[u8]) -> (&'static str, Value<'_>) {
    match TAGS.binary_search_by_key(&tag, |known| known.0).ok().and_then(|at| TAGS.get(at)) {
        Some(&(_, name, kind)) => (name, read(kind, value).unwrap_or(Value::Malformed(value))),
        None => ("unknown", Value::Bytes(value)),
    }
}

/// The whole of `value` as an array.
fn array<const N: usize>(value: &[u8]) -> Option<[u8; N]> {
    value.try_into().ok()
}

fn u32_of(value: &[u8]) -> Option<u32> {
    array(value).map(u32::from_be_bytes)
}

fn u64_of(value: &[u8]) -> Option<u64> {
    array(value).map(u64::from_be_bytes)
}

fn i32_of(value: &[u8]) -> Option<i32> {
    array(value).map(i32::from_be_bytes)
}

fn lid_of(value: &[u8]) -> Option<u64> {
    let lid = array(value).map(u16::from_be_bytes).map(u64::from);
    lid.or(u32_of(value).map(u64::from))
}

fn read(kind: Kind, value: &[u8]) -> Option<Value<'_>> {
    Some(match kind {
        Kind::Text => Value::Text(Text::new(value)),
        Kind::U32 => Value::U64(u32_of(value)?.into()),
        Kind::U64 => Value::U64(u64_of(value)?),
        Kind::I32 => Value::I64(i32_of(value)?.into()),
        Kind::Bits32 | Kind::Section => Value::Bits(u32_of(value)?.into()),
        Kind::Bits64 => Value::Bits(u64_of(value)?),
        Kind::Lid => Value::U64(lid_of(value)?),
        Kind::Time => {
            let time = array(value).map(u64::from_le_bytes)?;
            Value::Time(Some(Timestamp::from_ns(time_ns(time))))
        }
        Kind::Span => Value::I64(span_ns(array(value).map(i64::from_le_bytes)?)),
        Kind::PtpSpan => Value::I64(array(value).map(i64::from_be_bytes)? >> 16),
        Kind::Milli => Value::F32((f64::from(i32_of(value)?) / 1000.0) as f32),
        Kind::Entropy => Value::F32(entropy_bits(u32_of(value)? as u8)),
        Kind::Ipv4 => Value::Ipv4(Ipv4Addr::from(array::<4>(value)?)),
        Kind::Ipv6 => Value::Ipv6(Ipv6Addr::from(array::<16>(value)?)),
        Kind::Mac => Value::Mac(Mac(array(value)?)),
        Kind::Eui => Value::Bytes(array::<8>(value).map(|_| value)?),
        Kind::NameOfIpv4 => named(value, |a: [u8; 4]| Ipv4Addr::from(a).to_string())?,
        Kind::NameOfIpv6 => named(value, |a: [u8; 16]| Ipv6Addr::from(a).to_string())?,
        Kind::NameOfMac => named(value, |a: [u8; 6]| Mac(a).to_string())?,
        Kind::NameOfEui => named(value, |a: [u8; 8]| crate::meta::NameOf::Eui64(a).to_string())?,
        Kind::NameOfLid => named(value, |a| u16::from_be_bytes(a).to_string())?,
        Kind::Bytes => Value::Bytes(value),
    })
}

fn named<const N: usize>(value: &[u8], print: impl Fn([u8; N]) -> String) -> Option<Value<'_>> {
    let (address, name) = value.split_first_chunk::<N>()?;
    Some(Value::Named(print(*address), vec![Text::new(name)]))
}

/// A span of 2^-32 s in nanoseconds, rounded half up.
fn span_ns(span: i64) -> i64 {
    let ns = (i128::from(span) * 1_000_000_000 + (1 << 31)) >> 32;
    ns as i64
}

/// Entropy in bits a byte, from 0 (not calculated) to 8.
pub(super) fn entropy_bits(raw: u8) -> f32 {
    if raw == 0 { 0.0 } else { (f32::from(raw) + 1.0) * 8.0 / 256.0 }
}

/// All tags that have a name, by number.
const TAGS: &[(u16, &str, Kind)] = &[
    (1, "comment", Kind::Text),
    (2, "gen_time", Kind::Time),
    (3, "parent_section", Kind::Section),
    (4, "reset", Kind::Bytes),
    (5, "event_time", Kind::Time),
    (6, "host_id", Kind::Bits64),
    (7, "attribute", Kind::Text),
    (8, "fcs_len", Kind::U32),
    (9, "mask_ipv4", Kind::Ipv4),
    (10, "mask_cidr", Kind::U32),
    (11, "org_name", Kind::Text),
    (12, "name", Kind::Text),
    (13, "descr", Kind::Text),
    (14, "config", Kind::Text),
    (15, "datapipe", Kind::Text),
    (16, "app_name", Kind::Text),
    (17, "os", Kind::Text),
    (18, "hostname", Kind::Text),
    (19, "user", Kind::Text),
    (20, "model", Kind::Text),
    (21, "fw_version", Kind::Text),
    (22, "serial_no", Kind::Text),
    (23, "ts_offset", Kind::Span),
    (24, "ts_clock_freq", Kind::U32),
    (25, "tzone", Kind::I32),
    (26, "tzone_name", Kind::Text),
    (27, "loc_lat", Kind::I32),
    (28, "loc_long", Kind::I32),
    (29, "snaplen", Kind::U32),
    (30, "card_num", Kind::U32),
    (31, "module_num", Kind::U32),
    (32, "access_num", Kind::U32),
    (33, "stream_num", Kind::U32),
    (34, "loc_name", Kind::Text),
    (35, "parent_file", Kind::Text),
    (36, "filter", Kind::Text),
    (37, "flow_hash_mode", Kind::U32),
    (38, "tunneling_mode", Kind::Bits32),
    (39, "npb_format", Kind::Bytes),
    (40, "mem", Kind::U64),
    (41, "datamine_id", Kind::Text),
    (42, "rotfile_id", Kind::Text),
    (43, "rotfile_name", Kind::Text),
    (44, "dev_name", Kind::Text),
    (45, "dev_path", Kind::Text),
    (46, "loc_descr", Kind::Text),
    (47, "app_version", Kind::Text),
    (48, "cpu_affinity", Kind::Bytes),
    (49, "cpu", Kind::Text),
    (50, "cpu_phys_cores", Kind::U32),
    (51, "cpu_numa_nodes", Kind::U32),
    (52, "dag_attribute", Kind::Text),
    (53, "dag_version", Kind::Text),
    (54, "stream_flags", Kind::Bits32),
    (55, "entropy_threshold", Kind::Entropy),
    (56, "smart_trunc_default", Kind::Bits32),
    (57, "ext_hdrs_added", Kind::Bytes),
    (58, "ext_hdrs_removed", Kind::Bytes),
    (59, "relative_snaplen", Kind::U32),
    (60, "temperature", Kind::Milli),
    (61, "power", Kind::Milli),
    (64, "if_num", Kind::U32),
    (65, "if_vc", Kind::U32),
    (66, "if_speed", Kind::U64),
    (67, "if_ipv4", Kind::Ipv4),
    (68, "if_ipv6", Kind::Ipv6),
    (69, "if_mac", Kind::Mac),
    (70, "if_eui", Kind::Eui),
    (71, "if_ib_gid", Kind::Ipv6),
    (72, "if_ib_lid", Kind::Lid),
    (73, "if_wwn", Kind::Bytes),
    (74, "if_fc_id", Kind::Bytes),
    (75, "if_tx_speed", Kind::U64),
    (76, "if_erf_type", Kind::U32),
    (77, "if_link_type", Kind::U32),
    (78, "if_sfp_type", Kind::Text),
    (79, "if_rx_power", Kind::I32),
    (80, "if_tx_power", Kind::I32),
    (81, "if_link_status", Kind::U32),
    (82, "if_phy_mode", Kind::Text),
    (83, "if_port_type", Kind::U32),
    (84, "if_rx_latency", Kind::Span),
    (85, "tap_mode", Kind::U32),
    (86, "tap_fail_mode", Kind::U32),
    (87, "watchdog_expired", Kind::U32),
    (88, "watchdog_interval", Kind::U32),
    (128, "src_ipv4", Kind::Ipv4),
    (129, "dest_ipv4", Kind::Ipv4),
    (130, "src_ipv6", Kind::Ipv6),
    (131, "dest_ipv6", Kind::Ipv6),
    (132, "src_mac", Kind::Mac),
    (133, "dest_mac", Kind::Mac),
    (134, "src_eui", Kind::Eui),
    (135, "dest_eui", Kind::Eui),
    (136, "src_ib_gid", Kind::Ipv6),
    (137, "dest_ib_gid", Kind::Ipv6),
    (138, "src_ib_lid", Kind::Lid),
    (139, "dest_ib_lid", Kind::Lid),
    (140, "src_wwn", Kind::Bytes),
    (141, "dest_wwn", Kind::Bytes),
    (142, "src_fc_id", Kind::Bytes),
    (143, "dest_fc_id", Kind::Bytes),
    (144, "src_port", Kind::U32),
    (145, "dest_port", Kind::U32),
    (146, "ip_proto", Kind::U32),
    (147, "flow_hash", Kind::Bits32),
    (148, "filter_match", Kind::Text),
    (149, "filter_match_name", Kind::Text),
    (150, "error_flags", Kind::Bytes),
    (151, "initiator_pkts", Kind::U64),
    (152, "responder_pkts", Kind::U64),
    (153, "initiator_bytes", Kind::U64),
    (154, "responder_bytes", Kind::U64),
    (155, "initiator_min_entropy", Kind::Entropy),
    (156, "responder_min_entropy", Kind::Entropy),
    (157, "initiator_avg_entropy", Kind::Entropy),
    (158, "responder_avg_entropy", Kind::Entropy),
    (159, "initiator_max_entropy", Kind::Entropy),
    (160, "responder_max_entropy", Kind::Entropy),
    (161, "dpi_application", Kind::Text),
    (162, "dpi_confidence", Kind::Text),
    (163, "dpi_state", Kind::U32),
    (164, "dpi_protocol_stack", Kind::Text),
    (165, "flow_state", Kind::U32),
    (193, "start_time", Kind::Time),
    (194, "end_time", Kind::Time),
    (195, "stat_if_drop", Kind::U64),
    (196, "stat_frames", Kind::U64),
    (197, "stat_bytes", Kind::U64),
    (198, "stat_cap", Kind::U64),
    (199, "stat_cap_bytes", Kind::U64),
    (200, "stat_os_drop", Kind::U64),
    (201, "stat_ds_lctr", Kind::U64),
    (202, "stat_filter_match", Kind::U64),
    (203, "stat_filter_drop", Kind::U64),
    (204, "stat_too_short", Kind::U64),
    (205, "stat_too_long", Kind::U64),
    (206, "stat_rx_error", Kind::U64),
    (207, "stat_fcs_error", Kind::U64),
    (208, "stat_aborted", Kind::U64),
    (209, "stat_proto_error", Kind::U64),
    (210, "stat_b1_error", Kind::U64),
    (211, "stat_b2_error", Kind::U64),
    (212, "stat_b3_error", Kind::U64),
    (213, "stat_rei_error", Kind::U64),
    (214, "stat_drop", Kind::U64),
    (215, "stat_buf_drop", Kind::U64),
    (216, "stream_drop", Kind::U32),
    (217, "stream_buf_drop", Kind::U32),
    (256, "ns_host_ipv4", Kind::NameOfIpv4),
    (257, "ns_host_ipv6", Kind::NameOfIpv6),
    (258, "ns_host_mac", Kind::NameOfMac),
    (259, "ns_host_eui", Kind::NameOfEui),
    (260, "ns_host_ib_gid", Kind::NameOfIpv6),
    (261, "ns_host_ib_lid", Kind::NameOfLid),
    (262, "ns_host_wwn", Kind::Bytes),
    (263, "ns_host_fc_id", Kind::Bytes),
    (264, "ns_dns_ipv4", Kind::NameOfIpv4),
    (265, "ns_dns_ipv6", Kind::NameOfIpv6),
    (321, "exthdr", Kind::Bytes),
    (322, "pcap_ng_block", Kind::Bytes),
    (323, "asn1", Kind::Bytes),
    (384, "clk_source", Kind::U32),
    (385, "clk_state", Kind::U32),
    (386, "clk_threshold", Kind::Span),
    (387, "clk_correction", Kind::Span),
    (388, "clk_failures", Kind::U32),
    (389, "clk_resyncs", Kind::U32),
    (390, "clk_phase_error", Kind::Span),
    (391, "clk_input_pulses", Kind::U32),
    (392, "clk_rejected_pulses", Kind::U32),
    (393, "clk_phc_index", Kind::U32),
    (394, "clk_phc_offset", Kind::Span),
    (395, "clk_timebase", Kind::Text),
    (396, "clk_descr", Kind::Text),
    (397, "clk_out_source", Kind::U32),
    (398, "clk_link_mode", Kind::U32),
    (399, "ptp_domain_num", Kind::U32),
    (400, "ptp_steps_removed", Kind::U32),
    (401, "ptp_offset_from_master", Kind::PtpSpan),
    (402, "ptp_mean_path_delay", Kind::PtpSpan),
    (403, "ptp_parent_identity", Kind::Eui),
    (404, "ptp_parent_port_num", Kind::U32),
    (405, "ptp_gm_identity", Kind::Eui),
    (406, "ptp_gm_clock_quality", Kind::Bits32),
    (407, "ptp_current_utc_offset", Kind::I32),
    (408, "ptp_time_properties", Kind::Bits32),
    (409, "ptp_time_source", Kind::U32),
    (410, "ptp_clock_identity", Kind::Eui),
    (411, "ptp_port_num", Kind::U32),
    (412, "ptp_port_state", Kind::U32),
    (413, "ptp_delay_mechanism", Kind::U32),
    (414, "clk_port_proto", Kind::U32),
];

#[cfg(test)]
mod tests {
    use super::TAGS;

    #[test]
    fn tags_are_in_order() {
        assert!(TAGS.is_sorted_by_key(|tag| tag.0));
    }
}
