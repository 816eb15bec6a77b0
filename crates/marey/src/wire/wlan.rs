//! IEEE 802.11: the MAC header, and where the content of data frames starts.

use super::bytes::{Head, Mac, Put, part, u8_at};
use std::fmt;

// IEEE 802.11-2020 §9.2.3
const FRAME_CONTROL: usize = 0;
const ADDRESS_1: usize = 4;
const ADDRESS_2: usize = 10;
const ADDRESS_3: usize = 16;
const SEQUENCE: usize = 22;
const ADDRESS_4: usize = 24;
/// The least bytes of a header: ACK and CTS.
pub const LEN_MIN: usize = 10;
/// Bytes of a header with three addresses.
pub const LEN_THREE: usize = 24;
/// Bytes of the check sequence behind a frame (§9.2.4.8).
pub const FCS_LEN: usize = 4;
/// Bytes of the header of an A-MSDU subframe (§9.3.2.2.2).
pub const SUBFRAME_LEN: usize = 14;

// Frame control (§9.2.4.1), the second byte.
const TO_DS: u8 = 0x01;
const FROM_DS: u8 = 0x02;
const MORE_FRAGMENTS: u8 = 0x04;
const RETRY: u8 = 0x08;
const PROTECTED: u8 = 0x40;
const ORDER: u8 = 0x80;

/// The four kinds of frames (§9.2.4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FrameType {
    /// Association, beacons and the like.
    Management,
    /// Acknowledgements and the like.
    Control,
    /// Data.
    Data,
    /// Reserved for other purposes.
    Extension,
}

impl fmt::Display for FrameType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FrameType::Management => "802.11 management",
            FrameType::Control => "802.11 control",
            FrameType::Data => "802.11 data",
            FrameType::Extension => "802.11 extension",
        })
    }
}

/// An 802.11 MAC header.
#[derive(Clone, Copy, Debug)]
pub struct Wlan<'a> {
    head: Head<'a, LEN_MIN>,
    bytes: &'a [u8],
}

impl<'a> Wlan<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it has less than the
    /// shortest.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Wlan { head: Head::of(bytes)?, bytes })
    }

    /// The kind of frame.
    pub fn frame_type(&self) -> FrameType {
        match self.head.u8::<FRAME_CONTROL>() >> 2 & 3 {
            0 => FrameType::Management,
            1 => FrameType::Control,
            2 => FrameType::Data,
            _ => FrameType::Extension,
        }
    }

    /// The kind within the kind, 0 to 15.
    pub fn subtype(&self) -> u8 {
        self.head.u8::<FRAME_CONTROL>() >> 4
    }

    /// The version: 0.
    pub fn version(&self) -> u8 {
        self.head.u8::<FRAME_CONTROL>() & 3
    }

    fn flags(&self) -> u8 {
        self.head.u8::<1>()
    }

    /// Into the distribution system.
    pub fn to_ds(&self) -> bool {
        self.flags() & TO_DS != 0
    }

    /// Out of the distribution system.
    pub fn from_ds(&self) -> bool {
        self.flags() & FROM_DS != 0
    }

    /// Sent again.
    pub fn is_retry(&self) -> bool {
        self.flags() & RETRY != 0
    }

    /// Encrypted.
    pub fn is_protected(&self) -> bool {
        self.flags() & PROTECTED != 0
    }

    /// A data frame with data in it (§9.2.4.1.3: bit 2 of the subtype means there is none).
    pub fn has_data(&self) -> bool {
        self.frame_type() == FrameType::Data && self.subtype() & 4 == 0
    }

    /// A data frame with a QoS control field.
    pub fn has_qos(&self) -> bool {
        self.frame_type() == FrameType::Data && self.subtype() & 8 != 0
    }

    /// The data is a run of subframes: bit 7 of QoS control (§9.2.4.5.9). `None` if not captured.
    pub fn is_aggregate(&self) -> Option<bool> {
        if !self.has_qos() {
            return Some(false);
        }
        let qos = if self.to_ds() && self.from_ds() { ADDRESS_4 + 6 } else { LEN_THREE };
        u8_at(self.bytes, qos).map(|byte| byte & 0x80 != 0)
    }

    /// The fragment's number within its frame (§9.2.4.4.3). `None` if there is none or it is cut.
    pub fn fragment(&self) -> Option<u8> {
        match self.frame_type() {
            FrameType::Data | FrameType::Management => {
                u8_at(self.bytes, SEQUENCE).map(|byte| byte & 0xf)
            }
            _ => None,
        }
    }

    /// More fragments of this frame follow.
    pub fn more_fragments(&self) -> bool {
        self.flags() & MORE_FRAGMENTS != 0
    }

    /// Bytes of the header, without padding (§9.3.1 to §9.3.3).
    pub fn header_len(&self) -> usize {
        let order = self.flags() & ORDER != 0;
        match self.frame_type() {
            FrameType::Management => LEN_THREE + if order { 4 } else { 0 },
            FrameType::Control => match self.subtype() {
                12 | 13 => LEN_MIN,
                7 => 16 + 2,
                _ => 16,
            },
            FrameType::Data => {
                let four = if self.to_ds() && self.from_ds() { 6 } else { 0 };
                let qos = if self.has_qos() { 2 } else { 0 };
                let control = if self.has_qos() && order { 4 } else { 0 };
                LEN_THREE + four + qos + control
            }
            FrameType::Extension => LEN_MIN,
        }
    }

    /// The receiver's address.
    pub fn receiver(&self) -> Mac {
        Mac(self.head.array::<ADDRESS_1, 6>())
    }

    fn address(&self, at: usize) -> Option<Mac> {
        let present = at + 6 <= self.header_len();
        let bytes = present.then(|| part(self.bytes, at, at + 6))?;
        bytes.first_chunk().map(|address| Mac(*address))
    }

    /// The transmitter's address, if there is one and it was captured.
    pub fn transmitter(&self) -> Option<Mac> {
        self.address(ADDRESS_2)
    }

    /// The third address.
    pub fn third(&self) -> Option<Mac> {
        self.address(ADDRESS_3)
    }

    /// From whom the content is (§9.3.2.1, table 9-30).
    pub fn source(&self) -> Option<Mac> {
        match (self.frame_type(), self.to_ds(), self.from_ds()) {
            (FrameType::Data, false, true) => self.third(),
            (FrameType::Data, true, true) => self.address(ADDRESS_4),
            _ => self.transmitter(),
        }
    }

    /// To whom the content is (same table).
    pub fn target(&self) -> Option<Mac> {
        match (self.frame_type(), self.to_ds()) {
            (FrameType::Data, true) => self.third(),
            _ => Some(self.receiver()),
        }
    }

    /// The name of type and subtype.
    pub fn name(&self) -> &'static str {
        const MANAGEMENT: [&str; 16] = [
            "association request",
            "association response",
            "reassociation request",
            "reassociation response",
            "probe request",
            "probe response",
            "timing advertisement",
            "reserved",
            "beacon",
            "ATIM",
            "disassociation",
            "authentication",
            "deauthentication",
            "action",
            "action no ack",
            "reserved",
        ];
        const CONTROL: [&str; 16] = [
            "control",
            "control",
            "trigger",
            "TACK",
            "beamforming report poll",
            "NDP announcement",
            "control extension",
            "control wrapper",
            "block ack request",
            "block ack",
            "PS-poll",
            "RTS",
            "CTS",
            "ack",
            "CF-end",
            "CF-end ack",
        ];
        let index = usize::from(self.subtype());
        match self.frame_type() {
            FrameType::Management => MANAGEMENT.get(index).copied().unwrap_or("management"),
            FrameType::Control => CONTROL.get(index).copied().unwrap_or("control"),
            FrameType::Data if !self.has_data() => "null",
            FrameType::Data => "data",
            FrameType::Extension => "extension",
        }
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("kind", &self.name());
        put("flags", &format_args!("0x{:02x}", self.flags()));
        put("receiver", &self.receiver());
        for (name, address) in [
            ("transmitter", self.transmitter()),
            ("source", self.source()),
            ("target", self.target()),
        ] {
            if let Some(address) = address {
                put(name, &address);
            }
        }
        put("protected", &self.is_protected());
    }
}

