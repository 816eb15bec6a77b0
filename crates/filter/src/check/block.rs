//! Blocks, with types.

use std::format;
use std::string::String;
use std::vec::Vec;

use marey_diagnostic::source::{Sources, Span};
use marey_diagnostic::{Diagnostic, Problems};

use super::environment::{Environment, Kind};
use super::expression::{Checker, computed};
use super::layout::{Layout, Table};
use super::names::{Local, Scope, kind_of};
use super::typed::{Condition, Number, NumberKind, Statement, Value};
use super::{LOCALS_MAX, STATES_MAX, TEXT_LOCALS_MAX};
use crate::code::KEYS_MAX;
use crate::lang::tree::{self, Action, Block, Expr, Name, Operator, Place, StatementKind, Type};

/// The names of the declared sinks; a sink is a place in this list.
pub type Sinks = [String];

/// Checks a block of a program against a class of events: its condition and its statements. The
/// tables of counts that it fills are added to the layout.
pub fn block(
    block: &Block,
    layout: &mut Layout,
    sinks: &Sinks,
    environment: &dyn Environment,
    (sources, problems): (&Sources, &mut Problems),
) -> Option<Vec<Statement>> {
    let own = layout.clone();
    let scope = Scope { environment, layout: &own, locals: Vec::new() };
    let checker = Checker { scope, problems };
    let mut block_checker = BlockChecker { checker, tables: &mut layout.tables, sinks, sources };
    let condition = match &block.condition {
        Some(condition) => block_checker.checker.condition(condition),
        None => Some(Condition::Constant(true)),
    };
    let body = block_checker.statements(&block.body);
    let (condition, body) = (condition?, body?);
    if condition == Condition::Constant(true) {
        return Some(body);
    }
    Some(Vec::from([Statement::If(condition, body, Vec::new())]))
}

struct BlockChecker<'a, 'p, 't> {
    checker: Checker<'a, 'p>,
    tables: &'t mut Vec<Table>,
    sinks: &'t Sinks,
    sources: &'t Sources,
}

