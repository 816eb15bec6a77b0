//! A file whose every state is a whole pcapng file.
//!
//! Readers refuse a file whose last block is cut, and a process can be killed within write(2): the
//! kernel looks between two pages whether it is. What lies in one page is written at once or not
//! at all. So:
//!
//! * Each write ends at the end of a block, and lies in one page.
//! * A block that has no place in what is left of a page goes to the next one. What is left becomes
//!   a block of its own, of a type for local use, which readers skip.
//! * A block that is longer than a page cannot become a part of the file at once: the lengths at
//!   both its ends must agree, they lie in two pages, and whatever one write changes, the blocks
//!   before that page are the same for who reads forwards, and those behind it for who reads
//!   backwards, by the lengths that stand there. It is written in one go, which can be cut short;
//!   then a [`Guard`] cuts the file off where the block began.
//! * Where many pages come at once, a write for each of them, and room that is left, cost more than
//!   all else. From then on there is a guard, too, and blocks are written many at a time.
//! * When a write fails since the disk is full, the file is cut off where it was valid; what was
//!   to be written is gone, and its packets are counted.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::block::{self, About, BLOCK_MIN, Description, Statistics};
use crate::ctf::PAGE_BYTES;
use crate::sys::Guard;

/// So many pages are written one by one before there is a guard, if they come at once.
const PAGES_AT_ONCE: u32 = 16;
/// With a guard so many bytes are written at once: what a processor keeps close to itself.
const GUARDED_BYTES: usize = 128 << 10;

/// A pcapng file that is being written.
#[derive(Debug)]
pub struct Pcapng {
    file: File,
    /// How long the file is.
    committed: u64,
    /// Whole blocks that are not in the file yet; without a guard they lie in one page.
    pending: Vec<u8>,
    /// How many pages were written since the last [`commit`](Pcapng::commit).
    pages: u32,
    /// There from the first block on that is longer than a page, and from the first time on that
    /// many pages come at once.
    guard: Option<Guard>,
    /// Something stands behind its end that could not be cut off.
    is_torn: bool,
    /// How many packets of each interface wait, and how many that did are gone.
    waiting: Vec<u64>,
    lost: Vec<u64>,
}

impl Pcapng {
    /// A file of this name in a directory. It is there when it describes all its interfaces, which
    /// count from 0.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn create(
        folder: &Path,
        name: &str,
        about: &About,
        interfaces: &[Description],
    ) -> io::Result<Self> {
        let hidden = folder.join(format!(".{name}"));
        let file = File::options().write(true).create_new(true).open(&hidden)?;
        let pending = Vec::with_capacity(PAGE_BYTES);
        let none = vec![0; interfaces.len()];
        let mut made = Pcapng {
            file,
            committed: 0,
            pending,
            pages: 0,
            guard: None,
            is_torn: false,
            waiting: none.clone(),
            lost: none,
        };
        made.whole(&about.block())?;
        for interface in interfaces {
            made.whole(&interface.block())?;
        }
        made.commit()?;
        std::fs::rename(&hidden, folder.join(name))?;
        Ok(made)
    }

    /// Adds a packet: its interface, its time in nanoseconds since the Unix epoch, its length on
    /// the wire, and its bytes, in pieces. It is in the file after the next
    /// [`commit`](Self::commit).
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn packet(&mut self, head: (u32, u64, u32), pieces: &[&[u8]]) -> io::Result<()> {
        let captured = pieces.iter().map(|piece| piece.len()).sum();
        self.make_place(block::packet_bytes(captured))?;
        block::packet(&mut self.pending, head, pieces);
        let of = head.0 as usize;
        self.waiting.get_mut(of).into_iter().for_each(|waiting| *waiting += 1);
        let written = self.written();
        if written.is_err() {
            // Of this one the error tells.
            self.lost.get_mut(of).into_iter().for_each(|lost| *lost -= 1);
        }
        written
    }

    /// Adds statistics.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn statistics(&mut self, statistics: &Statistics) -> io::Result<()> {
        self.whole(&statistics.block())
    }

    /// How many packets of each interface were added, and are gone since a later write failed:
    /// those of which nobody was told yet.
    pub fn take_lost(&mut self) -> Vec<u64> {
        let none = vec![0; self.lost.len()];
        std::mem::replace(&mut self.lost, none)
    }

    /// How long the file is with all that was added.
    pub fn bytes(&self) -> u64 {
        self.committed + self.pending.len() as u64
    }

    /// Makes all that was added a part of the file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn commit(&mut self) -> io::Result<()> {
        self.pages = 0;
        self.write()
    }

    fn write(&mut self) -> io::Result<()> {
        let is_in_page = self.pending.len() <= self.left();
        let guard = self.guard.as_ref().filter(|_| !is_in_page);
        guard.into_iter().for_each(|guard| guard.begin(self.committed));
        let is_whole = if self.is_torn { self.file.set_len(self.committed) } else { Ok(()) };
        let written = is_whole.and_then(|()| {
            // Not where the last write ended, which may have failed half-way.
            self.file.write_all_at(&self.pending, self.committed)
        });
        self.is_torn = written.is_err() && self.file.set_len(self.committed).is_err();
        if written.is_ok() {
            self.committed += self.pending.len() as u64;
        } else {
            self.lost.iter_mut().zip(&self.waiting).for_each(|(lost, waiting)| *lost += waiting);
        }
        // What is torn is cut off if this process ends before it can be.
        guard.filter(|_| !self.is_torn).into_iter().for_each(Guard::done);
        self.waiting.fill(0);
        self.pending.clear();
        written
    }

    fn whole(&mut self, block: &[u8]) -> io::Result<()> {
        self.make_place(block.len())?;
        self.pending.extend(block);
        self.written()
    }

    /// What is left of the file's last page: from [`BLOCK_MIN`] bytes to the whole of it, as long
    /// as there is no guard.
    fn left(&self) -> usize {
        PAGE_BYTES - (self.committed % PAGE_BYTES as u64) as usize
    }

    /// Sees to it that a block of so many bytes can be added.
    fn make_place(&mut self, len: usize) -> io::Result<()> {
        if self.guard.is_some() {
            return Ok(());
        }
        let left = self.left() - self.pending.len();
        let is_left_over = |left: usize| left == 0 || left >= BLOCK_MIN;
        if len <= left && is_left_over(left - len) {
            return Ok(());
        }
        if len > PAGE_BYTES || !is_left_over(PAGE_BYTES - len) || self.pages >= PAGES_AT_ONCE {
            self.guard = Some(Guard::new(&self.file)?);
            return Ok(());
        }
        block::padding(&mut self.pending, left);
        self.written()
    }

    /// Something was added: it is written when the page is full, or when it is much.
    fn written(&mut self) -> io::Result<()> {
        let most = if self.guard.is_some() { GUARDED_BYTES } else { self.left() };
        if self.pending.len() < most {
            return Ok(());
        }
        self.pages += 1;
        self.write()
    }
}
