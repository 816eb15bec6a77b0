//! Rules as people write them: one a line, in SAT's words.
//!
//! ```text
//! add    TARGET           delete TARGET
//! fast   TARGET           wide   TARGET
//! pid N  TARGET           tid N  TARGET           pid N tid N TARGET
//! clear pid TARGET        clear tid TARGET
//!
//! TARGET is all, class NAME, or event NAME.          # begins a comment
//! ```

use std::str::FromStr;

use marey_diagnostic::source::{FileId, Sources, Span};
use marey_diagnostic::{Diagnostic, Problems, render};

use super::{Action, Malformed, NUMBERS_MAX, Rule, Target, Whom};
use crate::select::Pattern;

/// How many rules a file may have.
pub const RULES_MAX: usize = 10_000;

const VERBS: [&str; 7] = ["add", "delete", "pid", "tid", "clear", "fast", "wide"];
const TARGETS: [&str; 3] = ["all", "class", "event"];

/// A rule that somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The rule.
    pub rule: Rule,
    /// Where it says which events it is for.
    pub target: Span,
}

/// Reads rules, one a line. What is wrong with one is told, and the others are read.
pub fn parse(sources: &Sources, file: FileId, problems: &mut Problems) -> Vec<Written> {
    let mut rules = Vec::new();
    let mut start = 0;
    for line in sources.text(file).split_inclusive('\n') {
        let words = words(line, file, start);
        start += line.len() as u32;
        if words.is_empty() {
            continue;
        }
        if rules.len() == RULES_MAX {
            let first = words.first().map_or(Span { file, start, end: start }, |word| word.span);
            problems.error(format!("there are more than {RULES_MAX} rules"), first, "this one");
            break;
        }
        let end = words.last().map_or(start, |word| word.span.end);
        let end = Span { file, start: end, end };
        match (Line { words: &words, end }).rule() {
            Ok(rule) => rules.push(rule),
            Err(found) => problems.add(found),
        }
    }
    rules
}

impl FromStr for Rule {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (mut sources, mut problems) = (Sources::default(), Problems::default());
        let file = sources.add("rule", text.as_bytes().to_vec());
        let file = file.map_err(|found| Malformed(found.what.clone()))?;
        let mut rules = parse(&sources, file, &mut problems);
        if let Some(found) = problems.sorted().first() {
            return Err(Malformed(render(found, &sources, false)));
        }
        match (rules.pop(), rules.is_empty()) {
            (Some(written), true) => Ok(written.rule),
            _ => Err(Malformed("it is one rule, as in `delete class thread`".to_owned())),
        }
    }
}

#[derive(Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    span: Span,
}

/// The words of a line, without its comment.
fn words(line: &str, file: FileId, start: u32) -> Vec<Word<'_>> {
    let line = line.split('#').next().unwrap_or_default();
    let word = |text: &'_ str| {
        let at = start + (text.as_ptr() as usize - line.as_ptr() as usize) as u32;
        Span { file, start: at, end: at + text.len() as u32 }
    };
    line.split_ascii_whitespace().map(|text| Word { text, span: word(text) }).collect()
}

/// What is left of a line.
struct Line<'t> {
    words: &'t [Word<'t>],
    /// Behind its last word.
    end: Span,
}

