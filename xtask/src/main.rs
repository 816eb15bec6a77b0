//! The repository's chores: `cargo xtask VERB`.

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{root, tidy};

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
}

fn main() -> ExitCode {
    let done = match Arguments::parse().verb {
        Verb::Tidy => run_tidy(),
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
