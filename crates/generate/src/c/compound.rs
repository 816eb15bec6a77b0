//! The functions that write compounds: each has one that says where it ends, unless that is the
//! same for all, and one that writes it.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::names::TypeNames;
use super::runtime::Helper;
use super::value::Values;
use super::write::Body;
use crate::definition::Definition;
use crate::plan::{Compound, Compounds, Item, Kind, Plan, Source};

/// A place that is in no packet: where a value ends that cannot be written. Whatever is added to
/// it, 64 bits hold it.
const NOWHERE: &str = "(uint64_t) 1 << 62";

/// The functions for the compounds of a function.
#[derive(Default)]
pub struct Calls {
    compounds: Compounds,
    /// What their names have in the middle.
    of: String,
}

impl Calls {
    /// The compounds that a function of this name writes.
    pub fn new(plan: &Plan, function: &str) -> Self {
        Calls { compounds: Compounds::of(plan), of: function.to_owned() }
    }

    fn name(&self, what: &str, compound: &Rc<Compound>) -> String {
        self.compounds.function(&format!("{what}_{}", self.of), compound)
    }
}

impl Body<'_> {
    /// The name of the function that ends or puts a compound.
    pub fn function(&self, what: &str, compound: &Rc<Compound>) -> String {
        self.calls.name(what, compound)
    }

    /// What the function of a compound gets: a pointer.
    pub fn given(&self, source: &Source, compound: &Compound) -> String {
        let text = self.values.text(source);
        match (source, &compound.kind) {
            (Source::Member(..), Kind::Variant(_) | Kind::Structure(_)) => format!("&{text}"),
            _ => text,
        }
    }
}

/// What all functions for compounds have in common.
pub struct Functions<'f> {
    pub definition: &'f Definition,
    pub calls: &'f Calls,
    pub types: TypeNames<'f>,
    pub helpers: &'f mut BTreeSet<Helper>,
}

impl Functions<'_> {
    /// The text of all of them.
    pub fn text(&mut self) -> String {
        let calls = self.calls;
        let mut out = String::new();
        for compound in &calls.compounds.all {
            if compound.len_bits().is_none() {
                out += &self.function("end", "uint64_t ", "uint64_t start", compound);
            }
            out += &self.function("put", "uint32_t ", "uint8_t *packet, uint32_t start", compound);
        }
        out
    }

    fn function(
        &mut self,
        what: &str,
        result: &str,
        parameters: &str,
        compound: &Rc<Compound>,
    ) -> String {
        let name = self.calls.name(what, compound);
        let value = self.types.of_compound(compound);
        let mut out = format!("static {result}{name}({parameters}, {value}of)\n{{\n");
        let is_end = what == "end";
        match &compound.kind {
            Kind::Structure(plan) => out += &self.body(1, "of->", plan, is_end),
            Kind::Optional { absent, present, .. } => {
                out += "\tif (of != NULL) {\n";
                out += &self.body(2, "of->", present, is_end);
                out += "\t} else {\n";
                out += &self.body(2, "of->", absent, is_end);
                out += "\t}\n";
            }
            Kind::Variant(options) => {
                out += "\tswitch ((int) of->tag) {\n";
                for (number, (_, plan)) in options.iter().enumerate() {
                    out += &format!("\tcase {number}: {{\n");
                    out += &self.body(2, "of->value.", plan, is_end);
                    out += "\t}\n";
                }
                let nowhere = if is_end { NOWHERE } else { "start" };
                out += &format!("\tdefault:\n\t\treturn {nowhere};\n\t}}\n");
            }
        }
        out + "}\n\n"
    }

    /// What is done for a plan, from its declarations to the answer.
    fn body(&mut self, depth: usize, given: &'static str, plan: &Plan, is_end: bool) -> String {
        let values = Values {
            profile: self.definition.profile,
            stream_id: 0,
            event_id: None,
            given,
            locals: locals(plan),
        };
        let mut body = Body {
            definition: self.definition,
            values,
            plan,
            helpers: self.helpers,
            calls: self.calls,
            packet: "packet",
            is_wide: is_end,
            out: String::new(),
        };
        let end = body.place(plan.end);
        if is_end {
            body.declare_bases(depth);
            body.declare_lengths(depth);
            body.line(0, "");
            body.text_lengths(depth);
            body.line(depth, "b0 = start;");
            body.moves(depth);
            body.line(depth, &format!("return {end};"));
            return body.out;
        }
        body.declare(depth);
        body.line(0, "");
        body.text_lengths(depth);
        body.line(depth, "b0 = start;");
        body.moves(depth);
        let before = body.out.len();
        body.writes(depth);
        if body.out.get(before..).is_some_and(|text| text.matches("buf").count() == 1) {
            body.line(depth, "(void) buf;");
        }
        body.line(depth, &format!("return (uint32_t) ({end});"));
        body.out
    }
}

/// The numbers of variables for the values of a plan that are no parameters by themselves.
pub fn locals(plan: &Plan) -> HashMap<Source, usize> {
    let local = |item: &Item| match item {
        Item::Text { source, .. } => Some(source.clone()),
        Item::Bits { bits, source, .. } if bits.is_float => Some(source.clone()),
        _ => None,
    };
    let is_own =
        |source: &Source| matches!(source, Source::Member(..) | Source::Given | Source::Behind);
    plan.items.iter().filter_map(local).filter(is_own).zip(0..).collect()
}
