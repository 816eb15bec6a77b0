//! The numbers of SAT's events, as `TraceEvent()` takes them.
//!
//! Those of threads are the numbers of their states, as in version 8; before, they were bits. Those
//! of processes are bits. Kernel calls have the numbers of the calls, which Linux has others of.

/// The class, and the number and name of each event that the table of classes has.
pub const NUMBERS: [(&str, &[(u16, &str)]); 6] = [
    ("process", &PROCESS),
    ("thread", &THREAD),
    ("system", &SYSTEM),
    ("comm", &COMM),
    ("sec", &[(0, "ABLE"), (5, "PERM_TEST")]),
    ("qvm", &QVM),
];

const PROCESS: [(u16, &str); 5] = [
    (1, "PROCCREATE"),
    (2, "PROCDESTROY"),
    (4, "PROCCREATE_NAME"),
    (8, "PROCDESTROY_NAME"),
    (16, "PROCTHREAD_NAME"),
];

const THREAD: [(u16, &str); 16] = [
    (0, "THDEAD"),
    (1, "THRUNNING"),
    (2, "THREADY"),
    (3, "THSTOPPED"),
    (4, "THSEND"),
    (5, "THRECEIVE"),
    (6, "THREPLY"),
    (9, "THWAITPAGE"),
    (10, "THSIGSUSPEND"),
    (11, "THSIGWAITINFO"),
    (12, "THNANOSLEEP"),
    (13, "THMUTEX"),
    (14, "THCONDVAR"),
    (15, "THJOIN"),
    (24, "THCREATE"),
    (25, "THDESTROY"),
];

const SYSTEM: [(u16, &str); 11] = [
    (2, "PATHMGR_OPEN"),
    (6, "MMAP"),
    (7, "MUNMAP"),
    (12, "SLOG"),
    (13, "DEFRAG_START"),
    (14, "RUNSTATE"),
    (15, "POWER"),
    (16, "IPI"),
    (17, "PAGEWAIT"),
    (18, "TIMER"),
    (19, "DEFRAG_END"),
];

const COMM: [(u16, &str); 4] = [(0, "SMSG"), (2, "RMSG"), (9, "SIGNAL"), (10, "REPLY")];

const QVM: [(u16, &str); 5] = [
    (0, "GUEST_ENTER"),
    (1, "GUEST_EXIT"),
    (3, "RAISE_INTR"),
    (5, "TIMER_CREATE"),
    (6, "TIMER_FIRE"),
];

#[cfg(test)]
mod tests {
    use super::super::class;
    use super::*;

    #[test]
    fn each_number_is_of_an_event_of_its_class() {
        for (name, numbers) in NUMBERS {
            let class = class(name).expect("a class");
            for (_, event) in numbers {
                assert!(class.events.iter().any(|own| own.name == *event), "{name}: {event}");
            }
        }
    }
}
