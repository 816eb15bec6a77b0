//! Which fields of an event are fast.
//!
//! Those that SAT's are, as far as Linux has them; the exit of a call says what it returned. Events
//! of classes that have one form in SAT (processes, interrupts) have all of their fields, and
//! events that SAT does not have their first two numbers.

use crate::kernel::class::concerned;
use crate::kernel::record::Layout;
use crate::tracefs::{Format, Kind};

/// How many arguments of a call are fast, and how many numbers of an event that SAT does not have.
const FIRST: usize = 2;

/// What is fast of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FastFields {
    /// All fields: fast is no less than wide.
    All,
    /// These.
    Named(&'static [&'static str]),
    /// The first two arguments of a call.
    Arguments,
    /// The first two numbers.
    Numbers,
}

/// System, name, and what is fast: the first that fits counts.
const TABLE: [(&str, &str, FastFields); 18] = [
    // THREAD: pid, tid; at a switch, those of both threads, and why one of them left.
    ("sched", "sched_switch", FastFields::Named(&["prev_pid", "prev_state", "next_pid"])),
    ("sched", "sched_waking", FastFields::Named(&["pid"])),
    ("sched", "sched_wakeup", FastFields::Named(&["pid"])),
    ("sched", "sched_wakeup_new", FastFields::Named(&["pid"])),
    ("task", "task_newtask", FastFields::Named(&["pid", "clone_flags"])),
    ("sched", "sched_process_exit", FastFields::Named(&["pid"])),
    // PROCESS: one form.
    ("sched", "sched_process_fork", FastFields::All),
    ("sched", "sched_process_exec", FastFields::All),
    ("task", "task_rename", FastFields::All),
    // COMM: si_signo, si_code.
    ("signal", "signal_generate", FastFields::Named(&["sig", "code"])),
    ("signal", "signal_deliver", FastFields::Named(&["sig", "code"])),
    // SYSTEM: MMAP has its address, length and flags; PATHMGR and SLOG have one form.
    ("syscalls", "sys_enter_mmap", FastFields::Named(&["addr", "len", "flags"])),
    ("syscalls", "sys_enter_open*", FastFields::All),
    ("printk", "console", FastFields::All),
    // INT: one form.
    ("irq", "irq_handler_*", FastFields::All),
    ("irq_vectors", "*", FastFields::All),
    // KERCALLENTER: two words.
    ("raw_syscalls", "sys_enter", FastFields::Arguments),
    ("syscalls", "sys_enter_*", FastFields::Arguments),
];

/// The fast form of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fast {
    /// What it looks like: the fields that are left, where they are in the wide form.
    pub format: Format,
    /// Where what is in the ring; fields by their places in the wide form.
    pub layout: Layout,
    /// The fields that are left out, by their places in the wide form.
    pub left_out: Vec<usize>,
}

impl FastFields {
    /// What is fast of this event.
    pub fn of(format: &Format) -> Self {
        let is_like = |pattern: &str, text: &str| {
            marey_filter::glob::matches(pattern.as_bytes(), text.as_bytes())
        };
        let found = TABLE
            .iter()
            .find(|(system, name, _)| *system == format.system && is_like(name, &format.name));
        found.map_or(FastFields::Numbers, |(.., fields)| *fields)
    }
}

impl Fast {
    /// The fast form of an event; nothing if it is no other than the wide one.
    pub fn of(format: &Format) -> Option<Self> {
        let is_kept = kept(format);
        if is_kept.iter().all(|is_kept| *is_kept) && !has_words(format) {
            return None;
        }
        let places: Vec<usize> = (0..format.fields.len())
            .filter(|place| is_kept.get(*place).is_some_and(|is_kept| *is_kept))
            .collect();
        let fields = places.iter().filter_map(|place| format.fields.get(*place).cloned());
        let mut fast = Format { fields: fields.collect(), ..format.clone() };
        shorten(&mut fast);
        let mut layout = Layout::of(&fast)?;
        for (place, _) in &mut layout.dynamic {
            *place = places.get(*place).copied()?;
        }
        let left_out = (0..format.fields.len()).filter(|place| !places.contains(place)).collect();
        Some(Fast { format: fast, layout, left_out })
    }
}

