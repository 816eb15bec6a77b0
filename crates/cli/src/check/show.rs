//! What is known of programs and filters, for a person.

use marey_recorder::blocks::Place;

use super::found::{Program, Rule};
use crate::escape;
use crate::page::layout::{COLUMNS, fit, wrap};
use crate::page::words::grouped;
use crate::style::Styles;

/// Where the answers stand in a line.
const INDENT: usize = 12;

/// A program and its blocks.
pub fn program(program: &Program, verbose: bool, styles: &Styles) -> String {
    let layout = &program.layout;
    let mut facts = vec!["no mistakes".to_owned()];
    match layout.bytes() {
        0 => facts.push("no state".to_owned()),
        bytes => facts.push(format!("{} bytes of state", grouped(bytes as u64))),
    }
    match layout.tables.len() {
        0 => {}
        1 => facts.push("1 table of counts".to_owned()),
        count => facts.push(format!("{count} tables of counts")),
    }
    let title = styles.title;
    let name = escape::terminal(&program.name);
    let mut text = format!("{title}{name}{title:#}: {}\n", facts.join(", "));
    for block in &program.blocks {
        let line = block.line.map(|line| format!(", line {line}")).unwrap_or_default();
        let what = fit(&block.what, COLUMNS - 2 - line.len(), true);
        text.push_str(&format!("  {what}{line}\n"));
        rule(block, verbose, styles, &mut text);
    }
    text
}

/// A filter.
pub fn filter(filter: &Rule, verbose: bool, styles: &Styles) -> String {
    let title = styles.title;
    let what = fit(&filter.what, COLUMNS - "-f : no mistakes".len(), true);
    let mut text = format!("{title}-f {what}{title:#}: no mistakes\n");
    rule(filter, verbose, styles, &mut text);
    text
}

/// The answers, a line or more for each.
fn rule(rule: &Rule, verbose: bool, styles: &Styles, text: &mut String) {
    let dim = styles.dim;
    let mut answer = |what: &str, answer: &str| {
        for (index, line) in wrap(answer, COLUMNS - INDENT).iter().enumerate() {
            let what = if index == 0 { what } else { "" };
            text.push_str(&format!("    {dim}{what:8}{dim:#}{line}\n"));
        }
    };
    let Some(events) = &rule.events else { return answer("events", "not known") };
    let of_programs =
        if rule.is_of_programs { ", and those of programs that it names" } else { "" };
    answer(
        "events",
        &match events.len() {
            0 if rule.is_of_programs => "those of programs that it names".to_owned(),
            1 => format!("1 of this kernel{of_programs}"),
            count => format!("{} of this kernel{of_programs}", grouped(count as u64)),
        },
    );
    if verbose && !events.is_empty() {
        let names = events.iter().map(|event| format!("{}:{}", event.system, event.name));
        answer("", &names.collect::<Vec<_>>().join(" "));
    }
    if rule.unrecordable > 0 {
        let count = grouped(rule.unrecordable as u64);
        answer("", &format!("{count} of them cannot be recorded: they are too long"));
    }
    if let Some(steps) = rule.steps {
        answer("steps", &format!("at most {steps}"));
    }
    for (place, count) in &rule.places {
        let some = match (rule.places.len(), count) {
            (1, _) => String::new(),
            (_, 1) => "1 event: ".to_owned(),
            _ => format!("{} events: ", grouped(*count as u64)),
        };
        answer(
            "runs",
            &match place {
                Place::Kernel => format!("{some}in the kernel"),
                Place::Drain(why) => format!("{some}at the drain: {why}"),
            },
        );
    }
    if rule.is_of_programs {
        answer(
            "runs",
            "events of programs: at the drain, in the order of time; what the first block discards \
             without state, in the program",
        );
    }
    if let Some(early) = &rule.early {
        let early = escape::terminal(early);
        answer("early", &format!("{early} (the kernel asks this, if all before it run there)"));
    }
}
