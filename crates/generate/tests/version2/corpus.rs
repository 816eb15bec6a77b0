//! Configurations of version 2 at random, which have all that the grammar has that either barectf
//! reads; and what each of the two makes of them.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use marey_generate::include::Search;
use marey_generate::v2::{self, Compat};
use serde_json::{Map, Value, json};

use super::choose::Choice;
use super::each::{each, is_slow, scratch};
use super::grammar::configuration;
use super::machine::CLANG;
use super::oracle::Barectf;
use super::{Verdict, metadata, read_with, same_packets, tokens, tracer, verdict};

/// So many configurations are taken as they come.
const PLAIN: Range<u64> = 0..60;
/// Among so many more, those are taken that have what none before has.
const MORE: Range<u64> = 10_000..14_000;

/// What no configuration has that barectf 2.3 accepts, and why.
const NEVER_2_3: [(&str, &[&str], &str); 2] = FORMATS;
/// What none has that barectf 3.1 accepts.
const NEVER_3_1: [(&str, &[&str], &str); 3] =
    [FORMATS[0], FORMATS[1], ("structure type/fields", &["null"], NULL_FIELDS)];
const FORMATS: [(&str, &[&str], &str); 2] = [
    ("floating-point size/exp", &["1"], "only formats of IEEE 754"),
    ("floating-point size/mant", &["1"], "only formats of IEEE 754"),
];

/// What one of them says of a file that the other accepts, and why.
const OTHER_VERDICTS: [(&str, &str); 2] = [
    ("AssertionError in _struct_ft_member_fts_iter", NULL_FIELDS),
    ("AttributeError in _conv_struct_ft_node", NULL_FIELDS),
];
const NULL_FIELDS: &str = "barectf 3.1 ends with an internal error at `fields: null`";

fn write(folder: &Path, seed: u64, compat: Compat) -> PathBuf {
    configuration(seed, compat).write(folder, "")
}

fn choice(compat: Compat) -> Choice<'static> {
    Choice {
        schema: as_written(v2::schema(compat)),
        inherit: &["$inherit", "inherit"],
        aliases: &["metadata", "type-aliases"],
        never: if compat == Compat::Barectf23 { &NEVER_2_3 } else { &NEVER_3_1 },
        is_other: |_| false,
        plain: PLAIN.collect(),
        more: MORE,
        configuration: match compat {
            Compat::Barectf23 => &|seed| configuration(seed, Compat::Barectf23),
            Compat::Barectf31 => &|seed| configuration(seed, Compat::Barectf31),
        },
        is_accepted: match compat {
            Compat::Barectf23 => &|seed, folder| is_accepted(seed, folder, Compat::Barectf23),
            Compat::Barectf31 => &|seed, folder| is_accepted(seed, folder, Compat::Barectf31),
        },
    }
}

fn is_accepted(seed: u64, folder: &Path, compat: Compat) -> bool {
    let search = Search { folders: vec![folder.to_owned()], ..Search::default() };
    read_with(&write(folder, seed, compat), compat, search).definition.is_some()
}

/// The schema is of configurations in which all is put in; this is of those that are written.
fn as_written(mut schema: Value) -> Value {
    let alias = json!({"type": "string", "description": "an alias"});
    with_alias(&mut schema, &alias);
    let definitions = schema["$defs"].as_object_mut().expect("definitions");
    let files = json!({"anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ]});
    for name in ["metadata", "trace", "clock", "stream", "event"] {
        let object = definitions[name].as_object_mut().expect("an object");
        object["properties"]["$include"] = files.clone();
        object.remove("required");
    }
    let classes: Vec<_> =
        definitions.keys().filter(|name| name.ends_with(" type")).cloned().collect();
    for name in &classes {
        for inherit in ["inherit", "$inherit"] {
            definitions[name]["properties"][inherit] = json!({"type": "string"});
        }
    }
    let mut of_alias: Vec<_> = classes.iter().map(|name| reference(name)).collect();
    of_alias.push(alias.clone());
    let levels = json!({
        "type": ["object", "null"],
        "additionalProperties": {"type": "integer", "minimum": 0},
    });
    let metadata = &mut definitions["metadata"]["properties"];
    metadata["type-aliases"] = json!({
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"anyOf": of_alias},
    });
    metadata["log-levels"] = levels.clone();
    metadata["$log-levels"] = levels;
    let level = &mut definitions["event"]["properties"]["log-level"]["anyOf"];
    level.as_array_mut().expect("a choice").push(alias);
    schema
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{}", name.replace(' ', "%20"))})
}

/// Lets the name of an alias stand wherever a field type does.
fn with_alias(schema: &mut Value, alias: &Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| with_alias(item, alias)),
        Value::Object(map) => {
            let is_class = |choice: &Value| choice.pointer("/allOf/0/properties/class").is_some();
            if let Some(Value::Array(choices)) = map.get_mut("anyOf")
                && choices.iter().any(is_class)
            {
                choices.push(alias.clone());
            }
            Map::values_mut(map).for_each(|value| with_alias(value, alias));
        }
        _ => {}
    }
}

