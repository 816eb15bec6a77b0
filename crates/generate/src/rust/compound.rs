//! The functions that write compounds: each has one that says where it ends, unless that is the
//! same for all, and one that writes it. They stand in the method that calls them.

use std::rc::Rc;

use marey_ctf::schema::Scope;

use super::compound_types::{Types, names_of_options};
use super::types::value_type;
use super::value::Values;
use super::walk::Place;
use super::write::Body;
use crate::plan::{Compound, Compounds, Count, Item, Kind, Plan, Source};

/// The functions for the compounds of a method.
pub struct Calls {
    compounds: Compounds,
}

impl Calls {
    /// The compounds that are written for a plan.
    pub fn of(plan: &Plan) -> Self {
        Calls { compounds: Compounds::of(plan) }
    }

    /// The name of the function that ends or puts a compound.
    pub fn name(&self, what: &str, compound: &Rc<Compound>) -> String {
        self.compounds.function(what, compound)
    }

    /// The text of all functions, indented so deep; `of` are the stream and the event.
    pub fn text(&self, depth: usize, of: (usize, Option<usize>), types: Types<'_>) -> String {
        let mut out = String::new();
        for compound in &self.compounds.all {
            let function = Function { calls: self, compound, of, types };
            if compound.len_bits().is_none() {
                out += &function.text(depth, true);
            }
            out += &function.text(depth, false);
        }
        out
    }
}

/// A function for a compound.
struct Function<'f> {
    calls: &'f Calls,
    compound: &'f Rc<Compound>,
    of: (usize, Option<usize>),
    types: Types<'f>,
}

impl Function<'_> {
    fn text(&self, depth: usize, is_end: bool) -> String {
        let what = if is_end { "end" } else { "put" };
        let name = self.calls.name(what, self.compound);
        let value = self.value_type();
        let tab = "    ".repeat(depth);
        let mut out = match is_end {
            true => format!("{tab}fn {name}(b0: u64, value: {value}) -> u64 {{\n"),
            false => format!(
                "{tab}fn {name}(packet: &mut [u8], b0: u32, value: {value}) -> Option<u32> {{\n"
            ),
        };
        let inner = "    ".repeat(depth + 1);
        match &self.compound.kind {
            Kind::Structure(plan) => {
                let body = self.body(depth + 1, plan, is_end, &[]);
                if !uses_value(&body) {
                    out += &format!("{inner}let _ = value;\n");
                }
                out += &body;
            }
            Kind::Optional { absent, present, .. } => {
                out += &format!("{inner}match value {{\n");
                out += &self.arm(depth + 2, "Some", present, is_end, &[]);
                out += &format!("{inner}    None => {{\n");
                out += &self.body(depth + 3, absent, is_end, &[]);
                out += &format!("{inner}    }}\n{inner}}}\n");
            }
            Kind::Variant(options) => {
                out += &format!("{inner}match value {{\n");
                let own = self.types.compounds.name(&self.place(&[]));
                let names = names_of_options(options.iter().map(|(name, _)| name.as_str()));
                for (name, (option, plan)) in names.iter().zip(options) {
                    let pattern = format!("{own}::{name}");
                    out += &self.arm(depth + 2, &pattern, plan, is_end, &[option]);
                }
                out += &format!("{inner}}}\n");
            }
        }
        out + &format!("{tab}}}\n")
    }

    /// What is done for one of several, of which there is a value.
    fn arm(
        &self,
        depth: usize,
        pattern: &str,
        plan: &Plan,
        is_end: bool,
        option: &[&String],
    ) -> String {
        let tab = "    ".repeat(depth);
        let body = self.body(depth + 1, plan, is_end, option);
        let is_used = uses_value(&body);
        let name = if is_used { "value" } else { "_" };
        let is_number = |item: &Item| match item {
            Item::Bits { source: Source::Behind, .. } => true,
            Item::Bits { source: Source::Member(of, _), .. } => {
                !option.is_empty() && **of == Source::Given
            }
            _ => false,
        };
        let copied = plan.items.iter().any(is_number) && is_used;
        let copied = if copied { format!("{tab}    let value = *value;\n") } else { String::new() };
        format!("{tab}{pattern}({name}) => {{\n{copied}{body}{tab}}}\n")
    }

    /// What is done for a plan.
    fn body(&self, depth: usize, plan: &Plan, is_end: bool, option: &[&String]) -> String {
        let mut values = Values { is_option: !option.is_empty(), ..Values::default() };
        values.add_inner(plan, self.types, self.of, Some(self.compound), |number| {
            format!("text{number}")
        });
        let mut write = Body::new(&values, plan, self.calls);
        write.writes(depth);
        let mut body = Body::new(&values, plan, self.calls);
        values.text_lines().for_each(|line| body.line(depth, &line));
        let end = Body::place(plan.end);
        if is_end {
            body.moves(depth);
            body.line(depth, &end);
            return body.out;
        }
        if plan.is_short() {
            body.moves(depth);
            body.out += &write.out;
            body.line(depth, &format!("Some({end})"));
            return body.out;
        }
        body.line(depth, "let b0 = u64::from(b0);");
        body.moves(depth);
        body.line(depth, &format!("let end = ({end}) as u32;"));
        for base in write.used() {
            body.line(depth, &format!("let b{base} = b{base} as u32;"));
        }
        body.out += &write.out;
        body.line(depth, "Some(end)");
        body.out
    }

    fn place(&self, further: &[&str]) -> Place {
        place_of(self.of, self.compound.scope, &self.compound.path, further)
    }

    fn value_type(&self) -> String {
        let place = self.place(&[]);
        match &self.compound.kind {
            Kind::Optional { class, .. } => {
                format!("&Option<{}>", value_type(class, self.types, &place, ""))
            }
            Kind::Structure(_) | Kind::Variant(_) => {
                let has_references = self.types.compounds.has_references(&place);
                let lifetime = if has_references { "<'_>" } else { "" };
                format!("&{}{lifetime}", self.types.compounds.name(&place))
            }
        }
    }
}

