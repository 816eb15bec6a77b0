//! From the tables of all workers to rows on a page.

use std::io;

use marey::Timestamp;

use super::args::Order;
use super::cell::{Cell, Sum, Wide};
use super::counter::{Counter, Pair};
use super::gather::{NO_SLICE, Plan, Totals};
use super::key::Key;
use super::names::Names;
use super::of::Of;
use super::rank::Ranking;
use super::show::Page;

/// How many intervals without packets a series shows as rows. When there are more, what is left of
/// them is said in one line for each run, so that no trace makes more rows than it is worth.
const EMPTY_MAX: i64 = 100_000;
/// The same of a table by something.
const EMPTY_TABLES_MAX: i64 = 1000;

/// A trace whose tables are shown.
pub struct Shown<'a> {
    /// What was asked for.
    pub plan: &'a Plan,
    /// The numbers of the trace.
    pub totals: &'a Totals,
    /// Names of what keys have numbers for.
    pub names: &'a Names,
    /// When the first interval begins.
    pub origin_ns: Option<i64>,
    /// The last interval that was shown already.
    pub before: Option<i64>,
}

/// An interval: when it begins; `None` for packets without a time.
pub type Start = Option<Timestamp>;

/// What stands above the rows of a table.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// The trace.
    pub shown: &'a Shown<'a>,
    /// What it is about.
    pub of: Of,
    /// The interval, if there are some.
    pub start: Option<Start>,
    /// How many keys it has; not known for intervals.
    pub keys: u64,
    /// What all packets add up to.
    pub whole: Sum,
}

/// A row.
pub struct Row {
    /// The interval, if it is one.
    pub start: Option<Start>,
    /// What was counted under it.
    pub key: Key,
    /// What was counted.
    pub cell: Wide,
}

/// What is not in a table's rows.
#[derive(Default)]
pub struct Rest {
    /// How many keys are left out.
    pub keys: u64,
    /// What they add up to.
    pub cell: Wide,
    /// Packets without what the table is about.
    pub nothing: Option<Wide>,
}

