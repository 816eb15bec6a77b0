//! Handlers: files of programs, and the events that they are for.

use std::path::{Path, PathBuf};

use marey_diagnostic::source::{FileId, Sources};
use marey_diagnostic::{Diagnostic, Problems};
use marey_filter::check;
use marey_filter::lang;
use marey_filter::lang::tree::{self, PatternKind, Program};
use marey_recorder::blocks::{self, NoEvent};
use marey_recorder::kernel::class::class;
use marey_recorder::select::Selected;
use marey_recorder::session::{Block, Body, Handler};
use marey_recorder::tracefs::Format;

use super::plan::tell;
use crate::args::Common;
use crate::exit::Exit;
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
            let from = if path == Path::new("-") { Path::new("/dev/stdin") } else { path };
            let text =
                std::fs::read(from).map_err(|e| target::wrong(path.as_os_str(), &e.to_string()))?;
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
        let mut events = Vec::new();
        for (_, _, program) in &self.programs {
            for pattern in program.blocks.iter().flat_map(|block| &block.patterns) {
                if matches!(pattern.kind, PatternKind::User(_) | PatternKind::Packet) {
                    let what = "only events of the kernel are recorded: this is never asked";
                    self.problems.add(Diagnostic::warning(what).at(pattern.span, ""));
                }
                match selected(&pattern.kind, names) {
                    Ok(selected) => events.extend(selected),
                    Err(why) => self.problems.add(Diagnostic::error(why).at(pattern.span, "")),
                }
            }
        }
        events
    }

    /// Checks them against the events that are recorded.
    pub fn check(
        mut self,
        events: &[(Format, String)],
        me: Option<u32>,
        common: &Common,
    ) -> Result<Vec<Handler>, Exit> {
        let programs = std::mem::take(&mut self.programs);
        let handlers: Vec<_> =
            programs.iter().map(|program| self.handler(program, events, me)).collect();
        tell(&self.problems, &self.sources, common);
        match self.problems.has_errors() {
            true => Err(Exit { usage: true, ..Exit::default() }),
            false => Ok(handlers),
        }
    }

    fn handler(
        &mut self,
        (path, file, program): &(PathBuf, FileId, Program),
        events: &[(Format, String)],
        me: Option<u32>,
    ) -> Handler {
        let mut layout = check::layout(program, &mut self.problems);
        let mut blocks = Vec::new();
        for block in &program.blocks {
            let mut bodies = Vec::new();
            for (format, _) in events {
                bodies.push(self.body(block, &mut layout, format, me));
            }
            let line = self.sources.position(*file, block.span.start).line;
            let name = format!("{}:{line}", path.display());
            blocks.push(Block { name, bodies });
        }
        Handler { name: path.display().to_string(), layout, blocks }
    }

    /// What a block does at an event, if it is for it.
    fn body(
        &mut self,
        block: &tree::Block,
        layout: &mut check::Layout,
        format: &Format,
        me: Option<u32>,
    ) -> Option<Body> {
        let (system, name) = (format.system.as_str(), format.name.as_str());
        let own =
            block.patterns.iter().filter(|pattern| blocks::matches(&pattern.kind, system, name));
        let is_of_class =
            own.map(|pattern| !matches!(pattern.kind, PatternKind::Event { .. })).min()?;
        // One event is enough to say what is wrong with a block for many.
        if self.problems.has_errors() {
            return None;
        }
        let told = (&self.sources, &mut self.problems);
        let statements = check::block(block, layout, &[], &class(format, me), told)?;
        Some(Body { is_of_class, statements })
    }
}

/// The events of the kernel that a pattern names; why there are none, if there are none.
fn selected(pattern: &PatternKind, names: &[(String, String)]) -> Result<Vec<Selected>, String> {
    if *pattern == PatternKind::Any {
        return Ok(Vec::new());
    }
    blocks::events(pattern, names).map_err(|why| match why {
        NoEvent::Unknown(why) => why.to_string(),
        NoEvent::NoClass(why) => format!("{why}; `marey events --sat` lists them"),
    })
}
