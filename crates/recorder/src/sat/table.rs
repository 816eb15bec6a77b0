//! The table of classes.

use super::{Class, Event, Fit};

const fn same(name: &'static str, linux: &'static [&'static str]) -> Event {
    Event { name, fit: Fit::Same, linux, note: "" }
}

const fn near(name: &'static str, linux: &'static [&'static str], note: &'static str) -> Event {
    Event { name, fit: Fit::Near, linux, note }
}

const fn none(name: &'static str, note: &'static str) -> Event {
    Event { name, fit: Fit::None, linux: &[], note }
}

const SWITCH: &[&str] = &["sched:sched_switch"];
const WITH_CALL: &str = "prev_state is S; its system call says why";

/// All classes, in SAT's order of their numbers.
pub const CLASSES: [Class; 14] = [
    Class { name: "control", aliases: &[], what: "the recording itself", events: &CONTROL },
    Class {
        name: "kercall",
        aliases: &["kercalls"],
        what: "kernel calls: here, system calls by their Linux numbers",
        events: &[ENTER, EXIT, INTERRUPTED],
    },
    Class { name: "kercallenter", aliases: &[], what: "their beginnings", events: &[ENTER] },
    Class { name: "kercallexit", aliases: &[], what: "their ends", events: &[EXIT] },
    Class { name: "interrupt", aliases: &["int"], what: "interrupts", events: &INTERRUPT },
    Class { name: "process", aliases: &["processes"], what: "processes", events: &PROCESS },
    Class { name: "thread", aliases: &["threads"], what: "states of threads", events: &THREAD },
    Class {
        name: "user",
        aliases: &[],
        what: "events of programs",
        events: &[none("USREVENT", "programs record them themselves")],
    },
    Class { name: "system", aliases: &[], what: "what the system does", events: &SYSTEM },
    Class { name: "comm", aliases: &[], what: "signals, messages", events: &COMM },
    Class {
        name: "quip",
        aliases: &[],
        what: "events of QNX's own services",
        events: &[none("QUIP", "")],
    },
    Class { name: "sec", aliases: &["security"], what: "permissions", events: &SEC },
    Class { name: "qvm", aliases: &["kvm"], what: "virtual machines", events: &QVM },
    Class {
        name: "pmu",
        aliases: &[],
        what: "counters of the CPU",
        events: &[none("PMU", "no events: counters are read")],
    },
];

const CONTROL: [Event; 3] = [
    none("TIME", "each packet of the recording has full times"),
    none("BUFFER", "each packet of the recording is numbered"),
    none("DROPPED", "each packet of the recording says what was lost before it"),
];

const ENTER: Event = near("KERCALLENTER", &["raw_syscalls:sys_enter"], "");
const EXIT: Event =
    near("KERCALLEXIT", &["raw_syscalls:sys_exit"], "it failed if ret is below 0: -ret is errno");
const INTERRUPTED: Event =
    near("KERCALLINT", &["raw_syscalls:sys_exit"], "ret is -512, -513, -514 or -516");

const INTERRUPT: [Event; 4] = [
    near("INTENTER", &["irq_vectors:*_entry"], "x86 only; else the first handler's entry"),
    near("INTEXIT", &["irq_vectors:*_exit"], "x86 only; else the last handler's exit"),
    same("INT_HANDLER_ENTER", &["irq:irq_handler_entry"]),
    same("INT_HANDLER_EXIT", &["irq:irq_handler_exit"]),
];

const PROCESS: [Event; 5] = [
    same("PROCCREATE", &["sched:sched_process_fork"]),
    same("PROCCREATE_NAME", &["sched:sched_process_exec"]),
    near("PROCDESTROY", &["sched:sched_process_exit"], "of the first thread"),
    near("PROCDESTROY_NAME", &["sched:sched_process_exit"], "comm is the name"),
    same("PROCTHREAD_NAME", &["task:task_rename"]),
];

const THREAD: [Event; 21] = [
    same("THCREATE", &["task:task_newtask"]),
    same("THDESTROY", &["sched:sched_process_exit"]),
    same("THRUNNING", SWITCH),
    same("THREADY", &["sched:sched_waking", "sched:sched_wakeup", "sched:sched_wakeup_new"]),
    Event { name: "THSTOPPED", fit: Fit::Same, linux: SWITCH, note: "prev_state is T or t" },
    Event { name: "THDEAD", fit: Fit::Same, linux: SWITCH, note: "prev_state is X or Z" },
    near("THSEND", SWITCH, WITH_CALL),
    near("THRECEIVE", SWITCH, WITH_CALL),
    near("THREPLY", SWITCH, WITH_CALL),
    near("THNANOSLEEP", SWITCH, WITH_CALL),
    near("THMUTEX", SWITCH, WITH_CALL),
    near("THCONDVAR", SWITCH, WITH_CALL),
    near("THSEM", SWITCH, WITH_CALL),
    near("THJOIN", SWITCH, WITH_CALL),
    near("THSIGSUSPEND", SWITCH, WITH_CALL),
    near("THSIGWAITINFO", SWITCH, WITH_CALL),
    near("THWAITTHREAD", SWITCH, WITH_CALL),
    near("THWAITPAGE", SWITCH, "prev_state is D, behind PAGEWAIT of class system"),
    none("THINTR", "no thread waits for an interrupt"),
    none("THSTACK, THWAITCTX", "Linux has no such states"),
    none("THNET_*", "Linux has no such states"),
];

const SYSTEM: [Event; 15] = [
    same(
        "PATHMGR_OPEN",
        &["syscalls:sys_enter_open", "syscalls:sys_enter_openat", "syscalls:sys_enter_openat2"],
    ),
    same("MMAP", &["syscalls:sys_enter_mmap"]),
    same("MUNMAP", &["syscalls:sys_enter_munmap"]),
    none("FUNC_ENTER, FUNC_EXIT", "of programs: events of class user"),
    none("ADDRESS", "of programs: an event of class user"),
    same("SLOG", &["printk:console"]),
    same("POWER", &["power:cpu_idle", "power:cpu_frequency"]),
    near("RUNSTATE", &["cpuhp:*"], ""),
    same("IPI", &["ipi:ipi_entry", "ipi:ipi_exit"]),
    same("SEND_IPI", &["ipi:ipi_raise", "ipi:ipi_send_cpu", "ipi:ipi_send_cpumask"]),
    same("TIMER", &["timer:hrtimer_expire_entry", "timer:timer_expire_entry"]),
    same("PAGEWAIT", &["exceptions:page_fault_user", "exceptions:page_fault_kernel"]),
    same("DEFRAG_START", &["compaction:mm_compaction_begin"]),
    same("DEFRAG_END", &["compaction:mm_compaction_end"]),
    none("APS_*", "control groups are asked, and tell no events"),
];

const COMM: [Event; 5] = [
    same("SIGNAL", &["signal:signal_generate", "signal:signal_deliver"]),
    near("SMSG", &["binder:binder_transaction"], "of binder only"),
    near("RMSG", &["binder:binder_transaction_received"], "of binder only"),
    near("REPLY", &["binder:binder_transaction"], "reply is 1; of binder only"),
    none("SPULSE, RPULSE", "Linux has no pulses"),
];

const SEC: [Event; 2] = [
    near("ABLE", &["capability:cap_capable"], ""),
    near("PERM_TEST", &["avc:selinux_audited"], "of SELinux only"),
];

const QVM: [Event; 6] = [
    same("GUEST_ENTER", &["kvm:kvm_entry"]),
    same("GUEST_EXIT", &["kvm:kvm_exit"]),
    same("RAISE_INTR", &["kvm:kvm_inj_virq"]),
    near("TIMER_CREATE", &["kvm:kvm_hv_timer_state"], ""),
    near("TIMER_FIRE", &["kvm:kvm_hv_timer_state"], ""),
    none("LOWER_INTR, CYCLES", ""),
];
