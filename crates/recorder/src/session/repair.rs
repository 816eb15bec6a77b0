//! A recording that was killed.
//!
//! It is valid as it is: see [`crate::ctf`]. What is left to be done is to cut off the room that
//! packets have and do not need, and to take away files that were not there yet.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt as _, FileTypeExt as _};
use std::path::Path;
use std::time::Duration;

use marey_ctf::packed::{HEAD_BYTES, Head};

use super::streams::STATE;
use crate::control;
use crate::ctf::{NATIVE, PAGE_BYTES};
use crate::packets;
use crate::pcapng::{self, Left};
use crate::programs;
use crate::snapshot::PREFIX;

/// The file that says of a recording that was killed that nothing is left to be done for it: one
/// that ended well has an account instead.
pub const FILE: &str = "repaired";

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Repaired {
    /// How many streams there are.
    pub streams: usize,
    /// How many bytes of room were cut off.
    pub cut_bytes: u64,
    /// How many events of programs were still in their files, and are in traces now.
    pub copied: u64,
    /// How many files were taken away that held nothing yet.
    pub removed: usize,
    /// Files of streams that are damaged, and where.
    pub damaged: Vec<(String, u64)>,
}

/// Whether there is a recording in a directory, however it ended. That of programs alone has a name
/// that others may give to theirs, so something else must say that it is one.
pub fn is_recording(folder: &Path) -> bool {
    let marks = [super::LEDGER, FILE, control::FILE, programs::OWN];
    let is_there = |name: &&str| folder.join(name).symlink_metadata().is_ok();
    let is_socket = |of: fs::Metadata| of.file_type().is_socket();
    folder.join("kernel/metadata").is_file()
        // One that was killed before it had more than that.
        || folder.join(control::FILE).symlink_metadata().is_ok_and(is_socket)
        || names(folder).is_ok_and(|names| names.iter().any(|name| packets::is_file(name)))
        || folder.join(programs::FOLDER).is_dir() && marks.iter().any(is_there)
}

/// Whether it is being recorded: on a busy machine it takes a moment until nothing is left of a
/// recorder that was killed.
fn is_served(folder: &Path) -> bool {
    const LOOKS: usize = 5;
    const BETWEEN: Duration = Duration::from_millis(50);
    (0..LOOKS).all(|_| {
        let is_served = control::is_served(folder);
        if is_served {
            std::thread::sleep(BETWEEN);
        }
        is_served
    })
}

/// Repairs a recording. A recording that ended well stays as it is; another one has a
/// [file](FILE) that says so, when nothing is left to be done.
///
/// # Errors
/// When it cannot be read or written; [`io::ErrorKind::InvalidData`] if it is no recording,
/// [`io::ErrorKind::ResourceBusy`] if it is being recorded.
pub fn repair(folder: &Path) -> io::Result<Repaired> {
    if !folder.is_dir() {
        folder.metadata()?;
        return Err(io::ErrorKind::NotADirectory.into());
    }
    if is_served(folder) {
        return Err(io::Error::new(io::ErrorKind::ResourceBusy, "it is being recorded"));
    }
    let (kernel, mut repaired) = (folder.join("kernel"), Repaired::default());
    if is_recording(folder) {
        unfinished(&kernel, &mut repaired)?;
    }
    let has_kernel = kernel.join("metadata").is_file();
    let has_others = is_recording(folder) && !kernel.exists();
    if !(has_kernel || has_others) {
        let what = "it has no file kernel/metadata: nothing was recorded, or it is no recording";
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    parts(folder, &mut repaired)?;
    of_programs(folder, &mut repaired)?;
    if has_kernel {
        trace(&kernel, "kernel", &["cpu_", STATE], &mut repaired)?;
    }
    // Programs that still run go on, so there is more to be copied later.
    let is_done = repaired.damaged.is_empty() && !folder.join(programs::OWN).exists();
    // Where nothing was recorded, nothing is left.
    if is_done && is_recording(folder) && !folder.join(super::LEDGER).exists() {
        File::create(folder.join(FILE))?;
    }
    Ok(repaired)
}

/// Takes away the folder of a trace that was never described: there is nothing in it then. One that
/// has something else stays.
fn unfinished(trace: &Path, repaired: &mut Repaired) -> io::Result<()> {
    if trace.join("metadata").exists() || names(trace)?.iter().any(|name| name != ".metadata") {
        return Ok(());
    }
    match fs::remove_dir_all(trace) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        Err(_) => Ok(()),
        Ok(()) => {
            repaired.removed += 1;
            Ok(())
        }
    }
}

