//! Which programs there are.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::files::{Directory, read_at};
use super::{Error, Program};
use crate::layout::{
    CLASSES_FILE, CONTROL_FILE, DirectoryName, OF_USER, RING_FILE, RINGS_MAX, control,
};

/// How many programs of one directory are listed.
pub const PROGRAMS_MAX: usize = 16384;

/// How many directories of users are looked for.
const USERS_MAX: usize = 4096;

/// A program that has a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// What the directory's name says.
    pub name: DirectoryName,
    /// The directory.
    pub path: PathBuf,
}

/// The directory of this user's programs: `MAREY_DIR`, else `marey` in `XDG_RUNTIME_DIR`, else
/// [`OF_USER`].
pub fn directory() -> Option<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let runtime = || Some(variable("XDG_RUNTIME_DIR")?.join("marey"));
    let of_user = || Some(of_user(fs::metadata("/proc/self").ok()?.uid()));
    variable("MAREY_DIR").or_else(runtime).or_else(of_user)
}

/// The directories of all users' programs that can be seen from here, [`directory`] among them.
pub fn directories() -> Vec<PathBuf> {
    let users = names_in(Path::new("/run/user"), USERS_MAX);
    let runtime = users.map(|user| Path::new("/run/user").join(user).join("marey"));
    let (folder, prefix) = OF_USER.rsplit_once('/').unwrap_or_default();
    let others = names_in(Path::new(folder), USERS_MAX).filter_map(|name| {
        let user = name.strip_prefix(prefix)?.parse().ok()?;
        let path = of_user(user);
        // Anyone may make a directory there in the name of another user.
        let is_theirs = fs::symlink_metadata(&path).is_ok_and(|of| of.uid() == user);
        is_theirs.then_some(path)
    });
    let mut all: Vec<PathBuf> = directory().into_iter().chain(runtime).chain(others).collect();
    all.retain(|path| fs::symlink_metadata(path).is_ok_and(|of| of.is_dir()));
    all.sort();
    all.dedup();
    all
}

fn of_user(user: u32) -> PathBuf {
    PathBuf::from(format!("{OF_USER}{user}"))
}

fn names_in(path: &Path, max: usize) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(path).into_iter().flatten().take(max);
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok())
}

/// The programs of one directory, by process id; none where there is no directory.
///
/// # Errors
/// When the directory can't be read.
pub fn find(base: &Path) -> Result<Vec<Found>, Error> {
    match fs::read_dir(base) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::new(base, error)),
        Ok(_) => {}
    }
    let names = names_in(base, PROGRAMS_MAX);
    let found = names.filter_map(|name| {
        let path = base.join(&name);
        Some(Found { name: DirectoryName::parse(&name)?, path })
    });
    let mut found: Vec<Found> = found.collect();
    found.sort();
    Ok(found)
}

/// Removes what programs left that were killed before there was an event: those that are gone and
/// have no ring, and lost nothing. How many these were. A program that ends does that itself.
///
/// # Errors
/// When the directory can't be read; what can't be removed stays.
pub fn sweep(base: &Path) -> Result<usize, Error> {
    let gone = find(base)?.into_iter().filter(|found| !found.is_alive());
    let has_nothing = |found: &Found| match Program::open(found) {
        Ok(program) => program.control().rings == 0 && program.lost().events() == 0,
        Err(_) => is_unfinished(&found.path),
    };
    Ok(gone.filter(|found| has_nothing(found) && found.remove().is_ok()).count())
}

/// Whether a program was killed before its control page said that it is ready.
fn is_unfinished(path: &Path) -> bool {
    let Ok(directory) = Directory::open(path) else { return false };
    let mut ready = [0; 8];
    let is_ready = match directory.file(CONTROL_FILE, false) {
        Ok(file) => read_at(&file, &mut ready, control::READY as u64).is_err() || ready != [0; 8],
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    };
    !is_ready && !path.join(format!("{RING_FILE}0")).exists()
}

impl Found {
    /// Whether the process is still there. It may be another program since it began: `exec` keeps
    /// process id and start.
    pub fn is_alive(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.name.pid));
        let start = stat.ok().and_then(|stat| {
            let fields = stat.rsplit_once(')')?.1;
            let state_is_dead = fields.split_ascii_whitespace().next() == Some("Z");
            let start = fields.split_ascii_whitespace().nth(22 - 3)?.parse().ok()?;
            (!state_is_dead).then_some(start)
        });
        start == Some(self.name.start)
    }

    /// Removes the files of a program that is gone, and its directory. What else was put there
    /// stays, and the directory with it.
    ///
    /// # Errors
    /// When it can't be opened, or the directory not be removed.
    pub fn remove(&self) -> Result<(), Error> {
        Directory::open(&self.path)?;
        let rings = (0..RINGS_MAX).map(|nth| format!("{RING_FILE}{nth}"));
        let rings = rings.map(|name| self.path.join(name)).take_while(|path| path.exists());
        let others = [CLASSES_FILE, CONTROL_FILE].map(|name| self.path.join(name));
        for path in rings.chain(others) {
            // What is no longer there needs no removing; all else `remove_dir` finds.
            drop(fs::remove_file(path));
        }
        fs::remove_dir(&self.path).map_err(|error| Error::new(&self.path, error))
    }
}
