//! What is wrong with barectf 3.1, and is right here. The numbers are those of the list in the
//! guide's chapter for who comes from barectf.
#![cfg(unix)]

#[path = "support/each.rs"]
#[allow(dead_code, reason = "only folders are needed")]
mod each;
#[path = "support/machine.rs"]
#[allow(dead_code, reason = "not all machines are needed")]
mod machine;
#[path = "defects/platform.rs"]
mod platform;
#[path = "defects/words.rs"]
mod words;

use std::path::PathBuf;

use each::scratch;
use machine::{HOST, SANITIZED};
use marey_ctf::tsdl::{self, Style};
use marey_generate::configuration::Configuration;
use marey_generate::diagnostic::Severity;
use marey_generate::include::Search;

/// A configuration with one stream `s`, its clock `c`, and these events.
fn with_events(events: &str) -> String {
    format!(
        "--- !<tag:barectf.org,2020/3/config>\n\
         trace:\n  type:\n    $include: [stdint.yaml, stdreal.yaml, stdmisc.yaml]\n    \
         native-byte-order: le\n    clock-types: {{c: {{$c-type: uint64_t}}}}\n    \
         data-stream-types:\n      s:\n        $default-clock-type-name: c\n        \
         $features:\n          packet: {{total-size-field-type: uint16, \
         content-size-field-type: uint16, beginning-timestamp-field-type: uint8, \
         end-timestamp-field-type: uint8, \
         discarded-event-records-counter-snapshot-field-type: uint16}}\n          \
         event-record: {{type-id-field-type: uint8, timestamp-field-type: uint8}}\n        \
         event-record-types: {events}\n"
    )
}

fn read(name: &str, text: &str) -> (Configuration, PathBuf) {
    let folder = scratch(&format!("defects/{name}"));
    let path = folder.join("config.yaml");
    std::fs::write(&path, text).expect("written");
    (Configuration::read(&path, &Search::default()), folder)
}

/// The tracer with a program that calls it, compiled so that no access out of bounds goes unseen,
/// and run; what the program says.
fn run(name: &str, events: &str, body: &str) -> String {
    let (configuration, folder) = read(name, &with_events(events));
    let definition = configuration.definition.expect("a definition");
    for file in marey_generate::c::files(&definition).expect("files") {
        std::fs::write(folder.join(file.name), file.text).expect("written");
    }
    std::fs::write(folder.join("driver.c"), format!("{HEAD}{body}")).expect("written");
    HOST.compile(&folder, &definition.code.file_prefix, &SANITIZED, &[]).expect("compiled");
    let said = HOST.run(&folder).expect("nothing out of bounds");
    String::from_utf8(said).expect("a text")
}

/// A platform that keeps one packet, counts those that are full, and never is.
const HEAD: &str = r#"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "barectf.h"
static struct barectf_s_ctx s;
static unsigned int opened, closed;
static uint64_t tick(void *data) { (void) data; return 7; }
static int is_full(void *data) { (void) data; return 0; }
static void open_it(void *data) { (void) data; ++opened; barectf_s_open_packet(&s); }
static void close_it(void *data) { (void) data; ++closed; barectf_s_close_packet(&s); }
static uint8_t *start(uint32_t bytes)
{
	const struct barectf_platform_callbacks cbs = { tick, is_full, open_it, close_it };
	uint8_t *buf = malloc(bytes);
	memset(&s, 0xaa, sizeof(s));
	memset(buf, 0xaa, bytes);
	barectf_init(&s, buf, bytes, cbs, 0);
	return buf;
}
"#;

/// The errors, in words.
fn errors(name: &str, text: &str) -> Vec<String> {
    let (configuration, _) = read(name, text);
    assert!(configuration.definition.is_none(), "{name} is accepted");
    said(&configuration, Severity::Error)
}

fn said(configuration: &Configuration, severity: Severity) -> Vec<String> {
    let found = configuration.problems.sorted();
    let found = found.into_iter().filter(|found| found.severity == severity);
    found.map(|found| found.what.clone()).collect()
}