/// Repairs the traces of programs, and copies what is still in their files.
fn of_programs(folder: &Path, repaired: &mut Repaired) -> io::Result<()> {
    let user = folder.join(programs::FOLDER);
    if !user.is_dir() {
        return Ok(());
    }
    let names = names(&user)?;
    for name in &names {
        let path = user.join(name);
        if name.starts_with('.') && path.is_dir() {
            fs::remove_dir_all(&path)?;
            repaired.removed += 1;
        } else if path.is_dir() {
            trace(&path, &format!("{}/{name}", programs::FOLDER), &["ring_"], repaired)?;
        }
    }
    repaired.copied = programs::repair(folder)?;
    repaired.streams += usize::from(repaired.copied > 0);
    Ok(())
}

/// Cuts off the room that the streams of a trace do not need.
fn trace(
    folder: &Path,
    called: &str,
    prefixes: &[&str],
    repaired: &mut Repaired,
) -> io::Result<()> {
    let is_stream = |name: &str| prefixes.iter().any(|prefix| name.starts_with(prefix));
    for name in names(folder)? {
        let path = folder.join(&name);
        if name == ".metadata" || name.strip_prefix('.').is_some_and(is_stream) {
            fs::remove_file(&path)?;
            repaired.removed += 1;
        } else if is_stream(&name) {
            repaired.streams += 1;
            match stream(&path)? {
                Found::Whole { cut } => repaired.cut_bytes += cut,
                Found::Damaged { at } => repaired.damaged.push((format!("{called}/{name}"), at)),
            }
        }
    }
    Ok(())
}

/// Takes away what was not there yet, and repairs files of packets.
fn parts(folder: &Path, repaired: &mut Repaired) -> io::Result<()> {
    for name in names(folder)? {
        let path = folder.join(&name);
        let hidden = name.strip_prefix('.').unwrap_or("");
        if name == control::FILE || hidden == super::LEDGER || packets::is_file(hidden) {
            fs::remove_file(path)?;
            repaired.removed += 1;
        } else if hidden.starts_with(PREFIX) {
            // Its files are those of the recording: nothing is gone with it.
            fs::remove_dir_all(path)?;
            repaired.removed += 1;
        } else if packets::is_file(&name) {
            repaired.streams += 1;
            match pcapng::repair(&path)? {
                Left::Whole { cut } => repaired.cut_bytes += cut,
                Left::Damaged { at } => repaired.damaged.push((name, at)),
            }
        }
    }
    Ok(())
}

/// The names in a directory, in order; none if it is not there.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

enum Found {
    Whole { cut: u64 },
    Damaged { at: u64 },
}

/// Cuts off the room of the last packet with events, and packets without any behind it.
fn stream(path: &Path) -> io::Result<Found> {
    let file = File::options().read(true).write(true).open(path)?;
    let len = file.metadata()?.len();
    let (mut at, mut last) = (0, None);
    while at < len {
        let Some(head) = head(&file, at, len)? else { return Ok(Found::Damaged { at }) };
        // The first packet stays: a stream has one.
        if at == 0 || head.content_bytes > HEAD_BYTES as u64 {
            last = Some((at, head));
        }
        at += head.packet_bytes;
    }
    let Some((at, head)) = last else { return Ok(Found::Whole { cut: 0 }) };
    let kept = head.content_bytes.next_multiple_of(PAGE_BYTES as u64);
    shorten(&file, at, head, kept)?;
    Ok(Found::Whole { cut: len - (at + kept) })
}

/// The head of the packet here, if it is one that can be.
fn head(file: &File, at: u64, len: u64) -> io::Result<Option<Head>> {
    let mut bytes = [0; HEAD_BYTES];
    match file.read_exact_at(&mut bytes, at) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(e) => return Err(e),
    }
    let fits = |head: &Head| {
        head.content_bytes <= head.packet_bytes
            && head.content_bytes >= HEAD_BYTES as u64
            && head.packet_bytes.is_multiple_of(PAGE_BYTES as u64)
            && head.packet_bytes <= len - at
    };
    Ok(Head::parse(&bytes, NATIVE).filter(fits))
}

/// Makes a packet the last one, with so many bytes. At each moment the stream is valid.
fn shorten(file: &File, at: u64, head: Head, kept: u64) -> io::Result<()> {
    let empty = Head {
        packet_bytes: PAGE_BYTES as u64,
        content_bytes: HEAD_BYTES as u64,
        begin: head.end,
        sequence: head.sequence + 1,
        ..head
    };
    for page in (kept..head.packet_bytes).step_by(PAGE_BYTES) {
        file.write_all_at(&empty.bytes(NATIVE), at + page)?;
    }
    let shorter = Head { packet_bytes: kept, ..head };
    file.write_all_at(&shorter.bytes(NATIVE), at)?;
    file.set_len(at + kept)
}