/// Which fields are kept. If none would be, all are.
fn kept(format: &Format) -> Vec<bool> {
    let number = |kind: Kind| matches!(kind, Kind::Number { .. });
    let own = concerned(format).map(|field| field.name.as_str());
    let mut first = 0;
    let mut take = |is_one: bool| {
        first += usize::from(is_one);
        is_one && first <= FIRST
    };
    let fields = FastFields::of(format);
    let kept = format.fields.iter().map(|field| {
        own == Some(field.name.as_str())
            || match fields {
                FastFields::All => true,
                FastFields::Named(names) => names.contains(&field.name.as_str()),
                // The number of the call stands before them; all arguments may stand in one field.
                FastFields::Arguments if is_call(&field.name) => true,
                FastFields::Arguments => take(true),
                FastFields::Numbers => take(number(field.kind)),
            }
    });
    let kept: Vec<bool> = kept.collect();
    if kept.contains(&true) { kept } else { vec![true; kept.len()] }
}

/// Whether a field is the number of a call.
fn is_call(name: &str) -> bool {
    matches!(name, "id" | "__syscall_nr")
}

/// Whether all arguments of a call stand in one field.
fn has_words(format: &Format) -> bool {
    FastFields::of(format) == FastFields::Arguments
        && format.fields.iter().any(|field| matches!(field.kind, Kind::Numbers { .. }))
}

/// Leaves two of such arguments.
fn shorten(format: &mut Format) {
    if FastFields::of(format) != FastFields::Arguments {
        return;
    }
    for field in &mut format.fields {
        if let Kind::Numbers { size, .. } = field.kind {
            field.size = field.size.min(size * FIRST as u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracefs::parse;

    fn format(system: &str, name: &str, fields: &[(&str, u32)]) -> Format {
        let mut text = format!("name: {name}\nID: 1\nformat:\n");
        let mut offset = 8_u32;
        for (field, size) in fields {
            offset = offset.next_multiple_of((*size).clamp(1, 8));
            text += &format!("\tfield:{field};\toffset:{offset};\tsize:{size};\tsigned:0;\n");
            offset += size;
        }
        parse(system, &text).expect("a format")
    }

    /// Names and sizes of what is fast.
    fn fast(format: &Format) -> Option<Vec<(String, u32)>> {
        let fast = Fast::of(format)?;
        Some(fast.format.fields.iter().map(|field| (field.name.clone(), field.size)).collect())
    }

    fn named(fields: &[(&str, u32)]) -> Option<Vec<(String, u32)>> {
        Some(fields.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect())
    }

    #[test]
    fn fast_is_less_than_wide() {
        let switch = [("char prev_comm[16]", 16), ("int prev_pid", 4), ("long prev_state", 8)];
        let switch =
            format("sched", "sched_switch", &[&switch[..], &[("int next_pid", 4)]].concat());
        assert_eq!(fast(&switch), named(&[("prev_pid", 4), ("prev_state", 8), ("next_pid", 4)]));
        assert_eq!(Fast::of(&switch).map(|fast| fast.left_out), Some(vec![0]));
        let call = format("raw_syscalls", "sys_enter", &[("long id", 8), ("long args[6]", 48)]);
        assert_eq!(fast(&call), named(&[("id", 8), ("args", 16)]));
        let exit = format("raw_syscalls", "sys_exit", &[("long id", 8), ("long ret", 8)]);
        assert_eq!(fast(&exit), None);
        let call = [("int __syscall_nr", 4), ("int fd", 8), ("char *buf", 8), ("long count", 8)];
        let call = format("syscalls", "sys_enter_read", &call);
        assert_eq!(fast(&call), named(&[("__syscall_nr", 4), ("fd", 4), ("buf", 8)]));
        let other = [("char a[8]", 8), ("int b", 4), ("int c", 4), ("int d", 4)];
        assert_eq!(fast(&format("x", "y", &other)), named(&[("b", 4), ("c", 4)]));
        assert_eq!(fast(&format("x", "y", &[("char a[8]", 8)])), None);
        assert_eq!(fast(&format("irq", "irq_handler_exit", &other)), None);
    }
}
