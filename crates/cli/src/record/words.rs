//! What a recording says to the one who made it.

use std::cell::Cell;
use std::io::IsTerminal as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use marey_recorder::packets::OfInterface;
use marey_recorder::session::{Ledger, OfFilter, Ruled};
use marey_recorder::sinks::OfSink;

use super::losses;
use super::progress::Progress;
use super::sources::{Plans, Sources};
use super::tables;
use crate::args::Common;
use crate::escape;
use crate::exit::say;
use crate::page::layout::{COLUMNS, wrap};
use crate::page::words::{counted, grouped};
use crate::style::Styles;

/// How often progress is shown.
const EVERY: Duration = Duration::from_millis(500);
/// How many events are listed at the end.
const LISTED_MAX: usize = 12;

/// What is recorded, in words.
pub fn what(plans: &Plans) -> String {
    let events = plans.kernel.as_ref().map(|plan| match plan.events.len() {
        1 => "1 event".to_owned(),
        events => format!("{events} kinds of events"),
    });
    let packets = plans.packets.as_ref();
    let packets = packets.map(|plan| format!("packets of {}", plan.interfaces.join(", ")));
    let programs = plans.programs.as_ref().map(|_| "events of programs".to_owned());
    events.into_iter().chain(programs).chain(packets).collect::<Vec<_>>().join(" and ")
}

/// Says that events of the kernel come through perf, and why.
pub fn through_perf(why: &str, common: &Common) {
    let Styles { dim, .. } = Styles::stderr(common);
    let said = "events come through perf: it costs more, filters are asked when they are here, and \
        texts in the memory of processes are empty; marey doctor says what helps";
    for line in wrap(&format!("{}; {said}", escape::terminal(why)), COLUMNS) {
        say(&format!("{dim}{line}{dim:#}\n"));
    }
}

/// What is shown while a recording runs.
pub struct Watch {
    is_shown: bool,
    /// Whether nothing is discarded, and filters only say what they would discard.
    is_shadow: bool,
    styles: Styles,
    start: Instant,
    shown: Cell<(Instant, u64)>,
}

impl Watch {
    /// Says what begins.
    pub fn new(what: &str, is_shadow: bool, common: &Common) -> Self {
        let is_shown = std::io::stderr().is_terminal();
        if is_shown {
            say(&format!("recording {}; Ctrl-C ends it\n", escape::terminal(what)));
        }
        let start = Instant::now();
        let styles = Styles::stderr(common);
        Watch { is_shown, is_shadow, styles, start, shown: Cell::new((start, 0)) }
    }

    /// Says how far it is, now and then.
    pub fn show(&self, session: &mut Sources<'_>) {
        let (last, before) = self.shown.get();
        let elapsed = last.elapsed();
        if !self.is_shown || elapsed < EVERY {
            return;
        }
        let recorded = session.written();
        let progress = Progress {
            seconds: self.start.elapsed().as_secs_f64(),
            recorded,
            rate: (recorded.saturating_sub(before) as f64 / elapsed.as_secs_f64()) as u64,
            lost: session.lost(),
            overwritten: session.overwritten(),
            buffer_percent: session.take_fullest(),
            ring_bytes: session.is_ring().then(|| session.kept_bytes()),
            is_paused: session.is_paused(),
        };
        say(&format!("\r\x1b[K{}", progress.line(&self.styles)));
        self.shown.set((Instant::now(), recorded));
    }

