//! What is said of blocks before their state is known, and conditions as text.

mod support;

use marey_filter::check::typed::{Condition, Statement};
use marey_filter::check::{Class, Layout};
use marey_filter::code::Machine;
use marey_filter::compile::{self, Target};
use marey_filter::store::Store;
use marey_filter::uses::{self, Uses};
use marey_filter::{EventData, Outcome, Verdict, early, show};
use proptest::prelude::*;
use support::random::condition;
use support::{checked, class, fields, filter, run};

const STATE: &str = "state flag: u64; state text: str; state seen: map<u64 => u64>[64, lru];";

/// The statements of a block with the state above.
fn block(text: &str) -> Option<(Vec<Statement>, Layout)> {
    support::block(STATE, text).map(|block| (block.body, block.layout))
}

/// What a slot of [`class`] is called.
fn name(slot: u16) -> String {
    let class = class();
    let slots = class.contexts.iter().chain(&class.fields);
    let names: Vec<&String> = slots.map(|(name, _)| name).collect();
    names[usize::from(slot)].clone()
}

fn shown(condition: &Condition) -> String {
    show::condition(condition, &name)
}

#[test]
fn what_is_known_early_of_blocks() {
    let table = [
        ("if id == 39 and flag == 0 { flag = 1; keep } discard", "id == 39"),
        ("if flag == 1 { flag = 0; keep } discard", "true"),
        ("discard if u > 5; discard if s < 0; flag = 1", "u <= 5 and s >= 0"),
        ("discard", "false"),
        ("keep if id == 1; discard", "id == 1"),
        ("keep if id == 1 or seen[u] == 1; discard", "true"),
        ("keep if not (id == 1 or seen[u] == 1); discard", "id != 1"),
        ("count; discard if id == 1", "true"),
        ("discard if id == 1; count(u)", "id != 1"),
        ("let x = u; discard if x == 1; discard if v == 2; flag = 1", "v != 2"),
        ("if id == 1 { discard } else { if v == 2 { discard } flag = 1 }", "id != 1 and v != 2"),
        ("if name == \"a\" { discard if path contains \"b\" } keep", {
            "name != \"a\" or not (path contains \"b\")"
        }),
        ("discard if id in {1, 3..5}; mark(\"x\")", "not (id in {1, 3..5})"),
        ("", "true"),
    ];
    for (text, expected) in table {
        let (body, _) = block(text).expect(text);
        assert_eq!(shown(&early::necessary(&body)), expected, "{text}");
    }
}

#[test]
fn what_is_too_long_is_not_said() {
    const NOT_LONG: usize = 4000;
    let many: String = (0..200).map(|n| format!("discard if u == {n}; ")).collect();
    let (body, _) = block(&format!("{many} flag = 1")).expect("it is fine");
    let said = shown(&early::necessary(&body));
    assert!(said.starts_with("u != 0 and u != 1") && said.len() < NOT_LONG, "{said}");
    // Twice as much for each of these, if it were not bounded.
    let doubling: String = (0..60).map(|n| format!("if u == {n} {{ let a{n} = 1 }} ")).collect();
    let (body, _) = block(&format!("{doubling} discard if id == 1; flag = 1")).expect("fine");
    assert!(shown(&early::necessary(&body)).len() < NOT_LONG);
}

#[test]
fn what_blocks_use() {
    let none = Uses::default();
    let table = [
        ("discard if id == 1", none),
        ("let x = u; keep if x == 1", Uses { locals: true, ..none }),
        ("count(u)", Uses { counts: true, ..none }),
        ("hist(u by flag)", Uses { counts: true, state: true, ..none }),
        ("discard if seen[1] else u == 2", Uses { state: true, ..none }),
        ("text = name", Uses { state: true, ..none }),
        ("delete seen[id]", Uses { state: true, ..none }),
        ("send tty if id == 1", Uses { acts: true, ..none }),
        ("mark(\"x\")", Uses { acts: true, ..none }),
    ];
    for (text, expected) in table {
        let (body, _) = block(text).expect(text);
        assert_eq!(uses::of_statements(&body), expected, "{text}");
    }
}

/// A block of random conditions, some of which ask for state.
fn random_block() -> impl Strategy<Value = String> {
    let asked = (condition(), any::<u8>()).prop_map(|(condition, kind)| match kind % 4 {
        0 => format!("({condition}) and flag == 0"),
        1 => format!("({condition}) or seen[u] == 1"),
        2 => format!("not (({condition}) and flag == 0)"),
        _ => condition,
    });
    let done = prop::sample::select(vec!["keep;", "discard;", "flag = 1;", "seen[u] = 1;", ""]);
    let statement = (asked, done.clone(), done)
        .prop_map(|(asked, then, not)| format!("if {asked} {{ {then} }} else {{ {not} }} "));
    (prop::collection::vec(statement, 1..5), any::<bool>())
        .prop_map(|(all, discards)| all.concat() + if discards { "discard" } else { "" })
}

fn compiled(class: &Class, body: &[Statement], layout: &Layout) -> compile::Code {
    let target = Target { slots: class.slots(), layout: Some(layout), ..Target::default() };
    compile::block(body, &target).expect("it fits")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_discarded_early_is_discarded(
        text in random_block(),
        numbers in prop::collection::vec(prop_oneof![any::<i64>(), -9_i64..9], 5),
        flag in 0_u64..2,
    ) {
        let Some((body, layout)) = block(&text) else { return Ok(()) };
        let class = class();
        let fields = fields(&numbers);
        let event = EventData { fields: &fields, ..EventData::default() };
        let early = early::necessary(&body);
        let target = Target { slots: class.slots(), ..Target::default() };
        let early = compile::filter(&early, &target).expect("it fits");
        if run(&early, &event).verdict().is_keep() {
            return Ok(());
        }
        let mut store = Store::new(&layout);
        marey_filter::code::Memory::store(&mut store, 0, flag);
        let before = format!("{store:?}");
        let code = compiled(&class, &body, &layout);
        let program = code.program().expect("it is verified");
        let outcome = Machine::default().run(&program, &event, &mut store);
        prop_assert_eq!(outcome, Outcome::Verdict(Verdict::Discard), "{}", text);
        prop_assert_eq!(format!("{store:?}"), before, "{}", text);
    }

    #[test]
    fn what_is_shown_means_the_same(
        text in condition(),
        numbers in prop::collection::vec(prop_oneof![any::<i64>(), -9_i64..9], 5),
    ) {
        // What is computed from constants has a sign that no literal has.
        let has_signs = text.contains("-(") || text.contains('~');
        let Some(condition) = checked(&text, &class()).ok().filter(|_| !has_signs) else {
            return Ok(());
        };
        let again = shown(&condition);
        let Ok(code) = filter(&again, &class()) else { return Ok(()) };
        let fields = fields(&numbers);
        let event = EventData { fields: &fields, ..EventData::default() };
        let first = filter(&text, &class()).expect("it was checked");
        prop_assert_eq!(run(&code, &event), run(&first, &event), "{}\n{}", text, again);
    }
}
