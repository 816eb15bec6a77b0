//! Descriptions of events, as the kernel writes them.

const TEXTS: [(&str, &str); 3] = [
    ("numbers", include_str!("events/numbers.txt")),
    ("call", include_str!("events/call.txt")),
    ("elsewhere", include_str!("events/elsewhere.txt")),
];

/// Target, name and bytes of each.
pub fn all() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    TEXTS.map(|(name, text)| ("format", name, text.as_bytes().to_vec())).into()
}
