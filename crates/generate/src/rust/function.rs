//! What a function gets: its parameters, and how the generated code refers to them.

use std::collections::BTreeSet;

use marey_ctf::schema::{FieldClass, Integer, Length, Scope, Structure};

use super::compound_types::{Compounds, Types, has_references};
use super::names::{Given, scope_prefix};
use super::types::{Enumerations, about, is_parameter, length_of, lengths, quoted, type_of};
use super::value::Values;
use super::walk::Place;
use super::write::Body;
use crate::plan::{Plan, Unsupported};

/// A parameter.
pub struct Parameter<'d> {
    /// Its name in Rust.
    pub name: String,
    /// Its type.
    pub rust_type: String,
    /// The field.
    pub field: &'d str,
    scope: Scope,
    class: &'d FieldClass,
}

impl Parameter<'_> {
    /// What it is, as documentation.
    pub fn about(&self) -> String {
        let of = match self.scope {
            Scope::PacketHeader | Scope::PacketContext | Scope::EventPayload => "",
            Scope::EventHeader => ", of the event's header",
            Scope::EventCommonContext => ", of each event",
            Scope::EventSpecificContext => ", of the event's context",
        };
        format!("{}: {}{of}", quoted(self.field), about(self.class))
    }

    /// Whether it is a text by itself.
    fn is_text(&self) -> bool {
        matches!(self.class, FieldClass::Str(_))
    }

    /// Whether it refers to something.
    pub fn is_reference(&self) -> bool {
        self.rust_type.contains('&') || has_references(self.class)
    }

    /// Whether there is nothing of it to be written.
    fn is_empty(&self) -> bool {
        is_empty(self.class)
    }
}

fn is_empty(class: &FieldClass) -> bool {
    match class {
        FieldClass::Array(class) => class.length == Length::Static(0) || is_empty(&class.element),
        FieldClass::Blob(class) => class.len_bytes == Length::Static(0),
        FieldClass::Structure(class) => class.members.iter().all(|member| is_empty(&member.class)),
        _ => false,
    }
}

/// The parameters of a function, and what is known of them.
pub struct Function<'d> {
    pub parameters: Vec<Parameter<'d>>,
    pub values: Values,
    /// What must hold of lengths: conditions with which nothing is written.
    pub refusals: Vec<String>,
}

impl Function<'_> {
    /// What a function begins with: it does `refuse` if lengths cannot be written, and sees how
    /// long texts are, which is found out once.
    pub fn prologue(&self, body: &mut Body<'_>, refuse: &str) {
        for refusal in &self.refusals {
            body.line(2, &format!("if {refusal} {{"));
            body.line(3, refuse);
            body.line(2, "}");
        }
        for Parameter { name, .. } in self.parameters.iter().filter(|it| it.is_text()) {
            body.line(2, &format!("let {name} = write::text({name});"));
        }
        self.values.text_lines().for_each(|line| body.line(2, &line));
        for Parameter { name, .. } in self.parameters.iter().filter(|it| it.is_empty()) {
            body.line(2, &format!("let _ = {name};"));
        }
    }
}

/// Names and types that functions share.
pub struct Shared<'d> {
    pub enumerations: Enumerations<'d>,
    pub compounds: Compounds,
    pub types: BTreeSet<String>,
}

impl Shared<'_> {
    /// The types that others are made of.
    pub fn types(&self) -> Types<'_> {
        Types { compounds: &self.compounds, enumerations: &self.enumerations }
    }
}

