//! Protocol views over bytes.
/// Stub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkType(pub u16);
impl LinkType {
    /// Stub.
    pub const UNKNOWN: LinkType = LinkType(0xffff);
}