    /// Says what was recorded, what was not, and why.
    pub fn end(&self, ledger: &Ledger, status: Option<ExitStatus>, folder: &Path) {
        if self.is_shown {
            say("\r\x1b[K");
        }
        if let Some(status) = status {
            say(&format!("{}\n", ended(status)));
        }
        let Styles { bad, name, dim, .. } = self.styles;
        let path = escape::terminal(&folder.display().to_string());
        let seconds = self.start.elapsed().as_secs_f64();
        let packets = of_packets(ledger, |interface| interface.delivered);
        let what = told(ledger, ledger.delivered() - packets, packets);
        say(&format!("{name}{path}{name:#}: {what} in {seconds:.1} s\n"));
        self.events(ledger);
        self.programs(ledger);
        self.rules(ledger);
        for filter in ledger.filters.iter().filter(|filter| filter.discarded() > 0) {
            say(&self.discarded(filter));
        }
        for (_, store) in &ledger.handlers {
            store.tables().for_each(|(what, table)| say(&tables::text(what, table, &self.styles)));
        }
        for OfSink { sink, sent, dropped } in &ledger.sinks {
            let (sink, sent) = (escape::terminal(sink), grouped(*sent));
            let dropped = match dropped {
                0 => String::new(),
                dropped => format!(", {} dropped: nobody read so fast", grouped(*dropped)),
            };
            say(&format!("  {dim}sent to {sink}:{dim:#} {sent}{dropped}\n"));
        }
        self.ring(ledger);
        self.packets(ledger);
        self.unanswered(ledger);
        if ledger.unfollowed > 0 {
            let threads = counted(ledger.unfollowed, "thread");
            say(&format!("  {bad}not recorded{bad:#}: {threads} too many that were started\n"));
        }
        if ledger.damaged > 0 {
            let times = counted(ledger.damaged, "time");
            say(&format!("  {bad}lost{bad:#}: {times} what was in a ring, which was damaged\n"));
        }
        if ledger.left_out > 0 {
            let programs = counted(ledger.left_out, "program");
            say(&format!("  {bad}not recorded{bad:#}: {programs} too many at the same time\n"));
        }
        self.lost(ledger);
    }

    /// Says what was lost, and why.
    fn lost(&self, ledger: &Ledger) {
        if ledger.lost() == 0 {
            return;
        }
        let Styles { bad, .. } = self.styles;
        let packets = of_packets(ledger, OfInterface::lost);
        let what = told(ledger, ledger.lost() - packets, packets);
        say(&format!("  {bad}lost{bad:#}: {what}\n"));
        for (count, why) in losses::causes(ledger) {
            say(&format!("    {} since {why}\n", grouped(count)));
        }
    }

    /// What a filter discarded, and where; or what it would discard, each time that it was asked.
    fn discarded(&self, filter: &OfFilter) -> String {
        let places = [
            (filter.in_kernel, "in the kernel"),
            (filter.in_programs, "in programs"),
            (filter.at_drain, "at the drain"),
        ];
        let places = places.into_iter().filter(|(count, _)| *count > 0);
        let (dim, text) = (self.styles.dim, escape::terminal(&filter.name));
        if self.is_shadow {
            let places = places.map(|(count, place)| format!("{} {place}", grouped(count)));
            let places = places.collect::<Vec<_>>().join(", ");
            return format!("  {dim}kept, would be discarded:{dim:#} {places} by `{text}`\n");
        }
        let places = places.map(|(_, place)| place).collect::<Vec<_>>().join(" and ");
        let count = grouped(filter.discarded());
        let kept = grouped(filter.kept());
        format!("  {dim}discarded {places}:{dim:#} {count} by `{text}`, which kept {kept}\n")
    }

    /// Says how often what was asked could not be answered, and by whom.
    fn unanswered(&self, ledger: &Ledger) {
        let of_kernel: u64 = ledger.events.iter().map(|event| event.unanswered).sum();
        let of_programs: u64 = ledger.programs.iter().map(|program| program.unanswered).sum();
        if of_kernel + of_programs == 0 {
            return;
        }
        let of = |filter: &OfFilter| {
            format!("{} `{}`", grouped(filter.errors), escape::terminal(&filter.name))
        };
        let by = ledger.filters.iter().filter(|filter| filter.errors > 0).map(of);
        let by = by.collect::<Vec<_>>().join(", ");
        let by = if by.is_empty() { by } else { format!(": {by}") };
        let times = grouped(of_kernel + of_programs);
        say(&format!("  {times} times a filter could not answer, and kept{by}\n"));
    }

    /// Says what static rules rejected.
    fn rules(&self, ledger: &Ledger) {
        let sum = |of: fn(&Ruled) -> u64| ledger.events.iter().map(|event| of(&event.ruled)).sum();
        let kinds: [(u64, &str); 3] = [
            (sum(|ruled| ruled.off), "their events were off"),
            (sum(|ruled| ruled.by_process), "they concern other processes"),
            (sum(|ruled| ruled.by_thread), "they concern other threads"),
        ];
        let dim = self.styles.dim;
        for (count, why) in kinds.into_iter().filter(|(count, _)| *count > 0) {
            let count = grouped(count);
            say(&format!("  {dim}rejected by rules:{dim:#} {count}, since {why}\n"));
        }
    }

