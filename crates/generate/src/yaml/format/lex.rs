//! A file as tokens, each with its place. What texts are, the parser says: between them stand only
//! signs, comments and spaces.

use granit_parser::{Event, Parser, ScalarStyle};

use super::{DEPTH_MAX, Refused};

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// What it is.
    pub kind: Kind<'t>,
    /// The column of its first byte, from 0.
    pub column: usize,
    /// How many columns of spaces stand in front of it.
    pub gap: usize,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind<'t> {
    /// A text, with its quotes.
    Text(&'t str),
    /// A tag, an anchor, or an alias.
    Mark(&'t str),
    /// A text in lines of its own, behind `|` or `>`.
    Block(Block<'t>),
    /// `-`
    Dash,
    /// `:`
    Colon,
    /// `,`
    Comma,
    /// `[` or `{`
    Open(char),
    /// `]` or `}`
    Close(char),
    /// What begins with `#`, up to the end of its line.
    Comment(&'t str),
    /// `---`, `...`, or a line that begins with `%`.
    Marker(&'t str),
    /// The end of a line.
    End,
}

/// A text in lines of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block<'t> {
    /// From `|` or `>` to the end of the line.
    pub header: &'t str,
    /// How many spaces the header says that lines are indented by.
    pub digit: Option<usize>,
    /// Its lines as they are, without their ends.
    pub lines: Vec<&'t str>,
}

/// The comments of a file, in their order.
pub fn comments(text: &str) -> Result<Vec<String>, Refused> {
    let comment = |token: &Token<'_>| match &token.kind {
        Kind::Comment(text) => Some((*text).to_owned()),
        // One may stand behind `|` or `>`.
        Kind::Block(block) => block.header.split_once(" #").map(|(_, text)| text.to_owned()),
        _ => None,
    };
    Ok(tokens(text)?.iter().filter_map(comment).collect())
}

/// The tokens of a file that the parser understands.
pub fn tokens(text: &str) -> Result<Vec<Token<'_>>, Refused> {
    let scalars = scalars(text)?;
    let mut lexer = Lexer { text, at: 0, line: 0, gap: 0, scalars, next: 0, tokens: Vec::new() };
    while lexer.at < text.len() {
        lexer.step()?;
    }
    Ok(lexer.tokens)
}

/// A text that the parser found: its bytes, and whether it stands in lines of its own.
struct Scalar {
    start: usize,
    end: usize,
    is_block: bool,
}

fn scalars(text: &str) -> Result<Vec<Scalar>, Refused> {
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        flow_nesting_limit: DEPTH_MAX + 1,
        block_nesting_limit: DEPTH_MAX + 1,
    };
    let mut scalars = Vec::new();
    for event in Parser::new_from_str_with_options(text, options) {
        let Ok((event, span)) = event else { return Err(("this is not YAML", 0)) };
        if let Event::Scalar(_, style, ..) = event {
            let range = span.byte_range().unwrap_or(0..0);
            let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
            if is_block || !range.is_empty() {
                scalars.push(Scalar { start: range.start, end: range.end, is_block });
            }
        }
    }
    Ok(scalars)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// The first byte of the line.
    line: usize,
    gap: usize,
    scalars: Vec<Scalar>,
    /// The next of the texts.
    next: usize,
    tokens: Vec<Token<'t>>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn column(&self) -> usize {
        self.at - self.line
    }

    /// Adds a token of so many bytes.
    fn add(&mut self, kind: Kind<'t>, len: usize) {
        let (column, gap) = (self.column(), self.gap);
        self.tokens.push(Token { kind, column, gap });
        self.at += len;
        self.gap = 0;
    }

    fn step(&mut self) -> Result<(), Refused> {
        let scalar = self.scalars.get(self.next).filter(|scalar| !scalar.is_block);
        if let Some(scalar) = scalar.filter(|scalar| scalar.start == self.at) {
            let text = self.text.get(scalar.start..scalar.end).unwrap_or("");
            self.next += 1;
            self.add(Kind::Text(text), text.len());
            if let Some(line) = text.rfind('\n') {
                self.line = self.at - text.len() + line + 1;
            }
            return Ok(());
        }
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(()) };
        match first {
            ' ' | '\t' | '\r' => {
                self.at += 1;
                self.gap += 1;
            }
            '\n' => {
                self.add(Kind::End, 1);
                self.line = self.at;
            }
            '#' => {
                let line = line_of(rest);
                self.add(Kind::Comment(line.trim_end()), line.len());
            }
            '|' | '>' => self.block()?,
            '%' | '-' | '.' if self.is_marker() => {
                let marker = if first == '%' { line_of(rest).trim_end() } else { &rest[..3] };
                self.add(Kind::Marker(marker), marker.len());
            }
            '-' => self.add(Kind::Dash, 1),
            ':' => self.add(Kind::Colon, 1),
            ',' => self.add(Kind::Comma, 1),
            '[' | '{' => self.add(Kind::Open(first), 1),
            ']' | '}' => self.add(Kind::Close(first), 1),
            '!' | '&' | '*' => {
                let mark = mark(rest);
                self.add(Kind::Mark(mark), mark.len());
            }
            '?' => return Err(("a key that is marked by `?` cannot be formatted", self.at)),
            _ => return Err(("this is not understood", self.at)),
        }
        Ok(())
    }

    fn is_marker(&self) -> bool {
        let rest = self.rest();
        self.at == self.line
            && (rest.starts_with('%') || rest.starts_with("---") || rest.starts_with("..."))
    }

    /// A text in lines of its own, with its header.
    fn block(&mut self) -> Result<(), Refused> {
        let line = line_of(self.rest());
        let header = line.trim_end();
        let sign = header.split([' ', '\t']).next().unwrap_or("");
        let digit = sign.chars().find_map(|c| c.to_digit(10)).map(|digit| digit as usize);
        let Some(scalar) = self.scalars.get(self.next).filter(|scalar| scalar.is_block) else {
            return Err(("this is not understood", self.at));
        };
        let start = (self.at + line.len() + 1).min(self.text.len());
        let end = scalar.end.max(start);
        self.next += 1;
        let inside = self.text.get(start..end).unwrap_or("");
        let mut lines: Vec<&str> = inside.lines().collect();
        if !sign.contains('+') {
            while lines.last().is_some_and(|line| line.trim().is_empty()) {
                lines.pop();
            }
        }
        let block = Block { header, digit, lines };
        let has_end = inside.is_empty() || inside.ends_with('\n');
        self.add(Kind::Block(block), end - self.at);
        self.line = if has_end { self.at } else { start };
        self.tokens.push(Token { kind: Kind::End, column: 0, gap: 0 });
        let is_blank = |line: &str| line.trim().is_empty();
        if inside.lines().next_back().is_some_and(is_blank) && !sign.contains('+') {
            self.tokens.push(Token { kind: Kind::End, column: 0, gap: 0 });
        }
        Ok(())
    }
}

/// The first line of a text, without its end.
fn line_of(text: &str) -> &str {
    text.split('\n').next().unwrap_or("")
}

/// A tag, an anchor or an alias at the start of a text.
fn mark(text: &str) -> &str {
    let end = match text.strip_prefix("!<") {
        Some(rest) => rest.find('>').map_or(text.len(), |at| at + 3),
        None => {
            let end = |c: char| c.is_whitespace() || ",[]{}".contains(c);
            text.find(end).unwrap_or(text.len())
        }
    };
    text.get(..end).unwrap_or(text)
}
