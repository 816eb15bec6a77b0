//! Filters, from their text to their verdict.

mod support;

use marey_filter::{EventData, Failure, Field, Outcome, Value, Verdict};
use support::{class, filter, run};

/// An event with a field of each kind.
fn event<'a>(fields: &'a mut Vec<Field<'a>>) -> EventData<'a> {
    let values = [
        ("id", Value::Signed(39)),
        ("u", Value::Unsigned(u64::MAX)),
        ("s", Value::Signed(-5)),
        ("v", Value::Unsigned(7)),
        ("w", Value::Signed(i64::MIN)),
        ("name", Value::Text(b"sched_switch")),
        ("path", Value::Text(b"/usr/bin/env")),
        ("pid", Value::Unsigned(77)),
    ];
    fields.extend(values.map(|(name, value)| Field { name, value }));
    let (class, event) = ("test", "event");
    EventData { class, event, cpu: 1, time: 1_000_000_000, pid: Some(1234), tid: None, fields }
}

/// Filters, and whether they keep [`event`].
const VERDICTS: [(&str, bool); 61] = [
    ("id == 39", true),
    ("id = 39", true),
    ("id != 39", false),
    ("id == 0x27 and cpu == 1", true),
    ("id == 40 or cpu == 1", true),
    ("not (id == 40 || cpu == 2)", true),
    ("! id == 40", true),
    // Comparisons are mathematical.
    ("u > 0", true),
    ("u == s + 4", false),
    ("s < u", true),
    ("s < 0", true),
    ("s == -5", true),
    ("w < s", true),
    ("-1 < v", true),
    ("-1 < u", true),
    // Arithmetic wraps and never traps.
    ("u + 1 == 0", true),
    ("v / 0 == 0", true),
    ("v % 0 == 7", true),
    ("w / -1 == w", true),
    ("v << 64 == 0", true),
    ("v << 63 == 0x8000_0000_0000_0000", true),
    ("s >> 1 == -3", true),
    ("s / 2 == -2", true),
    ("s % 2 == -1", true),
    ("~v == 0xffff_ffff_ffff_fff8", true),
    // Bit operators bind tighter than comparisons.
    ("v & 3 == 3", true),
    ("v | 8 == 15", true),
    ("v ^ 1 == 6", true),
    ("1 + 2 * 3 == v", true),
    ("v - 2 - 1 == 4", true),
    ("1 << 2 + 1 == 8", true),
    ("2 | 4 ^ 6 & 3 == 6", true),
    // Numbers and comparisons as truth.
    ("v", true),
    ("v - 7", false),
    ("(v == 7) == 1", true),
    ("(v == 7) + (id == 39) == 2", true),
    ("true", true),
    ("false or true", true),
    // Sets and ranges.
    ("id in {1, 39, 100..200}", true),
    ("id in 30..39", true),
    ("id in 30..38", false),
    ("s in {-6..-5}", true),
    ("u in 0..100", false),
    ("not id in {1, 2}", true),
    ("name in {\"a\", \"sched_switch\"}", true),
    // Texts.
    ("name == \"sched_switch\"", true),
    ("name != \"sched_switch\"", false),
    ("name < \"sched_x\"", true),
    ("name >= \"sched\"", true),
    ("name contains \"_sw\"", true),
    ("name contains \"\"", true),
    ("name matches \"sched_*\"", true),
    ("path matches \"/usr/*/env\"", true),
    ("path == \"\\x2fusr\\057bin/env\"", true),
    // Names.
    ("field.pid == 77 and ctx.pid == me", true),
    ("event == \"event\" and class == \"test\"", true),
    ("time == 1s", true),
    ("time > 1.5ms", true),
    ("v < 1KiB", true),
    ("time == 1970-01-01T00:00:01Z", true),
    ("id == 39 # the number of getpid\n", true),
];

#[test]
fn verdicts() {
    let class = class();
    for (text, answer) in VERDICTS {
        let mut fields = Vec::new();
        let event = event(&mut fields);
        let code = filter(text, &class).unwrap_or_else(|error| panic!("{text}\n{error}"));
        let verdict = if answer { Verdict::Keep } else { Verdict::Discard };
        assert_eq!(run(&code, &event), Outcome::Verdict(verdict), "{text}");
    }
}

