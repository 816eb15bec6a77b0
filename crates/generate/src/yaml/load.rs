//! From the parser's events to a tree.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::scalar::{Plain, resolve};
use super::syntax::Around;
use super::value::{Key, MapBuilder};
use super::{ANCHORS_MAX, DEPTH_MAX, Document, Map, NODES_MAX, Node, TEXT_BYTES_MAX, Value};
use super::{characters, merge, syntax, tag};
use crate::diagnostic::{Diagnostic, Problems, Severity};
use crate::source::{FileId, Sources, Span};

/// A longer name is not repeated in a message.
const SHOWN_CHARACTERS_MAX: usize = 60;

/// Makes a tree of a file; nothing when there is an error in it, which `problems` then has.
pub fn load(sources: &Sources, file: FileId, problems: &mut Problems) -> Option<Document> {
    if let Err(error) = characters::check(sources, file) {
        problems.add(error);
        return None;
    }
    let text = sources.text(file);
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        flow_nesting_limit: DEPTH_MAX + 1,
        block_nesting_limit: DEPTH_MAX + 1,
    };
    let mut loader = Loader::new(sources, file, problems);
    for event in Parser::new_from_str_with_options(text, options) {
        let step = match event {
            Ok((event, span)) => loader.event(event, span),
            Err(error) => Err(syntax::diagnose(&error, sources, file, loader.around().as_ref())),
        };
        if let Err(error) = step {
            loader.problem(error);
            break;
        }
    }
    loader.finish()
}

/// What a node costs, each alias below it counted as what it stands for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weight {
    nodes: usize,
    text_bytes: usize,
    height: usize,
}

/// A finished node.
#[derive(Clone)]
pub(super) struct Built {
    pub(super) node: Node,
    pub(super) weight: Weight,
    /// `<<` or `=`, plain.
    pub(super) special: Option<Plain>,
}

/// A list or a map that is being read.
pub(super) struct Open {
    /// What is in it so far.
    inside: Inside,
    start: Span,
    is_flow: bool,
    end: u32,
    anchor: usize,
    tag: Option<(Arc<str>, Span)>,
    weight: Weight,
}

enum Inside {
    List(Vec<Node>),
    Map { own: MapBuilder, merges: Vec<Map>, key: Option<PendingKey> },
}

/// A key whose value is not here yet.
enum PendingKey {
    Text(Key),
    Merge(Span),
    /// It was no key; an error says so.
    Wrong,
}

pub(super) struct Loader<'a> {
    pub(super) sources: &'a Sources,
    file: FileId,
    problems: &'a mut Problems,
    pub(super) open: Vec<Open>,
    anchors: HashMap<usize, Built>,
    anchor_names: HashMap<String, Span>,
    total: Weight,
    root: Option<Node>,
    documents: usize,
    has_failed: bool,
}

impl<'a> Loader<'a> {
    fn new(sources: &'a Sources, file: FileId, problems: &'a mut Problems) -> Self {
        Self {
            sources,
            file,
            problems,
            open: Vec::new(),
            anchors: HashMap::new(),
            anchor_names: HashMap::new(),
            total: Weight::default(),
            root: None,
            documents: 0,
            has_failed: false,
        }
    }

    fn finish(self) -> Option<Document> {
        let start = Span { file: self.file, start: 0, end: 0 };
        let root = self.root.unwrap_or_else(|| Node::new(Value::Null, start));
        (!self.has_failed).then_some(Document { root })
    }

    pub(super) fn problem(&mut self, found: Diagnostic) {
        self.has_failed |= found.severity == Severity::Error;
        self.problems.add(found);
    }

    /// The list or the map that is being read.
    fn around(&self) -> Option<Around> {
        let open = self.open.last()?;
        Some(Around { start: open.start, is_flow: open.is_flow })
    }

