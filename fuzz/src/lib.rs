//! Fuzz targets of marey: what must hold for any bytes.
//!
//! Each function takes any bytes and panics when a promise is broken. A program of the same name
//! in `fuzz_targets/` hands it to libFuzzer; `tests/replay.rs` calls it with every file of
//! `seeds/NAME/`, on stable Rust. Without libFuzzer the programs call it with the files they are
//! given, so that a crash found elsewhere can be looked at with a debugger.

use std::process::ExitCode;

use marey::input::Compression;
use marey::input::compress::recognise;

mod definition;
mod event;
mod handler;
pub mod steer;
mod trace;
mod unpack;
mod walk;

/// A target, as [`TARGETS`] lists it.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: [(&str, Target); 17] = [
    ("bzip2", bzip2),
    ("compress", compress),
    ("config", config),
    ("erf", erf),
    ("filter", filter),
    ("format", format),
    ("gzip", gzip),
    ("lz4", lz4),
    ("pcap", pcap),
    ("pcapng", pcapng),
    ("print_any", print_any),
    ("snoop", snoop),
    ("walk", walk),
    ("words", words),
    ("xz", xz),
    ("yaml", yaml),
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
    trace::check(data, None);
}

/// A pcap file of any flavour.
pub fn pcap(data: &[u8]) {
    trace::check(&steer::pcap(data), Some("pcap"));
}

/// A pcapng file.
pub fn pcapng(data: &[u8]) {
    trace::check(&steer::pcapng(data), Some("pcapng"));
}

/// An ERF file.
pub fn erf(data: &[u8]) {
    trace::check(&steer::erf(data), Some("erf"));
}

/// A snoop file.
pub fn snoop(data: &[u8]) {
    trace::check(&steer::snoop(data), Some("snoop"));
}

/// A packet: its link type and what more of it was on the wire, then its bytes.
pub fn walk(data: &[u8]) {
    walk::check(data);
}

/// A gzip stream, also a bgzf one.
pub fn gzip(data: &[u8]) {
    unpack::check(Compression::Gzip, data);
}

/// A zstd stream.
pub fn zstd(data: &[u8]) {
    unpack::check(Compression::Zstd, data);
}

/// An lz4 stream.
pub fn lz4(data: &[u8]) {
    unpack::check(Compression::Lz4, data);
}

/// An xz stream, or a `.lzma` file if it looks like one.
pub fn xz(data: &[u8]) {
    let is_lzma = recognise(data) == Some(Compression::Lzma);
    unpack::check(if is_lzma { Compression::Lzma } else { Compression::Xz }, data);
}

/// A bzip2 stream.
pub fn bzip2(data: &[u8]) {
    unpack::check(Compression::Bzip2, data);
}

/// A stream of the old `compress`.
pub fn compress(data: &[u8]) {
    unpack::check(Compression::Compress, data);
}

/// A filter, or a program of handlers.
pub fn filter(data: &[u8]) {
    handler::check(data);
}

/// The description of an event of the kernel.
pub fn format(data: &[u8]) {
    event::check(data);
}

/// The words of a program of handlers.
pub fn words(data: &[u8]) {
    handler::check_words(data);
}

/// A configuration of a trace, as YAML.
pub fn config(data: &[u8]) {
    definition::check(data);
}

/// A file of YAML.
pub fn yaml(data: &[u8]) {
    definition::check_yaml(data);
}
