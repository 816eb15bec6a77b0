//! What an event looks like: its fields, and what filters call them.

use marey_recorder::kernel::class::{self, Context};
use marey_recorder::select::Selected;
use marey_recorder::tracefs::{Field, Format, Kind};
use serde_json::{Value, json};

use crate::page::layout::{COLUMNS, width, wrap};
use crate::style::Styles;

/// How wide the columns of names and of types are at least.
const NAME_WIDTH: usize = 16;
const TYPE_WIDTH: usize = 9;

/// A line for each field.
pub fn lines(format: &Format, styles: &Styles) -> Vec<String> {
    let names = format.fields.iter().map(|field| field.name.len());
    let name_width = names.max().unwrap_or(0).max(NAME_WIDTH);
    let mut lines = Vec::new();
    for field in &format.fields {
        let meaning = meaning(format, field);
        let mut line =
            format!("  {:name_width$}  {:TYPE_WIDTH$}  {}", field.name, of(field), field.c_type);
        let fits = width(&line) + 2 + width(&meaning) <= COLUMNS;
        let (dim, end) = (styles.dim, line.trim_end().len());
        line.truncate(end);
        if meaning.is_empty() {
            lines.push(line);
        } else if fits {
            lines.push(format!("{line}  {dim}{meaning}{dim:#}"));
        } else {
            lines.push(line);
            lines.push(format!("  {:name_width$}  {dim}{meaning}{dim:#}", ""));
        }
    }
    lines
}

/// What every event has besides, in a few lines.
pub fn contexts(styles: &Styles) -> Vec<String> {
    let names: Vec<&str> = Context::ALL.iter().map(|(_, name, _)| *name).collect();
    let text = format!(
        "Filters know of every event also: {}. `pid` and `tid` are of whom the event concerns, \
         and `current.pid` and `current.tid` of who ran.",
        names.join(", ")
    );
    let dim = styles.dim;
    let lines = wrap(&text, COLUMNS).into_iter().map(|line| format!("{dim}{line}{dim:#}"));
    [String::new()].into_iter().chain(lines).collect()
}

/// The type in short: as long as it is, and what is in it.
fn of(field: &Field) -> String {
    let number = |size: u32, is_signed: bool| {
        format!("{}{}", if is_signed { "i" } else { "u" }, u64::from(size) * 8)
    };
    match field.kind {
        Kind::Number { is_pointer: true, .. } => "pointer".to_owned(),
        Kind::Number { is_signed, .. } => number(field.size, is_signed),
        Kind::Text => format!("text[{}]", field.size),
        Kind::DynamicText(_) | Kind::ProcessText => "text".to_owned(),
        Kind::Numbers { size, is_signed } => {
            format!("{}[{}]", number(size, is_signed), field.size / size.max(1))
        }
        Kind::DynamicNumbers { size, is_signed, .. } => format!("{}[]", number(size, is_signed)),
    }
}

/// What filters call it, if that is not its name; nothing if they cannot ask for it.
fn in_filters(field: &Field) -> Option<String> {
    match field.kind {
        Kind::Numbers { .. } | Kind::DynamicNumbers { .. } => None,
        _ if is_context(&field.name) => Some(format!("field.{}", field.name)),
        _ => Some(field.name.clone()),
    }
}

/// Whether a context has this name, too. Where a field is called `id`, the number of the event is
/// not.
fn is_context(name: &str) -> bool {
    name != "id" && Context::ALL.iter().any(|(_, context, _)| *context == name)
}

fn meaning(format: &Format, field: &Field) -> String {
    let mut meaning = match in_filters(field) {
        None => "not in filters".to_owned(),
        Some(name) if name != field.name => format!("in filters {name}"),
        Some(_) => String::new(),
    };
    if class::concerned(format) == Some(field) {
        meaning.push_str(if meaning.is_empty() { "" } else { "; " });
        meaning.push_str("whom it concerns");
    }
    meaning
}

/// The event as a line of JSON.
pub fn json(event: &Selected, format: Option<&Format>) -> Value {
    let mut line = json!({
        "type": "event",
        "system": event.system,
        "name": event.name,
        "recorded": event.recorded,
    });
    if let (Some(format), Value::Object(members)) = (format, &mut line) {
        let fields: Vec<Value> = format.fields.iter().map(|field| of_json(format, field)).collect();
        members.insert("id".to_owned(), json!(format.id));
        members.insert("fields".to_owned(), json!(fields));
    }
    line
}

fn of_json(format: &Format, field: &Field) -> Value {
    let (kind, element, is_signed) = match field.kind {
        Kind::Number { is_signed, is_pointer: false } => ("number", field.size, is_signed),
        Kind::Number { is_signed, is_pointer: true } => ("pointer", field.size, is_signed),
        Kind::Text | Kind::DynamicText(_) | Kind::ProcessText => ("text", 1, false),
        Kind::Numbers { size, is_signed } | Kind::DynamicNumbers { size, is_signed, .. } => {
            ("numbers", size, is_signed)
        }
    };
    let is_dynamic = matches!(
        field.kind,
        Kind::DynamicText(_) | Kind::DynamicNumbers { .. } | Kind::ProcessText
    );
    json!({
        "name": field.name,
        "kind": kind,
        "signed": is_signed,
        "element_bytes": element,
        "bytes": (!is_dynamic).then_some(field.size),
        "c_type": field.c_type,
        "in_filters": in_filters(field),
        "concerned": class::concerned(format) == Some(field),
    })
}