#[test]
fn no_01_an_event_that_has_no_room_after_a_switch_is_discarded() {
    let events = "{a: {payload-field-type: {class: struct, members: [x: uint64, t: string]}}, \
                  b: {payload-field-type: {class: struct, members: [x: uint8]}}}";
    let body = r#"
/* How many bytes there are before an event. */
static uint32_t at_first(uint32_t bytes)
{
	uint8_t *buf = start(bytes);
	open_it(0);
	free(buf);
	return s.parent.at / 8;
}
int main(void)
{
	static char text[5000];
	uint32_t len, bytes, lost = 0, kept = 0, wrong = 0;
	for (bytes = 30; bytes < 4200; bytes += bytes == 79 ? 4017 : 1) {
		const uint32_t first = at_first(bytes);
		for (len = bytes < 80 ? 0 : 4000; len < (bytes < 80 ? 60U : 4100U); ++len) {
			/* Behind the header of the event, 8 bytes at a multiple of 8, and the text:
			   it must fit as long as it is after the other event, as with barectf, and
			   as long as it is in a new packet. */
			const uint32_t after = (first + 3 + 2 + 7) / 8 * 8 + 8 + len + 1 - (first + 3);
			const uint32_t anew = (first + 2 + 7) / 8 * 8 + 8 + len + 1 - first;
			const int fits = after <= bytes - first && anew <= bytes - first;
			uint8_t *buf = start(bytes);
			memset(text, 'x', len);
			text[len] = 0;
			barectf_s_trace_b(&s, 1);
			barectf_s_trace_a(&s, 2, text);
			if (s.parent.at > s.parent.packet_size) { puts("behind the end"); }
			if (barectf_packet_events_discarded(&s) != !fits) { ++wrong; }
			if (fits) { ++kept; } else { ++lost; }
			while (len == 5 && closed < 40) { barectf_s_trace_b(&s, 1); }
			closed = 0;
			free(buf);
		}
	}
	printf("%u %d\n", wrong, kept > 100 && lost > 100);
	return 0;
}
"#;
    assert_eq!(run("01", events, body), "0 1\n");
}

#[test]
fn no_02_floating_point_numbers_keep_their_fraction() {
    let events = "{e: {payload-field-type: {class: struct, members: [\
                  f: byte-packed-float, d: bit-packed-double, \
                  a: {field-type: {class: static-array, length: 1, \
                  element-field-type: byte-packed-double}}]}}}";
    let body = r#"
int main(void)
{
	const double array[] = { 0.125 };
	uint8_t *buf = start(100), *end;
	float f;
	double d, a;
	barectf_s_trace_e(&s, 3.75f, -1.5, array);
	end = buf + s.parent.at / 8;
	memcpy(&f, end - 20, 4);
	memcpy(&d, end - 16, 8);
	memcpy(&a, end - 8, 8);
	printf("%g %g %g\n", f, d, a);
	free(buf);
	return 0;
}
"#;
    assert_eq!(run("02", events, body), "3.75 -1.5 0.125\n");
}

