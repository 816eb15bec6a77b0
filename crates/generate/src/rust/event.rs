//! The methods that record events.

use marey_ctf::schema::{EventClass, StreamClass};

use super::function::{Function, Parameter, Shared, function};
use super::names::{event_scopes, name, plain};
use super::types::quoted;
use super::write::Body;
use crate::plan::{Plan, Unsupported, plan};

/// What is known of where an event starts: nothing.
const ANYWHERE: u64 = 1;

/// The method that records an event.
pub fn method(
    shared: &Shared<'_>,
    stream: (usize, &StreamClass),
    event: (usize, &EventClass),
) -> Result<String, Vec<Unsupported>> {
    let ((stream_index, stream), (index, event)) = (stream, event);
    let scopes = event_scopes(stream, event);
    let plan = plan(&scopes, ANYWHERE)?;
    let mut function = function(shared, (stream_index, Some(index)), &scopes, "")?;
    function.values.event_id = Some(event.id);
    function.values.stream_id = stream.id.unwrap_or_default();
    let mut body = Body::new(&function.values, &plan);
    head(&mut body, &function, event);
    refuse(&mut body, &function);
    record(&mut body, &function, &plan);
    body.line(1, "}");
    Ok(body.out)
}

/// What the method is for, its name and its parameters.
fn head(body: &mut Body<'_>, function: &Function<'_>, event: &EventClass) {
    let event_name = name(&event.identity);
    let level = event.log_level.map(|level| format!(", of log level {level}"));
    let about = format!("/// Records event {}{}.", quoted(event_name), level.unwrap_or_default());
    body.line(1, &about);
    if !function.parameters.is_empty() {
        body.line(1, "///");
    }
    for parameter in &function.parameters {
        body.line(1, &format!("/// * {}", parameter.about()));
    }
    let parameter =
        |parameter: &Parameter<'_>| format!(", {}: {}", parameter.name, parameter.rust_type);
    let parameters: String = function.parameters.iter().map(parameter).collect();
    body.line(1, &format!("pub fn trace_{}(&mut self{parameters}) -> bool {{", plain(event_name)));
}

/// What is found out before anything is written.
fn refuse(body: &mut Body<'_>, function: &Function<'_>) {
    body.line(2, "if !self.stream.is_enabled() {");
    body.line(3, "return false;");
    body.line(2, "}");
    for refusal in &function.refusals {
        body.line(2, &format!("if {refusal} {{"));
        body.line(3, "return self.stream.discard();");
        body.line(2, "}");
    }
    for parameter in &function.parameters {
        let own = &parameter.name;
        if parameter.is_text() {
            body.line(2, &format!("let {own} = write::text({own});"));
        } else if parameter.is_empty() {
            body.line(2, &format!("let _ = {own};"));
        }
    }
}

/// How the bases are found, and what is written there.
fn record(body: &mut Body<'_>, function: &Function<'_>, plan: &Plan) {
    let mut write = Body::new(&function.values, plan);
    write.writes(4);
    body.line(2, "self.stream.record(");
    let is_short = body.is_short();
    let base = |base: &usize| if is_short { format!("b{base}") } else { format!("b{base} as u32") };
    let used = write.used();
    let found = tuple(&used.iter().map(base).collect::<Vec<_>>());
    let end = Body::place(plan.end);
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
    let uses = |name: &str| {
        let is_word = |c: char| !c.is_alphanumeric() && c != '_';
        write.out.split(is_word).any(|word| word == name)
    };
    let argument = |name: &'static str| if uses(name) { name } else { "_" };
    let names = tuple(&used.iter().map(|base| format!("b{base}")).collect::<Vec<_>>());
    body.line(3, &format!("|{}, {}, {names}| {{", argument("packet"), argument("now")));
    body.out += &write.out;
    body.line(4, "Some(())");
    body.line(3, "},");
    body.line(2, ")");
}

fn tuple(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        names => format!("({})", names.join(", ")),
    }
}
