//! Handlers: files of programs, and the events that they are for.

use std::path::PathBuf;

use marey_diagnostic::Problems;
use marey_diagnostic::source::{FileId, Sources};
use marey_filter::lang;
use marey_filter::lang::tree::Program;
use marey_recorder::select::Selected;
use marey_recorder::session::Handler;
use marey_recorder::texts::{self, Asked};

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

    /// The events that they name. Those that are for any event name none.
    pub fn events(&mut self, names: &[(String, String)]) -> Vec<Selected> {
        let programs = self.programs.iter().map(|(_, _, program)| program);
        programs.flat_map(|program| texts::events_of(program, names, &mut self.problems)).collect()
    }

    /// Says what is wrong with them as they are.
    pub fn tell(&self, common: &Common) -> Result<(), Exit> {
        tell(&self.problems, &self.sources, common)
    }

    /// Checks them against the events that are recorded.
    pub fn check(mut self, asked: &Asked<'_>, common: &Common) -> Result<Vec<Handler>, Exit> {
        let sources = &self.sources;
        let handler = |(path, file, program): &(PathBuf, FileId, Program)| {
            let name = path.display().to_string();
            texts::handler(&name, (*file, program), asked, (sources, &mut self.problems))
        };
        let handlers = self.programs.iter().map(handler).collect();
        self.tell(common)?;
        Ok(handlers)
    }
}
