//! Expressions.

use std::boxed::Box;
use std::format;
use std::string::String;
use std::vec::Vec;

use marey_diagnostic::Diagnostic;
use marey_diagnostic::source::Span;

use super::parser::Parser;
use super::token::Kind;
use super::tree::{CompareSign, Expr, ExprKind, Name, Operator, SetItem};
use super::{OPERATORS_MAX, is_operator, quoted};

/// Operators by how tightly they bind, as in C but that all of them bind tighter than comparisons.
const LEVELS: [&[(&str, Operator)]; 6] = [
    &[("|", Operator::Or)],
    &[("^", Operator::Xor)],
    &[("&", Operator::And)],
    &[("<<", Operator::ShiftLeft), (">>", Operator::ShiftRight)],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)],
];

/// Makes an expression of the one behind a sign.
type Wrap = fn(Box<Expr>) -> ExprKind;
const SIGNS_IN_FRONT: [(&str, Wrap); 3] =
    [("-", ExprKind::Minus), ("+", ExprKind::Plus), ("~", ExprKind::Inverted)];

const COMPARES: [(&str, CompareSign); 7] = [
    ("==", CompareSign::Equal),
    ("=", CompareSign::Equal),
    ("!=", CompareSign::NotEqual),
    ("<=", CompareSign::LessOrEqual),
    (">=", CompareSign::GreaterOrEqual),
    ("<", CompareSign::Less),
    (">", CompareSign::Greater),
];

/// Words of tcpdump's language that begin a primitive.
const TCPDUMP: [&str; 16] = [
    "host",
    "net",
    "port",
    "portrange",
    "src",
    "dst",
    "ether",
    "gateway",
    "proto",
    "greater",
    "broadcast",
    "multicast",
    "inbound",
    "outbound",
    "arp",
    "rarp",
];

