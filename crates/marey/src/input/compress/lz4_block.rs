//! A plain decoder of lz4 blocks for those that are damaged or cut off: it keeps what comes
//! before the damage, which the library's fast one does not tell.

/// The shortest match.
const MATCH_LEN_MIN: usize = 4;

/// Decompresses as much of `data` as there is into `block`, with `history` before it; says how
/// much that is.
pub(super) fn salvage(data: &[u8], history: &[u8], block: &mut [u8]) -> usize {
    let mut block = Filled { block, count: 0, history };
    let mut data = data.iter();
    // It ends where it must, somewhere in `sequence`; there is no telling a good end from another.
    while sequence(&mut data, &mut block).is_some() {}
    block.count
}

/// Decompresses some literals and a match.
fn sequence(data: &mut std::slice::Iter<'_, u8>, block: &mut Filled<'_>) -> Option<()> {
    let token = *data.next()?;
    for _ in 0..length(token >> 4, data)? {
        block.push(*data.next()?)?;
    }
    let distance = usize::from(u16::from_le_bytes([*data.next()?, *data.next()?]));
    for _ in 0..length(token & 0x0f, data)? + MATCH_LEN_MIN {
        let byte = block.back(distance)?;
        block.push(byte)?;
    }
    Some(())
}

/// A length of four bits, or more of them.
fn length(nibble: u8, data: &mut std::slice::Iter<'_, u8>) -> Option<usize> {
    let mut length = usize::from(nibble);
    if nibble == 0x0f {
        loop {
            let byte = *data.next()?;
            length += usize::from(byte);
            if byte != 0xff {
                break;
            }
        }
    }
    Some(length)
}

/// The output, and what came before it.
struct Filled<'a> {
    block: &'a mut [u8],
    count: usize,
    history: &'a [u8],
}

impl Filled<'_> {
    fn push(&mut self, byte: u8) -> Option<()> {
        *self.block.get_mut(self.count)? = byte;
        self.count += 1;
        Some(())
    }

    /// The byte `distance` before the next one.
    fn back(&self, distance: usize) -> Option<u8> {
        if distance == 0 {
            return None;
        }
        let before = match self.count.checked_sub(distance) {
            Some(at) => self.block.get(at),
            None => self.history.get((self.history.len() + self.count).checked_sub(distance)?),
        };
        before.copied()
    }
}
