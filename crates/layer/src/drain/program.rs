//! A program: its control page, its classes, its rings.

use std::fs::File;
use std::path::Path;

use super::files::{Directory, read_at, write_at};
use super::{Class, Error, Found, Stream};
use crate::layout::class;
use crate::layout::control::{
    self, ASK_FILTER, BEAT, CLASSES_BYTES, Control, FILTERS, FILTERS_BYTES_MAX, FILTERS_LEN,
    FILTERS_TURN, Lost, ON, ON_BY_RECORDER, PATTERNS, PATTERNS_BYTES_MAX, PATTERNS_LEN,
    PATTERNS_TURN, SWITCHES, WANTED_RING_BYTES,
};
use crate::layout::filters::{Entry, FILTERS_MAX};
use crate::layout::{CLASSES_FILE, CLASSES_MAX, CONTROL_FILE, RING_FILE, RINGS_MAX};

/// How much of `classes` is read at once.
const PIECE_BYTES: usize = 64 * 1024;

/// How much of the control page is the program's word.
const CONTROL_READ_BYTES: usize =
    control::HANDLERS + control::HANDLERS_MAX * control::HANDLER_NAME_BYTES;

/// The files of a program, open.
#[derive(Debug)]
pub struct Program {
    directory: Directory,
    control_file: File,
    control: Control,
    /// There as soon as there is a class.
    classes_file: Option<File>,
    classes: Vec<Class>,
    classes_read: u64,
    /// The file with the classes is not what it has to be: it is not read on.
    classes_damaged: bool,
    rings: u32,
    streams: Vec<Stream>,
    damaged_rings: u32,
}

impl Program {
    /// Opens the files of a program. It changes nothing: see [`beat`](Self::beat).
    ///
    /// # Errors
    /// When they can't be opened, or are not such files: also for a moment while they are made.
    pub fn open(found: &Found) -> Result<Self, Error> {
        let directory = Directory::open(&found.path)?;
        let control_file = directory.file(CONTROL_FILE, true)?;
        let control = read_control(directory.path(), &control_file)?;
        let (said, name) = ((control.pid, control.start, control.instance), found.name);
        if said != (name.pid, name.start, name.instance) {
            let path = directory.path().join(CONTROL_FILE);
            return Err(Error::wrong(&path, "of another process than its directory"));
        }
        Ok(Program {
            directory,
            control_file,
            control,
            classes_file: None,
            classes: Vec::new(),
            classes_read: 0,
            classes_damaged: false,
            rings: 0,
            streams: Vec::new(),
            damaged_rings: 0,
        })
    }

    /// What the control page said when it was last read.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Looks for what is new: counts, classes, rings. Do this before the streams are read, so that
    /// the class of each record is known, and once more after: then no ring is missed of a program
    /// that has ended.
    ///
    /// # Errors
    /// When the control page can't be read.
    pub fn update(&mut self) -> Result<(), Error> {
        self.control = read_control(self.directory.path(), &self.control_file)?;
        if !self.classes_damaged && self.read_classes().is_none() {
            self.classes_damaged = true;
        }
        for nth in self.rings..self.control.rings.min(RINGS_MAX as u32) {
            let name = format!("{RING_FILE}{nth}");
            let streams = self
                .directory
                .file(&name, true)
                .and_then(|file| Stream::open(file, nth, &self.directory.path().join(&name)));
            match streams {
                Ok(streams) => self.streams.extend(streams),
                Err(_) => self.damaged_rings += 1,
            }
            self.rings = nth + 1;
        }
        Ok(())
    }

    /// Reads the entries that were published since; `None` where one is wrong.
    fn read_classes(&mut self) -> Option<()> {
        let end = self.control.classes_bytes.min(class::FILE_BYTES_MAX as u64);
        while self.classes_read < end {
            if self.classes_file.is_none() {
                self.classes_file = Some(self.directory.file(CLASSES_FILE, false).ok()?);
            }
            let file = self.classes_file.as_ref()?;
            let wanted = (end - self.classes_read).min(PIECE_BYTES as u64) as usize;
            let mut piece = vec![0; wanted];
            let len = read_at(file, &mut piece, self.classes_read).ok()?;
            let taken = self.take_entries(piece.get(..len)?);
            if taken == 0 {
                return None;
            }
            self.classes_read += taken as u64;
        }
        Some(())
    }

