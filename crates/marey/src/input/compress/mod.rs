//! Decompression by content (stub).
use std::io::{self, Read};

/// Stub.
pub const RECOGNISE_LEN: usize = 32;
/// Stub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Stub.
    None,
}
impl Compression {
    /// Stub.
    pub fn name(self) -> &'static str {
        "none"
    }
}
/// Stub.
pub fn recognise(_: &[u8]) -> Option<Compression> {
    None
}
/// Stub.
pub fn may_become(_: &[u8]) -> bool {
    false
}
/// Stub.
pub enum Taken {
    /// Stub.
    Bytes,
    /// Stub.
    Packed(Packed),
    /// Stub.
    Broken(Broken),
    /// Stub.
    End,
}
/// Stub.
pub struct Packed;
impl Packed {
    /// Stub.
    pub fn unpack(&self, _: &mut Vec<u8>) -> Result<(), Broken> {
        Ok(())
    }
}
/// Stub.
pub struct Broken {
    /// Stub.
    pub offset: u64,
    /// Stub.
    pub reason: String,
}
/// Stub.
pub trait Unpack: Send {
    /// Stub.
    fn take(&mut self, out: &mut Vec<u8>, max: usize) -> io::Result<Taken>;
}
struct Plain(Box<dyn Read + Send>);
impl Unpack for Plain {
    fn take(&mut self, out: &mut Vec<u8>, max: usize) -> io::Result<Taken> {
        let at = out.len();
        out.resize(at + max, 0);
        let n = self.0.read(&mut out[at..])?;
        out.truncate(at + n);
        Ok(if n == 0 { Taken::End } else { Taken::Bytes })
    }
}
/// Stub.
pub fn opener(_: Compression, source: Box<dyn Read + Send>) -> Box<dyn Unpack> {
    Box::new(Plain(source))
}
