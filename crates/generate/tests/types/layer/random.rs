//! Configurations at random: what is refused has no type in `marey-layer` and is named; without it
//! there is a tracer in both languages, and what programs trace is what is read.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use marey_ctf::schema::{FieldClass, Meaning, Structure};
use marey_generate::definition::Definition;
use marey_generate::outputs::{Destination, Language, outputs};
use marey_generate::rust;

use super::super::configuration::{at_random, definition};
use super::super::each::{each, scratch};
use super::super::machine::finish;
use super::super::streams::{Call, calls, seeds};
use super::super::values::{Value, members};
use super::super::{in_c, in_rust};
use super::left::{self, Event};
use super::programs;

/// Compilers of tracers in C. With the first one, what must not be done ends the program.
const COMPILERS: [&[&str]; 2] =
    [&["gcc", "-std=c99", "-fsanitize=address,undefined"], &["g++", "-x", "c++", "-std=c++20"]];

#[test]
fn what_is_refused_has_no_type() {
    let (refused, accepted) = (AtomicU64::new(0), AtomicU64::new(0));
    each(&seeds(5000..5400), |&seed| {
        let definition = definition(&at_random(seed, "le"));
        let expected = without_type(&definition);
        for language in [Language::C, Language::Rust] {
            let found = outputs(&definition, language, Destination::Layer).err();
            let found = found
                .unwrap_or_default()
                .into_iter()
                .map(|found| found.what.split('`').nth(1).unwrap_or_default().to_owned());
            let found: BTreeSet<String> = found.collect();
            if found != expected {
                return Err(format!(
                    "{language:?}: {expected:?} has no type, {found:?} is refused"
                ));
            }
            let count = if expected.is_empty() { &accepted } else { &refused };
            count.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    });
    let (refused, accepted) = (refused.into_inner(), accepted.into_inner());
    println!("{refused} are refused, {accepted} are not");
    let is_one = std::env::var_os("MAREY_SEED").is_some();
    assert!(refused > 50 && accepted > 5 || is_one, "{refused} {accepted}");
}

/// The fields that have no type, as messages name them.
fn without_type(definition: &Definition) -> BTreeSet<String> {
    let stream = &definition.schema.streams[0];
    let mut found = BTreeSet::new();
    let common = stream.event_common_context.as_ref().expect("a common context");
    for_each(common, &mut vec!["s"], &mut |path, class| {
        found.extend((!has_type(class)).then(|| path.join(".")));
    });
    for event in &stream.events {
        let own = format!("s:{}", event.identity.name.as_deref().expect("a name"));
        let payload = event.payload.as_ref().expect("a payload");
        for_each(payload, &mut vec![&own], &mut |path, class| {
            found.extend((!has_type(class)).then(|| path.join(".")));
        });
    }
    found
}

/// Does something for all that is no structure in a structure.
fn for_each<'d>(
    structure: &'d Structure,
    path: &mut Vec<&'d str>,
    work: &mut impl FnMut(&[&str], &'d FieldClass),
) {
    for (name, class) in members(structure) {
        path.push(name);
        match class {
            FieldClass::Structure(class) => for_each(class, path, work),
            class => work(path, class),
        }
        path.pop();
    }
}

fn has_type(class: &FieldClass) -> bool {
    match class {
        FieldClass::Array(class) => match class.element.as_ref() {
            FieldClass::Integer(element) => match element.meaning {
                Meaning::Boolean => false,
                Meaning::Signed => element.len_bits <= 8,
                _ => element.len_bits <= 8 || (17..=32).contains(&element.len_bits),
            },
            _ => false,
        },
        FieldClass::Optional(_) | FieldClass::Variant(_) => false,
        _ => true,
    }
}

/// A configuration at random, without events that have fields without a type; none, if the common
/// context has one.
fn with_types(seed: u64) -> Option<String> {
    let config = at_random(seed, "le");
    let refused = without_type(&definition(&config));
    let events = refused.iter().map(|field| field.strip_prefix("s:")?.split('.').next());
    let events: Option<BTreeSet<&str>> = events.collect();
    let events: Vec<_> = events?.into_iter().collect();
    let left_out = format!("trace:\n  marey: {{leave-out: {{events: [{}]}}}}\n", events.join(", "));
    Some(config.replace("trace:\n", &left_out))
}

/// What is traced of the events that are not left out.
fn traced<'d>(definition: &'d Definition, seed: u64) -> Vec<Call<'d>> {
    let stream = &definition.schema.streams[0];
    let is_left_out = |call: &Call<'_>| {
        let named =
            |name: &str| stream.events.iter().find(|it| it.identity.name.as_deref() == Some(name));
        named(call.event).is_some_and(|event| definition.extensions.left_out.has(stream, event))
    };
    calls(definition, seed).into_iter().filter(|call| !is_left_out(call)).collect()
}