impl BlockChecker<'_, '_, '_> {
    /// All of them are checked, also if one is wrong. What `let` names ends with them.
    fn statements(&mut self, statements: &[tree::Statement]) -> Option<Vec<Statement>> {
        let locals = self.checker.scope.locals.len();
        let all: Vec<_> = statements.iter().map(|statement| self.statement(statement)).collect();
        self.checker.scope.locals.truncate(locals);
        self.check_dead(statements);
        all.into_iter().collect()
    }

    /// Nothing comes behind a verdict.
    fn check_dead(&mut self, statements: &[tree::Statement]) {
        let is_verdict = |statement: &&[tree::Statement]| {
            let kind = statement.first().map(|statement| &statement.kind);
            matches!(kind, Some(StatementKind::Act(Action::Keep | Action::Discard, None)))
        };
        let Some([verdict, dead]) = statements.windows(2).find(is_verdict) else { return };
        let found = Diagnostic::warning("this is never done").at(dead.span, "");
        self.checker.problems.add(found.also(verdict.span, "the block ends here"));
    }

    fn statement(&mut self, statement: &tree::Statement) -> Option<Statement> {
        match &statement.kind {
            StatementKind::Let(name, value) => self.named(name, value),
            StatementKind::Set(place, operator, value) => self.set(place, *operator, value),
            StatementKind::Delete(place) => {
                let (map, keys, _) = self.checker.map(&place.name, &place.keys)?;
                Some(Statement::Delete(map, keys))
            }
            StatementKind::If(condition, then, otherwise) => {
                let condition = self.checker.condition(condition);
                let (then, otherwise) = (self.statements(then), self.statements(otherwise));
                Some(Statement::If(condition?, then?, otherwise?))
            }
            StatementKind::Act(action, condition) => {
                let condition = match condition {
                    Some(condition) => self.checker.condition(condition).map(Some),
                    None => Some(None),
                };
                let action = self.action(action, statement.span);
                match (condition?, action?) {
                    (None, action) => Some(action),
                    (Some(condition), action) => {
                        Some(Statement::If(condition, Vec::from([action]), Vec::new()))
                    }
                }
            }
        }
    }

    fn named(&mut self, name: &Name, value: &Expr) -> Option<Statement> {
        let value = self.checker.value(value);
        let scope = &mut self.checker.scope;
        if let Some(first) = scope.locals.iter().find(|local| local.name == name.text) {
            let found = Diagnostic::error(format!("`{}` is named twice", name.text));
            let found = found.at(name.span, "again").also(first.span, "it is here first");
            self.checker.problems.add(found.help("take another name"));
            return None;
        }
        let Some(value) = value else {
            // So that its uses are no mistakes, too.
            let (name, span) = (name.text.clone(), name.span);
            scope.locals.push(Local { name, at: 0, kind: None, span });
            return None;
        };
        let is_text = matches!(value, Value::Text(_));
        let is_alike = |local: &&Local| (local.kind == Some(Kind::Text)) == is_text;
        let before = scope.locals.iter().filter(is_alike);
        let before = before.count();
        let most = if is_text { TEXT_LOCALS_MAX } else { LOCALS_MAX };
        if before == most {
            let what = format!("`let` names more than {most} values at once");
            self.checker.problems.error(what, name.span, "this one is too much");
            return None;
        }
        let at = u8::try_from(before).ok()?;
        let (kind, statement) = match value {
            Value::Number(number) => (Kind::Number(number.sign), Statement::Let(at, number)),
            Value::Text(text) => (Kind::Text, Statement::LetText(at, text)),
        };
        let (name, span, kind) = (name.text.clone(), name.span, Some(kind));
        scope.locals.push(Local { name, at, kind, span });
        Some(statement)
    }

    fn set(
        &mut self,
        place: &Place,
        operator: Option<Operator>,
        value: &Expr,
    ) -> Option<Statement> {
        if !place.keys.is_empty() {
            let (map, keys, kind) = self.checker.map(&place.name, &place.keys)?;
            let read = tree::Expr {
                kind: tree::ExprKind::MapRead {
                    map: place.name.clone(),
                    keys: place.keys.clone(),
                    otherwise: None,
                },
                span: place.span,
            };
            let value = self.new_value(&read, operator, value, kind)?;
            return Some(Statement::SetMap { map, keys, value });
        }
        let Some((cell, state)) = self.checker.scope.layout.value(&place.name.text) else {
            self.checker.problems.add(self.no_state(place));
            return None;
        };
        let of = state.of;
        let read = tree::Expr {
            kind: tree::ExprKind::Name(place.name.text.clone()),
            span: place.name.span,
        };
        let value = self.new_value(&read, operator, value, kind_of(of))?;
        Some(Statement::Set(cell, if of == Type::Bool { as_bool(value) } else { value }))
    }

    fn no_state(&self, place: &Place) -> Diagnostic {
        let name = &place.name.text;
        let scope = &self.checker.scope;
        if scope.locals.iter().any(|local| local.name == *name) {
            let found = Diagnostic::error(format!("`{name}` cannot be set"));
            return found.at(place.span, "`let` names a value once").help("use a state");
        }
        if scope.layout.map(name).is_some() {
            let found = Diagnostic::error(format!("`{name}` is a map")).at(place.span, "no keys");
            return found.help(format!("write `{name}[…] = …`"));
        }
        let found = Diagnostic::error(format!("there is no state `{name}`")).at(place.span, "");
        let states = scope.layout.values.iter().map(|value| value.name.as_str());
        let found = found.help_nearest(name, states);
        found.help(format!("declare it: `state {name}: u64;`"))
    }

    fn new_value(
        &mut self,
        read: &Expr,
        operator: Option<Operator>,
        value: &Expr,
        kind: Kind,
    ) -> Option<Value> {
        match (kind, operator) {
            (Kind::Number(_), None) => self.checker.number(value).map(Value::Number),
            (Kind::Text, None) => self.checker.text(value).map(Value::Text),
            (Kind::Number(_), Some(operator)) => {
                let (old, new) = (self.checker.number(read), self.checker.number(value));
                Some(Value::Number(computed(operator, old?, new?)))
            }
            (Kind::Text, Some(_)) => {
                let what = "nothing can be computed from texts";
                self.checker.problems.error(what, read.span, "this is a text");
                None
            }
        }
    }

    fn action(&mut self, action: &Action, span: Span) -> Option<Statement> {
        Some(match action {
            Action::Keep => Statement::Keep,
            Action::Discard => Statement::Discard,
            Action::Snapshot => Statement::Snapshot,
            Action::Stop => Statement::Stop,
            Action::Mark(text) => Statement::Mark(text.clone()),
            Action::Send(name) => {
                let Some(sink) = self.sinks.iter().position(|sink| *sink == name.text) else {
                    let found = Diagnostic::error(format!("there is no sink `{}`", name.text));
                    let sinks = self.sinks.iter().map(String::as_str);
                    let found = found.at(name.span, "").help_nearest(&name.text, sinks);
                    let help = format!("declare it: `--sink {}=fifo:PATH`", name.text);
                    self.checker.problems.add(found.help(help));
                    return None;
                };
                Statement::Send(u8::try_from(sink).ok()?)
            }
            Action::Count(keys) => {
                if keys.len() > KEYS_MAX {
                    let what = format!("`count` has at most {KEYS_MAX} keys");
                    self.checker.problems.error(what, span, format!("{} keys", keys.len()));
                    return None;
                }
                let keys: Vec<_> = keys.iter().map(|key| self.checker.value(key)).collect();
                let keys: Option<Vec<_>> = keys.into_iter().collect();
                Statement::Count(self.table(false, span)?, keys?)
            }
            Action::Hist(value, by) => {
                let value = self.checker.number(value);
                let by = match by {
                    Some(by) => self.checker.value(by).map(Some),
                    None => Some(None),
                };
                Statement::Hist(self.table(true, span)?, value?, by?)
            }
        })
    }

    /// The table that a statement fills. For another class of events it is the same one.
    fn table(&mut self, is_hist: bool, span: Span) -> Option<u8> {
        let position = self.sources.position(span.file, span.start);
        let text = self.sources.slice(span);
        let text = text.split(" if ").next().unwrap_or(text);
        let what = format!("{text} (line {})", position.line);
        let table = Table { what, is_hist };
        let index = self.tables.iter().position(|other| *other == table).unwrap_or_else(|| {
            self.tables.push(table);
            self.tables.len() - 1
        });
        if index >= STATES_MAX {
            let what = format!("there are more than {STATES_MAX} tables of counts");
            self.checker.problems.error(what, span, "this one is too much");
            return None;
        }
        u8::try_from(index).ok()
    }
}

/// `true` and `false` are 1 and 0.
fn as_bool(value: Value) -> Value {
    let Value::Number(left) = value else { return value };
    if matches!(left.kind, NumberKind::Truth(_)) {
        return Value::Number(left);
    }
    let sign = left.sign;
    let right = super::expression::number_of(0, sign);
    let compare = crate::code::Compare::Equal;
    let condition = Condition::Numbers { compare, left, right, is_not: true };
    let kind = NumberKind::Truth(std::boxed::Box::new(condition));
    Value::Number(Number { kind, sign: crate::number::Sign::Unsigned })
}
