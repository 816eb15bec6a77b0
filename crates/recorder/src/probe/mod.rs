//! What this machine, user and container allow for recording.
//!
//! Each question is a [`Probe`]: what was asked, the answer, what was found, and what changes it.
//! [`files`] asks what can be read in `/proc` and `/sys`, [`live`] tries what a recording does.

mod files;
mod live;
mod rights;

pub use files::Machine;
pub use rights::{Rights, names_of};

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// What was asked for.
    pub name: &'static str,
    /// What needs it.
    pub purpose: Purpose,
    /// Whether it is there.
    pub answer: Answer,
    /// What was found.
    pub found: String,
    /// What changes it, as a command or a few words; none if nothing need be done, or can be.
    pub remedy: Option<String>,
}

/// What a probe is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Events of the kernel cannot be recorded without it.
    Events,
    /// Events of the kernel are recorded through perf without it, and filtered at the drain.
    Programs,
    /// Packets cannot be recorded without it.
    Packets,
    /// It says why, or what would be possible besides.
    Hint,
}

/// Whether something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Nobody says so.
    Unknown,
}

/// The capabilities that recording needs, as setcap(8) takes them.
const CAPABILITIES: &str = "cap_bpf,cap_perfmon,cap_dac_read_search,cap_net_raw+ep";

/// The command that gives the right to record to everyone who may run this program.
pub fn rights_command() -> String {
    let program = std::env::current_exe().unwrap_or_else(|_| "marey".into());
    let program = program.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    let program = match program.chars().all(is_plain) {
        true => program,
        false => format!("'{}'", program.replace('\'', "'\\''")),
    };
    format!("sudo setcap {CAPABILITIES} {program}")
}

/// Asks all questions. Nothing is left behind of what is tried.
pub fn all() -> Vec<Probe> {
    let machine = Machine::here();
    let mut probes = live::probes(&machine);
    probes.extend(machine.probes());
    probes
}

/// Whether all is there that this needs; what nobody says is taken for there.
pub fn is_possible(probes: &[Probe], purpose: Purpose) -> bool {
    let mut needed = probes.iter().filter(|probe| probe.purpose == purpose);
    needed.all(|probe| probe.answer != Answer::No)
}

impl Probe {
    fn new(name: &'static str, purpose: Purpose, answer: Answer, found: impl Into<String>) -> Self {
        Probe { name, purpose, answer, found: found.into(), remedy: None }
    }

    fn or(mut self, remedy: impl Into<String>) -> Self {
        if self.answer == Answer::No {
            self.remedy = Some(remedy.into());
        }
        self
    }
}
