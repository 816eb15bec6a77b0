//! The tables of all workers as one answer: the largest conversations and endpoints.

use std::io;
use std::net::IpAddr;

use marey::spill::{Merge, Spill};
use marey::wire::FlowKey;

use super::flows::{Flows, Ways, address, bits, mix};
use super::sums::{Key, Sums};
use super::tally::Count;

/// How many of the largest are kept.
pub const TOP_MAX: usize = 10;

/// Who talked with whom.
#[derive(Debug, Default)]
pub struct Talk {
    /// The largest conversations, by their symmetric keys.
    pub conversations: Top<FlowKey, Ways>,
    /// The largest endpoints.
    pub endpoints: Top<IpAddr, Traded>,
    /// How many packets are fragments.
    pub fragments: u64,
    /// Of how many datagrams they are, at least.
    pub datagrams: u64,
    /// Why there is no answer, if there is none: nothing could be written to a temporary file.
    pub failed: Option<String>,
}

impl Talk {
    /// What all of these tables say. Adds them to `all`, too.
    pub fn of(mut parts: Vec<Flows>, all: Option<&mut Flows>) -> Self {
        let failed = parts.iter_mut().find_map(|part| part.failed.take());
        let talk = match failed {
            Some(error) => Err(error),
            None => Talk::merged(parts, all),
        };
        let failed = |e: io::Error| format!("a temporary file could not be used: {e}");
        talk.unwrap_or_else(|e| Talk { failed: Some(failed(e)), ..Talk::default() })
    }

    fn merged(parts: Vec<Flows>, mut all: Option<&mut Flows>) -> io::Result<Self> {
        let mut talk = Talk::default();
        // No more endpoints than a table of conversations has slots, most of the time.
        let slots = parts.iter().map(|part| part.slots).max().unwrap_or(0);
        // Made when it is needed: most tables of conversations are gone by then.
        let mut endpoints: Option<Sums<Endpoint, Traded>> = None;
        let tables = parts.into_iter().map(|part| (part.conversations, part.fragments));
        let (conversations, fragments): (Vec<_>, Vec<_>) = tables.unzip();
        Sums::each(conversations, |conversation, ways| {
            let key = conversation.key();
            let endpoints = endpoints.get_or_insert_with(|| Sums::new(2 * slots));
            talk.conversations.push(key, ways, ways.sum());
            endpoints
                .add(key.source.into(), Traded { sent: ways.forward, received: ways.backward })?;
            endpoints
                .add(key.target.into(), Traded { sent: ways.backward, received: ways.forward })?;
            match &mut all {
                Some(all) => all.conversations.add(conversation, ways),
                None => Ok(()),
            }
        })?;
        Sums::each(endpoints.into_iter().collect(), |endpoint, traded| {
            talk.endpoints.push(endpoint.address(), traded, traded.sum());
            Ok(())
        })?;
        Sums::each(fragments, |key, pieces| {
            talk.fragments += pieces.count;
            talk.datagrams += pieces.datagrams();
            match &mut all {
                Some(all) => all.fragments.add(key, pieces),
                None => Ok(()),
            }
        })?;
        Ok(talk)
    }
}

/// The largest of many things.
#[derive(Debug)]
pub struct Top<K, V> {
    /// The largest by bytes, then by packets, then by key.
    pub list: Vec<(K, V)>,
    sizes: Vec<Count>,
    /// How many there are.
    pub count: u64,
}

impl<K, V> Default for Top<K, V> {
    fn default() -> Self {
        Top { list: Vec::new(), sizes: Vec::new(), count: 0 }
    }
}

impl<K: Ord, V> Top<K, V> {
    fn push(&mut self, key: K, value: V, size: Count) {
        self.count += 1;
        let is_small = self.sizes.last().is_some_and(|last| last.bytes > size.bytes);
        if is_small && self.sizes.len() == TOP_MAX {
            return;
        }
        let number = |count: &Count| (count.bytes, count.packets);
        let is_before = |(other, (known, _)): (&Count, &(K, V))| {
            number(other).cmp(&number(&size)).then_with(|| key.cmp(known)).is_ge()
        };
        let place = self.sizes.iter().zip(&self.list).take_while(|pair| is_before(*pair)).count();
        self.list.insert(place, (key, value));
        self.sizes.insert(place, size);
        self.list.truncate(TOP_MAX);
        self.sizes.truncate(TOP_MAX);
    }
}

/// What an endpoint sent and received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traded {
    /// What it sent.
    pub sent: Count,
    /// What was sent to it; what it sent to itself, too.
    pub received: Count,
}

impl Traded {
    /// Both together.
    pub fn sum(&self) -> Count {
        let mut sum = self.sent;
        sum.add(self.received);
        sum
    }
}

impl Merge for Traded {
    fn merge(&mut self, other: Traded) {
        self.sent.add(other.sent);
        self.received.add(other.received);
    }
}

impl Spill for Traded {
    fn spill(&self, out: &mut Vec<u8>) {
        (self.sent, self.received).spill(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        <(Count, Count)>::restore(bytes).map(|(sent, received)| Traded { sent, received })
    }
}

/// An address as a key: its version and its bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Endpoint {
    version: u64,
    bits: [u64; 2],
}

impl From<IpAddr> for Endpoint {
    fn from(address: IpAddr) -> Self {
        Endpoint { version: if address.is_ipv4() { 4 } else { 6 }, bits: bits(address) }
    }
}

impl Endpoint {
    fn address(&self) -> IpAddr {
        address(self.version == 4, self.bits)
    }
}

impl Key for Endpoint {
    fn hash(&self) -> u64 {
        mix([self.version, self.bits[0], self.bits[1]])
    }
}

impl Spill for Endpoint {
    fn spill(&self, out: &mut Vec<u8>) {
        [self.version, self.bits[0], self.bits[1]].iter().for_each(|word| word.spill(out));
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        let mut word = || u64::restore(bytes);
        Some(Endpoint { version: word()?, bits: [word()?, word()?] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_are_kept_and_ties_keep_their_order() {
        let mut top = Top::default();
        for key in (0..100_u64).rev() {
            top.push(key, (), Count { packets: 1, bytes: key % 13 });
        }
        assert_eq!(top.count, 100);
        let keys: Vec<u64> = top.list.iter().map(|(key, ())| *key).collect();
        assert_eq!(keys, [12, 25, 38, 51, 64, 77, 90, 11, 24, 37]);
    }
}
