//! gzip (RFC 1952), serially; [`bgzf`](super::bgzf) is the parallel side of it.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::Compression;
use super::bgzf::{self, Gathered};
use super::engine::{Codec, Decode, Garbage, Pump, Pumped, Ran, Step, Want, broken};
use super::packed::{Packed, Way};
use super::source::{Parsed, Source, first, le, le32, magic};

/// The length of a member's header without its optional fields.
const HEADER_LEN: usize = 10;
/// The length of what follows the compressed data: CRC-32 and size.
pub(super) const TRAILER_LEN: usize = 8;
/// How long a header may be: an extra field of 64 KiB, and as much for the file's name.
const HEADER_LEN_MAX: usize = 128 << 10;

// RFC 1952 §2.3.1: FLG.
const FHCRC: u8 = 0x02;
const FEXTRA: u8 = 0x04;
const FNAME: u8 = 0x08;
const FCOMMENT: u8 = 0x10;
const RESERVED: u8 = 0xe0;

/// What is said when a member does not end.
const TRUNCATED: &str = "the gzip data ends in the middle of a member";

/// A member's header.
pub(super) struct Header {
    /// Its length.
    pub(super) len: usize,
    /// The length of the whole member, if it is one of bgzf.
    pub(super) member_len: Option<usize>,
}

/// Looks at the header of a member.
pub(super) fn header(bytes: &[u8]) -> Parsed<Header> {
    match magic(bytes, &[0x1f, 0x8b]) {
        Parsed::Is(()) => {}
        Parsed::Short => return Parsed::Short,
        _ => return Parsed::Other,
    }
    match (bytes.get(2), bytes.get(3)) {
        (Some(8), Some(flags)) if flags & RESERVED != 0 => {
            Parsed::Bad(format!("the gzip header has unknown flags 0x{flags:02x}"))
        }
        (Some(8) | None, None) => Parsed::Short,
        (Some(8), Some(&flags)) => match fields(bytes, flags) {
            Some(Ok(header)) => Parsed::Is(header),
            Some(Err(reason)) => Parsed::Bad(reason),
            None if bytes.len() >= HEADER_LEN_MAX => {
                Parsed::Bad(format!("the gzip header is longer than {HEADER_LEN_MAX} bytes"))
            }
            None => Parsed::Short,
        },
        (method, _) => {
            let method = method.copied().unwrap_or_default();
            Parsed::Bad(format!("the gzip data is compressed by an unknown method, {method}"))
        }
    }
}

/// Walks the optional fields; `None` if the header is not all there.
fn fields(bytes: &[u8], flags: u8) -> Option<Result<Header, String>> {
    let mut len = HEADER_LEN;
    let mut member_len = None;
    if flags & FEXTRA != 0 {
        let extra_len = le::<2>(bytes, len)? as usize;
        member_len = bgzf::member_len(bytes.get(len + 2..len + 2 + extra_len)?);
        len += 2 + extra_len;
    }
    for field in [FNAME, FCOMMENT] {
        if flags & field != 0 {
            len += bytes.get(len..)?.iter().position(|&byte| byte == 0)? + 1;
        }
    }
    let before = bytes.get(..len)?;
    if flags & FHCRC != 0 {
        let mut crc = Crc::new();
        crc.update(before);
        if le::<2>(bytes, len)? != u64::from(crc.sum() & 0xffff) {
            return Some(Err("the checksum of the gzip header is wrong".to_owned()));
        }
        len += 2;
    }
    Some(Ok(Header { len, member_len }))
}

/// The deflate decoder of flate2.
pub(super) struct Inflate(pub(super) Decompress);

impl Inflate {
    /// A decoder of raw deflate data.
    pub(super) fn new() -> Self {
        Inflate(Decompress::new(false))
    }
}

impl Codec for Inflate {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Ran {
        let before = (self.0.total_in(), self.0.total_out());
        let result = self.0.decompress(input, output, FlushDecompress::None);
        Ran {
            used: (self.0.total_in() - before.0) as usize,
            made: (self.0.total_out() - before.1) as usize,
            end: match result {
                Ok(status) => Ok(status == Status::StreamEnd),
                Err(_) => Err(DAMAGED.to_owned()),
            },
        }
    }
}

/// What is said of damaged deflate data. The library's own words depend on how much room it has,
/// so that a trace would be described differently for another size of blocks.
pub(super) const DAMAGED: &str = "the gzip data is damaged";

/// Says whether the trailer of a member fits what was decompressed; `None` if it is not there.
pub(super) fn check(trailer: &[u8], crc: &Crc) -> Option<Result<(), String>> {
    let (sum, size) = (le32(trailer, 0)?, le32(trailer, 4)?);
    Some(if sum != crc.sum() {
        Err("the checksum of a gzip member is wrong".to_owned())
    } else if size != crc.amount() {
        Err("the size in a gzip member is wrong".to_owned())
    } else {
        Ok(())
    })
}