/// What is read of a call.
fn expected(call: &Call<'_>) -> Event {
    let (mut common, mut payload) = (Vec::new(), Vec::new());
    for (scope, name, class, value) in call.arguments() {
        let fields = if scope == "context" { &mut common } else { &mut payload };
        add(fields, name, class, value);
    }
    // Names that both have begin with which it is.
    let both: Vec<_> =
        [&common, &payload].map(|it| it.iter().map(|it| it.0.clone()).collect()).into();
    let is_in_both = |name: &String| both.iter().all(|names: &Vec<String>| names.contains(name));
    let mut fields = Vec::new();
    for (prefix, of) in [("cc_", common), ("p_", payload)] {
        let named = of.into_iter().map(|(name, value)| match is_in_both(&name) {
            true => (format!("{prefix}{name}"), value),
            false => (name, value),
        });
        fields.extend(named);
    }
    Event { name: format!("s:{}", call.event), fields }
}

fn add(fields: &mut Vec<(String, String)>, name: &str, class: &FieldClass, value: &Value) {
    let text = match (class, value) {
        (FieldClass::Structure(class), Value::Structure(values)) => {
            for ((member, class), value) in members(class).into_iter().zip(values) {
                add(fields, &format!("{name}_{member}"), class, value);
            }
            return;
        }
        (FieldClass::Integer(class), Value::Integer(bits)) => {
            let unused = 64 - class.len_bits.next_power_of_two().max(8);
            match class.is_signed() {
                true => ((bits << unused).cast_signed() >> unused).to_string(),
                false => (bits << unused >> unused).to_string(),
            }
        }
        (_, Value::Boolean(is_true)) => is_true.to_string(),
        (_, Value::Float(number)) => number.to_string(),
        (_, Value::Text(text)) => format!("{text:?}"),
        (_, Value::Bytes(bytes)) => format!("{bytes:?}"),
        (FieldClass::Array(class), Value::List(values)) => {
            let FieldClass::Integer(element) = class.element.as_ref() else { unreachable!() };
            let bytes = values.iter().flat_map(|value| {
                let Value::Integer(bits) = value else { unreachable!("{value:?}") };
                bits.to_le_bytes().into_iter().take(if element.len_bits <= 8 { 1 } else { 4 })
            });
            format!("{:?}", bytes.collect::<Vec<u8>>())
        }
        (class, value) => unreachable!("{value:?} of {class:?}"),
    };
    fields.push((name.to_owned(), text));
}

