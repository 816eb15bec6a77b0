//! A command that waits before it begins, so that nothing of it is missed.

use std::ffi::{CString, OsString};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

/// A process that will become the command when it is told to.
#[derive(Debug)]
pub struct Waiting {
    pid: libc::pid_t,
    go: File,
    failed: File,
}

/// A command that runs.
#[derive(Debug)]
pub struct Started(libc::pid_t);

/// This process' environment, with these variables changed.
fn environment(variables: &[(OsString, OsString)]) -> io::Result<Vec<CString>> {
    let is_changed = |name: &OsString| variables.iter().any(|(changed, _)| changed == name);
    let own = std::env::vars_os().filter(|(name, _)| !is_changed(name));
    let all = own.chain(variables.iter().cloned());
    let texts = all.map(|(name, value)| {
        let text = [name.into_vec(), value.into_vec()].join(&b'=');
        CString::new(text).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))
    });
    texts.collect()
}

/// The addresses of texts, and a null.
fn addresses(texts: &[CString]) -> Vec<*const libc::c_char> {
    texts.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect()
}

impl Waiting {
    /// Starts a process that waits. The first word is the program, which is looked for in `PATH`.
    /// It will have this process' environment, with these variables changed.
    ///
    /// # Errors
    /// When there is no word, a word holds a 0, or the kernel has no process left.
    pub fn new(words: &[OsString], variables: &[(OsString, OsString)]) -> io::Result<Self> {
        let words: Result<Vec<CString>, _> =
            words.iter().map(|word| CString::new(word.clone().into_vec())).collect();
        let words = words.map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        let environment = environment(variables)?;
        let [words_at, environment_at] = [&words, &environment].map(|texts| addresses(texts));
        let program = words.first().ok_or(io::ErrorKind::InvalidInput)?;
        let (may_go, go) = io::pipe()?;
        let (failed, fails) = io::pipe()?;
        let [may_go, go, failed, fails] =
            [OwnedFd::from(may_go), go.into(), failed.into(), fails.into()];
        // SAFETY: what the child does until it becomes the command needs no lock and no heap: see
        // `child`.
        match unsafe { libc::fork() } {
            0 => {
                let pipes = [&may_go, &go, &fails].map(|end| end.as_raw_fd());
                // SAFETY: this is the child; program and addresses end as execvpe wants it and
                // stand in memory that the child has a copy of.
                unsafe {
                    child(program.as_ptr(), [words_at.as_ptr(), environment_at.as_ptr()], pipes)
                }
            }
            -1 => Err(io::Error::last_os_error()),
            pid => Ok(Waiting { pid, go: go.into(), failed: failed.into() }),
        }
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.pid.cast_unsigned()
    }

    /// Lets it become the command.
    ///
    /// # Errors
    /// Why the command cannot be run.
    pub fn start(mut self) -> io::Result<Started> {
        self.go.write_all(&[1])?;
        let mut errno = [0; 4];
        let started = Started(self.pid);
        match self.failed.read_exact(&mut errno) {
            // Its end of the pipe is gone: it is the command now.
            Err(_) => Ok(started),
            Ok(()) => {
                let _ = started.wait();
                Err(io::Error::from_raw_os_error(i32::from_ne_bytes(errno)))
            }
        }
    }
}

/// Waits for a byte, and becomes the command. All descriptors close then.
///
/// # Safety
/// Only in a child that was just forked. `program` is a text that ends with a 0, the words and the
/// environment are such texts up to a null.
unsafe fn child(
    program: *const libc::c_char,
    [words, environment]: [*const *const libc::c_char; 2],
    [may_go, go, fails]: [libc::c_int; 3],
) -> ! {
    let mut byte = 0_u8;
    // SAFETY: system calls that touch nothing but the byte and the errno, which live here; execvpe
    // takes what the caller promises.
    unsafe {
        // Else it would wait for itself when the parent is gone.
        libc::close(go);
        if libc::read(may_go, (&raw mut byte).cast(), 1) == 1 {
            libc::signal(libc::SIGPIPE, libc::SIG_DFL);
            libc::execvpe(program, words, environment);
            let errno = *libc::__errno_location();
            libc::write(fails, (&raw const errno).cast(), 4);
        }
        libc::_exit(127)
    }
}

impl Started {
    /// How it ended, if it did.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn try_wait(&self) -> io::Result<Option<ExitStatus>> {
        self.wait_with(libc::WNOHANG)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn wait(&self) -> io::Result<ExitStatus> {
        loop {
            match self.wait_with(0) {
                Ok(Some(status)) => return Ok(status),
                Ok(None) => {}
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }

    fn wait_with(&self, options: libc::c_int) -> io::Result<Option<ExitStatus>> {
        let mut status = 0;
        // SAFETY: the status lives over the call.
        let pid = super::checked(unsafe { libc::waitpid(self.0, &mut status, options) }.into())?;
        Ok((pid != 0).then(|| ExitStatus::from_raw(status)))
    }
}
