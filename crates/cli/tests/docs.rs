//! The commands in README.md and docs/ are run, and what they print is compared.
//!
//! * A `sh` block is run as one script and must exit with 0, or with N when it says `sh,exit=N`.
//! * Of a `console` block each `$ command` is run and what it prints, on both channels, must be
//!   what follows it. A line `...` stands for any lines, `[..]` for any text in a line, and a last
//!   line `? N` for another exit status than 0. `BLESS=1` writes what is printed now.
//! * A `rust,file=PATH` block is written to that file, for a command behind it to compile.
//! * `sh,norun why` is not run, and must say why; `sh,needs=PROGRAM` is skipped, and says so,
//!   where the program, or one of several (`needs=A,needs=B`), is missing, and so is
//!   `sh,needs=/FILE` where the file cannot be read. `sh,test-command` is what `.ci/run` runs.
//!
//! The blocks of a document run in order in one copy of the tracked files, with the built `marey`
//! in front of the PATH. `cargo run … -- ARGUMENTS` calls it too; no other cargo command is run.
#![cfg(unix)]

#[path = "docs/itself.rs"]
mod itself;

use std::fs;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const COMMAND_SECONDS_MAX: u64 = 60;
/// What a block of commands may be called: to be run, or to be told that it would not be run.
const SHELLS: [&str; 6] = ["sh", "console", "bash", "shell", "shell-session", "zsh"];

/// A fenced block of a document.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    /// The line of its first fence, from 1.
    line: usize,
    language: String,
    attributes: Vec<String>,
    /// What stands behind the attributes.
    words: String,
    /// How far the block is indented, in a list.
    indent: String,
    lines: Vec<String>,
}

impl Block {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of an attribute.
    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.attributes.iter().map(|part| part.split_once('=').unwrap_or((part, "")));
        values.filter(move |(key, _)| *key == name).map(|(_, value)| value)
    }
}

/// One `$ command` of a console block.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    script: String,
    expected: Vec<String>,
    status: i32,
    /// The lines of `expected` in the document, from 0: first, and one behind the last.
    place: (usize, usize),
}

/// The blocks of a document that are in Rust or for a shell.
fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some((indent, info)) = line.split_once("```") else { continue };
        if !indent.trim().is_empty() {
            continue;
        }
        let body = lines.by_ref().map(|(_, line)| line.strip_prefix(indent).unwrap_or(line));
        let body: Vec<String> = body.take_while(|line| *line != "```").map(str::to_owned).collect();
        let (head, words) = info.split_once(' ').unwrap_or((info, ""));
        let mut parts = head.split(',').map(str::to_owned);
        let language = parts.next().unwrap_or_default();
        if language == "rust" || SHELLS.contains(&language.as_str()) {
            let (attributes, words) = (parts.collect(), words.trim().to_owned());
            let (line, indent, lines) = (index + 1, indent.to_owned(), body);
            found.push(Block { line, language, attributes, words, indent, lines });
        }
    }
    found
}

/// The commands of a console block, with what they are expected to print.
fn steps(block: &Block) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut open = false;
    for (index, line) in block.lines.iter().enumerate() {
        let place = block.line + index;
        if let Some(command) = line.strip_prefix("$ ") {
            let (script, status) = (command.to_owned(), 0);
            steps.push(Step {
                script,
                expected: Vec::new(),
                status,
                place: (place + 1, place + 1),
            });
            open = command.ends_with('\\');
            continue;
        }
        let Some(step) = steps.last_mut() else { continue };
        if open {
            step.script.extend(["\n", line]);
            step.place = (place + 1, place + 1);
            open = line.ends_with('\\');
        } else if let Some(status) = line.strip_prefix("? ") {
            step.status = status.parse().expect("`? N` names an exit status");
        } else {
            step.expected.push(line.clone());
            step.place.1 = place + 1;
        }
    }
    steps
}

/// Whether `actual` is what `expected` describes.
fn lines_match(expected: &[String], actual: &[&str]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((first, rest)) if first == "..." => {
            (0..=actual.len()).any(|skipped| lines_match(rest, &actual[skipped..]))
        }
        Some((first, rest)) => actual
            .split_first()
            .is_some_and(|(line, others)| line_matches(first, line) && lines_match(rest, others)),
    }
}

