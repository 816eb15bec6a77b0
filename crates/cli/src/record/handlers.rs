//! Handlers: files of programs, and the events that they are for.

use std::path::PathBuf;

use marey_diagnostic::Problems;
use marey_diagnostic::source::{FileId, Sources};
use marey_filter::lang;
use marey_filter::lang::tree::Program;
use marey_recorder::select::Selected;
use marey_recorder::session::Handler;
use marey_recorder::texts::{self, Asked};
use marey_recorder::{blocks, programs};

use super::args::Record;
use super::plan::tell;
use crate::args::Common;
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

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.programs.is_empty()
    }

    /// The events of the kernel that they name. Those that are for any event name none.
    pub fn events(&mut self, names: &[(String, String)]) -> Vec<Selected> {
        let programs = self.programs.iter().map(|(_, _, program)| program);
        programs.flat_map(|program| texts::events_of(program, names, &mut self.problems)).collect()
    }

    /// Whether they name events of the kernel.
    pub fn name_kernel(&self) -> bool {
        let blocks = self.programs.iter().flat_map(|(_, _, program)| &program.blocks);
        let mut patterns = blocks.flat_map(|block| &block.patterns);
        patterns.any(|pattern| blocks::is_of_kernel(&pattern.kind))
    }

    /// The events of programs that they name: globs.
    pub fn user_events(&self) -> impl Iterator<Item = &str> {
        self.programs.iter().flat_map(|(_, _, program)| blocks::named_of_programs(program))
    }

    /// Says what is wrong with them as they are.
    pub fn tell(&self, common: &Common) -> Result<(), Exit> {
        tell(&self.problems, &self.sources, common)
    }

    /// Checks them against the events that are recorded: what they do at events of the kernel, and
    /// what is needed to check them for those of programs when these are met.
    pub fn check(mut self, asked: &Asked<'_>, verb: &Record, common: &Common) -> Checked {
        let (sources, mut handlers) = (&self.sources, Vec::new());
        for (path, file, program) in &self.programs {
            let name = path.display().to_string();
            let problems = &mut self.problems;
            handlers.push(texts::handler(&name, (*file, program), asked, (sources, problems)));
        }
        self.tell(common)?;
        let of_programs = |(handler, (_, _, program)): (&Handler, (_, _, Program))| {
            let names = handler.blocks.iter().map(|block| block.name.clone());
            let (name, layout) = (handler.name.clone(), handler.layout.clone());
            programs::Handler { name, layout, blocks: names.zip(program.blocks).collect() }
        };
        let all = handlers.iter().zip(self.programs).map(of_programs).collect();
        let sinks = verb.sinks.clone();
        Ok((handlers, programs::Handlers { sources: self.sources, all, sinks }))
    }
}

/// What handlers are for events of the kernel, and for those of programs.
type Checked = Result<(Vec<Handler>, programs::Handlers), Exit>;
