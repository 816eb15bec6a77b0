//! Sources that give what they have when they have it, or fail in between.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use marey::input::compress::{Compression, Taken, opener};
use marey::testing::pack::{bgzf, bzip2, compress, gzip, lz4, xz_blocks, zstd};

use super::gzip::members;
use super::zstd::frames as zstd_frames;
use super::{Case, MIB, cases, read, sample};

/// A source that gives what it has in portions, and looks whether it is asked for more while
/// output that it made possible is still to be taken.
struct Interactive {
    portions: std::vec::IntoIter<(Vec<u8>, usize)>,
    possible: usize,
    taken: Arc<AtomicUsize>,
}

impl Read for Interactive {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let taken = self.taken.load(Ordering::Relaxed);
        assert!(taken >= self.possible, "{taken} taken of {}", self.possible);
        let Some((bytes, possible)) = self.portions.next() else { return Ok(0) };
        self.possible = possible;
        space[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

#[test]
fn output_is_not_held_back_for_more_input() {
    let data = sample(20_000, 37);
    let (first, second) = data.split_at(10_000);
    let by_size = |file: &[u8], size: usize| file.chunks(size).map(<[u8]>::to_vec).collect();
    let bgzf_file = bgzf(&data, 3000);
    let bounds = members(&bgzf_file);
    let bgzf_members = bounds.windows(2).map(|m| bgzf_file[m[0]..m[1]].to_vec());
    let cases: Vec<(Compression, Vec<Vec<u8>>)> = vec![
        (Compression::None, by_size(&data, 777)),
        (Compression::Gzip, by_size(&gzip(&data), 300)),
        (Compression::Bgzf, bgzf_members.collect()),
        (Compression::Zstd, vec![zstd(first, true, true), zstd(second, true, false)]),
        (Compression::Zstd, by_size(&zstd_frames(&data, 900), 300)),
        (Compression::Lz4, vec![lz4(first, true, true), lz4(second, true, true)]),
        (Compression::Xz, by_size(&xz_blocks(&data, 2000), 300)),
        (Compression::Bzip2, vec![bzip2(first), bzip2(second)]),
        (Compression::Compress, by_size(&compress(&data, 16, true, 70_001), 300)),
    ];
    for (kind, portions) in cases {
        let mut so_far = Vec::new();
        let mut list = Vec::new();
        for portion in portions {
            so_far.extend_from_slice(&portion);
            list.push((portion, read(kind, &so_far).0.len()));
        }
        let taken = Arc::new(AtomicUsize::new(0));
        let portions = list.into_iter();
        let source = Interactive { portions, possible: 0, taken: Arc::clone(&taken) };
        let mut unpack = opener(kind, Box::new(source));
        let mut out = Vec::new();
        loop {
            match unpack.take(&mut out, MIB).unwrap() {
                Taken::Bytes => {}
                Taken::Packed(unit) => unit.unpack(&mut out).unwrap(),
                Taken::Broken(damage) => panic!("{damage}"),
                Taken::End => break,
            }
            taken.store(out.len(), Ordering::Relaxed);
        }
        assert!(out == data, "{kind}");
    }
}

/// A source that fails between portions.
struct Failing(Vec<Result<Vec<u8>, io::ErrorKind>>);

impl Read for Failing {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        match self.0.pop() {
            None => Ok(0),
            Some(Err(kind)) => Err(kind.into()),
            Some(Ok(bytes)) => {
                space[..bytes.len()].copy_from_slice(&bytes);
                Ok(bytes.len())
            }
        }
    }
}

#[test]
fn errors_of_the_source_come_through_and_lose_nothing() {
    let data = sample(20_000, 41);
    for Case { name, kind, make, .. } in cases() {
        let file = make(&data);
        let mut reads = Vec::new();
        for chunk in file.chunks(1000).rev() {
            reads.push(Ok(chunk.to_vec()));
            reads.push(Err(io::ErrorKind::ConnectionReset));
            reads.push(Err(io::ErrorKind::WouldBlock));
        }
        let mut unpack = opener(kind, Box::new(Failing(reads)));
        let (mut out, mut errors) = (Vec::new(), 0);
        loop {
            let before = out.len();
            match unpack.take(&mut out, MIB) {
                Ok(Taken::Bytes) => {}
                Ok(Taken::Packed(unit)) => unit.unpack(&mut out).unwrap(),
                Ok(Taken::Broken(damage)) => panic!("{name}: {damage}"),
                Ok(Taken::End) => break,
                Err(_) => {
                    assert_eq!(out.len(), before);
                    errors += 1;
                }
            }
        }
        assert!(errors >= file.len().div_ceil(1000), "{name}: {errors} errors");
        assert!(out == data, "{name}");
    }
}
