//! Compressed files for tests: packers for every container that marey unpacks.
//!
//! They write to memory, which takes everything, so none of them fails.

use std::io::Write;

mod lzw;

pub use lzw::compress;

/// Why no writer here fails.
const MEMORY: &str = "memory takes everything";

/// One gzip member, with all that its header may hold.
pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut writer = flate2::GzBuilder::new()
        .filename("a name")
        .extra(&b"XX\x03\x00abc"[..])
        .comment("a comment")
        .write(Vec::new(), flate2::Compression::new(6));
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}

/// One gzip member that is not compressed.
pub fn gzip_stored(data: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}

/// bgzf in members of at most `size` bytes, and the empty one that ends such a file.
pub fn bgzf(data: &[u8], size: usize) -> Vec<u8> {
    let mut file = Vec::new();
    for chunk in data.chunks(size).chain([&[][..]]) {
        let level = flate2::Compression::new(6);
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), level);
        writer.write_all(chunk).expect(MEMORY);
        let body = writer.finish().expect(MEMORY);
        file.extend_from_slice(&[0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 0xFF, 6, 0, b'B', b'C', 2, 0]);
        file.extend_from_slice(&(body.len() as u16 + 25).to_le_bytes());
        file.extend_from_slice(&body);
        let mut crc = flate2::Crc::new();
        crc.update(chunk);
        file.extend_from_slice(&crc.sum().to_le_bytes());
        file.extend_from_slice(&(chunk.len() as u32).to_le_bytes());
    }
    file
}

/// One zstd frame, with a checksum or its size if wanted.
pub fn zstd(data: &[u8], checksum: bool, size: bool) -> Vec<u8> {
    let mut writer = ::zstd::stream::Encoder::new(Vec::new(), 3).expect(MEMORY);
    writer.include_checksum(checksum).expect(MEMORY);
    if size {
        writer.set_pledged_src_size(Some(data.len() as u64)).expect(MEMORY);
    }
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}

/// A frame that readers of zstd and lz4 skip.
pub fn skippable() -> Vec<u8> {
    b"\x5A\x2A\x4D\x18\x05\x00\x00\x00never".to_vec()
}

/// One lz4 frame of blocks that refer to one another or not, with all checksums and its size or
/// without.
pub fn lz4(data: &[u8], linked: bool, sums: bool) -> Vec<u8> {
    use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
    let info = FrameInfo::new()
        .block_mode(if linked { BlockMode::Linked } else { BlockMode::Independent })
        .block_size(BlockSize::Max64KB)
        .block_checksums(sums)
        .content_checksum(sums)
        .content_size(sums.then_some(data.len() as u64));
    let mut writer = FrameEncoder::with_frame_info(info, Vec::new());
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}

/// The legacy lz4 format, in blocks of `size` bytes.
pub fn lz4_legacy(data: &[u8], size: usize) -> Vec<u8> {
    let mut file = vec![0x02, 0x21, 0x4C, 0x18];
    for chunk in data.chunks(size) {
        let block = lz4_flex::block::compress(chunk);
        file.extend_from_slice(&(block.len() as u32).to_le_bytes());
        file.extend_from_slice(&block);
    }
    file
}

/// An xz stream of one block without its sizes in its header.
pub fn xz(data: &[u8]) -> Vec<u8> {
    let mut writer = liblzma::write::XzEncoder::new(Vec::new(), 1);
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}

/// An xz stream of blocks of `size` bytes with their sizes in their headers, as `xz -T` makes them.
pub fn xz_blocks(data: &[u8], size: u64) -> Vec<u8> {
    use liblzma::stream::{Check, MtStreamBuilder};
    let mut builder = MtStreamBuilder::new();
    let stream = builder.threads(1).preset(1).block_size(size).check(Check::Crc64).encoder();
    let mut writer = liblzma::write::XzEncoder::new_stream(Vec::new(), stream.expect(MEMORY));
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}

/// A `.lzma` file that ends with a mark, or with its size in its header as well.
pub fn lzma(data: &[u8], size: bool) -> Vec<u8> {
    use liblzma::stream::{LzmaOptions, Stream};
    let options = LzmaOptions::new_preset(1).expect(MEMORY);
    let stream = Stream::new_lzma_encoder(&options).expect(MEMORY);
    let mut writer = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
    writer.write_all(data).expect(MEMORY);
    let mut file = writer.finish().expect(MEMORY);
    if size {
        file[5..13].copy_from_slice(&(data.len() as u64).to_le_bytes());
    }
    file
}

/// One bzip2 stream.
pub fn bzip2(data: &[u8]) -> Vec<u8> {
    let mut writer = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::new(1));
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}
