//! Configurations at random: field types in field types.

use marey_generate::configuration::{Configuration, Options};
use marey_generate::definition::Definition;
use marey_generate::diagnostic::render;

use super::random::Random;

/// How deep field types are in field types.
const DEPTH_MAX: u64 = 4;

/// A configuration with one stream, `s`.
pub fn at_random(seed: u64, byte_order: &str) -> String {
    let mut random = Random(seed);
    let order = if random.one_in(3) { "trace-byte-order" } else { "native-byte-order" };
    let id = random.of(&["{class: uint, size: 8}", "{class: uint, size: 5}", "true"]);
    let common = structure(&mut random, 2, 2);
    let mut text = format!(
        "--- !<tag:barectf.org,2020/3/config>\ntrace:\n  type:\n    {order}: {byte_order}\n    \
         data-stream-types:\n      s:\n        $features: {{event-record: {{type-id-field-type: \
         {id}}}}}\n        event-record-common-context-field-type: {common}\n        \
         event-record-types:\n"
    );
    for event in 0..3 {
        let payload = structure(&mut random, 0, 5);
        text += &format!("          e{event}: {{payload-field-type: {payload}}}\n");
    }
    text
}

/// A structure, so deep in others.
fn structure(random: &mut Random, depth: u64, members_max: u64) -> String {
    let count = 1 + random.below(members_max);
    let minimum = random.of(&["", "minimum-alignment: 32, ", "minimum-alignment: 8, ", ""]);
    let members: Vec<_> = (0..count)
        .map(|number| format!("x{number}: {{field-type: {}}}", field(random, depth + 1)))
        .collect();
    format!("{{class: structure, {minimum}members: [{}]}}", members.join(", "))
}

fn field(random: &mut Random, depth: u64) -> String {
    let kinds = if depth >= DEPTH_MAX { 7 } else { 14 };
    match random.below(kinds) {
        0 => number(random, "uint"),
        1 => number(random, "sint"),
        2 => format!("{{class: boolean, size: {}}}", random.of(&[1, 3, 8, 16, 33])),
        3 => "{class: string}".to_owned(),
        4 => {
            let size = random.of(&[32, 64]);
            format!("{{class: real, size: {size}, alignment: {}}}", random.of(&[8, size, 1]))
        }
        5 => format!("{{class: static-blob, length: {}}}", random.of(&[0, 1, 6])),
        6 => "{class: dynamic-blob, media-type: text/plain}".to_owned(),
        7 | 8 => structure(random, depth, 3),
        9 => {
            let (length, element) = (random.of(&[0, 1, 3]), field(random, depth + 1));
            format!("{{class: static-array, length: {length}, element-field-type: {element}}}")
        }
        10 | 11 => {
            format!("{{class: dynamic-array, element-field-type: {}}}", field(random, depth + 1))
        }
        12 => format!("{{class: optional, field-type: {}}}", field(random, depth + 1)),
        _ => {
            let options: Vec<_> = (0..1 + random.below(3))
                .map(|number| format!("o{number}: {{field-type: {}}}", field(random, depth + 1)))
                .collect();
            format!("{{class: variant, options: [{}]}}", options.join(", "))
        }
    }
}

fn number(random: &mut Random, class: &str) -> String {
    let size = random.of(&[8, 16, 32, 64, 1, 5, 13, 40]);
    let alignment = random.of(&["", ", alignment: 1", ", alignment: 16", ", alignment: 64"]);
    format!("{{class: {class}, size: {size}{alignment}}}")
}

/// The definition of a configuration in which nothing is wrong.
pub fn definition(text: &str) -> Definition {
    let options = Options::default();
    let configuration = Configuration::of_bytes("config.yaml", text.as_bytes().to_vec(), &options)
        .expect("a configuration");
    let problems = configuration.problems.sorted();
    let messages = problems.iter().map(|found| render(found, &configuration.sources, false));
    let messages: Vec<_> = messages.collect();
    configuration.definition.unwrap_or_else(|| panic!("{text}\n{}", messages.join("\n")))
}
