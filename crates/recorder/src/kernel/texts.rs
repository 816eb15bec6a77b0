//! Which texts of an event are asked for.

use std::collections::BTreeMap;

use marey_filter::check::typed::{Condition, Number, NumberKind, Statement, Text};

use super::ask::{Ask, What};

/// The texts that are asked for, by their slots.
#[derive(Debug, Default)]
pub struct Texts {
    /// How long the longest constant is that each is compared with.
    pub longest: BTreeMap<u16, usize>,
    /// What `let` named: a later name of the same number is another one.
    locals: BTreeMap<u8, Text>,
}

impl Texts {
    /// Those of all of these.
    pub fn of(asks: &[Ask]) -> Self {
        let mut texts = Texts::default();
        for ask in asks {
            match &ask.what {
                What::Filter(condition) => texts.condition(condition),
                What::Block(statements) => texts.statements(statements),
            }
        }
        texts
    }

    fn statements(&mut self, statements: &[Statement]) {
        for statement in statements {
            match statement {
                Statement::Let(_, number) => self.number(number),
                Statement::LetText(local, text) => {
                    let text = self.resolved(text).clone();
                    self.compared(&text, 0);
                    self.locals.insert(*local, text);
                }
                Statement::If(condition, then, otherwise) => {
                    self.condition(condition);
                    self.statements(then);
                    self.statements(otherwise);
                }
                // They ask for none, or the kernel does not do them.
                _ => {}
            }
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Constant(_) => {}
            Condition::Not(inner) => self.condition(inner),
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| self.condition(part));
            }
            Condition::Numbers { left, right, .. } => {
                self.number(left);
                self.number(right);
            }
            Condition::Texts { left, right, .. } => {
                let (left, right) = (self.resolved(left).clone(), self.resolved(right).clone());
                let longest = len(&left).max(len(&right));
                self.compared(&left, longest);
                self.compared(&right, longest);
            }
            Condition::Among(value, ranges) => {
                self.number(value);
                for (first, last) in ranges {
                    self.number(first);
                    last.iter().for_each(|last| self.number(last));
                }
            }
        }
    }

    fn number(&mut self, number: &Number) {
        match &number.kind {
            NumberKind::Truth(condition) => self.condition(condition),
            NumberKind::Compute(_, left, right) => {
                self.number(left);
                self.number(right);
            }
            _ => {}
        }
    }

    fn compared(&mut self, text: &Text, len: usize) {
        if let Text::Slot(slot) = text {
            let longest = self.longest.entry(*slot).or_default();
            *longest = len.max(*longest);
        }
    }

    fn resolved<'t>(&'t self, text: &'t Text) -> &'t Text {
        match text {
            Text::Local(local) => self.locals.get(local).unwrap_or(text),
            text => text,
        }
    }
}

/// How long a text is that the program says.
fn len(text: &Text) -> usize {
    match text {
        Text::Constant(constant) => constant.len(),
        _ => 0,
    }
}
