//! Contexts that are recorded with each event if they are asked for.
//!
//! They stand at the end of each record of the ring, in their order: 8 bytes each, and behind those
//! of a stack, which are its length in bytes, its addresses.

use std::fmt;
use std::str::FromStr;

use marey_diagnostic::nearest;
use marey_filter::ebpf::{Alu, Assembler, Insn, Reg, Size, Unsupported, helper};

use crate::near;

/// How many callers of a stack are recorded: what the kernel walks at most, if nobody changed it
/// (`kernel.perf_event_max_stack`).
pub const CALLERS_MAX: u32 = 127;

/// A context that is recorded with each event if it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Added {
    /// The priority of the thread that runs, as the kernel counts: 120 where nobody set one, more
    /// where it is nice, below 100 in real time.
    Prio,
    /// The number of the cgroup (version 2) of the thread that runs: the inode of its directory.
    Cgroup,
    /// Which functions of the kernel called each other up to the event, the last one first.
    KernelStack,
    /// The same of the process, as far as its frame pointers lead.
    UserStack,
}

/// A name of no such context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    name: String,
    nearest: Vec<&'static str>,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no context `{}` to record", self.name)?;
        near::write(f, &self.nearest)?;
        if self.nearest.is_empty() {
            let names: Vec<_> = Added::ALL.iter().map(|(_, name)| *name).collect();
            write!(f, "; there are {}", names.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Unknown {}

impl Added {
    /// All of them, with their names.
    pub const ALL: [(Added, &'static str); 4] = [
        (Added::Prio, "prio"),
        (Added::Cgroup, "cgroup"),
        (Added::KernelStack, "kstack"),
        (Added::UserStack, "ustack"),
    ];

    /// What it is called in a recording: stacks as LTTng calls them.
    pub fn recorded_as(self) -> &'static str {
        match self {
            Added::Prio => "prio",
            Added::Cgroup => "cgroup_id",
            Added::KernelStack => "callstack_kernel",
            Added::UserStack => "callstack_user",
        }
    }

    /// How many bytes it takes in the ring.
    pub fn bytes(self) -> u32 {
        match self {
            Added::Prio | Added::Cgroup => 8,
            Added::KernelStack | Added::UserStack => 8 + 8 * CALLERS_MAX,
        }
    }
}

impl FromStr for Added {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        let found = Added::ALL.iter().find(|(_, own)| *own == name);
        found.map(|(added, _)| *added).ok_or_else(|| {
            let names = Added::ALL.iter().map(|(_, name)| *name);
            Unknown { name: name.to_owned(), nearest: nearest(name, names) }
        })
    }
}

/// How many bytes these take in the ring.
pub fn bytes(contexts: &[Added]) -> u32 {
    contexts.iter().map(|context| context.bytes()).sum()
}

/// What a record says of each of these.
pub fn parts<'r>(
    contexts: &'r [Added],
    record: &'r [u8],
) -> impl Iterator<Item = (Added, &'r [u8])> {
    let at = record.len().saturating_sub(bytes(contexts) as usize);
    let mut rest = record.get(at..).unwrap_or_default();
    contexts.iter().map(move |context| {
        let (own, behind) = rest.split_at_checked(context.bytes() as usize).unwrap_or((rest, &[]));
        rest = behind;
        (*context, own)
    })
}

/// The addresses of a stack. There are none where the kernel could not walk it: then it says a
/// number below 0 instead of their length.
pub fn callers(part: &[u8]) -> &[u8] {
    let (length, callers) = part.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
    let length = usize::try_from(i64::from_ne_bytes(*length)).unwrap_or(0);
    callers.get(..length / 8 * 8).unwrap_or_default()
}

/// Where a program finds what it records.
pub(super) struct Places {
    /// The record.
    pub record: Reg,
    /// Where these contexts begin in it.
    pub at: u32,
    /// Puts what the kernel gave to the program into register 1.
    pub given: Insn,
    /// Where the priority is in the kernel's structure of a thread.
    pub prio: Option<u32>,
}

/// Puts contexts into a record. Registers 0 to 5 are used.
///
/// # Errors
/// When the kernel does not say where one is.
pub(super) fn record(
    code: &mut Assembler,
    contexts: &[Added],
    places: &Places,
) -> Result<(), Unsupported> {
    /// It is the stack of the process (`BPF_F_USER_STACK`).
    const OF_USER: u64 = 1 << 8;
    let mut at = places.at;
    for context in contexts {
        let to = i16::try_from(at).map_err(|_| Unsupported("the event is too long".to_owned()))?;
        match context {
            Added::Prio => prio(code, places.prio, Reg::R0)?,
            Added::Cgroup => code.push(Insn::call(helper::CGROUP)),
            Added::KernelStack | Added::UserStack => {
                let flags = if *context == Added::UserStack { OF_USER } else { 0 };
                code.push(places.given);
                code.push(Insn::mov(Reg::R2, places.record));
                code.push(Insn::alu_k(Alu::Add, Reg::R2, i32::from(to) + 8));
                code.constant(Reg::R3, u64::from(8 * CALLERS_MAX));
                code.constant(Reg::R4, flags);
                code.push(Insn::call(helper::STACK));
            }
        }
        code.push(Insn::store(Size::B8, places.record, to, Reg::R0));
        at += context.bytes();
    }
    Ok(())
}

/// Puts the priority of the thread that runs into a register. Registers 0 to 5 are used.
pub(super) fn prio(code: &mut Assembler, place: Option<u32>, to: Reg) -> Result<(), Unsupported> {
    let place = place.and_then(|place| i16::try_from(place).ok());
    let unknown = || Unsupported("the kernel does not say where priorities are (BTF)".to_owned());
    code.push(Insn::call(helper::TASK_BTF));
    code.push(Insn::load(Size::B4, to, Reg::R0, place.ok_or_else(unknown)?));
    // It has a sign.
    code.push(Insn::alu_k(Alu::Lsh, to, 32));
    code.push(Insn::alu_k(Alu::Arsh, to, 32));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_nearest_ones_offered() {
        for (added, name) in Added::ALL {
            assert_eq!(name.parse(), Ok(added));
        }
        let said = |name: &str| name.parse::<Added>().expect_err(name).to_string();
        assert_eq!(
            said("stack"),
            "there is no context `stack` to record; did you mean `kstack` or `ustack`?"
        );
        assert!(said("x").ends_with("; there are prio, cgroup, kstack, ustack"), "{}", said("x"));
    }

    #[test]
    fn parts_are_at_the_end_of_a_record() {
        let contexts = [Added::Cgroup, Added::UserStack];
        let mut record = vec![0; 48 + bytes(&contexts) as usize];
        record[48..56].copy_from_slice(&7_u64.to_ne_bytes());
        record[56..64].copy_from_slice(&16_u64.to_ne_bytes());
        record[64..80].fill(1);
        let parts: Vec<_> = parts(&contexts, &record).collect();
        assert_eq!(parts[0], (Added::Cgroup, &7_u64.to_ne_bytes()[..]));
        assert_eq!(callers(parts[1].1), [1; 16]);
        record[56..64].copy_from_slice(&(-14_i64).to_ne_bytes());
        assert!(callers(&record[56..]).is_empty());
        assert!(callers(&record[..4]).is_empty());
    }
}
