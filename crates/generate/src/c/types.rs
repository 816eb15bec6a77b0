//! Types in C for what is in structures: their declarations in the header.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use marey_ctf::schema::{
    Array, FieldClass, Length, Member, Scope, StreamClass, Structure, Variant,
};

use super::names::{TypeNames, member_name};
use crate::definition::Definition;
use crate::plan::{Unsupported, selector};
use crate::scopes::{event_scopes, name, packet_scopes};

/// Declarations of types.
pub struct Declared {
    pub text: String,
    /// The names of types and constants.
    pub names: BTreeSet<String>,
}

/// The declarations of all types.
///
/// # Errors
///
/// Types and members that would have the names of others.
pub fn types(definition: &Definition) -> Result<Declared, Vec<Unsupported>> {
    let mut types = Types { given: taken(definition), ..Types::default() };
    for stream in &definition.schema.streams {
        let names = TypeNames::of(definition, stream, "open_packet");
        types.scopes(&names, &packet_scopes(definition, stream));
        types.stream(definition, stream);
    }
    match types.unsupported.is_empty() {
        true => Ok(Declared { text: types.out, names: types.given }),
        false => Err(types.unsupported),
    }
}

/// The names of the types that all tracers have.
fn taken(definition: &Definition) -> BTreeSet<String> {
    let prefix = &definition.code.identifier_prefix;
    let streams = definition.schema.streams.iter();
    let contexts = streams.map(|stream| format!("{prefix}{}_ctx", name(&stream.identity)));
    let common = ["ctx", "platform_callbacks"].map(|own| format!("{prefix}{own}"));
    contexts.chain(common).collect()
}

#[derive(Default)]
struct Types {
    out: String,
    /// The names of types and constants so far.
    given: BTreeSet<String>,
    unsupported: Vec<Unsupported>,
}

impl Types {
    fn stream(&mut self, definition: &Definition, stream: &StreamClass) {
        let mut is_first = true;
        for event in &stream.events {
            let function = format!("trace_{}", name(&event.identity));
            let names = TypeNames::of(definition, stream, &function);
            let is_own = |scope: Scope| is_first || is_of_event(scope);
            let scopes = event_scopes(stream, event);
            let scopes: Vec<_> = scopes.into_iter().filter(|(scope, _)| is_own(*scope)).collect();
            self.scopes(&names, &scopes);
            is_first = false;
        }
    }

    fn scopes(&mut self, names: &TypeNames<'_>, scopes: &[(Scope, &Structure)]) {
        for (scope, structure) in scopes {
            let mut path = Vec::new();
            self.members(names, *scope, &mut path, structure);
        }
    }

    fn members(
        &mut self,
        names: &TypeNames<'_>,
        scope: Scope,
        path: &mut Vec<String>,
        structure: &Structure,
    ) {
        for member in &structure.members {
            path.push(member.name.clone());
            self.class(names, scope, path, &member.class);
            path.pop();
        }
    }

    /// Declares what a class is made of, the innermost first.
    fn class(
        &mut self,
        names: &TypeNames<'_>,
        scope: Scope,
        path: &mut Vec<String>,
        class: &FieldClass,
    ) {
        let own = names.name(scope, path);
        match class {
            FieldClass::Array(class) => self.class(names, scope, path, &class.element),
            FieldClass::Optional(class) => self.class(names, scope, path, &class.class),
            FieldClass::Structure(class) => {
                self.members(names, scope, path, class);
                self.structure(&own, path, class);
            }
            FieldClass::Variant(class) => {
                for option in &class.options {
                    path.push(option.name.clone().unwrap_or_default());
                    self.class(names, scope, path, &option.class);
                    path.pop();
                }
                self.variant(&own, path, class);
            }
            _ => {}
        }
    }

    fn structure(&mut self, own: &str, path: &[String], class: &Structure) {
        self.give(own, path);
        let _ = write!(self.out, "\n/* Field `{}` */\nstruct {own} {{\n", path.join("."));
        let mut given = BTreeSet::new();
        for member in class.members.iter().filter(|member| !is_selector(class, member)) {
            let c_name = member_name(&member.name);
            if !given.insert(c_name.clone()) {
                self.refuse(path, "two members of it would have one name in C");
            }
            let of_member = format!("{own}_{}", member.name);
            let _ = writeln!(self.out, "\t{};", declared(&member.class, &of_member, &c_name));
        }
        self.out += "};\n";
    }

