//! Where the secrets of a decryption secrets block end (pcapng draft, section 4.8).
//!
//! Secrets are never shown, options are. So what a too small length leaves behind the secrets is
//! taken for options only if all of it is options, up to the very end of the block.

use super::Reader;
use super::block::{self, BlockHead, padded};
use super::options::Options;

/// Where the secrets start.
const DATA: usize = block::BODY + 8;

/// What is in a block.
pub(super) struct Parts<'a> {
    /// The secrets, with all that may belong to them.
    pub secrets: &'a [u8],
    /// Where the options start.
    pub options: usize,
    /// How many bytes behind the stated length are no options.
    pub excess: usize,
}

/// Takes a block apart.
pub(super) fn parts<'a>(bytes: &'a [u8], head: BlockHead) -> Parts<'a> {
    let end = head.body_end(bytes);
    let rest = bytes.get(DATA..end).unwrap_or(&[]);
    let len = Reader::new(bytes, head.order).u32(block::BODY + 4).unwrap_or(0) as usize;
    let behind = rest.get(padded(len)..).unwrap_or(&[]);
    match rest.get(..len) {
        Some(secrets) if are_options(behind, head) => {
            Parts { secrets, options: end - behind.len(), excess: 0 }
        }
        _ => Parts { secrets: rest, options: end, excess: behind.len() },
    }
}

/// Whether `bytes` are options up to their end, with a mark of the end or without.
fn are_options(bytes: &[u8], head: BlockHead) -> bool {
    let mut options = Options::of(bytes, head.order);
    let fit = options.by_ref().all(|option| option.is_ok());
    fit && matches!(options.rest(), [] | [0, 0, 0, 0])
}