impl Parser<'_> {
    /// An expression, and nothing behind it.
    pub fn whole_expression(&mut self) -> Option<Expr> {
        let expr = self.expression();
        if !self.is_end() {
            self.unexpected("expected an operator, or the end");
        }
        (!matches!(expr.kind, ExprKind::Broken)).then_some(expr)
    }

    pub(super) fn expression(&mut self) -> Expr {
        let span = self.span();
        self.deeper(Self::or).unwrap_or_else(|| {
            self.skip_all();
            Expr { kind: ExprKind::Broken, span }
        })
    }

    /// What is nested too deep is not read at all.
    fn skip_all(&mut self) {
        while !self.is_end() && !self.is_sign(";") && !self.is_sign("}") {
            self.step();
        }
    }

    fn or(&mut self) -> Expr {
        let outside = self.bare_and.take();
        let (expr, is_joined) = self.joined("or", "||", Self::and, ExprKind::Or);
        if let Some(span) = self.bare_and.filter(|_| is_joined) {
            self.refuse_mixed(expr.span, span);
        }
        self.bare_and = outside;
        expr
    }

    fn and(&mut self) -> Expr {
        let (expr, is_joined) = self.joined("and", "&&", Self::not, ExprKind::And);
        if is_joined {
            self.bare_and = Some(expr.span);
        }
        expr
    }

    /// Parts with the same word between them; whether there are several.
    fn joined(
        &mut self,
        word: &str,
        sign: &str,
        part: fn(&mut Self) -> Expr,
        join: fn(Vec<Expr>) -> ExprKind,
    ) -> (Expr, bool) {
        let first = part(self);
        let mut span = first.span;
        let mut all = Vec::from([first]);
        while self.take_word(word) || self.take_sign(sign) {
            let next = part(self);
            span = span.to(next.span);
            all.push(next);
        }
        match <[Expr; 1]>::try_from(all) {
            Ok([only]) => (only, false),
            Err(all) => (Expr { kind: join(all), span }, true),
        }
    }

    /// `a or b and c` is read in two ways by two kinds of people.
    fn refuse_mixed(&mut self, whole: Span, and: Span) {
        let found = Diagnostic::error("`and` and `or` are mixed without parentheses");
        let found = found.at(whole, "which belongs together?");
        let found = found.also(and, "this, as in most languages?");
        let help = "put parentheses: tcpdump reads from the left, most languages `and` first";
        self.problems.add(found.help(help));
    }

    fn not(&mut self) -> Expr {
        let start = self.span();
        if self.take_word("not") || self.take_sign("!") {
            let inner = self.deeper(Self::not);
            let inner = inner.unwrap_or(Expr { kind: ExprKind::Broken, span: start });
            let span = start.to(inner.span);
            return Expr { kind: ExprKind::Not(Box::new(inner)), span };
        }
        self.compare()
    }

    fn compare(&mut self) -> Expr {
        let left = self.sum(0);
        if self.take_word("in") {
            return self.set(left);
        }
        let Some(sign) = self.compare_sign() else { return left };
        let right = self.sum(0);
        if let Some(again) = self.compare_sign_here() {
            let found = Diagnostic::error("comparisons do not chain");
            let help = "write `a < b and b < c`";
            self.problems.add(found.at(self.span(), again).help(help));
            self.skip_all();
        }
        let span = left.span.to(right.span);
        Expr { kind: ExprKind::Compare(sign, Box::new(left), Box::new(right)), span }
    }

    fn compare_sign(&mut self) -> Option<CompareSign> {
        if self.take_word("contains") {
            return Some(CompareSign::Contains);
        }
        if self.take_word("matches") {
            return Some(CompareSign::Matches);
        }
        let (sign, compare) = COMPARES.into_iter().find(|(sign, _)| self.is_sign(sign))?;
        self.take_sign(sign);
        Some(compare)
    }

    fn compare_sign_here(&self) -> Option<&'static str> {
        let is_here = COMPARES.iter().any(|(sign, _)| self.is_sign(sign));
        let is_here = is_here || self.is_word("contains") || self.is_word("matches");
        is_here.then_some("a second comparison")
    }

    /// Operators of this level and of those that bind tighter.
    fn sum(&mut self, level: usize) -> Expr {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.sum(level + 1);
        loop {
            let here = operators.iter().find(|(sign, _)| self.is_sign(sign));
            let Some((sign, operator)) = here.copied() else { return left };
            if !self.one_more_operator() {
                return left;
            }
            self.take_sign(sign);
            let right = self.sum(level + 1);
            let span = left.span.to(right.span);
            let kind = ExprKind::Compute(operator, Box::new(left), Box::new(right));
            left = Expr { kind, span };
        }
    }

    /// Trees of operators lean to the left, so their number is their height.
    fn one_more_operator(&mut self) -> bool {
        self.operators += 1;
        if self.operators == OPERATORS_MAX + 1 {
            let what = format!("there are more than {OPERATORS_MAX} operators in one expression");
            self.problems.error(what, self.span(), "this one is too much");
        }
        if self.operators > OPERATORS_MAX {
            self.skip_all();
        }
        self.operators <= OPERATORS_MAX
    }

    fn unary(&mut self) -> Expr {
        let start = self.span();
        for (sign, wrap) in SIGNS_IN_FRONT {
            if self.take_sign(sign) {
                let inner = self.deeper(Self::unary);
                let inner = inner.unwrap_or(Expr { kind: ExprKind::Broken, span: start });
                let span = start.to(inner.span);
                return Expr { kind: wrap(Box::new(inner)), span };
            }
        }
        self.value()
    }

    fn value(&mut self) -> Expr {
        let span = self.span();
        let kind = match self.kind().clone() {
            Kind::Number { value, is_duration } => ExprKind::Number { value, is_duration },
            Kind::Text(text) => ExprKind::Text(text),
            Kind::Time(ns) => ExprKind::Time(ns),
            Kind::TimeOfDay(ns) => ExprKind::TimeOfDay(ns),
            Kind::Address(address) => ExprKind::Address(address),
            Kind::Sign("(") => return self.parentheses(),
            Kind::Word(word) => return self.named(word),
            Kind::Sign(_) | Kind::End => {
                self.unexpected("expected a value");
                return Expr { kind: ExprKind::Broken, span };
            }
        };
        self.step();
        Expr { kind, span }
    }

    fn parentheses(&mut self) -> Expr {
        let start = self.span();
        self.step();
        let inner = self.expression();
        if !self.take_sign(")") {
            let found = Diagnostic::error("this `(` is never closed").at(start, "");
            self.problems.add(found.help("add a `)`"));
            return Expr { kind: ExprKind::Broken, span: start };
        }
        Expr { kind: inner.kind, span: start.to(self.span_before()) }
    }

    fn named(&mut self, word: String) -> Expr {
        let span = self.span();
        match word.as_str() {
            "true" | "false" => {
                self.step();
                return Expr { kind: ExprKind::Bool(word == "true"), span };
            }
            word if is_operator(word) => {
                self.unexpected("expected a value");
                self.step();
                return Expr { kind: ExprKind::Broken, span };
            }
            _ => self.step(),
        }
        if TCPDUMP.contains(&word.as_str()) && !self.is_operator_here() {
            return self.primitive(&word, span);
        }
        let mut text = word;
        while self.take_sign(".") {
            match self.kind().clone() {
                Kind::Word(part) => {
                    text = format!("{text}.{part}");
                    self.step();
                }
                _ => {
                    self.unexpected("expected the rest of a name");
                    return Expr { kind: ExprKind::Broken, span };
                }
            }
        }
        let name = Name { text, span: span.to(self.span_before()) };
        if self.is_sign("[") {
            return self.map_read(name);
        }
        Expr { span: name.span, kind: ExprKind::Name(name.text) }
    }

    /// Whether what follows uses the word before as a value.
    fn is_operator_here(&self) -> bool {
        !matches!(self.kind(), Kind::Word(word) if !is_operator(word))
            && !matches!(self.kind(), Kind::Number { .. } | Kind::Address(_))
    }

    /// The place in the grammar of tcpdump's own words.
    fn primitive(&mut self, word: &str, span: Span) -> Expr {
        let found = Diagnostic::error(format!("{} is of tcpdump's language", quoted(word)));
        let found = found.at(span, "marey does not filter packets in these words yet");
        self.problems.add(found);
        self.skip_all();
        Expr { kind: ExprKind::Broken, span }
    }

    fn map_read(&mut self, map: Name) -> Expr {
        let keys = self.keys();
        let mut span = map.span.to(self.span_before());
        let mut otherwise = None;
        if self.take_word("else") {
            let value = self.sum(0);
            span = span.to(value.span);
            otherwise = Some(Box::new(value));
        }
        Expr { kind: ExprKind::MapRead { map, keys, otherwise }, span }
    }

    /// `[` keys `]`
    pub(super) fn keys(&mut self) -> Vec<Expr> {
        let mut keys = Vec::new();
        self.expect_sign("[", "and keys");
        loop {
            keys.push(self.expression());
            if !self.take_sign(",") {
                break;
            }
        }
        self.expect_sign("]", "behind the keys");
        keys
    }

    fn set(&mut self, left: Expr) -> Expr {
        let start = left.span;
        let mut items = Vec::new();
        if self.is_sign("{") {
            self.step();
            loop {
                items.push(self.set_item());
                if !self.take_sign(",") {
                    break;
                }
            }
            self.expect_sign("}", "behind the set");
        } else {
            items.push(self.set_item());
        }
        let span = start.to(self.span_before());
        Expr { kind: ExprKind::In(Box::new(left), items), span }
    }

    fn set_item(&mut self) -> SetItem {
        let first = self.sum(0);
        if self.take_sign("..") {
            return SetItem::Range(first, self.sum(0));
        }
        SetItem::One(first)
    }
}
