//! Events that the kernel hands over as values are recorded as its own tracer writes them, and also
//! where they interrupt others.
#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use marey_recorder::btf::Btf;
use marey_recorder::kernel::typed::Typed;
use marey_recorder::session::{OfEvent, Plan};
use marey_recorder::tracefs::Tracefs;
use support::{babeltrace, plan, record, tid};

/// Another observer: an instance of the kernel's tracer, as long as it is needed.
struct Tracer(PathBuf);

impl Tracer {
    /// It sees what these threads do, and those that they start. Nothing where there can be none.
    fn new(name: &str, events: &[&str], threads: &[u32]) -> Option<Self> {
        let name = format!("marey-test-{name}-{}", std::process::id());
        let tracer = Tracer(PathBuf::from("/sys/kernel/tracing/instances").join(name));
        if let Err(e) = fs::create_dir(&tracer.0) {
            println!("skipped: {}: {e}", tracer.0.display());
            return None;
        }
        tracer.set("buffer_size_kb", "8192");
        let threads: Vec<String> = threads.iter().map(u32::to_string).collect();
        tracer.set("options/event-fork", "1");
        tracer.set("set_event_pid", &threads.join(" "));
        for event in events {
            tracer.set(&format!("events/{}/enable", event.replace(':', "/")), "1");
        }
        Some(tracer)
    }

    fn set(&self, file: &str, value: &str) {
        let path = self.0.join(file);
        fs::write(&path, value).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }

    /// What it saw: on which CPU, which event, and what is behind its name.
    fn lines(&self) -> Vec<(u32, String, String)> {
        // Reading makes calls, too.
        self.set("tracing_on", "0");
        let text = fs::read_to_string(self.0.join("trace")).expect("a trace");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let line = |line: &str| {
            let (_, rest) = line.split_once(" [")?;
            let (cpu, rest) = rest.split_once(']')?;
            let mut parts = rest.splitn(3, ": ").skip(1);
            let (name, rest) = (parts.next()?, parts.next()?);
            Some((cpu.parse().ok()?, name.trim().to_owned(), rest.to_owned()))
        };
        lines.map(|text| line(text).unwrap_or_else(|| panic!("{text}"))).collect()
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        self.set("events/enable", "0");
        let _ = fs::remove_dir(&self.0);
    }
}

/// Whether the kernel hands over events as values here; else all of them are as any other.
fn is_typed() -> bool {
    let is_so = cfg!(target_arch = "x86_64") && Btf::of_kernel().is_ok();
    if !is_so {
        println!("skipped: events are handed over as bytes here");
    }
    is_so
}

/// What a line of babeltrace2 says of an event: on which CPU, which it is, and its fields.
fn event(line: &str) -> (u32, String, String) {
    let (head, rest) = line.split_once(": { cpu_id = ").expect("an event");
    let (cpu, rest) = rest.split_once(" }").expect("a CPU");
    let name = head.rsplit(' ').next().expect("a name");
    let (_, fields) = rest.rsplit_once("}, { ").expect("fields");
    (cpu.parse().expect("a number"), name.to_owned(), fields.to_owned())
}

/// The values of fields, in their order.
fn values(fields: &str) -> Vec<&str> {
    let parts = fields.trim_end_matches(" }").split(", ");
    let values = parts.map(|part| part.rsplit_once(" = ").expect("a value").1);
    values.map(|value| value.trim_end_matches(" ]").trim_matches('"')).collect()
}

#[test]
fn this_kernel_hands_over_its_most_frequent_events() {
    let (Ok(btf), Ok(tracefs)) = (Btf::of_kernel(), Tracefs::open()) else {
        return println!("skipped: the kernel does not describe itself");
    };
    if !is_typed() {
        return;
    }
    let typed = |system, name| {
        let format = tracefs.format(system, name).expect("it is there");
        Typed::of(&btf, &format).is_some()
    };
    for name in ["sys_enter", "sys_exit"] {
        assert!(typed("raw_syscalls", name), "{name}");
    }
    for name in ["sched_waking", "sched_wakeup", "sched_wakeup_new"] {
        assert!(typed("sched", name), "{name}");
    }
    for name in ["softirq_entry", "softirq_exit", "softirq_raise", "irq_handler_exit"] {
        assert!(typed("irq", name), "{name}");
    }
    assert!(!typed("sched", "sched_switch") && !typed("irq", "irq_handler_entry"));
    // Another field, or one that is as long as another type.
    let mut format = tracefs.format("sched", "sched_waking").expect("it is there");
    format.fields[1].size = 8;
    assert_eq!(Typed::of(&btf, &format), None);
    format.fields[1].size = 4;
    format.fields[2].name = "priority".to_owned();
    assert_eq!(Typed::of(&btf, &format), None);
}

