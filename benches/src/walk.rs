//! The bare walk: the least that must be done to count the packets of a pcap file.

use std::fs::File;
use std::io::{self, Error, Read};
use std::path::Path;

/// How much is read at once.
const BUFFER_BYTES: usize = 256 << 10;
/// The buffer begins at a page, as marey's does: 16 bytes behind one, where an allocator puts it,
/// `read` is twice as slow on some processors.
const PAGE_BYTES: usize = 4096;
const FILE_HEADER_BYTES: usize = 24;
const RECORD_HEADER_BYTES: usize = 16;

/// Counts the packets of a little-endian pcap file and adds up their captured bytes.
///
/// # Errors
/// What the operating system says, and a file that ends within a record or is of another kind.
pub fn count(path: &Path) -> io::Result<(u64, u64)> {
    let mut file = File::open(path)?;
    let mut header = [0; FILE_HEADER_BYTES];
    file.read_exact(&mut header)?;
    if header[..4] != 0xA1B2_C3D4_u32.to_le_bytes() {
        return Err(Error::other("the walk knows little-endian pcap of microseconds only"));
    }
    let mut memory = vec![0; BUFFER_BYTES + 2 * PAGE_BYTES];
    // A page is left in front: for the beginning of a record header that the last read cut.
    let page = PAGE_BYTES + memory[PAGE_BYTES..].as_ptr().align_offset(PAGE_BYTES);
    let (mut packets, mut bytes) = (0, 0);
    // How much of the next read belongs to the packet before it; how much of a header is there.
    let (mut skip, mut carried) = (0, 0);
    loop {
        let read = file.read(&mut memory[page..page + BUFFER_BYTES])?;
        if read == 0 {
            break;
        }
        let window = &memory[page - carried..page + read];
        let mut at = skip;
        while let Some(header) = window.get(at..).and_then(<[u8]>::first_chunk) {
            let captured = captured_len(header);
            packets += 1;
            bytes += u64::from(captured);
            at += RECORD_HEADER_BYTES + captured as usize;
        }
        skip = at.saturating_sub(window.len());
        carried = window.len().saturating_sub(at);
        memory.copy_within(page + read - carried..page + read, page - carried);
    }
    match (skip, carried) {
        (0, 0) => Ok((packets, bytes)),
        _ => Err(Error::other("the file ends within a record")),
    }
}

#[inline]
fn captured_len(header: &[u8; RECORD_HEADER_BYTES]) -> u32 {
    u32::from_le_bytes([header[8], header[9], header[10], header[11]])
}
