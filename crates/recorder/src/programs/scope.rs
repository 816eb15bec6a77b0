//! Whether a process was started by others.

/// How many generations are looked at.
const GENERATIONS_MAX: usize = 64;

/// Whether a process is one of these, or was started by one of them, or by what these started; as
/// far as those in between are still there.
pub fn is_within(pid: u32, all: &[u32]) -> bool {
    let parents = std::iter::successors(Some(pid), |pid| parent(*pid));
    parents.take(GENERATIONS_MAX).any(|pid| all.contains(&pid))
}

/// `PPid` in proc_pid_status(5).
fn parent(pid: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    line.trim().parse().ok().filter(|parent| *parent > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_was_started_by_its_parents() {
        let own = std::process::id();
        let parent = parent(own).expect("it has one");
        assert!(is_within(own, &[own]) && is_within(own, &[parent]) && !is_within(own, &[]));
        assert!(!is_within(parent, &[own]));
    }
}
