//! Live sources that hand over memory as it is, instead of having it copied.

use std::fmt;
use std::io;

/// A source of packets that come while they are read.
pub trait Supply: Send {
    /// Waits for what comes next.
    ///
    /// # Errors
    ///
    /// What stands in the way of more.
    fn next(&mut self) -> io::Result<Supplied>;
}

/// What a source hands over.
#[derive(Debug)]
pub enum Supplied {
    /// Bytes in pcapng, in the byte order of this machine: any part of a stream.
    Bytes(Vec<u8>),
    /// Blocks of packets, as [`format::ring`](crate::format::ring) has them; all that came before
    /// in pcapng is whole. Each is dropped as soon as its packets were handled.
    Blocks(Vec<Lent>),
    /// There is no more.
    End,
}

/// Memory that somebody wants back.
pub struct Lent(Box<dyn AsRef<[u8]> + Send + Sync>);

impl Lent {
    /// What is handed over: it is given back when it is dropped.
    pub fn new(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Lent(Box::new(bytes))
    }

    /// The bytes in it.
    pub fn bytes(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

impl fmt::Debug for Lent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lent").field("len", &self.bytes().len()).finish()
    }
}
