//! Capabilities: what a process may do without being root.

/// The capabilities that have to do with recording, by number (`linux/capability.h`).
const NAMES: [(u8, &str); 5] =
    [(39, "bpf"), (38, "perfmon"), (2, "dac_read_search"), (13, "net_raw"), (21, "sys_admin")];

/// What a process may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rights(u64);

/// Those of these capabilities that it has, and those that it lacks.
pub fn names_of(rights: Rights) -> (Vec<&'static str>, Vec<&'static str>) {
    let (has, lacks): (Vec<_>, Vec<_>) = NAMES.iter().partition(|(number, _)| rights.has(*number));
    let names = |list: Vec<&(u8, &'static str)>| list.into_iter().map(|(_, name)| *name).collect();
    (names(has), names(lacks))
}

impl Rights {
    /// What `/proc/self/status` says.
    pub fn of_status(status: &str) -> Option<Self> {
        let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
        u64::from_str_radix(line.trim(), 16).ok().map(Rights)
    }

    fn has(self, number: u8) -> bool {
        self.0 >> u32::from(number).min(63) & 1 == 1
    }

    /// Whether it has the capability of this name.
    pub fn has_named(self, name: &str) -> bool {
        NAMES.iter().any(|(number, other)| *other == name && self.has(*number))
    }
}
