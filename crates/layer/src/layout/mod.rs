//! The files of a program's events, byte for byte.
//!
//! A program that is instrumented has a directory `PID-START-INSTANCE` in the directory of all
//! programs: its process id, when the process was started (the 22nd field of `/proc/PID/stat`, so
//! a process id that is used again is another one), and a number that counts up from 0 where one
//! process has several (after `exec`, or with both a C and a Rust part). In it are
//!
//! | file | what | who writes |
//! |---|---|---|
//! | `control` | [`control`]: who this is, which classes are on, what was lost | both, see there |
//! | `classes` | [`class`]: what events look like, one entry after another | the program |
//! | `ring-0`, … | [`ring`]: the events of a thread | the program; the recorder, how far it read |
//!
//! Numbers are in the byte order of the machine, at multiples of their size in `control` and in the
//! headers of rings. There is no locking between processes: each word has one writer, but for the
//! switches, of which each is a byte. A word that is said to be *published* is written after all
//! that it speaks of, and read before it. What no word has published is not there.
//!
//! Files are written through memory that is shared with them, so what was published is in the file
//! whatever becomes of the program. All space is there before it is mapped. Who reads them reads
//! with `read`, not by mapping them: a file can be cut off at any time.
//!
//! All that the program writes may be anything: who reads checks each number against the limits
//! here. [`drain`](crate::drain) does all this.

pub mod class;
pub mod control;
pub mod filters;
mod numbered;
mod read;
pub mod ring;
pub mod value;

/// Where the directories of all programs of a user are where nothing else is said: in memory, so
/// that no disk is written, and nothing is left when the machine starts again. The user's number
/// follows. It must be the user's own, and nobody else may look into it.
pub const OF_USER: &str = "/dev/shm/marey-";

/// The version of all that is said here. Another one has another number in all files.
pub const VERSION: u32 = 1;

/// The name of the file that says who a program is.
pub const CONTROL_FILE: &str = "control";

/// The name of the file with the classes.
pub const CLASSES_FILE: &str = "classes";

/// What the name of a ring's file begins with; its number follows.
pub const RING_FILE: &str = "ring-";

/// How many directories one process may have.
pub const INSTANCES_MAX: u32 = 64;

/// How many classes a program may have.
pub const CLASSES_MAX: usize = 4096;

/// How many rings a program may have: threads that record at the same time. With rings of the
/// usual size that is [`RINGS_MAX`] × ([`RING_BYTES`](ring::RING_BYTES) + 20 KiB), 138 MiB.
pub const RINGS_MAX: usize = 512;

/// How many fields a class may have.
pub const FIELDS_MAX: usize = 32;

/// The longest name of a class, a field or a source file, in bytes; of longer ones the rest is cut.
pub const NAME_BYTES_MAX: usize = 255;

/// What one directory is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectoryName {
    /// The process.
    pub pid: u32,
    /// When it was started, in clock ticks since the machine was.
    pub start: u64,
    /// Which one of the process' directories.
    pub instance: u32,
}

impl DirectoryName {
    /// The name as it was given, if it is one.
    ///
    /// ```
    /// use marey_layer::layout::DirectoryName;
    /// let name = DirectoryName::parse("1234-56789-0").unwrap();
    /// assert_eq!((name.pid, name.start, name.instance), (1234, 56789, 0));
    /// assert_eq!(DirectoryName::parse("1234-56789-0.old"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Self> {
        let mut parts = name.split('-');
        let pid = number(parts.next()?)?;
        let start = number(parts.next()?)?;
        let instance = number(parts.next()?)?;
        let pid = u32::try_from(pid).ok().filter(|pid| *pid > 0)?;
        let instance = u32::try_from(instance).ok().filter(|nth| *nth < INSTANCES_MAX)?;
        parts.next().is_none().then_some(DirectoryName { pid, start, instance })
    }
}

/// A number as the program writes it: digits alone, no zero in front.
fn number(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_short = text == "0" || !text.starts_with('0');
    (is_plain && is_short).then(|| text.parse().ok())?
}

impl core::fmt::Display for DirectoryName {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}-{}-{}", self.pid, self.start, self.instance)
    }
}
