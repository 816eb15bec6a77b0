//! Radiotap (radiotap.org): what a radio says about an 802.11 frame, in front of it.

use super::bytes::{Head, Put, part};
use std::fmt;

// https://www.radiotap.org
const VERSION: usize = 0;
const LENGTH: usize = 2;
const PRESENT: usize = 4;
/// Bytes of the fixed part, with one word of presence bits.
pub const LEN_MIN: usize = 8;
/// How many words of presence bits are followed.
pub const PRESENT_WORDS_MAX: usize = 32;

/// Alignment and size of the fields of bits 0 to 22, as the register gives them.
const FIELDS: [(u8, u8); 23] = [
    (8, 8),  // TSFT
    (1, 1),  // flags
    (1, 1),  // rate
    (2, 4),  // channel
    (1, 2),  // FHSS
    (1, 1),  // antenna signal, dBm
    (1, 1),  // antenna noise, dBm
    (2, 2),  // lock quality
    (2, 2),  // transmit attenuation
    (2, 2),  // transmit attenuation, dB
    (1, 1),  // transmit power, dBm
    (1, 1),  // antenna
    (1, 1),  // antenna signal, dB
    (1, 1),  // antenna noise, dB
    (2, 2),  // receive flags
    (2, 2),  // transmit flags
    (1, 1),  // RTS retries
    (1, 1),  // data retries
    (4, 8),  // extended channel
    (1, 3),  // MCS
    (4, 8),  // A-MPDU status
    (2, 12), // VHT
    (8, 12), // timestamp
];

/// The bits of the fields that have a getter.
mod bit {
    pub const TSFT: usize = 0;
    pub const FLAGS: usize = 1;
    pub const RATE: usize = 2;
    pub const CHANNEL: usize = 3;
    pub const SIGNAL_DBM: usize = 5;
    pub const NOISE_DBM: usize = 6;
    pub const ATTENUATION: usize = 8;
    pub const ATTENUATION_DB: usize = 9;
    pub const POWER_DBM: usize = 10;
    pub const ANTENNA: usize = 11;
    pub const SIGNAL_DB: usize = 12;
    pub const NOISE_DB: usize = 13;
    pub const EXTENDED: u32 = 1 << 31;
}

/// The frame ends with its check sequence (flags field).
pub const FLAG_FCS: u8 = 0x10;
/// The 802.11 header is padded to a multiple of 4 (flags field).
pub const FLAG_PADDED: u8 = 0x20;

/// A radiotap header. Fields of the first namespace are read, each `None` if absent or cut, or if
/// the header is of a version other than 0: only its length is known then.
#[derive(Clone, Copy, Debug)]
pub struct Radiotap<'a> {
    head: Head<'a, LEN_MIN>,
    bytes: &'a [u8],
}

