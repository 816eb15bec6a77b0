//! What must hold for compressed bytes, taken apart without the rest of marey.

use std::io::{self, Read};

use marey::input::compress::{Broken, Compression, Taken, Unpack, opener};

/// How much is asked for at a time.
const PORTION_BYTES: usize = 64 << 10;
/// A portion may end with this much more: what one step of a decoder gives.
const STEP_BYTES_MAX: usize = 64 << 10;
/// A bomb is left alone after so many bytes.
const OUTPUT_BYTES_MAX: usize = 4 << 20;

/// What came out, up to the first damage.
#[derive(Debug)]
pub struct Unpacked {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The damage.
    pub broken: Option<Broken>,
    /// Whether that is all; else there is more than is looked at.
    pub whole: bool,
}

/// Gives one byte a call.
struct Dribble(io::Cursor<Vec<u8>>);

impl Read for Dribble {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let len = space.len().min(1);
        self.0.read(&mut space[..len])
    }
}

/// Unpacks `data` twice, at once and byte by byte: the output and the kind of end are the same.
pub fn check(kind: Compression, data: &[u8]) {
    let cursor = io::Cursor::new(data.to_vec());
    let at_once = unpack(opener(kind, Box::new(cursor.clone())), OUTPUT_BYTES_MAX);
    let dribbled = unpack(opener(kind, Box::new(Dribble(cursor))), OUTPUT_BYTES_MAX);
    let len = at_once.bytes.len().min(dribbled.bytes.len());
    assert!(at_once.bytes[..len] == dribbled.bytes[..len], "dribbled: other bytes");
    if at_once.whole && dribbled.whole {
        let ends = (&at_once.broken, &dribbled.broken);
        assert_eq!(at_once.bytes.len(), dribbled.bytes.len(), "dribbled: other length, {ends:?}");
        assert_eq!(at_once.broken.is_some(), dribbled.broken.is_some(), "dribbled: {ends:?}");
    }
}

/// Takes all there is, or a little more than `bytes_max`, and checks what `take` promises.
pub fn unpack(mut unpack: Box<dyn Unpack>, bytes_max: usize) -> Unpacked {
    let mut out = Vec::new();
    // The first damage, with what was there before it; and whether `take` has told of damage.
    let (mut damage, mut told) = (None, false);
    let mut whole = false;
    while out.len() <= bytes_max && !whole {
        let before = out.len();
        let taken = unpack.take(&mut out, PORTION_BYTES).expect("memory has no errors");
        let made = out.len() - before;
        assert!(!told || matches!(taken, Taken::End), "after damage comes nothing but the end");
        match taken {
            Taken::Bytes => {
                assert!(made > 0, "bytes without a byte");
                assert!(made <= PORTION_BYTES + STEP_BYTES_MAX, "{made} bytes in a portion");
            }
            _ => assert_eq!(made, 0, "bytes with {taken:?}"),
        }
        match taken {
            Taken::Bytes => {}
            Taken::Packed(unit) => {
                let result = unit.unpack(&mut out);
                assert!(out.len() - before <= unit.unpacked_bytes_max(), "more than it promised");
                damage = damage.or(result.err().map(|broken| (out.len(), broken)));
            }
            Taken::Broken(broken) => {
                let _ = broken.to_string();
                told = true;
                damage = damage.or(Some((out.len(), broken)));
            }
            Taken::End => whole = true,
        }
    }
    for _ in 0..if whole { 3 } else { 0 } {
        let after = unpack.take(&mut out, PORTION_BYTES).expect("memory has no errors");
        assert!(matches!(after, Taken::End), "after the end: {after:?}");
    }
    if let Some((len, _)) = damage {
        out.truncate(len);
    }
    let whole = whole || damage.is_some();
    Unpacked { bytes: out, broken: damage.map(|(_, broken)| broken), whole }
}