/// Whether a body uses what its function gets.
fn uses_value(body: &str) -> bool {
    body.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "value")
}

/// A place in a stream or an event.
fn place_of(
    (stream, event): (usize, Option<usize>),
    scope: Scope,
    path: &[String],
    further: &[&str],
) -> Place {
    let names = path.iter().map(String::as_str).chain(further.iter().copied());
    (stream, event, scope, names.collect::<Vec<_>>().join("."))
}

impl Values {
    /// Adds what is known of values in structures, and variables for texts in them.
    pub fn add_inner(
        &mut self,
        plan: &Plan,
        types: Types<'_>,
        of: (usize, Option<usize>),
        compound: Option<&Compound>,
        mut local: impl FnMut(usize) -> String,
    ) {
        for item in &plan.items {
            match item {
                Item::Text { source, .. } if !matches!(source, Source::Parameter(..)) => {
                    let name = local(self.texts.len());
                    self.texts.insert(source.clone(), name);
                    self.text_sources.push(source.clone());
                }
                Item::Array { array, .. } => {
                    if let Count::Dynamic(length @ Source::Member(..)) = &array.count {
                        self.inner_lengths.insert(length.clone(), array.source.clone());
                    }
                    self.add_enumeration(&array.source, types, of, compound);
                }
                Item::Bits { source, .. } => self.add_enumeration(source, types, of, compound),
                _ => {}
            }
        }
    }

    fn add_enumeration(
        &mut self,
        source: &Source,
        types: Types<'_>,
        of: (usize, Option<usize>),
        compound: Option<&Compound>,
    ) {
        let Some((scope, path)) = path_of(source, compound) else { return };
        let place = place_of(of, scope, &path, &[]);
        if let Some(own) = types.enumerations.types.get(&place) {
            self.enumerations.insert(self.variable(source), own.clone());
        }
    }
}

/// The names of fields on the way to a value in a structure.
fn path_of(source: &Source, compound: Option<&Compound>) -> Option<(Scope, Vec<String>)> {
    match source {
        Source::Parameter(scope, name) => Some((*scope, vec![name.clone()])),
        Source::Given | Source::Behind => {
            let compound = compound?;
            Some((compound.scope, compound.path.clone()))
        }
        Source::Member(of, name) => {
            let (scope, mut path) = path_of(of, compound)?;
            path.push(name.clone());
            Some((scope, path))
        }
        _ => None,
    }
}
