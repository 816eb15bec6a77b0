//! The files that were loaded, and places in them.

use std::io::Read as _;
use std::path::Path;

use crate::Diagnostic;

/// How many files may be loaded: one configuration with all that it includes.
pub const FILES_MAX: usize = 1000;
/// How long one file may be.
pub const FILE_BYTES_MAX: usize = 4 << 20;
/// How long all files may be together.
pub const TOTAL_BYTES_MAX: usize = 16 << 20;
/// How many places an include chain may name.
pub const CHAIN_MAX: usize = 64;

/// A file among [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// No file: what is said to be there stands in none.
    pub const NONE: FileId = FileId(u32::MAX);
}

/// A place: a run of bytes in the text of a file. Its end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte behind the last.
    pub end: u32,
}

/// A line and a column, both from 1. A column counts characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The character in the line.
    pub column: u32,
}

#[derive(Debug)]
struct File {
    path: String,
    text: String,
    line_starts: Vec<u32>,
    included_at: Option<Span>,
}

/// The files that were loaded. Each is kept as it was, for messages about it.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<File>,
    bytes: usize,
}

impl Sources {
    /// Adds a file that was read already. `path` is what the user called it.
    ///
    /// # Errors
    /// When the file is too long, is not UTF-8, or there are too many files.
    pub fn add(&mut self, path: impl Into<String>, bytes: Vec<u8>) -> Result<FileId, Diagnostic> {
        let path = path.into();
        self.check_len(&path, bytes.len())?;
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            let what = format!("`{path}` is UTF-16 text");
            return Err(Diagnostic::error(what).help("save it as UTF-8"));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(self.keep(path, text)),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let byte = error.as_bytes().get(good).copied().unwrap_or_default();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                Err(self.not_utf8(path, text, good, byte))
            }
        }
    }

    /// Reads a file from disk, and adds it. `path` is also what messages call it.
    ///
    /// # Errors
    /// As [`Sources::add`], and when the file cannot be read.
    pub fn read(&mut self, path: &Path) -> Result<FileId, Diagnostic> {
        let name = path.display().to_string();
        let read = || {
            let mut bytes = Vec::new();
            let limit = FILE_BYTES_MAX as u64 + 1;
            std::fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
            Ok::<_, std::io::Error>(bytes)
        };
        match read() {
            Ok(bytes) => self.add(name, bytes),
            Err(error) => {
                let what = format!("cannot read `{name}`: {error}");
                Err(Diagnostic::error(what))
            }
        }
    }

    /// Says where a file is included, for the messages about it.
    pub fn set_included_at(&mut self, file: FileId, at: Span) {
        if let Some(file) = self.files.get_mut(file.0 as usize) {
            file.included_at = Some(at);
        }
    }

    /// Where the file is included, where the file that does so is included, and so on.
    pub fn include_chain(&self, file: FileId) -> Vec<Span> {
        let mut chain = Vec::new();
        let mut next = self.file(file).and_then(|file| file.included_at);
        while let Some(span) = next.filter(|_| chain.len() < CHAIN_MAX) {
            chain.push(span);
            next = self.file(span.file).and_then(|file| file.included_at);
        }
        chain
    }

    /// What the user called the file.
    pub fn path(&self, file: FileId) -> &str {
        self.file(file).map_or("", |file| &file.path)
    }

    /// What the file says, without a byte order mark.
    pub fn text(&self, file: FileId) -> &str {
        self.file(file).map_or("", |file| &file.text)
    }

    /// All files, in the order in which they were loaded.
    pub fn files(&self) -> impl Iterator<Item = FileId> {
        (0..self.files.len()).map(|index| FileId(u32::try_from(index).unwrap_or(u32::MAX)))
    }

    /// The text at a place.
    pub fn slice(&self, span: Span) -> &str {
        let text = self.text(span.file);
        text.get(floor(text, span.start)..floor(text, span.end)).unwrap_or("")
    }

    /// The line and the column of a byte. A byte behind the end is at the end.
    pub fn position(&self, file: FileId, offset: u32) -> Position {
        let line = self.line_of(file, offset);
        let text = self.text(file);
        let start = floor(text, self.line_start(file, line));
        let before = text.get(start..floor(text, offset)).unwrap_or("");
        let column = u32::try_from(before.chars().count()).unwrap_or(u32::MAX - 1) + 1;
        Position { line, column }
    }

    /// The line that a byte is in, from 1.
    pub(crate) fn line_of(&self, file: FileId, offset: u32) -> u32 {
        let starts = self.file(file).map_or(&[][..], |file| &file.line_starts);
        let line = starts.partition_point(|&start| start <= offset).max(1);
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// The first byte of a line, which counts from 1.
    pub(crate) fn line_start(&self, file: FileId, line: u32) -> u32 {
        let Some(file) = self.file(file) else { return 0 };
        let end = u32::try_from(file.text.len()).unwrap_or(u32::MAX);
        file.line_starts.get(line.saturating_sub(1) as usize).copied().unwrap_or(end)
    }

    /// The text of a line, which counts from 1, without its end.
    pub(crate) fn line(&self, file: FileId, line: u32) -> &str {
        let range = self.line_start(file, line)..self.line_start(file, line.saturating_add(1));
        let text = self.slice(Span { file, start: range.start, end: range.end });
        let text = text.strip_suffix('\n').unwrap_or(text);
        text.strip_suffix('\r').unwrap_or(text)
    }

    fn file(&self, file: FileId) -> Option<&File> {
        self.files.get(file.0 as usize)
    }

    fn check_len(&self, path: &str, len: usize) -> Result<(), Diagnostic> {
        let wrong = |what: String, help: &str| Err(Diagnostic::error(what).help(help));
        if len > FILE_BYTES_MAX {
            let what = format!("`{path}` is longer than {} MiB", FILE_BYTES_MAX >> 20);
            return wrong(what, "split it: a file can include others");
        }
        if self.bytes + len > TOTAL_BYTES_MAX {
            let what = format!(
                "with `{path}`, the files are longer than {} MiB together",
                TOTAL_BYTES_MAX >> 20
            );
            return wrong(what, "include less");
        }
        if self.files.len() >= FILES_MAX {
            let what = format!("with `{path}`, there are more than {FILES_MAX} files");
            return wrong(what, "include fewer");
        }
        Ok(())
    }

    fn keep(&mut self, path: String, text: String) -> FileId {
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let starts = ends.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX));
        let line_starts = std::iter::once(0).chain(starts).collect();
        self.bytes += text.len();
        self.files.push(File { path, text, line_starts, included_at: None });
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// Keeps what can be read of the file, so that the place can be shown.
    fn not_utf8(&mut self, path: String, text: String, good: usize, byte: u8) -> Diagnostic {
        let had_mark = text.starts_with('\u{feff}');
        let file = self.keep(path, text);
        let start = good.saturating_sub(if had_mark { 3 } else { 0 });
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let span = Span { file, start, end: start.saturating_add(3) };
        let label = format!("byte 0x{byte:02x} at offset {good}");
        Diagnostic::error("this is not UTF-8 text").at(span, label).help("save the file as UTF-8")
    }
}

