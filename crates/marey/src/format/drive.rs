//! For tests: drives a format over a whole input, as the pipeline does with windows of its own.

use super::{Account, Cut, Damage, Format, Framed, Kind, Recognised, Walk};
use crate::record::Head;

/// What a walk over an input gave.
#[derive(Debug)]
pub(crate) struct Driven {
    pub starts: Vec<u64>,
    pub damage: Vec<Damage>,
    pub account: Account,
    /// Their places are relative to the input.
    pub heads: Vec<Head>,
    pub cut: Cut,
}

/// Walks over `bytes` in windows that are `step` bytes longer than a walk asks for, or over all at
/// once.
pub(crate) fn drive(format: &dyn Format, bytes: &[u8], step: Option<usize>) -> Driven {
    let mut driven = Driven {
        starts: Vec::new(),
        damage: Vec::new(),
        account: Account::default(),
        heads: Vec::new(),
        cut: format.start(),
    };
    let mut out = Framed::default();
    let (mut at, mut window_len) = (0, step.unwrap_or(bytes.len()).min(bytes.len()));
    loop {
        let window = &bytes[at..at + window_len];
        let end = at + window_len == bytes.len();
        let before = driven.cut.clone();
        out.clear();
        let walk = format.frame(window, end, &mut driven.cut, &mut out);
        driven.take(format, window, &before, &out);
        at += out.consumed;
        match walk {
            Walk::End => break,
            Walk::More(more) => {
                assert!(!end, "a walk that asks for more than there is");
                assert!(more > window.len() - out.consumed, "a walk that asks for what is there");
                window_len = (more + step.unwrap_or(bytes.len())).min(bytes.len() - at);
            }
        }
    }
    assert_eq!(at, bytes.len());
    assert_eq!(driven.account.sum(), bytes.len() as u64);
    driven
}

impl Driven {
    fn take(&mut self, format: &dyn Format, window: &[u8], before: &Cut, out: &Framed) {
        let base = before.offset;
        let first = self.heads.len();
        format.decode(window, &out.starts, &mut before.scene.clone(), &mut self.heads);
        assert_eq!(self.heads.len() - first, out.starts.len());
        for head in &mut self.heads[first..] {
            head.start += base as u32;
            head.body += base as u32;
        }
        self.starts.extend(out.starts.iter().map(|&start| base + u64::from(start)));
        for damage in &out.damage {
            match self.damage.last_mut() {
                Some(last) if last.offset + last.len == damage.offset => last.len += damage.len,
                _ => self.damage.push(damage.clone()),
            }
        }
        self.account.add(&out.account);
        self.cut.offset += out.consumed as u64;
        self.cut.record += out.starts.len() as u64;
    }
}

/// Walks all at once, and in small windows; both must give the same. Returns the first.
pub(crate) fn drive_alike(format: &dyn Format, bytes: &[u8]) -> Driven {
    let whole = drive(format, bytes, None);
    for step in [0, 1, 13] {
        let part = drive(format, bytes, Some(step));
        assert_eq!(whole.starts, part.starts, "step {step}");
        assert_eq!(whole.damage, part.damage, "step {step}");
        assert_eq!(whole.account, part.account, "step {step}");
        assert_eq!(whole.cut.carry, part.cut.carry, "step {step}");
        assert_eq!(whole.cut.source_lost(), part.cut.source_lost(), "step {step}");
        assert_eq!(format!("{:?}", whole.heads), format!("{:?}", part.heads), "step {step}");
        let scenes = [&whole, &part].map(|d| format!("{:?}", d.cut.scene));
        assert_eq!(scenes[0], scenes[1], "step {step}");
    }
    whole
}

/// The words for what recognition says, and the bytes that it asks for.
pub(crate) fn recognised(kind: &Kind, bytes: &[u8], end: bool) -> String {
    match (kind.recognise)(bytes, end) {
        Recognised::Yes(_) => "yes".to_owned(),
        Recognised::No => "no".to_owned(),
        Recognised::More(len) => format!("more {len}"),
        Recognised::Refused(error) => format!("refused: {error}"),
    }
}

/// Numbers that look random and are the same every time.
pub(crate) struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| (self.next() >> 24) as u8).collect()
    }
}

/// Calls all of a format's functions with these bytes, in search of a panic.
pub(crate) fn prod(kind: &Kind, format: &dyn Format, bytes: &[u8]) {
    let scene = format.start().scene;
    for end in [false, true] {
        let _ = (kind.recognise)(bytes, end);
    }
    drive_alike(format, bytes);
    for at in [0, 1, 7, 16] {
        let bytes = bytes.get(at..).unwrap_or(&[]);
        let (items, _) = format.meta_items(bytes, &scene);
        scene.clone().apply(&items);
        format.meta_fields(bytes, &scene);
        format.packet_options(bytes, &scene);
        format.raw_time(bytes, &scene);
    }
}