impl<'a> Radiotap<'a> {
    /// The view of a header that starts at the first of `bytes`, unless its fixed part is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let head = Head::of(bytes)?;
        let header_len = usize::from(Head::<LEN_MIN>::le16::<LENGTH>(head));
        Some(Radiotap { head, bytes: part(bytes, 0, header_len) })
    }

    /// 0, the only version there is.
    pub fn version(&self) -> u8 {
        self.head.u8::<VERSION>()
    }

    /// Bytes of the header, as it says.
    pub fn header_len(&self) -> usize {
        usize::from(self.head.le16::<LENGTH>())
    }

    /// The first word of presence bits.
    pub fn present(&self) -> u32 {
        self.head.le32::<PRESENT>()
    }

    /// Microseconds of the radio's clock when the first bit arrived.
    pub fn tsft_us(&self) -> Option<u64> {
        self.field::<8>(bit::TSFT).map(u64::from_le_bytes)
    }

    /// Properties of the frame.
    pub fn flags(&self) -> Option<u8> {
        self.field::<1>(bit::FLAGS).map(u8::from_le_bytes)
    }

    /// The rate in units of 500 kb/s.
    pub fn rate_500_kbps(&self) -> Option<u8> {
        self.field::<1>(bit::RATE).map(u8::from_le_bytes)
    }

    /// The channel's frequency.
    pub fn frequency_mhz(&self) -> Option<u16> {
        self.field::<4>(bit::CHANNEL).map(|[low, high, ..]| u16::from_le_bytes([low, high]))
    }

    /// Signal power at the antenna.
    pub fn signal_dbm(&self) -> Option<i8> {
        self.field::<1>(bit::SIGNAL_DBM).map(i8::from_le_bytes)
    }

    /// Noise power at the antenna.
    pub fn noise_dbm(&self) -> Option<i8> {
        self.field::<1>(bit::NOISE_DBM).map(i8::from_le_bytes)
    }

    /// Signal power over an arbitrary reference.
    pub fn signal_db(&self) -> Option<u8> {
        self.field::<1>(bit::SIGNAL_DB).map(u8::from_le_bytes)
    }

    /// Noise power over an arbitrary reference.
    pub fn noise_db(&self) -> Option<u8> {
        self.field::<1>(bit::NOISE_DB).map(u8::from_le_bytes)
    }

    /// Distance from full power, without a unit.
    pub fn attenuation(&self) -> Option<u16> {
        self.field::<2>(bit::ATTENUATION).map(u16::from_le_bytes)
    }

    /// Distance from full power in dB.
    pub fn attenuation_db(&self) -> Option<u16> {
        self.field::<2>(bit::ATTENUATION_DB).map(u16::from_le_bytes)
    }

    /// Power of transmission.
    pub fn power_dbm(&self) -> Option<i8> {
        self.field::<1>(bit::POWER_DBM).map(i8::from_le_bytes)
    }

    /// The antenna's index.
    pub fn antenna(&self) -> Option<u8> {
        self.field::<1>(bit::ANTENNA).map(u8::from_le_bytes)
    }

    /// The frame ends with its check sequence.
    pub fn has_fcs(&self) -> bool {
        self.flags().is_some_and(|flags| flags & FLAG_FCS != 0)
    }

    /// The 802.11 header is padded to a multiple of 4.
    pub fn is_padded(&self) -> bool {
        self.flags().is_some_and(|flags| flags & FLAG_PADDED != 0)
    }

    /// The field of presence bit `wanted`: fields follow each other, each aligned from the start.
    fn field<const SIZE: usize>(&self, wanted: usize) -> Option<[u8; SIZE]> {
        let present = self.present();
        if self.version() != 0 || present >> wanted & 1 == 0 {
            return None;
        }
        let mut at = self.fields_at()?;
        for (index, &(align, size)) in FIELDS.iter().enumerate() {
            if present >> index & 1 == 0 {
                continue;
            }
            at = at.next_multiple_of(usize::from(align));
            if index == wanted {
                return self.bytes.get(at..)?.first_chunk().copied();
            }
            at += usize::from(size);
        }
        None
    }

    /// Where the fields start: behind the last word of presence bits.
    fn fields_at(&self) -> Option<usize> {
        for (index, word) in self.bytes.get(PRESENT..)?.chunks(4).enumerate() {
            if index >= PRESENT_WORDS_MAX {
                break;
            }
            if u32::from_le_bytes(*word.first_chunk()?) & bit::EXTENDED == 0 {
                return Some(PRESENT + 4 * (index + 1));
            }
        }
        None
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("version", &self.version());
        put("length", &self.header_len());
        put("present", &format_args!("0x{:08x}", self.present()));
        let mut maybe = |name, value: Option<i128>| {
            if let Some(value) = value {
                put(name, &value);
            }
        };
        maybe("tsft us", self.tsft_us().map(i128::from));
        maybe("flags", self.flags().map(i128::from));
        maybe("rate 500 kb/s", self.rate_500_kbps().map(i128::from));
        maybe("frequency MHz", self.frequency_mhz().map(i128::from));
        maybe("signal dBm", self.signal_dbm().map(i128::from));
        maybe("noise dBm", self.noise_dbm().map(i128::from));
        maybe("attenuation", self.attenuation().map(i128::from));
        maybe("attenuation dB", self.attenuation_db().map(i128::from));
        maybe("power dBm", self.power_dbm().map(i128::from));
        maybe("antenna", self.antenna().map(i128::from));
        maybe("signal dB", self.signal_db().map(i128::from));
        maybe("noise dB", self.noise_db().map(i128::from));
    }
}

impl fmt::Display for Radiotap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("radiotap")?;
        if let Some(mhz) = self.frequency_mhz() {
            write!(f, " {mhz} MHz")?;
        }
        if let Some(dbm) = self.signal_dbm() {
            write!(f, " {dbm} dBm")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TSFT, flags, rate, channel, signal, antenna.
    const HEADER: [u8; 24] = [
        0x00, 0x00, 24, 0x00, 0x2f, 0x08, 0x00, 0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x02, 0x6c,
        0x09, 0xa0, 0x00, 0xc6, 0x01,
    ];

    #[test]
    fn fields_are_aligned() {
        let header = Radiotap::parse(&HEADER).unwrap();
        assert_eq!(header.header_len(), 24);
        assert_eq!(header.tsft_us(), Some(1));
        assert_eq!(header.rate_500_kbps(), Some(2));
        assert_eq!(header.frequency_mhz(), Some(2412));
        assert_eq!((header.signal_dbm(), header.antenna()), (Some(-58), Some(1)));
        assert_eq!(header.noise_dbm(), None);
        assert!(header.has_fcs() && !header.is_padded());
        assert_eq!(header.to_string(), "radiotap 2412 MHz -58 dBm");
    }

    #[test]
    fn cut_fields_are_absent() {
        for cut in LEN_MIN..24 {
            let header = Radiotap::parse(&HEADER[..cut]).unwrap();
            assert_eq!(header.antenna(), None);
            assert_eq!(header.tsft_us().is_some(), cut >= 16);
        }
        assert!(Radiotap::parse(&HEADER[..7]).is_none());
    }

    #[test]
    fn of_an_unknown_version_only_the_length_is_known() {
        let mut bytes = HEADER;
        bytes[VERSION] = 1;
        let header = Radiotap::parse(&bytes).unwrap();
        assert_eq!((header.header_len(), header.flags()), (24, None));
    }

    #[test]
    fn endless_presence_bits_end() {
        let mut bytes = [0xff; 512];
        bytes[..4].copy_from_slice(&[0, 0, 0, 2]);
        assert_eq!(Radiotap::parse(&bytes).unwrap().tsft_us(), None);
    }
}
