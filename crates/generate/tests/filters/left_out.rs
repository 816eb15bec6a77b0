//! Events that are left out: programs compile unchanged, and pay nothing for them.

use super::support::{
    COMPILERS, PLATFORM, compile, generated, is_here, run_c, run_rust, sizes, tracer_crate,
    version_3,
};
use crate::machine::finish;

const LEFT_OUT: &str = "marey: {leave-out: {events: [noisy/info, \"quiet/*\"]}}";

/// Traces all events; `CALLED` says whether those are, too, that may be left out.
const IN_C: &str = r#"
#include "barectf.h"

int main(void)
{
	static unsigned int evaluated, counts[2];
	void (*info)(struct barectf_noisy_ctx *, uint16_t) = barectf_noisy_trace_info;

	start();
	barectf_trace_error(&noisy, "broken");
	if (CALLED) {
		barectf_trace_info(&noisy, (uint16_t) ++evaluated);
		/* A comma in an argument is no comma between arguments */
		barectf_noisy_trace_info(&noisy, ((const uint16_t[]) {7, 8})[++counts[0]]);
		if (counts[1])
			barectf_trace_info(&noisy, 1);
		else
			barectf_trace_info(&noisy, 2);
		info(&noisy, 3);
	}
	barectf_trace_system(&noisy, 11);
	printf("%u %u %u\n", evaluated, counts[0], (unsigned) ticks);
	finish("in_c.stream");
	return 0;
}
"#;

const IN_RUST: &str = r#"
mod barectf;

fn main() {
    let mut bytes = [0; 4096];
    let backend = marey_tracer::Memory::new(&mut bytes, 4096);
    let mut ticks = 0_u64;
    let mut noisy = barectf::NoisyStream::new(backend, || {
        ticks += 1;
        ticks
    });
    noisy.open_packet();
    assert!(noisy.trace_error("broken"));
    assert!(!noisy.trace_info(7));
    assert!(noisy.trace_system(11));
    noisy.close_packet();
    std::fs::write("in_rust.stream", noisy.into_backend().packets()).expect("written");
}
"#;

#[test]
fn they_are_as_if_they_were_not_called() {
    let folder = generated("left-out", &version_3(LEFT_OUT));
    let program = format!("{PLATFORM}{IN_C}");
    let sanitized = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-DCALLED=1"];
    assert_eq!(run_c(&folder, &sanitized, &program), "0 0 3\n");
    let all = generated("left-out-none", &version_3(""));
    assert_eq!(run_c(&all, &["-DCALLED=1"], &program), "1 1 7\n");
    assert_eq!(run_c(&all, &["-DCALLED=0"], &program), "0 0 3\n");
    let stream = |folder: &std::path::Path, name| std::fs::read(folder.join(name)).expect("bytes");
    let expected = stream(&all, "in_c.stream");
    assert!(stream(&folder, "in_c.stream") == expected, "the streams differ");
    if is_here("rustc") {
        run_rust(&folder, &[], IN_RUST);
        assert!(stream(&folder, "in_rust.stream") == expected, "the streams differ");
    }
}

/// Two functions with the same machine code: one traces what is left out, the other nothing.
const CALLS: &str = r#"
#include "barectf.h"

extern int expensive(void);
void calls(struct barectf_noisy_ctx *noisy, struct barectf_quiet_ctx *quiet, uint16_t count);
void nothing(struct barectf_noisy_ctx *noisy, struct barectf_quiet_ctx *quiet, uint16_t count);

void calls(struct barectf_noisy_ctx *noisy, struct barectf_quiet_ctx *quiet, uint16_t count)
{
	barectf_noisy_trace_info(noisy, count);
	barectf_trace_info(noisy, (uint16_t) expensive());
	barectf_quiet_trace_plain(quiet, (uint32_t) expensive(), 0);
}

void nothing(struct barectf_noisy_ctx *noisy, struct barectf_quiet_ctx *quiet, uint16_t count)
{
	(void) noisy;
	(void) quiet;
	(void) count;
}
"#;

#[test]
fn they_cost_nothing_in_c() {
    let folder = generated("left-out-cost", &version_3(LEFT_OUT));
    std::fs::write(folder.join("calls.c"), CALLS).expect("written");
    for compiler in COMPILERS.iter().filter(|compiler| is_here(compiler[0])) {
        for level in ["-O0", "-O2"] {
            let tracer = sizes(&folder, &compile(&folder, compiler, &[level], "barectf.c"));
            let has = |event: &str| tracer.keys().any(|name| name.contains(event));
            assert!(has("trace_error") && has("trace_plain"), "{compiler:?} {tracer:?}");
            assert!(!has("trace_info") && !has("quiet_trace"), "{compiler:?} {tracer:?}");
            let own = sizes(&folder, &compile(&folder, compiler, &[level], "calls.c"));
            let of = |name: &str| own.iter().find(|(own, _)| own.contains(name)).expect(name).1;
            assert_eq!(own.len(), 2, "{compiler:?} {level} {own:?}");
            assert_eq!(of("calls"), of("nothing"), "{compiler:?} {level}");
        }
    }
}

#[test]
fn they_cost_nothing_in_rust() {
    if !is_here("rustc") {
        return;
    }
    let folder = generated("left-out-cost-rust", &version_3(LEFT_OUT));
    let types = "noisy: &mut barectf::NoisyStream<marey_tracer::Memory<'_>, fn() -> u64>, n: u16";
    let program = format!(
        "pub mod barectf;\n#[unsafe(no_mangle)]\npub fn calls({types}) -> bool {{\n    \
         noisy.trace_info(n) | noisy.trace_info(n + 1)\n}}\n#[unsafe(no_mangle)]\n\
         pub fn nothing({types}) -> bool {{\n    let _ = (noisy, n);\n    false\n}}\n"
    );
    std::fs::write(folder.join("calls.rs"), program).expect("written");
    let tracer = tracer_crate(&folder, &["-O"]);
    let mut rustc = std::process::Command::new("rustc");
    rustc.current_dir(&folder).args(["--edition", "2024", "-O", "--crate-type", "lib"]);
    rustc.args(["--emit", "obj", "-o", "calls.o", "--extern", &tracer, "calls.rs"]);
    finish(&mut rustc).expect("it compiles");
    let own = sizes(&folder, "calls.o");
    assert_eq!(own["calls"], own["nothing"], "{own:?}");
}

/// Nothing is left of what only events need, and no warning is.
#[test]
fn all_may_be_left_out() {
    let marey = "marey: {leave-out: {events: [\"*\"]}, filters: {predicate: true}}";
    let folder = generated("left-out-all", &version_3(marey));
    for compiler in COMPILERS.iter().filter(|compiler| is_here(compiler[0])) {
        let tracer = sizes(&folder, &compile(&folder, compiler, &["-O0"], "barectf.c"));
        assert!(!tracer.keys().any(|name| name.contains("_trace_")), "{compiler:?} {tracer:?}");
    }
    if is_here("rustc") {
        run_rust(&folder, &[], "mod barectf;\n\nfn main() {}\n");
    }
}
