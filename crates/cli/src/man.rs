//! `marey completions` and `marey man`: generated from the same source as `--help`.

use clap::CommandFactory as _;
use marey::{Error, ErrorKind};

use crate::args::Args;
use crate::exit::Exit;
use crate::out::Out;

/// Writes completions for a shell.
pub fn completions(shell: clap_complete::Shell) -> Result<Exit, Error> {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "marey", &mut bytes);
    Ok(write(&bytes))
}

/// Writes a manual page.
pub fn run(verb: Option<&str>) -> Result<Exit, Error> {
    let mut command = Args::command();
    command.build();
    let page = match verb {
        None => command,
        Some(name) => {
            let Some(found) = command.find_subcommand(name) else {
                let reason = format!("marey has no verb {name:?}; see marey --help");
                return Err(Error::new(ErrorKind::Misuse(reason)));
            };
            found.clone().name(format!("marey-{name}")).display_name(format!("marey-{name}"))
        }
    };
    let mut bytes = Vec::new();
    clap_mangen::Man::new(page).render(&mut bytes)?;
    Ok(write(&bytes))
}

fn write(bytes: &[u8]) -> Exit {
    let (mut out, mut exit) = (Out::new(), Exit::default());
    out.write(bytes);
    out.finish(&mut exit);
    exit
}
