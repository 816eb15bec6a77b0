//! A diagnostic as one line of JSON.

use serde_json::{Map, Value, json as value};

use super::Diagnostic;
use crate::source::{Sources, Span};

/// One line of JSON, without its end.
///
/// A place has `file`, `line`, `column`, `end_line` and `end_column`, all `null` when there is
/// none. `related` and `included_from` hold such places.
pub fn json(found: &Diagnostic, sources: &Sources) -> String {
    let mut line = Map::new();
    line.insert("type".into(), "diagnostic".into());
    line.insert("severity".into(), found.severity.as_str().into());
    line.insert("what".into(), found.what.as_str().into());
    line.extend(place(found.span, sources));
    line.insert("label".into(), found.label.as_str().into());
    let related = found.also.iter().map(|(span, text)| {
        let mut related = place(Some(*span), sources);
        related.insert("label".into(), text.as_str().into());
        Value::Object(related)
    });
    line.insert("related".into(), related.collect());
    let chain = found.chain(sources).into_iter();
    let chain = chain.map(|span| Value::Object(place(Some(span), sources)));
    line.insert("included_from".into(), chain.collect());
    line.insert("help".into(), value!(found.help));
    Value::Object(line).to_string()
}

/// A place as properties: `file`, `line`, `column`, `end_line` and `end_column`, all `null` when
/// there is none.
pub fn place(span: Option<Span>, sources: &Sources) -> Map<String, Value> {
    let mut place = Map::new();
    let start = span.map(|span| sources.position(span.file, span.start));
    let end = span.map(|span| sources.position(span.file, span.end));
    place.insert("file".into(), value!(span.map(|span| sources.path(span.file))));
    place.insert("line".into(), value!(start.map(|start| start.line)));
    place.insert("column".into(), value!(start.map(|start| start.column)));
    place.insert("end_line".into(), value!(end.map(|end| end.line)));
    place.insert("end_column".into(), value!(end.map(|end| end.column)));
    place
}

impl Diagnostic {
    /// Where its file is included, innermost first.
    pub(super) fn chain(&self, sources: &Sources) -> Vec<Span> {
        match self.span {
            Some(span) if self.included_from.is_empty() => sources.include_chain(span.file),
            _ => self.included_from.clone(),
        }
    }
}
