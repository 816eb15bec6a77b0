//! A file whose writer was killed, and its guard with it.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read as _};
use std::path::Path;

use super::block::BLOCK_MIN;

/// What a file is like when it was looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// All that is left is whole; so many bytes of a block were cut off.
    Whole {
        /// How many bytes.
        cut: u64,
    },
    /// It is no file of this kind, or damaged, and left as it is.
    Damaged {
        /// Where, in bytes from its start.
        at: u64,
    },
}

/// Cuts off a last block that is not whole.
///
/// # Errors
/// When the file cannot be read or written.
pub fn repair(path: &Path) -> io::Result<Left> {
    let file = File::options().read(true).write(true).open(path)?;
    let len = file.metadata()?.len();
    let (mut reader, mut at) = (BufReader::new(&file), 0);
    while at < len {
        match block(&mut reader, len - at)? {
            Some(block) if block > 0 => at += block,
            None if at > 0 => {
                file.set_len(at)?;
                return Ok(Left::Whole { cut: len - at });
            }
            _ => return Ok(Left::Damaged { at }),
        }
    }
    Ok(Left::Whole { cut: 0 })
}

/// How long the block here is; nothing if it is cut short, 0 if it is none.
fn block(reader: &mut BufReader<&File>, left: u64) -> io::Result<Option<u64>> {
    let (Some(_), Some(len)) = (word(reader)?, word(reader)?) else { return Ok(None) };
    let bytes = u64::from(len);
    if bytes < BLOCK_MIN as u64 || !len.is_multiple_of(4) {
        return Ok(Some(0));
    }
    if bytes > left {
        return Ok(None);
    }
    reader.seek_relative(i64::from(len) - BLOCK_MIN as i64)?;
    Ok(word(reader)?.map(|last| if last == len { bytes } else { 0 }))
}

/// The next number, if it is there.
fn word(reader: &mut BufReader<&File>) -> io::Result<Option<u32>> {
    let mut bytes = [0; 4];
    match reader.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(u32::from_ne_bytes(bytes))),
        Err(e) if e.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(e) => Err(e),
    }
}
