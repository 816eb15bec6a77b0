//! Tags: YAML's own, and that of a configuration.

use std::sync::Arc;

use granit_parser::Tag;

use super::load::{Built, Loader, Weight, shorten};
use super::scalar::construct;
use super::{Node, Value};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// How YAML's own tags begin, which are written with `!!`.
const CORE: &str = "tag:yaml.org,2002:";

/// The tag, its handle replaced by what it stands for.
pub(super) fn full(tag: &Tag) -> String {
    format!("{}{}", tag.handle(), tag.suffix())
}

impl Loader<'_> {
    /// The tag of a list or a map, when it is to be kept.
    pub(super) fn collection_tag(
        &mut self,
        tag: String,
        kind: &str,
        place: Span,
    ) -> Option<(Arc<str>, Span)> {
        match tag.strip_prefix(CORE) {
            Some(name) if name == kind => {}
            None if tag == "!" => {}
            None if self.open.is_empty() => return Some((tag.into(), place)),
            Some(name @ ("str" | "int" | "float" | "bool" | "null" | "seq" | "map")) => {
                let is = if kind == "seq" { "a list" } else { "a map" };
                let error = Diagnostic::error(format!("`!!{name}` can't be {is}"));
                self.problem(error.at(place, "").help("take the tag away"));
            }
            _ => self.unknown_tag(&tag, place),
        }
        None
    }

    fn unknown_tag(&mut self, tag: &str, place: Span) {
        let written = shorten(self.sources.slice(place));
        let error = Diagnostic::error(format!("the tag `{written}` is not supported"));
        let error = match tag.strip_prefix(CORE) {
            Some(name) if name.starts_with("python/") => {
                let error = error.at(place, "loading a file never runs anything");
                error.help("take the tag away, or write the value itself")
            }
            Some(_) => error.at(place, "").help("take the tag away: use a list or a map"),
            None => {
                let error = error.at(place, "only the outermost node can have one");
                error.help("take the tag away")
            }
        };
        self.problem(error);
    }

    /// A scalar whose tag says how to read it.
    pub(super) fn tagged(
        &mut self,
        text: &str,
        tag: &str,
        at: Span,
        place: Span,
        weight: Weight,
    ) -> Built {
        let mut node = Node::new(Value::Null, place);
        match tag.strip_prefix(CORE) {
            Some(name) => match construct(name, text) {
                Some(Ok(value)) => node.value = value,
                Some(Err(why)) => {
                    let what = format!("`{}` is {why}", shorten(text));
                    self.problem(Diagnostic::error(what).at(place, "").also(at, "its tag"));
                }
                None if matches!(name, "seq" | "map") => {
                    let error = Diagnostic::error(format!("`!!{name}` can't be a single value"));
                    self.problem(error.at(at, "").help("take the tag away"));
                }
                None => self.unknown_tag(tag, at),
            },
            None if self.open.is_empty() => {
                node.value = Value::Text(text.into());
                node.tag = Some((tag.into(), at));
            }
            None => self.unknown_tag(tag, at),
        }
        Built { node, weight, special: None }
    }
}
