//! The typed things that meta records say, apart from those that the [scene](crate::scene) keeps.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::field::{Mac, Text, write_hex};
use crate::time::Timestamp;

/// Names of addresses, and where they come from.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The addresses and their names.
    pub entries: Vec<Name>,
    /// The name of the server that resolved them (`ns_dnsname`).
    pub server_name: Option<Text>,
    /// The IPv4 address of that server (`ns_dnsIP4addr`).
    pub server_ipv4: Option<Ipv4Addr>,
    /// The IPv6 address of that server (`ns_dnsIP6addr`).
    pub server_ipv6: Option<Ipv6Addr>,
    /// Comments on the block.
    pub comments: Vec<Text>,
}

/// An address and its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Whose names these are.
    pub of: NameOf,
    /// The names, the first being the preferred one.
    pub names: Vec<Text>,
}

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NameOf {
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// A hardware address of 6 bytes.
    Mac(Mac),
    /// A hardware address of 8 bytes.
    Eui64([u8; 8]),
}

impl fmt::Display for NameOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameOf::Ipv4(a) => a.fmt(f),
            NameOf::Ipv6(a) => a.fmt(f),
            NameOf::Mac(a) => a.fmt(f),
            NameOf::Eui64(a) => write_hex(f, a, ":"),
        }
    }
}

/// Keys to decrypt packets (pcapng decryption secrets block, draft section 4.7).
#[derive(Clone)]
pub struct Secrets<'a> {
    /// The registered type of the secrets.
    pub secrets_type: u32,
    /// The secrets. Do not print them.
    pub data: &'a [u8],
    /// Comments on the block.
    pub comments: Vec<Text>,
}

impl Secrets<'_> {
    /// The name of the type, if it is registered (draft section 4.7).
    pub fn type_name(&self) -> Option<&'static str> {
        Some(match self.secrets_type {
            0x544c_534b => "TLS key log",
            0x5353_484b => "SSH key log",
            0x5747_4b4c => "WireGuard key log",
            0x5541_4b4c => "OPC UA key log",
            0x5a4e_574b => "ZigBee network key",
            0x5a41_5053 => "ZigBee APS key",
            0x4553_5053 => "ESP security associations",
            _ => return None,
        })
    }
}

/// By length only: secrets stay secret.
impl fmt::Debug for Secrets<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets {{ type: {:#x}, {} bytes }}", self.secrets_type, self.data.len())
    }
}

/// One entry of the systemd journal, in the journal's export format
/// (pcapng draft, section 4.8).
#[derive(Clone, Debug)]
pub struct Journal<'a> {
    /// The entry's bytes.
    pub entry: &'a [u8],
    /// The entry's `__REALTIME_TIMESTAMP`.
    pub time: Option<Timestamp>,
}

impl<'a> Journal<'a> {
    /// The entry's fields in order: names and values. Binary values are as they stand.
    pub fn fields(&self) -> Vec<(&'a [u8], &'a [u8])> {
        let mut fields = Vec::new();
        let mut rest = self.entry;
        while let Some((name, value, after)) = journal_field(rest) {
            fields.push((name, value));
            rest = after;
        }
        fields
    }

    /// The value of the field called `name`.
    pub fn field(&self, name: &str) -> Option<&'a [u8]> {
        self.fields().into_iter().find(|(n, _)| *n == name.as_bytes()).map(|(_, v)| v)
    }
}

/// The first field of `rest`, and what follows it: `NAME=value\n`, or `NAME\n`, a 64-bit
/// little-endian length and that many bytes, and `\n`.
fn journal_field(rest: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let end = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
    let (line, after) = rest.split_at_checked(end)?;
    let after = after.get(1..).unwrap_or(&[]);
    if line.is_empty() || line.first() == Some(&0) {
        return None;
    }
    if let Some(equals) = line.iter().position(|&b| b == b'=') {
        let (name, value) = line.split_at_checked(equals)?;
        return Some((name, value.get(1..)?, after));
    }
    let (len, value) = after.split_first_chunk::<8>()?;
    let len = usize::try_from(u64::from_le_bytes(*len)).ok()?;
    let (value, after) = value.split_at_checked(len)?;
    Some((line, value, after.get(1..).unwrap_or(&[])))
}

