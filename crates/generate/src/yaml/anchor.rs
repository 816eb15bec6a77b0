//! Anchors, and the aliases that stand for them.

use super::load::{Built, Loader, Weight, shorten};
use super::{ANCHORS_MAX, Node, Value};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

impl Loader<'_> {
    /// Keeps a node for the aliases of its anchor.
    pub(super) fn keep(&mut self, anchor: usize, built: &Built) {
        if anchor != 0 {
            self.anchors.insert(anchor, built.clone());
        }
    }

    /// A name for the node before it.
    pub(super) fn anchor(&mut self, name: &str, place: Span) -> Result<(), Diagnostic> {
        self.anchors_seen += 1;
        if self.anchors_seen > ANCHORS_MAX {
            let what = format!("the file has more than {ANCHORS_MAX} anchors");
            return Err(Diagnostic::error(what).at(place, "one too many"));
        }
        if let Some(before) = self.anchor_names.insert(name.to_owned(), place) {
            let error = Diagnostic::error(format!("the anchor `&{}` is here twice", shorten(name)));
            let error = error.at(place, "again").also(before, "first here");
            self.problem(error.help("give it another name"));
        }
        Ok(())
    }

    /// Another place for a node that is there already.
    pub(super) fn alias(&mut self, id: usize, place: Span) -> Result<(), Diagnostic> {
        let Some(built) = self.anchors.get(&id).cloned() else {
            let name = shorten(self.sources.slice(place));
            let error = Diagnostic::error(format!("`{name}` stands for itself"));
            return Err(error.at(place, "inside what it stands for"));
        };
        self.count(built.weight, place)?;
        self.add(built, place);
        Ok(())
    }

    /// A mistake, or text that should be in quotes.
    pub(super) fn unknown_alias(&mut self, name: &str, place: Span) {
        let error = Diagnostic::error(format!("there is no anchor `&{}`", shorten(name)));
        let error = error.at(place, "an alias needs an anchor before it");
        let error = error.help_nearest(name, self.anchor_names.keys().map(String::as_str));
        let help = format!("write '*{}' in quotes when it is text", shorten(name));
        self.problem(error.help(help));
        let node = Node::new(Value::Null, place);
        self.add(Built { node, weight: Weight::default(), special: None }, place);
    }
}
