//! A child has a directory of its own, and its events are in no ring of its parent.

use std::collections::BTreeMap;

use marey_layer::event;

use crate::support::{All, Folder};

/// Events of a process: its number and theirs.
fn some(from: u64, count: u64) {
    let pid = std::process::id();
    for n in from..from + count {
        event!("t:of", pid = pid, n = n);
    }
}

fn wait_for(child: libc::pid_t) {
    assert!(child > 0, "no child");
    let mut status = 0;
    // SAFETY: the kernel writes into `status`.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!(status, 0, "the child failed");
}

/// Runs it in a child, which then ends.
fn in_child(child: impl FnOnce(), fork: impl FnOnce() -> libc::pid_t) -> libc::pid_t {
    let pid = fork();
    if pid == 0 {
        child();
        // SAFETY: it ends this process.
        unsafe { libc::_exit(0) };
    }
    pid
}

fn by_the_library() -> libc::pid_t {
    // SAFETY: the child records events and ends: nothing in it needs locks of other threads.
    unsafe { libc::fork() }
}

/// The C library does not know of it, so no function of ours is called in the child.
fn by_the_kernel() -> libc::pid_t {
    let none = 0_usize;
    // SAFETY: as `fork`; the child has its own copy of the memory.
    unsafe {
        libc::syscall(libc::SYS_clone, libc::SIGCHLD as usize, none, none, none, none)
            as libc::pid_t
    }
}

pub fn forks() {
    some(0, 10);
    let first = in_child(|| some(100, 10), by_the_library);
    wait_for(first);
    some(10, 10);
    let second = in_child(
        || {
            some(200, 10);
            wait_for(in_child(|| some(300, 10), by_the_kernel));
            some(210, 10);
        },
        by_the_kernel,
    );
    some(20, 10);
    wait_for(second);
    some(30, 10);
}

#[test]
fn children_and_their_children() {
    let folder = Folder::new();
    folder.run("forks");
    let mut runs = BTreeMap::new();
    for found in folder.found() {
        let all = All::of_found(&found);
        assert_eq!(all.lost(), 0);
        let pids = all.values("pid");
        assert!(pids.iter().all(|pid| *pid == u64::from(found.name.pid)), "{found:?} {pids:?}");
        let values = all.values("n");
        runs.insert(values[0], values);
    }
    let expected = [(0, 40), (100, 10), (200, 20), (300, 10)];
    let expected: BTreeMap<u64, Vec<u64>> =
        expected.into_iter().map(|(from, count)| (from, (from..from + count).collect())).collect();
    assert_eq!(runs, expected);
}

const CHILDREN: u64 = 20;
const OF_A_CHILD: u64 = 100;
const OF_A_THREAD: u64 = 20_000;

/// Threads that record all the time, while another one forks.
pub fn forks_while_busy() {
    std::thread::scope(|scope| {
        for thread in 1..=2 {
            scope.spawn(move || some(thread * 1_000_000, OF_A_THREAD));
        }
        for child in 0..CHILDREN {
            let fork = if child % 2 == 0 { by_the_library } else { by_the_kernel };
            wait_for(in_child(|| some(0, OF_A_CHILD), fork));
        }
    });
}

#[test]
fn while_other_threads_record() {
    let folder = Folder::new();
    folder.run_with("forks-while-busy", |command| {
        command.env("MAREY_RING_BYTES", "2097152");
    });
    let mut sizes: Vec<usize> = Vec::new();
    for found in folder.found() {
        let all = All::of_found(&found);
        assert_eq!(all.lost(), 0, "{:?}", all.counts);
        assert!(all.values("pid").iter().all(|pid| *pid == u64::from(found.name.pid)));
        sizes.push(all.events.len());
    }
    sizes.sort_unstable();
    let mut expected = vec![OF_A_CHILD as usize; CHILDREN as usize];
    expected.push(2 * OF_A_THREAD as usize);
    assert_eq!(sizes, expected);
}
