//! Where what is in the kernel's structure of a thread.

use std::sync::OnceLock;

use super::record::COMM_BYTES;
use crate::btf::Btf;

/// Where what is in the kernel's structure of a thread, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Thread {
    /// Its name.
    pub comm: Option<u32>,
    /// Its priority.
    pub prio: Option<u32>,
}

impl Thread {
    /// In the kernel that runs. Nothing is known where it does not describe itself (BTF).
    pub fn of_kernel() -> Self {
        /// It is read once: it is long.
        static KNOWN: OnceLock<Thread> = OnceLock::new();
        *KNOWN.get_or_init(|| Btf::of_kernel().map(|btf| Thread::of(&btf)).unwrap_or_default())
    }

    fn of(btf: &Btf) -> Self {
        let member = |name: &str, size: usize, aligned: u32| {
            let member = btf.member("task_struct", name)?;
            let is_it = member.size as usize == size && member.offset.is_multiple_of(aligned);
            is_it.then_some(member.offset)
        };
        Thread { comm: member("comm", COMM_BYTES, 8), prio: member("prio", 4, 4) }
    }
}
