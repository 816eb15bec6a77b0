//! Units that any thread can unpack, and bombs that are none.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use marey::input::compress::{Compression, Packed, Taken, opener};
use marey::testing::pack::{bgzf, bzip2, gzip, lz4, lzma, xz, xz_blocks, zstd};

use super::zstd::frames as zstd_frames;
use super::{MIB, memory, sample};

#[test]
fn units_can_be_unpacked_in_any_order() {
    let data = sample(5 * MIB, 31);
    let cases: [(Compression, Vec<u8>); 4] = [
        (Compression::Bgzf, bgzf(&data, 65_280)),
        (Compression::Zstd, zstd_frames(&data, 300_000)),
        (Compression::Xz, xz_blocks(&data, 300_000)),
        (Compression::Xz, xz_blocks(&data, 2_000_000)),
    ];
    for (kind, file) in cases {
        let mut unpack = opener(kind, memory(&file));
        let mut parts: Vec<(Vec<u8>, Option<Packed>)> = Vec::new();
        loop {
            let mut out = Vec::new();
            match unpack.take(&mut out, MIB).unwrap() {
                Taken::Bytes => parts.push((out, None)),
                Taken::Packed(unit) => parts.push((out, Some(unit))),
                Taken::Broken(damage) => panic!("{damage}"),
                Taken::End => break,
            }
        }
        let units = parts.iter().filter(|part| part.1.is_some()).count();
        assert!(units >= 3, "{kind}: {units} units of {}", parts.len());
        let (count, next) = (parts.len(), AtomicUsize::new(0));
        let parts: Vec<Mutex<_>> = parts.into_iter().map(Mutex::new).collect();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                // The last one first.
                scope.spawn(|| {
                    while let i @ 1.. = count.saturating_sub(next.fetch_add(1, Ordering::Relaxed)) {
                        let (out, unit) = &mut *parts[i - 1].lock().unwrap();
                        unit.iter().for_each(|unit| unit.unpack(out).unwrap());
                    }
                });
            }
        });
        let all: Vec<u8> =
            parts.into_iter().flat_map(|part| part.into_inner().unwrap().0).collect();
        assert!(all == data, "{kind}");
    }
}

#[test]
fn a_bomb_goes_off_in_portions() {
    let len = 100 * MIB;
    let zeros = vec![0; len];
    let cases = [
        (Compression::Gzip, gzip(&zeros)),
        (Compression::Zstd, zstd(&zeros, true, true)),
        (Compression::Zstd, zstd(&zeros, false, false)),
        (Compression::Lz4, lz4(&zeros, true, false)),
        (Compression::Xz, xz(&zeros)),
        (Compression::Lzma, lzma(&zeros, false)),
        (Compression::Bzip2, bzip2(&zeros)),
    ];
    drop(zeros);
    for (kind, file) in cases {
        assert!(file.len() < MIB);
        let mut unpack = opener(kind, memory(&file));
        let mut out = Vec::new();
        let mut total = 0;
        loop {
            out.clear();
            match unpack.take(&mut out, MIB).unwrap() {
                Taken::Bytes => assert!(out.len() <= MIB && out.capacity() <= 4 * MIB),
                Taken::End => break,
                other => panic!("{kind}: {other:?}"),
            }
            total += out.len();
        }
        assert_eq!(total, len, "{kind}");
    }
}
