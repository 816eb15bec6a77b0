//! What a name means.

use std::format;
use std::string::String;
use std::vec::Vec;

use marey_diagnostic::source::Span;
use marey_diagnostic::{Diagnostic, Problems};

use super::environment::{Environment, Kind, Symbol};
use super::layout::Layout;
use super::typed::{Number, NumberKind, Text, Value};
use crate::lang::tree::Type;
use crate::number::Sign;

/// A value that `let` named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// Its place.
    pub at: u8,
    /// What it is. Nothing if that is wrong, which was told.
    pub kind: Option<Kind>,
    /// Where it is named.
    pub span: Span,
}

/// All that names can mean.
pub struct Scope<'a> {
    /// What the event has.
    pub environment: &'a dyn Environment,
    /// What the program remembers.
    pub layout: &'a Layout,
    /// What `let` named, the innermost last.
    pub locals: Vec<Local>,
}

impl Scope<'_> {
    /// What a name means. Nothing if it means nothing, or several things; that is told.
    pub fn find(&self, name: &str, span: Span, problems: &mut Problems) -> Option<Value> {
        if self.local(name).is_some_and(|local| local.kind.is_none()) {
            return None;
        }
        let own = self.own(name);
        let given = match name.split_once('.') {
            Some(("field", rest)) => self.environment.field(rest),
            Some(("ctx", rest)) => self.environment.context(rest),
            _ => self.bare(name, own.is_some(), span, problems)?,
        };
        let constant = || self.environment.constant(name).map(constant);
        match own.or_else(|| given.map(value_of)).or_else(constant) {
            Some(value) => Some(value),
            None => {
                problems.add(self.unknown(name, span));
                None
            }
        }
    }

    /// Whether a name means something here.
    pub fn has(&self, name: &str) -> bool {
        let of = self.environment;
        let is_given = match name.split_once('.') {
            Some(("field", rest)) => of.field(rest).is_some(),
            Some(("ctx", rest)) => of.context(rest).is_some(),
            _ => of.field(name).or(of.context(name)).is_some(),
        };
        let is_own = self.local(name).is_some() || self.own(name).is_some();
        is_given || is_own || self.layout.map(name).is_some() || of.constant(name).is_some()
    }

    /// What stands for itself: a field, or a context if there is no such field.
    fn bare(
        &self,
        name: &str,
        is_own: bool,
        span: Span,
        problems: &mut Problems,
    ) -> Option<Option<Symbol>> {
        let (field, context) = (self.environment.field(name), self.environment.context(name));
        if is_own && field.or(context).is_some() {
            let class = self.environment.class();
            let found =
                Diagnostic::error(format!("`{name}` is the program's, and {class} has one"));
            let found = found.at(span, "which one is meant?");
            problems.add(found.help("take another name for the one of the program"));
            return None;
        }
        if field.is_some() && context.is_some() {
            let class = self.environment.class();
            let found = Diagnostic::error(format!("`{name}` has two meanings at {class}"));
            let found = found.at(span, "a field of the event, and a feature");
            let help = format!(
                "write `field.{name}` for what the event says, `ctx.{name}` for what it concerns"
            );
            problems.add(found.help(help));
            return None;
        }
        Some(field.or(context))
    }

    /// What the program itself calls so.
    fn own(&self, name: &str) -> Option<Value> {
        if let Some(local) = self.local(name) {
            return Some(match local.kind? {
                Kind::Number(sign) => {
                    Value::Number(Number { kind: NumberKind::Local(local.at), sign })
                }
                Kind::Text => Value::Text(Text::Local(local.at)),
            });
        }
        let (cell, value) = self.layout.value(name)?;
        Some(match kind_of(value.of) {
            Kind::Number(sign) => Value::Number(Number { kind: NumberKind::Cell(cell), sign }),
            Kind::Text => Value::Text(Text::Cell(cell)),
        })
    }

    fn local(&self, name: &str) -> Option<&Local> {
        self.locals.iter().rev().find(|local| local.name == name)
    }

    fn unknown(&self, name: &str, span: Span) -> Diagnostic {
        let class = self.environment.class();
        if let Some((_, map)) = self.layout.map(name) {
            let found = Diagnostic::error(format!("`{name}` is a map")).at(span, "no keys");
            let keys = vec_of("…", map.keys.len());
            return found.help(format!("write `{name}[{keys}]`"));
        }
        let mut names = self.environment.names();
        names.extend(self.locals.iter().map(|local| local.name.clone()));
        names.extend(self.layout.values.iter().map(|value| value.name.clone()));
        let found = Diagnostic::error(format!("{class} has no `{name}`")).at(span, "");
        found.help_nearest(name, names.iter().map(String::as_str))
    }
}

fn vec_of(part: &str, count: usize) -> String {
    std::vec![part; count].join(", ")
}

/// What a type of state is.
pub fn kind_of(of: Type) -> Kind {
    match of {
        Type::U64 | Type::Bool => Kind::Number(Sign::Unsigned),
        Type::I64 => Kind::Number(Sign::Signed),
        Type::Str => Kind::Text,
    }
}

fn constant(value: u64) -> Value {
    Value::Number(Number { kind: NumberKind::Constant(value), sign: Sign::Unsigned })
}

fn value_of(symbol: Symbol) -> Value {
    match symbol.kind {
        Kind::Number(sign) => Value::Number(Number { kind: NumberKind::Slot(symbol.slot), sign }),
        Kind::Text => Value::Text(Text::Slot(symbol.slot)),
    }
}
