//! The methods that record events.

use std::fmt::Write as _;

use marey_ctf::schema::{EventClass, StreamClass};

use super::compound::Calls;
use super::filters;
use super::function::{Function, Parameter, Shared, function};
use super::names::plain;
use super::types::quoted;
use super::write::Body;
use crate::definition::Definition;
use crate::plan::{Unsupported, plan};
use crate::scopes::{event_scopes, name};

/// What is known of where an event starts: nothing.
const ANYWHERE: u64 = 1;

/// The method that records an event of the stream whose type has this name.
pub fn method(
    definition: &Definition,
    shared: &Shared<'_>,
    (stream_index, stream): (usize, &StreamClass),
    (index, event): (usize, &EventClass),
    own: &str,
) -> Result<String, Vec<Unsupported>> {
    let scopes = event_scopes(stream, event);
    let plan = plan(&scopes, ANYWHERE)?;
    let mut function = function(shared, (stream_index, Some(index)), (&scopes, &plan), "")?;
    function.values.event_id = Some(event.id);
    function.values.stream_id = stream.id.unwrap_or_default();
    let calls = Calls::of(&plan);
    let mut write = Body::new(&function.values, &plan, &calls);
    write.writes(4);
    let mut body = Body::new(&function.values, &plan, &calls);
    let functions = calls.text(2, (stream_index, Some(index)), shared.types());
    let extensions = &definition.extensions;
    if extensions.left_out.has(stream, event) {
        return Ok(left_out(&function, event, "&mut self"));
    }
    body.out += &head(&function, event);
    body.out += &signature(&function, event, "&mut self");
    body.out += &functions;
    body.line(2, &format!("if !{} {{", filters::check(extensions.filters, own, (index, event))));
    body.line(3, "return false;");
    body.line(2, "}");
    function.prologue(&mut body, "return self.stream.discard();");
    body.line(2, "self.stream.record(");
    places(&mut body, &write.used());
    let uses = |name: &str| {
        let is_no_letter = |c: char| !c.is_alphanumeric() && c != '_';
        write.out.split(is_no_letter).any(|word| word == name)
    };
    let argument = |name: &'static str| if uses(name) { name } else { "_" };
    let names = tuple(&write.used().iter().map(|base| format!("b{base}")).collect::<Vec<_>>());
    body.line(3, &format!("|{}, {}, {names}| {{", argument("packet"), argument("now")));
    body.out += &write.out;
    body.line(4, "Some(())");
    body.line(3, "},");
    body.line(2, ")");
    body.line(1, "}");
    Ok(body.out)
}

/// The documentation.
pub fn head(function: &Function<'_>, event: &EventClass) -> String {
    let event_name = name(&event.identity);
    let level = event.log_level.map(|level| format!(", of log level {level}"));
    let level = level.unwrap_or_default();
    let mut text = format!("    /// Records event {}{level}.\n", quoted(event_name));
    if !function.parameters.is_empty() {
        text += "    ///\n";
    }
    for parameter in &function.parameters {
        let _ = writeln!(text, "    /// * {}", parameter.about());
    }
    text
}

/// The first line of the method; `own` is how it takes its stream.
pub fn signature(function: &Function<'_>, event: &EventClass, own: &str) -> String {
    let parameter = |it: &Parameter<'_>| format!(", {}: {}", it.name, it.rust_type);
    let parameters: String = function.parameters.iter().map(parameter).collect();
    let event = plain(name(&event.identity));
    format!("    pub fn trace_{event}({own}{parameters}) -> bool {{\n")
}

/// A method that does nothing, and of which nothing is left where it is called.
pub fn left_out(function: &Function<'_>, event: &EventClass, own: &str) -> String {
    let mut text = head(function, event)
        + "    ///\n    /// It is left out: nothing is recorded, and nothing is counted.\n    \
           #[inline(always)]\n"
        + &signature(function, event, own);
    for parameter in &function.parameters {
        let _ = writeln!(text, "        let _ = {};", parameter.name);
    }
    text + "        false\n    }\n"
}

/// The closure that finds these bases and the end.
fn places(body: &mut Body<'_>, used: &[usize]) {
    let is_short = body.plan.is_short();
    let base = |base: &usize| if is_short { format!("b{base}") } else { format!("b{base} as u32") };
    let found = tuple(&used.iter().map(base).collect::<Vec<_>>());
    let end = Body::place(body.plan.end);
    body.line(3, "|b0| {");
    if is_short {
        body.moves(4);
        body.line(4, &format!("({found}, u64::from({end}))"));
    } else {
        body.line(4, "let b0 = u64::from(b0);");
        body.moves(4);
        body.line(4, &format!("({found}, {end})"));
    }
    body.line(3, "},");
}

fn tuple(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        names => format!("({})", names.join(", ")),
    }
}