    /// Says what a ring kept and what it did not.
    fn ring(&self, ledger: &Ledger) {
        let dim = self.styles.dim;
        match (ledger.saved, ledger.snapshots) {
            (0, 0) => {}
            (0, times) => {
                let times = grouped(times);
                say(&format!("  {times} times a snapshot was asked for, and there is no ring\n"));
            }
            (saved, _) => say(&format!("  {}\n", counted(saved, "snapshot"))),
        }
        if ledger.unsaved > 0 {
            let Styles { bad, .. } = self.styles;
            let snapshots = counted(ledger.unsaved, "snapshot");
            say(&format!("  {bad}not saved{bad:#}: {snapshots} that could not be written\n"));
        }
        if ledger.overwritten() > 0 {
            let count = grouped(ledger.overwritten());
            say(&format!("  {dim}the ring kept the newest:{dim:#} {count} overwritten\n"));
        }
    }

    /// Says of each interface what came, if there are several or some is odd.
    fn packets(&self, ledger: &Ledger) {
        for interface in &ledger.packets {
            let name = escape::terminal(&interface.name);
            if ledger.packets.len() > 1 || !ledger.events.is_empty() {
                say(&format!("  {:>12} packets of {name}\n", grouped(interface.delivered)));
            }
            if interface.cut > 0 {
                let cut = grouped(interface.cut);
                say(&format!("    {cut} of {name} are cut; a larger --buffer helps\n"));
            }
        }
    }

    /// Says of each program what came.
    fn programs(&self, ledger: &Ledger) {
        let Styles { bad, .. } = self.styles;
        let mut programs: Vec<_> = ledger.programs.iter().collect();
        programs.sort_by_key(|program| std::cmp::Reverse(program.delivered()));
        for program in programs.iter().take(LISTED_MAX) {
            let command = escape::terminal(&program.command);
            let pid = program.name.pid;
            say(&format!("  {:>12} of {command} ({pid})\n", grouped(program.delivered())));
            if program.is_damaged {
                say(&format!(
                    "    {bad}damaged{bad:#}: some of its files are not as they must be\n"
                ));
            }
        }
        if let Some(rest) = programs.get(LISTED_MAX..).filter(|rest| !rest.is_empty()) {
            let sum: u64 = rest.iter().map(|program| program.delivered()).sum();
            say(&format!("  {:>12} of {} other programs\n", grouped(sum), rest.len()));
        }
    }

    fn events(&self, ledger: &Ledger) {
        let mut events: Vec<_> = ledger.events.iter().filter(|event| event.delivered > 0).collect();
        if events.len() < 2 {
            return;
        }
        events.sort_by(|a, b| b.delivered.cmp(&a.delivered).then(a.recorded.cmp(&b.recorded)));
        for event in events.iter().take(LISTED_MAX) {
            say(&format!("  {:>12} {}\n", grouped(event.delivered), event.recorded));
        }
        if let Some(rest) = events.get(LISTED_MAX..).filter(|rest| !rest.is_empty()) {
            let sum: u64 = rest.iter().map(|event| event.delivered).sum();
            say(&format!("  {:>12} of {} other kinds\n", grouped(sum), rest.len()));
        }
    }
}

/// How many events and packets, of those that are recorded at all.
fn told(ledger: &Ledger, events: u64, packets: u64) -> String {
    let has_events = !ledger.events.is_empty() || !ledger.programs.is_empty();
    match (!has_events, ledger.packets.is_empty()) {
        (_, true) => counted(events, "event"),
        (true, false) => counted(packets, "packet"),
        _ => format!("{}, {}", counted(events, "event"), counted(packets, "packet")),
    }
}

fn of_packets(ledger: &Ledger, of: impl Fn(&OfInterface) -> u64) -> u64 {
    ledger.packets.iter().map(of).sum()
}

/// How a command ended.
fn ended(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("the command ended with status {code}"),
        (None, Some(signal)) => format!("the command was ended by signal {signal}"),
        (None, None) => "the command ended".to_owned(),
    }
}
