//! The repository's chores: `cargo xtask VERB`.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand};
use xtask::{corpus, large, picture, root, seeds, tidy};

/// The repository's chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Check the rules of the house that no compiler checks.
    Tidy,
    /// Write the traces in corpus/.
    Corpus {
        /// Change nothing, and fail if a file is not current.
        #[arg(long)]
        check: bool,
    },
    /// Write the seeds of the fuzz targets, in fuzz/seeds/.
    Seeds {
        /// Change nothing, and fail if a file is not current.
        #[arg(long)]
        check: bool,
    },
    /// Write a large trace.
    Trace {
        /// What kind of trace.
        kind: large::Kind,
        /// How many bytes it has at least: 1000, 64K, 16M, 1GiB.
        #[arg(value_parser = large::parse_bytes)]
        bytes: u64,
        /// Where to: a file, or `-`.
        out: PathBuf,
    },
    /// Run the benchmarks, at their fastest.
    #[command(disable_help_flag = true)]
    Bench {
        /// As `cargo xtask bench --help` says.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Draw docs/report.svg: what `marey report` shows of the demo trace.
    Picture {
        /// Change nothing, and fail if the picture is not current.
        #[arg(long)]
        check: bool,
        /// Run this marey instead of building one.
        #[arg(long, value_name = "PATH")]
        bin: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().verb {
        Verb::Tidy => run_tidy(),
        Verb::Corpus { check: true } => corpus::check(&root()).map(|()| ExitCode::SUCCESS),
        Verb::Corpus { check: false } => corpus::write(&root()).map(|()| ExitCode::SUCCESS),
        Verb::Seeds { check: true } => seeds::check(&root()).map(|()| ExitCode::SUCCESS),
        Verb::Seeds { check: false } => seeds::write(&root()).map(|()| ExitCode::SUCCESS),
        Verb::Trace { kind, bytes, out } => run_trace(kind, bytes, &out),
        Verb::Bench { arguments } => run_bench(&arguments),
        Verb::Picture { check, bin } => run_picture(check, bin),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(2)
        }
    }
}

fn run_tidy() -> io::Result<ExitCode> {
    let repository = tidy::Repository::read(&root())?;
    let findings = repository.tidy();
    findings.iter().for_each(|finding| println!("{finding}"));
    println!("tidy: {} files, {} findings", repository.files.len(), findings.len());
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_trace(kind: large::Kind, bytes: u64, out: &Path) -> io::Result<ExitCode> {
    let answer = large::write_file(kind, bytes, out)?;
    eprintln!(
        "{} packets, {} bytes captured, {} on the wire",
        answer.packets, answer.captured_bytes, answer.wire_bytes
    );
    Ok(ExitCode::SUCCESS)
}

fn run_bench(arguments: &[OsString]) -> io::Result<ExitCode> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(root())
        .args(["run", "--quiet", "--release", "--package", "marey-benches", "--"])
        .args(arguments)
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_picture(check: bool, bin: Option<PathBuf>) -> io::Result<ExitCode> {
    let bin = match bin {
        Some(bin) => bin,
        None => picture::build(&root())?,
    };
    if check {
        picture::check(&root(), &bin)?;
    } else {
        picture::draw(&root(), &bin)?;
    }
    Ok(ExitCode::SUCCESS)
}
