//! Filters and handlers, checked against the events of a recording.

use marey_diagnostic::source::{FileId, Sources};
use marey_diagnostic::{Diagnostic, Problems};
use marey_filter::check::{self, Environment as _};
use marey_filter::lang;
use marey_filter::lang::tree::{self, PatternKind, Program};

use super::{Merge, stand_for};
use crate::blocks;
use crate::kernel::class::Recorded;
use crate::programs::Names;
use crate::rules::State;
use crate::select::Selected;
use crate::session::{Block, Body, Filter, Handler};
use crate::sinks::Sink;
use crate::tracefs::Format;

/// What filters and handlers are asked about.
pub struct Asked<'e> {
    /// The events, and what names mean there.
    pub events: Vec<(&'e Format, Recorded)>,
    /// The names of the sinks.
    pub sinks: Vec<String>,
    /// Events of programs are recorded as well. It is known later which they are, so a filter may
    /// be for these alone: what an event here does not have makes a comparison false then.
    pub has_others: bool,
    /// The process that filters and handlers call `me`.
    me: Option<u32>,
}

impl<'e> Asked<'e> {
    /// Events, what rules come to there at first, and sinks; `me` is the process that filters and
    /// handlers call so.
    pub fn new(
        events: &'e [(Format, String)],
        states: &[State],
        sinks: &[Sink],
        me: Option<u32>,
    ) -> Self {
        let of = |((format, _), state): (&'e (Format, String), &State)| {
            (format, Recorded::new(format, me, state.is_fast))
        };
        let sinks = sinks.iter().map(|sink| sink.name.clone());
        let events = events.iter().zip(states).map(of).collect();
        Asked { events, sinks: sinks.collect(), has_others: false, me }
    }
}

/// What a filter means at each of the events. It is right if there are no errors then.
pub fn filter(
    text: &str,
    asked: &Asked<'_>,
    (sources, problems): (&mut Sources, &mut Problems),
) -> Filter {
    let tree = match sources.add("-f", text.as_bytes().to_vec()) {
        Ok(file) => lang::filter(sources, file, problems),
        Err(found) => {
            problems.add(found);
            None
        }
    };
    let (mut conditions, mut merge) = (Vec::new(), Merge::default());
    for (_, names) in &asked.events {
        let mut found = Problems::default();
        let names = names.clone().or_of_others(asked.has_others);
        let condition = tree.as_ref().and_then(|tree| check::filter(tree, &names, &mut found));
        merge.add(&names.class(), &found);
        conditions.extend(condition);
    }
    merge.into_problems(asked.events.len(), problems);
    Filter { name: text.to_owned(), conditions }
}

/// The events of the kernel that the blocks of a program name. Those that are for any event name
/// none.
pub fn events_of(
    program: &Program,
    names: &[(String, String)],
    problems: &mut Problems,
) -> Vec<Selected> {
    let patterns = program.blocks.iter().flat_map(|block| &block.patterns);
    let named = patterns.filter(|pattern| pattern.kind != PatternKind::Any);
    named.flat_map(|pattern| stand_for(pattern, names, problems)).collect()
}

/// Says of the blocks that are for events of programs that these are not recorded.
pub fn without_programs(program: &Program, problems: &mut Problems) {
    let patterns = program.blocks.iter().flat_map(|block| &block.patterns);
    for pattern in patterns.filter(|pattern| matches!(pattern.kind, PatternKind::User(_))) {
        let what = "events of programs are not recorded here: this is never asked";
        problems.add(Diagnostic::warning(what).at(pattern.span, ""));
    }
}

/// What a program does at each of the events. It is right if there are no errors then.
pub fn handler(
    name: &str,
    (file, program): (FileId, &Program),
    asked: &Asked<'_>,
    (sources, problems): (&Sources, &mut Problems),
) -> Handler {
    let mut layout = check::layout(program, problems);
    let mut blocks = Vec::new();
    for block in &program.blocks {
        let (mut bodies, mut merge) = (Vec::new(), Merge::default());
        for event in &asked.events {
            bodies.push(body(block, (&mut layout, &mut merge), event, (sources, &asked.sinks)));
        }
        let may_be_of_others = asked.has_others && blocks::may_be_of_programs(block);
        if may_be_of_others {
            of_programs(block, asked, (&mut layout, &mut merge), sources);
        }
        merge.into_problems(bodies.len() + usize::from(may_be_of_others), problems);
        let line = sources.position(file, block.span.start).line;
        blocks.push(Block { name: format!("{name}:{line}"), bodies });
    }
    Handler { name: name.to_owned(), layout, blocks }
}

/// Checks a block for events of programs: what is known before it is known which there are. The
/// tables that it fills are there then.
pub fn of_programs(
    block: &tree::Block,
    asked: &Asked<'_>,
    (layout, merge): (&mut check::Layout, &mut Merge),
    sources: &Sources,
) {
    let (mut problems, names) = (Problems::default(), Names::of_blocks(None, asked.me));
    check::block(block, layout, &asked.sinks, &names, (sources, &mut problems));
    merge.add(&names.class(), &problems);
}

/// What a block does at an event, if it is for it.
fn body(
    block: &tree::Block,
    (layout, merge): (&mut check::Layout, &mut Merge),
    (format, names): &(&Format, Recorded),
    (sources, sinks): (&Sources, &check::Sinks),
) -> Option<Body> {
    let (system, name) = (format.system.as_str(), format.name.as_str());
    let is_of_class = blocks::is_of_class(block, system, name)?;
    let mut problems = Problems::default();
    let statements = check::block(block, layout, sinks, names, (sources, &mut problems));
    merge.add(&names.class(), &problems);
    Some(Body { is_of_class, statements: statements? })
}
