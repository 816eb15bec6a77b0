//! A plan of texts.

use std::time::{SystemTime, UNIX_EPOCH};

use marey_diagnostic::source::Sources;
use marey_diagnostic::{Problems, Severity, render};
use marey_filter::lang;

use super::{Asked, events_of, filter, handler, without_programs};
use crate::ctf::{Names, Version};
use crate::error::Error;
use crate::kernel::added::Added;
use crate::parts::Mode;
use crate::rules::{Rule, Table};
use crate::sat;
use crate::select::{Pattern, Selected, select};
use crate::session::{Plan, RING_BYTES};
use crate::sinks::Sink;
use crate::tracefs::{Format, Tracefs};

/// What is to be recorded, in words: it becomes a [`Plan`].
///
/// ```no_run
/// use marey_recorder::texts::Draft;
/// let plan = Draft::new()?
///     .event("sched:sched_switch")?
///     .rule("fast all")?
///     .handler("mine", "on sched:sched_switch { keep if next_pid == 1; discard }")
///     .plan()?;
/// # Ok::<(), marey_recorder::error::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Draft {
    tracefs: Tracefs,
    names: Vec<(String, String)>,
    selected: Vec<Selected>,
    filters: Vec<String>,
    handlers: Vec<(String, String)>,
    rules: Vec<Rule>,
    sinks: Vec<Sink>,
    contexts: Vec<Added>,
    threads: Option<Vec<u32>>,
}

impl Draft {
    /// Nothing is recorded yet.
    ///
    /// # Errors
    /// When the kernel does not say which events it has.
    pub fn new() -> Result<Self, Error> {
        let failed = |e| Error::of_io("tracefs", &e);
        let tracefs = Tracefs::open().map_err(failed)?;
        let names = tracefs.names().map_err(failed)?;
        let (selected, filters, handlers) = (Vec::new(), Vec::new(), Vec::new());
        let (rules, sinks, contexts, threads) = (Vec::new(), Vec::new(), Vec::new(), None);
        Ok(Draft { tracefs, names, selected, filters, handlers, rules, sinks, contexts, threads })
    }

    /// Records events, by name or glob: `sched:*`, `syscall:openat`.
    ///
    /// # Errors
    /// When there are none.
    pub fn event(mut self, pattern: &str) -> Result<Self, Error> {
        let misuse = |why: String| Error::misuse(pattern, why);
        let parsed: Pattern =
            pattern.parse().map_err(|e: crate::select::Malformed| misuse(e.to_string()))?;
        let found = select(&[parsed], &self.names).map_err(|e| misuse(e.to_string()))?;
        self.selected.extend(found);
        Ok(self)
    }

    /// Records the events of a class of SAT.
    ///
    /// # Errors
    /// When there is no such class.
    pub fn class(mut self, name: &str) -> Result<Self, Error> {
        let class = sat::class(name).map_err(|e| Error::misuse(name, e.to_string()))?;
        self.selected.extend(class.select(&self.names));
        Ok(self)
    }

    /// Keeps only events of which this is so.
    #[must_use]
    pub fn filter(mut self, text: &str) -> Self {
        self.filters.push(text.to_owned());
        self
    }

    /// Asks a program, and records the events that it names.
    #[must_use]
    pub fn handler(mut self, name: &str, program: &str) -> Self {
        self.handlers.push((name.to_owned(), program.to_owned()));
        self
    }

    /// Begins with a static rule, behind those before.
    ///
    /// # Errors
    /// When the text is no rule.
    pub fn rule(mut self, text: &str) -> Result<Self, Error> {
        let rule = text
            .parse()
            .map_err(|e: crate::rules::Malformed| Error::misuse(text, e.to_string()))?;
        self.rules.push(rule);
        Ok(self)
    }

    /// Declares a sink for `send`: `NAME=tty:PATH`.
    ///
    /// # Errors
    /// When the text declares none.
    pub fn sink(mut self, text: &str) -> Result<Self, Error> {
        let sink = text
            .parse()
            .map_err(|e: crate::sinks::Malformed| Error::misuse(text, e.to_string()))?;
        self.sinks.push(sink);
        Ok(self)
    }