#[test]
fn what_is_not_there_keeps_an_event_and_passes_by_a_packet() {
    let mut fields = Vec::new();
    let event = event(&mut fields);
    let mut class = class();
    let unanswerable = Outcome::Failed(Failure::Unanswerable);
    let (keep, discard) = (Outcome::Verdict(Verdict::Keep), Outcome::Verdict(Verdict::Discard));
    let table = [
        ("tid == 1", unanswerable, discard),
        ("tid != 1", unanswerable, discard),
        ("not tid == 1", unanswerable, keep),
        ("not tid != 1", unanswerable, keep),
        ("tid in {1, 2}", unanswerable, discard),
        ("not tid in {1, 2..3}", unanswerable, keep),
        ("tid == 1 or id == 39", unanswerable, keep),
        ("id == 39 or tid == 1", keep, keep),
        ("id == 40 and tid == 1", discard, discard),
        ("id == 39 and (tid == 1 or v == 7)", unanswerable, keep),
        ("(tid == 1) == 0", unanswerable, keep),
    ];
    for (text, of_event, of_packet) in table {
        class.absent_is_false = false;
        let code = filter(text, &class).expect("it is fine");
        assert_eq!(run(&code, &event), of_event, "{text}");
        class.absent_is_false = true;
        let code = filter(text, &class).expect("it is fine");
        assert_eq!(run(&code, &event), of_packet, "{text}");
    }
}

#[test]
fn names_that_a_class_does_not_have_may_belong_to_others() {
    let mut fields = Vec::new();
    let event = event(&mut fields);
    let unanswerable = Outcome::Failed(Failure::Unanswerable);
    let (keep, discard) = (Outcome::Verdict(Verdict::Keep), Outcome::Verdict(Verdict::Discard));
    let mut of_filters = class();
    of_filters.absent_is_false = true;
    let mut of_blocks = class();
    // A slot that the class has, and the event does not: its thread.
    of_blocks.absent = Some(3);
    let table = [
        ("nothing == 1", discard, unanswerable),
        ("nothing", discard, unanswerable),
        ("not nothing == 1", keep, unanswerable),
        ("nothing contains \"x\"", discard, unanswerable),
        ("name matches nothing", discard, unanswerable),
        ("nothing + 1 in {1..2}", discard, unanswerable),
        ("id in {39, nothing}", discard, unanswerable),
        ("id in {1..nothing}", discard, unanswerable),
        ("name in {\"a\", nothing}", discard, unanswerable),
        ("id == 39 or nothing == 1", keep, keep),
        ("id == 40 and nothing == 1", discard, discard),
        ("id == 39 and (id == 40 or nothing == 1)", discard, unanswerable),
    ];
    for (text, of_filter, of_block) in table {
        let code = filter(text, &of_filters).expect("it is fine");
        assert_eq!(run(&code, &event), of_filter, "{text}");
        let code = filter(text, &of_blocks).expect("it is fine");
        assert_eq!(run(&code, &event), of_block, "{text}");
    }
}

#[test]
fn times_are_from_the_start_and_from_the_end() {
    let mut fields = Vec::new();
    let event = event(&mut fields);
    let mut class = class();
    let times = marey_filter::check::Times { start: 0, end: Some(3_000_000_000), midnight: 0 };
    class.times = Some(times);
    for (text, answer) in [
        ("time == +1s", true),
        ("time > +1s", false),
        ("time >= -2s", true),
        ("-1s < time", false),
        ("time == 00:00:01", true),
        ("time - 2s == -1s", true),
    ] {
        let code = filter(text, &class).unwrap_or_else(|error| panic!("{text}\n{error}"));
        assert_eq!(run(&code, &event).verdict().is_keep(), answer, "{text}");
    }
}

#[test]
fn large_expressions_are_refused_or_run() {
    let class = class();
    let deep = |open: &str, inner: &str, close: &str, depth: usize| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    assert!(filter(&deep("(", "id == 39", ")", 60), &class).is_ok());
    assert!(filter(&deep("not ", "id == 39", "", 60), &class).is_ok());
    assert!(filter(&deep("(v + ", "1", ")", 40), &class).is_ok());
    for text in [
        deep("(", "1", ")", 10_000),
        deep("not ", "id", "", 10_000),
        deep("-", "1", "", 10_000),
        deep("id == 1 or ", "id", "", 2_000),
        deep("v + ", "1", "", 251),
    ] {
        assert!(filter(&text, &class).is_err(), "{}", text.get(..40).unwrap_or(&text));
    }
    let wide = deep("v + ", "1", "", 250);
    assert!(filter(&wide, &class).is_ok());
}