impl<'t> Line<'t> {
    fn next(&mut self, expected: &str) -> Result<Word<'t>, Diagnostic> {
        match self.words.split_first() {
            Some((word, rest)) => {
                self.words = rest;
                Ok(*word)
            }
            None => Err(Diagnostic::error("the rule ends too early")
                .at(self.end, format!("expected {expected}"))),
        }
    }

    fn rule(mut self) -> Result<Written, Diagnostic> {
        let action = self.action()?;
        let first = self.next("`all`, `class NAME` or `event NAME`")?;
        let (target, last) = self.target(first)?;
        if let Some(more) = self.words.first() {
            let what = format!("`{}` stands behind the end of the rule", more.text);
            return Err(Diagnostic::error(what).at(more.span, "").help("write one rule a line"));
        }
        Ok(Written { rule: Rule { action, target }, target: first.span.to(last.span) })
    }

    fn action(&mut self) -> Result<Action, Diagnostic> {
        let verb = self.next("a rule")?;
        match verb.text {
            "add" => Ok(Action::Add),
            "delete" => Ok(Action::Delete),
            "fast" => Ok(Action::Fast),
            "wide" => Ok(Action::Wide),
            "tid" => Ok(Action::Only(Whom::Thread { tid: self.number()?, pid: None })),
            "pid" => {
                let pid = self.number()?;
                match self.words.split_first() {
                    Some((word, rest)) if word.text == "tid" => {
                        self.words = rest;
                        Ok(Action::Only(Whom::Thread { tid: self.number()?, pid: Some(pid) }))
                    }
                    _ => Ok(Action::Only(Whom::Process(pid))),
                }
            }
            "clear" => {
                let which = self.next("`pid` or `tid`")?;
                match which.text {
                    "pid" => Ok(Action::ClearProcess),
                    "tid" => Ok(Action::ClearThread),
                    other => {
                        let what = format!("`clear` is for `pid` or `tid`, not for `{other}`");
                        Err(Diagnostic::error(what).at(which.span, "expected `pid` or `tid`"))
                    }
                }
            }
            other => {
                let found = Diagnostic::error(format!("there is no rule `{other}`"));
                let found = found.at(verb.span, format!("expected {}", VERBS.join(", ")));
                Err(found.help_nearest(other, VERBS))
            }
        }
    }

    fn number(&mut self) -> Result<u32, Diagnostic> {
        let word = self.next("a number")?;
        word.text.parse().ok().filter(|number| *number <= NUMBERS_MAX).ok_or_else(|| {
            Diagnostic::error(format!("`{}` is no process and no thread", word.text))
                .at(word.span, format!("expected a number up to {NUMBERS_MAX}"))
        })
    }

    /// The target, and its last word.
    fn target(&mut self, first: Word<'t>) -> Result<(Target, Word<'t>), Diagnostic> {
        match first.text {
            "all" => Ok((Target::All, first)),
            "class" => {
                let name = self.next("the name of a class")?;
                Ok((Target::Class(name.text.to_owned()), name))
            }
            "event" => {
                let name = self.next("the name of an event")?;
                let pattern = name.text.parse::<Pattern>().map_err(|why| {
                    Diagnostic::error(why.to_string()).at(name.span, "").help(PATTERNS)
                })?;
                Ok((Target::Event(pattern), name))
            }
            other => {
                let found = Diagnostic::error(format!("`{other}` says no events"));
                let found = found.at(first.span, "expected `all`, `class NAME` or `event NAME`");
                Err(found.help_nearest(other, TARGETS))
            }
        }
    }
}

const PATTERNS: &str = "write it as sched:sched_switch, sched:*, syscall:openat or thread:THREADY";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_written_as_it_is_read() {
        let all = [
            "add all",
            "delete class thread",
            "pid 42 event sched:*",
            "tid 43 all",
            "pid 42 tid 43 class comm",
            "clear pid class thread",
            "clear tid event sched_switch",
            "fast all",
            "wide event syscall:openat",
        ];
        for text in all {
            let rule: Rule = text.parse().expect(text);
            assert_eq!(rule.to_string(), text);
        }
    }

    #[test]
    fn what_is_wrong_is_shown() {
        let all = [
            ("ad all", "there is no rule `ad`", "did you mean `add`"),
            ("add", "the rule ends too early", "expected `all`"),
            ("add thread", "`thread` says no events", "expected `all`"),
            ("add klass thread", "`klass` says no events", "did you mean `class`?"),
            ("pid x all", "`x` is no process", "expected a number up to 4194303"),
            ("tid 4194304 all", "`4194304` is no process", ""),
            ("clear all", "`clear` is for `pid` or `tid`", "expected `pid` or `tid`"),
            ("add event a:b:c", "there are two `:`", "thread:THREADY"),
            ("add all all", "`all` stands behind", "one rule a line"),
            ("add all\nadd all", "it is one rule", ""),
            ("# nothing", "it is one rule", ""),
        ];
        for (text, what, more) in all {
            let found = text.parse::<Rule>().expect_err(text).to_string();
            assert!(found.contains(what) && found.contains(more), "{text}: {found}");
        }
    }

    #[test]
    fn places_are_those_of_the_file() {
        let (mut sources, mut problems) = (Sources::default(), Problems::default());
        let text = b"# first\n\n  delete all # all of them\nadd  class thread\nbad\n".to_vec();
        let file = sources.add("r", text).expect("short");
        let rules = parse(&sources, file, &mut problems);
        let targets: Vec<&str> = rules.iter().map(|rule| sources.slice(rule.target)).collect();
        assert_eq!(targets, ["all", "class thread"]);
        assert_eq!(problems.errors(), 1);
        let found = problems.sorted();
        let line = found[0].span.map(|span| sources.position(file, span.start).line);
        assert_eq!(line, Some(5));
    }
}
