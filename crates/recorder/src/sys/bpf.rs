//! Maps, programs and links of the kernel: bpf(2). Each is gone when its descriptor is closed.

use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};

use marey_filter::ebpf::Insn;

use super::checked;

/// The commands of bpf(2), by number (`enum bpf_cmd` of `linux/bpf.h`).
#[derive(Clone, Copy)]
#[repr(i32)]
enum Command {
    MapCreate = 0,
    MapLookup = 1,
    MapUpdate = 2,
    MapNextKey = 4,
    ProgramLoad = 5,
    Info = 15,
    RawTracepointOpen = 17,
    LinkCreate = 28,
}

/// What a map is (`enum bpf_map_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum MapKind {
    /// Keys and values.
    Hash = 1,
    /// Values by number, which can be mapped.
    Array = 2,
    /// Values by number, one for each CPU.
    PerCpuArray = 6,
    /// Records, one after the other.
    RingBuffer = 27,
}

/// What a program is given when it runs (`enum bpf_prog_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramKind {
    /// The registers of what runs, at a place in a program (`BPF_PROG_TYPE_KPROBE`).
    Registers,
    /// An event of a tracepoint, as its format says (`BPF_PROG_TYPE_TRACEPOINT`).
    Tracepoint,
    /// The values of an event of a tracepoint, which this type of the kernel's BTF describes
    /// (`BPF_PROG_TYPE_TRACING`).
    Values(u32),
}

impl ProgramKind {
    /// The type of the program, how it is attached, and the type in the kernel's BTF.
    fn numbers(self) -> [u32; 3] {
        match self {
            ProgramKind::Registers => [2, 0, 0],
            ProgramKind::Tracepoint => [5, 0, 0],
            ProgramKind::Values(number) => [26, ATTACH_RAW_TRACEPOINT, number],
        }
    }
}

const ATTACH_RAW_TRACEPOINT: u32 = 23;
const ATTACH_PERF_EVENT: u32 = 41;
const NAME_BYTES: usize = 16;
const LOG_BYTES: usize = 1 << 16;
/// Functions that read the kernel's memory are for programs with a licence of this kind only.
const LICENSE: &[u8] = b"Dual MIT/GPL\0";

/// `union bpf_attr` is at most this long, and what is not used of it is 0.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Attributes([u8; 144]);

impl Attributes {
    fn new() -> Self {
        Attributes([0; 144])
    }

    fn put(mut self, at: usize, bytes: &[u8]) -> Self {
        if let Some(to) = self.0.get_mut(at..at + bytes.len()) {
            to.copy_from_slice(bytes);
        }
        self
    }

    fn word(self, at: usize, value: u32) -> Self {
        self.put(at, &value.to_ne_bytes())
    }

    fn long(self, at: usize, value: u64) -> Self {
        self.put(at, &value.to_ne_bytes())
    }

    fn descriptor(self, at: usize, value: RawFd) -> Self {
        self.put(at, &value.to_ne_bytes())
    }

    /// # Safety
    /// The addresses that the attributes hold must be of memory that lives over the call, and is as
    /// long as the command expects.
    unsafe fn call(&self, command: Command) -> io::Result<i32> {
        // SAFETY: the attributes are 144 bytes that live over the call; what they point to is as
        // the caller promises.
        let result = unsafe {
            libc::syscall(libc::SYS_bpf, command as i32, self.0.as_ptr(), self.0.len() as u32)
        };
        checked(result)
    }
}

fn owned(descriptor: i32) -> OwnedFd {
    // SAFETY: the kernel has just returned this descriptor, and nobody else has it.
    unsafe { OwnedFd::from_raw_fd(descriptor) }
}

/// A name as the kernel takes it: 15 letters, digits, `_` and `.`.
fn name_bytes(name: &str) -> [u8; NAME_BYTES] {
    let mut bytes = [0; NAME_BYTES];
    let taken = name.bytes().filter(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(byte));
    bytes.iter_mut().take(NAME_BYTES - 1).zip(taken).for_each(|(to, from)| *to = from);
    bytes
}

