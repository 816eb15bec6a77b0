//! What filters and blocks ask for besides the event.

use crate::check::typed::{Condition, Number, NumberKind, Statement, Text, Value};

/// What is asked for, or done, besides looking at the event and a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Uses {
    /// Values or maps of the state are asked for or set.
    pub state: bool,
    /// What `let` named is asked for.
    pub locals: bool,
    /// Something is counted.
    pub counts: bool,
    /// The recording is marked, saved or ended, or the event is sent.
    pub acts: bool,
}

/// What these statements ask for.
pub fn of_statements(statements: &[Statement]) -> Uses {
    let mut uses = Uses::default();
    statements.iter().for_each(|statement| uses.statement(statement));
    uses
}

/// What a condition asks for.
pub fn of_condition(condition: &Condition) -> Uses {
    let mut uses = Uses::default();
    uses.condition(condition);
    uses
}

impl Uses {
    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Keep | Statement::Discard => {}
            Statement::Let(_, number) => self.number(number),
            Statement::LetText(_, text) => self.text(text),
            Statement::Set(_, value) => {
                self.state = true;
                self.value(value);
            }
            Statement::SetMap { keys, value, .. } => {
                self.state = true;
                keys.iter().chain([value]).for_each(|value| self.value(value));
            }
            Statement::Delete(_, keys) => {
                self.state = true;
                keys.iter().for_each(|key| self.value(key));
            }
            Statement::If(condition, then, otherwise) => {
                self.condition(condition);
                then.iter().chain(otherwise).for_each(|statement| self.statement(statement));
            }
            Statement::Count(_, keys) => {
                self.counts = true;
                keys.iter().for_each(|key| self.value(key));
            }
            Statement::Hist(_, number, by) => {
                self.counts = true;
                self.number(number);
                by.iter().for_each(|by| self.value(by));
            }
            Statement::Mark(_) | Statement::Send(_) | Statement::Snapshot | Statement::Stop => {
                self.acts = true;
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
                self.text(left);
                self.text(right);
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

    fn value(&mut self, value: &Value) {
        match value {
            Value::Number(number) => self.number(number),
            Value::Text(text) => self.text(text),
        }
    }

    fn number(&mut self, number: &Number) {
        match &number.kind {
            NumberKind::Constant(_) | NumberKind::Slot(_) => {}
            NumberKind::Cell(_) => self.state = true,
            NumberKind::Local(_) => self.locals = true,
            NumberKind::MapRead(read) => {
                self.state = true;
                read.keys.iter().for_each(|key| self.value(key));
                self.number(&read.otherwise);
            }
            NumberKind::Compute(_, left, right) => {
                self.number(left);
                self.number(right);
            }
            NumberKind::Truth(condition) => self.condition(condition),
        }
    }

    fn text(&mut self, text: &Text) {
        match text {
            Text::Constant(_) | Text::Slot(_) => {}
            Text::Cell(_) => self.state = true,
            Text::Local(_) => self.locals = true,
            Text::MapRead(read) => {
                self.state = true;
                read.keys.iter().for_each(|key| self.value(key));
                self.text(&read.otherwise);
            }
        }
    }
}