fn line_matches(expected: &str, actual: &str) -> bool {
    let (expected, actual) = (expected.trim_end(), actual.trim_end());
    let Some((first, others)) = expected.split_once("[..]") else { return expected == actual };
    let Some(mut rest) = actual.strip_prefix(first) else { return false };
    let (between, last) = others.rsplit_once("[..]").unwrap_or(("", others));
    for part in between.split("[..]") {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// A copy of the repository with marey in front of the PATH.
struct Sandbox {
    folder: PathBuf,
    path: String,
}

impl Sandbox {
    fn new(root: &Path, name: &str) -> Self {
        let outside = Path::new(env!("CARGO_TARGET_TMPDIR")).join("docs").join(name);
        let (folder, bin) = (outside.join("marey"), outside.join("bin"));
        fs::remove_dir_all(&outside).ok();
        for path in xtask::tracked(root).expect("the repository reads") {
            let copy = folder.join(&path);
            fs::create_dir_all(copy.parent().expect("a file is in a folder")).expect("a folder");
            fs::copy(root.join(&path), copy).expect("a tracked file can be copied");
        }
        fs::create_dir_all(&bin).expect("a folder");
        symlink(env!("CARGO_BIN_EXE_marey"), bin.join("marey")).expect("a link");
        let cargo = bin.join("cargo");
        fs::write(&cargo, CARGO).expect("a script");
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("a program");
        for profile in ["release", "debug"] {
            let built = folder.join("target").join(profile);
            fs::create_dir_all(&built).expect("a folder");
            symlink(env!("CARGO_BIN_EXE_marey"), built.join("marey")).expect("a link");
        }
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
        Sandbox { folder, path }
    }

    fn command(&self, script: &str) -> Command {
        let mut command = Command::new("bash");
        command
            .args(["-euo", "pipefail", "-c", script])
            .current_dir(&self.folder)
            .env("PATH", &self.path)
            .env("HOME", &self.folder)
            .env("RUSTUP_HOME", rustup_home())
            .envs([("COLUMNS", "80"), ("TZ", "UTC"), ("LC_ALL", "C.UTF-8"), ("NO_COLOR", "1")])
            .stdin(Stdio::null());
        command
    }

    /// Runs `script` and returns its status and what it printed on both channels.
    fn run(&self, script: &str) -> (i32, String) {
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        let mut command = self.command(script);
        command.stdout(writer.try_clone().expect("a pipe")).stderr(writer);
        let mut child = command.spawn().expect("bash is there");
        drop(command);
        let printed = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).map(|_| String::from_utf8_lossy(&bytes).into_owned())
        });
        let deadline = Instant::now() + Duration::from_secs(COMMAND_SECONDS_MAX);
        let status = loop {
            if let Some(status) = child.try_wait().expect("bash ends") {
                break status;
            }
            if Instant::now() > deadline {
                child.kill().and_then(|()| child.wait()).expect("bash can be ended");
                return (-1, format!("still running after {COMMAND_SECONDS_MAX} s"));
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let printed = printed.join().expect("no panic").expect("the pipe reads");
        (status.code().unwrap_or(-1), printed)
    }

    fn has(&self, program: &str) -> bool {
        let is_file = program.starts_with('/') && fs::File::open(program).is_ok();
        is_file || self.run(&format!("command -v '{program}'")).0 == 0
    }
}

/// Where rustup has its compilers: a document has another HOME.
fn rustup_home() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    std::env::var_os("RUSTUP_HOME").map_or_else(|| home().join(".rustup"), PathBuf::from)
}

/// Stands for cargo: what it runs is marey; what it would build or test, this test run did.
const CARGO: &str = r#"#!/bin/sh
verb=$1
[ "$verb" = run ] || exit 0
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
    --example | --example=*) echo "docs.rs cannot run examples: mark the block norun" >&2; exit 2 ;;
    esac
    shift
