//! A kernel with a few events, as files in a folder: the same on every machine.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::fs;
use std::path::{Path, PathBuf};

use super::process::scratch;

/// A field: its declaration, its size, and whether it may be below 0.
type Field = (&'static str, u32, u32);

const CALL: [Field; 2] = [("int __syscall_nr", 4, 1), ("int dfd", 8, 0)];

/// System, name and fields of each event.
const EVENTS: [(&str, &str, &[Field]); 12] = [
    ("ftrace", "function", &[("unsigned long ip", 8, 0)]),
    ("irq", "irq_handler_entry", &[("int irq", 4, 1), ("__data_loc char[] name", 4, 0)]),
    ("irq", "irq_handler_exit", &[("int irq", 4, 1), ("int ret", 4, 1)]),
    ("net", "net_mac", &[("u8 mac[6]", 6, 0), ("__data_loc u32[] tags", 4, 0)]),
    ("raw_syscalls", "sys_enter", &[("long id", 8, 1), ("unsigned long args[6]", 48, 0)]),
    ("raw_syscalls", "sys_exit", &[("long id", 8, 1), ("long ret", 8, 1)]),
    (
        "sched",
        "sched_switch",
        &[
            ("char prev_comm[16]", 16, 0),
            ("pid_t prev_pid", 4, 1),
            ("int prev_prio", 4, 1),
            ("long prev_state", 8, 1),
            ("char next_comm[16]", 16, 0),
            ("pid_t next_pid", 4, 1),
            ("int next_prio", 4, 1),
        ],
    ),
    (
        "sched",
        "sched_wakeup",
        &[("char comm[16]", 16, 0), ("pid_t pid", 4, 1), ("int target_cpu", 4, 1)],
    ),
    ("signal", "signal_deliver", &[("int sig", 4, 1), ("int code", 4, 1)]),
    ("syscalls", "sys_enter_openat", &CALL),
    (
        "syscalls",
        "sys_enter_landlock_create_ruleset",
        &[("const struct __kernel_timespec * a_pointer_with_a_long_name", 8, 0), ("u32 id", 8, 0)],
    ),
    ("syscalls", "sys_exit_openat", &[("int __syscall_nr", 4, 1), ("long ret", 8, 1)]),
];

/// The folder in which the kernel says what it has.
pub fn kernel(test: &str) -> PathBuf {
    let root = scratch(&format!("kernel-{test}"));
    for (index, (system, name, fields)) in EVENTS.into_iter().enumerate() {
        let folder = root.join("events").join(system).join(name);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("format"), format(name, index, fields)).expect("a file");
    }
    root
}

fn format(name: &str, index: usize, fields: &[Field]) -> String {
    let mut text = format!(
        "name: {name}\nID: {}\nformat:\n\
         \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\
         \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n",
        300 + index
    );
    let mut offset = 8;
    for (declaration, size, signed) in fields {
        offset = u32::next_multiple_of(offset, (*size).min(8).next_power_of_two());
        text.push_str(&format!(
            "\tfield:{declaration};\toffset:{offset};\tsize:{size};\tsigned:{signed};\n"
        ));
        offset += size;
    }
    text + "\nprint fmt: \"\"\n"
}

/// The folder as the value of an option.
pub fn place(root: &Path) -> String {
    format!("--tracefs={}", root.display())
}