    fn variant(&mut self, own: &str, path: &[String], class: &Variant) {
        self.give(own, path);
        let option_name =
            |option: &marey_ctf::schema::VariantOption| option.name.clone().unwrap_or_default();
        let options: Vec<_> =
            class.options.iter().map(|option| (option_name(option), &option.class)).collect();
        let _ = write!(self.out, "\n/* Which one field `{}` is */\n", path.join("."));
        let _ = write!(self.out, "enum {own}_tag {{");
        let mut separator = "";
        for (number, (option, _)) in options.iter().enumerate() {
            let constant = format!("{own}_{option}").to_uppercase();
            self.give(&constant, path);
            let _ = write!(self.out, "{separator}\n\t{constant} = {number}");
            separator = ",";
        }
        let _ = write!(self.out, "\n}};\n\n/* Field `{}` */\nstruct {own} {{\n", path.join("."));
        let _ = write!(self.out, "\tenum {own}_tag tag;\n\tunion {{\n");
        for (option, class) in &options {
            let declared = declared(class, &format!("{own}_{option}"), &member_name(option));
            let _ = writeln!(self.out, "\t\t{declared};");
        }
        self.out += "\t} value;\n};\n";
    }

    /// Takes a name.
    fn give(&mut self, name: &str, path: &[String]) {
        if !self.given.insert(name.to_owned()) {
            self.refuse(
                path,
                "its type or a constant of it would have a name that another one has",
            );
        }
    }

    fn refuse(&mut self, path: &[String], what: &'static str) {
        self.unsupported.push(Unsupported { field: path.join("."), what });
    }
}

/// Whether a scope is not the same for all events of a stream.
fn is_of_event(scope: Scope) -> bool {
    matches!(scope, Scope::EventSpecificContext | Scope::EventPayload)
}

/// Whether a member says whether another one is there, or which it is.
pub fn is_selector(structure: &Structure, member: &Member) -> bool {
    structure.members.iter().any(|other| selector(&other.class) == Some(&member.name))
}

/// A member as it is declared; `own` is the name of its type, if it has one.
fn declared(class: &FieldClass, own: &str, name: &str) -> String {
    match class {
        FieldClass::Structure(_) | FieldClass::Variant(_) => format!("struct {own} {name}"),
        FieldClass::Array(array) if is_inline(class) => match array.length {
            Length::Static(count) => declared(&array.element, own, &format!("{name}[{count}]")),
            Length::Dynamic(_) => String::new(),
        },
        FieldClass::Blob(blob) if is_inline(class) => match blob.len_bytes {
            Length::Static(count) => format!("uint8_t {name}[{count}]"),
            Length::Dynamic(_) => String::new(),
        },
        class => {
            let c_type = type_of(class, own);
            let space = if c_type.ends_with('*') { "" } else { " " };
            format!("{c_type}{space}{name}")
        }
    }
}

/// Whether an array is in the structure itself: C has none without elements.
fn is_inline(class: &FieldClass) -> bool {
    match class {
        FieldClass::Array(Array { length: Length::Static(1..), element, .. }) => {
            !matches!(element.as_ref(), FieldClass::Array(_) | FieldClass::Blob(_))
                || is_inline(element)
        }
        FieldClass::Blob(blob) => matches!(blob.len_bytes, Length::Static(1..)),
        _ => false,
    }
}

/// The C type of a value that is a parameter; `own` is the name of its type, if it has one.
pub fn type_of(class: &FieldClass, own: &str) -> String {
    match class {
        FieldClass::Integer(class) if class.meaning == marey_ctf::schema::Meaning::Boolean => {
            "int".to_owned()
        }
        FieldClass::Integer(class) => {
            super::names::integer_type(class.len_bits, class.is_signed()).to_owned()
        }
        FieldClass::Float(class) => super::names::float_type(class.len_bits).to_owned(),
        FieldClass::Array(class) => pointer_to(&class.element, own),
        FieldClass::Blob(_) => "const uint8_t *".to_owned(),
        FieldClass::Structure(_) | FieldClass::Variant(_) => format!("const struct {own} *"),
        FieldClass::Optional(class) => optional_type(&class.class, own),
        _ => "const char *".to_owned(),
    }
}

/// A pointer to a value of a class, or a value that is a pointer.
pub fn optional_type(class: &FieldClass, own: &str) -> String {
    match class {
        FieldClass::Integer(_) | FieldClass::Float(_) => pointer_to(class, own),
        class => type_of(class, own),
    }
}

/// A pointer to values of a class, which are constant all the way down.
fn pointer_to(class: &FieldClass, own: &str) -> String {
    match class {
        FieldClass::Array(_) | FieldClass::Blob(_) | FieldClass::Str(_) => {
            format!("{} const *", type_of(class, own))
        }
        FieldClass::Structure(_) | FieldClass::Variant(_) => format!("const struct {own} *"),
        class => format!("const {} *", type_of(class, own)),
    }
}
