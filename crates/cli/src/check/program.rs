//! Programs of handlers: each block, at each event that it is for.

use marey_diagnostic::source::{FileId, Sources};
use marey_diagnostic::{Diagnostic, Problems};
use marey_filter::check::typed::{Condition, Statement};
use marey_filter::check::{self, Layout};
use marey_filter::compile::{self, Target};
use marey_filter::early;
use marey_filter::lang;
use marey_filter::lang::tree::Block;
use marey_recorder::blocks;
use marey_recorder::kernel::ask::Ask;
use marey_recorder::kernel::class::Slots;
use marey_recorder::kernel::record;
use marey_recorder::programs::Names;
use marey_recorder::select::Selected;
use marey_recorder::texts::Merge;

use super::events::{Event, Events};
use super::found::{self, Program, Rule};
use super::runs::{self, Run};

/// Checks a program that was read; what is known of it, if nothing is wrong.
pub fn check(
    sources: &Sources,
    file: FileId,
    mut events: Option<&mut Events<'_>>,
    sinks: &[String],
    problems: &mut Problems,
) -> Option<Program> {
    let program = lang::program(sources, file, problems);
    let mut layout = check::layout(&program, problems);
    let mut blocks = Vec::new();
    let mut all = Vec::new();
    for (index, block) in program.blocks.iter().enumerate() {
        let mut checker = Checker { sources, layout: &mut layout, sinks, problems };
        let mut rule = checker.rule(block);
        if let Some(events) = events.as_deref_mut() {
            let selected = events.of_block(block, checker.problems);
            let found = checker.block((index, block), &selected, events, &mut rule);
            all.extend(found);
            rule.events = Some(selected);
        }
        if rule.is_of_programs {
            checker.of_programs(block, &mut rule);
        }
        blocks.push(rule);
    }
    if problems.has_errors() {
        return None;
    }
    if let Some(events) = events {
        runs::place(all, events, &mut blocks);
    }
    Some(Program { name: sources.path(file).to_owned(), layout, blocks })
}

struct Checker<'a> {
    sources: &'a Sources,
    layout: &'a mut Layout,
    /// The names of the sinks.
    sinks: &'a [String],
    problems: &'a mut Problems,
}

impl Checker<'_> {
    fn rule(&self, block: &Block) -> Rule {
        let patterns = block.patterns.iter().map(|pattern| self.sources.slice(pattern.span));
        Rule {
            what: format!("on {}", patterns.collect::<Vec<_>>().join(", ")),
            line: Some(self.sources.position(block.span.file, block.span.start).line),
            events: None,
            unrecordable: 0,
            steps: None,
            places: Vec::new(),
            early: None,
            is_of_programs: blocks::may_be_of_programs(block),
        }
    }

    /// Checks a block for events of programs, as far as that can be before they are met.
    fn of_programs(&mut self, block: &Block, rule: &mut Rule) {
        let names = Names::of_blocks(None, Some(0));
        let mut problems = Problems::default();
        let told = (self.sources, &mut problems);
        let body = check::block(block, self.layout, self.sinks, &names, told);
        // What is wrong at events of the kernel, too, was told there.
        if rule.events.as_ref().is_none_or(Vec::is_empty) {
            problems.sorted().into_iter().for_each(|found| self.problems.add(found.clone()));
        }
        let steps = body.and_then(|body| self.steps(block, &body, names.slots()));
        rule.steps = rule.steps.max(steps);
    }

    /// Checks a block at all of these events; where it runs there.
    fn block(
        &mut self,
        (index, block): (usize, &Block),
        selected: &[Selected],
        events: &mut Events<'_>,
        rule: &mut Rule,
    ) -> Vec<Run> {
        let mut merge = Merge::default();
        let (mut runs, mut early) = (Vec::new(), Vec::new());
        for event in events.of(selected) {
            let mut problems = Problems::default();
            let told = (self.sources, &mut problems);
            let body = check::block(block, self.layout, self.sinks, &event.class, told);
            merge.add(&event.class.name, &problems);
            let Some(body) = body else { continue };
            rule.unrecordable += usize::from(!blocks::is_recordable(&event.format));
            rule.steps = rule.steps.max(self.steps(block, &body, event.class.slots()));
            early.push(said_early(&body, event));
            let (system, name) = (&event.format.system, &event.format.name);
            runs.push(Run {
                event: (system.clone(), name.clone()),
                is_of_class: blocks::is_of_class(block, system, name).unwrap_or(false),
                block: index,
                statements: body,
            });
        }
        merge.into_problems(selected.len(), self.problems);
        let is_alike = early.windows(2).all(|pair| pair.first() == pair.last());
        rule.early = early.pop().flatten().filter(|_| is_alike);
        runs
    }

    fn steps(&mut self, block: &Block, body: &[Statement], slots: u16) -> Option<usize> {
        let layout = Some(&*self.layout);
        let sinks = self.sinks.len() as u16;
        let target = Target { slots, layout, sinks, ..Target::default() };
        match compile::block(body, &target) {
            Ok(code) => code.program().ok().map(|program| program.steps_max()),
            Err(why) => {
                let found = Diagnostic::error(format!("the block is too large: {why}"));
                self.problems.add(found.at(block.span, "").help("make two blocks of it"));
                None
            }
        }
    }
}

/// What the kernel could ask before the block is, if there is something.
fn said_early(body: &[Statement], event: &Event) -> Option<String> {
    let condition = early::necessary(body);
    if matches!(condition, Condition::Constant(_)) {
        return None;
    }
    let layout = record::Layout::of(&event.format)?;
    let slots = Slots::of(&event.format);
    let ask = Ask::filter(condition.clone());
    blocks::can_say((&event.format, &slots), &layout, &[ask]).ok()?;
    Some(found::shown(&condition, &event.class))
}
