//! The map `marey`: where it stands, what it may say, and what it changes.

use marey_generate::definition::Definition;
use marey_generate::extensions::{Extensions, Filters};
use marey_generate::v2::Compat;
use marey_generate::{c, rust, schema, v2, yaml};

use super::support::{definition, messages, read, version_2, version_3};

const ALL: &str = "marey: {leave-out: {log-levels-above: NOTICE, events: [\"q*/plain\"]}, \
                   filters: {event-enable: true, log-level: null}}";

fn left_out(definition: &Definition) -> Vec<String> {
    let streams = definition.schema.streams.iter();
    let events = streams.flat_map(|stream| stream.events.iter().map(move |event| (stream, event)));
    let gone = events.filter(|(stream, event)| definition.extensions.left_out.has(stream, event));
    gone.map(|(stream, event)| {
        let name = |identity: &marey_ctf::schema::Identity| identity.name.clone().expect("a name");
        format!("{}/{}", name(&stream.identity), name(&event.identity))
    })
    .collect()
}

#[test]
fn version_3_has_it_under_trace() {
    let all = definition(&version_3(ALL));
    assert_eq!(left_out(&all), ["noisy/info", "noisy/system", "quiet/plain"]);
    let filters = Filters { event_enable: true, ..Filters::default() };
    assert_eq!(all.extensions.filters, filters);
    let shown = read(&version_3(ALL), None).effective.expect("a configuration");
    let marey = shown.get("trace").and_then(|trace| trace.get("marey")).expect("the map");
    let text = yaml::emit(marey, 2);
    assert_eq!(
        text,
        "leave-out:\n  log-levels-above: 5\n  events:\n    - 'q*/plain'\n\
         filters:\n  event-enable: true\n"
    );
}

#[test]
fn version_2_has_it_under_metadata() {
    let text = version_2("marey: {leave-out: {log-levels-above: ERR}, filters: {predicate: true}}");
    for compat in [Compat::Barectf23, Compat::Barectf31] {
        let configuration = read(&text, Some(compat));
        let messages = messages(&configuration);
        let definition = configuration.definition.unwrap_or_else(|| panic!("{messages:#?}"));
        assert_eq!(left_out(&definition), ["noisy/info"]);
        let filters = Filters { predicate: true, ..Filters::default() };
        assert_eq!(definition.extensions.filters, filters);
        assert!(messages.iter().all(|text| !text.contains("marey")), "{messages:#?}");
    }
}

#[test]
fn what_says_nothing_changes_nothing() {
    let plain = definition(&version_3(""));
    assert_eq!(plain.extensions, Extensions::default());
    for nothing in [
        "marey: null",
        "marey: {}",
        "marey: {leave-out: null, filters: null}",
        "marey: {leave-out: {events: [], log-levels-above: null}, filters: {predicate: false}}",
    ] {
        let other = definition(&version_3(nothing));
        assert_eq!(other, plain, "{nothing}");
        assert_eq!(c::files(&other), c::files(&plain), "{nothing}");
        assert_eq!(rust::files(&other), rust::files(&plain), "{nothing}");
    }
}

#[test]
fn the_metadata_is_that_of_the_tracer_with_all_events() {
    let (plain, all) = (definition(&version_3("")), definition(&version_3(ALL)));
    // The UUID is made of the configuration, and is the same, too.
    assert!(plain.schema.trace.uuid.is_some());
    assert_eq!(all.schema, plain.schema);
}

#[test]
fn mistakes_have_a_place_and_the_nearest_name() {
    let text = version_3(
        "marey: {filter: {predicate: true}, filters: {predicat: true, log-level: 3},\n    \
         leave-out: {events: [7], log-levels-above: WARNIN}}",
    );
    let expected = [
        "error: `filter` is no property of a marey object\n --> config.yaml:3:11",
        "error: `predicat` is no property of a filters object\n --> config.yaml:3:48",
        "error: `log-level` cannot be `3`\n --> config.yaml:3:75",
        "error: an entry of `events` cannot be `7`\n --> config.yaml:4:26",
        "error: there is no log level `WARNIN`\n --> config.yaml:4:48",
    ];
    let found = messages(&read(&text, None));
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}");
    }
    assert!(found[0].contains("did you mean `filters`?"), "{}", found[0]);
    assert!(found[4].contains("did you mean `WARNING`?"), "{}", found[4]);
}

#[test]
fn a_pattern_of_no_event_is_a_warning() {
    let text = version_3("marey: {leave-out: {events: [plian, \"*/plain\", \"noisy/erro\"]}}");
    let configuration = read(&text, None);
    let found = messages(&configuration);
    assert_eq!(found.len(), 2, "{found:#?}");
    let first = "warning: `plian` is the name of no event\n --> config.yaml:3:32";
    assert!(found[0].starts_with(first), "{}", found[0]);
    assert!(found[0].contains("did you mean `plain`?"), "{}", found[0]);
    assert!(found[1].contains("did you mean `noisy/error`"), "{}", found[1]);
    let definition = configuration.definition.expect("a definition");
    assert_eq!(left_out(&definition), ["noisy/plain", "quiet/plain"]);
}

#[test]
fn editors_know_it() {
    let schemas =
        [schema::of_version_3(), v2::schema(Compat::Barectf23), v2::schema(Compat::Barectf31)];
    for schema in schemas {
        let marey = schema.pointer("/$defs/marey/properties").expect("the map");
        assert!(marey.get("leave-out").is_some() && marey.get("filters").is_some(), "{marey}");
    }
    let level = "/$defs/leave-out/properties/log-levels-above/anyOf";
    let level = schema::of_version_3().pointer(level).expect("a level").to_string();
    assert!(level.contains("\"the alias of a log level\""), "{level}");
}