done
[ $# -eq 0 ] || shift
exec marey "$@"
"#;

/// Runs a console block and returns what is wrong; under `BLESS` what is printed goes to `edits`.
fn run_console(sandbox: &Sandbox, block: &Block, edits: &mut Vec<Edit>) -> Vec<String> {
    let mut wrong = Vec::new();
    for Step { script, expected, status, place } in steps(block) {
        let (found, printed) = sandbox.run(&script);
        let lines: Vec<&str> = printed.lines().collect();
        if found != status {
            wrong.push(format!("$ {script}\nexit status {found}, not {status}:\n{printed}"));
        } else if !lines_match(&expected, &lines) {
            let lines =
                lines.into_iter().map(|line| format!("{}{}", block.indent, line.trim_end()));
            let lines = lines.collect();
            edits.push(Edit { place, lines });
            let expected = expected.join("\n");
            wrong.push(format!("$ {script}\nexpected:\n{expected}\nprinted:\n{printed}"));
        }
    }
    wrong
}

/// Lines of a document that are to be others.
struct Edit {
    place: (usize, usize),
    lines: Vec<String>,
}

fn bless(path: &Path, edits: Vec<Edit>) {
    let text = fs::read_to_string(path).expect("the document reads");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for edit in edits.into_iter().rev() {
        lines.splice(edit.place.0..edit.place.1, edit.lines);
    }
    fs::write(path, lines.join("\n") + "\n").expect("the document can be written");
}

fn run_script(sandbox: &Sandbox, block: &Block) -> Vec<String> {
    let status: i32 = block.attribute("exit").map_or(0, |status| status.parse().expect("exit=N"));
    let (found, printed) = sandbox.run(&block.lines.join("\n"));
    if found == status {
        return Vec::new();
    }
    vec![format!("exit status {found}, not {status}:\n{printed}")]
}

/// Writes a block to the file that it says, and returns what is wrong.
fn write_file(sandbox: &Sandbox, block: &Block) -> Vec<String> {
    let Some(file) = block.attribute("file") else { return Vec::new() };
    let written = fs::write(sandbox.folder.join(file), block.lines.join("\n") + "\n");
    written.err().map(|e| format!("{file}: {e}")).into_iter().collect()
}

/// Runs all blocks of one document and returns what is wrong.
fn run_document(root: &Path, name: &str) -> Vec<String> {
    let text = fs::read_to_string(root.join(name)).expect("the document reads");
    let blocks = blocks(&text);
    if blocks.iter().all(|block| block.language == "rust") {
        return Vec::new();
    }
    let sandbox = Sandbox::new(root, &name.replace('/', "-"));
    let (mut wrong, mut edits) = (Vec::new(), Vec::new());
    for block in blocks {
        let place = format!("{name}:{}", block.line);
        let missing = block.all("needs").find(|program| !sandbox.has(program));
        let found = if block.language == "rust" {
            write_file(&sandbox, &block)
        } else if !matches!(block.language.as_str(), "sh" | "console") {
            vec![format!("call the block sh or console, not {}, to have it run", block.language)]
        } else if block.attribute("norun").is_some() {
            let silent = block.words.is_empty();
            silent.then(|| "norun without a reason behind it".to_owned()).into_iter().collect()
        } else if let Some(program) = missing {
            println!("{place}: skipped: {program} is not here");
            Vec::new()
        } else if block.language == "console" {
            run_console(&sandbox, &block, &mut edits)
        } else {
            run_script(&sandbox, &block)
        };
        wrong.extend(found.into_iter().map(|what| format!("{place}: {what}")));
    }
    if std::env::var_os("BLESS").is_some() && !edits.is_empty() {
        bless(&root.join(name), edits);
        println!("{name}: blessed; look at the difference");
    }
    wrong
}

#[test]
fn documents_tell_the_truth() {
    let root = xtask::root();
    let mut wrong = Vec::new();
    for name in xtask::tracked(&root).expect("the repository reads") {
        if name == "README.md" || name.starts_with("docs/") && name.ends_with(".md") {
            wrong.extend(run_document(&root, &name));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

/// Of what is defined and traced, there is no block that is not run: of the chapters `Define …`.
#[test]
fn chapters_on_tracers_are_run_whole() {
    let text = fs::read_to_string(xtask::root().join("docs/guide.md")).expect("the guide reads");
    let heading = |line: usize| {
        let before = text.lines().take(line).filter(|line| line.starts_with("## "));
        before.last().unwrap_or_default().to_owned()
    };
    let blocks = blocks(&text).into_iter().filter(|it| heading(it.line).starts_with("## Define "));
    let blocks: Vec<_> = blocks.collect();
    assert!(blocks.len() >= 10, "{} blocks", blocks.len());
    for block in blocks {
        let is_run = match block.language.as_str() {
            "rust" => block.attribute("file").is_some(),
            _ => block.attribute("norun").is_none(),
        };
        assert!(is_run, "docs/guide.md:{}", block.line);
    }
}
