//! What an event costs that is off: next to nothing.

use std::process::Command;

use super::super::each::scratch;
use super::super::machine::finish;
use super::left;
use super::programs;

const CONFIG: &str = include_str!("../../../../cli/example/config.yaml");
/// It says how long some number of events takes by the fastest of several tries, and how long as
/// many looks at the clock do, in ns of this thread's time.
const PROGRAM: &str = r#"
#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>
#include "barectf.h"

enum { COUNT = 1000000, TRIES = 9 };

static uint64_t now(clockid_t clock)
{
	struct timespec it;

	clock_gettime(clock, &it);
	return (uint64_t) it.tv_sec * 1000000000U + (uint64_t) it.tv_nsec;
}

int main(void)
{
	uint64_t events = UINT64_MAX, looks = UINT64_MAX;
	volatile uint64_t seen = 0;
	uint32_t nth, number;

	for (nth = 0; nth < TRIES; ++nth) {
		uint64_t start = now(CLOCK_THREAD_CPUTIME_ID), between, end;

		for (number = 0; number < COUNT; ++number) {
			barectf_trace_greeting(0, "world", number);
		}
		between = now(CLOCK_THREAD_CPUTIME_ID);
		for (number = 0; number < COUNT; ++number) {
			seen = now(CLOCK_MONOTONIC);
		}
		end = now(CLOCK_THREAD_CPUTIME_ID);
		events = between - start < events ? between - start : events;
		looks = end - between < looks ? end - between : looks;
	}
	(void) seen;
	printf("%llu %llu\n", (unsigned long long) events, (unsigned long long) looks);
	return 0;
}
"#;

/// A call and a look at a byte: a fraction of what the time is that an event would have.
#[test]
fn an_event_that_is_off_costs_a_call() {
    let folder = scratch("types/layer-off");
    let compiler: (&[&str], &[&str]) = (&["gcc", "-std=c99", "-O2"], &["-O2", "-Wall", "-Werror"]);
    let Some(program) = programs::in_c(compiler, CONFIG, PROGRAM, &folder) else { return };
    let programs = folder.join("programs");
    let left = left::run(&mut Command::new(&program), &programs, "other:*").expect("it runs");
    assert_eq!(left, []);
    let said = finish(Command::new(&program).env("MAREY_DIR", &programs).env("MAREY_EVENTS", ""))
        .expect("it runs");
    let times: Vec<u64> = said.split_whitespace().map(|it| it.parse().expect("ns")).collect();
    let [events, looks] = times[..] else { panic!("{said}") };
    println!(
        "{events} ns for a million events that are off, {looks} ns for as many looks at the clock"
    );
    assert!(events * 2 < looks, "{said}");
    assert!(std::fs::read_dir(&programs).expect("a folder").next().is_none(), "nothing is left");
}