/// The parameters for these structures.
pub fn function<'d>(
    shared: &Shared<'_>,
    (stream, event): (usize, Option<usize>),
    (scopes, plan): (&[(Scope, &'d Structure)], &Plan),
    lifetime: &str,
) -> Result<Function<'d>, Vec<Unsupported>> {
    let (mut function, mut given) = declared(shared, (stream, event), scopes, lifetime);
    function.refusals = refusals(scopes, &function)?;
    let local = |number| given.parameter(&format!("text_{number}"));
    function.values.add_inner(plan, shared.types(), (stream, event), None, local);
    Ok(function)
}

/// The same as far as its parameters go, and the names that are given.
pub fn declared<'d>(
    shared: &Shared<'_>,
    (stream, event): (usize, Option<usize>),
    scopes: &[(Scope, &'d Structure)],
    lifetime: &str,
) -> (Function<'d>, Given) {
    let mut given = Given::parameters(&shared.types);
    let values = Values::default();
    let mut function = Function { parameters: Vec::new(), values, refusals: Vec::new() };
    let fields = fields(scopes);
    for (scope, name, class) in &fields {
        let is_clear = fields.iter().filter(|(_, other, _)| other == name).count() == 1;
        let prefix = if is_clear { "" } else { scope_prefix(*scope) };
        let own = given.parameter(&format!("{prefix}{name}"));
        let place: Place = (stream, event, *scope, (*name).to_owned());
        let enumeration = shared.enumerations.types.get(&place);
        if let Some(enumeration) = enumeration {
            function.values.enumerations.insert(own.clone(), enumeration.clone());
        }
        function.values.parameters.insert((*scope, (*name).to_owned()), own.clone());
        if let Some(length) = length_of(class) {
            function.values.lengths.entry((*scope, length)).or_default().push(own.clone());
        }
        let rust_type = type_of(class, shared.types(), &place, lifetime);
        function.parameters.push(Parameter {
            name: own,
            rust_type,
            field: name,
            scope: *scope,
            class,
        });
    }
    (function, given)
}

/// The fields whose values are parameters.
fn fields<'d>(scopes: &[(Scope, &'d Structure)]) -> Vec<(Scope, &'d str, &'d FieldClass)> {
    let mut fields = Vec::new();
    for (scope, structure) in scopes {
        let lengths = lengths(structure);
        let own = structure.members.iter().filter(|member| is_parameter(member, &lengths));
        fields.extend(own.map(|member| (*scope, member.name.as_str(), &member.class)));
    }
    fields
}

/// When lengths of slices cannot be written.
fn refusals(
    scopes: &[(Scope, &Structure)],
    function: &Function<'_>,
) -> Result<Vec<String>, Vec<Unsupported>> {
    let mut refusals = Vec::new();
    let mut unsupported = Vec::new();
    for (scope, structure) in scopes {
        for member in &structure.members {
            if let FieldClass::Array(class) = &member.class
                && has_dynamic(&class.element)
            {
                let what = "arrays of arrays whose length is a field";
                unsupported.push(Unsupported { field: member.name.clone(), what });
            }
            let slices = function.values.lengths.get(&(*scope, member.name.clone()));
            if let (FieldClass::Integer(class), Some([first, others @ ..])) =
                (&member.class, slices.map(Vec::as_slice))
            {
                refusals
                    .extend(others.iter().map(|other| format!("{other}.len() != {first}.len()")));
                refusals.extend(over(class, function, first));
            }
        }
    }
    if unsupported.is_empty() { Ok(refusals) } else { Err(unsupported) }
}

/// A slice may be longer than its length field can say, where that still fits into a packet.
fn over(class: &Integer, function: &Function<'_>, slice: &str) -> Option<String> {
    let parameter = function.parameters.iter().find(|parameter| parameter.name == slice)?;
    let most = u64::MAX >> (64 - class.len_bits.clamp(1, 64));
    let may_be = class.len_bits < 32 || parameter.is_empty() && class.len_bits < 64;
    may_be.then(|| format!("{slice}.len() as u64 > {most:#x}"))
}

fn has_dynamic(class: &FieldClass) -> bool {
    match class {
        FieldClass::Array(class) => {
            matches!(class.length, Length::Dynamic(_)) || has_dynamic(&class.element)
        }
        _ => false,
    }
}
