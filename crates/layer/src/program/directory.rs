//! Where the files of this process are.

use core::ffi::CStr;

use super::memory::{Descriptor, make_directory};
use super::text::Text;
use crate::layout::{DirectoryName, INSTANCES_MAX, OF_USER};

/// The longest path of a process' directory.
pub(super) const PATH_BYTES_MAX: usize = 512;

/// A path with a zero behind it.
pub(super) type Path = Text<PATH_BYTES_MAX>;

/// Makes the directory of this process: its path and its name.
pub(super) fn make() -> Option<(Path, DirectoryName)> {
    let base = base()?;
    let start = start_of_process()?;
    let pid = std::process::id();
    (0..INSTANCES_MAX).find_map(|instance| {
        let name = DirectoryName { pid, start, instance };
        let path = Path::of(format_args!("{base}/{name}"))?;
        make_directory(path.c_str()).then_some((path, name))
    })
}

/// The value of a variable of the environment, of less than 1024 bytes. A program that runs with
/// more rights than who started it has none.
pub(super) fn variable(name: &CStr) -> Option<Text<1024>> {
    // SAFETY: it asks the kernel's words for this process, and reads nothing else.
    if unsafe { libc::getauxval(libc::AT_SECURE) } != 0 {
        return None;
    }
    // SAFETY: the name ends with a zero. A program with more threads than one must not change its
    // environment (`std::env::set_var` says so).
    let value = unsafe { libc::getenv(name.as_ptr()) };
    if value.is_null() {
        return None;
    }
    // SAFETY: not null, so it is a text with a zero behind it, in the environment.
    let value = unsafe { CStr::from_ptr(value) }.to_str().ok()?;
    Text::of(format_args!("{value}"))
}

/// The directory of all programs, as an absolute path.
fn base() -> Option<Text<256>> {
    // SAFETY: it asks for nothing.
    let user = unsafe { libc::geteuid() };
    if let Some(given) = variable(c"MAREY_DIR").filter(|given| !given.bytes().is_empty()) {
        return open_base(given.c_str(), |_| true);
    }
    let is_ours = |status: &libc::stat| status.st_uid == user;
    if let Some(runtime) = variable(c"XDG_RUNTIME_DIR").filter(|given| !given.bytes().is_empty()) {
        let runtime = str::from_utf8(runtime.bytes()).ok()?;
        return open_base(Path::of(format_args!("{runtime}/marey"))?.c_str(), is_ours);
    }
    let path = Path::of(format_args!("{OF_USER}{user}"))?;
    open_base(path.c_str(), |status| is_ours(status) && status.st_mode & 0o077 == 0)
}

/// Makes it if it is not there; its absolute path, if it is a directory and as it has to be.
fn open_base(path: &CStr, is_right: impl Fn(&libc::stat) -> bool) -> Option<Text<256>> {
    make_directory(path);
    let directory = Descriptor::open(path, libc::O_RDONLY | libc::O_DIRECTORY)?;
    directory.status().filter(is_right)?;
    let link = Text::<64>::of(format_args!("/proc/self/fd/{}", directory.number()))?;
    let mut target = [0; 256];
    let (into, len) = (target.as_mut_ptr().cast(), target.len());
    // SAFETY: the kernel writes at most `len` bytes into `target`.
    let len = unsafe { libc::readlink(link.c_str().as_ptr(), into, len) };
    let target = target.get(..usize::try_from(len).ok()?)?;
    Text::of(format_args!("{}", str::from_utf8(target).ok()?))
}

/// When this process was started: the 22nd field of its `stat`. The second, the name, is in
/// parentheses and may have anything in it.
fn start_of_process() -> Option<u64> {
    let mut stat = [0; 1024];
    let stat = Descriptor::open(c"/proc/self/stat", libc::O_RDONLY)?.read(&mut stat);
    let name_end = stat.iter().rposition(|byte| *byte == b')')?;
    let fields = str::from_utf8(stat.get(name_end + 1..)?).ok()?;
    fields.split_ascii_whitespace().nth(22 - 3)?.parse().ok()
}
