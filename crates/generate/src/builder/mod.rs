//! Definitions without a file: a trace is described in Rust, for programs that know their events
//! from elsewhere, and for build scripts.
//!
//! A [`Trace`] has [`Clock`]s and [`Stream`]s, a stream has [`Event`]s, an event has [`Field`]s.
//! What is described becomes a configuration of version 3, which is checked as a file is: so
//! [`Trace::definition`] says all that is wrong at once, and what comes out equals what the same
//! configuration gives as a file. [`Trace::to_yaml`] writes that file.
//!
//! ```
//! use marey_ctf::schema::ByteOrder;
//! use marey_generate::builder::{Clock, Event, Field, Stream, Trace};
//! use marey_generate::outputs::{Destination, Language, Metadata, outputs};
//!
//! let tick = Event::new("tick")
//!     .log_level(6)
//!     .field("count", Field::unsigned(32))
//!     .field("state", Field::unsigned(8).label("idle", 0..=0).label("busy", 1..=9))
//!     .field("name", Field::text())
//!     .field("samples", Field::dynamic_array(Field::signed(16)));
//! let trace = Trace::new(ByteOrder::Little)
//!     .clock(Clock::new("monotonic").frequency_hz(1_000_000).c_type("uint64_t"))
//!     .stream(Stream::new("main").is_default().clock("monotonic").event(tick));
//! let definition = trace.definition()?;
//! let packets = Destination::Packets(Metadata::Ctf1);
//! let files = outputs(&definition, Language::Rust, packets).expect("a tracer");
//! assert!(files.iter().any(|file| file.text.contains("pub fn trace_tick")));
//!
//! let wrong = Event::new("struct").field("count", Field::unsigned(65));
//! let trace = Trace::new(ByteOrder::Little).stream(Stream::new("main").event(wrong));
//! let why = trace.definition().expect_err("two mistakes").to_string();
//! assert!(why.contains("`struct` is a keyword") && why.contains("`size` cannot be `65`"));
//! # Ok::<(), marey_generate::builder::Invalid>(())
//! ```

mod field;
mod parts;
mod tree;

use std::fmt;

use marey_ctf::schema::{ByteOrder, Uuid};

pub use field::Field;
pub use parts::{Clock, Event, Stream, StreamFeature, TraceFeature};

use crate::configuration::{Configuration, Options};
use crate::definition::Definition;
use crate::diagnostic::{Diagnostic, Problems, Severity, render};
use crate::source::Sources;
use crate::v3;
use crate::yaml::{Node, emit};
use tree::{Object, Twice};

/// What the configuration is called in messages.
const NAME: &str = "(built)";

/// A trace that is being described.
#[derive(Clone, Debug)]
pub struct Trace {
    trace_type: Object,
    environment: Object,
    prefix: Option<(String, String)>,
    features: Object,
    clocks: Object,
    streams: Object,
}

/// All that is wrong with a description, each with its place in the file that it stands for.
pub struct Invalid {
    sources: Sources,
    problems: Problems,
}

impl Trace {
    /// A trace whose byte order is the target's own.
    pub fn new(native: ByteOrder) -> Self {
        Trace::with_order("native-byte-order", native)
    }

    /// A trace of this byte order, whatever that of the target is.
    pub fn of_any_target(byte_order: ByteOrder) -> Self {
        Trace::with_order("trace-byte-order", byte_order)
    }

    fn with_order(property: &str, byte_order: ByteOrder) -> Self {
        let word = match byte_order {
            ByteOrder::Little => "little-endian",
            ByteOrder::Big => "big-endian",
        };
        let mut trace_type = Object::default();
        trace_type.set(property, Node::text(word, tree::nowhere()));
        Trace {
            trace_type,
            environment: Object::default(),
            prefix: None,
            features: Object::default(),
            clocks: Object::default(),
            streams: Object::default(),
        }
    }

    /// Gives it this UUID, which packets have, too.
    #[must_use]
    pub fn uuid(mut self, uuid: Uuid) -> Self {
        let text = crate::uuid::text(uuid);
        self.trace_type.set("uuid", Node::text(text, tree::nowhere()));
        self
    }

