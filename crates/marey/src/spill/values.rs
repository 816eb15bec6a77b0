//! How the library's own values go to disk, and how plain numbers add up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Merge, Spill};
use crate::time::Timestamp;
use crate::wire::bytes::Mac;
use crate::wire::{FlowKey, IpProtocol};

impl Spill for bool {
    fn spill(&self, out: &mut Vec<u8>) {
        u8::from(*self).spill(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        Some(u8::restore(bytes)? != 0)
    }
}

impl Spill for IpAddr {
    fn spill(&self, out: &mut Vec<u8>) {
        match self {
            IpAddr::V4(address) => (4u8, address.to_bits()).spill(out),
            IpAddr::V6(address) => (6u8, address.to_bits()).spill(out),
        }
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        match u8::restore(bytes)? {
            4 => u32::restore(bytes).map(|bits| Ipv4Addr::from_bits(bits).into()),
            6 => u128::restore(bytes).map(|bits| Ipv6Addr::from_bits(bits).into()),
            _ => None,
        }
    }
}

impl Spill for Mac {
    fn spill(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        super::take(bytes, 6)?.try_into().ok().map(Mac)
    }
}

impl Spill for Timestamp {
    fn spill(&self, out: &mut Vec<u8>) {
        self.as_ns().spill(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        i64::restore(bytes).map(Timestamp::from_ns)
    }
}

impl Spill for FlowKey {
    fn spill(&self, out: &mut Vec<u8>) {
        ((self.source, self.source_port), (self.target, self.target_port)).spill(out);
        (self.protocol.0, self.vlan).spill(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        let ((source, source_port), (target, target_port)) = Spill::restore(bytes)?;
        let (protocol, vlan) = Spill::restore(bytes)?;
        let protocol = IpProtocol(protocol);
        Some(FlowKey { source, target, source_port, target_port, protocol, vlan })
    }
}

/// A count. It stays at the largest number rather than to wrap.
impl Merge for u64 {
    fn merge(&mut self, other: u64) {
        *self = self.saturating_add(other);
    }
}

/// Two values, each for itself: packets and bytes, say.
impl<A: Merge, B: Merge> Merge for (A, B) {
    fn merge(&mut self, other: (A, B)) {
        self.0.merge(other.0);
        self.1.merge(other.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back<T: Spill + PartialEq + std::fmt::Debug>(value: T) {
        let mut bytes = Vec::new();
        value.spill(&mut bytes);
        for len in 0..bytes.len() {
            assert_eq!(T::restore(&mut &bytes[..len]), None, "{value:?} cut to {len} bytes");
        }
        let mut rest = bytes.as_slice();
        assert_eq!(T::restore(&mut rest), Some(value));
        assert!(rest.is_empty());
    }

    #[test]
    fn values_come_back_as_they_went() {
        let (four, six) =
            (IpAddr::from([10, 0, 0, 1]), IpAddr::from([0xfe80, 0, 0, 0, 0, 0, 0, 1]));
        for (source, target, vlan) in
            [(four, four, None), (six, four, Some(0)), (four, six, Some(7))]
        {
            let protocol = IpProtocol::TCP;
            let key = FlowKey { source, target, source_port: 1, target_port: 2, protocol, vlan };
            there_and_back((key, (1u64, u64::MAX)));
        }
        there_and_back(Mac([1, 2, 3, 4, 5, 6]));
        there_and_back(Timestamp::from_ns(-1));
        there_and_back(true);
        assert_eq!(IpAddr::restore(&mut &[5, 0, 0, 0, 0][..]), None);
    }

    #[test]
    fn counts_add_up() {
        let mut count = (1u64, u64::MAX);
        count.merge((2, 3));
        assert_eq!(count, (3, u64::MAX));
    }
}
