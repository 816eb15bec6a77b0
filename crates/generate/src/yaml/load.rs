//! From the parser's events to a tree.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::key::{PendingKey, as_key, entry};
use super::scalar::{Plain, resolve};
use super::syntax::Around;
use super::value::MapBuilder;
use super::{DEPTH_MAX, Document, Map, NODES_MAX, Node, TEXT_BYTES_MAX, Value};
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

pub(super) struct Loader<'a> {
    pub(super) sources: &'a Sources,
    file: FileId,
    problems: &'a mut Problems,
    pub(super) open: Vec<Open>,
    pub(super) anchors: HashMap<usize, Built>,
    pub(super) anchors_seen: usize,
    pub(super) anchor_names: HashMap<String, Span>,
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
            anchors_seen: 0,
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
                let text = self.without_made_up_end(&text, style, place);
                let tag = tag.map(|tag| (tag::full(&tag), self.tag_place(span, place)));
                let built = self.scalar(text, style, tag, place)?;
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

    /// A block text that starts with an empty line and ends where the file does gets a line end
    /// from the parser when there is none in the file.
    fn without_made_up_end<'t>(&self, text: &'t str, style: ScalarStyle, place: Span) -> &'t str {
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let file = self.sources.text(self.file);
        if !is_block || (place.end as usize) < file.len() {
            return text;
        }
        let last_line = file.rsplit('\n').next().unwrap_or("");
        let has_end = last_line.trim().is_empty();
        if has_end { text } else { text.strip_suffix('\n').unwrap_or(text) }
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
    pub(super) fn count(&mut self, weight: Weight, place: Span) -> Result<(), Diagnostic> {
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
            None if style == ScalarStyle::Plain => {
                if text.starts_with('?') && self.open.last().is_some_and(|open| open.is_flow) {
                    self.problem(question_mark(place));
                }
                resolve(text)
            }
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
    pub(super) fn add(&mut self, built: Built, place: Span) {
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
}

/// PyYAML takes `[?a]` for a key without a value, other parsers for text.
fn question_mark(place: Span) -> Diagnostic {
    let error = Diagnostic::error("text in brackets can't start with `?`");
    let error = error.at(place, "is a key in YAML 1.1, and text in YAML 1.2");
    error.help("write the text in quotes")
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
