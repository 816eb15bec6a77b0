//! Keys of maps: text, the merge key, and what is none.

use super::load::{Built, shorten};
use super::merge;
use super::scalar::Plain;
use super::value::{Key, MapBuilder};
use super::{Map, Node, Value};
use crate::diagnostic::Diagnostic;
use crate::source::{Sources, Span};

/// A key whose value is not here yet.
pub(super) enum PendingKey {
    Text(Key),
    Merge(Span),
    /// It was no key; an error says so.
    Wrong,
}

/// Adds the value of the key that waited for it.
pub(super) fn entry(
    own: &mut MapBuilder,
    merges: &mut Vec<Map>,
    key: Option<PendingKey>,
    node: Node,
) -> Option<Diagnostic> {
    match key {
        Some(PendingKey::Text(key)) => {
            let (place, text) = (key.span, key.text.clone());
            let before = own.set(key, node)?;
            let what = format!("the key `{}` is here twice", shorten(&text));
            let warning = Diagnostic::warning(what).at(place, "this one counts");
            let warning = warning.also(before.span, "this one is lost");
            Some(warning.help("give one of them another name, or take it away"))
        }
        Some(PendingKey::Merge(place)) => match merge::maps(place, &node) {
            Ok(mut maps) => {
                merges.append(&mut maps);
                None
            }
            Err(error) => Some(error),
        },
        Some(PendingKey::Wrong) | None => None,
    }
}

/// The words of a key, or the error that it is none.
pub(super) fn as_key(
    built: Built,
    place: Span,
    sources: &Sources,
) -> Result<PendingKey, Diagnostic> {
    match (built.special, built.node.value) {
        (Some(Plain::Merge), _) => Ok(PendingKey::Merge(place)),
        (_, Value::Text(text)) => Ok(PendingKey::Text(Key { text, span: place })),
        (_, value) => Err(wrong_key(&value, place, sources)),
    }
}

fn wrong_key(value: &Value, place: Span, sources: &Sources) -> Diagnostic {
    let error = Diagnostic::error(format!("a key must be a string, not {}", value.kind()));
    let written = sources.slice(place);
    let is_scalar = !matches!(value, Value::List(_) | Value::Map(_));
    if !is_scalar || written.is_empty() {
        return error.at(place, "expected a name");
    }
    let label = format!("YAML 1.1 takes this for {}", value.kind());
    error.at(place, label).help(format!("write '{}' in quotes", shorten(written)))
}
