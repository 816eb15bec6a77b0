//! One named value of a meta record or a packet option.

use std::borrow::Cow;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::time::Timestamp;
pub use crate::wire::bytes::Mac;

/// A text from inside a trace. It is meant to be UTF-8 and may be anything.
///
/// Whoever prints it escapes it for where it goes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text {
    text: Box<str>,
    raw: Option<Box<[u8]>>,
}

impl Text {
    /// The text in `bytes`, which a NUL ends.
    pub fn new(bytes: &[u8]) -> Self {
        let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
        let bytes = bytes.get(..end).unwrap_or(bytes);
        match String::from_utf8_lossy(bytes) {
            Cow::Borrowed(text) => Text { text: text.into(), raw: None },
            Cow::Owned(text) => Text { text: text.into(), raw: Some(bytes.into()) },
        }
    }

    /// The text; what is not UTF-8 is replaced by U+FFFD.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many bytes of memory it takes.
    pub(crate) fn kept_bytes(&self) -> usize {
        self.text.len() + self.raw.as_ref().map_or(0, |raw| raw.len())
    }

    /// The bytes as they stand in the trace, up to a NUL.
    pub fn as_bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.text.as_bytes())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Writes `bytes` in hexadecimal with `separator` between them.
pub(crate) fn write_hex(f: &mut dyn fmt::Write, bytes: &[u8], separator: &str) -> fmt::Result {
    for (i, byte) in bytes.iter().enumerate() {
        let before = if i == 0 { "" } else { separator };
        write!(f, "{before}{byte:02x}")?;
    }
    Ok(())
}

/// An option or tag: its number, its standard name, its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Field<'a> {
    /// The option code (pcapng) or tag (ERF).
    pub code: u16,
    /// The standard's name without its prefix, `unknown` if it has none.
    pub name: &'static str,
    /// The part of the record that it belongs to: empty for a pcapng option, the section for an
    /// ERF tag, the header for an ERF extension header.
    pub part: &'static str,
    /// What it says.
    pub value: Value<'a>,
}

/// The value of a [`Field`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A number without sign.
    U64(u64),
    /// A number with sign.
    I64(i64),
    /// A number with a fraction (ERF's 32-bit floats).
    F32(f32),
    /// Bits, shown in hexadecimal.
    Bits(u64),
    /// A text.
    Text(Text),
    /// A time.
    Time(Option<Timestamp>),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv4 address and its mask.
    Ipv4Net(Ipv4Addr, Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// An IPv6 address and its prefix length.
    Ipv6Net(Ipv6Addr, u8),
    /// A hardware address.
    Mac(Mac),
    /// A type byte and what follows it: hashes, verdicts, filters.
    Tagged(u8, &'a [u8]),
    /// An address and its names.
    Named(String, Vec<Text>),
    /// A custom option: whose it is (IANA private enterprise number), and its value.
    Custom(u32, &'a [u8]),
    /// Bytes of no known meaning.
    Bytes(&'a [u8]),
    /// The value is not as the standard wants it; these are its bytes.
    Malformed(&'a [u8]),
    /// That many bytes that are not to be shown.
    Secret(usize),
}

impl Value<'_> {
    /// The value as a number, if it is one.
    pub fn as_u64(&self) -> Option<u64> {
        match *self {
            Value::U64(v) | Value::Bits(v) => Some(v),
            Value::I64(v) => u64::try_from(v).ok(),
            _ => None,
        }
    }

    /// The value as a text, if it is one.
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The value for a person, without escapes: texts come as they are.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::U64(v) => write!(f, "{v}"),
            Value::I64(v) => write!(f, "{v}"),
            Value::F32(v) => write!(f, "{v}"),
            Value::Bits(v) => write!(f, "{v:#x}"),
            Value::Text(text) => f.write_str(text.as_str()),
            Value::Time(Some(time)) => write!(f, "{time}"),
            Value::Time(None) => f.write_str("none"),
            Value::Ipv4(a) => write!(f, "{a}"),
            Value::Ipv4Net(a, mask) => write!(f, "{a} mask {mask}"),
            Value::Ipv6(a) => write!(f, "{a}"),
            Value::Ipv6Net(a, prefix) => write!(f, "{a}/{prefix}"),
            Value::Mac(mac) => write!(f, "{mac}"),
            Value::Tagged(tag, bytes) => {
                write!(f, "type {tag} ")?;
                write_hex(f, bytes, "")
            }
            Value::Named(address, names) => {
                let names: Vec<&str> = names.iter().map(Text::as_str).collect();
                write!(f, "{address} is {}", names.join(", "))
            }
            Value::Custom(pen, bytes) => {
                write!(f, "enterprise {pen}: ")?;
                write_hex(f, bytes, "")
            }
            Value::Bytes(bytes) => write_hex(f, bytes, ""),
            Value::Malformed(bytes) => {
                f.write_str("malformed: ")?;
                write_hex(f, bytes, "")
            }
            Value::Secret(len) => write!(f, "{len} bytes, not shown"),
        }
    }
}
