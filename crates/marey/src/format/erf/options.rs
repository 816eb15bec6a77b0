//! What the headers of a packet say of it, as named fields.

use super::header::{self, Header, ext_type};
use crate::meta::{Field, Text, Value};

/// What the headers of the packet record at the start of `bytes` say.
pub(super) fn options(bytes: &[u8]) -> Vec<Field<'_>> {
    let Some(header) = Header::read(bytes, 0) else { return Vec::new() };
    let Some(about) = header.about() else { return Vec::new() };
    let flag = |bit: u8| Value::U64(u64::from(header.flags & bit != 0));
    let counter = u64::from(header.counter);
    let field = |name, value| Field { code: 0, name, part: "", value };
    let mut fields = vec![
        field("type", Value::Text(Text::new(about.name.as_bytes()))),
        field("interface", Value::U64(u64::from(header.interface()))),
        field("varying_length", flag(header::VARYING_LENGTH)),
        field("truncated", flag(header::TRUNCATED)),
        field("rx_error", flag(header::RX_ERROR)),
        field("ds_error", flag(header::DS_ERROR)),
        match about.is_colour {
            true => field("color", Value::Bits(counter)),
            false => field("lctr", Value::U64(counter)),
        },
    ];
    ext_fields(&header, bytes, &mut fields);
    if let Some(head_len) = header.head_len(about, bytes) {
        let sub_header = head_len - about.sub_header_len..head_len;
        sub_fields(header.record_type(), bytes.get(sub_header).unwrap_or(&[]), &mut fields);
    }
    fields
}

/// Bits of a number that have a name: name, lowest bit, width, and whether they are shown as bits.
type Bits = (&'static str, u32, u32, bool);

fn push_bits(
    fields: &mut Vec<Field<'_>>,
    code: u16,
    part: &'static str,
    value: u64,
    bits: &[Bits],
) {
    fields.extend(bits.iter().map(|&(name, low, width, as_bits)| {
        let value = value >> low & ((1 << width) - 1);
        let value = if as_bits { Value::Bits(value) } else { Value::U64(value) };
        Field { code, name, part, value }
    }));
}

/// The extension headers of a record, each as a part with its named fields.
pub(super) fn ext_fields<'a>(header: &Header, record: &[u8], fields: &mut Vec<Field<'a>>) {
    for ext in header.ext_headers(record) {
        let (part, bits) = ext_bits(ext_type(ext));
        push_bits(fields, u16::from(ext_type(ext)), part, ext, bits);
        if ext_type(ext) == header::ENTROPY {
            let value = Value::F32(super::tags::entropy_bits((ext >> 48) as u8));
            fields.push(Field { code: header::ENTROPY.into(), name: "entropy", part, value });
        }
    }
}

/// The name of an extension header and of its fields.
fn ext_bits(ext_type: u8) -> (&'static str, &'static [Bits]) {
    match ext_type {
        header::CLASSIFICATION => (
            "classification",
            &[
                ("search_hit", 55, 1, false),
                ("multiple_search_hits", 54, 1, false),
                ("user_classification", 36, 16, false),
                ("drop_steering", 34, 1, false),
                ("stream_steering", 32, 2, false),
                ("sequence_number", 0, 32, false),
            ],
        ),
        header::INTERCEPT_ID => ("intercept_id", &[("intercept_id", 32, 16, false)]),
        header::RAW_LINK => (
            "raw_link",
            &[
                ("sequence_number", 16, 16, false),
                ("rate", 8, 8, false),
                ("link_type", 0, 8, false),
            ],
        ),
        header::BFS => {
            ("bfs", &[("hash", 48, 8, true), ("color", 32, 16, true), ("raw_hash", 0, 32, true)])
        }
        header::CHANNELISED => (
            "channelised",
            &[
                ("more_bits", 55, 1, false),
                ("more_fragments", 54, 1, false),
                ("sequence_number", 40, 14, false),
                ("virtual_container_id", 24, 8, true),
                ("virtual_container_size", 16, 8, false),
                ("line_rate", 8, 8, false),
                ("frame_part_type", 0, 8, false),
            ],
        ),
        header::SIGNATURE => (
            "signature",
            &[("payload_hash", 32, 24, true), ("color", 24, 8, true), ("flow_hash", 0, 24, true)],
        ),
        header::PACKET_ID => ("packet_id", &[("packetid", 0, 56, true)]),
        header::FLOW_ID => (
            "flow_id",
            &[
                ("source_id", 48, 8, false),
                ("hash_type", 40, 8, false),
                ("stack_type", 32, 8, false),
                ("flow_hash", 0, 32, true),
            ],
        ),
        header::HOST_ID => ("host_id", &[("source_id", 48, 8, false), ("host_id", 0, 48, true)]),
        header::ANCHOR_ID => {
            ("anchor_id", &[("definition", 55, 1, false), ("anchor_id", 0, 48, true)])
        }
        header::ENTROPY => ("entropy", &[]),
        _ => ("extension", &[("unknown", 0, 56, true)]),
    }
}

