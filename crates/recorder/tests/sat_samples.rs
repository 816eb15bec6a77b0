//! The samples of QNX's System Analysis Toolkit do what theirs do.

mod support;

#[path = "sat_samples/ways.rs"]
mod ways;

use std::collections::BTreeSet;
use std::io::BufRead as _;

use marey_recorder::sat;
use marey_recorder::tracefs::Tracefs;
use ways::{run, terminal};

/// What an event of a line is called, without those of threads at the start.
fn name(line: &str) -> &str {
    let (_, rest) = line.split_once(") ").unwrap_or_default();
    let name = rest.split(": ").next().unwrap_or_default();
    name.rsplit(' ').next().unwrap_or_default()
}

/// Which CPU it was on.
fn cpu(line: &str) -> Option<&str> {
    line.split_once("cpu_id = ")?.1.split(' ').next()
}

/// The names of a class's events in a recording.
fn names_of(class: &str) -> BTreeSet<String> {
    let names = Tracefs::open().and_then(|tracefs| tracefs.names()).expect("tracefs");
    let found = sat::class(class).expect("a class").select(&names);
    found.into_iter().map(|event| event.recorded).collect()
}

#[test]
fn all_classes() {
    let Some(lines) = run("all_classes", &[]) else { return };
    let seen: BTreeSet<&str> = lines.iter().map(|line| name(line)).collect();
    for class in ["kercall", "thread", "process"] {
        let names = names_of(class);
        assert!(names.iter().any(|name| seen.contains(name.as_str())), "{class}: {seen:?}");
    }
    // All of them are fast.
    let of = |event: &'static str| lines.iter().filter(move |line| name(line) == event);
    assert!(of("sched_switch").count() > 0 && of("sys_enter").count() > 0);
    assert!(of("sched_switch").all(|line| !line.contains("next_comm")));
    assert!(of("sys_enter").all(|line| line.contains("[1] = ") && !line.contains("[2] = ")));
}

#[test]
fn one_class() {
    let Some(lines) = run("one_class", &[]) else { return };
    let names = names_of("thread");
    assert!(lines.iter().all(|line| names.contains(name(line))), "and no others");
    assert!(lines.iter().any(|line| name(line) == "sched_switch"));
}

#[test]
fn four_events() {
    let Some(lines) = run("four_events", &[]) else { return };
    let seen: BTreeSet<&str> = lines.iter().map(|line| name(line)).collect();
    let expected = ["sched_process_exec", "sched_switch", "syscall_exit_read", "task_newtask"];
    assert!(seen.iter().eq(expected.iter()), "{seen:?}");
    let mut switches = lines.iter().filter(|line| name(line) == "sched_switch");
    assert!(switches.all(|line| line.contains("next_comm")), "they are wide");
}

#[test]
fn kernel_calls() {
    let Some(lines) = run("ker_calls", &[]) else { return };
    let names: BTreeSet<String> = &names_of("thread") | &names_of("kercall");
    assert!(lines.iter().all(|line| names.contains(name(line))));
    let seen: BTreeSet<&str> = lines.iter().map(|line| name(line)).collect();
    assert!(["sys_enter", "sys_exit", "sched_switch"].iter().all(|name| seen.contains(name)));
    let number = libc::SYS_getppid.to_string();
    let Some(lines) = run("ker_calls", &[&number]) else { return };
    let id = format!("{{ id = {number},");
    assert!(lines.len() > 100 && lines.iter().all(|line| line.contains(&id)));
}

/// Whether two kinds of events come in turns, and on how many CPUs they are.
fn alternates(lines: &[String], is_first: impl Fn(&str) -> bool) -> usize {
    let kinds: Vec<bool> = lines.iter().map(|line| is_first(name(line))).collect();
    assert!(kinds.len() > 100, "{} events", kinds.len());
    assert_eq!(kinds.first(), Some(&true));
    assert!(kinds.windows(2).all(|pair| pair.first() != pair.last()), "they do not alternate");
    let cpus: BTreeSet<&str> = lines.iter().filter_map(|line| cpu(line)).collect();
    cpus.len()
}

#[test]
fn two_handlers_with_one_flag() {
    let Some(lines) = run("eh_simple", &[]) else { return };
    let seen: BTreeSet<&str> = lines.iter().map(|line| name(line)).collect();
    assert!(seen.iter().eq(["sched_switch", "sys_enter"].iter()), "{seen:?}");
    assert!(alternates(&lines, |name| name == "sys_enter") >= ways::cpus().min(2));
}

#[test]
fn two_handlers_of_classes_with_one_flag() {
    let Some(lines) = run("eh_global", &[]) else { return };
    let calls = names_of("kercall");
    assert!(alternates(&lines, |name| calls.contains(name)) >= ways::cpus().min(2));
}

#[test]
fn a_handler_that_sends_to_a_terminal() {
    let (name_of_terminal, terminal) = terminal();
    // Its lines are read until nobody writes any more.
    let reader = std::thread::spawn(move || {
        let lines = std::io::BufReader::new(terminal).lines();
        lines.map_while(Result::ok).collect::<Vec<String>>()
    });
    let slave = std::fs::File::options().read(true).write(true).open(&name_of_terminal);
    let slave = slave.expect("a terminal");
    let Some(lines) = run("eh_output", &[&name_of_terminal]) else { return };
    let execs = |line: &&String| name(line) == "sched_process_exec";
    let recorded = lines.iter().filter(execs).count();
    drop(slave);
    let sent = reader.join().expect("no panic");
    assert!(recorded > 0);
    assert_eq!(sent.len(), recorded);
    for line in sent {
        let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(line["event"], "sched_process_exec");
        assert!(line["fields"]["filename"].is_string(), "{line}");
    }
}

#[test]
fn each_sample_is_in_the_list() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/sat");
    let list = std::fs::read_to_string(folder.join("README.md")).expect("a list");
    let files = std::fs::read_dir(folder).expect("a folder").flatten();
    let names = files.filter_map(|file| file.file_name().into_string().ok());
    for name in names.filter(|name| name != "README.md" && name != "common.rs") {
        let name = name.strip_suffix(".rs").unwrap_or(&name);
        assert!(list.contains(name), "{name}");
    }
}