impl Span {
    /// The place from the start of this one to the end of another.
    pub fn to(self, end: Self) -> Self {
        Self { end: end.end.max(self.start), ..self }
    }

    /// The empty place just before this one.
    pub fn before(self) -> Self {
        Self { end: self.start, ..self }
    }
}

/// The last character boundary that is not behind `offset`.
pub(crate) fn floor(text: &str, offset: u32) -> usize {
    text.floor_char_boundary(offset as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let mut sources = Sources::default();
        let file = sources.add("a", "\u{feff}é: x\r\n\nlast".into()).expect("a file");
        let at = |offset| {
            let Position { line, column } = sources.position(file, offset);
            (line, column)
        };
        assert_eq!((at(0), at(2), at(1)), ((1, 1), (1, 2), (1, 1)));
        assert_eq!((at(7), at(8), at(999)), ((2, 1), (3, 1), (3, 5)));
        assert_eq!((sources.line(file, 1), sources.line(file, 3)), ("é: x", "last"));
        assert_eq!((sources.line(file, 2), sources.line(file, 9)), ("", ""));
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let mut sources = Sources::default();
        let long = vec![b' '; FILE_BYTES_MAX + 1];
        let error = sources.add("long", long).expect_err("too long");
        assert_eq!(error.what, "`long` is longer than 4 MiB");
        for _ in 0..4 {
            sources.add("full", vec![b' '; FILE_BYTES_MAX]).expect("it fits");
        }
        let error = sources.add("more", vec![b' ']).expect_err("too long together");
        assert_eq!(error.what, "with `more`, the files are longer than 16 MiB together");
        let mut sources = Sources::default();
        for _ in 0..FILES_MAX {
            sources.add("", Vec::new()).expect("it fits");
        }
        let error = sources.add("one", Vec::new()).expect_err("too many");
        assert_eq!(error.what, "with `one`, there are more than 1000 files");
    }

    #[test]
    fn what_is_not_utf_8_is_refused_with_its_place() {
        let mut sources = Sources::default();
        let error = sources.add("a", b"\xef\xbb\xbfab: \xff".to_vec()).expect_err("not UTF-8");
        let span = error.span.expect("a place");
        assert_eq!(sources.position(span.file, span.start).column, 5);
        assert_eq!(error.label, "byte 0xff at offset 7");
        assert!(sources.add("b", b"\xff\xfea\0".to_vec()).is_err());
    }

    #[test]
    fn an_include_chain_ends() {
        let mut sources = Sources::default();
        let file = sources.add("a", b"x".to_vec()).expect("a file");
        sources.set_included_at(file, Span { file, start: 0, end: 1 });
        assert_eq!(sources.include_chain(file).len(), CHAIN_MAX);
    }
}
