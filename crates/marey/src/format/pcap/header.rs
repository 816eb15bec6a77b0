//! The file header of pcap: which variant a file is of.

use std::sync::Arc;

use super::super::{Format, Reader, Recognised};
use super::erf::OfErf;
use super::variant;
use crate::error::{Error, ErrorKind};
use crate::scene::ByteOrder;
use crate::wire::LinkType;

// Offsets in the file header (draft section 4).
const MAGIC: usize = 0;
const MAJOR: usize = 4;
const MINOR: usize = 6;
const SNAP_LEN: usize = 16;
const LINK_TYPE: usize = 20;
/// The length of the file header.
pub(super) const FILE_HEADER_LEN: usize = 24;

// Bits of the link type field (draft section 4).
const LINK_BITS: u32 = 0xffff;
const FCS_PRESENT: u32 = 0x0400_0000;

/// How the two lengths of a record stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lengths {
    /// Captured, then original.
    AsNow,
    /// Original, then captured: before version 2.3.
    Swapped,
    /// One of the two, whichever makes sense: version 2.3.
    SwappedIfGreater,
}

/// A pcap file, as its header describes it.
#[derive(Clone, Debug)]
pub(crate) struct Pcap {
    pub(super) order: ByteOrder,
    pub(super) version: (u16, u16),
    /// How many fractions a second has.
    pub(super) fraction_max: u32,
    pub(super) lengths: Lengths,
    pub(super) file_header_len: usize,
    pub(super) record_header_len: usize,
    /// Bytes before the frame that belong to no protocol (AIX FDDI).
    pub(super) frame_pad: usize,
    pub(super) snap_len: u32,
    pub(super) captured_max: u32,
    pub(super) link: LinkType,
    /// In octets.
    pub(super) fcs_len: Option<u32>,
    /// The variant's name, if it is not plain pcap.
    pub(super) variant: Option<&'static str>,
}

/// What a magic number says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Magic {
    Micro,
    Nano,
    Modified,
    IxiaMicro,
    IxiaNano,
}

/// The numbers of the file header.
#[derive(Clone, Copy)]
pub(super) struct FileHeader {
    pub magic: Magic,
    pub order: ByteOrder,
    pub major: u16,
    pub minor: u16,
    pub snap_len: u32,
    pub link_field: u32,
}

fn magic_of(value: u32) -> Option<Magic> {
    Some(match value {
        0xa1b2_c3d4 => Magic::Micro,
        0xa1b2_3c4d => Magic::Nano,
        0xa1b2_cd34 => Magic::Modified,
        0x1c00_01ab => Magic::IxiaMicro,
        0x1c00_01ac => Magic::IxiaNano,
        _ => return None,
    })
}

impl FileHeader {
    fn read(bytes: &[u8]) -> Option<FileHeader> {
        [ByteOrder::Little, ByteOrder::Big].into_iter().find_map(|order| {
            let reader = Reader::new(bytes, order);
            Some(FileHeader {
                magic: magic_of(reader.u32(MAGIC)?)?,
                order,
                major: reader.u16(MAJOR)?,
                minor: reader.u16(MINOR)?,
                snap_len: reader.u32(SNAP_LEN)?,
                link_field: reader.u32(LINK_TYPE)?,
            })
        })
    }

    /// How the two lengths stand, by version; `None` if the version is not known.
    fn lengths(&self) -> Option<Lengths> {
        match (self.major, self.minor) {
            (2, 0..=2) | (543, 0) => Some(Lengths::Swapped),
            (2, 3) => Some(Lengths::SwappedIfGreater),
            (2, _) => Some(Lengths::AsNow),
            _ => None,
        }
    }

    /// Plain pcap with this header.
    fn plain(&self, lengths: Lengths) -> Pcap {
        let ixia = matches!(self.magic, Magic::IxiaMicro | Magic::IxiaNano);
        let nano = matches!(self.magic, Magic::Nano | Magic::IxiaNano);
        let link = super::link_type(self.link_field & LINK_BITS);
        let fcs_units = self.link_field >> 28;
        Pcap {
            order: self.order,
            version: (self.major, self.minor),
            fraction_max: if nano { 1_000_000_000 } else { 1_000_000 },
            lengths,
            file_header_len: FILE_HEADER_LEN + if ixia { 4 } else { 0 },
            record_header_len: super::HEADER_LEN,
            frame_pad: 0,
            snap_len: self.snap_len,
            captured_max: captured_max(link, self.snap_len),
            link,
            fcs_len: (self.link_field & FCS_PRESENT != 0).then_some(fcs_units * 2),
            variant: ixia.then_some("Ixia"),
        }
    }
}

/// The largest captured length that is believed.
fn captured_max(link: LinkType, snap_len: u32) -> u32 {
    let allowed = super::RECORD_LEN_MAX as u32;
    match link.0 {
        // D-Bus, USBPcap and EBHSCR have packets far beyond the usual maximum.
        231 | 249 | 279 => allowed,
        _ if snap_len > super::CAPTURED_LEN_MAX && snap_len <= allowed => snap_len,
        _ => super::CAPTURED_LEN_MAX,
    }
}

/// Whether these first bytes are pcap, and of which variant.
pub(super) fn recognise(bytes: &[u8], end: bool) -> Recognised {
    let Some(magic) = bytes.first_chunk::<4>() else {
        return if end { Recognised::No } else { Recognised::More(4) };
    };
    let is_magic = magic_of(u32::from_le_bytes(*magic)).is_some()
        || magic_of(u32::from_be_bytes(*magic)).is_some();
    if !is_magic {
        return Recognised::No;
    }
    let Some(header) = FileHeader::read(bytes) else {
        return match end {
            false => Recognised::More(FILE_HEADER_LEN),
            true => Recognised::Refused(Error::new(ErrorKind::Truncated(format!(
                "a pcap file header of {FILE_HEADER_LEN} bytes, {} of them are there",
                bytes.len()
            )))),
        };
    };
    let Some(lengths) = header.lengths() else {
        return Recognised::Refused(Error::new(ErrorKind::Unsupported(format!(
            "pcap version {}.{}; versions 2.0 to 2.4 are read",
            header.major, header.minor
        ))));
    };
    match variant::choose(&header, header.plain(lengths), bytes, end) {
        Ok(pcap) => Recognised::Yes(match OfErf::new(pcap) {
            Ok(of_erf) => Arc::new(of_erf) as Arc<dyn Format>,
            Err(plain) => Arc::new(plain),
        }),
        Err(more) => Recognised::More(more),
    }
}
