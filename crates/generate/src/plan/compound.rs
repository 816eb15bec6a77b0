//! What functions of their own write: structures in arrays, and fields of which the tracer finds
//! out as it runs whether they are there, or which they are.
//!
//! Where such a field starts is known when the function is called, and where it ends when it is
//! done. So each compound has plans of its own, whose base 0 is its start.

use std::collections::HashMap;
use std::rc::Rc;

use marey_ctf::schema::{
    Array as ArrayClass, FieldClass, Length, Member, Scope, Structure, VariantOption,
};

use super::build::{Builder, bits_of, bytes};
use super::{Array, Bits, Count, Element, How, Item, Plan, Source, Unsupported};

/// What a function of its own writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compound {
    /// The outermost structure that it is in.
    pub scope: Scope,
    /// The names of fields on the way to it, the outermost first.
    pub path: Vec<String>,
    /// What it is.
    pub kind: Kind,
    /// Where it may start.
    pub alignment: u64,
}

/// Kinds of compounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A structure.
    Structure(Plan),
    /// A boolean, and a field if it is true.
    Optional {
        /// The class of the field.
        class: FieldClass,
        /// If the field is not there.
        absent: Plan,
        /// If it is.
        present: Plan,
    },
    /// A number, and the field with that number.
    Variant(Vec<(String, Plan)>),
}

impl Compound {
    /// What it writes: all that it may be.
    pub fn plans(&self) -> Vec<&Plan> {
        match &self.kind {
            Kind::Structure(plan) => vec![plan],
            Kind::Optional { absent, present, .. } => vec![absent, present],
            Kind::Variant(options) => options.iter().map(|(_, plan)| plan).collect(),
        }
    }

    /// Its length, if that is always the same.
    pub fn len_bits(&self) -> Option<u64> {
        match &self.kind {
            Kind::Structure(plan) if plan.moves.is_empty() => Some(plan.end.offset_bits),
            _ => None,
        }
    }

    /// The length below which it never is.
    pub(super) fn least_bits(&self) -> u64 {
        let first = |plan: &Plan| {
            let step = plan.moves.first().map_or(plan.end, |step| step.from);
            step.offset_bits
        };
        match &self.kind {
            Kind::Structure(plan) => first(plan),
            Kind::Optional { absent, .. } => first(absent),
            Kind::Variant(options) => {
                options.iter().map(|(_, plan)| first(plan)).min().unwrap_or(0)
            }
        }
    }
}

/// The compounds that functions write for a plan.
#[derive(Default)]
pub struct Compounds {
    /// All of them, those in others first.
    pub all: Vec<Rc<Compound>>,
    /// The number of each, which is known by its address.
    numbers: HashMap<*const Compound, usize>,
}

impl Compounds {
    /// Those of a plan.
    pub fn of(plan: &Plan) -> Self {
        let mut all = Vec::new();
        collect(plan, &mut all);
        let numbered = all.iter().map(Rc::as_ptr).enumerate();
        let numbers = numbered.map(|(number, address)| (address, number)).collect();
        Compounds { all, numbers }
    }

    /// The name of the function that does something with a compound.
    pub fn function(&self, what: &str, compound: &Rc<Compound>) -> String {
        let number = self.numbers.get(&Rc::as_ptr(compound)).copied().unwrap_or_default();
        format!("marey_{what}_{number}")
    }
}

fn collect(plan: &Plan, found: &mut Vec<Rc<Compound>>) {
    for item in &plan.items {
        let compound = match item {
            Item::Compound { compound, .. } => compound,
            Item::Array { array, .. } if !array.is_empty() => match array.compound() {
                Some(compound) => compound,
                None => continue,
            },
            _ => continue,
        };
        compound.plans().into_iter().for_each(|plan| collect(plan, found));
        found.push(Rc::clone(compound));
    }
}

impl Source {
    /// The member of this name in what this is.
    pub fn member(&self, name: &str) -> Source {
        Source::Member(Box::new(self.clone()), name.to_owned())
    }
}

impl Array {
    /// What a function of its own writes for each of its innermost elements.
    pub fn compound(&self) -> Option<&Rc<Compound>> {
        match &self.element {
            Element::Compound(compound) => Some(compound),
            Element::Array(inner) => inner.compound(),
            Element::Bits(_) | Element::Text => None,
        }
    }
}

