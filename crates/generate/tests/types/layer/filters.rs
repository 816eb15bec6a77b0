//! Filters of a configuration act on events for a context, in C: all of them, and each by itself.

use std::process::Command;

use super::super::each::scratch;
use super::{left, programs};

const CONFIG: &str = "--- !<tag:barectf.org,2020/3/config>
trace:
  marey: {filters: {FILTERS}}
  type:
    $include: [stdint.yaml]
    native-byte-order: le
    data-stream-types:
      s:
        $is-default: true
        event-record-types:
          grave: {log-level: 3, payload-field-type: {class: struct, members: [n: uint8]}}
          loud: {log-level: 7, payload-field-type: {class: struct, members: [n: uint8]}}
          plain: {payload-field-type: {class: struct, members: [n: uint8]}}
";

/// Each round traces all events. `FILTERED` says how many filters discarded.
const PROGRAM: &str = r#"
#include <stdio.h>
#include <string.h>
#include "barectf.h"

static struct barectf_s_ctx s;

static void round_of(struct barectf_s_ctx *ctx, uint8_t n)
{
	barectf_trace_grave(ctx, n);
	barectf_trace_loud(ctx, n);
	barectf_trace_plain(ctx, n);
}

#ifdef PREDICATE
static int is_plain(void *data, uint32_t event, int32_t log_level)
{
	return *(const int *) data && event == barectf_s_event_plain && log_level == -1;
}
#endif

int main(void)
{
	struct barectf_platform_callbacks callbacks;
	int yes = 1;

	memset(&callbacks, 0, sizeof(callbacks));
	memset(&s, 0xaa, sizeof(s));
	barectf_init(&s, 0, 0, callbacks, 0);
	round_of(&s, 0);
#ifdef EVENT_ENABLE
	barectf_enable_event(&s, barectf_s_event_loud, 0);
	round_of(&s, 1);
	barectf_enable_event(&s, barectf_s_event_loud, 1);
#endif
#ifdef LOG_LEVEL
	barectf_set_log_level(&s, 6);
	round_of(&s, 2);
	barectf_set_log_level(&s, 0x7fffffff);
#endif
#ifdef PREDICATE
	barectf_set_predicate(&s, is_plain, &yes);
	round_of(&s, 3);
	round_of(0, 4);
	barectf_set_predicate(&s, 0, 0);
#endif
	barectf_enable_tracing(&s, 0);
	round_of(&s, 5);
	barectf_enable_tracing(&s, 1);
	round_of(&s, 6);
	(void) yes;
	return (int) barectf_events_filtered(&s) != FILTERED;
}
"#;

#[test]
fn filters_act_on_events_for_a_context() {
    let all = ["grave", "loud", "plain"];
    let of = |n: u8, names: &[&str]| -> Vec<String> {
        names.iter().map(|name| format!("s:{name} n={n}")).collect()
    };
    let filters = ["event-enable: true", "log-level: true", "predicate: true"];
    for chosen in 1..8_usize {
        let is_on = |filter: usize| chosen >> filter & 1 == 1;
        let (mut expected, mut filtered) = (of(0, &all), 0);
        let mut flags = vec!["-std=c89".to_owned(), "-Wall".to_owned(), "-Werror".to_owned()];
        let of_filters: [(&str, Vec<String>, u32); 3] = [
            ("-DEVENT_ENABLE", of(1, &["grave", "plain"]), 1),
            ("-DLOG_LEVEL", of(2, &["grave", "plain"]), 1),
            ("-DPREDICATE", [of(3, &["plain"]), of(4, &all)].concat(), 2),
        ];
        for (number, (flag, events, discarded)) in of_filters.into_iter().enumerate() {
            if is_on(number) {
                flags.push(flag.to_owned());
                expected.extend(events);
                filtered += discarded;
            }
        }
        expected.extend(of(6, &all));
        flags.push(format!("-DFILTERED={filtered}"));
        let said: Vec<_> = (0..3).filter(|it| is_on(*it)).map(|it| filters[it]).collect();
        let config = CONFIG.replace("FILTERS", &said.join(", "));
        let folder = scratch(&format!("types/layer-filters-{chosen}"));
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let compilers: (&[&str], &[&str]) = (&["gcc", "-std=c99"], &flags);
        let Some(program) = programs::in_c(compilers, &config, PROGRAM, &folder) else { return };
        let left = left::run(&mut Command::new(program), &folder.join("programs"), "s:*");
        let left: Vec<_> = left.expect("its events").iter().map(left::Event::line).collect();
        assert_eq!(left, expected, "{said:?}");
    }
}
