//! What there was before the first event: the threads of the machine, as events of their own.

mod lttng;

use std::fs;
use std::path::Path;

use crate::ctf::{LTTNG_STATE, Names};
use crate::kernel::record::{COMM_BYTES, FIELDS_AT, at, put};
use crate::sys::monotonic_ns;
use crate::tracefs::{Format, parse};

/// How many threads are listed.
pub const THREADS_MAX: usize = 1 << 17;
/// What the events are called in a recording with the names of the kernel.
const RECORDED: &str = "thread_state";

/// As the kernel would describe them.
const FORMAT: &str = "name: thread_state
ID: 0
format:
	field:pid_t pid;	offset:8;	size:4;	signed:1;
	field:pid_t tid;	offset:12;	size:4;	signed:1;
	field:pid_t ppid;	offset:16;	size:4;	signed:1;
	field:int prio;	offset:20;	size:4;	signed:1;
	field:int cpu;	offset:24;	size:4;	signed:1;
	field:char state[1];	offset:28;	size:1;	signed:0;
	field:char comm[16];	offset:32;	size:16;	signed:0;
print fmt: \"\"
";

/// What these events look like, and what they are called.
pub fn format(names: Names) -> Option<(Format, &'static str)> {
    let (text, recorded) = match names {
        Names::Kernel => (FORMAT, RECORDED),
        Names::Lttng => (lttng::FORMAT, LTTNG_STATE),
    };
    Some((parse("marey", text).ok()?, recorded))
}

/// A thread, as `/proc/PID/task/TID/stat` tells of it (proc_pid_stat(5)).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Thread {
    pid: u32,
    tid: u32,
    ppid: i32,
    prio: i32,
    cpu: i32,
    state: u8,
    is_of_kernel: bool,
    comm: [u8; COMM_BYTES],
}

/// All threads, or these, as records of events with this number, each with its time.
pub fn records(
    only: Option<&[u32]>,
    event: u32,
    names: Names,
) -> impl Iterator<Item = (u64, Vec<u8>)> {
    let is_meant = move |tid: u32| only.is_none_or(|only| only.contains(&tid));
    let all = threads().filter(move |(_, tid)| is_meant(*tid)).filter_map(move |(pid, tid)| {
        let (thread, now) = (read(pid, tid)?, monotonic_ns().ok()?);
        Some((now, record(&thread, (event, names), now)))
    });
    all.take(THREADS_MAX)
}

/// The process and the number of each thread that there is.
pub fn threads() -> impl Iterator<Item = (u32, u32)> {
    numbers(Path::new("/proc")).into_iter().flat_map(|pid| {
        let tasks = Path::new("/proc").join(pid.to_string()).join("task");
        numbers(&tasks).into_iter().map(move |tid| (pid, tid))
    })
}