    /// Gives it a UUID that is made of the description: the same for the same.
    #[must_use]
    pub fn uuid_auto(mut self) -> Self {
        self.trace_type.set("uuid", Node::text("auto", tree::nowhere()));
        self
    }

    /// Adds a text to what the metadata says of the place where it was recorded.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.add(name, Node::text(value, tree::nowhere()));
        self
    }

    /// Lets names of functions and types begin with `identifier`, those of files with `file`.
    #[must_use]
    pub fn prefix(mut self, identifier: &str, file: &str) -> Self {
        self.prefix = Some((identifier.to_owned(), file.to_owned()));
        self
    }

    /// A field of the packet header is of this type.
    #[must_use]
    pub fn feature(mut self, feature: TraceFeature, field: Field) -> Self {
        self.features.set(feature.property(), field.node());
        self
    }

    /// A field of the packet header is left out.
    #[must_use]
    pub fn without(mut self, feature: TraceFeature) -> Self {
        self.features.set(feature.property(), tree::bool(false));
        self
    }

    /// Adds a clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        let (name, node) = clock.into_parts();
        self.clocks.add(&name, node);
        self
    }

    /// Adds a stream.
    #[must_use]
    pub fn stream(mut self, stream: Stream) -> Self {
        let (name, node) = stream.into_parts();
        self.streams.add(&name, node);
        self
    }

    /// The definition.
    ///
    /// # Errors
    ///
    /// All that would be wrong with it as a file, and names that are there twice.
    pub fn definition(&self) -> Result<Definition, Invalid> {
        let options = Options::default();
        let read = Configuration::of_bytes(NAME, self.to_yaml().into_bytes(), &options);
        // Version 3 is read in one way, and no other is asked for.
        let Ok(read) = read else { return Err(Invalid::of(Vec::new())) };
        let Configuration { sources, mut problems, definition, .. } = read;
        for twice in self.twice() {
            let what = format!("there are two `{}`", twice.0);
            problems.add(Diagnostic::error(what).help("give one of them another name"));
        }
        match definition.filter(|_| !problems.has_errors()) {
            Some(definition) => Ok(definition),
            None => Err(Invalid { sources, problems }),
        }
    }

    fn twice(&self) -> Vec<Twice> {
        let all = [&self.environment, &self.clocks, &self.streams];
        all.into_iter().flat_map(Object::twice).collect()
    }

    /// The configuration that it stands for, as a file.
    pub fn to_yaml(&self) -> String {
        emit(&self.root(), 2)
    }

    fn root(&self) -> Node {
        let mut root = Object::default();
        if let Some((identifier, file)) = &self.prefix {
            let mut prefix = Object::default();
            prefix.set("identifier", Node::text(identifier.as_str(), tree::nowhere()));
            prefix.set("file-name", Node::text(file.as_str(), tree::nowhere()));
            let mut code = Object::default();
            code.set("prefix", prefix.node());
            let mut options = Object::default();
            options.set("code-generation", code.node());
            root.set("options", options.node());
        }
        let mut trace_type = self.trace_type.clone();
        trace_type.set_unless_empty("$features", &self.features);
        trace_type.set_unless_empty("clock-types", &self.clocks);
        trace_type.set("data-stream-types", self.streams.node());
        let mut trace = Object::default();
        trace.set_unless_empty("environment", &self.environment);
        trace.set("type", trace_type.node());
        root.set("trace", trace.node());
        Node { tag: Some((v3::TAG.into(), tree::nowhere())), ..root.node() }
    }
}

impl Invalid {
    fn of(found: Vec<Diagnostic>) -> Self {
        let mut problems = Problems::default();
        found.into_iter().for_each(|found| problems.add(found));
        Invalid { sources: Sources::default(), problems }
    }

    /// What is wrong.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.problems.sorted().into_iter();
        let errors = found.filter(|found| found.severity == Severity::Error);
        let texts: Vec<_> = errors.map(|found| render(found, &self.sources, false)).collect();
        f.write_str(&texts.join("\n"))
    }
}

impl fmt::Debug for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Invalid {}
