//! Programs: state, and blocks.

use std::string::String;
use std::vec::Vec;

use super::parser::Parser;
use super::token::Kind;
use super::tree::{Block, Pattern, PatternKind, Program, State, StateKind, Type};

/// How many entries a map holds at most.
pub const MAP_SIZE_MAX: u64 = 1 << 20;

/// The signs that a glob of a name may have.
const NAMES: &[&str] = &["*", "?", "[", "]", "-", "!", "^"];
/// Those of a glob of an event of a program.
const PATHS: &[&str] = &["*", "?", "[", "]", "-", "!", "^", ":", "/"];

impl Parser<'_> {
    /// A whole program.
    pub fn program(&mut self) -> Program {
        let mut program = Program::default();
        while !self.is_end() {
            if self.is_word("state") {
                if let Some(state) = self.state() {
                    program.states.push(state);
                }
            } else if self.is_word("on") {
                if let Some(block) = self.block() {
                    program.blocks.push(block);
                }
            } else {
                self.unexpected("expected `on` or `state`");
                self.skip_to_start();
            }
        }
        program
    }

    /// Goes on where a state or a block begins.
    fn skip_to_start(&mut self) {
        while !self.is_end() && !self.is_word("on") && !self.is_word("state") {
            self.step();
        }
    }

    fn state(&mut self) -> Option<State> {
        self.step();
        let state = self.state_inside();
        if state.is_none() {
            self.skip_to_start();
        }
        state
    }

    fn state_inside(&mut self) -> Option<State> {
        let name = self.name("the name of the state")?;
        self.expect_sign(":", "and the type").then_some(())?;
        let kind = if self.is_word("map") { self.map()? } else { self.single()? };
        let is_per_thread = self.take_word("per") && {
            let is_there = self.take_word("thread");
            if !is_there {
                self.unexpected("expected `thread`");
            }
            is_there
        };
        self.expect_sign(";", "behind the state");
        Some(State { name, kind, is_per_thread })
    }

    fn single(&mut self) -> Option<StateKind> {
        let of = self.of_type()?;
        let first = self.take_sign("=").then(|| self.expression());
        Some(StateKind::Value { of, first })
    }

    fn of_type(&mut self) -> Option<Type> {
        let types =
            [("u64", Type::U64), ("i64", Type::I64), ("bool", Type::Bool), ("str", Type::Str)];
        let found = types.into_iter().find(|(name, _)| self.is_word(name));
        let Some((_, of)) = found else {
            self.unexpected("expected `u64`, `i64`, `bool`, `str` or `map`");
            return None;
        };
        self.step();
        Some(of)
    }

    /// `map<keys => value>[size, lru]`
    fn map(&mut self) -> Option<StateKind> {
        self.step();
        self.expect_sign("<", "and the types of the keys").then_some(())?;
        let mut keys = Vec::from([self.of_type()?]);
        while self.take_sign(",") {
            keys.push(self.of_type()?);
        }
        self.expect_sign("=>", "and the type of the values").then_some(())?;
        let of = self.of_type()?;
        self.expect_sign(">", "behind the types").then_some(())?;
        self.expect_sign("[", "and how many the map holds").then_some(())?;
        let Kind::Number { value, is_duration: false } = *self.kind() else {
            self.unexpected("expected how many the map holds");
            return None;
        };
        let size = u32::try_from(value).ok().filter(|_| (1..=MAP_SIZE_MAX).contains(&value));
        if size.is_none() {
            let what = std::format!("a map cannot hold {value}");
            let label = std::format!("expected 1 to {MAP_SIZE_MAX}");
            self.problems.error(what, self.span(), label);
        }
        self.step();
        let is_lru = self.take_sign(",") && {
            let is_lru = self.take_word("lru");
            if !is_lru && !self.take_word("full") {
                self.unexpected("expected `lru` or `full`");
            }
            is_lru
        };
        self.expect_sign("]", "behind the size").then_some(())?;
        Some(StateKind::Map { keys, of, size: size.unwrap_or(1), is_lru })
    }

    fn block(&mut self) -> Option<Block> {
        let span = self.span();
        self.step();
        let mut patterns = Vec::new();
        loop {
            match self.pattern() {
                Some(pattern) => patterns.push(pattern),
                None => {
                    self.skip_to_start();
                    return None;
                }
            }
            if !self.take_sign(",") {
                break;
            }
        }
        let condition = self.take_word("if").then(|| self.expression());
        let body = self.body()?;
        Some(Block { patterns, condition, body, span })
    }

    fn pattern(&mut self) -> Option<Pattern> {
        let start = self.span();
        let kind = if self.take_word("any") {
            PatternKind::Any
        } else if self.take_word("packet") {
            PatternKind::Packet
        } else if self.take_word("class") {
            PatternKind::Class(self.glob("the name of a class", NAMES)?)
        } else if self.take_word("user") {
            // `provider:event` is one name, and providers may have `::` in theirs.
            PatternKind::User(self.glob("the name of an event", PATHS)?)
        } else {
            let system = self.glob("an event such as `sched:sched_switch`", NAMES)?;
            self.expect_sign(":", "and the name of the event").then_some(())?;
            PatternKind::Event { system, name: self.glob("the name of an event", NAMES)? }
        };
        Some(Pattern { kind, span: start.to(self.span_before()) })
    }

    /// A name with `*` and others of these signs; its parts follow each other without a space.
    fn glob(&mut self, what: &str, signs: &[&str]) -> Option<String> {
        let mut glob = String::new();
        let mut end = None;
        loop {
            let span = self.span();
            if end.is_some_and(|end| end != span.start) {
                break;
            }
            match self.kind() {
                Kind::Word(word) => glob.push_str(word),
                Kind::Sign(sign) if signs.contains(sign) => glob.push_str(sign),
                // `::`, and what is around it if that could be of an address.
                Kind::Address(part) if signs.contains(&":") => glob.push_str(part),
                Kind::Number { value, is_duration: false } => {
                    glob.push_str(&std::format!("{value}"));
                }
                _ => break,
            }
            end = Some(span.end);
            self.step();
        }
        if glob.is_empty() {
            self.unexpected(&std::format!("expected {what}"));
            return None;
        }
        Some(glob)
    }
}