    /// Records a context with each event: `prio`, `cgroup`, `kstack`, `ustack`.
    ///
    /// # Errors
    /// When there is no such context.
    pub fn context(mut self, name: &str) -> Result<Self, Error> {
        let added = name
            .parse()
            .map_err(|e: crate::kernel::added::Unknown| Error::misuse(name, e.to_string()))?;
        self.contexts.push(added);
        Ok(self)
    }

    /// Records these threads and what they start, instead of all.
    #[must_use]
    pub fn threads(mut self, threads: Vec<u32>) -> Self {
        self.threads = Some(threads);
        self
    }

    /// The plan. `me` in filters and handlers is this process.
    ///
    /// # Errors
    /// What is wrong with filters, handlers and rules.
    pub fn plan(mut self) -> Result<Plan, Error> {
        let (mut sources, mut problems) = (Sources::default(), Problems::default());
        let mut programs = Vec::new();
        for (name, text) in &self.handlers {
            match sources.add(name.as_str(), text.as_bytes().to_vec()) {
                Err(found) => problems.add(found),
                Ok(file) => {
                    let program = lang::program(&sources, file, &mut problems);
                    self.selected.extend(events_of(&program, &self.names, &mut problems));
                    without_programs(&program, &mut problems);
                    programs.push((name, file, program));
                }
            }
        }
        let events = formats(&self.tracefs, std::mem::take(&mut self.selected))?;
        let mut table = Table::new(events.iter().map(|(format, _)| format));
        for rule in &self.rules {
            let applied = table.apply(rule);
            applied.map_err(|e| Error::misuse(rule.to_string(), e.to_string()))?;
        }
        let asked = Asked::new(&events, table.states(), &self.sinks, Some(std::process::id()));
        let mut filters = Vec::new();
        for text in &self.filters {
            filters.push(filter(text, &asked, (&mut sources, &mut problems)));
        }
        let handlers = programs.iter().map(|(name, file, program)| {
            handler(name, (*file, program), &asked, (&sources, &mut problems))
        });
        let handlers = handlers.collect();
        refuse(&problems, &sources)?;
        Ok(Plan {
            events,
            rules: self.rules,
            filters,
            handlers,
            sinks: self.sinks,
            contexts: self.contexts,
            threads: self.threads,
            left_out: Some(std::process::id()),
            has_state: true,
            is_shadow: false,
            mode: Mode::Linear,
            ring_bytes: RING_BYTES,
            uuid: uuid(),
            version: Version::default(),
            names: Names::default(),
            through: None,
        })
    }
}

/// What the events look like.
fn formats(tracefs: &Tracefs, mut selected: Vec<Selected>) -> Result<Vec<(Format, String)>, Error> {
    selected.sort();
    selected.dedup();
    let format = |event: Selected| {
        let format = tracefs.format(&event.system, &event.name);
        let failed = |e| Error::of_io(format!("{}:{}", event.system, event.name), &e);
        Ok((format.map_err(failed)?, event.recorded))
    };
    selected.into_iter().map(format).collect()
}

/// Says the first thing that is wrong.
fn refuse(problems: &Problems, sources: &Sources) -> Result<(), Error> {
    let found = problems.sorted();
    match found.iter().find(|found| found.severity == Severity::Error) {
        Some(found) => Err(Error::misuse("a filter or handler", render(found, sources, false))),
        None => Ok(()),
    }
}

/// A name for the trace that differs from others by when and by whom it was made (RFC 9562, section
/// 5.8).
fn uuid() -> [u8; 16] {
    const VERSION: u128 = 0xf000 << 64;
    const VARIANT: u128 = 0b11 << 62;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let who = u128::from(std::process::id()) << 96;
    let all = (now.as_nanos() & u128::from(u64::MAX)) | who;
    (all & !VERSION & !VARIANT | 0x8000 << 64 | 0b10 << 62).to_be_bytes()
}
