//! What a recording that runs may do: only what it still needs.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use marey_recorder::error::Error as Obstacle;
use marey_recorder::sys::{Capability, has_own_for_programs, keep_only, own_user};

/// Gives up, for good, what is needed to begin only. The kernel's counters are still read, and
/// rules may need a program more.
pub fn give_up(has_programs: bool, folder: &Path) -> Result<(), Obstacle> {
    let mut kept = vec![Capability::Perfmon, Capability::Bpf, Capability::DacReadSearch];
    if !has_own_for_programs() {
        kept.push(Capability::SysAdmin);
    }
    let is_of_others = folder.metadata().is_ok_and(|folder| folder.uid() != own_user());
    if is_of_others || has_programs {
        // The files of programs are of those who run them.
        kept.push(Capability::DacOverride);
    }
    keep_only(&kept).map_err(|e| Obstacle::of_io("giving up capabilities", &e))
}
