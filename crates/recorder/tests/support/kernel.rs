//! What the kernel holds for those who trace: it must be the same when they are gone.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

/// The commands of bpf(2) that go through all programs, maps and links.
const NEXT_OF: [(&str, i64); 3] = [("program", 11), ("map", 12), ("link", 31)];
/// The kernel takes away what nobody holds a while later.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the kernel holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Programs, maps and links of BPF, by their numbers.
    loaded: BTreeSet<(&'static str, u32)>,
    /// What is switched on in tracefs, and how interfaces are set.
    said: Vec<String>,
}

impl Held {
    /// What it holds now.
    pub fn now() -> Self {
        let loaded = NEXT_OF.iter().flat_map(|(kind, next)| ids(*next).map(|id| (*kind, id)));
        Held { loaded: loaded.collect(), said: said() }
    }

    /// Waits until nothing is left of what there was besides `self` in `during`.
    pub fn waits_until_it_is_gone(&self, during: &Held) {
        let own: BTreeSet<_> = during.loaded.difference(&self.loaded).copied().collect();
        let start = Instant::now();
        loop {
            let now = Held::now();
            let left: Vec<_> = now.loaded.intersection(&own).collect();
            if left.is_empty() {
                return assert_eq!(now.said, self.said);
            }
            assert!(start.elapsed() < PATIENCE, "{left:?} are left");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// How many programs there are besides those of `before`.
    pub fn programs_besides(&self, before: &Held) -> usize {
        let new = self.loaded.difference(&before.loaded);
        new.filter(|(kind, _)| *kind == "program").count()
    }
}

/// The numbers of all that this command goes through.
fn ids(next: i64) -> impl Iterator<Item = u32> {
    let mut last = 0;
    std::iter::from_fn(move || {
        // `union bpf_attr` of these: the one before, and the next one.
        let mut attributes = [last, 0, 0];
        // SAFETY: the attributes live over the call, and are as long as it is said.
        let told = unsafe { libc::syscall(libc::SYS_bpf, next, attributes.as_mut_ptr(), 12) };
        last = attributes[1];
        (told == 0).then_some(last)
    })
}

fn said() -> Vec<String> {
    let mut said = Vec::new();
    for tracefs in ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"].map(Path::new) {
        for file in ["set_event", "dynamic_events", "tracing_on", "current_tracer"] {
            said.extend(std::fs::read_to_string(tracefs.join(file)));
        }
        let instances = std::fs::read_dir(tracefs.join("instances")).into_iter().flatten();
        said.extend(instances.flatten().map(|instance| format!("{:?}", instance.file_name())));
    }
    let interfaces = std::fs::read_dir("/sys/class/net").into_iter().flatten().flatten();
    said.extend(interfaces.filter_map(|interface| {
        let flags = std::fs::read_to_string(interface.path().join("flags")).ok()?;
        Some(format!("{:?} {flags}", interface.file_name()))
    }));
    said.sort();
    said
}
