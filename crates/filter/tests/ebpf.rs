//! The kernel's code and the machine's agree, wherever the kernel can say it.

mod support;

use marey_filter::code::Machine;
use marey_filter::compile::{self, Target};
use marey_filter::store::{KEYS_OF_TABLE_MAX, Store};
use marey_filter::{EventData, Field, Value};
use proptest::prelude::*;
use support::maps::{Asked, Maps};
use support::random::{condition, statements};
use support::walk::{Walk, counts};
use support::{block, checked, class, fields, filter, kernel, run};

/// The values of the slots: the contexts come first.
fn slots(event: &EventData<'_>) -> Vec<u64> {
    use marey_filter::Data as _;
    (0..class().slots()).map(|slot| event.number(slot).unwrap_or_default()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_kernel_and_the_machine_agree(
        text in condition(),
        numbers in prop::collection::vec(prop_oneof![any::<i64>(), -9_i64..9], 5),
    ) {
        let fields = fields(&numbers);
        let event = EventData { fields: &fields, ..EventData::default() };
        let (Ok(code), Ok(condition)) = (filter(&text, &class()), checked(&text, &class())) else {
            return Ok(());
        };
        let program = match kernel::program(&condition) {
            Ok(program) => program,
            Err(refused) => {
                prop_assert!(refused.0.contains("more stack"), "{text}: {refused}");
                return Ok(());
            }
        };
        let machine = run(&code, &event).verdict().is_keep();
        let kernel = kernel::run(&program, &slots(&event), b"") == 1;
        prop_assert_eq!(kernel, machine, "{}", text);
    }

    #[test]
    fn blocks_are_done_alike_by_the_tree_the_machine_and_the_kernel(
        text in statements(),
        numbers in prop::collection::vec(prop_oneof![any::<i64>(), -9_i64..9], 5),
    ) {
        let name: &[u8] = b"swapper/0";
        let mut fields = fields(&numbers);
        fields.push(Field { name: "name", value: Value::Text(name) });
        let event = EventData { fields: &fields, ..EventData::default() };
        // An empty range of constants is told.
        let Some(block) = block("", &text) else { return Ok(()) };
        let layout = Some(&block.layout);
        let target = Target { slots: class().slots(), layout, ..Target::default() };
        let Ok(code) = compile::block(&block.body, &target) else { return Ok(()) };
        let program = code.program().expect("it is verified");
        let mut store = Store::new(&block.layout);
        let machine = Machine::default().run(&program, &event, &mut store).verdict().is_keep();
        let mut walk = Walk::of(&event, &block.source);
        let tree = walk.statements(&block.tree).unwrap_or(true);
        prop_assert_eq!(machine, tree, "{}", text);
        prop_assert_eq!(counts(&store.tables), walk.counts, "{}", text);
        let asked = Asked::default();
        match kernel::counting(&block.body, &asked) {
            Ok(program) => {
                let mut maps = Maps::new(asked);
                let kernel = kernel::run_with(&program, (&slots(&event), name), &mut maps) == 1;
                prop_assert_eq!(kernel, machine, "{}", text);
                prop_assert_eq!(maps.tables(&block.layout), store.tables, "{}", text);
            }
            Err(refused) => prop_assert!(refused.0.contains("more stack"), "{text}: {refused}"),
        }
    }
}

/// What the kernel says of a block at an event with this name.
fn kept(text: &str, name: &[u8]) -> bool {
    let block = block("", text).expect(text);
    let program = kernel::block(&block.body).unwrap_or_else(|e| panic!("{text}: {e}"));
    kernel::run(&program, &[0; 24], name) == 1
}

#[test]
fn blocks_keep_what_they_say_nothing_of() {
    let table = [
        ("", true),
        ("keep", true),
        ("discard", false),
        ("keep; discard", true),
        ("discard if u == 1", true),
        ("keep if u == 1; discard", false),
        ("if u == 0 { let x = 2 } else { discard }", true),
        ("if u == 0 { if v == 0 { discard } keep } else { keep }", false),
        ("let x = u + 3; let y = x * x; discard if y == 9", false),
        (
            "let x = 1; if u == 0 { let y = x + 1; discard if y == 3 } let z = 7; keep if z == 7; \
          discard",
            true,
        ),
    ];
    for (text, is_kept) in table {
        assert_eq!(kept(text, b""), is_kept, "{text}");
    }
}

#[test]
fn texts_have_names() {
    let named = "let n = name; let m = n; discard if m == \"ab\"";
    assert_eq!([b"ab".as_slice(), b"a", b"abc"].map(|name| kept(named, name)), [false, true, true]);
    let constant = "let c = \"ab\"; keep if name == c; discard";
    assert_eq!([b"ab".as_slice(), b"a"].map(|name| kept(constant, name)), [true, false]);
    let inner = "if u == 0 { let n = \"x\"; discard if name == n } let n2 = name; keep";
    assert_eq!([b"x".as_slice(), b"y"].map(|name| kept(inner, name)), [false, true]);
}

#[test]
fn what_blocks_remember_or_do_is_not_for_the_kernel() {
    let table = [
        ("flag = 1", "state"),
        ("let x = flag; keep", "state"),
        ("count(flag)", "state"),
        ("hist(u by \"a\\0b\")", "ends texts"),
        ("mark(\"x\")", "acts"),
        ("stop if u == 1", "acts"),
        ("discard if name contains \"a\"", "whether texts are the same"),
    ];
    for (text, why) in table {
        let block = block("state flag: u64;", text).expect(text);
        let refused = kernel::counting(&block.body, &Asked::default()).expect_err(text);
        assert!(refused.0.contains(why), "{text}: {refused}");
    }
    let refused = kernel::block(&block("", "count(u)").expect("it is right").body);
    assert!(refused.expect_err("it is nowhere").0.contains("no tables"));
}

#[test]
fn tables_are_full_alike() {
    let long = "x".repeat(65);
    let text =
        format!("count(u); hist(s by u) if u != 1; count(\"{long}\"); hist(s by \"{long}\")");
    let block = block("", &text).expect("it is right");
    let layout = Some(&block.layout);
    let target = Target { slots: class().slots(), layout, ..Target::default() };
    let code = compile::block(&block.body, &target).expect("it fits");
    let program = code.program().expect("it is verified");
    let asked = Asked::default();
    let kernel = kernel::counting(&block.body, &asked).expect("the kernel can say it");
    let (mut store, mut maps) = (Store::new(&block.layout), Maps::new(asked));
    for number in (0..KEYS_OF_TABLE_MAX as i64 + 10).chain(0..20) {
        let fields = fields(&[0, number, number - 5]);
        let event = EventData { fields: &fields, ..EventData::default() };
        assert!(Machine::default().run(&program, &event, &mut store).verdict().is_keep());
        assert_eq!(kernel::run_with(&kernel, (&slots(&event), b""), &mut maps), 1);
    }
    assert_eq!(maps.tables(&block.layout), store.tables);
    let others: Vec<u64> = store.tables.iter().map(|table| table.others).collect();
    let all = KEYS_OF_TABLE_MAX as u64 + 30;
    assert_eq!(others, [10, 9, all, all]);
}

#[test]
fn texts_are_compared_with_their_end() {
    let texts: [&[u8]; 6] =
        [b"", b"a", b"sched_sw", b"sched_switch", b"sched_switch_it", b"sched_switch_its"];
    for constant in ["", "a", "sched_sw", "sched_switch", "sched_switch_it", "sched_switch_its"] {
        for (sign, is_same) in [("==", true), ("!=", false)] {
            let text = format!("name {sign} \"{constant}\"");
            let program = checked(&text, &class()).expect("it is fine");
            let program = kernel::program(&program).expect("the kernel can say it");
            for given in texts {
                let holds = kernel::run(&program, &[], given) == 1;
                assert_eq!(holds, (given == constant.as_bytes()) == is_same, "{text} {given:?}");
            }
        }
    }
}

#[test]
fn what_the_kernel_cannot_say_it_refuses() {
    for text in ["name contains \"a\"", "name matches \"a*\"", "name == path", "name < \"a\""] {
        let condition = checked(text, &class()).expect("it is fine");
        let refused = kernel::program(&condition).expect_err(text);
        assert!(refused.0.contains("kernel"), "{refused}");
    }
    // What can never be is no reason to refuse.
    for (text, answer) in [("name == \"12345678901234567\"", 0), ("name != \"a\\0b\"", 1)] {
        let condition = checked(text, &class()).expect("it is fine");
        let program = kernel::program(&condition).expect("the kernel can say it");
        assert_eq!(kernel::run(&program, &[], b"a"), answer, "{text}");
    }
}

#[test]
fn a_simple_filter_is_three_instructions() {
    let condition = checked("id == 39", &class()).expect("it is fine");
    let program = kernel::program(&condition).expect("the kernel can say it");
    // And what the test puts around it: the context, and two ends.
    assert_eq!(program.len(), 1 + 2 + 4, "{program:?}");
}
