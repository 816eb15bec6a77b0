//! The types of ERF records.

/// Writes the constants and the table of them.
macro_rules! kinds {
    ($($name:ident = $value:expr, $doc:expr;)*) => {
        $(#[doc = $doc] pub const $name: u8 = $value;)*
        /// Every type that has a name, with it.
        pub const ALL: &[(&str, u8)] = &[$((stringify!($name), $value)),*];
    };
}

kinds! {
    LEGACY = 0, "A record of a card from before ERF.";
    HDLC_POS = 1, "HDLC over SONET.";
    ETH = 2, "Ethernet.";
    ATM = 3, "An ATM cell, without its HEC.";
    AAL5 = 4, "A reassembled AAL5 frame.";
    MC_HDLC = 5, "HDLC of one of many channels.";
    MC_RAW = 6, "Raw bits of one of many channels.";
    MC_ATM = 7, "An ATM cell of one of many channels.";
    MC_RAW_CHANNEL = 8, "Raw bits of a whole channel.";
    MC_AAL5 = 9, "An AAL5 frame of one of many channels.";
    COLOR_HDLC_POS = 10, "HDLC, classified.";
    COLOR_ETH = 11, "Ethernet, classified.";
    MC_AAL2 = 12, "An AAL2 frame of one of many channels.";
    IP_COUNTER = 13, "Counters of IP packets.";
    TCP_FLOW_COUNTER = 14, "Counters of TCP flows.";
    DSM_COLOR_HDLC_POS = 15, "HDLC, steered by the card.";
    DSM_COLOR_ETH = 16, "Ethernet, steered by the card.";
    COLOR_MC_HDLC_POS = 17, "HDLC of one of many channels, classified.";
    AAL2 = 18, "A reassembled AAL2 frame.";
    COLOR_HASH_POS = 19, "HDLC, classified and hashed.";
    COLOR_HASH_ETH = 20, "Ethernet, classified and hashed.";
    INFINIBAND = 21, "InfiniBand.";
    IPV4 = 22, "IPv4, bare.";
    IPV6 = 23, "IPv6, bare.";
    RAW_LINK = 24, "A raw link.";
    INFINIBAND_LINK = 25, "InfiniBand's link layer.";
    META = 27, "Provenance: what is known about the recording.";
    OPA_SNC = 28, "Omni-Path.";
    OPA_9B = 29, "Omni-Path, 9B.";
    PAD = 48, "Padding.";
}

/// How long a type's sub-header is.
pub fn sub_header_len(kind: u8) -> usize {
    match kind {
        ETH | COLOR_ETH | DSM_COLOR_ETH | COLOR_HASH_ETH => 2,
        MC_HDLC..=MC_AAL5 | MC_AAL2 | COLOR_MC_HDLC_POS | AAL2 => 4,
        _ => 0,
    }
}
