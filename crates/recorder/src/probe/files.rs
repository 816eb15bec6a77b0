//! What the files of a machine say.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Answer, Probe, Purpose, Rights, names_of, rights_command};

/// A file of the kernel is not read further than this.
const BYTES_MAX: u64 = 1 << 16;
/// Programs are attached to events by links since this version.
const KERNEL_LEAST: (u32, u32) = (5, 15);

/// A machine, by its files.
#[derive(Clone, Debug)]
pub struct Machine {
    root: PathBuf,
}

impl Machine {
    /// This one.
    pub fn here() -> Self {
        Machine { root: PathBuf::from("/") }
    }

    /// One whose files are below this folder.
    pub fn at(root: &Path) -> Self {
        Machine { root: root.to_owned() }
    }

    /// All that its files say.
    pub fn probes(&self) -> Vec<Probe> {
        vec![
            self.kernel(),
            self.btf(),
            self.capabilities(),
            self.packets(),
            self.paranoid(),
            self.bpf_of_users(),
            self.lockdown(),
            self.namespaces(),
            self.memory(),
            self.container(),
        ]
    }

    /// What this process may do.
    pub fn rights(&self) -> Option<Rights> {
        Rights::of_status(&self.read("proc/self/status").ok()?)
    }

    /// Whether its root is root: not one of a user namespace. It is, where nothing is said.
    pub fn is_whole(&self) -> bool {
        let map = self.read("proc/self/uid_map").unwrap_or_default();
        map.is_empty() || map.split_whitespace().eq(["0", "0", "4294967295"])
    }

