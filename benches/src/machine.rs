//! The machine that a benchmark ran on.

use std::fs;

/// What is to know about a machine when its figures are read.
#[derive(Debug)]
pub struct Machine {
    /// The processor's name.
    pub cpu: String,
    /// How many cores there are.
    pub cores: usize,
    /// The kernel's name and version.
    pub kernel: String,
    /// How many processes wanted to compute in the minute before: other work makes each one slower,
    /// also in CPU seconds, for they share caches and memory.
    pub load: String,
}

impl Machine {
    /// This one.
    pub fn this() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let cpu = read("/proc/cpuinfo").lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == "model name").then(|| value.trim().to_owned())
        });
        let kernel = read("/proc/sys/kernel/osrelease");
        Machine {
            cpu: cpu.unwrap_or_else(|| "unknown processor".to_owned()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: format!("{} {}", std::env::consts::OS, kernel.trim()),
            load: read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned(),
        }
    }

    /// The folder of its records, below `record/`: architecture and processor.
    pub fn folder(&self) -> String {
        let words = self.cpu.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
        let name: Vec<String> = words.map(str::to_ascii_lowercase).collect();
        format!("{}-{}", std::env::consts::ARCH, name.join("-"))
    }
}
