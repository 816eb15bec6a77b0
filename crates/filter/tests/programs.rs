//! Programs, from their text to their verdicts, their state and their counts.

mod support;

use marey_filter::check::{Class, Kind};
use marey_filter::store::{OwnKey, Wishes, class_of};
use marey_filter::{EventData, Failure, Field, Outcome, Sign, Value, Verdict};
use support::{Running, SIGNED, UNSIGNED};

fn classes() -> Vec<Class> {
    let enter = Class::new("raw_syscalls:sys_enter", &[("id", SIGNED)]);
    let fields = [
        ("prev_pid", UNSIGNED),
        ("next_pid", UNSIGNED),
        ("next_comm", Kind::Text),
        ("prev_state", SIGNED),
    ];
    let switch = Class::new("sched:sched_switch", &fields);
    Vec::from([enter, switch])
}

fn enter(running: &mut Running, id: i64) -> Outcome {
    let fields = [Field { name: "id", value: Value::Signed(id) }];
    let (class, event) = ("raw_syscalls", "raw_syscalls:sys_enter");
    let data = EventData { class, event, fields: &fields, ..EventData::default() };
    running.handle(&data)
}

fn switch(running: &mut Running, time: i64, prev: u64, next: u64, comm: &str) -> Outcome {
    let fields = [
        Field { name: "prev_pid", value: Value::Unsigned(prev) },
        Field { name: "next_pid", value: Value::Unsigned(next) },
        Field { name: "next_comm", value: Value::Text(comm.as_bytes()) },
        Field { name: "prev_state", value: Value::Signed(1) },
    ];
    let (class, event) = ("sched", "sched:sched_switch");
    let data = EventData { class, event, time, fields: &fields, ..EventData::default() };
    running.handle(&data)
}

fn running(text: &str) -> Running {
    Running::new(text, &classes(), &["tty".into()]).unwrap_or_else(|error| panic!("{error}"))
}

const KEEP: Outcome = Outcome::Verdict(Verdict::Keep);
const DISCARD: Outcome = Outcome::Verdict(Verdict::Discard);

#[test]
fn two_events_with_one_flag_alternate() {
    let mut program = running(
        "on raw_syscalls:sys_enter { if id == 39 and flag == 0 { flag = 1; keep } discard }
         on sched:sched_switch     { if flag == 1 { flag = 0; keep } discard }
         state flag: u64;",
    );
    let mut kept = Vec::new();
    for round in 0..100 {
        // Some come twice, some are others, and the switches come as they like.
        for _ in 0..round % 3 {
            if switch(&mut program, round, 1, 2, "a").verdict().is_keep() {
                kept.push("switch");
            }
        }
        for id in [39, 40, 39] {
            if enter(&mut program, id).verdict().is_keep() {
                kept.push("enter");
            }
        }
    }
    assert!(kept.len() > 60 && kept.first() == Some(&"enter"), "{}", kept.len());
    assert!(kept.windows(2).all(|pair| pair[0] != pair[1]), "they alternate");
}

#[test]
fn who_slept_longer() {
    let mut program = running(
        "state last: map<u64 => u64>[4096, lru];
         on sched:sched_switch {
             let slept = time - last[next_pid] else time;
             last[prev_pid] = time;
             hist(slept by next_comm);
             snapshot if slept > 500ms;
             keep if slept > 5ms;
             discard
         }",
    );
    let ms = 1_000_000;
    assert_eq!(switch(&mut program, 10 * ms, 1, 2, "b"), DISCARD);
    assert_eq!(switch(&mut program, 12 * ms, 2, 1, "a"), DISCARD);
    assert_eq!(switch(&mut program, 18 * ms, 1, 2, "b"), KEEP);
    assert_eq!(program.store.take_wishes(), Wishes::default());
    assert_eq!(switch(&mut program, 700 * ms, 2, 1, "a"), KEEP);
    assert!(program.store.take_wishes().snapshot);
    let table = &program.store.tables[0];
    let hist = &table.hists[&[OwnKey::Text(b"a".to_vec())][..]];
    let ns = |ms: u64| class_of(ms * 1_000_000, Sign::Signed);
    assert_eq!((hist.counts[ns(2)], hist.counts[ns(682)]), (1, 1));
    assert_eq!(table.what, "hist(slept by next_comm) (line 5)");
}