impl fmt::Display for Wlan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("802.11 ")?;
        if let Some(source) = self.source() {
            write!(f, "{source} ")?;
        }
        write!(f, "> {} {}", self.target().unwrap_or(self.receiver()), self.name())?;
        if self.is_protected() { f.write_str(" encrypted") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(control: [u8; 2]) -> [u8; 36] {
        let mut bytes = [0; 36];
        bytes[..2].copy_from_slice(&control);
        for (index, byte) in bytes[4..22].iter_mut().enumerate() {
            *byte = 1 + index as u8 / 6;
        }
        bytes[24..30].fill(4);
        bytes
    }

    #[test]
    fn lengths() {
        for (control, len) in [
            ([0x08, 0x01], 24), // data to the distribution system
            ([0x88, 0x01], 26), // with QoS
            ([0x88, 0x03], 32), // between stations of it
            ([0x88, 0x81], 30), // with HT control
            ([0x80, 0x00], 24), // beacon
            ([0xd4, 0x00], 10), // ack
            ([0xb4, 0x00], 16), // RTS
        ] {
            assert_eq!(Wlan::parse(&header(control)).unwrap().header_len(), len);
        }
    }

    #[test]
    fn addresses_depend_on_the_direction() {
        let mac = |n| Some(Mac([n; 6]));
        for (flags, source, target) in
            [(0, mac(2), mac(1)), (1, mac(2), mac(3)), (2, mac(3), mac(1)), (3, mac(4), mac(3))]
        {
            let bytes = header([0x08, flags]);
            let frame = Wlan::parse(&bytes).unwrap();
            assert_eq!((frame.source(), frame.target()), (source, target));
            assert_eq!(Wlan::parse(&bytes[..15]).unwrap().transmitter(), None);
        }
    }

    #[test]
    fn text() {
        let bytes = header([0x80, 0x00]);
        let beacon = Wlan::parse(&bytes).unwrap();
        assert_eq!(beacon.to_string(), "802.11 02:02:02:02:02:02 > 01:01:01:01:01:01 beacon");
        assert!(!beacon.has_data());
        let bytes = header([0x08, 0x41]);
        let data = Wlan::parse(&bytes).unwrap();
        assert!(data.has_data() && data.is_protected() && data.to_string().ends_with("encrypted"));
    }

    #[test]
    fn aggregates() {
        let mut bytes = header([0x88, 0x01]);
        assert_eq!(Wlan::parse(&bytes).unwrap().is_aggregate(), Some(false));
        bytes[24] = 0x80;
        assert_eq!(Wlan::parse(&bytes).unwrap().is_aggregate(), Some(true));
        assert_eq!(Wlan::parse(&bytes[..24]).unwrap().is_aggregate(), None);
    }
}
