//! Statements.

use super::{Compiler, TooLarge};
use crate::check::typed::{Condition, Statement, Value};
use crate::code::Op;
use crate::verdict::Verdict;

impl Compiler {
    pub(super) fn statements(&mut self, statements: &[Statement]) -> Result<(), TooLarge> {
        statements.iter().try_for_each(|statement| {
            let free = (self.register, self.text_register);
            self.statement(statement)?;
            (self.register, self.text_register) = free;
            Ok(())
        })
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), TooLarge> {
        match statement {
            Statement::Let(to, number) => self.number_to(number, *to),
            Statement::LetText(to, text) => self.text_to(text, *to),
            Statement::Set(cell, Value::Number(number)) => {
                let from = self.number(number)?;
                self.emit(Op::Store { from, cell: *cell })
            }
            Statement::Set(cell, Value::Text(text)) => {
                let from = self.text_value(text)?;
                let cell = *cell;
                self.emit_to(Op::StoreText { from, cell, failed: 0 }, self.too_long)
            }
            Statement::SetMap { map, keys, value } => self.set_map(*map, keys, value),
            Statement::Delete(map, keys) => {
                self.keys(keys)?;
                self.emit(Op::MapDelete { map: *map })
            }
            Statement::If(condition, then, otherwise) => self.branches(condition, then, otherwise),
            Statement::Keep => self.emit(Op::End { verdict: Verdict::Keep }),
            Statement::Discard => self.emit(Op::End { verdict: Verdict::Discard }),
            Statement::Count(table, keys) => {
                self.keys(keys)?;
                self.emit(Op::Count { table: *table })
            }
            Statement::Hist(table, number, by) => {
                let from = self.number(number)?;
                self.keys(by.as_slice())?;
                self.emit(Op::Hist { from, sign: number.sign, table: *table })
            }
            Statement::Mark(text) => {
                let pool = self.text(text)?;
                self.emit(Op::Mark { pool })
            }
            Statement::Send(sink) => self.emit(Op::Send { sink: *sink }),
            Statement::Snapshot => self.emit(Op::Snapshot),
            Statement::Stop => self.emit(Op::Stop),
        }
    }

    fn set_map(&mut self, map: u8, keys: &[Value], value: &Value) -> Result<(), TooLarge> {
        match value {
            Value::Number(number) => {
                let from = self.number(number)?;
                self.keys(keys)?;
                self.emit_to(Op::MapStore { from, map, failed: 0 }, self.full)
            }
            Value::Text(text) => {
                let from = self.text_value(text)?;
                self.keys(keys)?;
                self.emit_to(Op::MapStoreText { from, map, failed: 0 }, self.full)
            }
        }
    }

    fn branches(
        &mut self,
        condition: &Condition,
        then: &[Statement],
        otherwise: &[Statement],
    ) -> Result<(), TooLarge> {
        let (not, end) = (self.label(), self.label());
        self.branch(condition, false, not)?;
        self.statements(then)?;
        // Nothing goes on behind a verdict.
        let ends = matches!(then.last(), Some(Statement::Keep | Statement::Discard));
        if !otherwise.is_empty() && !ends {
            self.emit_to(Op::Jump { by: 0 }, end)?;
        }
        self.bind(not);
        self.statements(otherwise)?;
        self.bind(end);
        Ok(())
    }
}
