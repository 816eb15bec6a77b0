//! The corpus: small traces of every variant of every format, sound and damaged, and the demo.

use std::io;
use std::path::Path;

use marey::testing::trace;

use crate::made::{self, Files};

/// The formats of which there are made traces.
const FOLDERS: [&str; 4] = ["corpus/erf", "corpus/pcap", "corpus/pcapng", "corpus/snoop"];

/// All files of the corpus.
fn files() -> Files {
    let mut files = Files::new();
    let mut add = |folder: &str, name: &str, bytes: Vec<u8>| {
        let format = name.rsplit('.').next().unwrap_or(name);
        files.insert(format!("corpus/{format}/{folder}/{name}"), bytes);
    };
    trace::ready_made().into_iter().for_each(|(name, made)| add("ok", name, made.bytes));
    trace::damaged().into_iter().for_each(|(name, bytes)| add("bad", name, bytes));
    add("ok", "demo.pcapng", trace::demo().bytes);
    files
}

/// Writes the corpus.
///
/// # Errors
/// When a file cannot be written.
pub fn write(root: &Path) -> io::Result<()> {
    made::write(root, &FOLDERS, &files())
}

/// Checks that the corpus is what would be written now.
///
/// # Errors
/// When a file differs, is missing, or is one too many.
pub fn check(root: &Path) -> io::Result<()> {
    made::check(root, &FOLDERS, &files(), "corpus", |_, is, wanted| is == wanted)
}
