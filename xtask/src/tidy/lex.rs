//! A small Rust lexer: enough to tell code from comments and literals, and to know their lines.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word: a name or a keyword.
    Ident,
    /// One character of punctuation.
    Punct,
    /// A string, a character or a number.
    Literal,
    /// A lifetime or a label.
    Lifetime,
}

/// One token of code.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// As it is written.
    pub text: &'a str,
    /// The line it starts on, from 1.
    pub line: usize,
}

/// One comment, with its slashes.
#[derive(Clone, Copy, Debug)]
pub struct Comment<'a> {
    /// As it is written.
    pub text: &'a str,
    /// The line it starts on, from 1.
    pub line: usize,
}

/// A source file, taken apart.
#[derive(Debug, Default)]
pub struct Lexed<'a> {
    /// The code.
    pub tokens: Vec<Token<'a>>,
    /// The comments, doc comments too.
    pub comments: Vec<Comment<'a>>,
}

/// Takes `source` apart. It never fails: what it does not know becomes punctuation.
pub fn lex(source: &str) -> Lexed<'_> {
    let mut lexer = Lexer { source, at: 0, line: 1 };
    let mut lexed = Lexed::default();
    while let Some(byte) = lexer.peek(0) {
        let (start, line) = (lexer.at, lexer.line);
        let kind = match byte {
            b'/' if matches!(lexer.peek(1), Some(b'/' | b'*')) => {
                lexer.comment();
                lexed.comments.push(Comment { text: &source[start..lexer.at], line });
                continue;
            }
            _ if byte.is_ascii_whitespace() => {
                lexer.step();
                continue;
            }
            b'"' => lexer.string(),
            b'\'' => lexer.quote(),
            b'0'..=b'9' => lexer.number(),
            _ if is_word(byte) => lexer.word(),
            _ => {
                lexer.step();
                Kind::Punct
            }
        };
        lexed.tokens.push(Token { kind, text: &source[start..lexer.at], line });
    }
    lexed
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    line: usize,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.source.as_bytes().get(self.at + ahead).copied()
    }

    fn step(&mut self) {
        if self.peek(0) == Some(b'\n') {
            self.line += 1;
        }
        self.at = (self.at + 1).min(self.source.len());
    }

    fn step_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.step();
        }
    }

    fn comment(&mut self) {
        if self.peek(1) == Some(b'/') {
            return self.step_while(|byte| byte != b'\n');
        }
        let mut depth = 0_usize;
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'/', Some(b'*')) => depth += 1,
                (b'*', Some(b'/')) => depth -= 1,
                _ => {
                    self.step();
                    continue;
                }
            }
            self.step();
            self.step();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) -> Kind {
        self.step();
        while let Some(byte) = self.peek(0) {
            self.step();
            match byte {
                b'\\' => self.step(),
                b'"' => break,
                _ => {}
            }
        }
        Kind::Literal
    }

    /// A raw string, from its first `#` or its quote on.
    fn raw_string(&mut self, hashes: usize) -> Kind {
        for _ in 0..=hashes {
            self.step();
        }
        while let Some(byte) = self.peek(0) {
            self.step();
            if byte == b'"' && (0..hashes).all(|n| self.peek(n) == Some(b'#')) {
                (0..hashes).for_each(|_| self.step());
                break;
            }
        }
        Kind::Literal
    }

    /// A character or a lifetime.
    fn quote(&mut self) -> Kind {
        self.step();
        let length = self.source[self.at..].chars().next().map_or(0, char::len_utf8);
        let is_char = self.peek(0) == Some(b'\\') || self.peek(length) == Some(b'\'');
        if !is_char {
            self.step_while(is_word);
            return Kind::Lifetime;
        }
        if self.peek(0) == Some(b'\\') {
            self.step();
        }
        self.step();
        self.step_while(|byte| byte != b'\'');
        self.step();
        Kind::Literal
    }

    fn number(&mut self) -> Kind {
        self.step_while(is_word);
        if self.peek(0) == Some(b'.') && self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) {
            self.step();
            self.step_while(is_word);
        }
        Kind::Literal
    }

    /// A word, or a literal that starts with one: `b'x'`, `r#"…"#`.
    fn word(&mut self) -> Kind {
        let start = self.at;
        self.step_while(is_word);
        let word = &self.source[start..self.at];
        let raw = matches!(word, "r" | "br" | "cr");
        match self.peek(0) {
            Some(b'"') if raw => self.raw_string(0),
            Some(b'"') if matches!(word, "b" | "c") => self.string(),
            Some(b'\'') if word == "b" => self.quote(),
            Some(b'#') if raw => {
                let rest = &self.source.as_bytes()[self.at..];
                let hashes = rest.iter().take_while(|&&byte| byte == b'#').count();
                if rest.get(hashes) == Some(&b'"') {
                    return self.raw_string(hashes);
                }
                self.step();
                self.step_while(is_word);
                Kind::Ident
            }
            _ => Kind::Ident,
        }
    }
}