fn compare(found: Result<Vec<Event>, String>, calls: &[Call<'_>]) -> Result<(), String> {
    let found = found?;
    for (at, (found, call)) in found.iter().zip(calls).enumerate() {
        let expected = expected(call);
        if *found != expected {
            return Err(format!("event {at}: traced {}, left {}", expected.line(), found.line()));
        }
    }
    match found.len() == calls.len() {
        true => Ok(()),
        false => Err(format!("{} events were traced, {} are left", calls.len(), found.len())),
    }
}

#[test]
fn values_of_programs_in_c() {
    let folder = scratch("types/layer-random-c");
    let events = AtomicU64::new(0);
    each(&seeds(6000..6060), |&seed| {
        let Some(config) = with_types(seed) else { return Ok(()) };
        let definition = definition(&config);
        let calls = traced(&definition, seed);
        // The very program that is compiled for packets, too.
        let source = in_c::program(&calls, 1000);
        let folder = folder.join(seed.to_string());
        let compilers = (COMPILERS[usize::from(seed % 4 == 0)], &["-w"][..]);
        let program = programs::in_c(compilers, &config, &source, &folder);
        let Some(program) = program else { return Ok(()) };
        let mut program = Command::new(program);
        compare(left::run(program.current_dir(&folder), &folder.join("programs"), "*"), &calls)?;
        events.fetch_add(calls.len() as u64, Ordering::Relaxed);
        Ok(())
    });
    let events = events.into_inner();
    assert!(events > 100 || std::env::var_os("MAREY_SEED").is_some(), "{events} events");
}

#[test]
fn values_of_programs_in_rust() {
    let Some(links) = links() else { return };
    let folder = scratch("types/layer-random-rust");
    let mut source = "#![deny(warnings)]\n#![forbid(unsafe_code)]\n".to_owned();
    let (mut runs, mut traced_by) = (String::new(), Vec::new());
    for seed in seeds(7000..7040) {
        let Some(config) = with_types(seed) else { continue };
        let definition = definition(&config);
        let file = &rust::layer::files(&definition).expect("a tracer")[0];
        std::fs::write(folder.join(format!("t{seed}.rs")), &file.text).expect("written");
        let calls = in_rust::program(&traced(&definition, seed), 0);
        let calls: Vec<_> = calls.lines().filter(|line| line.contains("stream.trace_")).collect();
        let calls = calls.join("\n").replace("stream.", "SStream.");
        let _ = writeln!(
            source,
            "mod t{seed} {{\n    include!(\"t{seed}.rs\");\n    \
             #[allow(overflowing_literals, clippy::all)]\n    pub fn run() {{\n{calls}\n    }}\n}}"
        );
        let _ = writeln!(runs, "        Some(\"{seed}\") => t{seed}::run(),");
        traced_by.push((seed, definition));
    }
    let _ = write!(
        source,
        "fn main() {{\n    match std::env::args().nth(1).as_deref() {{\n{runs}        _ => \
         unreachable!(),\n    }}\n}}\n"
    );
    std::fs::write(folder.join("main.rs"), source).expect("written");
    for edition in ["2021", "2024"] {
        let mut rustc = Command::new("rustc");
        rustc.current_dir(&folder).args(["--edition", edition, "-o", "main"]).args(&links);
        finish(rustc.arg("main.rs")).expect("it compiles");
    }
    for (seed, definition) in &traced_by {
        let mut program = Command::new(folder.join("main"));
        let left = left::run(program.arg(seed.to_string()), &folder.join("programs"), "*");
        let compared = compare(left, &traced(definition, *seed));
        assert_eq!(compared, Ok(()), "{seed}");
    }
    assert!(traced_by.len() > 10 || std::env::var_os("MAREY_SEED").is_some());
}

/// What a compiler needs to know to link `marey-layer`, which these tests link as well; nothing,
/// where there is no compiler.
pub fn links() -> Option<[String; 4]> {
    if Command::new("rustc").arg("--version").output().is_err() {
        println!("skipped: no rustc here");
        return None;
    }
    let own = std::env::current_exe().expect("this executable");
    let folder = own.parent().expect("a folder");
    let entries =
        std::fs::read_dir(folder).expect("a folder").map(|it| it.expect("an entry").path());
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("libmarey_layer-") && name.ends_with(".rlib")
    };
    let made = |path: &PathBuf| path.metadata().and_then(|it| it.modified()).ok();
    let newest = entries.filter(is_ours).max_by_key(made).expect("these tests link it");
    let path = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    let library = format!("marey_layer={}", path(&newest));
    let dependencies = format!("dependency={}", path(folder));
    Some(["--extern".to_owned(), library, "-L".to_owned(), dependencies])
}
