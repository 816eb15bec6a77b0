//! Which enumerations select the options of variants.
//!
//! The name of an option is escaped, and readers compare it, as it is written, with the labels of
//! the selector. So those labels are escaped too, and no others.

use std::collections::BTreeSet;

use super::place::{Place, Roots};
use crate::check;
use crate::report::Report;
use crate::schema::{FieldClass, FieldLocation, Integer, Schema, Scope, Structure};

/// The selectors of all variants in a schema; two classes are the same if they have one address.
#[derive(Debug, Default)]
pub(super) struct Selectors {
    found: BTreeSet<*const Integer>,
}

impl Selectors {
    pub(super) fn of(schema: &Schema) -> Self {
        let mut selectors = Selectors::default();
        selectors.scopes(Roots::of(schema, None, None), &[Scope::PacketHeader]);
        for stream in &schema.streams {
            let scopes = [Scope::PacketContext, Scope::EventHeader, Scope::EventCommonContext];
            selectors.scopes(Roots::of(schema, Some(stream), None), &scopes);
            for event in &stream.events {
                let scopes = [Scope::EventSpecificContext, Scope::EventPayload];
                selectors.scopes(Roots::of(schema, Some(stream), Some(event)), &scopes);
            }
        }
        selectors
    }

    pub(super) fn contain(&self, class: &Integer) -> bool {
        self.found.contains(&std::ptr::from_ref(class))
    }

    fn scopes(&mut self, roots: Roots<'_>, scopes: &[Scope]) {
        for &scope in scopes {
            let Some(root) = roots.get(scope) else { continue };
            // What is wrong is reported where it is written.
            if check::nesting(root, &mut Report::default()) {
                self.structure(root, &mut Place { scope, roots, open: Vec::new() });
            }
        }
    }

    fn structure<'a>(&mut self, class: &'a Structure, place: &mut Place<'a>) {
        place.open.push(class);
        for member in &class.members {
            self.class(&member.class, place);
        }
        place.open.pop();
    }

    fn selector<'a>(&mut self, location: &'a FieldLocation, place: &Place<'a>) {
        let target = place.find(location);
        if let Ok(FieldClass::Integer(class)) = target.map(|target| target.class) {
            self.found.insert(class);
        }
    }

    fn class<'a>(&mut self, class: &'a FieldClass, place: &mut Place<'a>) {
        match class {
            FieldClass::Structure(class) => self.structure(class, place),
            FieldClass::Array(class) => self.class(&class.element, place),
            FieldClass::Optional(class) => {
                self.selector(&class.selector, place);
                self.class(&class.class, place);
            }
            FieldClass::Variant(class) => {
                self.selector(&class.selector, place);
                for option in &class.options {
                    self.class(&option.class, place);
                }
            }
            _ => {}
        }
    }
}