#[test]
fn calls_have_their_arguments_and_results() {
    let events = ["raw_syscalls:sys_enter", "raw_syscalls:sys_exit"];
    let filter = "id == 3";
    let Some(plan) = plan(&events, &[filter], Some(vec![tid()])) else { return };
    let Some(tracer) = Tracer::new("calls", &events, &[tid()]) else { return };
    let work = || {
        for number in 0..500_i64 {
            let [a, b, c, d, e] = [1_000_000, -1, 7 << 40, i64::MIN, -77].map(|of| of + number);
            // SAFETY: it only looks at its first argument, and no file has such a number.
            let result = unsafe { libc::syscall(libc::SYS_close, a, b, c, d, e, 6) };
            assert_eq!(result, -1);
        }
    };
    let Some((ledger, folder)) = record(plan, "typed-calls", work) else { return };
    assert_eq!(ledger.lost(), 0, "{ledger:?}");
    let seen: Vec<_> =
        tracer.lines().into_iter().filter(|(.., of)| of.starts_with("NR 3 ")).collect();
    let Some(lines) = babeltrace(&folder) else { return };
    let recorded = lines.iter().map(|line| {
        let (cpu, name, fields) = event(line);
        let values = values(&fields);
        let number = |text: &&str| format!("{:x}", text.parse::<u64>().expect("a number"));
        let said = match name.as_str() {
            "sys_enter" => {
                let arguments: Vec<String> = values[1..].iter().map(number).collect();
                format!("NR {} ({})", values[0], arguments.join(", "))
            }
            _ => format!("NR {} = {}", values[0], values[1]),
        };
        (cpu, name, said)
    });
    let recorded: Vec<_> = recorded.collect();
    // The recorder closes files, too, when it ends.
    let first = seen.iter().position(|line| *line == recorded[0]).expect("it was seen");
    assert_eq!(recorded[..1000], seen[first..first + 1000]);
}

/// Calls as programs of 32 bits make them, when it is told to.
const NARROW: &str = r#"
#include <stdio.h>
int main(void)
{
    getchar();
    for (int n = 0; n < 5; n++) {
        long result;
        __asm__ volatile("int $0x80" : "=a"(result)
                         : "a"(6), "b"(2000000 + n), "c"(11), "d"(12), "S"(13), "D"(14)
                         : "memory", "r8", "r9", "r10", "r11");
    }
    return 0;
}
"#;

#[test]
fn calls_of_32_bits_have_their_arguments() {
    let filters = ["id == 6"];
    let made = support::folder("typed-narrow");
    let (source, program) = (made.join("program.c"), made.join("program"));
    fs::write(&source, NARROW).expect("written");
    let built = Command::new("gcc").arg("-o").arg(&program).arg(&source).status();
    if !is_typed() || !built.is_ok_and(|status| status.success()) {
        return println!("skipped: there is no such program");
    }
    let Some(plan) = plan(&["raw_syscalls:sys_enter"], &filters, None) else { return };
    let child = Command::new(&program).stdin(Stdio::piped()).spawn();
    let mut child = child.expect("it begins");
    let plan = Plan { threads: Some(vec![child.id()]), ..plan };
    let mut has_them = false;
    let work = || {
        drop(child.stdin.take());
        has_them = child.wait().expect("it ends").success();
    };
    let Some((_, folder)) = record(plan, "typed-of-narrow", work) else { return };
    if !has_them {
        return println!("skipped: the kernel has no calls of 32 bits");
    }
    let Some(lines) = babeltrace(&folder) else { return };
    let said: Vec<_> = lines.iter().map(|line| event(line).2).collect();
    let said: Vec<_> = said.iter().map(|fields| values(fields)[..6].join(" ")).collect();
    let expected: Vec<_> = (2_000_000..2_000_005).map(|n| format!("6 {n} 11 12 13 14")).collect();
    assert_eq!(said, expected);
}

