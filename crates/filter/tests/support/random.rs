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
