//! A ring that receives packets of an interface.

use std::io;

use super::Block;
use super::interface::Interface;
use crate::error::{Error, ErrorKind};
use crate::sys::{Fanout, FilterStep, LentBlock, PacketCounts, PacketRing};

/// What messages say where the right to receive packets is missing.
pub const RIGHTS: &str = "run it as root, or give the file of the program the capability \
    cap_net_raw (setcap(8)); or record inside `unshare -Urn`";
/// Blocks are so long where there is room for [`BLOCKS`]: what a processor keeps close to itself.
/// Shorter ones cut long packets.
const BLOCK_BYTES: usize = 256 << 10;
const BLOCKS: usize = 4;
const PAGE_BYTES: usize = 4096;

// Steps of the classic packet filter (linux/filter.h, linux/bpf_common.h).
const LOAD: u16 = 0x20;
const IF_EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;
/// Where what the kernel says beside the packet is.
const BESIDE: u32 = (-0x1000_i32).cast_unsigned();
const KIND: u32 = BESIDE + 4;
const INTERFACE: u32 = BESIDE + 8;
const OUTGOING: u32 = 4;

/// How packets of an interface are received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The longest packet that is stored whole; 0 for any.
    pub snaplen: u32,
    /// Also packets that are for others.
    pub promiscuous: bool,
    /// How long a ring is: a power of two, from a page up.
    pub ring_bytes: usize,
}

/// A ring that receives packets of an interface, or a share of them.
#[derive(Debug)]
pub struct Queue {
    ring: PacketRing,
    what: String,
    accept: Vec<FilterStep>,
    /// What the kernel counted so far.
    counted: PacketCounts,
    /// How many packets came in blocks.
    taken: u64,
}

impl Queue {
    /// Rings for the packets of an interface: several share them by flows. They receive nothing
    /// before [`begin`](Self::begin).
    ///
    /// # Errors
    /// What the kernel does not allow or take.
    pub fn open(
        interface: &Interface,
        options: Options,
        count: usize,
    ) -> Result<Vec<Queue>, Error> {
        let what = format!("packets of {}", interface.net.name);
        let queues = (0..count).map(|_| Queue::one(interface, options, &what));
        let queues = queues.collect::<io::Result<Vec<Queue>>>();
        let queues = queues.map_err(|e| failed(&what, &e))?;
        let shared = || {
            let mut group: Option<Fanout> = None;
            for queue in &queues {
                queue.ring.bind(interface.net.index)?;
                if count > 1 {
                    group = Some(queue.ring.join(group)?);
                }
            }
            Ok(())
        };
        shared().map_err(|e| failed(&what, &e))?;
        if let Some(first) = queues.first().filter(|_| options.promiscuous)
            && interface.net.index != 0
        {
            first.ring.be_promiscuous(interface.net.index).map_err(|e| failed(&what, &e))?;
        }
        Ok(queues)
    }

    /// One that accepts nothing: so none receives a packet of the others before it is known how
    /// they share them.
    fn one(interface: &Interface, options: Options, what: &str) -> io::Result<Queue> {
        let block = (options.ring_bytes / BLOCKS).clamp(PAGE_BYTES, BLOCK_BYTES);
        let blocks = options.ring_bytes / block;
        let ring = PacketRing::new(interface.link.is_cooked, block, blocks)?;
        ring.filter(&[(RETURN, 0, 0, 0)])?;
        let accept = accept(interface.loopback, options.snaplen);
        let counted = PacketCounts::default();
        Ok(Queue { ring, what: what.to_owned(), accept, counted, taken: 0 })
    }

    /// From now on it receives packets.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn begin(&mut self) -> Result<(), Error> {
        self.ring.filter(&self.accept).map_err(|e| failed(&self.what, &e))
    }

    /// From now on it receives none, but for those that are on their way
    /// ([`wait_for_programs`](crate::sys::wait_for_programs)).
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn end(&mut self) -> Result<(), Error> {
        self.ring.filter(&[(RETURN, 0, 0, 0)]).map_err(|e| failed(&self.what, &e))
    }

    /// The next block of packets, if there is one. The one before it is given back to the kernel.
    pub fn next_block(&mut self) -> Option<Block<'_>> {
        let block = Block::new(self.ring.next_block()?);
        self.taken += u64::from(block.count());
        Some(block)
    }

    /// The same, which stays as it is until it is dropped.
    pub fn lend_block(&mut self) -> Option<LentBlock> {
        let block = self.ring.lend_block()?;
        self.taken += u64::from(Block::new(block.as_ref()).count());
        Some(block)
    }

    /// Whether there still is an interface to receive from.
    ///
    /// # Errors
    /// When it is gone, or the kernel does not say it.
    pub fn is_there(&self) -> Result<(), Error> {
        let gone = || io::Error::other("the interface is gone");
        match self.ring.is_bound() {
            Ok(true) => Ok(()),
            Ok(false) => Err(failed(&self.what, &gone())),
            Err(e) => Err(failed(&self.what, &e)),
        }
    }

    /// How many blocks the ring has: so many can be there at once.
    pub fn blocks(&self) -> usize {
        self.ring.blocks()
    }

    /// What the kernel counted since [`begin`](Self::begin): received are also those that were
    /// dropped.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub fn statistics(&mut self) -> Result<PacketCounts, Error> {
        let since = self.ring.counts().map_err(|e| failed(&self.what, &e))?;
        self.counted.received += since.received;
        self.counted.dropped += since.dropped;
        Ok(self.counted)
    }

    /// Whether all came in blocks that were received and not dropped, by the last statistics.
    pub fn is_empty(&self) -> bool {
        self.taken + self.counted.dropped >= self.counted.received
    }
}

/// Accepts all packets, but for those that come twice.
fn accept(loopback: Option<u32>, snaplen: u32) -> Vec<FilterStep> {
    let all = (RETURN, 0, 0, if snaplen == 0 { u32::MAX } else { snaplen });
    match loopback {
        None => vec![all],
        Some(index) => vec![
            (LOAD, 0, 0, INTERFACE),
            (IF_EQUAL, 0, 3, index),
            (LOAD, 0, 0, KIND),
            (IF_EQUAL, 0, 1, OUTGOING),
            (RETURN, 0, 0, 0),
            all,
        ],
    }
}

fn failed(what: &str, error: &io::Error) -> Error {
    let mut error = Error::of_io(what, error);
    if error.kind == ErrorKind::Denied {
        error.help = Some(RIGHTS);
    }
    error
}
