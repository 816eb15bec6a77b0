//! bgzf: gzip members of at most 64 KiB that say how long they are (SAM specification §4.1).

use flate2::{Crc, FlushDecompress, Status};

use super::Broken;
use super::gzip::{DAMAGED, Header, Inflate, TRAILER_LEN, check, header};
use super::packed::Part;
use super::source::{Parsed, append, le};

/// What a member holds at most.
const MEMBER_SIZE_MAX: usize = 64 << 10;

/// Whether the first bytes of a gzip file are those of bgzf.
pub(super) fn is_bgzf(prefix: &[u8]) -> bool {
    let extra_len = le::<2>(prefix, 10).map_or(0, |len| len as usize);
    let flagged = prefix.get(3).is_some_and(|flags| flags & 0x04 != 0);
    let extra = prefix.get(12..).unwrap_or_default();
    flagged && member_len(super::source::first(extra, extra_len)).is_some()
}

/// The length of the member, from its extra field.
pub(super) fn member_len(mut extra: &[u8]) -> Option<usize> {
    loop {
        let len = le::<2>(extra, 2)? as usize;
        if extra.starts_with(b"BC\x02\x00") {
            return Some(le::<2>(extra, 4)? as usize + 1);
        }
        extra = extra.get(4 + len..)?;
    }
}

/// The members at the front of some bytes.
pub(super) enum Gathered {
    /// At least one.
    Parts(Vec<Part>),
    /// The first one is not all there.
    Short,
    /// The first one is not one of bgzf, or its lengths make no sense.
    Other,
}

/// Gathers members that hold about `max` bytes.
pub(super) fn gather(bytes: &[u8], max: usize) -> Gathered {
    let (mut len, mut size, mut parts) = (0, 0, Vec::new());
    let mut stop = Gathered::Short;
    while size < max && len < max {
        match member(bytes.get(len..).unwrap_or_default()) {
            Parsed::Is(part) => {
                len += part.len;
                size += part.size;
                parts.push(part);
            }
            Parsed::Short => break,
            _ => {
                stop = Gathered::Other;
                break;
            }
        }
    }
    if parts.is_empty() { stop } else { Gathered::Parts(parts) }
}

/// Measures the member at the front of `bytes`.
fn member(bytes: &[u8]) -> Parsed<Part> {
    let len = match header(bytes) {
        Parsed::Is(Header { len, member_len: Some(member) }) if member > len + TRAILER_LEN => {
            member
        }
        Parsed::Short => return Parsed::Short,
        _ => return Parsed::Other,
    };
    if bytes.len() < len {
        return Parsed::Short;
    }
    match le::<4>(bytes, len - 4) {
        Some(size) if size <= MEMBER_SIZE_MAX as u64 => {
            Parsed::Is(Part { len, size: size as usize })
        }
        _ => Parsed::Other,
    }
}

/// Decompresses members.
pub(super) fn unpack<'a>(
    members: impl Iterator<Item = (u64, &'a [u8], usize)>,
    out: &mut Vec<u8>,
) -> Result<(), Broken> {
    let mut inflate = Inflate::new();
    for (offset, bytes, size) in members {
        inflate.0.reset(false);
        unpack_one(&mut inflate, bytes, size, out)
            .map_err(|(at, reason)| Broken { offset: offset + at as u64, reason })?;
    }
    Ok(())
}

/// Decompresses one member; an error says where in it.
fn unpack_one(
    inflate: &mut Inflate,
    bytes: &[u8],
    size: usize,
    out: &mut Vec<u8>,
) -> Result<(), (usize, String)> {
    let Parsed::Is(Header { len: begin, .. }) = header(bytes) else {
        return Err((0, "the header of a bgzf member is damaged".to_owned()));
    };
    let end = bytes.len().saturating_sub(TRAILER_LEN);
    let body = bytes.get(begin..end).unwrap_or_default();
    let start = out.len();
    // One byte more than it may hold, to see whether it does.
    let result = append(out, size + 1, |space| {
        let result = inflate.0.decompress(body, space, FlushDecompress::Finish);
        (inflate.0.total_out() as usize, result)
    });
    let larger = out.len() - start > size;
    out.truncate(start + size);
    let at = begin + inflate.0.total_in() as usize;
    match result {
        Err(_) => return Err((at, DAMAGED.to_owned())),
        Ok(_) if larger => return Err((at, "a bgzf member holds more than it says".to_owned())),
        Ok(Status::StreamEnd) if at == end => {}
        Ok(_) => return Err((at, "the length in a bgzf member is wrong".to_owned())),
    }
    let mut crc = Crc::new();
    crc.update(out.get(start..).unwrap_or_default());
    let trailer = bytes.get(end..).unwrap_or_default();
    check(trailer, &crc).unwrap_or(Ok(())).map_err(|reason| (end, reason))
}