#[test]
fn accepted_configurations_have_all_that_either_grammar_has() {
    for compat in [Compat::Barectf23, Compat::Barectf31] {
        let parts = choice(compat).check(&scratch(&format!("version2/parts-{}", compat.as_str())));
        assert!(parts > 200, "{parts}");
    }
}

#[test]
fn barectf_2_3_makes_the_same_of_random_ones() {
    compare_all(Compat::Barectf23);
}

#[test]
fn barectf_3_1_makes_the_same_of_random_ones() {
    compare_all(Compat::Barectf31);
}

/// All configurations that are to the taste of either, as one of them reads them.
fn compare_all(compat: Compat) {
    let Some(barectf) = Barectf::find(compat.as_str()) else { return };
    let folder = scratch(&format!("version2/random-{}", compat.as_str()));
    let mut all = Vec::new();
    for taste in [Compat::Barectf23, Compat::Barectf31] {
        let plain = if is_slow() { 0..400 } else { PLAIN };
        let chosen = format!("version2/chosen-{}-{}", compat.as_str(), taste.as_str());
        let more = choice(taste).choose(&scratch(&chosen)).seeds;
        for seed in plain.chain(more) {
            let folder = folder.join(format!("{}-{seed}", taste.as_str()));
            all.push((write(&folder, seed, taste), folder.join("theirs")));
        }
    }
    barectf.generate(&all);
    let why_no_clang = CLANG.is_missing().or_else(|| CLANG.lacks_sanitizers(&folder));
    let (accepted, again) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let names: Vec<_> = all.iter().map(|(path, _)| path.display()).collect();
    each(&names, |path| {
        let path = PathBuf::from(path.to_string());
        let folder = path.with_file_name("");
        let definition = match verdict(&path, &folder, compat) {
            Verdict::Refused => return Ok(()),
            Verdict::Differs(what) if is_known(&what) => return Ok(()),
            Verdict::Differs(what) => return Err(what),
            Verdict::Accepted(definition) => definition,
        };
        let count = accepted.fetch_add(1, Ordering::Relaxed);
        let [ours, theirs] = metadata(&definition, &folder, compat)?.map(|text| plain(&text));
        let uuids = tokens::compare(&ours, &theirs)?;
        let written = same_packets(&definition, &folder, uuids)?;
        if why_no_clang.is_some() || !is_slow() && count % 3 != 0 {
            return Ok(());
        }
        again.fetch_add(1, Ordering::Relaxed);
        tracer::compile_again(&folder, &definition.code.file_prefix, &written)
    });
    let (accepted, again) = (accepted.into_inner(), again.into_inner());
    println!("{} configurations, {accepted} accepted by both", all.len());
    match why_no_clang {
        Some(why) => println!("skipped: {why}"),
        None => println!("{again} tracers, compiled by clang as well"),
    }
}

/// Whether it is known why the two do not make the same of it.
fn is_known(what: &str) -> bool {
    OTHER_VERDICTS.iter().any(|(pattern, _)| what.contains(pattern))
}

/// Metadata without what only one of them writes, on purpose: barectf 3.1 leaves out log level 0.
/// barectf 2.3 writes a structure where an event has no payload; where what comes before does not
/// end at a byte, it would have readers look for a byte behind the end of the packet.
pub fn plain(metadata: &str) -> String {
    let mut lines: Vec<&str> = metadata.lines().map(str::trim).collect();
    lines.retain(|line| *line != "loglevel = 0;" && *line != "fields := struct {} align(8);");
    while let Some(at) = lines.windows(2).position(|pair| pair == EMPTY) {
        lines.drain(at..at + 2);
    }
    lines.join("\n")
}

/// A payload without fields, as it is written if it is there.
const EMPTY: [&str; 2] = ["fields := struct {", "} align(8);"];
