//! Statements: jumps further down, and what `let` names on the stack.

use std::vec::Vec;

use super::assembler::Label;
use super::insn::{Insn, Reg, Size};
use super::{Generator, Unsupported};
use crate::check::typed::{Condition, Number, Statement, Text};

/// Where the statements of a block lead to.
#[derive(Clone, Copy)]
struct Ends {
    keep: Label,
    discard: Label,
}

/// What `let` named that is still to be seen, in its order.
#[derive(Clone, Debug, Default)]
pub(super) struct Locals {
    /// Numbers, and where they are on the stack.
    numbers: Vec<(u8, i16)>,
    /// Texts, and what they are: nothing changes a text of an event.
    texts: Vec<(u8, Text)>,
}

impl Generator<'_> {
    /// Does the statements of a block: leads to `discard` if they discard the event, else on.
    ///
    /// # Errors
    /// What the kernel cannot say.
    pub fn block(&mut self, statements: &[Statement], discard: Label) -> Result<(), Unsupported> {
        let keep = self.code.label();
        self.statements(statements, Ends { keep, discard })?;
        self.code.bind(keep);
        Ok(())
    }

    /// What `let` names ends with them, and so does its place.
    fn statements(&mut self, statements: &[Statement], ends: Ends) -> Result<(), Unsupported> {
        let free = self.stack;
        let (numbers, texts) = (self.locals.numbers.len(), self.locals.texts.len());
        statements.iter().try_for_each(|statement| self.statement(statement, ends))?;
        self.locals.numbers.truncate(numbers);
        self.locals.texts.truncate(texts);
        self.stack = free;
        Ok(())
    }

    fn statement(&mut self, statement: &Statement, ends: Ends) -> Result<(), Unsupported> {
        match statement {
            Statement::Let(local, number) => self.named(*local, number),
            Statement::LetText(local, text) => self.named_text(*local, text),
            Statement::If(condition, then, otherwise) => {
                self.branches(condition, then, otherwise, ends)
            }
            Statement::Keep => {
                self.code.jump(Insn::jump(), ends.keep);
                Ok(())
            }
            Statement::Discard => {
                self.code.jump(Insn::jump(), ends.discard);
                Ok(())
            }
            Statement::Set(..) | Statement::SetMap { .. } | Statement::Delete(..) => {
                Self::unsupported(super::HAS_STATE)
            }
            Statement::Count(table, keys) => self.counted(*table, None, keys),
            Statement::Hist(table, number, by) => self.counted(*table, Some(number), by.as_slice()),
            Statement::Mark(_) | Statement::Send(_) | Statement::Snapshot | Statement::Stop => {
                Self::unsupported("it acts on the recording")
            }
        }
    }

    fn named(&mut self, local: u8, number: &Number) -> Result<(), Unsupported> {
        self.number(number, Reg::R1)?;
        let place = self.push()?;
        self.code.push(Insn::store(Size::B8, Reg::FP, place, Reg::R1));
        self.locals.numbers.push((local, place));
        Ok(())
    }

    /// A text that is not there could not be named: the source says whether it is.
    fn named_text(&mut self, local: u8, text: &Text) -> Result<(), Unsupported> {
        let text = self.resolved(text)?.clone();
        if !matches!(text, Text::Constant(_)) {
            self.text_of(&text)?;
        }
        self.locals.texts.push((local, text));
        Ok(())
    }

    fn branches(
        &mut self,
        condition: &Condition,
        then: &[Statement],
        otherwise: &[Statement],
        ends: Ends,
    ) -> Result<(), Unsupported> {
        let (not, end) = (self.code.label(), self.code.label());
        self.condition(condition, false, not)?;
        self.statements(then, ends)?;
        if !otherwise.is_empty() {
            self.code.jump(Insn::jump(), end);
        }
        self.code.bind(not);
        self.statements(otherwise, ends)?;
        self.code.bind(end);
        Ok(())
    }

    /// A number that `let` named.
    pub(super) fn local(&mut self, local: u8, to: Reg) -> Result<(), Unsupported> {
        let found = self.locals.numbers.iter().rev().find(|(other, _)| *other == local);
        let Some((_, place)) = found else {
            return Self::unsupported("a name of the program stands for no number");
        };
        self.code.push(Insn::load(Size::B8, to, Reg::FP, *place));
        Ok(())
    }

    /// What a text is that `let` named.
    pub(super) fn resolved<'t>(&'t self, text: &'t Text) -> Result<&'t Text, Unsupported> {
        let Text::Local(local) = text else { return Ok(text) };
        let found = self.locals.texts.iter().rev().find(|(other, _)| other == local);
        match found {
            Some((_, text)) => Ok(text),
            None => Self::unsupported("a name of the program stands for no text"),
        }
    }
}
