//! Types in Rust for structures and variants in fields.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use marey_ctf::schema::{FieldClass, Length, Scope, Structure, Variant};

use super::names::{Given, camel, field};
use super::types::{Enumerations, about, is_parameter, lengths, quoted, value_type};
use super::walk::{Found, Place, classes};
use crate::definition::Definition;

/// The lifetime of what the types refer to, as it stands in front of others.
const LIFETIME: &str = "'a ";

/// The types of all structures and variants in fields of a definition.
#[derive(Default)]
pub struct Compounds {
    /// Their names, and whether they refer to something.
    types: BTreeMap<Place, (String, bool)>,
}

impl Compounds {
    /// Finds and names them, and declares them.
    pub fn of(
        definition: &Definition,
        enumerations: &Enumerations<'_>,
        given: &mut Given,
    ) -> (Self, String) {
        let found = classes(definition).into_iter();
        let is_compound = |found: &Found<'_>| {
            matches!(found.class, FieldClass::Structure(_) | FieldClass::Variant(_))
        };
        let found: Vec<_> = found.filter(is_compound).collect();
        let mut places: BTreeMap<&str, BTreeSet<Place>> = BTreeMap::new();
        for one in &found {
            places.entry(&one.long_names[0]).or_default().insert(shared(&one.place));
        }
        let mut compounds = Compounds::default();
        let mut own = Vec::new();
        for one in &found {
            let place = shared(&one.place);
            if compounds.types.contains_key(&place) {
                continue;
            }
            let alike = places.get(one.long_names[0].as_str());
            let is_clear = alike.is_none_or(|places| places.len() == 1);
            let wanted = &one.long_names[usize::from(!is_clear)];
            let type_name = given.numbered(wanted);
            compounds.types.insert(place, (type_name, has_references(one.class)));
            own.push(one);
        }
        let types = Types { compounds: &compounds, enumerations };
        let text = own.into_iter().map(|found| types.declaration(found)).collect();
        (compounds, text)
    }

    /// The type at a place.
    pub fn name(&self, place: &Place) -> &str {
        self.types.get(&shared(place)).map_or("", |(name, _)| name)
    }

    /// Whether the type at a place refers to something.
    pub fn has_references(&self, place: &Place) -> bool {
        self.types.get(&shared(place)).is_some_and(|(_, refers)| *refers)
    }
}

/// The place at which a type is declared: that of the common context is in no event.
fn shared(place: &Place) -> Place {
    let (stream, event, scope, path) = place.clone();
    let is_common = matches!(scope, Scope::EventHeader | Scope::EventCommonContext);
    (stream, event.filter(|_| !is_common), scope, path)
}

/// The types that others are made of.
#[derive(Clone, Copy)]
pub struct Types<'t> {
    pub compounds: &'t Compounds,
    pub enumerations: &'t Enumerations<'t>,
}

impl Types<'_> {
    fn declaration(&self, found: &Found<'_>) -> String {
        let name = self.compounds.name(&found.place);
        let (_, _, _, path) = &found.place;
        let lifetime = if has_references(found.class) { "<'a>" } else { "" };
        let mut text = format!("\n/// Field {}.\n", quoted(path));
        let allow = "#[allow(\n    dead_code,\n    non_snake_case,\n    non_camel_case_types,\n    \
                     reason = \"the configuration names them\"\n)]\n\
                     #[derive(Clone, Copy, Debug, PartialEq)]\n";
        text += allow;
        match found.class {
            FieldClass::Structure(class) => {
                let _ = writeln!(text, "pub struct {name}{lifetime} {{");
                self.members(&mut text, &found.place, class);
            }
            FieldClass::Variant(class) => {
                let _ = writeln!(text, "pub enum {name}{lifetime} {{");
                self.options(&mut text, &found.place, class);
            }
            _ => {}
        }
        text + "}\n"
    }

    fn members(&self, text: &mut String, place: &Place, class: &Structure) {
        let lengths = lengths(class);
        for member in class.members.iter().filter(|member| is_parameter(member, &lengths)) {
            let own = value_type(&member.class, *self, &inner(place, &member.name), LIFETIME);
            let about = about(&member.class);
            let _ = write!(
                text,
                "    /// {}: {about}\n    pub {}: {own},\n",
                quoted(&member.name),
                field(&member.name)
            );
        }
    }

    fn options(&self, text: &mut String, place: &Place, class: &Variant) {
        for (name, option) in option_names(class).into_iter().zip(&class.options) {
            let of = option.name.as_deref().unwrap_or_default();
            let own = value_type(&option.class, *self, &inner(place, of), LIFETIME);
            let about = about(&option.class);
            let _ = write!(text, "    /// {}: {about}\n    {name}({own}),\n", quoted(of));
        }
    }
}

/// A place one name further in.
pub fn inner(place: &Place, name: &str) -> Place {
    let (stream, event, scope, path) = place;
    (*stream, *event, *scope, format!("{path}.{name}"))
}

/// The names of the options of a variant in Rust.
pub fn option_names(class: &Variant) -> Vec<String> {
    let names = class.options.iter().map(|option| option.name.as_deref().unwrap_or_default());
    names_of_options(names)
}

/// Names of options as those of an `enum`, each once.
pub fn names_of_options<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut given = Given::constants();
    let own = names.map(|name| {
        let own = camel(name);
        let is_name = own.starts_with(|c: char| c.is_ascii_alphabetic()) && own != "Self";
        if is_name { own } else { format!("Option{own}") }
    });
    own.map(|own| given.numbered(&own)).collect()
}

/// Whether values of a class in a structure refer to something.
pub fn has_references(class: &FieldClass) -> bool {
    match class {
        FieldClass::Str(_) => true,
        FieldClass::Array(class) => {
            matches!(class.length, Length::Dynamic(_)) || has_references(&class.element)
        }
        FieldClass::Blob(class) => matches!(class.len_bytes, Length::Dynamic(_)),
        FieldClass::Structure(class) => {
            class.members.iter().any(|member| has_references(&member.class))
        }
        FieldClass::Optional(class) => has_references(&class.class),
        FieldClass::Variant(class) => {
            class.options.iter().any(|option| has_references(&option.class))
        }
        _ => false,
    }
}
