//! What a radio said about a frame, whichever of radiotap, PPI, AVS and Prism it said it in.

use super::bytes::{Head, part};
use super::monitor::{self, is_avs, is_little_prism};
use super::protocol::Protocol;
use super::radiotap::Radiotap;
use super::walk::{Layer, Layers};

/// What a radio may say; each `None` if it did not, or if that was not captured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Radio {
    /// Microseconds of the radio's clock when the first bit arrived.
    pub tsft_us: Option<u64>,
    /// Properties of the frame, as radiotap has them.
    pub flags: Option<u8>,
    /// The rate in units of 500 kb/s.
    pub rate_500_kbps: Option<u16>,
    /// The channel's frequency.
    pub frequency_mhz: Option<u16>,
    /// Signal power at the antenna.
    pub signal_dbm: Option<i8>,
    /// Noise power at the antenna.
    pub noise_dbm: Option<i8>,
    /// Signal power over an arbitrary reference.
    pub signal_db: Option<u8>,
    /// Noise power over an arbitrary reference.
    pub noise_db: Option<u8>,
    /// Distance from full power, without a unit.
    pub attenuation: Option<u16>,
    /// Distance from full power in dB.
    pub attenuation_db: Option<u16>,
    /// Power of transmission.
    pub power_dbm: Option<i8>,
    /// The antenna's index.
    pub antenna: Option<u8>,
}

impl Layers<'_> {
    /// What the radio said about the frame; `None` if no header of it was captured.
    pub fn radio(&self) -> Option<Radio> {
        self.as_slice().iter().find_map(|layer| self.radio_of(layer))
    }

    fn radio_of(&self, layer: &Layer) -> Option<Radio> {
        let bytes = part(self.bytes_of(layer), 0, usize::from(layer.header_len));
        match layer.protocol {
            Protocol::Radiotap => Some(of_radiotap(&Radiotap::parse(bytes)?)),
            Protocol::Ppi => of_ppi(bytes),
            Protocol::Avs => of_avs(bytes),
            Protocol::Prism if is_avs(bytes) => of_avs(bytes),
            Protocol::Prism => of_prism(bytes),
            _ => None,
        }
    }
}

fn of_radiotap(header: &Radiotap<'_>) -> Radio {
    Radio {
        tsft_us: header.tsft_us(),
        flags: header.flags(),
        rate_500_kbps: header.rate_500_kbps().map(u16::from),
        frequency_mhz: header.frequency_mhz(),
        signal_dbm: header.signal_dbm(),
        noise_dbm: header.noise_dbm(),
        signal_db: header.signal_db(),
        noise_db: header.noise_db(),
        attenuation: header.attenuation(),
        attenuation_db: header.attenuation_db(),
        power_dbm: header.power_dbm(),
        antenna: header.antenna(),
    }
}

/// How many fields of a PPI header are looked at.
const PPI_FIELDS_MAX: usize = 64;
// CACE PPI 1.0.10: the field 802.11-Common, lowest byte first.
const PPI_COMMON: u16 = 2;
/// The flag that says that the time is in milliseconds.
const PPI_MILLISECONDS: u16 = 2;

fn of_ppi(bytes: &[u8]) -> Option<Radio> {
    let mut rest = part(bytes, monitor::PPI_LEN_MIN, bytes.len());
    for _ in 0..PPI_FIELDS_MAX {
        let head = Head::<4>::of(rest)?;
        let len = usize::from(head.le16::<2>());
        if head.le16::<0>() == PPI_COMMON {
            return ppi_common(part(rest, 4, 4 + len));
        }
        rest = part(rest, 4 + len, rest.len());
    }
    None
}

