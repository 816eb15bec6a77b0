//! `marey config diff`: whether two configurations are wire-compatible.

use marey::Error;
use marey_generate::diagnostic::{place, render_as};
use marey_generate::diff::{Comparison, Difference, Effect, Verdict};
use serde_json::{Map, Value, json};

use super::args::Diff;
use crate::args::Common;
use crate::escape;
use crate::exit::Exit;
use crate::generate::{
    self,
    problems::{self, Teller},
};
use crate::style;

/// Compares two configurations.
pub fn run(verb: &Diff, common: &Common) -> Result<Exit, Error> {
    let search = match problems::search(&verb.includes) {
        Ok(search) => search,
        Err(exit) => return Ok(exit),
    };
    let options = verb.of_version_2.options(search);
    let [first, second] = [&verb.first, &verb.second].map(|path| problems::path_of(path));
    let comparison = match Comparison::read(first, second, &options) {
        Ok(comparison) => comparison,
        Err(why) => return Ok(generate::of_version_3(why)),
    };
    let mut teller = Teller::new(common);
    teller.tell(&comparison.problems, &comparison.sources, "nothing was compared");
    for difference in &comparison.differences {
        show(difference, &comparison, &mut teller, common);
    }
    let mut exit = Exit::default();
    if let Some(verdict) = comparison.verdict {
        tell(verdict, &comparison, &mut teller);
        exit.refused = !verdict.is_compatible();
    }
    let more = [("differences".to_owned(), json!(comparison.count))];
    let is_readable = !comparison.problems.has_errors();
    teller.finish(&comparison.problems, Map::from_iter(more), &mut exit);
    // 1 is an answer, and there is none.
    exit.refused &= is_readable;
    exit.input |= !is_readable;
    Ok(exit)
}

fn word(effect: Effect) -> &'static str {
    match effect {
        Effect::None => "no effect",
        Effect::Meaning => "other meaning",
        Effect::Removed => "removed",
        Effect::Added => "added",
        Effect::Bytes => "other bytes",
    }
}

fn show(found: &Difference, comparison: &Comparison, teller: &mut Teller<'_>, common: &Common) {
    if teller.is_json() {
        return teller.json(&as_json(found, comparison));
    }
    let coloured = style::has_coloured_stdout(common);
    let diagnostic = found.diagnostic(&comparison.names);
    let text = render_as(&diagnostic, word(found.effect), &comparison.sources, coloured);
    teller.out.line(&text);
}

fn as_json(found: &Difference, comparison: &Comparison) -> Value {
    let side = |(span, label): &(_, String)| {
        let mut side = place(*span, &comparison.sources);
        side.insert("label".to_owned(), json!(label));
        Value::Object(side)
    };
    let [first, second] = &found.sides;
    json!({
        "type": "difference",
        "effect": found.effect.as_str(),
        "what": found.what,
        "first": side(first),
        "second": side(second),
        "so": found.so,
    })
}

fn tell(verdict: Verdict, comparison: &Comparison, teller: &mut Teller<'_>) {
    if teller.is_json() {
        return teller.json(&json!({
            "type": "verdict",
            "compatible": verdict.is_compatible(),
            "same_bytes": verdict.same_bytes,
            "first_by_second": verdict.first_by_second,
            "second_by_first": verdict.second_by_first,
        }));
    }
    let hidden = comparison.count - comparison.differences.len();
    if hidden > 0 {
        teller.out.line(&format!("{hidden} more differences are not shown"));
    }
    let [first, second] = comparison.names.each_ref().map(|name| escape::terminal(name));
    let answer = |holds: bool| if holds { "understood" } else { "not understood" };
    let bytes = if verdict.same_bytes { "the same bytes" } else { "other bytes" };
    teller.out.line(&format!("the same calls write {bytes}"));
    let reading =
        [(&first, &second, verdict.first_by_second), (&second, &first, verdict.second_by_first)];
    for (trace, metadata, holds) in reading {
        let answer = answer(holds);
        teller
            .out
            .line(&format!("a trace of {trace} read with the metadata of {metadata}: {answer}"));
    }
}