/// The index of the token that closes the bracket at `open`; the last token if none does.
pub fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if token.kind != Kind::Punct {
            continue;
        }
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index;
                }
            }
            _ => {}
        }
    }
    tokens.len().saturating_sub(1)
}

/// The index of the `{` or `;` that ends an item's head which starts at `from`.
pub fn head_end(tokens: &[Token<'_>], from: usize) -> Option<usize> {
    let mut index = from;
    while let Some(token) = tokens.get(index) {
        match token.text {
            "{" | ";" => return Some(index),
            "(" | "[" => index = closing(tokens, index) + 1,
            "}" => return None,
            _ => index += 1,
        }
    }
    None
}

/// The lines, first and last, of what is compiled for tests only.
pub fn test_lines(tokens: &[Token<'_>]) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    for index in 0..tokens.len() {
        let inner = text(tokens, index + 1) == "!";
        let open = index + 1 + usize::from(inner);
        if text(tokens, index) != "#" || text(tokens, open) != "[" || !asks_for_test(tokens, open) {
            continue;
        }
        if inner {
            return vec![(1, usize::MAX)];
        }
        let mut item = closing(tokens, open) + 1;
        while text(tokens, item) == "#" {
            item = closing(tokens, item + 1) + 1;
        }
        let end = match head_end(tokens, item) {
            Some(end) if text(tokens, end) == "{" => closing(tokens, end),
            Some(end) => end,
            None => continue,
        };
        spans.push((tokens[index].line, tokens[end].line));
    }
    spans
}

/// Whether the attribute at `open` is `cfg(test)` or `cfg(all(test, …))`.
fn asks_for_test(tokens: &[Token<'_>], open: usize) -> bool {
    text(tokens, open + 1) == "cfg"
        && (text(tokens, open + 3) == "test"
            || text(tokens, open + 3) == "all" && text(tokens, open + 5) == "test")
}

/// The text of a token, empty behind the end.
pub fn text<'a>(tokens: &[Token<'a>], index: usize) -> &'a str {
    tokens.get(index).map_or("", |token| token.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        lex(source).tokens.iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        let source = "a /* b /* c */ { */ \"{ \\\" }\" r#\"\"{\"# b'{' '\\'' '{' // {\nd";
        assert_eq!(texts(source), ["a", "\"{ \\\" }\"", "r#\"\"{\"#", "b'{'", "'\\''", "'{'", "d"]);
        let lexed = lex(source);
        assert_eq!(lexed.comments.len(), 2);
        assert_eq!(lexed.tokens.last().map(|token| token.line), Some(2));
    }

    #[test]
    fn lifetimes_are_not_characters() {
        assert_eq!(texts("&'a str '{'"), ["&", "'a", "str", "'{'"]);
        assert_eq!(texts("'é' 'static"), ["'é'", "'static"]);
        assert_eq!(texts("'\\u{1F600}' x"), ["'\\u{1F600}'", "x"]);
    }

    #[test]
    fn ranges_and_raw_names_stay_whole() {
        assert_eq!(texts("0..2 1.5 r#fn"), ["0", ".", ".", "2", "1.5", "r#fn"]);
    }

    #[test]
    fn it_ends_on_anything() {
        for source in ["\"", "'", "r#\"", "/*", "b'", "'\\", "r##", "*/ }"] {
            lex(source);
        }
    }

    #[test]
    fn what_is_for_tests_only_is_found() {
        let lexed =
            lex("fn a() {}\n#[cfg(test)]\n#[x]\nmod tests {\n}\n#[cfg(not(test))]\nfn b() {}");
        assert_eq!(test_lines(&lexed.tokens), [(2, 5)]);
        let lexed = lex("#[cfg(all(test, unix))]\nmod tests;\nfn b() {}");
        assert_eq!(test_lines(&lexed.tokens), [(1, 2)]);
    }
}
