//! What is wrong with a configuration, for a person and for a program.

use std::path::{Path, PathBuf};

use marey::pipeline::Ledger;
use marey_generate::configuration::Configuration;
use marey_generate::diagnostic::{self, Diagnostic, Problems};
use marey_generate::include::Search;
use marey_generate::source::Sources;
use serde_json::{Map, Value, json};

use super::args::Includes;
use crate::args::Common;
use crate::escape;
use crate::exit::{self, Exit};
use crate::out::Out;
use crate::style::{self, Styles};
use crate::{inputs, target};

/// Where the standard input is found by a path.
const STDIN: &str = "/dev/stdin";

/// The path of a configuration as it was given.
pub fn path_of(given: &Path) -> &Path {
    if given == Path::new("-") { Path::new(STDIN) } else { given }
}

/// Whether a path is the standard input.
pub fn is_stdin(path: &Path) -> bool {
    path == Path::new(STDIN)
}

/// Where to look for files to include, if all those folders are there.
pub fn search(includes: &Includes) -> Result<Search, Exit> {
    for folder in &includes.include_dirs {
        check_folder(folder, "--include-dir")?;
    }
    let folders = includes.include_dirs.iter().cloned().chain([PathBuf::from(".")]).collect();
    Ok(Search { folders, ignores_missing: includes.ignore_include_not_found })
}

/// Says that a folder is missing which an option names, if it is.
pub fn check_folder(folder: &Path, option: &str) -> Result<(), Exit> {
    let why = match folder.metadata() {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(_) => format!("it is no folder ({option})"),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            format!("there is no such folder ({option}); create it")
        }
        Err(e) => format!("{e} ({option})"),
    };
    Err(target::wrong(folder.as_os_str(), &why))
}

/// Says what is wrong, on standard output for programs and else on standard error.
pub struct Teller<'c> {
    common: &'c Common,
    /// Where data goes.
    pub out: Out,
}

impl<'c> Teller<'c> {
    pub fn new(common: &'c Common) -> Self {
        Teller { common, out: Out::new() }
    }

    /// Whether a program is told.
    pub fn is_json(&self) -> bool {
        self.common.json
    }

    /// Writes a line for a program.
    pub fn json(&mut self, value: &Value) {
        self.out.json(value);
    }

    /// Says all that is wrong, and at last how much, and what follows from that.
    pub fn tell(&mut self, problems: &Problems, sources: &Sources, so: &str) {
        for found in problems.sorted() {
            self.one(found, sources);
        }
        if problems.has_errors() {
            let styles = Styles::stderr(self.common);
            let (bad, text) = (styles.bad, summary(problems));
            self.say(&format!("{bad}error{bad:#}: {text}: {so}\n"));
        }
    }

    fn one(&mut self, found: &Diagnostic, sources: &Sources) {
        if self.common.json {
            let line = diagnostic::json(found, sources);
            self.out.json(&serde_json::from_str(&line).unwrap_or(Value::Null));
        } else {
            let coloured = style::has_coloured_stderr(self.common);
            let text = diagnostic::render(found, sources, coloured);
            self.say(&format!("{text}\n"));
        }
    }

    /// Says something on standard error, behind what was written so far.
    fn say(&mut self, text: &str) {
        self.out.flush();
        exit::say(text);
    }

    /// Ends the output.
    pub fn finish(mut self, problems: &Problems, more: Map<String, Value>, exit: &mut Exit) {
        if self.common.json {
            let mut end = Map::from_iter([
                ("type".to_owned(), json!("end")),
                ("errors".to_owned(), json!(problems.errors())),
                ("warnings".to_owned(), json!(problems.warnings())),
                ("unlisted".to_owned(), json!(problems.dropped())),
                ("ledger".to_owned(), inputs::json_ledger(&Ledger::default())),
            ]);
            end.extend(more);
            self.out.json(&Value::Object(end));
        }
        exit.refused |= problems.has_errors();
        self.out.finish(exit);
    }
}

/// How much is wrong.
fn summary(problems: &Problems) -> String {
    let count = |number: usize, what: &str| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {what}{plural}")
    };
    let mut text = count(problems.errors(), "error");
    if problems.warnings() > 0 {
        text.push_str(&format!(", {}", count(problems.warnings(), "warning")));
    }
    if problems.dropped() > 0 {
        text.push_str(&format!(" ({} are not shown)", problems.dropped()));
    }
    text
}

/// The configuration with all that it includes and inherits, as a file; none if it has errors.
pub fn effective(configuration: &Configuration, indent_spaces: usize) -> Option<String> {
    let node = configuration.effective.as_ref()?;
    let text = marey_generate::yaml::emit(node, indent_spaces);
    Some(format!("%YAML 1.2\n{text}...\n"))
}

/// A path for a person, on one line.
pub fn shown(path: &Path) -> String {
    escape::terminal(&path.to_string_lossy())
}
