//! Fuzz targets of marey: what must hold for any bytes.
//!
//! Each function takes any bytes and panics when a promise is broken. A program of the same name
//! in `fuzz_targets/` hands it to libFuzzer; `tests/replay.rs` calls it with every file of
//! `seeds/NAME/`, on stable Rust. Without libFuzzer the programs call it with the files they are
//! given, so that a crash found elsewhere can be looked at with a debugger.

use std::process::ExitCode;

/// A target, as [`TARGETS`] lists it.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: [(&str, Target); 11] = [
    ("bzip2", bzip2),
    ("compress", compress),
    ("erf", erf),
    ("gzip", gzip),
    ("lz4", lz4),
    ("pcap", pcap),
    ("pcapng", pcapng),
    ("print_any", print_any),
    ("snoop", snoop),
    ("xz", xz),
    ("zstd", zstd),
];

/// Makes a program of a target: for libFuzzer under `cargo fuzz`, else for files.
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|data: &[u8]| $crate::$name(data));

        #[cfg(not(fuzzing))]
        fn main() -> std::process::ExitCode {
            $crate::replay_files($crate::$name, std::env::args_os().skip(1))
        }
    };
}

/// Calls `target` with each file; the status is 2 when one cannot be read or none is given.
pub fn replay_files(
    target: Target,
    paths: impl IntoIterator<Item = std::ffi::OsString>,
) -> ExitCode {
    let mut count = 0;
    for path in paths {
        match std::fs::read(&path) {
            Ok(data) => target(&data),
            Err(error) => {
                eprintln!("{}: {error}", path.display());
                return ExitCode::from(2);
            }
        }
        count += 1;
    }
    println!("{count} files replayed");
    if count > 0 { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

/// Anything: recognised, opened and printed in full, whatever it is.
pub fn print_any(data: &[u8]) {
    let formats: [fn(&[u8]) -> bool; 4] = [is_pcap, is_pcapng, is_erf, is_snoop];
    let known = formats.into_iter().filter(|is| is(data)).count();
    assert!(known <= 2, "magics overlap");
}

/// A pcap file of any flavour.
pub fn pcap(data: &[u8]) {
    is_pcap(data);
}

/// A pcapng file.
pub fn pcapng(data: &[u8]) {
    is_pcapng(data);
}

/// An ERF file.
pub fn erf(data: &[u8]) {
    is_erf(data);
}

/// A snoop file.
pub fn snoop(data: &[u8]) {
    is_snoop(data);
}

/// A gzip stream.
pub fn gzip(data: &[u8]) {
    starts_with(data, &[0x1f, 0x8b]);
}

/// A zstd stream.
pub fn zstd(data: &[u8]) {
    starts_with(data, &[0x28, 0xb5, 0x2f, 0xfd]);
}

/// An lz4 stream.
pub fn lz4(data: &[u8]) {
    starts_with(data, &[0x04, 0x22, 0x4d, 0x18]);
}

/// An xz stream.
pub fn xz(data: &[u8]) {
    starts_with(data, &[0xfd, b'7', b'z', b'X', b'Z', 0x00]);
}

/// A bzip2 stream.
pub fn bzip2(data: &[u8]) {
    starts_with(data, b"BZh");
}

/// A stream of the old `compress`.
pub fn compress(data: &[u8]) {
    starts_with(data, &[0x1f, 0x9d]);
}

fn is_pcap(data: &[u8]) -> bool {
    const MAGICS: [u32; 3] = [0xa1b2_c3d4, 0xa1b2_3c4d, 0xa1b2_cd34];
    let magics = MAGICS.into_iter().flat_map(|magic| [magic.to_be_bytes(), magic.to_le_bytes()]);
    magics.into_iter().any(|magic| starts_with(data, &magic))
}

fn is_pcapng(data: &[u8]) -> bool {
    starts_with(data, &[0x0a, 0x0d, 0x0d, 0x0a])
}

/// ERF has no magic: a record's length must hold its header and end within the data.
fn is_erf(data: &[u8]) -> bool {
    let Some(&[high, low]) = data.get(10..12) else { return false };
    let length = usize::from(u16::from_be_bytes([high, low]));
    (16..=data.len()).contains(&length)
}

fn is_snoop(data: &[u8]) -> bool {
    starts_with(data, b"snoop\0\0\0")
}

fn starts_with(data: &[u8], magic: &[u8]) -> bool {
    data.starts_with(magic)
}
