//! Large traces, written to wherever one likes.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use clap::ValueEnum;
use marey::testing::large::{self, Answer};

/// What kind of trace to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// pcap, whole frames of mixed traffic, 840 bytes in the mean.
    Big,
    /// The same packets, in pcapng.
    BigPcapng,
    /// pcap, the same frames cut to 96 bytes.
    HeadersOnly,
    /// The same packets, in pcapng.
    HeadersOnlyPcapng,
    /// pcapng whose packets carry pcap and pcapng files.
    Nested,
    /// pcap whose packets do.
    NestedPcap,
}

/// The seed of all of them.
pub const SEED: u64 = 1;

/// Writes a trace of at least `bytes` bytes.
///
/// # Errors
/// What `out` says.
pub fn write(kind: Kind, bytes: u64, out: &mut dyn Write) -> io::Result<Answer> {
    let make = match kind {
        Kind::Big => large::big,
        Kind::BigPcapng => large::big_pcapng,
        Kind::HeadersOnly => large::headers_only,
        Kind::HeadersOnlyPcapng => large::headers_only_pcapng,
        Kind::Nested => large::nested,
        Kind::NestedPcap => large::nested_pcap,
    };
    make(out, bytes, SEED)
}

/// Writes a trace of at least `bytes` bytes to a file, or with `-` to the standard output.
///
/// # Errors
/// When the file cannot be written.
pub fn write_file(kind: Kind, bytes: u64, path: &Path) -> io::Result<Answer> {
    if path == Path::new("-") {
        return write(kind, bytes, &mut io::stdout().lock());
    }
    write(kind, bytes, &mut File::create(path)?)
}

/// A number of bytes: digits, and `K`, `M` or `G` for the powers of 1024.
///
/// # Errors
/// What is no such number; the text says what is one.
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    let upper = text.to_ascii_uppercase();
    let upper = upper.strip_suffix("IB").unwrap_or(&upper);
    let shift = match upper.as_bytes().last() {
        Some(b'K') => 10,
        Some(b'M') => 20,
        Some(b'G') => 30,
        _ => 0,
    };
    let digits = if shift > 0 { &upper[..upper.len() - 1] } else { upper };
    let number: Option<u64> = digits.parse().ok();
    number
        .and_then(|number| number.checked_mul(1 << shift))
        .ok_or_else(|| "not a number of bytes as 1000, 64K, 16M or 1GiB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_bytes_are_read() {
        let read = |text| parse_bytes(text).ok();
        let wanted = [Some(7), Some(64 << 10), Some(16 << 20), Some(1 << 30), None, None, None];
        assert_eq!(["7", "64K", "16MiB", "1g", "", "K", "9999999999999G"].map(read), wanted);
    }

    #[test]
    fn each_kind_is_as_long_as_asked_and_knows_its_answer() {
        for kind in Kind::value_variants() {
            let mut bytes = Vec::new();
            let answer = write(*kind, 100_000, &mut bytes).expect("memory takes everything");
            assert!(bytes.len() >= 100_000, "{kind:?}: {}", bytes.len());
            assert!(answer.packets > 5, "{kind:?}: {answer:?}");
        }
    }
}