/// How many bytes the kernel copies for a value that each CPU has: also of a single CPU, each
/// begins at a multiple of 8 and is filled up to the next one.
fn of_all_cpus(value_bytes: usize, cpus: usize) -> usize {
    value_bytes.next_multiple_of(8) * cpus
}

/// A map.
#[derive(Debug)]
pub struct Map {
    descriptor: OwnedFd,
    key_bytes: usize,
    /// Of all that a lookup gives.
    value_bytes: usize,
}

impl Map {
    /// A map for so many entries; a ring buffer for so many bytes, a power of two and whole pages.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn create(
        kind: MapKind,
        key_bytes: u32,
        value_bytes: u32,
        entries: u32,
        name: &str,
    ) -> io::Result<Self> {
        let attributes = Attributes::new().word(0, kind as u32).word(4, key_bytes);
        let attributes = attributes.word(8, value_bytes).word(12, entries);
        /// The values of an array can be mapped (`BPF_F_MMAPABLE`).
        const MAPPABLE: u32 = 1 << 10;
        let flags = if kind == MapKind::Array { MAPPABLE } else { 0 };
        let attributes = attributes.word(16, flags).put(28, &name_bytes(name));
        // SAFETY: these attributes hold no addresses.
        let descriptor = owned(unsafe { attributes.call(Command::MapCreate) }?);
        let value_bytes = match kind {
            MapKind::PerCpuArray => of_all_cpus(value_bytes as usize, super::possible_cpus()?),
            _ => value_bytes as usize,
        };
        Ok(Map { descriptor, key_bytes: key_bytes as usize, value_bytes })
    }

    /// Its descriptor, as programs name it.
    pub fn descriptor(&self) -> RawFd {
        self.descriptor.as_raw_fd()
    }

    /// The value of a key, of all CPUs where each has one.
    ///
    /// # Errors
    /// What the kernel says; [`io::ErrorKind::InvalidInput`] if the key is not as long as keys are.
    pub fn get(&self, key: &[u8]) -> io::Result<Vec<u8>> {
        self.check(key)?;
        let mut value = vec![0_u8; self.value_bytes];
        let attributes = Attributes::new().descriptor(0, self.descriptor());
        let attributes = attributes.long(8, key.as_ptr() as u64);
        let attributes = attributes.long(16, value.as_mut_ptr() as u64);
        // SAFETY: the key is as long as the map's keys, as checked above; the value is as long as
        // `create` says that a lookup gives.
        unsafe { attributes.call(Command::MapLookup) }?;
        Ok(value)
    }

    /// The keys that have values, so many at most.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn keys(&self, most: usize) -> io::Result<Vec<Vec<u8>>> {
        let mut keys: Vec<Vec<u8>> = Vec::new();
        while keys.len() < most {
            let mut next = vec![0_u8; self.key_bytes];
            // Behind no key at all is the first one.
            let last = keys.last().map_or(0, |key| key.as_ptr() as u64);
            let attributes = Attributes::new().descriptor(0, self.descriptor()).long(8, last);
            let attributes = attributes.long(16, next.as_mut_ptr() as u64);
            // SAFETY: both keys are as long as the map's keys: the last one came from here.
            match unsafe { attributes.call(Command::MapNextKey) } {
                Ok(_) => keys.push(next),
                Err(e) if e.kind() == io::ErrorKind::NotFound => break,
                Err(e) => return Err(e),
            }
        }
        Ok(keys)
    }

    /// Sets the value of a key.
    ///
    /// # Errors
    /// What the kernel says; [`io::ErrorKind::InvalidInput`] if a length is wrong.
    pub fn set(&self, key: &[u8], value: &[u8]) -> io::Result<()> {
        self.update(key, value, false)
    }

    /// Sets the value of a key that has none yet; else nothing changes.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn add(&self, key: &[u8], value: &[u8]) -> io::Result<()> {
        match self.update(key, value, true) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            result => result,
        }
    }

    fn update(&self, key: &[u8], value: &[u8], is_new: bool) -> io::Result<()> {
        self.check(key)?;
        if value.len() != self.value_bytes {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let attributes = Attributes::new().descriptor(0, self.descriptor());
        let attributes = attributes.long(8, key.as_ptr() as u64).long(16, value.as_ptr() as u64);
        // `BPF_NOEXIST` is 1.
        let attributes = attributes.long(24, is_new.into());
        // SAFETY: key and value are as long as the map's, as checked above.
        unsafe { attributes.call(Command::MapUpdate) }.map(drop)
    }

    fn check(&self, key: &[u8]) -> io::Result<()> {
        match key.len() == self.key_bytes {
            true => Ok(()),
            false => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

/// Why a program is not taken.
#[derive(Debug)]
pub struct Refused {
    /// What bpf(2) failed with.
    pub error: io::Error,
    /// What the kernel's verifier says, if it says something.
    pub log: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the kernel refuses a program: {}", self.error)?;
        match self.log.lines().rev().find(|line| !line.starts_with("processed ")) {
            Some(line) => write!(f, " ({})", line.trim()),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refused {}

/// A program for events, as the verifier took it.
#[derive(Debug)]
pub struct Program(OwnedFd, ProgramKind);

impl Program {
    /// Gives a program to the kernel.
    ///
    /// # Errors
    /// When it is refused.
    pub fn load(insns: &[Insn], kind: ProgramKind, name: &str) -> Result<Self, Refused> {
        let words: Vec<u64> = insns.iter().map(Insn::word).collect();
        let load = |log: &mut [u8]| {
            let [of, attached, described] = kind.numbers();
            let attributes = Attributes::new().word(0, of).word(4, words.len() as u32);
            let attributes = attributes.word(68, attached).word(108, described);
            let attributes = attributes.long(8, words.as_ptr() as u64);
            let attributes = attributes.long(16, LICENSE.as_ptr() as u64);
            let attributes = match log.is_empty() {
                true => attributes,
                false => attributes
                    .word(24, 1)
                    .word(28, log.len() as u32)
                    .long(32, log.as_mut_ptr() as u64),
            };
            // SAFETY: the instructions are as many as said; the licence ends with a 0; the log is
            // as long as said. All live over the call.
            unsafe { attributes.put(48, &name_bytes(name)).call(Command::ProgramLoad) }
        };
        match load(&mut []) {
            Ok(descriptor) => Ok(Program(owned(descriptor), kind)),
            Err(error) => {
                // Once more, for what the verifier says.
                let mut log = vec![0_u8; LOG_BYTES];
                let _ = load(&mut log).map(owned);
                let len = log.iter().position(|byte| *byte == 0).unwrap_or(0);
                let log = String::from_utf8_lossy(log.get(..len).unwrap_or_default()).into_owned();
                Err(Refused { error, log })
            }
        }
    }

    /// Whether it is given the values of an event.
    pub fn is_of_values(&self) -> bool {
        matches!(self.1, ProgramKind::Values(_))
    }

    /// How often the kernel left this program out, since another one ran on that CPU.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn missed(&self) -> io::Result<u64> {
        /// Where `recursion_misses` is in `struct bpf_prog_info`.
        const AT: usize = 208;
        let mut info = [0_u8; 232];
        let attributes = Attributes::new().descriptor(0, self.0.as_raw_fd());
        let attributes = attributes.word(4, info.len() as u32).long(8, info.as_mut_ptr() as u64);
        // SAFETY: the answer is as long as said, and lives over the call.
        unsafe { attributes.call(Command::Info) }?;
        let misses = info.get(AT..AT + 8).and_then(|bytes| bytes.try_into().ok());
        Ok(misses.map_or(0, u64::from_ne_bytes))
    }
}

/// A program that runs at an event, until this is dropped.
#[derive(Debug)]
pub struct Link {
    link: OwnedFd,
    /// The event, which the link refers to, where it is one of perf.
    event: Option<OwnedFd>,
}

impl Link {
    /// Lets a program run at an event that [`tracepoint`](super::tracepoint) or
    /// [`uprobe`](super::uprobe) opened.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn create(program: &Program, event: OwnedFd) -> io::Result<Self> {
        let attributes = Attributes::new().descriptor(0, program.0.as_raw_fd());
        let attributes = attributes.descriptor(4, event.as_raw_fd()).word(8, ATTACH_PERF_EVENT);
        // SAFETY: these attributes hold no addresses.
        let link = owned(unsafe { attributes.call(Command::LinkCreate) }?);
        Ok(Link { link, event: Some(event) })
    }

    /// Lets a program run that is given the values of an event.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn of_values(program: &Program) -> io::Result<Self> {
        // Which event it is, the program says.
        let attributes = Attributes::new().descriptor(8, program.0.as_raw_fd());
        // SAFETY: these attributes hold no addresses: there is no name.
        let link = owned(unsafe { attributes.call(Command::RawTracepointOpen) }?);
        Ok(Link { link, event: None })
    }

    /// No program runs any more; those that run just now go on to their ends. What is left are
    /// events that nothing is attached to.
    ///
    /// The kernel waits for all CPUs when it closes a link. All links are closed at once, so that
    /// it waits once for many.
    pub fn detach(links: Vec<Link>) -> Vec<OwnedFd> {
        /// So many are closed at the same time.
        const AT_ONCE: usize = 128;
        let (links, events): (Vec<_>, Vec<Option<OwnedFd>>) =
            links.into_iter().map(|link| (link.link, link.event)).unzip();
        let each = links.len().div_ceil(AT_ONCE).max(1);
        std::thread::scope(|scope| {
            let mut links = links.into_iter().peekable();
            while links.peek().is_some() {
                let some: Vec<OwnedFd> = links.by_ref().take(each).collect();
                scope.spawn(move || drop(some));
            }
        });
        events.into_iter().flatten().collect()
    }
}

/// Waits until all programs that were running have ended.
pub fn wait_for_programs() {
    /// It returns when each CPU has passed a point where no program runs (membarrier(2)).
    const GLOBAL: libc::c_int = 1;
    // SAFETY: it has no addresses.
    let result = unsafe { libc::syscall(libc::SYS_membarrier, GLOBAL, 0, 0) };
    if result != 0 {
        // Some kernels do not have it. No program takes that long.
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// Closes events in another process. The kernel waits for all CPUs when it closes one, and one
/// after the other: with many of them that takes minutes.
pub fn close_elsewhere(events: Vec<OwnedFd>) {
    /// So many are closed at once.
    const FEW: usize = 2;
    if events.len() > FEW {
        // SAFETY: the child only makes system calls that need no lock and no heap. It closes all
        // descriptors, which are its own copies, and ends.
        unsafe {
            if libc::fork() == 0 {
                libc::setsid();
                libc::syscall(libc::SYS_close_range, 0_u32, u32::MAX, 0_u32);
                libc::_exit(0);
            }
        }
    }
    // These are not the last ones to be closed, if there is a child.
    drop(events);
}

#[cfg(test)]
mod tests {
    use super::of_all_cpus;

    #[test]
    fn values_of_cpus_are_as_long_as_the_kernel_copies_them() {
        assert_eq!([1, 4, 8, 12].map(|len| of_all_cpus(len, 1)), [8, 8, 8, 16]);
        assert_eq!([1, 4, 8, 12].map(|len| of_all_cpus(len, 3)), [24, 24, 24, 48]);
    }
}
