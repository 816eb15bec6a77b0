//! Sockets that receive packets as they are on an interface, into a ring that the kernel shares
//! (packet(7); `Documentation/networking/packet_mmap.rst`, version 3 of the ring).
//!
//! The ring consists of blocks. The kernel fills one after the other, and hands a block over when
//! it is full or some time has passed, by a flag in the block's head; the one who reads it gives
//! it back by the same flag.

use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::checked;
use super::mapping::Mapping;

/// Where a block's flags are, in bytes from its start (`struct tpacket_hdr_v1`).
const BLOCK_STATUS: usize = 8;
/// After so many milliseconds a block is handed over that is not full.
pub const HANDED_OVER_AFTER_MS: u32 = 5;
/// The kernel wants such a length, though the frames of this version have lengths of their own.
const FRAME_BYTES: u32 = 128;

/// A socket for packets, and its ring.
#[derive(Debug)]
pub struct PacketRing {
    descriptor: OwnedFd,
    blocks: Arc<Blocks>,
    current: usize,
    /// The current block is ours.
    is_taken: bool,
}

/// The memory of a ring.
#[derive(Debug)]
struct Blocks {
    memory: Mapping,
    block_bytes: usize,
    /// For each block, whether it is lent.
    lent: Box<[AtomicBool]>,
}

// SAFETY: a block is read only by who has it, as its flags say; those are atomic.
unsafe impl Sync for Blocks {}

/// A block that the kernel handed over, as it is. It goes back to the kernel when this is dropped,
/// by whichever thread.
#[derive(Debug)]
pub struct LentBlock {
    blocks: Arc<Blocks>,
    index: usize,
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: as for `Blocks`: nobody writes there while it is lent.
unsafe impl Send for LentBlock {}
// SAFETY: as above.
unsafe impl Sync for LentBlock {}

/// How packets are distributed over several sockets of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fanout(u16);

/// What the kernel counted since the last time it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct PacketCounts {
    /// Packets that came, also those that had no place.
    pub received: u64,
    /// Packets that had no place in the ring.
    pub dropped: u64,
}

/// An instruction of the classic packet filter: what it does, where it jumps if something holds
/// and if not, and a number.
pub type FilterStep = (u16, u8, u8, u32);

impl PacketRing {
    /// A socket that receives nothing yet, with a ring of so many blocks. `cooked` is for packets
    /// without the headers of their links.
    ///
    /// # Errors
    /// What the kernel says; [`io::ErrorKind::InvalidInput`] if this is no length of a ring.
    pub fn new(cooked: bool, block_bytes: usize, blocks: usize) -> io::Result<Self> {
        let len = block_bytes.checked_mul(blocks).filter(|len| (4096..=1 << 40).contains(len));
        let len = len.filter(|_| block_bytes.is_multiple_of(4096));
        let len = len.ok_or(io::ErrorKind::InvalidInput)?;
        let kind = if cooked { libc::SOCK_DGRAM } else { libc::SOCK_RAW };
        let flags = kind | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
        // SAFETY: it has no addresses.
        let socket = checked(unsafe { libc::socket(libc::AF_PACKET, flags, 0) }.into())?;
        // SAFETY: the kernel has just returned this descriptor, and nobody else has it.
        let descriptor = unsafe { OwnedFd::from_raw_fd(socket) };
        let version: libc::c_int = libc::tpacket_versions::TPACKET_V3 as libc::c_int;
        set(&descriptor, libc::SOL_PACKET, libc::PACKET_VERSION, &version)?;
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let request = libc::tpacket_req3 {
            tp_block_size: number(block_bytes),
            tp_block_nr: number(blocks),
            tp_frame_size: FRAME_BYTES,
            tp_frame_nr: number(len / FRAME_BYTES as usize),
            tp_retire_blk_tov: HANDED_OVER_AFTER_MS,
            tp_sizeof_priv: 0,
            tp_feature_req_word: 0,
        };
        set(&descriptor, libc::SOL_PACKET, libc::PACKET_RX_RING, &request)?;
        let memory = Mapping::of(descriptor.as_raw_fd(), 0, len, true)?;
        let lent = (0..blocks).map(|_| AtomicBool::new(false)).collect();
        let blocks = Arc::new(Blocks { memory, block_bytes, lent });
        Ok(PacketRing { descriptor, blocks, current: 0, is_taken: false })
    }