/// A vendor's own record (pcapng custom block, draft section 4.9).
#[derive(Clone, Debug)]
pub struct Custom<'a> {
    /// Whose it is: the IANA private enterprise number.
    pub enterprise: u32,
    /// Whether a tool that rewrites the trace may copy it.
    pub copyable: bool,
    /// Its content; only its vendor knows where options begin in it.
    pub data: &'a [u8],
}

/// A comment of its own, on the recording or on the packets with the same anchor.
#[derive(Clone, Debug, Default)]
pub struct Comment {
    /// The texts.
    pub texts: Vec<Text>,
    /// The anchor that the commented packets carry, with its host (ERF anchor-id).
    pub anchor: Option<(Option<u64>, u64)>,
}

/// The recording itself (ERF capture section).
#[derive(Clone, Debug, Default)]
pub struct Capture {
    /// The application that recorded.
    pub application: Option<Text>,
    /// That application's version.
    pub application_version: Option<Text>,
    /// The recording's name.
    pub name: Option<Text>,
    /// Its description.
    pub description: Option<Text>,
    /// Who recorded.
    pub user: Option<Text>,
    /// The filter that was applied.
    pub filter: Option<Text>,
    /// How many bytes of a packet were kept at most.
    pub snap_len: Option<u32>,
    /// Comments on it.
    pub comments: Vec<Text>,
}

/// The host that recorded (ERF host section).
#[derive(Clone, Debug, Default)]
pub struct Host {
    /// Its identifier.
    pub id: Option<u64>,
    /// Its host name.
    pub name: Option<Text>,
    /// Its operating system.
    pub os: Option<Text>,
    /// Its description.
    pub description: Option<Text>,
    /// Its organisation.
    pub organisation: Option<Text>,
    /// Where it stands.
    pub location: Option<Text>,
    /// Its processor.
    pub cpu: Option<Text>,
    /// Its memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Comments on it.
    pub comments: Vec<Text>,
}

/// The card that recorded (ERF module section).
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Its number.
    pub number: Option<u32>,
    /// Its name.
    pub name: Option<Text>,
    /// Its model.
    pub model: Option<Text>,
    /// Its serial number.
    pub serial_number: Option<Text>,
    /// The version of its firmware.
    pub firmware_version: Option<Text>,
    /// The version of its driver.
    pub driver_version: Option<Text>,
    /// Comments on it.
    pub comments: Vec<Text>,
}

/// A stream of the card (ERF stream section).
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// Its number.
    pub number: Option<u32>,
    /// Its name.
    pub name: Option<Text>,
    /// How many packets it dropped.
    pub dropped: Option<u64>,
    /// How many packets were dropped for want of a buffer.
    pub buffer_dropped: Option<u64>,
    /// Comments on it.
    pub comments: Vec<Text>,
}

/// The state of a clock (ERF `clk_*` and `ptp_*` tags).
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Where its time comes from, as the tag counts it.
    pub source: Option<u32>,
    /// Its state, as the tag counts it.
    pub state: Option<u32>,
    /// How often synchronisation failed.
    pub failures: Option<u64>,
    /// How often it was synchronised anew.
    pub resyncs: Option<u64>,
    /// The phase error.
    pub phase_error: Option<i64>,
    /// Its description.
    pub description: Option<Text>,
    /// The PTP domain.
    pub ptp_domain: Option<u32>,
    /// How many steps it is from the PTP grandmaster.
    pub ptp_steps_removed: Option<u32>,
}

/// A part of a record that has a name but no type of its own; its fields are in
/// [`Meta::fields`](super::Meta::fields).
#[derive(Clone, Debug)]
pub struct Described {
    /// The part's name: `flow`, `info`, `context`, `transform`, `source`…
    pub kind: &'static str,
    /// Its number in the trace.
    pub id: u16,
    /// Comments on it.
    pub comments: Vec<Text>,
}

/// A record of a type that marey does not know.
#[derive(Clone, Debug)]
pub struct Raw<'a> {
    /// The type's number.
    pub record_type: u32,
    /// The type's name, where the number is registered.
    pub name: Option<&'static str>,
    /// What the record holds after its header.
    pub data: &'a [u8],
}
