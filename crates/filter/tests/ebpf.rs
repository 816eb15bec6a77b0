//! The kernel's code and the machine's agree, wherever the kernel can say it.

mod support;

use marey_filter::{EventData, Field, Value};
use proptest::prelude::*;
use support::random::condition;
use support::{checked, class, filter, kernel, run};

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
        let value = |name, index: usize| {
            let number = numbers[index];
            let is_signed = matches!(name, "id" | "s" | "w");
            let value = Value::Unsigned(number.cast_unsigned());
            Field { name, value: if is_signed { Value::Signed(number) } else { value } }
        };
        let fields = [value("id", 0), value("u", 1), value("s", 2), value("v", 3), value("w", 4)];
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
