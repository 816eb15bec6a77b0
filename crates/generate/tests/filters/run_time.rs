//! Filters at run time, in C and in Rust: the same events are recorded.

use super::support::{
    ALL_FILTERS, COMPILERS, PLATFORM, compile, generated, is_here, run_c, run_rust, version_2,
    version_3,
};

/// What a program says that switches filters on and off: after each step how many events filters
/// discarded, how many were lost, how often the clock was read, and of which events and log levels
/// the predicate was asked.
const SAID: &str = "\
first: 0 0 5
bit: 1 0 8
level: 3 0 10
lower: 6 0 11
predicate: 7 0 14 (0 3) (1 6) (2 -1) (3 7)
all: 10 0 15 (1 6) (2 -1)
disabled: 10 0 15
last: 10 0 19
";

const IN_C: &str = r#"
static char asked[200];

static int keeps(void *data, uint32_t event, int32_t log_level)
{
	sprintf(asked + strlen(asked), " (%d %d)", (int) event, (int) log_level);
	return event != *(const uint32_t *) data;
}

static void trace(const char *step)
{
	asked[0] = 0;
	barectf_trace_error(&noisy, "broken");
	barectf_trace_info(&noisy, 7);
	barectf_trace_plain(&noisy, 9);
	barectf_trace_system(&noisy, 11);
	printf("%s: %u %u %u%s\n", step, (unsigned) barectf_events_filtered(&noisy),
		(unsigned) barectf_packet_events_discarded(&noisy), (unsigned) ticks, asked);
}

int main(void)
{
	uint32_t plain = barectf_noisy_event_plain;

	start();
	trace("first");
	barectf_enable_event(&noisy, barectf_noisy_event_info, 0);
	if (barectf_is_event_enabled(&noisy, barectf_noisy_event_info) ||
			!barectf_is_event_enabled(&noisy, plain)) {
		return 1;
	}
	trace("bit");
	barectf_enable_event(&noisy, barectf_noisy_event_info, 1);
	barectf_set_log_level(&noisy, 3);
	trace("level");
	barectf_set_log_level(&noisy, 0);
	trace("lower");
	barectf_set_log_level(&noisy, 0x7fffffff);
	barectf_set_predicate(&noisy, keeps, &plain);
	trace("predicate");
	barectf_enable_event(&noisy, barectf_noisy_event_error, 0);
	barectf_set_log_level(&noisy, 6);
	trace("all");
	barectf_enable_tracing(&noisy, 0);
	trace("disabled");
	barectf_enable_tracing(&noisy, 1);
	barectf_enable_event(&noisy, barectf_noisy_event_error, 1);
	barectf_set_log_level(&noisy, 0x7fffffff);
	barectf_set_predicate(&noisy, 0, 0);
	trace("last");
	finish("in_c.stream");
	return 0;
}
"#;

const IN_RUST: &str = r#"
mod barectf;

use std::cell::{Cell, RefCell};

use barectf::NoisyEvent;

fn main() {
    let (ticks, asked) = (Cell::new(0_u64), RefCell::new(String::new()));
    let clock = || {
        ticks.set(ticks.get() + 1);
        ticks.get()
    };
    let keeps = |event: NoisyEvent, level: Option<u32>| {
        let level = level.map_or(-1, i64::from);
        asked.borrow_mut().push_str(&format!(" ({} {level})", u32::from(event)));
        event != NoisyEvent::PLAIN
    };
    let mut bytes = [0; 4096];
    let backend = marey_tracer::Memory::new(&mut bytes, 4096);
    let mut noisy = barectf::NoisyStream::new(backend, clock).with_predicate(None);
    noisy.open_packet();
    macro_rules! trace {
        ($step:literal) => {
            asked.borrow_mut().clear();
            noisy.trace_error("broken");
            noisy.trace_info(7);
            noisy.trace_plain(9);
            noisy.trace_system(11);
            let (filtered, lost) = (noisy.events_filtered(), noisy.events_discarded());
            println!("{}: {filtered} {lost} {}{}", $step, ticks.get(), asked.borrow());
        };
    }
    trace!("first");
    noisy.enable_event(NoisyEvent::INFO, false);
    assert!(!noisy.is_event_enabled(NoisyEvent::INFO) && noisy.is_event_enabled(NoisyEvent::PLAIN));
    trace!("bit");
    noisy.enable_event(NoisyEvent::INFO, true);
    noisy.set_log_level(Some(3));
    trace!("level");
    noisy.set_log_level(Some(0));
    trace!("lower");
    noisy.set_log_level(None);
    noisy.set_predicate(Some(keeps));
    trace!("predicate");
    noisy.enable_event(NoisyEvent::ERROR, false);
    noisy.set_log_level(Some(6));
    trace!("all");
    noisy.set_enabled(false);
    trace!("disabled");
    noisy.set_enabled(true);
    noisy.enable_event(NoisyEvent::ERROR, true);
    noisy.set_log_level(None);
    noisy.set_predicate(None);
    trace!("last");
    noisy.close_packet();
    std::fs::write("in_rust.stream", noisy.into_backend().packets()).expect("written");
}
"#;

