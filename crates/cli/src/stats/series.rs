//! A series that grows while its trace is recorded: each interval is shown when it has passed.

use std::ffi::OsString;

use marey::pipeline::{Next, Stop};
use marey::{GO, STOP};

use super::gather::{Done, Origin, Plan, Totals, table_error};
use super::names::Names;
use super::show::Page;
use super::tables::Shown;

/// What was shown so far.
pub struct Series<'a> {
    plan: &'a Plan,
    origin: &'a Origin,
    page: Option<&'a mut Page>,
    totals: Totals,
    names: Names,
    /// The last interval that was shown.
    before: Option<i64>,
}

impl<'a> Series<'a> {
    /// On a page, for the inputs of these names; or none.
    pub fn new(
        plan: &'a Plan,
        origin: &'a Origin,
        page: Option<(&'a mut Page, &[OsString])>,
    ) -> Self {
        let page = page.map(|(page, paths)| {
            page.announce(paths);
            page
        });
        let (totals, names) = (Totals::default(), Names::default());
        Series { plan, origin, page, totals, names, before: None }
    }

    /// Shows an interval.
    pub fn interval(&mut self, done: Done) -> Next {
        let Some(page) = &mut self.page else { return GO };
        self.names.merge(done.names);
        self.totals.add(&done.totals);
        let shown = Shown {
            plan: self.plan,
            totals: &done.totals,
            names: &self.names,
            origin_ns: self.origin.get().copied(),
            before: self.before,
        };
        for (of, counter) in done.counters {
            if let Err(e) = shown.table(of, vec![counter], page) {
                return Next::Break(Stop::Error(table_error(&e)));
            }
        }
        self.before = Some(done.number);
        if page.flush() { GO } else { STOP }
    }

    /// The numbers of all that was shown.
    pub fn end(self) -> Totals {
        self.totals
    }
}