#[test]
fn who_is_woken_is_as_the_kernel_says() {
    let events = ["sched:sched_waking", "sched:sched_wakeup", "sched:sched_wakeup_new"];
    let (call, calls) = mpsc::channel::<()>();
    let (answer, answers) = mpsc::channel();
    let (say, said) = mpsc::channel();
    let worker = std::thread::Builder::new().name("woken \"often\"".to_owned()).spawn(move || {
        say.send(tid()).expect("it listens");
        for _ in calls {
            // SAFETY: it takes numbers only.
            unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, 7) };
            answer.send(()).expect("it waits");
        }
    });
    let (worker, woken) = (worker.expect("a thread"), said.recv().expect("it says so"));
    let filter = format!("field.pid == {woken}");
    let Some(plan) = plan(&events, &[&filter], None).filter(|_| is_typed()) else { return };
    let Some(tracer) = Tracer::new("woken", &events, &[tid(), woken]) else { return };
    let work = || {
        for _ in 0..200 {
            std::thread::sleep(Duration::from_micros(200));
            call.send(()).expect("it is there");
            answers.recv().expect("it answers");
        }
    };
    let recorded = record(plan, "typed-woken", work);
    let of_worker = format!(" pid={woken} ");
    let seen: Vec<_> =
        tracer.lines().into_iter().filter(|(.., of)| of.contains(&of_worker)).collect();
    drop(call);
    worker.join().expect("no panic");
    let Some((ledger, folder)) = recorded else { return };
    assert_eq!(ledger.lost(), 0, "{ledger:?}");
    let Some(lines) = babeltrace(&folder) else { return };
    let recorded = lines.iter().map(|line| {
        let (cpu, name, fields) = event(line);
        let field = |name: &str| {
            let (_, rest) = fields.split_once(&format!(", {name} = ")).expect("a field");
            rest.split([',', ' ']).next().expect("a value").to_owned()
        };
        let target: u32 = field("target_cpu").parse().expect("a number");
        let (pid, prio) = (field("pid"), field("prio"));
        let said = format!("comm=woken \"often\" pid={pid} prio={prio} target_cpu={target:03}");
        assert!(fields.contains("comm = \"woken \\\"often\\\"\""), "{fields}");
        (cpu, name, said)
    });
    let recorded: Vec<_> = recorded.collect();
    assert!(recorded.len() >= 300, "{recorded:?}");
    // Waking and wake-up of the same are on two CPUs, at times: each kind is in order.
    for kind in events.map(|event| event.split_once(':').expect("a system").1) {
        let of = |all: &[(u32, String, String)]| -> Vec<_> {
            all.iter().filter(|(_, name, _)| name == kind).cloned().collect()
        };
        assert_eq!(of(&recorded), of(&seen));
    }
}

#[test]
fn softirqs_are_those_that_another_observer_sees() {
    let events = ["irq:softirq_raise", "irq:softirq_entry", "irq:softirq_exit"];
    let plan = plan(&events, &[], Some(vec![tid()])).filter(|_| is_typed());
    let Some(plan) = plan else { return };
    let Some(tracer) = Tracer::new("softirqs", &events, &[tid()]) else { return };
    let Some((ledger, folder)) = record(plan, "typed-softirqs", || busy(BUSY / 4)) else { return };
    assert_eq!(ledger.lost(), 0, "{ledger:?}");
    let Some(lines) = babeltrace(&folder) else { return };
    let number = |text: &str| text.split([' ', ']']).next().and_then(|text| text.parse().ok());
    let seen = tracer
        .lines()
        .into_iter()
        .map(|(cpu, name, fields)| (cpu, name, fields.strip_prefix("vec=").and_then(number)));
    let recorded = lines.iter().map(|line| {
        let (cpu, name, fields) = event(line);
        (cpu, name, values(&fields).first().and_then(|text| number(text)))
    });
    let (seen, recorded): (Vec<_>, Vec<_>) = (seen.collect(), recorded.collect());
    let cpus: BTreeSet<u32> = recorded.iter().map(|(cpu, ..)| *cpu).collect();
    let kinds = events.map(|event| event.split_once(':').expect("a system").1);
    for (cpu, kind) in cpus.into_iter().flat_map(|cpu| kinds.map(|kind| (cpu, kind))) {
        let of = |all: &[(u32, String, Option<u32>)]| -> Vec<u32> {
            let own = all.iter().filter(|(own, name, _)| *own == cpu && name == kind);
            own.map(|(.., number)| number.expect("a number")).collect()
        };
        let (recorded, seen) = (of(&recorded), of(&seen));
        let is_there =
            recorded.is_empty() || seen.windows(recorded.len()).any(|all| all == recorded);
        assert!(is_there, "{kind} on {cpu}: {recorded:?} {seen:?}");
    }
}

/// How long CPUs are busy.
const BUSY: Duration = Duration::from_secs(2);

/// Keeps all CPUs busy with calls and wake-ups.
fn busy(time: Duration) {
    std::thread::scope(|scope| {
        for number in 0..8 {
            scope.spawn(move || {
                let begin = Instant::now();
                while begin.elapsed() < time {
                    match number % 2 {
                        0 => support::calls(20),
                        _ => std::thread::sleep(Duration::from_micros(20)),
                    }
                }
            });
        }
    });
}

#[test]
fn interrupts_within_others_are_recorded() {
    let events = [
        "raw_syscalls:sys_enter",
        "raw_syscalls:sys_exit",
        "sched:sched_waking",
        "sched:sched_wakeup",
        "irq:softirq_raise",
        "irq:softirq_entry",
        "irq:softirq_exit",
    ];
    let Some(plan) = plan(&events, &[], None).filter(|_| is_typed()) else { return };
    let Some((ledger, _)) = record(plan, "typed-nested", || busy(BUSY)) else {
        return;
    };
    let nested: Vec<u64> = ledger.events.iter().map(|event| event.lost_to_nesting).collect();
    assert_eq!(nested, [0; 7], "{ledger:?}");
    // Where the machine is too busy to empty the ring, most find it full.
    let came = |event: &OfEvent| event.delivered + event.lost_to_full_ring > 100;
    assert!(ledger.events.iter().all(came), "{ledger:?}");
}