/// The names in a folder that are numbers, in order.
fn numbers(folder: &Path) -> Vec<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut numbers: Vec<u32> = names.filter_map(|name| name.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

fn read(pid: u32, tid: u32) -> Option<Thread> {
    let text = fs::read(format!("/proc/{pid}/task/{tid}/stat")).ok()?;
    parse_stat(pid, tid, &text)
}

/// The name stands between the first `(` and the last `)`, and may have both in it.
fn parse_stat(pid: u32, tid: u32, text: &[u8]) -> Option<Thread> {
    /// How far the kernel's priorities are above those that it tells.
    const PRIO: i32 = 100;
    /// `PF_KTHREAD` among the flags of a thread (`include/linux/sched.h`).
    const OF_KERNEL: u32 = 0x0020_0000;
    let (open, close) =
        (text.iter().position(|b| *b == b'(')?, text.iter().rposition(|b| *b == b')')?);
    let name = text.get(open + 1..close)?;
    let rest = std::str::from_utf8(text.get(close + 1..)?).ok()?;
    let rest: Vec<&str> = rest.split_ascii_whitespace().collect();
    // By their numbers in the manual, of which the first here is the third.
    let number = |which: usize| rest.get(which - 3)?.parse::<i32>().ok();
    let mut comm = [0; COMM_BYTES];
    comm.iter_mut().take(COMM_BYTES - 1).zip(name).for_each(|(to, from)| *to = *from);
    Some(Thread {
        pid,
        tid,
        ppid: number(4)?,
        prio: number(18)?.saturating_add(PRIO),
        cpu: number(39).unwrap_or(0),
        state: *rest.first()?.as_bytes().first()?,
        is_of_kernel: rest.get(9 - 3)?.parse::<u32>().ok()? & OF_KERNEL != 0,
        comm,
    })
}

/// Writes what stands before the fields: of this time and event, of this process and thread.
fn head(
    bytes: &mut [u8],
    (time, event): (u64, u32),
    (pid, tid): (u32, u32),
    comm: &[u8; COMM_BYTES],
) {
    put(bytes, 0, &time.to_ne_bytes());
    put(bytes, 8, &event.to_ne_bytes());
    put(bytes, 16, &(u64::from(pid) << 32 | u64::from(tid)).to_ne_bytes());
    put(bytes, FIELDS_AT as usize - COMM_BYTES, comm);
}

/// As a program of the kernel would have written it.
fn record(thread: &Thread, (event, names): (u32, Names), time: u64) -> Vec<u8> {
    let end = if names == Names::Kernel { 48 } else { 80 };
    let mut bytes = vec![0; at(end) as usize];
    head(&mut bytes, (time, event), (thread.pid, thread.tid), &thread.comm);
    match names {
        Names::Kernel => fields(thread, &mut bytes),
        Names::Lttng => lttng::fields(thread, &mut bytes),
    }
    bytes
}

/// The fields of a thread, as [`FORMAT`] has them.
fn fields(thread: &Thread, bytes: &mut [u8]) {
    let own = [thread.pid.cast_signed(), thread.tid.cast_signed(), thread.ppid];
    let numbers = own.into_iter().chain([thread.prio, thread.cpu]);
    for (place, number) in (8..).step_by(4).zip(numbers) {
        put(bytes, at(place) as usize, &number.to_ne_bytes());
    }
    put(bytes, at(28) as usize, &[thread.state]);
    put(bytes, at(32) as usize, &thread.comm);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::record::{Layout, Record};

    #[test]
    fn names_may_have_anything_in_them() {
        let rest =
            " S 1 2 3 4 5 6 7 8 9 10 11 12 13 20 0 1 0 99 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 3 0";
        let text = format!("42 (a) (b c) R){rest}");
        let thread = parse_stat(7, 42, text.as_bytes()).expect("a thread");
        assert_eq!(thread.comm.as_slice(), b"a) (b c) R\0\0\0\0\0\0");
        assert_eq!((thread.state, thread.ppid), (b'S', 1));
        for len in 0..text.len() {
            let _ = parse_stat(7, 42, &text.as_bytes()[..len]);
        }
    }

    #[test]
    fn a_record_is_as_the_format_says() {
        let comm = *b"a thread\0\0\0\0\0\0\0\0";
        let (state, is_of_kernel) = (b'R', false);
        let thread =
            Thread { pid: 3, tid: 4, ppid: 1, prio: 120, cpu: 1, state, is_of_kernel, comm };
        for (names, expected) in [
            (Names::Kernel, [("pid", 3), ("tid", 4), ("ppid", 1), ("prio", 120), ("cpu", 1)]),
            (Names::Lttng, [("pid", 3), ("tid", 4), ("ppid", 1), ("status", 2), ("cpu", 1)]),
        ] {
            let (format, _) = format(names).expect("a format");
            let layout = Layout::of(&format).expect("a layout");
            let bytes = record(&thread, (9, names), 77);
            assert_eq!(bytes.len() as u32, layout.bytes);
            let record = Record::new(&bytes).expect("a record");
            for (name, number) in expected {
                let field = format.fields.iter().find(|field| field.name == name);
                assert_eq!(record.number(field.expect("a field")), Some(number), "{name}");
            }
            assert_eq!((record.time(), record.event(), record.pid(), record.tid()), (77, 9, 3, 4));
            assert_eq!(record.comm(), b"a thread");
        }
    }

    #[test]
    fn this_thread_is_there() {
        let tid = fs::read_link("/proc/thread-self").expect("/proc");
        let tid = tid.file_name().and_then(|tid| tid.to_str()?.parse().ok()).expect("a number");
        assert_eq!(records(Some(&[tid]), 0, Names::Kernel).count(), 1);
        assert!(records(None, 0, Names::Lttng).count() > 1);
    }
}
