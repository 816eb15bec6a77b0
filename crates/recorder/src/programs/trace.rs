//! The trace of a program: its folder, its metadata, and the streams of its rings.

use std::path::{Path, PathBuf};

use marey_layer::drain::Class;

use super::failed;
use super::ring::Ring;
use super::schema::{self, About};
use crate::ctf::Stream;
use crate::error::Error;

/// A trace. There is none before there is an event.
#[derive(Debug)]
pub struct Trace {
    about: About,
    folder: PathBuf,
    is_there: bool,
}

impl Trace {
    /// What is to be in this folder as soon as there is an event.
    pub fn new(about: About, folder: PathBuf) -> Self {
        Trace { about, folder, is_there: false }
    }

    /// What is known of it.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Where it is, or will be.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// It has these classes from now on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn describe(&self, classes: &[Class]) -> Result<(), Error> {
        if self.is_there { schema::write(&self.about, classes, &self.folder) } else { Ok(()) }
    }

    /// Makes the trace if it is not there, with the stream of this ring; and the stream, if that is
    /// not there: it begins at this time. What is half made has a hidden name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn make(
        &mut self,
        ring: &mut Ring,
        classes: &[Class],
        (begin, part): (u64, Option<u64>),
    ) -> Result<(), Error> {
        if ring.has_stream() {
            return Ok(());
        }
        if self.is_there {
            return self.stream(ring, &self.folder, (begin, part));
        }
        let name = self.folder.file_name().unwrap_or_default().to_string_lossy();
        let hidden = self.folder.with_file_name(format!(".{name}"));
        let _ = std::fs::remove_dir_all(&hidden);
        std::fs::create_dir(&hidden).map_err(|e| failed(&hidden, &e))?;
        schema::write(&self.about, classes, &hidden)?;
        self.stream(ring, &hidden, (begin, part))?;
        std::fs::rename(&hidden, &self.folder).map_err(|e| failed(&self.folder, &e))?;
        self.is_there = true;
        Ok(())
    }

    /// The stream of a ring, in a part if there are some: it goes on where it ended before.
    fn stream(
        &self,
        ring: &mut Ring,
        folder: &Path,
        (begin, part): (u64, Option<u64>),
    ) -> Result<(), Error> {
        let (file, id) = (ring.file_name(part), ring.id(self.about.uuid));
        let begin = begin.max(ring.ended().time);
        let stream = Stream::create(folder, &file, id, begin, ring.ended());
        let stream = stream.map_err(|e| failed(folder, &e))?;
        ring.set_stream(stream, file, begin);
        Ok(())
    }

    /// It was removed, with all that was in it: it is made again with the next event.
    pub fn is_gone(&mut self) {
        self.is_there = false;
    }
}
