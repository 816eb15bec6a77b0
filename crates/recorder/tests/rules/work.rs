//! Processes and threads that do what they are told.

use std::fs;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::support::tid;

/// Calls that only a system call answers: of each so many.
pub fn calls(count: usize) {
    for _ in 0..count {
        for call in [libc::SYS_getgid, libc::SYS_getppid, libc::SYS_getuid] {
            // SAFETY: these have no arguments.
            unsafe { libc::syscall(call) };
        }
    }
}

/// Looks for a file that is not there.
pub fn stat(count: usize, name: &str) {
    for _ in 0..count {
        assert!(fs::metadata(format!("/marey/{name}")).is_err(), "it is not there");
    }
}

/// A thread, of this process or of another one.
pub struct Other {
    /// Its number.
    pub tid: u32,
    at: At,
}

enum At {
    Thread(Option<(Sender<usize>, Receiver<()>, JoinHandle<()>)>),
    /// What it reads its orders from, and says that they are done to.
    Process([libc::c_int; 2]),
}

impl Other {
    /// A thread of this process.
    pub fn thread() -> Self {
        let (order, orders) = channel();
        let (did, done) = channel();
        let (said, says) = channel();
        let handle = std::thread::spawn(move || {
            said.send(tid()).expect("it waits");
            while let Ok(count) = orders.recv() {
                calls(count);
                did.send(()).expect("it waits");
            }
        });
        let tid = says.recv().expect("it says");
        Other { tid, at: At::Thread(Some((order, done, handle))) }
    }

    /// The thread of another process.
    pub fn process() -> Self {
        let (mut orders, mut done) = ([0; 2], [0; 2]);
        // SAFETY: both have place for two descriptors.
        let made = unsafe { (libc::pipe(orders.as_mut_ptr()), libc::pipe(done.as_mut_ptr())) };
        assert_eq!(made, (0, 0));
        // SAFETY: the child only makes system calls that need no lock and no heap, and ends.
        let pid = unsafe { libc::fork() };
        assert!(pid >= 0, "fork");
        if pid == 0 {
            // SAFETY: the descriptors are its own; the buffer is as long as said.
            unsafe {
                libc::close(orders[1]);
                let mut count = [0_u8; 8];
                while libc::read(orders[0], count.as_mut_ptr().cast(), 8) == 8 {
                    calls(usize::from_ne_bytes(count));
                    libc::write(done[1], count.as_ptr().cast(), 1);
                }
                libc::_exit(0);
            }
        }
        // SAFETY: these are not used here.
        unsafe { (libc::close(orders[0]), libc::close(done[1])) };
        Other { tid: pid as u32, at: At::Process([orders[1], done[0]]) }
    }

    /// Waits until a thread of this process sleeps, and is not about to run.
    pub fn settle(&self) {
        let is_asleep = || {
            let stat = fs::read_to_string(format!("/proc/self/task/{}/stat", self.tid));
            let stat = stat.expect("it is there");
            stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('S'))
        };
        while !is_asleep() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(10));
    }

    /// Ends a thread of this process, and waits until it is nowhere to be run: who waited for its
    /// end knows only that it comes.
    pub fn end(self) {
        let folder = format!("/proc/self/task/{}", self.tid);
        drop(self);
        while fs::exists(&folder).expect("it can be asked for") {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Makes calls, and returns when all are made.
    pub fn calls(&self, count: usize) {
        match &self.at {
            At::Thread(Some((order, done, _))) => {
                order.send(count).expect("it waits");
                done.recv().expect("it does");
            }
            At::Thread(None) => {}
            At::Process([order, done]) => {
                let mut bytes = count.to_ne_bytes();
                // SAFETY: the buffer is as long as said.
                let got = unsafe {
                    libc::write(*order, bytes.as_ptr().cast(), 8);
                    libc::read(*done, bytes.as_mut_ptr().cast(), 1)
                };
                assert_eq!(got, 1, "it does");
            }
        }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        match &mut self.at {
            At::Thread(thread) => {
                if let Some((order, _, handle)) = thread.take() {
                    drop(order);
                    handle.join().expect("no panic");
                }
            }
            At::Process(descriptors) => {
                // SAFETY: they are this value's, and so is the child, which is waited for. It is
                // killed: other children may have copies of the descriptors.
                unsafe {
                    for descriptor in *descriptors {
                        libc::close(descriptor);
                    }
                    libc::kill(self.tid as i32, libc::SIGKILL);
                    libc::waitpid(self.tid as i32, std::ptr::null_mut(), 0);
                }
            }
        }
    }
}
