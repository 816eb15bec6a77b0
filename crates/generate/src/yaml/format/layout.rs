//! Tokens as lines: how far each is indented, and what stands between tokens.

use super::lex::{Block, Kind, Token};

/// How many spaces a level is indented by.
const INDENT: usize = 2;

/// The lines, in the usual format.
pub fn lines(tokens: &[Token<'_>]) -> String {
    let mut layout = Layout { out: String::new(), levels: Vec::new(), flow: Flow::default() };
    let all: Vec<&[Token<'_>]> = tokens.split(|token| token.kind == Kind::End).collect();
    let mut is_blank = true;
    let next = next_entries(&all);
    for (line, next) in all.iter().zip(next) {
        if line.is_empty() {
            is_blank = is_blank || !layout.out.is_empty();
            continue;
        }
        if is_blank && !layout.out.is_empty() {
            layout.out.push('\n');
        }
        is_blank = false;
        layout.line(line, next);
    }
    layout.out
}

/// For each line, the next one that is no comment.
fn next_entries<'l, 't>(all: &[&'l [Token<'t>]]) -> Vec<Option<&'l [Token<'t>]>> {
    let mut next = None;
    let mut found = Vec::with_capacity(all.len());
    for line in all.iter().rev() {
        found.push(next);
        if line.first().is_some_and(|token| !matches!(token.kind, Kind::Comment(_))) {
            next = Some(*line);
        }
    }
    found.reverse();
    found
}

/// A list or a map whose entries stand in lines.
#[derive(Clone, Copy)]
struct Level {
    is_list: bool,
    /// The column of its entries, as it was.
    old: usize,
    /// As it will be.
    new: usize,
}

/// The lists and maps in brackets that are open.
#[derive(Default)]
struct Flow {
    depth: usize,
    /// What their lines are indented from.
    base: usize,
}

struct Layout {
    out: String,
    levels: Vec<Level>,
    flow: Flow,
}