#[test]
fn no_03_log_level_0_is_in_the_metadata() {
    let levels = |level: &str| {
        let payload = "payload-field-type: {class: struct, members: [x: uint8]}";
        let (configuration, _) = read("03", &with_events(&format!("{{e: {{{level}{payload}}}}}")));
        let definition = configuration.definition.expect("a definition");
        let metadata = tsdl::write(&definition.schema, Style::Barectf3).expect("metadata");
        let levels = metadata.lines().map(str::trim).filter(|line| line.starts_with("loglevel"));
        levels.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(levels("log-level: 0, "), ["loglevel = 0;"]);
    assert_eq!(levels("log-level: 1, "), ["loglevel = 1;"]);
    assert_eq!(levels(""), [""; 0]);
}

#[test]
fn no_04_loading_a_file_runs_nothing() {
    let calls = ["object/apply:os.mkdir", "object/new:os.mkdir", "object/apply:os.system"];
    for call in calls {
        let (_, folder) = read("04", "");
        let mark = folder.join("mark");
        let argument = match call.ends_with("system") {
            true => format!("mkdir {}", mark.display()),
            false => mark.display().to_string(),
        };
        let text = format!(
            "--- !<tag:barectf.org,2020/3/config>\ntrace: !!python/{call} [\"{argument}\"]\n"
        );
        std::fs::write(folder.join("config.yaml"), text).expect("written");
        let found = Configuration::read(&folder.join("config.yaml"), &Search::default());
        let errors = said(&found, Severity::Error);
        assert!(errors[0].contains(&format!("python/{call}")), "{errors:?}");
        assert!(found.definition.is_none() && !mark.exists(), "{call} was run");
    }
}

#[test]
fn no_05_a_uuid_field_needs_a_uuid() {
    let text = with_events("{e: {payload-field-type: {class: struct, members: [x: uint8]}}}");
    let text = text.replace("clock-types:", "$features: {uuid-field-type: true}\n    clock-types:");
    assert_eq!(errors("05", &text), ["there is a UUID field, and no UUID"]);
}

#[test]
fn no_06_the_length_of_an_array_is_a_member_like_others() {
    let events = "{e: {payload-field-type: {class: struct, members: [__a_len: uint8, \
                  a: {field-type: {class: dynamic-array, element-field-type: uint8}}]}}}";
    assert_eq!(errors("06", &with_events(events)), ["there are two members `__a_len`"]);
}

#[test]
fn no_07_a_packet_that_cannot_hold_its_header_is_not_opened() {
    let events = "{e: {payload-field-type: {class: struct, members: [x: uint8]}}}";
    let body = r#"
int main(void)
{
	uint32_t bytes;
	for (bytes = 0; bytes < 30; ++bytes) {
		uint8_t *buf = start(bytes);
		open_it(0);
		/* A magic number, a stream's number, two lengths, three numbers: and no event's byte. */
		if (barectf_packet_is_open(&s) != (bytes >= 4 + 8 + 2 + 2 + 1 + 1 + 2)) { puts("wrong"); }
		barectf_s_trace_e(&s, 1);
		if (barectf_packet_events_discarded(&s) != (bytes < 20 + 3)) { puts("wrong event"); }
		free(buf);
	}
	puts("done");
	return 0;
}
"#;
    assert_eq!(run("07", events, body), "done\n");
}

#[test]
fn no_08_tracing_before_a_packet_is_open_opens_one() {
    let events = "{e: {payload-field-type: {class: struct, members: [x: uint8]}}}";
    let body = r#"
int main(void)
{
	uint8_t *buf = start(100);
	barectf_s_trace_e(&s, 1);
	printf("%u %02x%02x%02x%02x\n", opened, buf[0], buf[1], buf[2], buf[3]);
	free(buf);
	return 0;
}
"#;
    assert_eq!(run("08", events, body), "1 c11ffcc1\n");
}

#[test]
fn no_09_ranges_are_neither_empty_nor_out_of_range() {
    let with = |mappings: &str| {
        let class = format!("{{class: uenum, size: 4, mappings: {{A: {mappings}}}}}");
        with_events(&format!(
            "{{e: {{payload-field-type: {{class: struct, members: [\
             x: {{field-type: {class}}}]}}}}}}"
        ))
    };
    assert_eq!(errors("09a", &with("[[9, 2]]")), ["the range [9, 2] is empty"]);
    assert_eq!(errors("09b", &with("[16]")), ["4 unsigned bits cannot hold the value 16"]);
    assert_eq!(errors("09c", &with("[-1]")), ["4 unsigned bits cannot hold the value -1"]);
    assert_eq!(
        errors("09d", &with("[[3, 16]]")),
        ["4 unsigned bits cannot hold the range [3, 16]"]
    );
    let signed = |range: &str| with(range).replace("uenum", "senum");
    assert_eq!(errors("09e", &signed("[8]")), ["4 signed bits cannot hold the value 8"]);
    assert_eq!(errors("09f", &signed("[-9]")), ["4 signed bits cannot hold the value -9"]);
    for text in [with("[0, 15, [0, 15]]"), signed("[-8, 7, [-8, 7]]")] {
        let (configuration, _) = read("09g", &text);
        assert!(configuration.definition.is_some(), "{:?}", said(&configuration, Severity::Error));
    }
}

#[test]
fn no_10_members_are_not_called_as_keywords_are() {
    let keywords = [
        "const",
        "char",
        "double",
        "float",
        "int",
        "long",
        "short",
        "signed",
        "unsigned",
        "void",
        "_Bool",
        "_Complex",
        "_Imaginary",
    ];
    for keyword in keywords {
        let events = format!(
            "{{e: {{payload-field-type: {{class: struct, members: [{keyword}: uint8]}}}}}}"
        );
        let expected = format!("`{keyword}` is a keyword in CTF 1.8 metadata");
        assert_eq!(errors("10", &with_events(&events)), [expected]);
    }
}

#[test]
fn no_11_an_event_that_is_there_twice_is_not_lost_silently() {
    let event = "{payload-field-type: {class: struct, members: [x: uint8]}}";
    let (configuration, _) = read("11", &with_events(&format!("{{e: {event}, e: {event}}}")));
    let warnings = said(&configuration, Severity::Warning);
    assert!(warnings.iter().any(|what| what.contains("twice")), "{warnings:?}");
}

#[test]
fn no_12_what_is_missing_or_of_the_wrong_kind_is_named() {
    let with = |array: &str| {
        with_events(&format!(
            "{{e: {{payload-field-type: {{class: struct, members: [\
             x: {{field-type: {array}}}]}}}}}}"
        ))
    };
    let dynamic = errors("12a", &with("{class: dynamic-array}"));
    assert_eq!(dynamic, ["a dynamic array field type object needs `element-field-type`"]);
    let fixed = errors("12b", &with("{class: static-array, element-field-type: uint8}"));
    assert_eq!(fixed, ["a static array field type object needs `length`"]);
    for (key, kind) in [("on", "a boolean"), ("null", "null"), ("7", "an integer")] {
        let found =
            errors("12c", &with_events(&format!("{{{key}: {{payload-field-type: null}}}}")));
        assert_eq!(found, [format!("a key must be a string, not {kind}")]);
    }
    let list = errors("12d", "--- !<tag:barectf.org,2020/3/config>\n- trace\n");
    assert_eq!(list, ["a configuration object is a map, not a list"]);
}

#[test]
fn no_14_a_content_size_is_not_wider_than_the_total_size() {
    let text = with_events("{e: {payload-field-type: {class: struct, members: [x: uint8]}}}");
    let text = text.replace("content-size-field-type: uint16", "content-size-field-type: uint32");
    assert_eq!(errors("14", &text), ["the content size is wider than the total size"]);
}

#[test]
fn no_16_what_was_in_the_buffer_is_not_in_the_packet() {
    let events = "{e: {payload-field-type: {class: struct, members: [x: uint8, y: uint64]}}}";
    let body = r#"
int main(void)
{
	uint32_t index, stale = 0;
	uint8_t *buf = start(200);
	barectf_s_trace_e(&s, 1, 2);
	barectf_s_trace_e(&s, 1, 2);
	close_it(0);
	for (index = 0; index < 200; ++index) { stale += buf[index] == 0xaa; }
	printf("%u\n", stale);
	free(buf);
	return 0;
}
"#;
    assert_eq!(run("16", events, body), "0\n");
}

#[test]
fn no_18_what_is_not_known_under_trace_is_named() {
    let text = with_events("{e: {payload-field-type: {class: struct, members: [x: uint8]}}}");
    let (configuration, _) = read("18", &text.replace("trace:\n", "trace:\n  enviroment: {}\n"));
    let warnings = said(&configuration, Severity::Warning);
    assert!(warnings.contains(&"`enviroment` is no property of a trace object".to_owned()));
}
