//! Words that nobody compiled: they are refused, or they end within their bound and touch nothing.

mod support;

use marey_filter::code::{Limits, Machine, Op, Program, WORDS_MAX};
use marey_filter::store::Store;
use marey_filter::{EventData, Field, Value};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use support::class;

fn limits() -> Limits {
    Limits { cells: 2, maps: 2, tables: 1, sinks: 1, slots: class().slots() }
}

/// Words that are steps more often than noise is, and that lead forward by a little.
fn word() -> impl Strategy<Value = u64> {
    let likely = (0_u8..36, 0_u8..4, 0_u8..4, 0_u8..4, 0_u16..6, 0_u16..3);
    let likely = likely.prop_map(|(kind, a, b, c, low, high)| {
        let [l0, l1] = low.to_le_bytes();
        let [h0, h1] = high.to_le_bytes();
        u64::from_le_bytes([kind, a, b, c, l0, l1, h0, h1])
    });
    prop_oneof![9 => likely, 1 => any::<u64>()]
}

/// The state of a program with two values and two maps.
fn store() -> Store {
    let text = "state a: u64; state b: str; state m: map<u64 => u64>[2, lru];
                state n: map<u64 => str>[2, full]; on any { count }";
    support::Running::new(text, &[class()], &[]).expect("it is fine").store
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn words_are_refused_or_end(words in prop::collection::vec(word(), 1..40), pool in ".{0,8}") {
        let Ok(program) = Program::new(&words, pool.as_bytes(), &limits()) else { return Ok(()) };
        prop_assert!(program.steps_max() <= words.len());
        let text = Field { name: "name", value: Value::Text(b"some text") };
        let number = Field { name: "id", value: Value::Signed(-3) };
        let fields = [number, number, number, number, number, text, text];
        let event = EventData { fields: &fields, pid: Some(1), ..EventData::default() };
        let mut machine = Machine::default();
        let (mut store, mut again) = (store(), store());
        let first = machine.run(&program, &event, &mut store);
        // The machine remembers nothing: the same run, the same answer.
        prop_assert_eq!(machine.run(&program, &event, &mut again), first);
    }

    #[test]
    fn what_is_decoded_is_encoded_the_same(word in any::<u64>()) {
        if let Some(op) = Op::decode(word) {
            prop_assert_eq!(Op::decode(op.encode()), Some(op));
        }
    }
}

#[test]
fn some_random_words_are_programs() {
    // So that the test above runs some.
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let words = prop::collection::vec(word(), 1..12);
    let mut programs = 0;
    for _ in 0..20_000 {
        let tree = words.new_tree(&mut runner).expect("words");
        programs += usize::from(Program::new(&tree.current(), b"text", &limits()).is_ok());
    }
    assert!(programs > 200, "{programs}");
}

#[test]
fn too_many_words_are_refused() {
    let end = Op::End { verdict: marey_filter::Verdict::Keep }.encode();
    let mut words = vec![Op::Constant { to: 0, value: 1 }.encode(); WORDS_MAX];
    words[WORDS_MAX - 1] = end;
    let program = Program::new(&words, &[], &Limits::default()).expect("as many as may be");
    assert_eq!(program.steps_max(), WORDS_MAX);
    words.push(end);
    assert!(Program::new(&words, &[], &Limits::default()).is_err());
    assert!(Program::new(&[], &[], &Limits::default()).is_err());
}
