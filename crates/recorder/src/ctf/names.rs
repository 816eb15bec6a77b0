//! What events and their fields are called in a recording: as the kernel calls them, or as LTTng
//! does.
//!
//! LTTng's names are those of lttng-modules 2.11, by which the kernel analyses of Trace Compass
//! find what they look for.

use marey_ctf::schema::Value;

/// Whose names a recording has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Names {
    /// The kernel's, as filters use them.
    #[default]
    Kernel,
    /// LTTng's.
    Lttng,
}

/// The version of lttng-modules of which the names are.
const LTTNG: [i128; 3] = [2, 11, 0];

/// The event that tells of a thread that is there at the start.
pub const LTTNG_STATE: &str = "lttng_statedump_process_state";

/// Before the names of which systems LTTng has which prefix, where they do not begin with one of
/// the others.
const PREFIXES: [(&str, &str, &[&str]); 9] = [
    ("irq", "irq_", &["irq_"]),
    ("timer", "timer_", &["timer_", "tick_"]),
    ("kmem", "kmem_", &["kmem_", "rss_"]),
    ("power", "power_", &["power_"]),
    ("regulator", "regulator_", &["regulator_"]),
    ("printk", "printk_", &[]),
    ("random", "random_", &[]),
    ("irq_vectors", "x86_irq_vectors_", &[]),
    ("exceptions", "x86_exceptions_", &[]),
];

/// Names that follow no rule: of the kernel, and of LTTng.
const OTHERS: [(&str, &str, &str); 7] = [
    ("net", "netif_receive_skb", "net_if_receive_skb"),
    ("net", "netif_rx", "net_if_rx"),
    ("skb", "kfree_skb", "skb_kfree"),
    ("skb", "consume_skb", "skb_consume"),
    ("compaction", "mm_compaction_isolate_migratepages", "compaction_isolate_migratepages"),
    ("compaction", "mm_compaction_isolate_freepages", "compaction_isolate_freepages"),
    ("compaction", "mm_compaction_migratepages", "compaction_migratepages"),
];

/// Fields of the system `sched` that name a thread: the kernel calls its number `pid`.
const THREADS: [(&str, &str); 6] = [
    ("pid", "tid"),
    ("prev_pid", "prev_tid"),
    ("next_pid", "next_tid"),
    ("parent_pid", "parent_tid"),
    ("child_pid", "child_tid"),
    ("old_pid", "old_tid"),
];

impl Names {
    /// What an event is called that is recorded under this name otherwise.
    pub fn event(self, system: &str, name: &str, recorded: &str) -> String {
        if self == Names::Kernel || name != recorded {
            return recorded.to_owned();
        }
        let other = OTHERS.iter().find(|(of, kernel, _)| (*of, *kernel) == (system, name));
        if let Some((_, _, lttng)) = other {
            return (*lttng).to_owned();
        }
        let prefix = PREFIXES
            .iter()
            .find(|(of, ..)| *of == system)
            .filter(|(_, _, without)| without.iter().all(|prefix| !name.starts_with(prefix)));
        prefix.map_or_else(|| name.to_owned(), |(_, prefix, _)| format!("{prefix}{name}"))
    }

    /// What a field of an event of this system is called.
    pub fn field(self, system: &str, name: &str) -> String {
        let thread = THREADS.iter().find(|(kernel, _)| *kernel == name);
        match thread.filter(|_| self == Names::Lttng && system == "sched") {
            Some((_, lttng)) => (*lttng).to_owned(),
            None => name.to_owned(),
        }
    }

    /// What the name of the thread is called, in the context of each event.
    pub fn comm(self) -> &'static str {
        match self {
            Names::Kernel => "comm",
            Names::Lttng => "procname",
        }
    }

    /// Who made the trace.
    pub fn tracer(self) -> Vec<(String, Value)> {
        let number = |part: &str| part.parse().unwrap_or(0);
        let own = [
            number(env!("CARGO_PKG_VERSION_MAJOR")),
            number(env!("CARGO_PKG_VERSION_MINOR")),
            number(env!("CARGO_PKG_VERSION_PATCH")),
        ];
        let (name, [major, minor, patch]) = match self {
            Names::Kernel => ("marey", own),
            Names::Lttng => ("lttng-modules", LTTNG),
        };
        let mut all = vec![
            ("tracer_name".to_owned(), Value::Text(name.to_owned())),
            ("tracer_major".to_owned(), Value::Integer(major)),
            ("tracer_minor".to_owned(), Value::Integer(minor)),
            ("tracer_patchlevel".to_owned(), Value::Integer(patch)),
        ];
        if self == Names::Lttng {
            let version = Value::Text(env!("CARGO_PKG_VERSION").to_owned());
            all.push(("marey_version".to_owned(), version));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lttng_has_names_of_its_own() {
        let of = |system, name| Names::Lttng.event(system, name, name);
        for (system, name, lttng) in [
            ("sched", "sched_switch", "sched_switch"),
            ("irq", "irq_handler_entry", "irq_handler_entry"),
            ("irq", "softirq_raise", "irq_softirq_raise"),
            ("timer", "timer_start", "timer_start"),
            ("timer", "hrtimer_expire_entry", "timer_hrtimer_expire_entry"),
            ("kmem", "mm_page_alloc", "kmem_mm_page_alloc"),
            ("kmem", "kmem_cache_free", "kmem_cache_free"),
            ("net", "netif_receive_skb", "net_if_receive_skb"),
            ("power", "cpu_idle", "power_cpu_idle"),
            ("power", "power_domain_target", "power_domain_target"),
            ("skb", "kfree_skb", "skb_kfree"),
            ("block", "block_rq_issue", "block_rq_issue"),
        ] {
            assert_eq!(of(system, name), lttng);
        }
        let syscall = ("syscalls", "sys_enter_openat", "syscall_entry_openat");
        assert_eq!(Names::Lttng.event(syscall.0, syscall.1, syscall.2), syscall.2);
        assert_eq!(Names::Kernel.event("power", "cpu_idle", "cpu_idle"), "cpu_idle");
        assert_eq!(Names::Lttng.field("sched", "next_pid"), "next_tid");
        assert_eq!(Names::Lttng.field("signal", "pid"), "pid");
        assert_eq!(Names::Kernel.field("sched", "pid"), "pid");
    }
}
