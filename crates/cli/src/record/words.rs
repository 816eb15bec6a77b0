//! What a recording says to the one who made it.

use std::cell::Cell;
use std::io::IsTerminal as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use marey_recorder::session::{Ledger, Session};

use super::tables;
use crate::args::Common;
use crate::escape;
use crate::exit::say;
use crate::style::Styles;

/// How often progress is shown.
const EVERY: Duration = Duration::from_millis(500);
/// How many events are listed at the end.
const LISTED_MAX: usize = 12;

/// What is shown while a recording runs.
pub struct Watch {
    is_shown: bool,
    styles: Styles,
    start: Instant,
    shown: Cell<(Instant, u64)>,
}

impl Watch {
    /// Says what begins.
    pub fn new(events: usize, common: &Common) -> Self {
        let is_shown = std::io::stderr().is_terminal();
        if is_shown {
            let what = if events == 1 { "event" } else { "kinds of events" };
            say(&format!("recording {events} {what}; Ctrl-C ends it\n"));
        }
        let start = Instant::now();
        Watch { is_shown, styles: Styles::stderr(common), start, shown: Cell::new((start, 0)) }
    }

    /// Says how far it is, now and then.
    pub fn show(&self, session: &Session) {
        let (last, before) = self.shown.get();
        let elapsed = last.elapsed();
        if !self.is_shown || elapsed < EVERY {
            return;
        }
        let delivered = session.delivered();
        let rate = (delivered - before) as f64 / elapsed.as_secs_f64();
        let lost = match session.lost() {
            0 => String::new(),
            lost => format!(", {}{} lost{:#}", self.styles.bad, number(lost), self.styles.bad),
        };
        say(&format!(
            "\r\x1b[K{:.1} s: {} events, {} a second{lost}",
            self.start.elapsed().as_secs_f64(),
            number(delivered),
            number(rate as u64)
        ));
        self.shown.set((Instant::now(), delivered));
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
        say(&format!("{name}{path}{name:#}: {} in {seconds:.1} s\n", events(ledger.delivered())));
        self.events(ledger);
        for filter in ledger.filters.iter().filter(|filter| filter.discarded() > 0) {
            let discarded = number(filter.discarded());
            let place = match (filter.in_kernel, filter.at_drain) {
                (_, 0) => "in the kernel",
                (0, _) => "at the drain",
                _ => "in the kernel and at the drain",
            };
            let text = escape::terminal(&filter.name);
            say(&format!("  {dim}discarded {place}:{dim:#} {discarded} by `{text}`\n"));
        }
        for (_, store) in &ledger.handlers {
            store.tables().for_each(|(what, table)| say(&tables::text(what, table, &self.styles)));
        }
        if ledger.snapshots > 0 {
            let times = number(ledger.snapshots);
            say(&format!("  {times} times a snapshot was asked for; all is in the recording\n"));
        }
        if ledger.lost() > 0 {
            let full: u64 = ledger.events.iter().map(|event| event.lost_to_full_ring).sum();
            let nested: u64 = ledger.events.iter().map(|event| event.lost_to_nesting).sum();
            say(&format!("  {bad}lost{bad:#}: {}\n", events(ledger.lost())));
            if full > 0 {
                let help = "a larger --buffer helps, or a filter";
                say(&format!("    {} since the ring was full; {help}\n", number(full)));
            }
            if nested > 0 {
                say(&format!("    {} since they came within others\n", number(nested)));
            }
        }
    }

    fn events(&self, ledger: &Ledger) {
        let mut events: Vec<_> = ledger.events.iter().filter(|event| event.delivered > 0).collect();
        if events.len() < 2 {
            return;
        }
        events.sort_by(|a, b| b.delivered.cmp(&a.delivered).then(a.recorded.cmp(&b.recorded)));
        for event in events.iter().take(LISTED_MAX) {
            say(&format!("  {:>12} {}\n", number(event.delivered), event.recorded));
        }
        if let Some(rest) = events.get(LISTED_MAX..).filter(|rest| !rest.is_empty()) {
            let sum: u64 = rest.iter().map(|event| event.delivered).sum();
            say(&format!("  {:>12} of {} other kinds\n", number(sum), rest.len()));
        }
    }
}

/// So many events.
fn events(count: u64) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} event{plural}", number(count))
}

/// How a command ended.
fn ended(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("the command ended with status {code}"),
        (None, Some(signal)) => format!("the command was ended by signal {signal}"),
        (None, None) => "the command ended".to_owned(),
    }
}

/// 1234567 as 1,234,567.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
