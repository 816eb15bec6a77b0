//! `marey doctor`: what this machine, user and container allow for recording, and what helps.

use marey::Error;
use marey::pipeline::Ledger;
use marey_recorder::probe::{self, Answer, Probe, Purpose};
use serde_json::{Value, json};

use crate::args::Common;
use crate::escape;
use crate::exit::Exit;
use crate::inputs;
use crate::out::Out;
use crate::page::layout::{COLUMNS, fit, wrap};
use crate::style::{PLAIN, Styles};

/// Where what was found stands in a line.
const INDENT: usize = 24;

/// Asks, and says what is possible. The answer is no if no kernel events can be recorded.
pub fn run(common: &Common) -> Result<Exit, Error> {
    let probes = probe::all();
    let can_events = probe::is_possible(&probes, Purpose::Events);
    let can_programs = probe::is_possible(&probes, Purpose::Programs);
    let can_packets = probe::is_possible(&probes, Purpose::Packets);
    let mut out = Out::new();
    if common.json {
        probes.iter().for_each(|probe| {
            out.json(&line_of_json(probe));
        });
        out.json(&json!({
            "type": "end",
            "kernel_events": can_events,
            "kernel_programs": can_programs,
            "packets": can_packets,
            "ledger": inputs::json_ledger(&Ledger::default()),
        }));
    } else {
        let how = match (can_events, can_programs) {
            (true, false) => ", through perf",
            _ => "",
        };
        let possible = [("kernel events", can_events, how), ("packets", can_packets, "")];
        out.write(text(&probes, possible, &Styles::stdout(common)).as_bytes());
    }
    let mut exit = Exit { refused: !can_events, ..Exit::default() };
    out.finish(&mut exit);
    Ok(exit)
}

fn text(probes: &[Probe], possible: [(&str, bool, &str); 2], styles: &Styles) -> String {
    let mut text = String::new();
    let title = styles.title;
    for (what, is_possible, how) in possible {
        let answer = if is_possible { "can be recorded" } else { "cannot be recorded" };
        let style = if is_possible { styles.title } else { styles.bad };
        text.push_str(&format!("{title}{what}{title:#} {style}{answer}{how}{style:#}\n"));
    }
    for probe in probes {
        line(probe, styles, &mut text);
    }
    let remedies = remedies(probes);
    if !remedies.is_empty() {
        text.push_str(&format!("{title}what helps{title:#}\n"));
    }
    for remedy in remedies {
        // A command stands whole on its line, to be copied.
        text.push_str(&format!("  {}\n", escape::terminal(remedy)));
    }
    text
}

fn line(probe: &Probe, styles: &Styles, text: &mut String) {
    let is_needed = probe.purpose != Purpose::Hint;
    let (word, style) = match (probe.answer, is_needed) {
        (Answer::Yes, true) => ("yes", styles.bar),
        (Answer::No, true) => ("no", styles.bad),
        (Answer::Unknown, true) => ("?", styles.dim),
        (_, false) => ("", PLAIN),
    };
    let found = fit(&probe.found, COLUMNS * 2, true);
    for (index, found) in wrap(&found, COLUMNS - INDENT - 4).iter().enumerate() {
        let (word, name) = if index == 0 { (word, probe.name) } else { ("", "") };
        text.push_str(&format!("  {style}{word:3}{style:#} {name:20}  {found}\n"));
    }
}

/// What helps with what is needed, each once.
fn remedies(probes: &[Probe]) -> Vec<&str> {
    let mut remedies: Vec<&str> = Vec::new();
    let needed = probes.iter().filter(|probe| probe.purpose != Purpose::Hint);
    for remedy in needed.filter_map(|probe| probe.remedy.as_deref()) {
        if !remedies.contains(&remedy) {
            remedies.push(remedy);
        }
    }
    remedies
}

fn line_of_json(probe: &Probe) -> Value {
    json!({
        "type": "probe",
        "name": probe.name,
        "needed_for": match probe.purpose {
            Purpose::Events => Some("kernel_events"),
            Purpose::Programs => Some("kernel_programs"),
            Purpose::Packets => Some("packets"),
            Purpose::Hint => None,
        },
        "answer": match probe.answer {
            Answer::Yes => Some(true),
            Answer::No => Some(false),
            Answer::Unknown => None,
        },
        "found": probe.found,
        "remedy": probe.remedy,
    })
}
