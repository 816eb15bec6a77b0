//! Which samples are recorded: what programs in the kernel decide before any filter, decided here,
//! in the order of times.

use super::threads::{EXITED, FORKED, RENAMED, Threads, idle};
use crate::kernel::class::concerned;
use crate::kernel::record::{COMM_BYTES, DYNAMIC_BYTES, FAST, Layout, Record, at, put};
use crate::kernel::rule::{CLONE_THREAD, flags_of_new};
use crate::rules::{Fast, State, Whom};
use crate::session::counters::Counted;
use crate::session::plan::Plan;
use crate::tracefs::{FIRST_OFFSET, Field};

/// Who decides.
#[derive(Debug)]
pub struct Gate {
    threads: Threads,
    has_scope: bool,
    left_out: Option<u32>,
    events: Vec<Event>,
    counted: Vec<Counted>,
    record: Vec<u8>,
}

#[derive(Debug)]
struct Event {
    concerned: Option<Field>,
    /// Where an event that tells of a new thread says how it was started.
    flags: Option<Field>,
    layout: Layout,
    fast: Option<Layout>,
    state: State,
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug)]
pub enum Admitted<'g> {
    /// It goes on as it is.
    AsItIs,
    /// It goes on as this.
    As(Record<'g>),
    /// Nobody wants it; if it is of a rule, that is counted.
    No,
}

impl Gate {
    /// One for the events of a plan, with what rules come to at each.
    pub fn new(plan: &Plan, states: &[State]) -> Self {
        let events = plan.events.iter().zip(states).filter_map(|((format, _), state)| {
            Some(Event {
                concerned: concerned(format).cloned(),
                flags: flags_of_new(format).cloned(),
                layout: Layout::of(format)?,
                fast: Fast::of(format).map(|fast| fast.layout),
                state: *state,
            })
        });
        let events: Vec<Event> = events.collect();
        let none = Counted { discarded: vec![0; plan.rules().len()], ..Counted::default() };
        Gate {
            threads: Threads::new(plan.threads.as_deref().unwrap_or_default()),
            has_scope: plan.threads.is_some(),
            left_out: plan.left_out,
            counted: vec![none; events.len()],
            events,
            record: Vec::new(),
        }
    }

    /// Learns which threads there are.
    pub fn look(&mut self) {
        self.threads.look();
    }

    /// What rules come to from now on.
    pub fn set_rules(&mut self, states: &[State]) {
        self.events.iter_mut().zip(states).for_each(|(event, state)| event.state = *state);
    }

    /// What was counted of each event.
    pub fn counted(&self) -> &[Counted] {
        &self.counted
    }

    /// For how many threads there was no place.
    pub fn unfollowed(&self) -> u64 {
        self.threads.unknown()
    }

    /// Decides about a record.
    pub fn admit(&mut self, record: Record<'_>) -> Admitted<'_> {
        let who = (record.pid(), record.tid());
        match u32::try_from(record.event()).unwrap_or(u32::MAX) {
            FORKED => {
                let parent = record.rest().try_into().map_or(0, u32::from_ne_bytes);
                self.threads.fork(who, parent);
                return Admitted::No;
            }
            RENAMED => {
                self.threads.rename(who, record.rest());
                return Admitted::No;
            }
            EXITED => {
                self.threads.exit(who.1, record.time());
                return Admitted::No;
            }
            _ => {}
        }
        let number = record.event();
        let (Some(event), Some(counted)) = (self.events.get(number), self.counted.get_mut(number))
        else {
            return Admitted::AsItIs;
        };
        // Who runs on a CPU, and who wakes whom, stays whole, or else time would be others'.
        let is_left_out = event.concerned.is_none() && self.left_out == Some(record.pid());
        let is_inside = !self.has_scope || event.is_inside(&record, &self.threads);
        if is_left_out || !is_inside || !event.is_wanted(&record, &self.threads, counted) {
            return Admitted::No;
        }
        let comm = match (who.1, self.threads.get(who.1)) {
            (0, _) => idle(record.cpu()),
            (_, Some(thread)) => thread.comm,
            (_, None) => [0; COMM_BYTES],
        };
        event.write(&record, &comm, &mut self.record);
        Record::new(&self.record).map_or(Admitted::No, Admitted::As)
    }
}

impl Event {
    /// The thread that an event concerns.
    fn thread(&self, record: &Record<'_>) -> u32 {
        let other = self.concerned.as_ref().and_then(|field| record.number(field));
        other.map_or(record.tid(), |tid| tid as u32)
    }