    fn event(&mut self, event: Event<'_>, span: granit_parser::Span) -> Result<(), Diagnostic> {
        let place = self.place(span);
        match event {
            Event::DocumentStart(..) => self.document(place),
            Event::Scalar(text, style, anchor, tag) => {
                let is_empty = style == ScalarStyle::Plain && place.start == place.end;
                let text = if is_empty { Cow::Borrowed("") } else { text };
                let tag = tag.map(|tag| (tag::full(&tag), self.tag_place(span, place)));
                let built = self.scalar(&text, style, tag, place)?;
                self.keep(anchor, &built);
                self.add(built, place);
                Ok(())
            }
            Event::SequenceStart(style, anchor, tag) => {
                let inside = Inside::List(Vec::new());
                let tag = tag.map(|tag| (tag::full(&tag), self.tag_place(span, place)));
                self.start(inside, is_flow(style), anchor, tag, place)
            }
            Event::MappingStart(style, anchor, tag) => {
                let inside =
                    Inside::Map { own: MapBuilder::default(), merges: Vec::new(), key: None };
                let tag = tag.map(|tag| (tag::full(&tag), self.tag_place(span, place)));
                self.start(inside, is_flow(style), anchor, tag, place)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.end(place);
                Ok(())
            }
            Event::Anchor(_, name) => self.anchor(&name, place),
            Event::Alias(id) => self.alias(id, place),
            Event::UnresolvedAlias(name) => {
                self.unknown_alias(&name, place);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn place(&self, span: granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or(0..0);
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { file: self.file, start: offset(range.start), end: offset(range.end) }
    }

    fn tag_place(&self, span: granit_parser::Span, node: Span) -> Span {
        span.tag_span().map_or(node, |span| self.place(span))
    }

    fn document(&mut self, place: Span) -> Result<(), Diagnostic> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let error = Diagnostic::error("the file has a second document");
        let error = error.at(place, "it starts here");
        Err(error.help("put it in a file of its own"))
    }

    fn start(
        &mut self,
        inside: Inside,
        is_flow: bool,
        anchor: usize,
        tag: Option<(String, Span)>,
        start: Span,
    ) -> Result<(), Diagnostic> {
        if self.open.len() >= DEPTH_MAX {
            return Err(too_deep(start));
        }
        let weight = Weight { nodes: 1, text_bytes: 0, height: 0 };
        self.count(weight, start)?;
        let kind = match inside {
            Inside::List(_) => "seq",
            Inside::Map { .. } => "map",
        };
        let tag = tag.and_then(|(tag, place)| self.collection_tag(tag, kind, place));
        self.open.push(Open { inside, start, is_flow, end: start.end, anchor, tag, weight });
        Ok(())
    }

    fn end(&mut self, place: Span) {
        let Some(open) = self.open.pop() else { return };
        let end = if open.is_flow { place.end } else { open.end };
        let span = Span { end: end.max(open.start.start), ..open.start };
        let value = match open.inside {
            Inside::List(nodes) => Value::List(Arc::new(nodes)),
            Inside::Map { own, merges, .. } => Value::Map(merge::merge(merges, own)),
        };
        let node = Node { value, span, tag: open.tag };
        let built = Built { node, weight: open.weight, special: None };
        self.keep(open.anchor, &built);
        self.add(built, span);
    }

    /// Counts what a node costs, and stops when it is too much.
    fn count(&mut self, weight: Weight, place: Span) -> Result<(), Diagnostic> {
        self.total.nodes += weight.nodes;
        self.total.text_bytes += weight.text_bytes;
        let help = "an alias counts as all that it stands for";
        if self.total.nodes > NODES_MAX {
            let what = format!("the file has more than {NODES_MAX} values");
            return Err(Diagnostic::error(what).at(place, "one too many").help(help));
        }
        if self.total.text_bytes > TEXT_BYTES_MAX {
            let what = format!("the file has more than {} MiB of text", TEXT_BYTES_MAX >> 20);
            return Err(Diagnostic::error(what).at(place, "too much here").help(help));
        }
        if self.open.len() + weight.height > DEPTH_MAX {
            return Err(too_deep(place));
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<(String, Span)>,
        place: Span,
    ) -> Result<Built, Diagnostic> {
        let weight = Weight { nodes: 1, text_bytes: text.len(), height: 0 };
        self.count(weight, place)?;
        let plain = match tag {
            // PyYAML resolves what is tagged `!` as if it stood without quotes.
            Some((tag, _)) if tag == "!" => resolve(text),
            None if style == ScalarStyle::Plain => resolve(text),
            None => Ok(Plain::Value(Value::Text(text.into()))),
            Some((tag, at)) => return Ok(self.tagged(text, &tag, at, place, weight)),
        };
        let (value, special) = match plain {
            Ok(Plain::Value(value)) => (value, None),
            Ok(special) => (Value::Text(text.into()), Some(special)),
            Err(why) => (self.wrong_number(text, why, place), None),
        };
        Ok(Built { node: Node::new(value, place), weight, special })
    }

    fn wrong_number(&mut self, text: &str, why: &str, place: Span) -> Value {
        let what = format!("`{}` is {why}", shorten(text));
        let error = Diagnostic::error(what).at(place, "YAML 1.1 takes this for a number");
        self.problem(error.help("write it in quotes when it is text"));
        Value::Null
    }

    /// Adds a finished node to the list or the map that it stands in. `place` is where it is used.
    fn add(&mut self, built: Built, place: Span) {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(self.value(built));
            return;
        };
        open.end = open.end.max(place.end);
        open.weight.nodes += built.weight.nodes;
        open.weight.text_bytes += built.weight.text_bytes;
        open.weight.height = open.weight.height.max(built.weight.height + 1);
        if let Inside::Map { key: key @ None, .. } = &mut open.inside {
            let found = as_key(built, place, self.sources);
            let (pending, error) = match found {
                Ok(pending) => (pending, None),
                Err(error) => (PendingKey::Wrong, Some(error)),
            };
            *key = Some(pending);
            error.into_iter().for_each(|error| self.problem(error));
            return;
        }
        let node = self.value(built);
        match self.open.last_mut().map(|open| &mut open.inside) {
            Some(Inside::List(nodes)) => nodes.push(node),
            Some(Inside::Map { own, merges, key }) => {
                let pending = key.take();
                let found = entry(own, merges, pending, node);
                found.into_iter().for_each(|found| self.problem(found));
            }
            None => {}
        }
    }

    /// A node where a value is expected; `<<` and `=` mean something as keys only.
    fn value(&mut self, built: Built) -> Node {
        if built.special.is_some() {
            let text = self.sources.slice(built.node.span);
            let error = Diagnostic::error(format!("`{text}` can't be a value"));
            let error = error.at(built.node.span, "YAML 1.1 keeps it for keys");
            self.problem(error.help(format!("write '{text}' in quotes")));
        }
        built.node
    }

    /// Keeps a node for the aliases of its anchor.
    fn keep(&mut self, anchor: usize, built: &Built) {
        if anchor != 0 {
            self.anchors.insert(anchor, built.clone());
        }
    }

    fn anchor(&mut self, name: &str, place: Span) -> Result<(), Diagnostic> {
        if self.anchor_names.len() >= ANCHORS_MAX {
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

    fn alias(&mut self, id: usize, place: Span) -> Result<(), Diagnostic> {
        let Some(built) = self.anchors.get(&id).cloned() else {
            let name = shorten(self.sources.slice(place));
            let error = Diagnostic::error(format!("`{name}` stands for itself"));
            return Err(error.at(place, "inside what it stands for"));
        };
        self.count(built.weight, place)?;
        self.add(built, place);
        Ok(())
    }

    fn unknown_alias(&mut self, name: &str, place: Span) {
        let error = Diagnostic::error(format!("there is no anchor `&{}`", shorten(name)));
        let error = error.at(place, "an alias needs an anchor before it");
        let error = error.help_nearest(name, self.anchor_names.keys().map(String::as_str));
        let help = format!("write '*{}' in quotes when it is text", shorten(name));
        self.problem(error.help(help));
        let node = Node::new(Value::Null, place);
        self.add(Built { node, weight: Weight::default(), special: None }, place);
    }
}

/// Adds the value of the key that waited for it.
fn entry(
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
            Some(warning.also(before.span, "this one is lost"))
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
fn as_key(built: Built, place: Span, sources: &Sources) -> Result<PendingKey, Diagnostic> {
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

pub(super) fn too_deep(place: Span) -> Diagnostic {
    let what = format!("lists and maps are nested deeper than {DEPTH_MAX}");
    Diagnostic::error(what).at(place, "one level too deep")
}

fn is_flow(style: StructureStyle) -> bool {
    style == StructureStyle::Flow
}

/// Words of the file, as a message repeats them.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS_MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.to_owned(),
    }
}
