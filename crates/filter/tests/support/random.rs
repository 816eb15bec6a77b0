//! Random conditions, as text.

use proptest::prelude::*;

fn number() -> impl Strategy<Value = String> {
    let interesting = ["0", "1", "7", "63", "64", "0xffff_ffff_ffff_ffff", "0x8000000000000000"];
    let leaf = prop_oneof![
        prop::sample::select(interesting.to_vec()).prop_map(String::from),
        any::<u8>().prop_map(|number| number.to_string()),
        prop::sample::select(["id", "u", "s", "v", "w"].to_vec()).prop_map(String::from),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        let operators = ["+", "-", "*", "/", "%", "<<", ">>", "&", "^", "|"];
        let operator = prop::sample::select(operators.to_vec());
        prop_oneof![
            (inner.clone(), operator, inner.clone(), any::<bool>()).prop_map(
                |(a, o, b, is_open)| {
                    if is_open { format!("({a} {o} {b})") } else { format!("{a} {o} {b}") }
                }
            ),
            inner.clone().prop_map(|a| format!("-({a})")),
            inner.prop_map(|a| format!("~({a})")),
        ]
    })
}

/// A condition over the numbers of [`class`](super::class).
pub fn condition() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(["==", "!=", "<", "<=", ">", ">="].to_vec());
    let leaf = prop_oneof![
        4 => (number(), sign, number()).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
        1 => (number(), number(), number()).prop_map(|(a, b, c)| format!("{a} in {{{b}, s..{c}}}")),
        1 => number(),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        let parts = prop::collection::vec(inner.clone(), 2..4);
        let joined = |parts: Vec<String>, word: &str| {
            let parts: Vec<_> = parts.into_iter().map(|part| format!("({part})")).collect();
            parts.join(word)
        };
        prop_oneof![
            parts.clone().prop_map(move |parts| joined(parts, " and ")),
            parts.prop_map(move |parts| joined(parts, " or ")),
            inner.clone().prop_map(|inner| format!("not ({inner})")),
            inner.prop_map(|inner| format!("(({inner}) == 1)")),
        ]
    })
}

/// A statement without state, before its names are given.
#[derive(Clone, Debug)]
enum Piece {
    Let(String),
    Act(&'static str, String),
    /// What is counted, and when.
    Count(String, String),
    If(String, Vec<Piece>, Vec<Piece>),
}

/// A key of a table, as text.
fn key() -> impl Strategy<Value = String> {
    let texts = ["name", "\"\"", "\"swapper/0\"", "\"a name that is longer than most of them\""];
    prop_oneof![2 => number(), 1 => prop::sample::select(texts.to_vec()).prop_map(String::from)]
}

/// `count` or `hist`, as text.
fn counted() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::collection::vec(key(), 0..4).prop_map(|keys| match keys.is_empty() {
            true => "count".to_owned(),
            false => format!("count({})", keys.join(", ")),
        }),
        number().prop_map(|value| format!("hist({value})")),
        (number(), key()).prop_map(|(value, key)| format!("hist({value} by {key})")),
    ]
}

/// The statements of a block without state, as text. What `let` names stands for `v` behind it.
pub fn statements() -> impl Strategy<Value = String> {
    let action = prop::sample::select(vec!["keep", "discard"]);
    let leaf = prop_oneof![
        2 => number().prop_map(Piece::Let),
        1 => (action.clone(), condition()).prop_map(|(action, asked)| Piece::Act(action, asked)),
        1 => (counted(), condition()).prop_map(|(what, asked)| Piece::Count(what, asked)),
    ];
    let piece = leaf.prop_recursive(3, 12, 3, |inner| {
        let some = prop::collection::vec(inner, 0..3);
        (condition(), some.clone(), some)
            .prop_map(|(asked, then, otherwise)| Piece::If(asked, then, otherwise))
    });
    let end = prop::sample::select(vec!["keep", "discard", ""]);
    (prop::collection::vec(piece, 1..5), end).prop_map(|(all, end)| written(&all, 0) + end)
}

/// Statements behind which so many names are known.
fn written(pieces: &[Piece], names: usize) -> String {
    let mut known = names;
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Let(value) => {
                text += &format!("let x{known} = {}; ", named(value, known));
                known += 1;
            }
            Piece::Act(action, asked) => {
                text += &format!("{action} if {}; ", named(asked, known));
            }
            Piece::Count(what, asked) => {
                text += &format!("{} if {}; ", named(what, known), named(asked, known));
            }
            Piece::If(asked, then, otherwise) => {
                let (then, otherwise) = (written(then, known), written(otherwise, known));
                let asked = named(asked, known);
                text += &format!("if {asked} {{ {then} }} else {{ {otherwise} }} ");
            }
        }
    }
    text
}

/// An expression with the last name in place of `v`.
fn named(text: &str, known: usize) -> String {
    let Some(last) = known.checked_sub(1) else { return text.to_owned() };
    let parts = text.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_');
    let parts = parts.map(|part| match part.strip_prefix('v') {
        Some(rest) if rest.chars().all(|c| !c.is_alphanumeric()) => format!("x{last}{rest}"),
        _ => part.to_owned(),
    });
    parts.collect()
}
