//! What became of the events of a program.

use marey_layer::drain::Counts;
use marey_layer::layout::DirectoryName;
use marey_layer::layout::control::Lost;
use serde_json::{Value, json};

use crate::session::Rule;

/// What became of the events of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfProgram {
    /// Which one it is.
    pub name: DirectoryName,
    /// Its command.
    pub command: String,
    /// The folder of its trace, in `user`.
    pub folder: String,
    /// What became of the events of each class.
    pub classes: Vec<OfClass>,
    /// How many bytes those have that are in the recording.
    pub bytes: u64,
    /// What was lost.
    pub lost: Losses,
    /// How many the program's own filters and handlers discarded.
    pub filtered_in_program: u64,
    /// Which filter or block of the recorder the program asks, if it does, and how many of these
    /// that discarded.
    pub discarded_in_program: Option<(Rule, u64)>,
    /// How many had an older time than those before them in their ring.
    pub late: u64,
    /// How many texts and lists are not whole: longer than a program may record, or a text with a
    /// 0 in it.
    pub cut: u64,
    /// How often a filter could not answer, and kept the event.
    pub unanswered: u64,
    /// How many handlers of its own the program took away: they took too long, or panicked.
    pub detached: u64,
    /// Some of its files are not what they have to be.
    pub is_damaged: bool,
    /// What filters and blocks discarded is in the recording all the same, in shadow.
    pub is_shadow: bool,
}

/// What became of the events of a class of a program.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct OfClass {
    /// What it is called: `provider:event`.
    pub name: String,
    /// How many are in the recording.
    pub delivered: u64,
    /// How many were in parts that are removed.
    pub overwritten: u64,
    /// How many each filter and block discarded, or in shadow would have, at the drain.
    pub discarded: Vec<u64>,
}

/// What a program lost since the recording began, by cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Losses {
    /// The ring of the thread was full.
    pub ring_full: u64,
    /// They were overwritten before they were read.
    pub overwritten: u64,
    /// They are longer than a ring takes.
    pub too_long: u64,
    /// They interrupted an event that had interrupted one.
    pub nested: u64,
    /// There was no ring for their thread.
    pub no_ring: u64,
    /// Their class could not be described.
    pub no_class: u64,
    /// What they say is not what their class says.
    pub unreadable: u64,
}

impl OfProgram {
    /// One of which nothing is recorded yet.
    pub(super) fn new(name: DirectoryName, command: String, folder: String) -> Self {
        OfProgram {
            name,
            command,
            folder,
            classes: Vec::new(),
            bytes: 0,
            lost: Losses::default(),
            filtered_in_program: 0,
            discarded_in_program: None,
            late: 0,
            cut: 0,
            unanswered: 0,
            detached: 0,
            is_damaged: false,
            is_shadow: false,
        }
    }

    /// How many events are in the recording.
    pub fn delivered(&self) -> u64 {
        self.classes.iter().map(|class| class.delivered).sum()
    }

    /// How many were in the recording, and are not any more.
    pub fn overwritten(&self) -> u64 {
        self.classes.iter().map(|class| class.overwritten).sum()
    }

    /// How many filters and blocks discarded, and the ring: the mode of a recording is a filter.
    pub fn filtered(&self) -> u64 {
        let discarded = self.classes.iter().map(|class| self.discarded(class));
        self.filtered_in_program + self.overwritten() + discarded.sum::<u64>()
    }

    /// How many of a class filters and blocks discarded: in shadow none.
    fn discarded(&self, class: &OfClass) -> u64 {
        if self.is_shadow { 0 } else { class.discarded.iter().sum() }
    }

    /// How many a filter or block discarded in the program.
    pub fn discarded_in_program(&self, rule: Rule) -> u64 {
        self.discarded_in_program.filter(|(by, _)| *by == rule).map_or(0, |(_, count)| count)
    }

    /// How many a filter or block discarded at the drain, or in shadow would have.
    pub fn discarded_at_drain(&self, rule: Rule) -> u64 {
        let counts = self.classes.iter().filter_map(|class| class.discarded.get(rule));
        counts.sum()
    }

    /// How many were lost.
    pub fn lost(&self) -> u64 {
        self.lost.sum()
    }

    /// As it stands in the ledger.
    pub fn to_value(&self) -> Value {
        let classes = self.classes.iter().map(|class| {
            json!({
                "event": class.name,
                "delivered": class.delivered,
                "filtered": self.discarded(class) + class.overwritten,
                "overwritten": class.overwritten,
            })
        });
        json!({
            "source": format!("user:{}", self.folder),
            "pid": self.name.pid,
            "command": self.command,
            "delivered": self.delivered(),
            "filtered": self.filtered(),
            "filtered_in_program": self.filtered_in_program,
            "overwritten": self.overwritten(),
            "lost": {
                "ring_full": self.lost.ring_full,
                "overwritten": self.lost.overwritten,
                "too_long": self.lost.too_long,
                "nested": self.lost.nested,
                "no_ring": self.lost.no_ring,
                "no_class": self.lost.no_class,
                "unreadable": self.lost.unreadable,
            },
            "late": self.late,
            "cut_fields": self.cut,
            "unanswered": self.unanswered,
            "handlers_detached": self.detached,
            "damaged": self.is_damaged,
            "events": classes.collect::<Vec<_>>(),
        })
    }
}

impl Losses {
    /// All of them.
    pub fn sum(&self) -> u64 {
        let rings = self.ring_full + self.overwritten + self.too_long + self.nested;
        rings + self.no_ring + self.no_class + self.unreadable
    }

    /// Adds what is lost of a stream since it was as `before`.
    pub(super) fn of_stream(&mut self, before: &Counts, now: &Counts) {
        let since = |of: fn(&Counts) -> u64| of(now).saturating_sub(of(before));
        self.ring_full += since(|counts| counts.discarded);
        self.overwritten += since(|counts| counts.overwritten);
        self.too_long += since(|counts| counts.too_long);
        self.nested += since(|counts| counts.lost_nested);
    }

    /// Adds what a program lost outside of its rings since it was as `before`.
    pub(super) fn of_program(&mut self, before: &Lost, now: &Lost) {
        self.no_ring += now.no_ring.saturating_sub(before.no_ring);
        self.no_class += now.no_class.saturating_sub(before.no_class);
        self.nested += now.nested.saturating_sub(before.nested);
    }
}
