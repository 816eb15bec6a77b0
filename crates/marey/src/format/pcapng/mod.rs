//! pcapng (stub).
use super::{Kind as FormatKind, Recognised};

/// How the format is recognised, and what it is called.
pub const KIND: FormatKind = FormatKind {
    name: "pcapng",
    aliases: &[],
    description: "pcap next generation",
    recognise: |_, _| Recognised::No,
};
