//! Handlers: files of programs, and the events that they are for.

use std::path::PathBuf;

use marey_diagnostic::Problems;
use marey_diagnostic::source::{FileId, Sources};
use marey_filter::check::{self, Environment as _};
use marey_filter::lang;
use marey_filter::lang::tree::{self, PatternKind, Program};
use marey_recorder::blocks;
use marey_recorder::kernel::class::Recorded;
use marey_recorder::select::Selected;
use marey_recorder::session::{Block, Body, Handler};
use marey_recorder::tracefs::Format;

use super::plan::{Asked, tell};
use crate::args::Common;
use crate::check::events::stand_for;
use crate::check::merge::Merge;
use crate::exit::Exit;
use crate::generate::problems::path_of;
use crate::target;

/// Handlers that were read, and are not yet checked against events.
pub struct Handlers {
    sources: Sources,
    problems: Problems,
    programs: Vec<(PathBuf, FileId, Program)>,
}

impl Handlers {
    /// Reads the files.
    pub fn read(paths: &[PathBuf]) -> Result<Self, Exit> {
        let (mut sources, mut problems) = (Sources::default(), Problems::default());
        let mut programs = Vec::new();
        for path in paths {
            let text = crate::check::read(path_of(path))
                .map_err(|e| target::wrong(path.as_os_str(), &e.to_string()))?;
            match sources.add(path.to_string_lossy(), text) {
                Err(found) => problems.add(found),
                Ok(file) => {
                    let program = lang::program(&sources, file, &mut problems);
                    programs.push((path.clone(), file, program));
                }
            }
        }
        Ok(Handlers { sources, problems, programs })
    }

    /// The events that they name. Those that are for any event name none.
    pub fn events(&mut self, names: &[(String, String)]) -> Vec<Selected> {
        let blocks = self.programs.iter().flat_map(|(_, _, program)| &program.blocks);
        let patterns = blocks.flat_map(|block| &block.patterns);
        let named = patterns.filter(|pattern| pattern.kind != PatternKind::Any);
        named.flat_map(|pattern| stand_for(pattern, names, &mut self.problems)).collect()
    }

    /// Says what is wrong with them as they are.
    pub fn tell(&self, common: &Common) -> Result<(), Exit> {
        tell(&self.problems, &self.sources, common)
    }

    /// Checks them against the events that are recorded.
    pub fn check(mut self, asked: &Asked<'_>, common: &Common) -> Result<Vec<Handler>, Exit> {
        let programs = std::mem::take(&mut self.programs);
        let handlers: Vec<_> =
            programs.iter().map(|program| self.handler(program, asked)).collect();
        self.tell(common)?;
        Ok(handlers)
    }

    fn handler(
        &mut self,
        (path, file, program): &(PathBuf, FileId, Program),
        asked: &Asked<'_>,
    ) -> Handler {
        let mut layout = check::layout(program, &mut self.problems);
        let mut blocks = Vec::new();
        for block in &program.blocks {
            let (mut bodies, mut merge) = (Vec::new(), Merge::default());
            for event in &asked.events {
                bodies.push(self.body(block, (&mut layout, &mut merge), event, &asked.sinks));
            }
            merge.into_problems(bodies.len(), &mut self.problems);
            let line = self.sources.position(*file, block.span.start).line;
            let name = format!("{}:{line}", path.display());
            blocks.push(Block { name, bodies });
        }
        Handler { name: path.display().to_string(), layout, blocks }
    }

    /// What a block does at an event, if it is for it.
    fn body(
        &self,
        block: &tree::Block,
        (layout, merge): (&mut check::Layout, &mut Merge),
        (format, names): &(&Format, Recorded),
        sinks: &check::Sinks,
    ) -> Option<Body> {
        let (system, name) = (format.system.as_str(), format.name.as_str());
        let own =
            block.patterns.iter().filter(|pattern| blocks::matches(&pattern.kind, system, name));
        let is_of_class =
            own.map(|pattern| !matches!(pattern.kind, PatternKind::Event { .. })).min()?;
        let mut problems = Problems::default();
        let told = (&self.sources, &mut problems);
        let statements = check::block(block, layout, sinks, names, told);
        merge.add(&names.class(), &problems);
        Some(Body { is_of_class, statements: statements? })
    }
}