fn ppi_common(bytes: &[u8]) -> Option<Radio> {
    let head = Head::<20>::of(bytes)?;
    let time = u64::from(head.le32::<4>()) << 32 | u64::from(head.le32::<0>());
    let unit_us = if head.le16::<8>() & PPI_MILLISECONDS == 0 { 1 } else { 1000 };
    // Unknown are a time, a rate and a frequency of 0, and powers of -128.
    let known = |value: u16| (value != 0).then_some(value);
    let power = |value: u8| (value != 0x80).then_some(i8::from_le_bytes([value]));
    Some(Radio {
        tsft_us: time.checked_mul(unit_us).filter(|&time_us| time_us != 0),
        rate_500_kbps: known(head.le16::<10>()),
        frequency_mhz: known(head.le16::<12>()),
        signal_dbm: power(head.u8::<18>()),
        noise_dbm: power(head.u8::<19>()),
        ..Radio::default()
    })
}

// The AVS capture header, in network order.
const AVS_TIME: usize = 8;
const AVS_RATE: usize = 32;
const AVS_ANTENNA: usize = 36;
const AVS_SSI_TYPE: usize = 44;
const AVS_SIGNAL: usize = 48;
const AVS_NOISE: usize = 52;
const AVS_LEN: usize = 64;
/// The type of signal and noise that is dBm.
const AVS_SSI_DBM: u32 = 2;

fn of_avs(bytes: &[u8]) -> Option<Radio> {
    let head = Head::<AVS_LEN>::of(bytes).filter(|_| is_avs(bytes))?;
    let dbm = |value: u32| i8::try_from(value as i32).ok();
    let is_dbm = head.be32::<AVS_SSI_TYPE>() == AVS_SSI_DBM;
    Some(Radio {
        tsft_us: Some(u64::from_be_bytes(head.array::<AVS_TIME, 8>())),
        // In units of 100 kb/s.
        rate_500_kbps: u16::try_from(head.be32::<AVS_RATE>() / 5).ok(),
        antenna: u8::try_from(head.be32::<AVS_ANTENNA>()).ok(),
        signal_dbm: dbm(head.be32::<AVS_SIGNAL>()).filter(|_| is_dbm),
        noise_dbm: dbm(head.be32::<AVS_NOISE>()).filter(|_| is_dbm),
        ..Radio::default()
    })
}

// The wlan-ng driver's header: code, length, 16 bytes of a name, then items.
const PRISM_ITEMS: usize = 24;
const PRISM_ITEM_LEN: usize = 12;
const PRISM_ITEMS_MAX: usize = 10;

/// Items in the order of the host that captured: number, whether there is a value, length, value.
fn of_prism(bytes: &[u8]) -> Option<Radio> {
    let is_little = is_little_prism(bytes)?;
    let (items, _) = bytes.get(PRISM_ITEMS..)?.as_chunks::<PRISM_ITEM_LEN>();
    let mut radio = Radio::default();
    for item in items.iter().take(PRISM_ITEMS_MAX) {
        let head = Head::<PRISM_ITEM_LEN>::of(item)?;
        let (number, status, value) = match is_little {
            true => (head.le32::<0>(), head.le16::<4>(), head.le32::<8>()),
            false => (head.be32::<0>(), head.be16::<4>(), head.be32::<8>()),
        };
        if let (Some(item), 0) = (prism_item(number), status) {
            radio.take_prism(item, value);
        }
    }
    Some(radio)
}

/// Which item a number stands for: drivers number them from 0x10044 on, or from 0x1041 on.
fn prism_item(number: u32) -> Option<u32> {
    match (number & 0xffff, number & 0xfff) {
        (0x44, _) => Some(number >> 16),
        (_, 0x41) => Some(number >> 12),
        _ => None,
    }
}