    /// Takes the whole entries at the start of these bytes; how many bytes they have.
    fn take_entries(&mut self, piece: &[u8]) -> usize {
        let mut at = 0;
        while let Some((entry, len)) = piece.get(at..).and_then(class::Entry::parse) {
            let is_next = entry.id as usize == self.classes.len() + 1;
            if len == 0 || !is_next || self.classes.len() == CLASSES_MAX {
                break;
            }
            self.classes.push(Class::new(&entry));
            at += len;
        }
        at
    }

    /// The classes that are known: number `n` is at `n − 1`.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The class with this number.
    pub fn class(&self, id: u32) -> Option<&Class> {
        self.classes.get((id as usize).checked_sub(1)?)
    }

    /// Whether `classes` has something in it that is no class: those behind are not known.
    pub fn are_classes_damaged(&self) -> bool {
        self.classes_damaged
    }

    /// How many rings there are that could not be opened.
    pub fn damaged_rings(&self) -> u32 {
        self.damaged_rings
    }

    /// The streams of the rings that are known.
    pub fn streams(&mut self) -> &mut [Stream] {
        &mut self.streams
    }

    /// The same, to keep: they are not given again.
    pub fn take_streams(&mut self) -> Vec<Stream> {
        std::mem::take(&mut self.streams)
    }

    /// What the program lost outside of its rings.
    pub fn lost(&self) -> Lost {
        self.control.lost
    }

    /// Says that a recorder is there: for [`SILENT_NS`](control::SILENT_NS) from this time on,
    /// which is `CLOCK_MONOTONIC`, a full ring loses its newest events and not its oldest. 0 says
    /// that it is gone.
    ///
    /// # Errors
    /// When the control page can't be written, as in all that follows here.
    pub fn beat(&self, now_ns: u64) -> Result<(), Error> {
        self.write(BEAT, &now_ns.to_ne_bytes())
    }

    /// When a recorder looked here last; 0: none did. There may be one at a time: who finds that
    /// another one was there less than [`SILENT_NS`](control::SILENT_NS) ago leaves it alone.
    ///
    /// # Errors
    /// When the control page can't be read.
    pub fn last_beat(&self) -> Result<u64, Error> {
        Ok(u64::from_ne_bytes(self.read(BEAT)?))
    }

    /// Switches a class on or off for the recorder.
    ///
    /// # Errors
    /// As [`beat`](Self::beat); also when there is no such class.
    pub fn switch(&self, id: u32, is_on: bool) -> Result<(), Error> {
        self.set_bit(id, ON_BY_RECORDER, is_on)
    }

    /// Says whether the filter of a class is asked; [give](Self::set_filters) it first.
    ///
    /// # Errors
    /// As [`switch`](Self::switch).
    pub fn ask_filter(&self, id: u32, is_asked: bool) -> Result<(), Error> {
        self.set_bit(id, ASK_FILTER, is_asked)
    }

    fn set_bit(&self, id: u32, bit: u8, is_set: bool) -> Result<(), Error> {
        let at = self.place_of_switch(id)?;
        let [was] = self.read(at)?;
        self.write(at, &[if is_set { was | bit } else { was & !bit }])
    }

    /// Switches a class off, by whomever it was switched on.
    ///
    /// # Errors
    /// As [`switch`](Self::switch).
    pub fn clear(&self, id: u32) -> Result<(), Error> {
        self.write(self.place_of_switch(id)?, &[0])
    }

    /// Whether a class is on, by whomever.
    ///
    /// # Errors
    /// When the control page can't be read, and when there is no such class.
    pub fn is_on(&self, id: u32) -> Result<bool, Error> {
        let [switch] = self.read(self.place_of_switch(id)?)?;
        Ok(switch & ON != 0)
    }

