//! A thread at the start as LTTng tells of it: the event `lttng_statedump_process_state` of
//! lttng-modules 2.11 (`lttng-statedump.h`).

use std::fs;

use super::Thread;
use crate::kernel::record::{at, put};

/// As the kernel would describe it.
pub const FORMAT: &str = "name: lttng_statedump_process_state
ID: 0
format:
	field:pid_t tid;	offset:8;	size:4;	signed:1;
	field:pid_t vtid;	offset:12;	size:4;	signed:1;
	field:pid_t pid;	offset:16;	size:4;	signed:1;
	field:pid_t vpid;	offset:20;	size:4;	signed:1;
	field:pid_t ppid;	offset:24;	size:4;	signed:1;
	field:pid_t vppid;	offset:28;	size:4;	signed:1;
	field:char name[16];	offset:32;	size:16;	signed:0;
	field:int type;	offset:48;	size:4;	signed:1;
	field:int mode;	offset:52;	size:4;	signed:1;
	field:int submode;	offset:56;	size:4;	signed:1;
	field:int status;	offset:60;	size:4;	signed:1;
	field:int ns_level;	offset:64;	size:4;	signed:1;
	field:unsigned int ns_inum;	offset:68;	size:4;	signed:0;
	field:unsigned int cpu;	offset:72;	size:4;	signed:0;
print fmt: \"\"
";

/// What is not known from outside of the thread (`LTTNG_MODE_UNKNOWN`, `LTTNG_UNKNOWN`).
const MODE_UNKNOWN: i32 = 5;
const SUBMODE_UNKNOWN: i32 = 1;

/// The fields of a thread, as [`FORMAT`] has them.
pub fn fields(thread: &Thread, bytes: &mut [u8]) {
    let inside = Inside::of(thread);
    let first = [
        thread.tid.cast_signed(),
        inside.tid,
        thread.pid.cast_signed(),
        inside.pid,
        thread.ppid,
        inside.parent,
    ];
    let last = [
        i32::from(thread.is_of_kernel),
        MODE_UNKNOWN,
        SUBMODE_UNKNOWN,
        status(thread.state),
        inside.level,
        inside.namespace.cast_signed(),
        thread.cpu,
    ];
    let places = (8..32).step_by(4).chain((48..76).step_by(4));
    for (place, number) in places.zip(first.into_iter().chain(last)) {
        put(bytes, at(place) as usize, &number.to_ne_bytes());
    }
    put(bytes, at(32) as usize, &thread.comm);
}

/// What a thread does, by its letter in `/proc/PID/stat`, as `enum lttng_process_status` has it:
/// LTTng says of all that can run that they wait for a CPU.
fn status(state: u8) -> i32 {
    match state {
        b'R' => 2,
        b'Z' => 4,
        b'X' | b'x' => 7,
        _ => 5,
    }
}

/// A thread as it is called in the innermost of its PID namespaces.
struct Inside {
    tid: i32,
    pid: i32,
    /// 0 where the parent is in another one.
    parent: i32,
    /// How many namespaces are around that one.
    level: i32,
    namespace: u32,
}

impl Inside {
    fn of(thread: &Thread) -> Self {
        let path = format!("/proc/{}/task/{}", thread.pid, thread.tid);
        let status = fs::read_to_string(format!("{path}/status")).unwrap_or_default();
        let (tid, level) = innermost(&status, "NSpid:").unwrap_or((thread.tid.cast_signed(), 0));
        let pid = innermost(&status, "NStgid:").map_or(thread.pid.cast_signed(), |(pid, _)| pid);
        let namespace = fs::read_link(format!("{path}/ns/pid")).ok();
        let namespace = namespace.and_then(|link| number_of(&link.to_string_lossy()));
        Inside {
            tid,
            pid,
            parent: if level == 0 { thread.ppid } else { parent(thread.ppid, level) },
            level,
            namespace: namespace.unwrap_or(0),
        }
    }
}

/// What a process is called in a namespace of this level.
fn parent(pid: i32, level: i32) -> i32 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    innermost(&status, "NStgid:").filter(|(_, own)| *own == level).map_or(0, |(pid, _)| pid)
}

/// The last of the numbers behind a name (proc_pid_status(5)), and how many stand before it.
fn innermost(status: &str, name: &str) -> Option<(i32, i32)> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let numbers: Vec<i32> =
        line.split_ascii_whitespace().filter_map(|number| number.parse().ok()).collect();
    Some((*numbers.last()?, i32::try_from(numbers.len() - 1).ok()?))
}

/// The number in `pid:[4026531836]` (namespaces(7)).
fn number_of(link: &str) -> Option<u32> {
    link.split_once('[')?.1.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_name_of_a_thread_is_the_last() {
        let status = "Name:\ta\nNStgid:\t77\t5\t1\nNSpid:\t78\t6\t2\n";
        assert_eq!(innermost(status, "NSpid:"), Some((2, 2)));
        assert_eq!(innermost(status, "NStgid:"), Some((1, 2)));
        assert_eq!(innermost("NSpid:\n", "NSpid:"), None);
        assert_eq!(number_of("pid:[4026531836]"), Some(4_026_531_836));
    }
}