#[test]
fn state_of_all_types() {
    let mut program = running(
        "state number: i64 = -5;
         state switched: bool = true;
         state name: str = \"none\";
         state seen: map<u64, str => str>[2, full];
         state flags: u64 = 7;
         on sched:* {
             number -= 1; number += -1;
             if switched { switched = next_pid == 2 } else if next_pid == 3 { switched = 5 }
             seen[next_pid, next_comm] = name;
             name = next_comm;
             if seen[2, \"b\"] else \"x\" == \"none\" and number == -7 and not switched { discard }
             if name == \"long\" { delete seen[1, \"a\"]; }
             flags |= 8; flags &= 9;
         }",
    );
    assert_eq!(switch(&mut program, 0, 1, 2, "b"), KEEP);
    assert_eq!(switch(&mut program, 0, 1, 1, "a"), KEEP);
    // The map is full, so it fails, and the event is kept.
    assert_eq!(switch(&mut program, 0, 1, 3, "c"), Outcome::Failed(Failure::Full));
    assert_eq!(switch(&mut program, 0, 1, 2, "b"), KEEP);
    let long = "x".repeat(65);
    assert_eq!(switch(&mut program, 0, 1, 2, &long), Outcome::Failed(Failure::Full));
    let values = &program.layout.values;
    let of = |name: &str| values.iter().position(|value| value.name == name).expect("it is there");
    let cell = |name: &str| u16::try_from(of(name)).expect("few");
    let load = |name: &str| marey_filter::code::Memory::load(&program.store, cell(name));
    assert_eq!((load("number").cast_signed(), load("switched"), load("flags")), (-15, 1, 9));
}

#[test]
fn all_blocks_are_asked_until_one_discards() {
    let mut program = running(
        "on any { count }
         on class sched { count(next_pid, next_comm) if next_pid > 1; discard if next_pid == 2; }
         on sched:sched_switch, raw_syscalls:sys_* if cpu == 0 {
             count(\"here\"); send tty; mark(\"m\")
         }
         on raw_syscalls:sys_enter { stop if id == 60; keep; }",
    );
    assert_eq!(switch(&mut program, 0, 1, 2, "b"), DISCARD);
    assert_eq!(switch(&mut program, 0, 1, 3, "c"), KEEP);
    assert_eq!(switch(&mut program, 0, 1, 1, "c"), KEEP);
    assert_eq!(program.store.take_wishes().sinks, [0]);
    assert_eq!(enter(&mut program, 60), KEEP);
    let wishes = program.store.take_wishes();
    assert!(wishes.stop && wishes.marks == [b"m"], "{wishes:?}");
    let sums: Vec<u64> =
        program.store.tables.iter().map(|table| table.counts.values().sum()).collect();
    assert_eq!(sums, [4, 2, 3]);
}

#[test]
fn maps_forget_as_the_order_of_events_says() {
    let text = "state last: map<u64 => u64>[3, lru];
         on sched:sched_switch {
             discard if last[next_pid] == 0 and next_pid > 2; last[prev_pid] = 1
         }";
    let verdicts = || {
        let mut program = running(text);
        let ask = |n: i64| switch(&mut program, n, n as u64 % 5, n as u64 % 7, "x");
        (0..200).map(ask).collect::<Vec<_>>()
    };
    let first = verdicts();
    assert!(first.contains(&KEEP) && first.contains(&DISCARD));
    assert_eq!(verdicts(), first);
}