/// The events that filters keep in the programs above.
const KEPT: &str = r#"
#define ERROR barectf_trace_error(&noisy, "broken")
#define INFO barectf_trace_info(&noisy, 7)
#define PLAIN barectf_trace_plain(&noisy, 9)
#define SYSTEM barectf_trace_system(&noisy, 11)

int main(void)
{
	start();
	ERROR; INFO; PLAIN; SYSTEM;
	ERROR; PLAIN; SYSTEM;
	ERROR; PLAIN;
	PLAIN;
	ERROR; INFO; SYSTEM;
	INFO;
	ERROR; INFO; PLAIN; SYSTEM;
	finish("in_c.stream");
	return 0;
}
"#;

#[test]
fn what_filters_keep_is_recorded_as_without_them() {
    let folder = generated("run-time", &version_3(ALL_FILTERS));
    let sanitized = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    assert_eq!(run_c(&folder, &sanitized, &format!("{PLATFORM}{IN_C}")), SAID);
    let plain = generated("run-time-plain", &version_3(""));
    run_c(&plain, &[], &format!("{PLATFORM}{KEPT}"));
    let stream = |folder: &std::path::Path, name| std::fs::read(folder.join(name)).expect("bytes");
    let expected = stream(&plain, "in_c.stream");
    assert!(stream(&folder, "in_c.stream") == expected, "the streams differ");
    if is_here("rustc") {
        assert_eq!(run_rust(&folder, &[], IN_RUST), SAID);
        assert!(stream(&folder, "in_rust.stream") == expected, "the streams differ");
    }
}

/// What an interrupt does while an event is traced counts from the next event on.
#[test]
fn a_change_in_an_interrupt_is_seen_by_the_next_event() {
    const PROGRAM: &str = r#"
static int none(void *data, uint32_t event, int32_t log_level)
{
	(void) data;
	(void) event;
	(void) log_level;
	return 0;
}

static void set_level(void) { barectf_set_log_level(&noisy, -7); }
static void set_bit(void) { barectf_enable_event(&noisy, barectf_noisy_event_plain, 0); }
static void set_predicate(void) { barectf_set_predicate(&noisy, none, 0); }

static void trace(void (*interrupt)(void))
{
	meanwhile = interrupt;
	barectf_trace_plain(&noisy, 1);
	meanwhile = 0;
	barectf_trace_error(&noisy, "");
	barectf_trace_plain(&noisy, 2);
	printf("%u\n", (unsigned) barectf_events_filtered(&noisy));
	start();
}

int main(void)
{
	start();
	trace(set_level);
	trace(set_bit);
	trace(set_predicate);
	finish("in_c.stream");
	return 0;
}
"#;
    let folder = generated("interrupt", &version_3(ALL_FILTERS));
    // An event without a log level passes any threshold.
    assert_eq!(run_c(&folder, &["-O2"], &format!("{PLATFORM}{PROGRAM}")), "1\n1\n2\n");
}

/// Each combination compiles in all languages without a warning, and declares what it has only.
#[test]
fn each_combination_compiles() {
    for which in 1..8 {
        let is_on = |bit: u32| which >> bit & 1 == 1;
        let marey = format!(
            "marey: {{filters: {{event-enable: {}, log-level: {}, predicate: {}}}}}",
            is_on(0),
            is_on(1),
            is_on(2)
        );
        for (version, text) in [(3, version_3(&marey)), (2, version_2(&marey))] {
            let folder = generated(&format!("combination-{which}-{version}"), &text);
            let header = std::fs::read_to_string(folder.join("barectf.h")).expect("a header");
            let has = ["barectf_enable_event(", "barectf_set_log_level(", "barectf_set_predicate("];
            assert_eq!(has.map(|name| header.contains(name)), [is_on(0), is_on(1), is_on(2)]);
            for compiler in COMPILERS.iter().filter(|compiler| is_here(compiler[0])) {
                compile(&folder, compiler, &["-O2"], "barectf.c");
            }
            if is_here("rustc") {
                run_rust(&folder, &[], "mod barectf;\n\nfn main() {}\n");
            }
        }
    }
}