impl Radio {
    /// Signal and noise are in dBm as drivers of this century write them.
    fn take_prism(&mut self, item: u32, value: u32) {
        let dbm = i8::try_from(value as i32).ok();
        match item {
            2 => self.tsft_us = Some(u64::from(value)),
            6 => self.signal_dbm = dbm,
            7 => self.noise_dbm = dbm,
            8 => self.rate_500_kbps = u16::try_from(value).ok(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::link::LinkType;
    use crate::wire::walk::layers;

    fn radio(link: LinkType, bytes: &[u8]) -> Option<Radio> {
        layers(link, bytes, bytes.len() as u32).radio()
    }

    #[test]
    fn radiotap() {
        let bytes = [0, 0, 10, 0, 0x20, 8, 0, 0, 0xc6, 1];
        let found = radio(LinkType::IEEE802_11_RADIOTAP, &bytes).unwrap();
        assert_eq!(
            (found.signal_dbm, found.antenna, found.rate_500_kbps),
            (Some(-58), Some(1), None)
        );
        assert_eq!(radio(LinkType::ETHERNET, &bytes), None);
    }

    #[test]
    fn ppi() {
        let mut bytes = vec![0, 0, 36, 0, 105, 0, 0, 0, 9, 0, 0, 0, 2, 0, 20, 0];
        bytes.extend([7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0x6c, 9, 0, 0, 0, 0, 0xc6, 0x80]);
        let found = radio(LinkType::PPI, &bytes).unwrap();
        assert_eq!((found.tsft_us, found.frequency_mhz), (Some(7), Some(2412)));
        assert_eq!((found.signal_dbm, found.noise_dbm), (Some(-58), None));
        assert_eq!(radio(LinkType::PPI, &bytes[..30]), None);
        bytes[24] = 2;
        assert_eq!(radio(LinkType::PPI, &bytes).unwrap().tsft_us, Some(7000));
    }

    /// All 16 words of an AVS header, each with another value.
    #[test]
    fn avs() {
        let (signal, noise) = (-58_i32 as u32, -96_i32 as u32);
        let words = [0x8021_1001, 64, 0, 5, 0, 6, 4, 11, 110, 1, 3, 2, signal, noise, 7, 8_u32];
        let mut avs = words.map(u32::to_be_bytes).concat();
        let found = radio(LinkType::IEEE802_11_AVS, &avs).unwrap();
        assert_eq!((found.tsft_us, found.rate_500_kbps), (Some(5), Some(22)));
        assert_eq!((found.signal_dbm, found.noise_dbm), (Some(-58), Some(-96)));
        assert_eq!(found.antenna, Some(1));
        assert_eq!(radio(LinkType::IEEE802_11_PRISM, &avs), Some(found));
        // Raw readings have no unit.
        avs[47] = 3;
        assert_eq!(radio(LinkType::IEEE802_11_AVS, &avs).unwrap().signal_dbm, None);
    }

    /// Both ways to number items, in both byte orders; what has no value is not taken.
    #[test]
    fn prism() {
        for number in [|item: u32| item << 16 | 0x44, |item: u32| item << 12 | 0x41] {
            let bytes = |word: fn(u32) -> [u8; 4], half: fn(u16) -> [u8; 2]| {
                let mut bytes = [word(number(0)), word(24 + 4 * 12)].concat();
                bytes.resize(PRISM_ITEMS, 0);
                for (item, status, value) in
                    [(2, 0, 77), (6, 0, -58_i32 as u32), (7, 1, -96_i32 as u32), (8, 0, 22)]
                {
                    bytes.extend(word(number(item)));
                    bytes.extend([half(status), half(4)].concat());
                    bytes.extend(word(value));
                }
                bytes
            };
            let little = bytes(u32::to_le_bytes, u16::to_le_bytes);
            let found = radio(LinkType::IEEE802_11_PRISM, &little).unwrap();
            assert_eq!((found.tsft_us, found.rate_500_kbps), (Some(77), Some(22)));
            assert_eq!((found.signal_dbm, found.noise_dbm), (Some(-58), None));
            let big = bytes(u32::to_be_bytes, u16::to_be_bytes);
            assert_eq!(radio(LinkType::IEEE802_11_PRISM, &big), Some(found));
        }
    }
}
