//! The marey command: see what is in a trace.
//!
//! Read on in `args` (what can be asked for), then in the folder of the verb. A verb writes data
//! to `out::Out` and words to standard error, and says how it went by an [`exit::Exit`].

mod args;
#[cfg(target_os = "linux")]
mod check;
mod config;
#[cfg(target_os = "linux")]
mod doctor;
mod escape;
#[cfg(target_os = "linux")]
mod events;
mod examples;
mod exit;
mod formats;
mod generate;
mod inputs;
#[cfg(target_os = "linux")]
mod live;
mod man;
mod out;
mod page;
mod print;
mod progress;
#[cfg(target_os = "linux")]
mod record;
#[cfg(target_os = "linux")]
mod repair;
mod report;
mod stats;
mod style;
mod target;
#[cfg(target_os = "linux")]
mod tracefs;
#[cfg(target_os = "linux")]
mod uprobes;

use std::process::ExitCode;

use args::{Args, Verb};
use exit::Exit;

fn main() -> ExitCode {
    exit::on_panic();
    let args = match Args::of_process() {
        Ok(args) => args,
        Err(e) => return exit::of_usage(&e),
    };
    let common = args.common;
    let exit = match args.verb {
        Verb::Report(verb) => report::run(&verb, &common),
        Verb::Stats(verb) => stats::run(&verb, &common),
        Verb::Print(verb) => print::run(&verb, &common),
        Verb::Generate(verb) => generate::run(&verb, &common),
        Verb::Config { verb } => config::run(&verb, &common),
        Verb::ShowEffectiveConfiguration(verb) => config::show_as_version_3(verb, &common),
        Verb::ShowConfigurationVersion(verb) => config::version(&verb, &common),
        #[cfg(target_os = "linux")]
        Verb::Record(verb) => record::run(&verb, &common),
        #[cfg(target_os = "linux")]
        Verb::Repair(verb) => repair::run(&verb, &common),
        #[cfg(target_os = "linux")]
        Verb::Events(verb) => events::run(&verb, &common),
        #[cfg(target_os = "linux")]
        Verb::Check(verb) => check::run(&verb, &common),
        #[cfg(target_os = "linux")]
        Verb::Doctor => doctor::run(&common),
        Verb::Formats => formats::run(&common),
        Verb::Completions { shell } => man::completions(shell),
        Verb::Man { verb } => man::run(verb.as_deref()),
    };
    exit.unwrap_or_else(|e| Exit::of_error(&e)).into()
}