    fn read(&self, path: &str) -> io::Result<String> {
        use std::io::Read as _;
        let mut bytes = Vec::new();
        fs::File::open(self.root.join(path))?.take(BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
    }

    fn number(&self, path: &str) -> Option<i64> {
        self.read(path).ok()?.parse().ok()
    }

    fn kernel(&self) -> Probe {
        let release = self.read("proc/sys/kernel/osrelease").unwrap_or_default();
        let answer = match version(&release) {
            Some(version) if version >= KERNEL_LEAST => Answer::Yes,
            Some(_) => Answer::No,
            None => Answer::Unknown,
        };
        let (major, minor) = KERNEL_LEAST;
        let probe = Probe::new("Linux", Purpose::Events, answer, release);
        probe.or(format!("boot Linux {major}.{minor} or a later one"))
    }

    fn btf(&self) -> Probe {
        let path = "sys/kernel/btf/vmlinux";
        let (answer, found) = match fs::File::open(self.root.join(path)) {
            Ok(_) => (Answer::Yes, format!("/{path}")),
            Err(why) => (Answer::No, format!("/{path}: {why}")),
        };
        let probe = Probe::new("BTF", Purpose::Hint, answer, found);
        probe.or("boot a kernel with CONFIG_DEBUG_INFO_BTF")
    }

    fn capabilities(&self) -> Probe {
        let Some(rights) = self.rights() else {
            let found = "/proc/self/status does not say";
            return Probe::new("capabilities", Purpose::Hint, Answer::Unknown, found);
        };
        let (has, lacks) = names_of(rights);
        let found = match (has.is_empty(), lacks.is_empty()) {
            (true, _) => "none of those that recording needs".to_owned(),
            (_, true) => has.join(" "),
            (_, false) => format!("{}; not {}", has.join(" "), lacks.join(" ")),
        };
        let may = |name: &str| rights.has_named(name) || rights.has_named("sys_admin");
        let answer = if may("bpf") && may("perfmon") { Answer::Yes } else { Answer::No };
        Probe::new("capabilities", Purpose::Hint, answer, found).or(rights_command())
    }

    fn packets(&self) -> Probe {
        let answer = match self.rights().map(|rights| rights.has_named("net_raw")) {
            Some(true) => Answer::Yes,
            Some(false) => Answer::No,
            None => Answer::Unknown,
        };
        let found = match answer {
            Answer::Yes => "CAP_NET_RAW is there",
            _ => "CAP_NET_RAW is missing",
        };
        let probe = Probe::new("AF_PACKET", Purpose::Packets, answer, found);
        probe.or(rights_command())
    }

    fn paranoid(&self) -> Probe {
        let Some(level) = self.number("proc/sys/kernel/perf_event_paranoid") else {
            let found = "there is no such setting";
            return Probe::new("perf_event_paranoid", Purpose::Hint, Answer::Unknown, found);
        };
        let means = match level {
            ..=-1 => "anyone may open events",
            0..=1 => "without CAP_PERFMON, programs only",
            _ => "without CAP_PERFMON, own programs only",
        };
        let answer = if level < 0 { Answer::Yes } else { Answer::No };
        Probe::new("perf_event_paranoid", Purpose::Hint, answer, format!("{level}: {means}"))
    }

    fn bpf_of_users(&self) -> Probe {
        let setting = self.number("proc/sys/kernel/unprivileged_bpf_disabled");
        let (answer, found) = match setting {
            Some(0) => (Answer::Yes, "0: anyone may load programs of some kinds".to_owned()),
            Some(level) => (Answer::No, format!("{level}: who lacks CAP_BPF may load none")),
            None => (Answer::Unknown, "there is no such setting".to_owned()),
        };
        Probe::new("unprivileged BPF", Purpose::Hint, answer, found)
    }

    /// A kernel that is locked down does not let programs read its memory.
    fn lockdown(&self) -> Probe {
        let level = self.read("sys/kernel/security/lockdown").ok().and_then(|text| {
            let (_, rest) = text.split_once('[')?;
            rest.split_once(']').map(|(level, _)| level.to_owned())
        });
        let name = "lockdown";
        match level.as_deref() {
            None => Probe::new(name, Purpose::Hint, Answer::Unknown, "the kernel does not say"),
            Some("confidentiality") => {
                let found = "confidentiality: no program may read the kernel's memory";
                let probe = Probe::new(name, Purpose::Events, Answer::No, found);
                probe.or("boot without lockdown=confidentiality")
            }
            Some(level) => Probe::new(name, Purpose::Hint, Answer::Yes, format!("{level}: fine")),
        }
    }

    fn namespaces(&self) -> Probe {
        let allowed = self.number("proc/sys/user/max_user_namespaces");
        let for_users = self.number("proc/sys/kernel/unprivileged_userns_clone");
        let (answer, found) = match (allowed, for_users) {
            (Some(0), _) => (Answer::No, "none may be made: max_user_namespaces is 0"),
            (_, Some(0)) => (Answer::No, "root only: unprivileged_userns_clone is 0"),
            (Some(_), _) => (Answer::Yes, "anyone may make a network of its own: unshare -Urn"),
            (None, _) => (Answer::Unknown, "the kernel does not say"),
        };
        Probe::new("user namespaces", Purpose::Hint, answer, found)
    }

    fn memory(&self) -> Probe {
        let limits = self.read("proc/self/limits").unwrap_or_default();
        let line = limits.lines().find_map(|line| line.strip_prefix("Max locked memory"));
        let Some(limit) = line.and_then(|line| line.split_whitespace().next()) else {
            let found = "/proc/self/limits does not say";
            return Probe::new("locked memory", Purpose::Hint, Answer::Unknown, found);
        };
        let found = match limit.parse::<u64>() {
            Ok(bytes) => format!("{} KiB, which does not count for rings of BPF", bytes >> 10),
            Err(_) => limit.to_owned(),
        };
        Probe::new("locked memory", Purpose::Hint, Answer::Yes, found)
    }

    fn container(&self) -> Probe {
        let status = self.read("proc/self/status").unwrap_or_default();
        let seccomp = status.lines().find_map(|line| line.strip_prefix("Seccomp:"));
        let is_filtered = seccomp.is_some_and(|mode| mode.trim() == "2");
        let is_container =
            [".dockerenv", "run/.containerenv"].iter().any(|mark| self.root.join(mark).exists());
        let is_whole = self.is_whole();
        let mut found = Vec::new();
        found.push(if is_container { "in a container" } else { "no sign of a container" });
        found.extend(is_filtered.then_some("system calls are filtered (seccomp)"));
        found.extend((!is_whole).then_some("in a user namespace: its root is none"));
        let answer = if is_filtered || !is_whole { Answer::No } else { Answer::Yes };
        Probe::new("container", Purpose::Hint, answer, found.join("; "))
    }
}

/// The first two numbers of a release.
fn version(release: &str) -> Option<(u32, u32)> {
    let mut parts = release.split(['.', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