    /// The process that it concerns, if that is known.
    fn process(&self, record: &Record<'_>, threads: &Threads) -> Option<u32> {
        let tid = self.thread(record);
        if let Some(flags) = self.flags.as_ref().and_then(|field| record.number(field)) {
            let is_thread = flags & u64::from(CLONE_THREAD.cast_unsigned()) != 0;
            return Some(if is_thread { record.pid() } else { tid });
        }
        if tid == record.tid() {
            return Some(record.pid());
        }
        if tid == 0 { Some(0) } else { threads.get(tid).map(|thread| thread.pid) }
    }

    /// Whether the thread that ran, or the one that it concerns, is recorded.
    fn is_inside(&self, record: &Record<'_>, threads: &Threads) -> bool {
        let is_recorded = |tid| threads.get(tid).is_some_and(|thread| thread.is_recorded);
        is_recorded(record.tid()) || self.concerned.is_some() && is_recorded(self.thread(record))
    }

    /// Whether rules want it: as [`crate::kernel::rule`] asks them.
    fn is_wanted(&self, record: &Record<'_>, threads: &Threads, counted: &mut Counted) -> bool {
        if !self.state.is_on {
            counted.ruled.off += 1;
            return false;
        }
        let (thread, process) = match self.state.whom {
            None => return true,
            Some(Whom::Process(pid)) => (None, Some(pid)),
            Some(Whom::Thread { tid, pid }) => (Some(tid), pid),
        };
        if thread.is_some_and(|tid| tid != self.thread(record)) {
            counted.ruled.by_thread += 1;
            return false;
        }
        let Some(wanted) = process else { return true };
        match self.process(record, threads) {
            None => counted.unknown += 1,
            Some(pid) if pid == wanted => {}
            Some(_) => {
                let by = &mut counted.ruled;
                *(if thread.is_some() { &mut by.by_thread } else { &mut by.by_process }) += 1;
                return false;
            }
        }
        true
    }

    /// Writes a record in the form that rules say, with the name of its thread.
    fn write(&self, record: &Record<'_>, comm: &[u8; COMM_BYTES], to: &mut Vec<u8>) {
        let bytes = record.bytes();
        to.clear();
        match self.fast.as_ref().filter(|_| self.state.is_fast) {
            None => to.extend_from_slice(bytes),
            Some(fast) => {
                let fixed = at(fast.fields_end.max(FIRST_OFFSET)) as usize;
                to.extend_from_slice(bytes.get(..fixed).unwrap_or(bytes));
                to.resize(fast.bytes as usize, 0);
                for (index, place) in &fast.dynamic {
                    let wide = self.layout.dynamic.iter().find(|(other, _)| other == index);
                    let from = wide.and_then(|(_, wide)| bytes.get(*wide as usize..));
                    let into = to.get_mut(*place as usize..);
                    if let (Some(from), Some(into)) = (from, into) {
                        let len = DYNAMIC_BYTES as usize;
                        into.iter_mut().zip(from).take(len).for_each(|(to, from)| *to = *from);
                    }
                }
                let number = u32::try_from(record.event()).unwrap_or(0) | FAST;
                put(to, 8, &number.to_ne_bytes());
            }
        }
        put(to, 32, comm);
    }
}
