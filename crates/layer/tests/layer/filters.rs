//! Filters that a recorder gives a program, and takes away.

use marey_filter::code::{Compare, Op, Pool, Test, TextCompare, TextTest};
use marey_filter::{Failure, Sign, Verdict};
use marey_layer::drain::{HandlerCounts, Program, now_ns};
use marey_layer::event;
use marey_layer::layout::control::FILTERS_BYTES_MAX;
use marey_layer::layout::filters::FIELDS_AT;

use crate::support::{All, Folder, Running, Word};

/// A program that keeps what has this number in a slot.
fn number_is(slot: u16, number: u32) -> Vec<u64> {
    let sign = Sign::Unsigned;
    let test = Test { compare: Compare::Equal, left: sign, right: sign, is_not: false };
    words(&[
        Op::Number { to: 0, slot, absent: 4 },
        Op::Constant { to: 1, value: number },
        Op::JumpIf { test, left: 0, right: 1, by: 1 },
        Op::End { verdict: Verdict::Discard },
        Op::End { verdict: Verdict::Keep },
        Op::Fail { failure: Failure::Unanswerable },
    ])
}

/// A program that keeps what has the text of the pool in a slot.
fn text_is(slot: u16, text: &str) -> Vec<u64> {
    let test = TextTest { compare: TextCompare::Equal, is_not: false };
    words(&[
        Op::TextSlot { to: 0, slot, absent: 4 },
        Op::TextConstant { to: 1, pool: Pool { start: 0, len: text.len() as u16 } },
        Op::JumpIfText { test, left: 0, right: 1, by: 1 },
        Op::End { verdict: Verdict::Discard },
        Op::End { verdict: Verdict::Keep },
        Op::Fail { failure: Failure::Unanswerable },
    ])
}

fn words(ops: &[Op]) -> Vec<u64> {
    ops.iter().map(Op::encode).collect()
}

/// In steps that the test gives: a hundred events of each class.
pub fn filtered() {
    let word = Word::of(std::path::Path::new(&std::env::var_os("WORD").expect("a file is given")));
    for step in 0..6_u64 {
        for n in 0..100_u64 {
            let text = if n % 4 == 0 { "fourth" } else { "other" };
            event!("t:number", step = step, n = n % 10, text = text);
            event!("t:text", step = step, text = text, n = n);
            event!("t:free", step = step);
        }
        word.get().store(2 * step + 1, std::sync::atomic::Ordering::Release);
        while word.get().load(std::sync::atomic::Ordering::Acquire) != 2 * step + 2 {
            std::thread::sleep(std::time::Duration::from_micros(100));
        }
    }
}

#[test]
fn they_are_asked_where_the_event_happens() {
    use std::sync::atomic::Ordering::{Acquire, Release};
    let folder = Folder::new();
    let file = folder.path().join("word");
    let word = Word::of(&file);
    let child = folder.program("filtered").env("WORD", &file).spawn().expect("it starts");
    let mut running = Running(child);
    let seven = number_is(FIELDS_AT + 1, 7);
    let fourth = text_is(FIELDS_AT + 1, "fourth");
    let absent = number_is(FIELDS_AT + 30, 7);
    let mut program = None;
    for step in 0..6 {
        while word.get().load(Acquire) != 2 * step + 1 {
            std::thread::sleep(std::time::Duration::from_micros(100));
        }
        let program: &mut Program = program.get_or_insert_with(|| folder.wait_for_program());
        program.beat(now_ns()).expect("it can be written");
        assert!(program.control().can_filter);
        let filters: &[(u32, &[u64], &[u8])] = match step {
            // It is there, and not asked.
            0 => &[(1, &seven, b"")],
            1 => &[(1, &seven, b""), (2, &fourth, b"fourth")],
            // It fails, which keeps; there is none.
            2 => &[(1, &absent, b"")],
            // It reads behind its words; it is of no class.
            3 => &[(1, &seven[..3], b""), (4097, &seven, b""), (2, &fourth, b"fourth")],
            _ => &[],
        };
        program.set_filters(filters).expect("it can be written");
        let is_asked = (1..4).contains(&step);
        for class in 1..=2 {
            program.ask_filter(class, is_asked).expect("it can be written");
            // The class stays on; what is off and has a filter is off.
            program.ask_filter(3, step == 4).expect("it can be written");
        }
        word.get().store(2 * step + 2, Release);
    }
    assert!(running.0.wait().expect("it is there").success());
    check(&mut program.expect("it was opened"));
}

/// What each step let through: that of the step before was in force.
fn check(program: &mut Program) {
    program.update().expect("it can be read");
    let stream = &program.streams()[0];
    let counts = stream.filters().expect("it can be read");
    // Steps 2 and 3 of the first class, 2 and 4 of the second.
    assert_eq!(counts, HandlerCounts { seen: 400, discarded: 90 + 2 * 75, failed: 100 });
    assert_eq!(program.control().refused_filters, 2);
    let all = All::of(program);
    let of = |name: &str, step: u64| {
        let step = step.to_string();
        let events = all.events.iter().filter(|it| it.name == name && it.fields["step"] == step);
        events.count()
    };
    let table: Vec<_> =
        (0..6).map(|step| ["t:number", "t:text", "t:free"].map(|name| of(name, step))).collect();
    let all_of_them = [100, 100, 100];
    let expected =
        [all_of_them, all_of_them, [10, 25, 100], [100, 100, 100], [100, 25, 100], all_of_them];
    assert_eq!(table, expected);
    assert_eq!((all.counts.filtered, all.lost()), (90 + 2 * 75, 0));
}

#[test]
fn too_many_are_refused() {
    let folder = Folder::new();
    folder.run("one-of-each");
    let program = Program::open(&folder.only()).expect("it can be opened");
    let words = vec![0; FILTERS_BYTES_MAX / 8 - 2];
    assert!(program.set_filters(&[(1, &words, b"")]).is_ok());
    assert!(program.set_filters(&[(1, &words, b"x")]).is_err());
    assert!(program.set_filters(&[(1, &[][..], &b""[..]); 257]).is_err());
    for id in [0, 4097] {
        assert!(program.ask_filter(id, true).is_err() && program.switch(id, true).is_err());
        assert!(program.clear(id).is_err() && program.is_on(id).is_err());
    }
}