    /// How many blocks it has.
    pub fn blocks(&self) -> usize {
        self.blocks.lent.len()
    }

    /// Which packets it receives: those for which these steps return more than 0, cut to as many
    /// bytes. The kernel checks them.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn filter(&self, steps: &[FilterStep]) -> io::Result<()> {
        let step = |&(code, jt, jf, k): &FilterStep| libc::sock_filter { code, jt, jf, k };
        let mut steps: Vec<libc::sock_filter> = steps.iter().map(step).collect();
        let len = u16::try_from(steps.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        let program = libc::sock_fprog { len, filter: steps.as_mut_ptr() };
        set(&self.descriptor, libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &program)
    }

    /// Receives from the interface of this number, from all of them if it is 0.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn bind(&self, interface: u32) -> io::Result<()> {
        // SAFETY: all bytes 0 are a valid address.
        let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
        address.sll_family = libc::AF_PACKET as u16;
        address.sll_protocol = (libc::ETH_P_ALL as u16).to_be();
        address.sll_ifindex = interface.cast_signed();
        let len = size_of::<libc::sockaddr_ll>() as libc::socklen_t;
        let socket = self.descriptor.as_raw_fd();
        // SAFETY: the address is as long as it is said, and lives over the call.
        let result = unsafe { libc::bind(socket, (&raw const address).cast(), len) };
        checked(result.into()).map(drop)
    }

    /// Whether there still is what it was bound to: an interface can be removed.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn is_bound(&self) -> io::Result<bool> {
        /// What the kernel says in place of an interface that was removed.
        const NONE: i32 = -1;
        // SAFETY: all bytes 0 are a valid address.
        let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
        let mut len = size_of::<libc::sockaddr_ll>() as libc::socklen_t;
        let (socket, to) = (self.descriptor.as_raw_fd(), (&raw mut address).cast());
        // SAFETY: the kernel writes at most as many bytes as the address has, and any are valid.
        checked(unsafe { libc::getsockname(socket, to, &mut len) }.into())?;
        Ok(address.sll_ifindex != NONE)
    }

    /// Has the interface receive packets that are not for it, as long as this socket is open.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn be_promiscuous(&self, interface: u32) -> io::Result<()> {
        let request = libc::packet_mreq {
            mr_ifindex: interface.cast_signed(),
            mr_type: libc::PACKET_MR_PROMISC as u16,
            mr_alen: 0,
            mr_address: [0; 8],
        };
        set(&self.descriptor, libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &request)
    }

    /// Shares the packets of the interface with the other sockets that join: packets of one flow
    /// go to one of them. Without a group it founds one.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn join(&self, group: Option<Fanout>) -> io::Result<Fanout> {
        /// `PACKET_FANOUT_HASH`.
        const BY_FLOW: u32 = 0;
        let (id, mode) = match group {
            Some(Fanout(id)) => (id, BY_FLOW),
            None => (0, BY_FLOW | libc::PACKET_FANOUT_FLAG_UNIQUEID),
        };
        let wanted: u32 = mode << 16 | u32::from(id);
        set(&self.descriptor, libc::SOL_PACKET, libc::PACKET_FANOUT, &wanted)?;
        let mut joined = 0_u32;
        get(&self.descriptor, libc::PACKET_FANOUT, &mut joined)?;
        Ok(Fanout(joined as u16))
    }

    /// What the kernel counted since it was asked last.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn counts(&self) -> io::Result<PacketCounts> {
        let mut counted = libc::tpacket_stats_v3 { tp_packets: 0, tp_drops: 0, tp_freeze_q_cnt: 0 };
        get(&self.descriptor, libc::PACKET_STATISTICS, &mut counted)?;
        let (received, dropped) = (counted.tp_packets.into(), counted.tp_drops.into());
        Ok(PacketCounts { received, dropped })
    }

    /// The next block that the kernel handed over, as it is. The one before it is given back.
    pub fn next_block(&mut self) -> Option<&[u8]> {
        if self.is_taken {
            self.blocks.give_back(self.current);
            self.go_on();
        }
        self.is_taken = self.blocks.is_ours(self.current);
        // SAFETY: it is ours, and not lent. It is given back by this method alone, which needs
        // `&mut self` and so ends this borrow.
        self.is_taken.then(|| unsafe { self.blocks.bytes(self.current) })
    }

    /// The same, for as long as somebody wants it. The kernel has no other place for packets than
    /// the blocks that are not lent.
    pub fn lend_block(&mut self) -> Option<LentBlock> {
        self.next_block()?;
        let (blocks, index) = (Arc::clone(&self.blocks), self.current);
        blocks.lent.get(index)?.store(true, Ordering::Relaxed);
        self.go_on();
        let (start, len) = (blocks.block(index), blocks.block_bytes);
        Some(LentBlock { blocks, index, start, len })
    }

    fn go_on(&mut self) {
        self.current = (self.current + 1) % self.blocks();
        self.is_taken = false;
    }
}

