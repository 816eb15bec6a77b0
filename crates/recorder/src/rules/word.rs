//! What a program of the kernel reads of the rules of its event: one word of 64 bits, so that it
//! sees a rule as it was before a change or after it, and never half of both.
//!
//! | bits | what |
//! |---|---|
//! | 0 | it is on |
//! | 1 | it is fast |
//! | 2 | of one process only |
//! | 3 | of one thread only |
//! | 20 to 41 | the process |
//! | 42 to 63 | the thread |

use super::{State, Whom};

/// The bit that says that the event is on.
pub const IS_ON: u64 = 1;
/// The bit that says that it is fast.
pub const FAST: u64 = 1 << 1;
/// The bit that says that it is of one process only.
pub const OF_PROCESS: u64 = 1 << 2;
/// The bit that says that it is of one thread only.
pub const OF_THREAD: u64 = 1 << 3;
/// Where the number of the process begins. It has 22 bits.
pub const PROCESS_AT: u32 = 20;
/// Where the number of the thread begins. It has 22 bits, the highest ones.
pub const THREAD_AT: u32 = 42;

/// The word of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Word(
    /// Its bits.
    pub u64,
);

impl From<State> for Word {
    fn from(state: State) -> Self {
        let process = |pid: u32| OF_PROCESS | u64::from(pid & super::NUMBERS_MAX) << PROCESS_AT;
        let whom = match state.whom {
            None => 0,
            Some(Whom::Process(pid)) => process(pid),
            Some(Whom::Thread { tid, pid }) => {
                let thread = OF_THREAD | u64::from(tid & super::NUMBERS_MAX) << THREAD_AT;
                thread | pid.map_or(0, process)
            }
        };
        Word(if state.is_on { IS_ON } else { 0 } | if state.is_fast { FAST } else { 0 } | whom)
    }
}