impl Shown<'_> {
    /// Shows the table that all workers' tables are together.
    pub fn table(&self, of: Of, counters: Vec<Counter>, page: &mut Page) -> io::Result<()> {
        let (mut plain, mut sided, mut loaded) = (Vec::new(), Vec::new(), Vec::new());
        for counter in counters {
            match counter {
                Counter::Plain(pair) => plain.push(pair),
                Counter::Sided(pair) => sided.push(pair),
                Counter::Loaded(pair) => loaded.push(pair),
            }
        }
        match of {
            Of::Whole => self.series(plain, page),
            Of::Conversation => self.slices(of, sided, page),
            Of::Endpoint => self.slices(of, loaded, page),
            of => self.slices(of, plain, page),
        }
    }

    /// A row for each interval.
    fn series(&self, pairs: Vec<Pair<1, 3>>, page: &mut Page) -> io::Result<()> {
        let head = self.head(Of::Whole, None, 0, self.totals.sum);
        page.begin(&head);
        let (mut before, mut room) = (self.before, EMPTY_MAX);
        for counted in Pair::finish_all(pairs)? {
            let (slice, key, cell) = counted?;
            self.empty(Of::Whole, before, slice, &mut room, page);
            before = Some(slice);
            if !page.row(&head, &Row { start: self.start(slice), key, cell: cell.widen() }) {
                break;
            }
        }
        page.end(&head, &Rest::default());
        Ok(())
    }

    /// A table, or one for each interval.
    fn slices<const SIDES: usize, const PARTS: usize>(
        &self,
        of: Of,
        pairs: Vec<Pair<SIDES, PARTS>>,
        page: &mut Page,
    ) -> io::Result<()> {
        let mut current: Option<(i64, Slice<SIDES, PARTS>)> = None;
        let mut room = EMPTY_TABLES_MAX;
        for counted in Pair::finish_all(pairs)? {
            let (number, key, cell) = counted?;
            if current.as_ref().is_none_or(|(current, _)| *current != number) {
                let before = current.as_ref().map(|(number, _)| *number).or(self.before);
                if let Some((number, slice)) = current.take() {
                    self.slice(of, number, slice, page)?;
                }
                self.empty(of, before, number, &mut room, page);
                current = Some((number, Slice::new(of, self.plan)));
            }
            if let Some((_, slice)) = &mut current {
                slice.push(key, cell)?;
            }
        }
        match current {
            Some((number, slice)) => self.slice(of, number, slice, page),
            None if self.plan.every_ns.is_some() => Ok(()),
            None => self.slice(of, 0, Slice::<SIDES, PARTS>::new(of, self.plan), page),
        }
    }

    fn slice<const SIDES: usize, const PARTS: usize>(
        &self,
        of: Of,
        number: i64,
        slice: Slice<SIDES, PARTS>,
        page: &mut Page,
    ) -> io::Result<()> {
        let Slice { ranking, whole, nothing } = slice;
        let whole = whole.map_or(self.totals.sum, |cell| cell.sum());
        let head = self.head(of, self.start(number), ranking.keys, whole);
        let (keys, all) = (ranking.keys, ranking.sum);
        let (mut listed, mut rows) = (Cell::<SIDES, PARTS>::default(), 0);
        page.begin(&head);
        for pair in ranking.finish()? {
            let (key, cell) = pair?;
            rows += 1;
            marey::spill::Merge::merge(&mut listed, cell);
            if !page.row(&head, &Row { start: head.start, key, cell: cell.widen() }) {
                break;
            }
        }
        let rest = all.without(&listed).widen();
        let nothing = nothing.map(|cell| cell.widen());
        page.end(&head, &Rest { keys: keys - rows, cell: rest, nothing });
        Ok(())
    }

    /// Shows the intervals without packets between two with some, while there is room for them.
    fn empty(&self, of: Of, before: Option<i64>, next: i64, room: &mut i64, page: &mut Page) {
        let Some(before) = before.filter(|before| *before != NO_SLICE) else { return };
        let count = next - before - 1;
        if count > *room {
            let head = self.head(of, self.start(before + 1), 0, Sum::default());
            return page.jump(&head, count.unsigned_abs());
        }
        *room -= count;
        for number in before + 1..next {
            let start = self.start(number);
            let head = self.head(of, start, 0, Sum::default());
            if of == Of::Whole {
                page.row(&head, &Row { start, key: Key::Whole, cell: Wide::default() });
            } else {
                page.begin(&head);
                page.end(&head, &Rest::default());
            }
        }
    }

    fn head(&self, of: Of, start: Option<Start>, keys: u64, whole: Sum) -> Head<'_> {
        Head { shown: self, of, start, keys, whole }
    }

    fn start(&self, slice: i64) -> Option<Start> {
        let every = self.plan.every_ns?;
        let (Some(origin), false) = (self.origin_ns, slice == NO_SLICE) else { return Some(None) };
        let start = i128::from(origin) + i128::from(slice) * i128::from(every);
        // The first interval may begin before the first time that there is.
        let start = start.clamp(i128::from(i64::MIN + 1), i128::from(i64::MAX));
        Some(Some(Timestamp::from_ns(start as i64)))
    }
}

/// The rows of one interval, or of all.
struct Slice<const SIDES: usize, const PARTS: usize> {
    ranking: Ranking<SIDES, PARTS>,
    whole: Option<Cell<SIDES, PARTS>>,
    nothing: Option<Cell<SIDES, PARTS>>,
}

impl<const SIDES: usize, const PARTS: usize> Slice<SIDES, PARTS> {
    fn new(of: Of, plan: &Plan) -> Self {
        let order = plan.order.unwrap_or(if of == Of::Size { Order::Key } else { Order::Bytes });
        let ranking = Ranking::new(order, plan.top, plan.memory / 4);
        Slice { ranking, whole: None, nothing: None }
    }

    fn push(&mut self, key: Key, cell: Cell<SIDES, PARTS>) -> io::Result<()> {
        match key {
            Key::Whole => self.whole = Some(cell),
            Key::Nothing => self.nothing = Some(cell),
            key => self.ranking.push(key, cell)?,
        }
        Ok(())
    }
}
