//! The repository's chores: `cargo xtask VERB`.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{picture, root, tidy};

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
