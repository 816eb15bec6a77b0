//! What a radio said about a frame, whichever of radiotap, PPI, AVS and Prism it said it in.

use super::bytes::{Head, be32_at, part};
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
            Protocol::Prism => of_avs(bytes).or_else(|| of_prism(bytes)),
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
// CACE PPI 1.0.10 §4.1.2: 802.11-Common, lowest byte first.
const PPI_COMMON: u16 = 2;

fn of_ppi(bytes: &[u8]) -> Option<Radio> {
    let mut rest = part(bytes, 8, bytes.len());
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
    // Bit 1 of the flags: the time is good. Rate, frequency: 0 is unknown; powers: -128.
    let known = |value: u16| (value != 0).then_some(value);
    let power = |value: u8| (value != 0x80).then_some(i8::from_le_bytes([value]));
    Some(Radio {
        tsft_us: (time != 0).then_some(time),
        rate_500_kbps: known(head.le16::<10>()),
        frequency_mhz: known(head.le16::<12>()),
        signal_dbm: power(head.u8::<18>()),
        noise_dbm: power(head.u8::<19>()),
        ..Radio::default()
    })
}

// AVS capture header §2, in network order.
const AVS_MAGIC: u32 = 0x8021_1000;
const AVS_SSI_DBM: u32 = 2;

fn of_avs(bytes: &[u8]) -> Option<Radio> {
    if be32_at(bytes, 0)? & 0xffff_f000 != AVS_MAGIC {
        return None;
    }
    let head = Head::<60>::of(bytes)?;
    let dbm = |value: u32| i8::try_from(value as i32).ok();
    let is_dbm = head.be32::<48>() == AVS_SSI_DBM;
    Some(Radio {
        tsft_us: Some(u64::from(head.be32::<8>()) << 32 | u64::from(head.be32::<12>())),
        // In units of 100 kb/s.
        rate_500_kbps: u16::try_from(head.be32::<32>() / 5).ok(),
        antenna: u8::try_from(head.be32::<36>()).ok(),
        signal_dbm: dbm(head.be32::<52>()).filter(|_| is_dbm),
        noise_dbm: dbm(head.be32::<56>()).filter(|_| is_dbm),
        ..Radio::default()
    })
}

// The wlan-ng driver's header: code, length, 16 bytes of a name, then items.
const PRISM_ITEMS: usize = 24;
const PRISM_ITEM_LEN: usize = 12;
const PRISM_ITEMS_MAX: usize = 10;

/// Items in the order of the host that captured: number, whether there is a value, length, value.
fn of_prism(bytes: &[u8]) -> Option<Radio> {
    let is_little = Head::<8>::of(bytes)?.le32::<4>() <= 0xffff;
    let (items, _) = bytes.get(PRISM_ITEMS..)?.as_chunks::<PRISM_ITEM_LEN>();
    let mut radio = Radio::default();
    for item in items.iter().take(PRISM_ITEMS_MAX) {
        let head = Head::<PRISM_ITEM_LEN>::of(item)?;
        let (number, status, value) = match is_little {
            true => (head.le32::<0>(), head.le16::<4>(), head.le32::<8>()),
            false => (head.be32::<0>(), head.be16::<4>(), head.be32::<8>()),
        };
        if status == 0 {
            radio.take_prism(number >> 12 & 0xf, value);
        }
    }
    Some(radio)
}

impl Radio {
    /// Signal and noise are in dBm as drivers of this century write them.
    fn take_prism(&mut self, number: u32, value: u32) {
        let dbm = i8::try_from(value as i32).ok();
        match number {
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
    }

    #[test]
    fn avs_and_prism() {
        let mut avs = vec![0x80, 0x21, 0x10, 1, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 5];
        avs.resize(64, 0);
        for (at, value) in [(32, 110_u32), (36, 1), (48, 2), (52, -58_i32 as u32)] {
            avs[at..at + 4].copy_from_slice(&value.to_be_bytes());
        }
        let found = radio(LinkType::IEEE802_11_AVS, &avs).unwrap();
        assert_eq!((found.tsft_us, found.rate_500_kbps), (Some(5), Some(22)));
        assert_eq!((found.signal_dbm, found.antenna), (Some(-58), Some(1)));
        assert_eq!(radio(LinkType::IEEE802_11_PRISM, &avs), Some(found));

        let mut prism = vec![0x44, 0, 0, 0, 48, 0, 0, 0];
        prism.resize(24, 0);
        prism.extend([0x44, 0x60, 0, 0, 0, 0, 4, 0, 0xc6, 0xff, 0xff, 0xff]);
        prism.extend([0x44, 0x70, 0, 0, 1, 0, 4, 0, 0xa0, 0xff, 0xff, 0xff]);
        let found = radio(LinkType::IEEE802_11_PRISM, &prism).unwrap();
        assert_eq!((found.signal_dbm, found.noise_dbm), (Some(-58), None));
    }
}
