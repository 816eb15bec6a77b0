//! `marey completions` and `marey man`: generated from the same source as `--help`.

use clap_mangen::roff::{Inline, Roff, bold, italic, roman};
use marey::Error;

use crate::args;
use crate::examples;
use crate::exit::Exit;
use crate::out::Out;

/// Writes completions for a shell.
pub fn completions(shell: clap_complete::Shell) -> Result<Exit, Error> {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "marey", &mut bytes);
    Ok(write(&bytes))
}

/// Writes the manual page of marey, or of a verb.
pub fn run(verb: Option<&str>) -> Result<Exit, Error> {
    let mut bytes = Vec::new();
    page(verb, &mut bytes)?;
    Ok(write(&bytes))
}

/// A manual page: what clap knows, then examples, exit statuses and the like.
fn page(verb: Option<&str>, out: &mut Vec<u8>) -> std::io::Result<()> {
    let whole = args::command();
    let command = match verb.and_then(|verb| whole.find_subcommand(verb)) {
        Some(found) => {
            let name = format!("marey-{}", found.get_name());
            found.clone().name(name.clone()).display_name(name)
        }
        None => whole.clone(),
    };
    let has_verbs = command.has_subcommands();
    let command = command.subcommand_help_heading("VERBS").subcommand_value_name("VERB");
    let version = concat!("marey ", env!("CARGO_PKG_VERSION"));
    let man = clap_mangen::Man::new(command).source(version).manual("marey");
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    match (verb, has_verbs) {
        (None, _) => man.render_subcommands_section(out)?,
        (Some(verb), true) => verbs_of(verb, &whole, out)?,
        (Some(_), false) => {}
    }
    rest(verb).to_writer(out)
}

/// What can be done with a verb that has verbs of its own: they have no page.
fn verbs_of(verb: &str, whole: &clap::Command, out: &mut Vec<u8>) -> std::io::Result<()> {
    let verbs = whole.find_subcommand(verb).into_iter().flat_map(clap::Command::get_subcommands);
    for found in verbs.filter(|found| found.get_name() != "help" && !found.is_hide_set()) {
        let mut roff = Roff::new();
        roff.control("SH", [format!("{verb} {}", found.get_name()).to_uppercase().as_str()]);
        roff.text([roman(found.get_about().map(ToString::to_string).unwrap_or_default())]);
        roff.to_writer(out)?;
        let man = clap_mangen::Man::new(found.clone());
        let mut sections = Vec::new();
        man.render_synopsis_section(&mut sections)?;
        man.render_options_section(&mut sections)?;
        let sections = String::from_utf8_lossy(&sections).replace(".SH ", ".SS ");
        out.extend(sections.into_bytes());
    }
    Ok(())
}

/// The sections that clap knows nothing of.
fn rest(verb: Option<&str>) -> Roff {
    let mut roff = Roff::new();
    if matches!(verb, None | Some("report" | "stats" | "print")) {
        roff.control("SH", ["INPUTS"]).text([roman(args::INPUTS.replace('`', ""))]);
    }
    roff.control("SH", ["EXAMPLES"]);
    for (command, what) in examples::of(verb) {
        let what = if what.is_empty() { Vec::new() } else { vec![roman(*what)] };
        tagged(&mut roff, bold(*command), what);
    }
    roff.control("SH", ["EXIT STATUS"]);
    for (status, what) in args::STATUSES {
        tagged(&mut roff, bold(status.to_string()), vec![roman(what)]);
    }
    roff.control("PP", []);
    roff.text([roman("If several hold, it is the first of 70, 6, 5, 2, 4, 3, 1.")]);
    roff.control("SH", ["ENVIRONMENT"]);
    tagged(&mut roff, bold("NO_COLOR"), vec![roman("if set and not empty, nothing is coloured")]);
    roff.control("SH", ["SEE ALSO"]);
    roff.text(see_also(verb));
    roff
}

/// A paragraph under a tag.
fn tagged(roff: &mut Roff, tag: Inline, text: Vec<Inline>) {
    roff.control("TP", []).text([tag]);
    roff.text(text);
}

/// The other pages.
fn see_also(verb: Option<&str>) -> Vec<Inline> {
    let verbs = args::VERBS.iter().filter(|other| Some(**other) != verb);
    let pages = verbs.map(|verb| format!("marey-{verb}"));
    let pages = verb.map(|_| "marey".to_owned()).into_iter().chain(pages);
    let mut text = Vec::new();
    for (index, page) in pages.enumerate() {
        if index > 0 {
            text.push(roman(", "));
        }
        text.push(italic(page));
        text.push(roman("(1)"));
    }
    text
}

fn write(bytes: &[u8]) -> Exit {
    let (mut out, mut exit) = (Out::new(), Exit::default());
    out.write(bytes);
    out.finish(&mut exit);
    exit
}