impl Layout {
    fn line(&mut self, line: &[Token<'_>], next: Option<&[Token<'_>]>) {
        let is_comment = matches!(line, [Token { kind: Kind::Comment(_), .. }]);
        let indent = match (is_comment, self.flow.depth) {
            (true, 0) => self.of_comment(line, next),
            (false, 0) => self.of_entry(line),
            (_, depth) => {
                let closed = line.iter().take_while(|t| matches!(t.kind, Kind::Close(_))).count();
                self.flow.base + INDENT * depth.saturating_sub(closed)
            }
        };
        self.out.extend(std::iter::repeat_n(' ', indent));
        let mut before: Option<&Kind<'_>> = None;
        for token in line {
            let space = match (&before, &token.kind) {
                (None, _) => 0,
                (Some(_), Kind::Comment(_)) => token.gap.max(1),
                (Some(before), kind) => usize::from(is_apart(before, kind)),
            };
            self.out.extend(std::iter::repeat_n(' ', space));
            self.token(&token.kind);
            before = Some(&token.kind);
        }
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// Where a comment goes that has a line of its own: to what comes behind it, or if it is
    /// indented more, to what is in front of it.
    fn of_comment(&self, line: &[Token<'_>], next: Option<&[Token<'_>]>) -> usize {
        let column_of = |line: &[Token<'_>]| line.first().map_or(0, |token| token.column);
        let column = column_of(line);
        if let Some(next) = next.filter(|next| column <= column_of(next)) {
            let (out, levels) = (String::new(), self.levels.clone());
            return Layout { out, levels, flow: Flow::default() }.of_entry(next);
        }
        // Of a list in the column of its key, the comment is not.
        let around = self.levels.iter().filter(|level| level.old <= column);
        let around = around.rev().max_by_key(|level| level.old);
        around.map_or(0, |level| level.new)
    }

    /// How far a line is indented that stands in no brackets. Takes note of the lists and maps that
    /// begin or end there.
    fn of_entry(&mut self, line: &[Token<'_>]) -> usize {
        if let Some(Token { kind: Kind::Marker(_), .. }) = line.first() {
            self.levels.clear();
            return 0;
        }
        let mut first = None;
        let dashes = line.iter().take_while(|token| token.kind == Kind::Dash).count();
        for token in line.iter().take(dashes) {
            first.get_or_insert(self.enter(token.column, true));
        }
        let rest = line.get(dashes..).unwrap_or(&[]);
        match rest.first() {
            Some(token) if is_entry(rest) => *first.get_or_insert(self.enter(token.column, false)),
            Some(token) => first.unwrap_or_else(|| self.of_value(token.column)),
            None => first.unwrap_or(0),
        }
    }

    /// Where the entries of the list or the map at this column go.
    fn enter(&mut self, column: usize, is_list: bool) -> usize {
        let is_over =
            |level: &Level| level.old > column || level.old == column && level.is_list && !is_list;
        while self.levels.last().is_some_and(is_over) {
            self.levels.pop();
        }
        let last = self.levels.last().copied();
        // A list may stand in the column of the key that it belongs to.
        match last.filter(|level| level.old == column && level.is_list == is_list) {
            Some(level) => level.new,
            None => {
                let new = last.map_or(0, |level| level.new + INDENT);
                self.levels.push(Level { is_list, old: column, new });
                new
            }
        }
    }

    /// Where a value goes that stands in a line of its own.
    fn of_value(&mut self, column: usize) -> usize {
        while self.levels.last().is_some_and(|level| level.old >= column) && column > 0 {
            self.levels.pop();
        }
        self.inside()
    }

    /// Where what belongs to the last entry goes, if it is in another line.
    fn inside(&self) -> usize {
        self.levels.last().map_or(0, |level| level.new + INDENT)
    }

    fn token(&mut self, kind: &Kind<'_>) {
        match kind {
            Kind::Text(text) => self.text(text),
            Kind::Mark(text) | Kind::Comment(text) | Kind::Marker(text) => self.out.push_str(text),
            Kind::Block(block) => self.block(block),
            Kind::Dash => self.out.push('-'),
            Kind::Colon => self.out.push(':'),
            Kind::Comma => self.out.push(','),
            Kind::Open(sign) => {
                if self.flow.depth == 0 {
                    self.flow.base = self.levels.last().map_or(0, |level| level.new);
                }
                self.flow.depth += 1;
                self.out.push(*sign);
            }
            Kind::Close(sign) => {
                self.flow.depth = self.flow.depth.saturating_sub(1);
                self.out.push(*sign);
            }
            Kind::End => {}
        }
    }

    /// A text, which may have several lines. How they are indented does not matter.
    fn text(&mut self, text: &str) {
        let indent = match self.flow.depth {
            0 => self.inside().max(INDENT),
            depth => self.flow.base + INDENT * depth,
        };
        let mut lines = text.split('\n').peekable();
        let mut is_first = true;
        while let Some(line) = lines.next() {
            let line = if is_first { line } else { line.trim_start() };
            let line = if lines.peek().is_some() { trimmed(line) } else { line };
            if !is_first && !line.is_empty() {
                self.out.extend(std::iter::repeat_n(' ', indent));
            }
            self.out.push_str(line);
            if lines.peek().is_some() {
                self.out.push('\n');
            }
            is_first = false;
        }
    }

    /// A text in lines of its own: all of them are indented by as much more or less.
    fn block(&mut self, block: &Block<'_>) {
        let level = self.levels.last();
        let (old, new) = level.map_or((0, 0), |level| (level.old, level.new));
        let is_full = |line: &&&str| !line.trim().is_empty();
        let found = block.lines.iter().find(is_full);
        let found = found.map_or(0, |line| line.len() - line.trim_start_matches(' ').len());
        let old = block.digit.map_or(found, |digit| old + digit);
        let new = new + block.digit.unwrap_or(INDENT);
        self.out.push_str(block.header);
        self.out.push('\n');
        for line in &block.lines {
            let line = line.strip_suffix('\r').unwrap_or(line);
            let text = line.get(old.min(line.len())..).unwrap_or("");
            if !text.is_empty() {
                self.out.extend(std::iter::repeat_n(' ', new));
                self.out.push_str(text);
            }
            self.out.push('\n');
        }
    }
}

/// A line without spaces at its end; one behind a backslash belongs to it.
fn trimmed(line: &str) -> &str {
    let short = line.trim_end();
    if short.ends_with('\\') && short.len() < line.len() { line } else { short }
}

/// Whether a line, behind its dashes, begins with a key.
fn is_entry(line: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    let mut has_key = false;
    for token in line {
        match &token.kind {
            Kind::Open(_) => depth += 1,
            Kind::Close(_) => {
                depth = depth.saturating_sub(1);
                has_key |= depth == 0;
            }
            Kind::Colon if depth == 0 => return true,
            _ if depth > 0 => {}
            Kind::Text(_) if !has_key => has_key = true,
            Kind::Mark(mark) if !has_key => has_key = mark.starts_with('*'),
            _ => return false,
        }
    }
    false
}

/// Whether there is a space between two tokens.
fn is_apart(before: &Kind<'_>, kind: &Kind<'_>) -> bool {
    match (before, kind) {
        (Kind::Open(_), _) => false,
        (Kind::Colon, _) => true,
        (_, Kind::Close(_) | Kind::Comma) => false,
        // An alias and a tag would take the `:` for theirs.
        (before, Kind::Colon) => {
            matches!(before, Kind::Mark(_) | Kind::Dash | Kind::Comma | Kind::Marker(_))
        }
        _ => true,
    }
}
