//! What a program or library has: functions by their symbols, and probes by their notes.
//!
//! ELF as in the "System V ABI" (gABI 4.1, chapters 4 and 5); notes of probes as in SystemTap's
//! "User Space Probe Implementation": a section `.note.stapsdt` of notes of the type 3, each with
//! three addresses, and the texts of provider, name and arguments.

use std::fs::File;
use std::io;
use std::path::Path;

use object::elf::FileHeader64;
use object::read::elf::{ElfFile64, NoteIterator};
use object::{Endianness, Object as _, ObjectSection as _, ObjectSegment as _, ObjectSymbol as _};
use object::{ReadCache, SymbolKind};

/// How many symbols are looked at for functions.
pub const FUNCTIONS_MAX: usize = 1 << 22;
/// How many probes are looked at.
pub const PROBES_MAX: usize = 1 << 16;
/// How long the notes of probes may be, in bytes.
const NOTES_BYTES_MAX: u64 = 1 << 26;

/// A function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Function {
    /// The name of its symbol.
    pub symbol: String,
    /// Where it begins in the file.
    pub offset: u64,
}

/// A place of a probe; one probe may have several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probe {
    /// Who made the probe: `libstdcxx`.
    pub provider: String,
    /// Its name: `throw`.
    pub name: String,
    /// Where it is in the file.
    pub offset: u64,
    /// Where the number of those who look is in the file, if there is one.
    pub counter: Option<u64>,
    /// Where its arguments are.
    pub arguments: String,
}

/// Why a file cannot be read.
#[derive(Debug)]
pub enum Unreadable {
    /// Reading failed.
    Io(io::Error),
    /// It is no program of 64 bits.
    Other(String),
}

/// A file that was opened.
pub struct Binary<'d> {
    file: ElfFile64<'d, Endianness, &'d ReadCache<File>>,
}

/// Opens a file for [`Binary::new`].
///
/// # Errors
/// When it cannot be opened, or is no file.
pub fn open(path: &Path) -> io::Result<ReadCache<File>> {
    let file = File::open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(ReadCache::new(file)),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file")),
    }
}

impl<'d> Binary<'d> {
    /// Looks whether it is a program.
    ///
    /// # Errors
    /// When it is not.
    pub fn new(data: &'d ReadCache<File>) -> Result<Self, Unreadable> {
        let file = ElfFile64::parse(data);
        file.map(|file| Binary { file }).map_err(|e| Unreadable::Other(e.to_string()))
    }

    /// Its functions, by their symbols; several may have one name. There are none in a program
    /// that is stripped.
    pub fn functions(&self) -> Vec<Function> {
        let symbols = self.file.symbols().chain(self.file.dynamic_symbols()).take(FUNCTIONS_MAX);
        let functions = symbols.filter_map(|symbol| {
            let is_here = symbol.kind() == SymbolKind::Text && symbol.is_definition();
            let (name, address) = (symbol.name().ok().filter(|_| is_here)?, symbol.address());
            // Some have their version behind it.
            let name = name.split('@').next().filter(|name| !name.is_empty())?;
            Some(Function { symbol: name.to_owned(), offset: self.offset(address)? })
        });
        let mut functions: Vec<Function> = functions.collect();
        functions.sort();
        functions.dedup();
        functions
    }

    /// Where its first instruction is in the file.
    pub fn entry(&self) -> Option<u64> {
        self.offset(self.file.entry())
    }

    /// The places of its probes.
    pub fn probes(&self) -> Vec<Probe> {
        let Some(section) = self.file.section_by_name(".note.stapsdt") else { return Vec::new() };
        let Some(notes) = Some(section.size()).filter(|size| *size <= NOTES_BYTES_MAX) else {
            return Vec::new();
        };
        let notes = section.data_range(section.address(), notes).ok().flatten().unwrap_or_default();
        let endian = self.file.endian();
        let Ok(notes) = NoteIterator::<FileHeader64<Endianness>>::new(endian, 4, notes) else {
            return Vec::new();
        };
        /// `NT_STAPSDT`
        const PROBE: u32 = 3;
        let probes = notes.map_while(Result::ok).take(PROBES_MAX).filter_map(|note| {
            let is_one = note.name() == b"stapsdt" && note.n_type(endian).0 == PROBE;
            self.probe(note.desc()).filter(|_| is_one)
        });
        let mut probes: Vec<Probe> = probes.collect();
        probes.sort();
        probes.dedup();
        probes
    }

    fn probe(&self, bytes: &[u8]) -> Option<Probe> {
        let word = |at: usize| {
            let bytes: [u8; 8] = bytes.get(at..at + 8)?.try_into().ok()?;
            Some(match self.file.endian() {
                Endianness::Little => u64::from_le_bytes(bytes),
                Endianness::Big => u64::from_be_bytes(bytes),
            })
        };
        let (address, base, counter) = (word(0)?, word(8)?, word(16)?);
        // What moved the program since it was linked moved this section as well.
        let now = self.file.section_by_name(".stapsdt.base").map_or(base, |at| at.address());
        let moved = |address: u64| address.wrapping_add(now.wrapping_sub(base));
        let mut texts = bytes.get(24..)?.split(|byte| *byte == 0).map(String::from_utf8_lossy);
        Some(Probe {
            provider: texts.next()?.into_owned(),
            name: texts.next()?.into_owned(),
            offset: self.offset(moved(address))?,
            counter: match counter {
                0 => None,
                counter => Some(self.offset(moved(counter))?),
            },
            arguments: texts.next()?.into_owned(),
        })
    }

    /// Where an address is in the file.
    fn offset(&self, address: u64) -> Option<u64> {
        self.file.segments().find_map(|segment| {
            let (start, bytes) = segment.file_range();
            let inside = address.checked_sub(segment.address())?;
            (inside < bytes).then(|| start.checked_add(inside)).flatten()
        })
    }
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unreadable::Io(e) => write!(f, "{e}"),
            Unreadable::Other(why) => write!(f, "it is no program of 64 bits ({why})"),
        }
    }
}
