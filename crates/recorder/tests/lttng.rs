//! LTTng's names are those that traces of LTTng have.

use marey_recorder::ctf::{LTTNG_STATE, Names};

/// Events of the kernel that analyses look at, and what they look for in them, by the kernel's
/// names.
const EVENTS: [(&str, &str, &[&str]); 22] = [
    ("sched", "sched_switch", &["prev_comm", "prev_pid", "prev_prio", "prev_state", "next_pid"]),
    ("sched", "sched_wakeup", &["comm", "pid", "prio", "target_cpu"]),
    ("sched", "sched_waking", &["comm", "pid", "prio", "target_cpu"]),
    ("sched", "sched_process_fork", &["parent_comm", "parent_pid", "child_comm", "child_pid"]),
    ("sched", "sched_process_exec", &["filename", "pid", "old_pid"]),
    ("sched", "sched_process_exit", &["comm", "pid", "prio"]),
    ("sched", "sched_process_free", &["comm", "pid", "prio"]),
    ("sched", "sched_migrate_task", &["comm", "pid", "prio", "orig_cpu", "dest_cpu"]),
    ("sched", "sched_pi_setprio", &["comm", "pid", "oldprio", "newprio"]),
    ("irq", "irq_handler_entry", &["irq", "name"]),
    ("irq", "irq_handler_exit", &["irq", "ret"]),
    ("irq", "softirq_raise", &["vec"]),
    ("irq", "softirq_entry", &["vec"]),
    ("irq", "softirq_exit", &["vec"]),
    ("timer", "hrtimer_start", &["hrtimer", "function", "expires", "softexpires"]),
    ("timer", "hrtimer_expire_entry", &["hrtimer", "now", "function"]),
    ("timer", "timer_start", &["timer", "function", "expires"]),
    ("kmem", "mm_page_alloc", &["pfn", "order", "gfp_flags", "migratetype"]),
    ("kmem", "kmalloc", &["call_site", "ptr", "bytes_req", "bytes_alloc", "gfp_flags"]),
    ("net", "netif_receive_skb", &["skbaddr", "len", "name"]),
    ("power", "cpu_idle", &["state", "cpu_id"]),
    ("signal", "signal_generate", &["sig", "errno", "code", "comm", "pid"]),
];

/// The fields of the state of a thread, in their order.
const STATE: [&str; 14] = [
    "tid", "vtid", "pid", "vpid", "ppid", "vppid", "name", "type", "mode", "submode", "status",
    "ns_level", "ns_inum", "cpu",
];

/// The names of the fields of an event in metadata of LTTng, which puts `_` before each.
fn fields(metadata: &str, event: &str) -> Option<Vec<String>> {
    let (_, rest) = metadata.split_once(&format!("name = \"{event}\";"))?;
    let (block, _) = rest.split_once("\n};")?;
    let (_, payload) = block.split_once("fields := struct {")?;
    let name = |line: &str| {
        let name = line.trim().strip_suffix(';')?.rsplit(' ').next()?;
        let name = name.split('[').next()?.strip_prefix('_')?;
        Some(name.to_owned())
    };
    Some(payload.lines().filter_map(name).collect())
}

/// The text in packets of metadata (CTF 1.8.3, section 7.1): their heads have 37 bytes, of which
/// some say how many bits the content has with the head, and how many the packet has.
fn text(mut bytes: &[u8]) -> String {
    let mut text = Vec::new();
    let size = |at: usize, packet: &[u8]| {
        let size = packet.get(at..at + 4).and_then(|size| size.try_into().ok());
        u32::from_le_bytes(size.expect("a head")) as usize / 8
    };
    while !bytes.is_empty() {
        text.extend_from_slice(&bytes[37..size(24, bytes)]);
        bytes = &bytes[size(28, bytes).min(bytes.len())..];
    }
    String::from_utf8(text).expect("a text")
}

#[test]
fn events_and_fields_are_called_as_in_a_trace_of_lttng() {
    let Some(samples) = std::env::var_os("MAREY_SAMPLES") else {
        return println!("skipped: MAREY_SAMPLES names no folder of traces");
    };
    let path = std::path::Path::new(&samples).join("ctf/tc-uneven-streams/metadata");
    let Ok(bytes) = std::fs::read(path) else {
        return println!("skipped: there is no trace of LTTng in MAREY_SAMPLES");
    };
    let metadata = text(&bytes);
    for (system, name, expected) in EVENTS {
        let event = Names::Lttng.event(system, name, name);
        let found = fields(&metadata, &event).unwrap_or_else(|| panic!("{event} is not there"));
        for field in expected {
            let field = Names::Lttng.field(system, field);
            assert!(found.contains(&field), "{event}: {field} is not among {found:?}");
        }
    }
    assert_eq!(fields(&metadata, LTTNG_STATE).expect("it is there"), STATE);
}
