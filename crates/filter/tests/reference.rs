//! Random filters: the machine and a walk over the tree as it was written agree.

mod support;

use marey_filter::EventData;
use proptest::prelude::*;
use support::random::condition;
use support::walk::Walk;
use support::{class, fields, filter, parsed, run};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_machine_and_the_tree_agree(
        text in condition(),
        numbers in prop::collection::vec(prop_oneof![any::<i64>(), -9_i64..9], 5),
    ) {
        let fields = fields(&numbers);
        let event = EventData { fields: &fields, ..EventData::default() };
        let tree = parsed(&text).expect("it is an expression");
        let code = filter(&text, &class());
        let code = match code {
            Ok(code) => code,
            // An empty range of constants is told.
            Err(error) => {
                let is_known = ["this range is empty", "too many values"];
                prop_assert!(is_known.iter().any(|part| error.contains(part)), "{text}\n{error}");
                return Ok(());
            }
        };
        let machine = run(&code, &event).verdict().is_keep();
        prop_assert_eq!(machine, Walk::of(&event, "").is_so(&tree), "{}", text);
    }

    #[test]
    fn no_text_stops_the_parser(
        text in "([a-z0-9 (){}\\[\\]=<>!&|+*/%.,;:\"#\\\\-]|and|or|on |if |state |µ|\u{0}){0,60}",
    ) {
        let _ = parsed(&text);
        let _ = filter(&text, &class());
        let _ = support::Running::new(&text, &[class()], &[]);
    }
}

#[test]
fn a_block_that_is_never_closed_ends_where_the_next_begins() {
    for text in ["on a:b { on", "on a:b { x on c:d { }", "on any { if 1 { on any { keep }", "on on"]
    {
        let running = support::Running::new(text, &[class()], &[]);
        assert!(running.is_err(), "{text}");
    }
}
