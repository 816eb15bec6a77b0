//! Against the command-line tools: each reads what the other writes.

use std::io::Write as _;
use std::process::{Command, Stdio};

use marey::input::compress::{Compression, recognise};

use super::{Case, MIB, cases, read, sample};

/// What `command` makes of `input`, or `None` with a printed reason if it is missing.
fn tool(command: &str, input: &[u8]) -> Option<Vec<u8>> {
    let mut words = command.split(' ');
    let name = words.next()?;
    let spawned = Command::new(name)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(e) => {
            println!("skipped: {name}: {e}");
            return None;
        }
    };
    let mut stdin = child.stdin.take()?;
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join();
    Some(output.stdout)
}

#[test]
fn what_the_tools_write_is_read() {
    let data = sample(2 * MIB, 43);
    for (kind, command) in [
        (Compression::Gzip, "gzip -c"),
        (Compression::Bgzf, "bgzip -c"),
        (Compression::Zstd, "zstd -c -q"),
        (Compression::Zstd, "zstd -c -q --long=27 --check"),
        (Compression::Zstd, "pzstd -c -q -p 2"),
        (Compression::Lz4, "lz4 -c -q"),
        (Compression::Lz4, "lz4 -c -q -B4 -BD -BX"),
        (Compression::Lz4, "lz4 -c -q -l"),
        (Compression::Xz, "xz -c"),
        (Compression::Xz, "xz -c -T2 --block-size=300000"),
        (Compression::Xz, "xz -c --check=sha256 --block-size=300000 --x86 --lzma2=preset=1"),
        (Compression::Xz, "xz -c --check=none --delta=dist=4 --lzma2=preset=0"),
        (Compression::Lzma, "xz -c --format=lzma"),
        (Compression::Bzip2, "bzip2 -c"),
        (Compression::Compress, "compress -c"),
        // Not -b 9: compress 4.2 then writes a code that does not fit, which nobody can read.
        (Compression::Compress, "compress -c -b 10"),
        (Compression::Compress, "compress -c -b 13"),
    ] {
        let Some(file) = tool(command, &data) else { continue };
        assert_eq!(recognise(&file), Some(kind), "{command}");
        let (out, damage) = read(kind, &file);
        assert_eq!(damage, None, "{command}");
        assert!(out == data, "{command}");
    }
}

#[test]
fn the_tools_read_what_our_writers_write() {
    let data = sample(200_000, 47);
    for Case { name, kind, make, .. } in cases() {
        let command = match kind {
            Compression::Bgzf => "bgzip -dc",
            Compression::Zstd => "zstd -dc -q",
            Compression::Lz4 => "lz4 -dc -q",
            Compression::Xz => "xz -dc",
            Compression::Lzma => "xz -dc --format=lzma",
            Compression::Bzip2 => "bzip2 -dc",
            // gzip goes on to 10 bits when a table for 9 is full, though nobody writes that.
            _ if name == "compress -b 9" => continue,
            // It reads .Z, too.
            _ => "gzip -dc",
        };
        let Some(out) = tool(command, &make(&data)) else { continue };
        assert!(out == data, "{command} of {name}: {} bytes", out.len());
    }
}
