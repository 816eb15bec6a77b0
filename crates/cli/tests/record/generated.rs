//! Programs whose tracer was generated into `marey-layer`: what they trace is what babeltrace2
//! reads in the recording.

use std::path::PathBuf;

use super::*;

/// The example of a platform: text, an enumeration, a floating-point number.
const CONFIG: &str = include_str!("../../../../platforms/linux-mmap/example/config.yaml");
/// Says that this process is the one that is recorded.
const KETTLE: &str = "MAREY_TEST_KETTLE";
/// How often the water is looked at.
const COUNT: u32 = 5000;

/// The tracer in Rust, which a test of `marey-generate` compares with what is generated.
mod tracer {
    include!("../../../generate/tests/types/layer/golden/kettle.rs.txt");
}

/// Not a test of its own: it is what another one records.
#[test]
fn boils_water() {
    if std::env::var_os(KETTLE).is_none() {
        return;
    }
    let stream = tracer::DefaultStream;
    assert!(stream.trace_switched("hand", tracer::To::HOT));
    for second in 0..COUNT {
        stream.trace_heated(second as f32 / 4.0, second);
    }
    stream.trace_switched("thermostat", tracer::To::COLD);
}

/// The same in C.
const IN_C: &str = "
#include \"barectf.h\"

int main(void)
{
	uint32_t second;

	barectf_trace_switched(0, \"hand\", 1);
	for (second = 0; second < COUNT; ++second) {
		barectf_trace_heated(0, second / 4.0f, second);
	}
	barectf_trace_switched(0, \"thermostat\", 0);
	return 0;
}
";

/// All events of either, without times and contexts.
fn expected(is_meant: impl Fn(u32) -> bool) -> Vec<String> {
    let switched = |by: &str, to| format!("default:switched: {{ by = \"{by}\", to = {to} }}");
    let heated = |second: u32| {
        let celsius = f64::from(second) / 4.0;
        format!("default:heated: {{ celsius = {celsius}, seconds = {second} }}")
    };
    let heated = (0..COUNT).filter(|second| is_meant(*second)).map(heated);
    let (first, last) = (switched("hand", 1), switched("thermostat", 0));
    [first].into_iter().chain(heated).chain([last]).collect()
}

/// What a line of babeltrace2 says of an event.
fn said(line: &str) -> String {
    let name = line.split_whitespace().find(|word| word.starts_with("default:"));
    let fields = line.rsplit_once("}, {").map(|(_, fields)| fields.trim());
    format!("{} {{ {}", name.unwrap_or_default(), fields.unwrap_or_default())
}

/// Records a program with these options; how many events were received, delivered, filtered and
/// lost, and what is read, if it can be.
fn recorded(
    folder: &Path,
    options: &[&str],
    program: &[String],
) -> ([u64; 4], Option<Vec<String>>) {
    let mut command = marey();
    command.current_dir(folder).args(["record", "--force"]).args(options).arg("--");
    let ran = finish(command.args(program).env(KETTLE, ""));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let ledger = ledger(folder);
    let counts = ["/received", "/delivered", "/filtered", "/lost"];
    let lines = babeltrace::lines(&folder.join("recording/user"));
    (
        counts.map(|what| number(&ledger, what)),
        lines.map(|lines| lines.iter().map(|line| said(line)).collect()),
    )
}

/// All of its events, and those that a filter keeps.
fn check(folder: &Path, program: &[String]) {
    let all = u64::from(COUNT) + 2;
    let (counts, lines) = recorded(folder, &["-u"], program);
    assert_eq!(counts, [all, all, 0, 0]);
    let Some(lines) = lines else { return };
    assert_eq!(lines, expected(|_| true));
    let filter = ["-u", "-f", "seconds >= 4990 or to <= 1"];
    let (counts, lines) = recorded(folder, &filter, program);
    assert_eq!(counts, [all, 12, all - 12, 0]);
    assert_eq!(lines, Some(expected(|second| second >= 4990)));
    let (counts, lines) = recorded(folder, &["-e", "user:default:s*"], program);
    assert_eq!((counts, lines), ([2, 2, 0, 0], Some(expected(|_| false))));
}

#[test]
fn a_program_in_rust() {
    let [_, own, test, exact] = exact::program("generated::boils_water");
    check(&scratch("record-generated-rust"), &[own, test, exact]);
}

#[test]
fn a_program_in_c() {
    let folder = scratch("record-generated-c");
    let Some(program) = in_c(&folder) else { return };
    check(&folder, &[program.display().to_string()]);
}

/// The program in C, with the tracer that `marey generate` makes; nothing, without a compiler.
fn in_c(folder: &Path) -> Option<PathBuf> {
    if Command::new("gcc").arg("--version").output().is_err() {
        println!("skipped: no gcc here");
        return None;
    }
    for (name, text) in [("config.yaml", CONFIG.to_owned()), ("main.c", IN_C.to_owned())] {
        fs::write(folder.join(name), text).expect("it is written");
    }
    let mut generate = marey();
    generate.current_dir(folder).args(["generate", "--into", "layer", "config.yaml"]);
    assert_eq!(finish(&mut generate).ok(), "");
    let mut gcc = Command::new("gcc");
    gcc.current_dir(folder).args(["-std=c99", "-Wall", "-Wextra", "-Werror"]);
    gcc.arg(format!("-DCOUNT={COUNT}")).arg("-I");
    gcc.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../layer/include"));
    let ran = finish(gcc.args(["-pthread", "-o", "kettle", "main.c", "barectf.c"]));
    assert_eq!(ran.ok(), "");
    Some(folder.join("kettle"))
}