    fn place_of_switch(&self, id: u32) -> Result<usize, Error> {
        let nth = (id as usize).checked_sub(1).filter(|nth| *nth < CLASSES_MAX);
        let wrong = || Error::wrong(self.directory.path(), "no class has this number");
        nth.map(|nth| SWITCHES + nth).ok_or_else(wrong)
    }

    /// Says which classes shall be on that the program has not used yet: globs of `provider:event`,
    /// with commas between them. Classes that are known have to be [switched](Self::switch); do
    /// that after an [`update`](Self::update) after this, and none is missed.
    ///
    /// # Errors
    /// As [`beat`](Self::beat); also when they are longer than [`PATTERNS_BYTES_MAX`].
    pub fn set_patterns(&self, patterns: &str) -> Result<(), Error> {
        if patterns.len() > PATTERNS_BYTES_MAX {
            return Err(Error::wrong(self.directory.path(), "the patterns are too long"));
        }
        self.replace((PATTERNS_TURN, PATTERNS_LEN, PATTERNS), patterns.as_bytes())
    }

    /// Gives the program filters for classes: words and texts of the code, as
    /// [`filters`](crate::layout::filters) says. A program that [can't](Control::can_filter) does
    /// not look at them. An event that comes meanwhile is kept, so ask them again of what is read.
    ///
    /// # Errors
    /// As [`beat`](Self::beat); also when there are too many, or they are too long together.
    pub fn set_filters(&self, filters: &[(u32, &[u64], &[u8])]) -> Result<(), Error> {
        let mut bytes = Vec::new();
        for (class, words, texts) in filters {
            Entry::put(&mut bytes, *class, words, texts);
        }
        if filters.len() > FILTERS_MAX || bytes.len() > FILTERS_BYTES_MAX {
            return Err(Error::wrong(self.directory.path(), "the filters are too long"));
        }
        self.replace((FILTERS_TURN, FILTERS_LEN, FILTERS), &bytes)
    }

    /// Writes what has a turn and a length: while the turn is odd, nobody takes it.
    fn replace(&self, (turn, len, place): (usize, usize, usize), with: &[u8]) -> Result<(), Error> {
        let odd = u32::from_ne_bytes(self.read(turn)?) | 1;
        self.write(turn, &odd.to_ne_bytes())?;
        self.write(len, &(with.len() as u32).to_ne_bytes())?;
        self.write(place, with)?;
        self.write(turn, &odd.wrapping_add(1).to_ne_bytes())
    }

    /// Says how long rings shall be that are made from now on; 0: as the program says.
    ///
    /// # Errors
    /// As [`beat`](Self::beat).
    pub fn set_ring_bytes(&self, bytes: u32) -> Result<(), Error> {
        self.write(WANTED_RING_BYTES, &bytes.to_ne_bytes())
    }

    /// What stands in the control page; zeros behind its end.
    fn read<const N: usize>(&self, at: usize) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        let read = read_at(&self.control_file, &mut bytes, at as u64);
        read.map_err(|error| Error::new(&self.directory.path().join(CONTROL_FILE), error))?;
        Ok(bytes)
    }

    fn write(&self, at: usize, bytes: &[u8]) -> Result<(), Error> {
        let path = || self.directory.path().join(CONTROL_FILE);
        write_at(&self.control_file, bytes, at).map_err(|error| Error::new(&path(), error))
    }
}

/// Reads the control page: first what is published, then what it speaks of.
fn read_control(directory: &Path, file: &File) -> Result<Control, Error> {
    let path = || directory.join(CONTROL_FILE);
    let mut page = [0; CONTROL_READ_BYTES];
    read_at(file, &mut page, 0).map_err(|error| Error::new(&path(), error))?;
    let mut control =
        Control::parse(&page).ok_or_else(|| Error::wrong(&path(), "not a control page"))?;
    let mut bytes = [0; 8];
    // Read twice: half of a number that is just being changed would be a length that never was.
    for _ in 0..4 {
        read_at(file, &mut bytes, CLASSES_BYTES as u64)
            .map_err(|error| Error::new(&path(), error))?;
        let again = u64::from_ne_bytes(bytes);
        if again == control.classes_bytes {
            break;
        }
        control.classes_bytes = again;
    }
    Ok(control)
}