/// Where in the input we are.
enum State {
    /// Before a member, the end or garbage.
    Boundary,
    /// In the compressed data of a member.
    Body(Box<(Pump<Inflate>, Crc)>),
    /// Behind it.
    Trailer(Crc),
    /// In zeros behind the last member: how many.
    Zeros(u64),
    /// In something else behind the last member.
    Garbage(Garbage),
}

/// gzip and bgzf.
pub(super) struct Gzip {
    kind: Compression,
    state: State,
    begun: bool,
}

impl Gzip {
    /// Before the first member; `kind` is for the messages.
    pub(super) fn new(kind: Compression) -> Self {
        Gzip { kind, state: State::Boundary, begun: false }
    }

    fn boundary(&mut self, source: &mut Source, want: Want) -> Step {
        let bytes = source.bytes();
        match bytes.first() {
            None if source.ended() => return Step::End,
            None => return Step::Hungry,
            Some(0) if self.begun => {
                self.state = State::Zeros(0);
                return Step::More;
            }
            Some(_) => {}
        }
        match header(bytes) {
            Parsed::Short if source.ended() => Step::Broken(broken(source, TRUNCATED)),
            Parsed::Short => Step::Hungry,
            Parsed::Bad(reason) => Step::Broken(broken(source, reason)),
            Parsed::Other if self.begun => {
                self.state = State::Garbage(Garbage::new(self.kind, source, 0));
                Step::More
            }
            Parsed::Other => Step::Broken(broken(source, "this is not gzip")),
            Parsed::Is(Header { len, member_len }) => {
                self.begun = true;
                if member_len.is_some() {
                    match bgzf::gather(bytes, want.max) {
                        Gathered::Parts(parts) => return bgzf_unit(source, parts),
                        Gathered::Short if !source.ended() => return Step::Hungry,
                        Gathered::Short | Gathered::Other => {}
                    }
                }
                source.consume(len);
                self.state = State::Body(Box::new((Pump::new(Inflate::new()), Crc::new())));
                Step::More
            }
        }
    }

    fn zeros(&mut self, source: &mut Source, before: u64) -> Step {
        let bytes = source.bytes();
        let count = bytes.iter().take_while(|&&byte| byte == 0).count();
        let other = count < bytes.len();
        source.consume(count);
        let count = before + count as u64;
        if other {
            self.state = State::Garbage(Garbage::new(self.kind, source, count));
            return Step::More;
        }
        self.state = State::Zeros(count);
        if source.ended() { Step::End } else { Step::Hungry }
    }
}

impl Decode for Gzip {
    fn step(&mut self, source: &mut Source, out: &mut Vec<u8>, want: Want) -> Step {
        match &mut self.state {
            State::Boundary => self.boundary(source, want),
            State::Body(body) => {
                let (pump, crc) = &mut **body;
                let start = out.len();
                let (_, pumped) = pump.run(source, usize::MAX, out, want.room);
                crc.update(out.get(start..).unwrap_or_default());
                match pumped {
                    Pumped::More => Step::More,
                    Pumped::Dry if source.ended() => Step::Broken(broken(source, TRUNCATED)),
                    Pumped::Dry => Step::Hungry,
                    Pumped::Bad(reason) => Step::Broken(broken(source, reason)),
                    Pumped::End => {
                        self.state = State::Trailer(std::mem::take(crc));
                        Step::More
                    }
                }
            }
            State::Trailer(crc) => match check(first(source.bytes(), TRAILER_LEN), crc) {
                None if source.ended() => Step::Broken(broken(source, TRUNCATED)),
                None => Step::Hungry,
                Some(Err(reason)) => Step::Broken(broken(source, reason)),
                Some(Ok(())) => {
                    source.consume(TRAILER_LEN);
                    self.state = State::Boundary;
                    Step::More
                }
            },
            State::Zeros(count) => {
                let count = *count;
                self.zeros(source, count)
            }
            State::Garbage(garbage) => garbage.step(source),
        }
    }
}

/// Hands the members out, or looks at them here if there is nothing in them (the last member of
/// a bgzf file).
fn bgzf_unit(source: &mut Source, parts: Vec<super::packed::Part>) -> Step {
    let unit = Packed::new(Way::Bgzf, source, parts);
    if unit.unpacked_bytes_max() > 0 {
        return Step::Packed(unit);
    }
    match unit.unpack(&mut Vec::new()) {
        Ok(()) => Step::More,
        Err(damage) => Step::Broken(damage),
    }
}