/// The header between the extension headers and the body, by record type.
fn sub_fields<'a>(record_type: u8, sub_header: &[u8], fields: &mut Vec<Field<'a>>) {
    if let &[offset, pad] = sub_header {
        let value = u64::from(offset) << 8 | u64::from(pad);
        push_bits(fields, 0, "eth", value, &[("offset", 8, 8, false), ("pad", 0, 8, false)]);
    }
    let Some(value) = sub_header.first_chunk::<4>() else { return };
    let value = u64::from(u32::from_be_bytes(*value));
    let (part, bits): (&str, &[Bits]) = match record_type {
        5 | 17 => ("mc_hdlc", MC_HDLC),
        6 => ("mc_raw", MC_RAW),
        7 => ("mc_atm", MC_ATM),
        8 => ("mc_raw_channel", MC_RAW_CHANNEL),
        9 => ("mc_aal5", MC_AAL5),
        12 => ("mc_aal2", MC_AAL2),
        18 => ("aal2", AAL2),
        _ => return,
    };
    push_bits(fields, 0, part, value, bits);
}

const MC_HDLC: &[Bits] = &[
    ("connection", 0, 10, false),
    ("fcs_error", 24, 1, false),
    ("short_record_error", 25, 1, false),
    ("long_record_error", 26, 1, false),
    ("aborted_frame_error", 27, 1, false),
    ("octet_error", 28, 1, false),
    ("lost_byte_error", 29, 1, false),
    ("first_record", 30, 1, false),
];

const MC_RAW: &[Bits] = &[
    ("physical_interface", 0, 4, false),
    ("short_record_error", 25, 1, false),
    ("long_record_error", 26, 1, false),
    ("lost_byte_error", 29, 1, false),
    ("first_record", 30, 1, false),
];

const MC_ATM: &[Bits] = &[
    ("connection", 0, 10, false),
    ("multiplexed", 15, 1, false),
    ("physical_port", 16, 4, false),
    ("lost_byte_error", 24, 1, false),
    ("hec_corrected", 25, 1, false),
    ("oam_crc10_error", 26, 1, false),
    ("oam_cell", 27, 1, false),
    ("first_record", 28, 1, false),
];

const MC_RAW_CHANNEL: &[Bits] = &[
    ("connection", 0, 10, false),
    ("lost_byte_error", 29, 1, false),
    ("first_record", 30, 1, false),
];

const MC_AAL5: &[Bits] = &[
    ("connection", 0, 10, false),
    ("physical_port", 16, 4, false),
    ("crc_checked", 20, 1, false),
    ("crc_error", 21, 1, false),
    ("length_checked", 22, 1, false),
    ("length_error", 23, 1, false),
    ("first_record", 28, 1, false),
];

const MC_AAL2: &[Bits] = &[
    ("connection", 0, 10, false),
    ("physical_port", 16, 4, false),
    ("first_cell", 21, 1, false),
    ("maal_error", 22, 1, false),
    ("length_error", 23, 1, false),
    ("channel_id", 24, 8, false),
];

const AAL2: &[Bits] = &[
    ("channel_id", 0, 8, false),
    ("maal_error_number", 8, 8, false),
    ("maal_error", 16, 1, false),
    ("first_cell", 17, 1, false),
];