impl Builder {
    /// An array of any elements.
    pub(super) fn array_of(
        &self,
        class: &ArrayClass,
        count: Count,
        source: Source,
    ) -> Result<Array, Vec<Unsupported>> {
        let element = match class.element.as_ref() {
            FieldClass::Str(class) if class.len_bytes.is_none() => Element::Text,
            FieldClass::Array(inner) => self.inner_array(inner)?,
            FieldClass::Blob(blob) => self.inner_array(&bytes(&blob.len_bytes))?,
            FieldClass::Structure(class) => Element::Compound(Rc::new(self.element(class)?)),
            class => match bits_of(class) {
                Some(bits) => Element::Bits(bits),
                None => return Err(self.refusal("arrays of this class")),
            },
        };
        let alignment = class.element.alignment_bits().max(class.minimum_alignment_bits);
        Ok(Array { count, element, source, alignment: u64::from(alignment) })
    }

    fn inner_array(&self, class: &ArrayClass) -> Result<Element, Vec<Unsupported>> {
        let Length::Static(count) = class.length else {
            return Err(self.refusal("arrays whose length is in another structure"));
        };
        let array = self.array_of(class, Count::Static(count), Source::Element)?;
        Ok(Element::Array(Box::new(array)))
    }

    fn refusal(&self, what: &'static str) -> Vec<Unsupported> {
        vec![Unsupported { field: self.path.last().cloned().unwrap_or_default(), what }]
    }

    /// A structure that is the element of an array.
    fn element(&self, class: &Structure) -> Result<Compound, Vec<Unsupported>> {
        let alignment = u64::from(class.alignment_bits());
        let mut inner = Builder::new(alignment, self.scope, self.path.clone());
        inner.structure(&|name| Source::Given.member(name), class);
        let kind = Kind::Structure(inner.done()?);
        Ok(Compound { scope: self.scope, path: self.path.clone(), kind, alignment })
    }

    /// A field of which this selector says whether it is there, or which it is.
    pub(super) fn choice(&mut self, selector: &Member, class: &FieldClass, source: Source) {
        let Some(bits) = bits_of(&selector.class) else { return };
        self.align(bits.alignment);
        let kind = match class {
            FieldClass::Optional(class) => self.optional(bits, &class.class),
            FieldClass::Variant(class) => self.variant(bits, &class.options),
            _ => return,
        };
        let kind = match kind {
            Ok(kind) => kind,
            Err(found) => return self.unsupported.extend(found),
        };
        let (scope, path) = (self.scope, self.path.clone());
        let compound = Rc::new(Compound { scope, path, kind, alignment: bits.alignment });
        let item =
            Item::Compound { at: self.at, source: source.clone(), compound: Rc::clone(&compound) };
        self.plan.items.push(item);
        self.rebase(How::Compound(source, compound), 1);
    }

    fn optional(&self, bits: Bits, class: &FieldClass) -> Result<Kind, Vec<Unsupported>> {
        let source = if bits_of(class).is_some() { Source::Behind } else { Source::Given };
        let alternative = || Builder::new(self.known(), self.scope, self.path.clone());
        let absent = alternative().selected(bits, 0, None)?;
        let present = alternative().selected(bits, 1, Some((class, source)))?;
        Ok(Kind::Optional { class: class.clone(), absent, present })
    }

    fn variant(&self, bits: Bits, options: &[VariantOption]) -> Result<Kind, Vec<Unsupported>> {
        let mut alternatives = Vec::new();
        for (number, option) in (0..).zip(options) {
            let name = option.name.clone().unwrap_or_default();
            let path = self.path.iter().cloned().chain([name.clone()]).collect();
            let content = Some((&option.class, Source::Given.member(&name)));
            let plan =
                Builder::new(self.known(), self.scope, path).selected(bits, number, content)?;
            alternatives.push((name, plan));
        }
        Ok(Kind::Variant(alternatives))
    }

    /// A selector of this value, and the field that it selects.
    fn selected(
        mut self,
        bits: Bits,
        number: u64,
        content: Option<(&FieldClass, Source)>,
    ) -> Result<Plan, Vec<Unsupported>> {
        self.bits(Some(bits), Source::Constant(number));
        if let Some((class, source)) = content {
            let name = self.path.last().cloned().unwrap_or_default();
            let member = Member { name, class: class.clone() };
            self.member(&|_| source.clone(), &member, &Structure::default(), None);
        }
        self.done()
    }
}