impl Blocks {
    /// Whether the kernel handed it over, and it is not lent.
    fn is_ours(&self, index: usize) -> bool {
        let is_lent = self.lent.get(index).is_none_or(|lent| lent.load(Ordering::Acquire));
        !is_lent && self.status(index).load(Ordering::Acquire) & libc::TP_STATUS_USER != 0
    }

    fn give_back(&self, index: usize) {
        self.status(index).store(libc::TP_STATUS_KERNEL, Ordering::Release);
    }

    fn status(&self, index: usize) -> &AtomicU32 {
        // SAFETY: the flags lie in the block, which lies in the mapping, at a multiple of 4; all
        // who write them do it atomically.
        unsafe { self.block(index).add(BLOCK_STATUS).cast::<AtomicU32>().as_ref() }
    }

    /// # Safety
    /// The block is ours, as long as this borrow is: then the kernel does not write there.
    unsafe fn bytes(&self, index: usize) -> &[u8] {
        // SAFETY: the block lies in the mapping, and nobody writes there, as the caller says.
        unsafe { std::slice::from_raw_parts(self.block(index).as_ptr(), self.block_bytes) }
    }

    fn block(&self, index: usize) -> NonNull<u8> {
        // SAFETY: after the remainder, the index is below the number of blocks, so this is in the
        // mapping.
        unsafe { self.memory.start().add(index % self.lent.len() * self.block_bytes) }
    }
}

impl AsRef<[u8]> for LentBlock {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: `start` is a block of the mapping, which `blocks` keeps, and `len` is at most its
        // length. It was handed over when this was made, and goes back when this is dropped: the
        // ring does not take it again while it is lent.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl Drop for LentBlock {
    fn drop(&mut self) {
        self.blocks.give_back(self.index);
        // Only now may the ring look at its flags again.
        if let Some(lent) = self.blocks.lent.get(self.index) {
            lent.store(false, Ordering::Release);
        }
    }
}

/// Sets an option of a socket to a value that has no padding the kernel would read.
fn set<T>(socket: &OwnedFd, level: libc::c_int, option: libc::c_int, value: &T) -> io::Result<()> {
    let len = size_of::<T>() as libc::socklen_t;
    let value = std::ptr::from_ref(value).cast();
    // SAFETY: the value is as long as it is said, and lives over the call.
    let result = unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, value, len) };
    checked(result.into()).map(drop)
}

/// Reads an option of a socket for packets: for types that consist of numbers only.
fn get<T: Copy>(socket: &OwnedFd, option: libc::c_int, value: &mut T) -> io::Result<()> {
    let mut len = size_of::<T>() as libc::socklen_t;
    let value = std::ptr::from_mut(value).cast();
    let (socket, level) = (socket.as_raw_fd(), libc::SOL_PACKET);
    // SAFETY: the kernel writes at most as many bytes as the value has, and any are valid in it.
    checked(unsafe { libc::getsockopt(socket, level, option, value, &mut len) }.into()).map(drop)
}
