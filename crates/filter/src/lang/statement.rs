//! Statements.

use std::vec::Vec;

use marey_diagnostic::Diagnostic;
use marey_diagnostic::source::Span;

use super::is_keyword;
use super::parser::Parser;
use super::token::Kind;
use super::tree::{Action, ExprKind, Name, Operator, Place, Statement, StatementKind};

const SETTERS: [(&str, Option<Operator>); 5] = [
    ("=", None),
    ("+=", Some(Operator::Add)),
    ("-=", Some(Operator::Subtract)),
    ("|=", Some(Operator::Or)),
    ("&=", Some(Operator::And)),
];

impl Parser<'_> {
    /// `{` statements `}`. Nothing if there is none.
    pub(super) fn body(&mut self) -> Option<Vec<Statement>> {
        let start = self.span();
        if !self.expect_sign("{", "and what is done") {
            self.skip_statement();
            return None;
        }
        let statements = self.deeper(Self::statements).unwrap_or_default();
        if !self.take_sign("}") {
            let found = Diagnostic::error("this `{` is never closed").at(start, "");
            self.problems.add(found.help("add a `}`"));
        }
        Some(statements)
    }

    fn statements(&mut self) -> Vec<Statement> {
        let mut statements = Vec::new();
        // At `on` the next block begins, though this one was never closed.
        while !self.is_end() && !self.is_sign("}") && !self.is_word("on") {
            let start = self.span();
            let kind = self.statement();
            let is_block = matches!(kind, Some(StatementKind::If(..)));
            match kind {
                Some(kind) => {
                    let span = start.to(self.span_before());
                    statements.push(Statement { kind, span });
                }
                None => self.skip_statement(),
            }
            // The last `;` may be left out, and `if` needs none.
            if !self.take_sign(";") && !is_block && !self.is_sign("}") {
                self.unexpected("expected `;`");
                self.skip_statement();
                self.take_sign(";");
            }
        }
        statements
    }

    /// Goes on behind a statement that is wrong.
    fn skip_statement(&mut self) {
        let mut open = 0_usize;
        while !self.is_end() {
            match self.kind() {
                Kind::Sign("{") => open += 1,
                Kind::Sign("}") if open == 0 => return,
                Kind::Sign("}") => open -= 1,
                Kind::Sign(";") if open == 0 => return,
                Kind::Word(word) if word == "on" && open == 0 => return,
                _ => {}
            }
            self.step();
        }
    }

    fn statement(&mut self) -> Option<StatementKind> {
        let start = self.span();
        self.operators = 0;
        if self.take_word("let") {
            let name = self.name("the name of the value")?;
            self.expect_sign("=", "and the value").then_some(())?;
            return Some(StatementKind::Let(name, self.expression()));
        }
        if self.take_word("delete") {
            return Some(StatementKind::Delete(self.place()?));
        }
        if self.take_word("if") {
            return self.branch();
        }
        if let Some(action) = self.action(start)? {
            let condition = self.take_word("if").then(|| self.expression());
            return Some(StatementKind::Act(action, condition));
        }
        let place = self.place()?;
        let setter = SETTERS.into_iter().find(|(sign, _)| self.is_sign(sign));
        let Some((sign, operator)) = setter else {
            self.unexpected("expected `=`, `+=`, `-=`, `|=` or `&=`");
            return None;
        };
        self.take_sign(sign);
        Some(StatementKind::Set(place, operator, self.expression()))
    }

    fn branch(&mut self) -> Option<StatementKind> {
        let condition = self.expression();
        let then = self.body()?;
        let mut otherwise = Vec::new();
        if self.take_word("else") {
            let start = self.span();
            otherwise = if self.take_word("if") {
                let kind = self.deeper(Self::branch).flatten()?;
                Vec::from([Statement { kind, span: start.to(self.span_before()) }])
            } else {
                self.body()?
            };
        }
        Some(StatementKind::If(condition, then, otherwise))
    }

    fn place(&mut self) -> Option<Place> {
        if matches!(self.kind(), Kind::Word(word) if is_keyword(word)) {
            self.unexpected("expected a statement");
            return None;
        }
        let name: Name = self.name("a statement")?;
        let keys = if self.is_sign("[") { self.keys() } else { Vec::new() };
        let span = name.span.to(self.span_before());
        Some(Place { name, keys, span })
    }

    /// What an action is, if there is one; nothing at all if it is wrong.
    fn action(&mut self, start: Span) -> Option<Option<Action>> {
        let Kind::Word(word) = self.kind().clone() else { return Some(None) };
        let plain = match word.as_str() {
            "keep" => Some(Action::Keep),
            "discard" => Some(Action::Discard),
            "snapshot" => Some(Action::Snapshot),
            "stop" => Some(Action::Stop),
            _ => None,
        };
        if plain.is_some() {
            self.step();
            return Some(plain);
        }
        match word.as_str() {
            "count" => {
                self.step();
                Some(Some(Action::Count(self.count_keys()?)))
            }
            "hist" => {
                self.step();
                self.expect_sign("(", "and a value").then_some(())?;
                let value = self.expression();
                let by = self.take_word("by").then(|| self.expression());
                self.expect_sign(")", "behind the value").then_some(())?;
                Some(Some(Action::Hist(value, by)))
            }
            "mark" => self.mark(start).map(Some),
            "send" => {
                self.step();
                Some(Some(Action::Send(self.name("the name of a sink")?)))
            }
            _ => Some(None),
        }
    }

    fn count_keys(&mut self) -> Option<Vec<super::tree::Expr>> {
        let mut keys = Vec::new();
        if self.take_sign("(") {
            loop {
                keys.push(self.expression());
                if !self.take_sign(",") {
                    break;
                }
            }
            self.expect_sign(")", "behind the keys").then_some(())?;
        }
        Some(keys)
    }

    fn mark(&mut self, start: Span) -> Option<Action> {
        self.step();
        self.expect_sign("(", "and a text").then_some(())?;
        let text = self.expression();
        self.expect_sign(")", "behind the text").then_some(())?;
        match text.kind {
            ExprKind::Text(text) => Some(Action::Mark(text)),
            ExprKind::Broken => None,
            _ => {
                let span = start.to(self.span_before());
                self.problems.error("a mark is a text in quotes", span, "expected `mark(\"…\")`");
                None
            }
        }
    }
}
