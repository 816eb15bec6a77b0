//! From text to tokens.

use std::format;
use std::string::{String, ToString as _};
use std::vec::Vec;

use marey_diagnostic::source::{FileId, Sources, Span};
use marey_diagnostic::{Diagnostic, Problems};

use super::TEXT_BYTES_MAX;
use super::literal::{self, Wrong};
use super::token::{Kind, SIGNS, Token};

/// The tokens of a file, and where it ends. Nothing if it is too long.
pub fn tokens(
    sources: &Sources,
    file: FileId,
    problems: &mut Problems,
) -> Option<(Vec<Token>, Span)> {
    let text = sources.text(file);
    if text.len() > TEXT_BYTES_MAX {
        let what = format!("`{}` is longer than {} KiB", sources.path(file), TEXT_BYTES_MAX >> 10);
        problems.add(Diagnostic::error(what).help("split it: `-H` may be given several times"));
        return None;
    }
    let mut lexer = Lexer { text, file, at: 0, tokens: Vec::new(), problems };
    while lexer.skip_space() {
        lexer.token();
    }
    let end = lexer.span(lexer.at);
    Some((lexer.tokens, end))
}

struct Lexer<'t, 'p> {
    text: &'t str,
    file: FileId,
    at: usize,
    tokens: Vec<Token>,
    problems: &'p mut Problems,
}

impl<'t> Lexer<'t, '_> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The place from here to what was read.
    fn span(&self, start: usize) -> Span {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { file: self.file, start: place(start), end: place(self.at) }
    }

    /// Passes over space and comments; whether something follows.
    fn skip_space(&mut self) -> bool {
        loop {
            let rest = self.rest();
            let behind = rest.trim_start();
            self.at += rest.len() - behind.len();
            if !behind.starts_with('#') {
                return !behind.is_empty();
            }
            self.at += behind.find('\n').unwrap_or(behind.len());
        }
    }

    fn token(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let first = rest.chars().next().unwrap_or_default();
        if first == '"' {
            return self.quoted(start);
        }
        if let Some(kind) = self.long_literal(rest) {
            return self.literal(start, kind);
        }
        if first.is_ascii_digit() {
            let len = literal::number_len(rest);
            self.at += len;
            return self.literal(start, literal::number(rest.get(..len).unwrap_or_default()));
        }
        if is_name_start(first) {
            let len = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            self.at += len;
            let word = rest.get(..len).unwrap_or_default().to_string();
            return self.push(start, Kind::Word(word));
        }
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            self.at += sign.len();
            return self.push(start, Kind::Sign(sign));
        }
        self.at += first.len_utf8();
        let what = match first.is_control() {
            true => format!("character U+{:04X} has no meaning here", u32::from(first)),
            false => format!("`{first}` has no meaning here"),
        };
        self.problems.error(what, self.span(start), "expected a name, a value or an operator");
    }

    /// Times and addresses: what would be several tokens else.
    fn long_literal(&mut self, rest: &str) -> Option<Result<Kind, Wrong>> {
        let (len, kind) = literal::time(rest).or_else(|| literal::address(rest))?;
        self.at += len;
        Some(kind)
    }

    fn literal(&mut self, start: usize, kind: Result<Kind, Wrong>) {
        match kind {
            Ok(kind) => self.push(start, kind),
            Err(Wrong { what, help }) => {
                let found = Diagnostic::error(what).at(self.span(start), "");
                self.problems.add(if help.is_empty() { found } else { found.help(help) });
                // So that no second mistake is made of it.
                self.push(start, Kind::Number { value: 0, is_duration: false });
            }
        }
    }

    fn push(&mut self, start: usize, kind: Kind) {
        self.tokens.push(Token { kind, span: self.span(start) });
    }

    /// A text in quotes, with C's escapes.
    fn quoted(&mut self, start: usize) {
        let mut bytes = Vec::new();
        self.at += 1;
        loop {
            let Some(next) = self.rest().chars().next().filter(|next| *next != '\n') else {
                let found = Diagnostic::error("this text is never closed");
                self.problems.add(found.at(self.span(start), "it begins here").help("add a `\"`"));
                break;
            };
            self.at += next.len_utf8();
            match next {
                '"' => break,
                '\\' => self.escape(&mut bytes),
                other => bytes.extend(other.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        self.push(start, Kind::Text(bytes));
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) {
        let start = self.at - 1;
        let rest = self.rest();
        let Some(sign) = rest.chars().next().filter(|sign| *sign != '\n') else { return };
        let digits = |from: usize, most: usize, radix: u32| {
            let digits: String = rest.chars().skip(from).take(most).collect();
            let len = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
            u32::from_str_radix(digits.get(..len).unwrap_or_default(), radix).map(|n| (n, len))
        };
        let (byte, len) = match sign {
            'n' => (Some(b'\n'), 1),
            'r' => (Some(b'\r'), 1),
            't' => (Some(b'\t'), 1),
            'a' => (Some(7), 1),
            'b' => (Some(8), 1),
            'f' => (Some(12), 1),
            'v' => (Some(11), 1),
            '\\' | '"' | '\'' | '?' => (u8::try_from(sign).ok(), 1),
            'x' => digits(1, 2, 16).map_or((None, 1), |(n, len)| (u8::try_from(n).ok(), len + 1)),
            '0'..='7' => digits(0, 3, 8).map_or((None, 1), |(n, len)| (u8::try_from(n).ok(), len)),
            _ => (None, sign.len_utf8()),
        };
        self.at += len;
        match byte {
            Some(byte) => bytes.push(byte),
            None => {
                let what =
                    format!("`{}` is no escape", self.text.get(start..self.at).unwrap_or(""));
                let found = Diagnostic::error(what).at(self.span(start), "");
                self.problems.add(found.help(r#"there are \n \r \t \\ \" \xHH and octal \NNN"#));
            }
        }
    }
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
