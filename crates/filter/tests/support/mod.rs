//! Filters and programs over events of two classes.
#![allow(dead_code, reason = "each test needs a part of it")]

pub mod kernel;
pub mod maps;
pub mod random;
pub mod walk;

use marey_diagnostic::source::Sources;
use marey_diagnostic::{Problems, render};
use marey_filter::check::typed::{self, Condition};
use marey_filter::check::{self, Class, Kind, Layout};
use marey_filter::code::{Machine, NoMemory};
use marey_filter::compile::{self, Code, Target};
use marey_filter::lang;
use marey_filter::lang::tree::{Expr, PatternKind, Statement};
use marey_filter::store::Store;
use marey_filter::{EventData, Field, Outcome, Sign, Value, glob};

pub const UNSIGNED: Kind = Kind::Number(Sign::Unsigned);
pub const SIGNED: Kind = Kind::Number(Sign::Signed);

/// A class with fields of all kinds.
pub fn class() -> Class {
    let fields = [
        ("id", SIGNED),
        ("u", UNSIGNED),
        ("s", SIGNED),
        ("v", UNSIGNED),
        ("w", SIGNED),
        ("name", Kind::Text),
        ("path", Kind::Text),
        ("pid", UNSIGNED),
    ];
    let mut class = Class::new("test:event", &fields);
    class.constants.push(("me".into(), 1234));
    class
}

/// All that is wrong with a text, as people read it.
pub fn rendered(sources: &Sources, problems: &Problems) -> String {
    let texts = problems.sorted().into_iter().map(|found| render(found, sources, false));
    texts.collect::<Vec<_>>().join("\n")
}

/// A filter, or all that is wrong with it.
pub fn parsed(text: &str) -> Result<Expr, String> {
    let mut sources = Sources::default();
    let file = sources.add("filter", text.into()).map_err(|found| found.what.clone())?;
    let mut problems = Problems::default();
    match lang::filter(&sources, file, &mut problems).filter(|_| !problems.has_errors()) {
        Some(expr) => Ok(expr),
        None => Err(rendered(&sources, &problems)),
    }
}

/// A filter that was checked for a class, or all that is wrong with it.
pub fn checked(text: &str, class: &Class) -> Result<Condition, String> {
    let mut sources = Sources::default();
    let file = sources.add("filter", text.into()).map_err(|found| found.what.clone())?;
    let mut problems = Problems::default();
    let expr = lang::filter(&sources, file, &mut problems);
    let checked = expr.and_then(|expr| check::filter(&expr, class, &mut problems));
    match checked.filter(|_| !problems.has_errors()) {
        Some(condition) => Ok(condition),
        None => Err(rendered(&sources, &problems)),
    }
}

/// A block that was checked.
pub struct Block {
    /// The program around it.
    pub source: String,
    /// As it was written.
    pub tree: Vec<Statement>,
    /// With types.
    pub body: Vec<typed::Statement>,
    pub layout: Layout,
}

/// A block for events of [`class`] with this state, if it is right.
pub fn block(state: &str, text: &str) -> Option<Block> {
    let mut sources = Sources::default();
    let source = format!("{state} on any {{ {text} }}");
    let file = sources.add("block", source.clone().into()).ok()?;
    let mut problems = Problems::default();
    let mut program = lang::program(&sources, file, &mut problems);
    let mut layout = check::layout(&program, &mut problems);
    let told = (&sources, &mut problems);
    let body = check::block(&program.blocks[0], &mut layout, &["tty".into()], &class(), told)?;
    let tree = program.blocks.remove(0).body;
    (!problems.has_errors()).then_some(Block { source, tree, body, layout })
}

/// The numbers of an event of [`class`].
pub fn fields(numbers: &[i64]) -> Vec<Field<'static>> {
    let names = ["id", "u", "s", "v", "w"].into_iter().zip(numbers);
    let of = |(name, number): (&'static str, &i64)| match name {
        "id" | "s" | "w" => Field { name, value: Value::Signed(*number) },
        _ => Field { name, value: Value::Unsigned(number.cast_unsigned()) },
    };
    names.map(of).collect()
}

/// A filter for a class, or all that is wrong with it.
pub fn filter(text: &str, class: &Class) -> Result<Code, String> {
    let condition = checked(text, class)?;
    let slots = class.slots();
    let absent_is_false = class.absent_is_false;
    let target = Target { slots, absent_is_false, ..Target::default() };
    compile::filter(&condition, &target).map_err(|error| error.to_string())
}

/// What a filter says of an event.
pub fn run(code: &Code, event: &EventData<'_>) -> Outcome {
    let program = code.program().expect("it is verified");
    Machine::default().run(&program, event, &mut NoMemory)
}

/// A program over several classes.
pub struct Running {
    blocks: Vec<(String, Code)>,
    pub store: Store,
    pub layout: Layout,
    /// What is odd about it, but not wrong.
    pub warnings: String,
    machine: Machine,
}

impl Running {
    pub fn new(text: &str, classes: &[Class], sinks: &[String]) -> Result<Self, String> {
        let mut sources = Sources::default();
        let file = sources.add("program", text.into()).map_err(|found| found.what.clone())?;
        let mut problems = Problems::default();
        let program = lang::program(&sources, file, &mut problems);
        let mut layout = check::layout(&program, &mut problems);
        let mut blocks = Vec::new();
        for block in &program.blocks {
            for class in classes.iter().filter(|class| is_for(block, &class.name)) {
                let told = (&sources, &mut problems);
                if let Some(body) = check::block(block, &mut layout, sinks, class, told) {
                    blocks.push((class, body));
                }
            }
        }
        if problems.has_errors() {
            return Err(rendered(&sources, &problems));
        }
        let sinks = u16::try_from(sinks.len()).expect("few");
        let compiled = blocks.into_iter().map(|(class, body)| {
            let slots = class.slots();
            let target = Target { slots, layout: Some(&layout), sinks, absent_is_false: false };
            let code = compile::block(&body, &target).expect("it fits");
            (class.name.clone(), code)
        });
        let blocks = compiled.collect();
        let store = Store::new(&layout);
        let warnings = rendered(&sources, &problems);
        Ok(Running { blocks, store, layout, warnings, machine: Machine::default() })
    }

    /// What all blocks say of an event; they stop at the first that discards it.
    pub fn handle(&mut self, event: &EventData<'_>) -> Outcome {
        let mut last = Outcome::Verdict(marey_filter::Verdict::Keep);
        for (class, code) in &self.blocks {
            if class != event.event {
                continue;
            }
            let program = code.program().expect("it is verified");
            last = self.machine.run(&program, event, &mut self.store);
            if !last.verdict().is_keep() {
                break;
            }
        }
        last
    }
}

fn is_for(block: &lang::tree::Block, class: &str) -> bool {
    let (of_class, of_name) = class.split_once(':').expect("a class");
    block.patterns.iter().any(|pattern| match &pattern.kind {
        PatternKind::Any => true,
        PatternKind::Event { system, name } => {
            glob::matches(system.as_bytes(), of_class.as_bytes())
                && glob::matches(name.as_bytes(), of_name.as_bytes())
        }
        PatternKind::Class(name) => name == of_class,
        PatternKind::User(_) | PatternKind::Packet => false,
    })
}
