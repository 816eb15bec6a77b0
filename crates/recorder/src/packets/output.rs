//! The file of packets, or the files of its parts.

use std::path::{Path, PathBuf};

use super::FILE;
use super::put::Put;
use crate::error::Error;
use crate::parts::{Mode, Parts, remove};
use crate::pcapng::{About, Description, Pcapng, Statistics};

const PART_PREFIX: &str = "packets_";
const PART_SUFFIX: &str = ".pcapng";

/// Whether a file in the directory of a recording is one of packets, by its name: the only one, or
/// that of a part.
pub fn is_file(name: &str) -> bool {
    let number = name.strip_prefix(PART_PREFIX).and_then(|name| name.strip_suffix(PART_SUFFIX));
    name == FILE || number.is_some_and(|number| number.parse::<u64>().is_ok())
}

/// Where packets are written.
#[derive(Debug)]
pub struct Output {
    folder: PathBuf,
    about: About,
    interfaces: Vec<Description>,
    file: Pcapng,
    path: PathBuf,
    parts: Parts,
    /// How many packets of each interface were said to be lost so far, and how many of them in the
    /// files before this one.
    lost: Vec<[u64; 2]>,
    /// How many packets of each interface were removed with parts, and were not asked for yet.
    removed: Vec<u64>,
    /// How many packets of each interface could not be written, and were not asked for yet.
    unwritten: Vec<u64>,
    /// How many bytes the files before this one have.
    bytes_before: u64,
    /// The time, in nanoseconds since the Unix epoch.
    now: u64,
}

impl Output {
    /// Into a directory.
    pub fn new(
        folder: &Path,
        mode: Mode,
        about: About,
        interfaces: Vec<Description>,
        now: u64,
    ) -> Result<Self, Error> {
        let parts = Parts::new(mode, interfaces.len(), now);
        let (path, file) = create(folder, parts.number(), &about, &interfaces)?;
        let count = interfaces.len();
        Ok(Output {
            folder: folder.to_owned(),
            about,
            interfaces,
            file,
            path,
            parts,
            lost: vec![[0; 2]; count],
            removed: vec![0; count],
            unwritten: vec![0; count],
            bytes_before: 0,
            now,
        })
    }

    /// How many bytes the files have, also those that are removed.
    pub fn bytes(&self) -> u64 {
        self.bytes_before + self.file.bytes()
    }

    /// How many bytes the files have that are there.
    pub fn kept_bytes(&self) -> u64 {
        self.parts.bytes() + self.file.bytes()
    }

    /// Ends the last part, and hands over the files of all.
    pub fn end_part(&mut self) -> Result<impl Iterator<Item = &PathBuf>, Error> {
        self.next_part()?;
        Ok(self.parts.files())
    }

    fn next_part(&mut self) -> Result<(), Error> {
        let Some(number) = self.parts.number() else { return Ok(()) };
        self.tell_part()?;
        let committed = self.file.commit();
        self.done(committed)?;
        let next = create(&self.folder, Some(number + 1), &self.about, &self.interfaces)?;
        let (path, file) = next;
        let bytes = std::mem::replace(&mut self.file, file).bytes();
        self.bytes_before += bytes;
        let path = std::mem::replace(&mut self.path, path);
        self.parts.next(self.now, vec![(path, bytes)]);
        self.lost.iter_mut().for_each(|[so_far, before]| *before = *so_far);
        self.trim()
    }

    /// Says at the end of a part what is in it.
    fn tell_part(&mut self) -> Result<(), Error> {
        for interface in 0..self.interfaces.len() {
            let [dropped, _] = self.lost.get(interface).copied().unwrap_or_default();
            let (begin, end) = (self.parts.begin(), self.now);
            let interface = interface as u32;
            self.statistics(&Statistics {
                interface,
                begin,
                end,
                dropped,
                ..Statistics::default()
            })?;
        }
        Ok(())
    }

    fn trim(&mut self) -> Result<(), Error> {
        while let Some(part) = self.parts.take_oldest(self.file.bytes(), self.now) {
            part.files.iter().try_for_each(|(path, _)| remove(path))?;
            self.removed.iter_mut().zip(&part.counts).for_each(|(sum, count)| *sum += count);
        }
        Ok(())
    }

    /// What became of a write: when it failed, packets are gone that were added before.
    fn done(&mut self, written: std::io::Result<()>) -> Result<(), Error> {
        written.map_err(|error| {
            for (interface, gone) in self.file.take_lost().into_iter().enumerate() {
                self.parts.take_back(interface, gone);
                self.unwritten.get_mut(interface).into_iter().for_each(|sum| *sum += gone);
            }
            failed(&self.path, &error)
        })
    }
}

impl Put for Output {
    fn packet(&mut self, head: (u32, u64, u32), pieces: &[&[u8]]) -> Result<(), Error> {
        let added = self.file.packet(head, pieces);
        self.done(added)?;
        self.parts.add(head.0 as usize);
        if self.parts.is_full(self.file.bytes(), 0) { self.next_part() } else { Ok(()) }
    }

    fn statistics(&mut self, told: &Statistics) -> Result<(), Error> {
        let interface = told.interface as usize;
        let (mut told, in_part) = (told.clone(), self.parts.count(interface));
        let lost = self.lost.get_mut(interface).filter(|_| self.parts.number().is_some());
        if let Some([so_far, before]) = lost {
            *so_far = told.dropped;
            told.begin = self.parts.begin();
            told.dropped = so_far.saturating_sub(*before);
            told.delivered = in_part;
            told.received = told.delivered + told.dropped;
        }
        let added = self.file.statistics(&told);
        self.done(added)
    }

    fn commit(&mut self, now: u64) -> Result<(), Error> {
        self.now = now;
        let committed = self.file.commit();
        self.done(committed)?;
        if self.parts.is_full(self.file.bytes(), now) {
            self.next_part()?;
        }
        self.trim()
    }

    fn take_lost(&mut self) -> Vec<u64> {
        let none = vec![0; self.unwritten.len()];
        std::mem::replace(&mut self.unwritten, none)
    }

    fn take_removed(&mut self) -> Vec<u64> {
        let none = vec![0; self.removed.len()];
        std::mem::replace(&mut self.removed, none)
    }
}

fn create(
    folder: &Path,
    part: Option<u64>,
    about: &About,
    interfaces: &[Description],
) -> Result<(PathBuf, Pcapng), Error> {
    let name = part.map_or(FILE.to_owned(), |part| format!("{PART_PREFIX}{part:04}{PART_SUFFIX}"));
    let path = folder.join(&name);
    let file = Pcapng::create(folder, &name, about, interfaces).map_err(|e| failed(&path, &e))?;
    Ok((path, file))
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Error::of_io(format!("the recording's {name}"), error)
}
