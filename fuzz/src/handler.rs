//! Filters and handler programs.

use marey_filter::check::{self, Class, Kind, Layout};
use marey_filter::code::{Limits, Machine, Program};
use marey_filter::compile::{self, Target};
use marey_filter::store::Store;
use marey_filter::{EventData, Field, Value, lang};
use marey_generate::diagnostic::{Problems, render};
use marey_generate::source::Sources;

/// What the events of this class have.
const FIELDS: [(&str, Value<'_>); 4] = [
    ("id", Value::Signed(-3)),
    ("u", Value::Unsigned(u64::MAX)),
    ("name", Value::Text(b"sched_switch")),
    ("pid", Value::Unsigned(7)),
];

fn class() -> Class {
    let kind = |value: &Value<'_>| value.sign().map_or(Kind::Text, Kind::Number);
    let fields = FIELDS.map(|(name, value)| (name, kind(&value)));
    Class::new("fuzz:event", &fields)
}

/// Any text is a filter and a program, or is refused with a message that can be shown. What is
/// compiled is verified, and ends within its bound with the same answer each time.
pub fn check(data: &[u8]) {
    let mut sources = Sources::default();
    let Ok(file) = sources.add("text", data.to_vec()) else { return };
    let class = class();
    let mut problems = Problems::default();
    let target = Target { slots: class.slots(), ..Target::default() };
    let expr = lang::filter(&sources, file, &mut problems);
    if let Some(condition) = expr.and_then(|expr| check::filter(&expr, &class, &mut problems))
        && let Ok(code) = compile::filter(&condition, &target)
    {
        run(&code.program().expect("what is compiled is verified"), &Layout::default());
    }
    let program = lang::program(&sources, file, &mut problems);
    let mut layout = check::layout(&program, &mut problems);
    for block in &program.blocks {
        let told = (&sources, &mut problems);
        let Some(body) = check::block(block, &mut layout, &[], &class, told) else { continue };
        if problems.has_errors() {
            continue;
        }
        let target = Target { layout: Some(&layout), ..target };
        if let Ok(code) = compile::block(&body, &target) {
            run(&code.program().expect("what is compiled is verified"), &layout);
        }
    }
    problems.sorted().into_iter().for_each(|found| drop(render(found, &sources, false)));
}

/// Any words are refused, or end.
pub fn check_words(data: &[u8]) {
    let words: Vec<u64> =
        data.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
    let slots = class().slots();
    let limits = Limits { cells: 2, maps: 0, tables: 0, sinks: 1, slots };
    if let Ok(program) = Program::new(&words, b"some texts", &limits) {
        run(&program, &Layout::default());
    }
}

fn run(program: &Program<'_>, layout: &Layout) {
    let fields = FIELDS.map(|(name, value)| Field { name, value });
    let event = EventData { pid: Some(1), fields: &fields, ..EventData::default() };
    // Maps of a million places are not made for each input.
    if layout.bytes() > 1 << 20 {
        return;
    }
    let mut machine = Machine::default();
    let mut run = || machine.run(program, &event, &mut Store::new(layout));
    assert_eq!(run(), run(), "the same event, another answer");
}
