//! Filters and programs of handlers, and the words that some of them come to.

use marey_filter::check::{self, Class, Kind};
use marey_filter::compile::{self, Target};
use marey_filter::{Sign, lang};

use marey_diagnostic::Problems;
use marey_diagnostic::source::Sources;

const TEXTS: [(&str, &str); 4] = [
    ("alternate.marey", include_str!("handlers/alternate.marey")),
    ("filter.marey", include_str!("handlers/filter.marey")),
    ("set.marey", include_str!("handlers/set.marey")),
    ("slept.marey", include_str!("handlers/slept.marey")),
];

/// Target, name and bytes of each.
pub fn all() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let texts = TEXTS.map(|(name, text)| ("filter", name, text.as_bytes().to_vec()));
    let words = TEXTS.iter().filter_map(|(name, text)| Some(("words", *name, words(text)?)));
    texts.into_iter().chain(words).collect()
}

/// The words of a filter, as the target `words` takes them. A program is none.
fn words(text: &str) -> Option<Vec<u8>> {
    let fields = [
        ("id", Kind::Number(Sign::Signed)),
        ("u", Kind::Number(Sign::Unsigned)),
        ("name", Kind::Text),
        ("pid", Kind::Number(Sign::Unsigned)),
    ];
    let class = Class::new("fuzz:event", &fields);
    let mut sources = Sources::default();
    let file = sources.add("seed", text.into()).ok()?;
    let mut problems = Problems::default();
    let expr = lang::filter(&sources, file, &mut problems).filter(|_| !problems.has_errors())?;
    let condition = check::filter(&expr, &class, &mut problems)?;
    let target = Target { slots: class.slots(), ..Target::default() };
    let code = compile::filter(&condition, &target).ok()?;
    Some(code.words.iter().flat_map(|word| word.to_le_bytes()).collect())
}
