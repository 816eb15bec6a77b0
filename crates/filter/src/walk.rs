//! A walk over all that filters and blocks consist of, in the order in which it is written.

use crate::check::typed::{Condition, Number, NumberKind, Statement, Text, Value};

/// What is met on the way: each thing before what it consists of.
#[derive(Clone, Copy, Debug)]
pub enum Node<'t> {
    /// A statement.
    Statement(&'t Statement),
    /// A condition.
    Condition(&'t Condition),
    /// A number.
    Number(&'t Number),
    /// A text.
    Text(&'t Text),
}

/// Shows all that statements consist of.
pub fn statements<'t>(statements: &'t [Statement], see: &mut dyn FnMut(Node<'t>)) {
    statements.iter().for_each(|one| statement(one, see));
}

fn statement<'t>(statement: &'t Statement, see: &mut dyn FnMut(Node<'t>)) {
    see(Node::Statement(statement));
    match statement {
        Statement::Let(_, one) => number(one, see),
        Statement::LetText(_, one) => text(one, see),
        Statement::Set(_, one) => value(one, see),
        Statement::SetMap { keys, value: one, .. } => {
            values(keys, see);
            value(one, see);
        }
        Statement::Delete(_, keys) | Statement::Count(_, keys) => values(keys, see),
        Statement::If(one, then, otherwise) => {
            condition(one, see);
            statements(then, see);
            statements(otherwise, see);
        }
        Statement::Hist(_, one, by) => {
            number(one, see);
            by.iter().for_each(|by| value(by, see));
        }
        Statement::Keep
        | Statement::Discard
        | Statement::Mark(_)
        | Statement::Send(_)
        | Statement::Snapshot
        | Statement::Stop => {}
    }
}

/// Shows all that a condition consists of.
pub fn condition<'t>(one: &'t Condition, see: &mut dyn FnMut(Node<'t>)) {
    see(Node::Condition(one));
    match one {
        Condition::Constant(_) => {}
        Condition::Not(inner) => condition(inner, see),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| condition(part, see));
        }
        Condition::Numbers { left, right, .. } => {
            number(left, see);
            number(right, see);
        }
        Condition::Texts { left, right, .. } => {
            text(left, see);
            text(right, see);
        }
        Condition::Among(value, ranges) => {
            number(value, see);
            for (first, last) in ranges {
                number(first, see);
                last.iter().for_each(|last| number(last, see));
            }
        }
    }
}

fn values<'t>(values: &'t [Value], see: &mut dyn FnMut(Node<'t>)) {
    values.iter().for_each(|one| value(one, see));
}

fn value<'t>(value: &'t Value, see: &mut dyn FnMut(Node<'t>)) {
    match value {
        Value::Number(one) => number(one, see),
        Value::Text(one) => text(one, see),
    }
}

fn number<'t>(one: &'t Number, see: &mut dyn FnMut(Node<'t>)) {
    see(Node::Number(one));
    match &one.kind {
        NumberKind::Constant(_)
        | NumberKind::Slot(_)
        | NumberKind::Cell(_)
        | NumberKind::Local(_) => {}
        NumberKind::MapRead(read) => {
            values(&read.keys, see);
            number(&read.otherwise, see);
        }
        NumberKind::Compute(_, left, right) => {
            number(left, see);
            number(right, see);
        }
        NumberKind::Truth(inner) => condition(inner, see),
    }
}

fn text<'t>(one: &'t Text, see: &mut dyn FnMut(Node<'t>)) {
    see(Node::Text(one));
    match one {
        Text::Constant(_) | Text::Slot(_) | Text::Cell(_) | Text::Local(_) => {}
        Text::MapRead(read) => {
            values(&read.keys, see);
            text(&read.otherwise, see);
        }
    }
}
