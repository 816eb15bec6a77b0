//! Handlers that decide about events of programs, alone and together with those of the kernel.

use marey_layer::event;

use super::programs::{Beside, FIRST, REST, events, numbers_of, record_beside, recording, running};
use super::programs_killed::killed_recorders;
use super::*;

/// What the recorded program does: so many rounds in each of two threads.
pub const ROUNDS: &str = "MAREY_TEST_ROUNDS";
/// So many microseconds are between two rounds, if that is said.
const BETWEEN: &str = "MAREY_TEST_BETWEEN";

/// Not a test of its own: each thread calls the kernel and says so, now more of the one, now more
/// of the other.
#[test]
fn calls_and_says_so() {
    let Ok(rounds) = std::env::var(ROUNDS) else { return };
    let rounds: usize = rounds.parse().expect("a number");
    let between = std::env::var(BETWEEN).ok().map(|between| between.parse().expect("a number"));
    let pause = || between.map(Duration::from_micros).map(std::thread::sleep);
    std::thread::scope(|scope| {
        for thread in 0..2_usize {
            scope.spawn(move || {
                for round in 0..rounds {
                    pause();
                    (0..=(round + thread) % 3).for_each(call);
                    for _ in 0..=(round / 3 + thread) % 3 {
                        event!("test:said", thread = thread as u64, number = round as u64);
                    }
                }
            });
        }
    });
}

/// Records a program of many events with this handler.
fn handled(folder: &Path, handler: &str, more: &[&str], (count, threads): (u64, u64)) -> Ran {
    finish(&mut handling(folder, handler, more, (count, threads)))
}

/// The same, as a command.
fn handling(folder: &Path, handler: &str, more: &[&str], (count, threads): (u64, u64)) -> Command {
    fs::write(folder.join("h.mh"), handler).expect("written");
    recording(folder, &[&["-u", "-H", "h.mh"], more].concat(), count, threads)
}

/// The ledger, which must add up: received, delivered, filtered, lost.
fn counts(folder: &Path) -> (Value, [u64; 4]) {
    let ledger = ledger(folder);
    let all = ["/received", "/delivered", "/filtered", "/lost"].map(|what| number(&ledger, what));
    assert_eq!(all[0], all[1] + all[2] + all[3], "{ledger}");
    (ledger, all)
}

/// What a block did: discarded in programs and at the drain, seen, kept, errors.
fn of_block(ledger: &Value, block: u64) -> [u64; 5] {
    let names = ["discarded_in_programs", "discarded_at_drain", "seen", "kept", "errors"];
    names.map(|name| number(ledger, &format!("/filters/{block}/{name}")))
}

#[test]
fn one_observer_of_all_threads_remembers_and_counts() {
    let folder = scratch("user-state");
    let handler = "state n: u64;
        on user test:work {
            n += 1;
            count(thread);
            hist(number by thread);
            keep if n % 10 == 0;
            discard
        }";
    let ran = handled(&folder, handler, &["--json", "--buffer", "8MiB"], (5000, 3));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    Schema::of("record").check(ran.stdout.split_inclusive('\n').next_back().expect("a line"));
    let (ledger, all) = counts(&folder);
    assert_eq!(all, [15_000, 1500, 13_500, 0], "{ledger}");
    assert_eq!(of_block(&ledger, 0), [0, 13_500, 15_000, 1500, 0], "{ledger}");
    let rows = |table: usize| {
        let rows = ledger.pointer(&format!("/handlers/0/tables/{table}/rows"));
        rows.and_then(Value::as_array).expect("rows").clone()
    };
    let counted: Vec<u64> = rows(0).iter().map(|row| number(row, "/count")).collect();
    assert_eq!(counted, [5000; 3], "{ledger}");
    assert_eq!(rows(1).len(), 3, "{ledger}");
    assert!(ran.stderr.contains("discarded at the drain: 13,500 by"), "{}", ran.stderr);
    let Some(lines) = events(&folder) else { return };
    assert_eq!(lines.len(), 1500);
    (0..3).for_each(|thread| assert!(numbers_of(&lines, thread).is_sorted_by(|a, b| a < b)));
}

#[test]
fn what_needs_no_state_is_asked_in_the_program() {
    let folder = scratch("user-early");
    let handler = "state n: u64;
        on user test:* if number >= 9990 { n += 1; discard if n > 5; }
        on user test:* { discard if number < 9990 }";
    let ran = handled(&folder, handler, &["--buffer", "8MiB"], (10_000, 1));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let (ledger, all) = counts(&folder);
    // Nothing is discarded by the first block without its state, so all of it is at the drain.
    assert_eq!(all, [10_000, 5, 9995, 0], "{ledger}");
    assert_eq!(of_block(&ledger, 0), [0, 5, 10_000, 9995, 0], "{ledger}");
    let handler = "state n: u64;
        on user test:* { discard if number < 999990; n += 1; discard if n > 5; }";
    // The ring has room for all, and the program rests until it was found.
    let more = ["--buffer", "64MiB", "--force"];
    let ran = finish(handling(&folder, handler, &more, (1_000_000, 1)).env(REST, "500"));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let (ledger, all) = counts(&folder);
    assert_eq!(all, [1_000_000, 5, 999_995, 0], "{ledger}");
    let [in_program, at_drain, seen, kept, errors] = of_block(&ledger, 0);
    assert!(in_program > 0, "{ledger}");
    assert_eq!(in_program + at_drain, 999_995, "{ledger}");
    assert_eq!([seen, kept, errors], [1_000_000, 5, 0], "{ledger}");
}

#[test]
fn what_a_class_does_not_have_keeps_its_events_and_is_counted() {
    let folder = scratch("user-absent");
    let handler = "on user test:* { discard if number >= 500 and missing == 3 }
        on user test:work { discard if text == 5 }";
    let ran = handled(&folder, handler, &[], (1000, 1));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let (ledger, all) = counts(&folder);
    assert_eq!(all, [1000, 1000, 0, 0], "{ledger}");
    assert_eq!(of_block(&ledger, 0), [0, 0, 1000, 1000, 500], "{ledger}");
    // A text is no number, whatever event it is.
    assert_eq!(of_block(&ledger, 1), [0, 0, 1000, 1000, 1000], "{ledger}");
    assert_eq!(number(&ledger, "/programs/0/unanswered"), 1500, "{ledger}");
    assert!(ran.stderr.contains("1,500 times a filter could not answer"), "{}", ran.stderr);
}

#[test]
fn blocks_of_the_class_come_first_and_filters_before_them() {
    let folder = scratch("user-order");
    let handler = "on user test:work { count(thread); discard if thread == 0 }
        on class user { discard if number >= 10 }
        on any { count(event) }
        on user other:* { discard }";
    let ran = handled(&folder, handler, &["-f", "number < 20"], (1000, 2));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let (ledger, all) = counts(&folder);
    assert_eq!(all, [2000, 10, 1990, 0], "{ledger}");
    // The filter, then the blocks in the order of the file.
    assert_eq!(of_block(&ledger, 0)[2..], [2000, 40, 0], "{ledger}");
    assert_eq!(of_block(&ledger, 1)[2..], [20, 10, 0], "{ledger}");
    assert_eq!(of_block(&ledger, 2)[2..], [40, 20, 0], "{ledger}");
    assert_eq!(of_block(&ledger, 3)[2..], [20, 20, 0], "{ledger}");
    assert_eq!(of_block(&ledger, 4), [0; 5], "{ledger}");
}

#[test]
fn a_handler_marks_sends_and_ends() {
    let folder = scratch("user-acts");
    let handler = "on user test:work {
            mark(\"half\") if number == 500;
            send out if number < 5;
            stop if number == 999;
            discard if number != 999
        }";
    let sink = ["--sink", "out=fd:1", "--json"];
    // Behind the one that ends the recording there is a long rest, and then there are others.
    let ran = finish(handling(&folder, handler, &sink, (FIRST + 1, 1)).env(REST, "5000"));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let sent: Vec<Value> =
        ran.stdout.lines().filter_map(|l| serde_json::from_str(l).ok()).collect();
    let sent: Vec<&Value> = sent.iter().filter(|line| line["event"] == "test:work").collect();
    let numbers: Vec<u64> = sent.iter().map(|line| number(line, "/fields/number")).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4], "{}", ran.stdout);
    assert_eq!(sent[0]["fields"]["text"], "some text");
    let (ledger, all) = counts(&folder);
    assert_eq!(all, [FIRST, 1, FIRST - 1, 0], "{ledger}");
    assert_eq!(number(&ledger, "/sinks/0/sent"), 5, "{ledger}");
    let Some(lines) = events(&folder) else { return };
    let is_mark = |line: &&String| line.contains("marey_mark: ") && line.contains("\"half\"");
    assert_eq!((lines.iter().filter(is_mark).count(), lines.len()), (1, 2), "{lines:#?}");
}

#[test]
fn a_handler_decides_about_a_program_that_runs_already() {
    let folder = scratch("user-running");
    let child = running(&folder);
    let pid = child.0.id().to_string();
    fs::write(folder.join("h.mh"), "on user test:work { keep if number % 100 == 0; discard }")
        .expect("written");
    // The handler names the events, so no -u is needed.
    let ran = record_beside(&folder, &["-H", "h.mh", "-n", "50", "-p", &pid]);
    assert!([0, 3].contains(&ran.status), "{}", ran.stderr);
    let (ledger, [_, delivered, filtered, _]) = counts(&folder);
    assert!(delivered >= 50 && filtered > 0, "{ledger}");
    let Some(lines) = events(&folder) else { return };
    let numbers = numbers_of(&lines, 0);
    assert_eq!(numbers.len() as u64, delivered, "{ledger}");
    assert!(numbers.iter().all(|number| number % 100 == 0), "{numbers:?}");
}

#[test]
fn what_waits_for_a_decision_outlives_the_recorder() {
    let folder = scratch("user-killed");
    let handler = folder.join("h.mh");
    fs::write(&handler, "state n: u64; on user test:work { n += 1; keep }").expect("written");
    let handler = handler.to_string_lossy();
    killed_recorders("user-killed-recorders", 60, &["-H", &handler], false);
    // The same, with events of the kernel in between.
    let other = folder.join("other.mh");
    let text = "state n: u64; on user test:work { n += 1; keep } on sched:sched_switch { n = 0 }";
    fs::write(&other, text).expect("written");
    let other = other.to_string_lossy();
    if record(&folder, &["-H", &other, "-s", "0.01"]).is_some() {
        killed_recorders("user-killed-both", 60, &["-H", &other], true);
    }
}

/// Keeps what is older than what was seen before it.
const INVERTED: &str = "state last: u64;
on any { if time < last { last = time; keep } last = time; discard }
";

#[test]
fn a_rule_that_changes_leaves_all_in_the_order_of_time() {
    const CHANGES: u64 = 20;
    let folder = scratch("user-rule");
    fs::write(folder.join("h.mh"), INVERTED).expect("written");
    let [_, own, test, exact] = exact::program("user_handlers::calls_and_says_so");
    let mut command = Command::new(own);
    command.args([test, exact]).env("MAREY_DIR", folder.join("programs"));
    command.env(ROUNDS, usize::MAX.to_string()).env(BETWEEN, "50").stdout(Stdio::null());
    let child = Beside(command.spawn().expect("it runs"));
    let pid = child.0.id().to_string();
    let mut command = marey();
    command.current_dir(&folder).env("MAREY_DIR", folder.join("programs")).arg("record");
    command.args(["--through", "perf", "-H", "h.mh", "-u", "-p", &pid, "--allow-loss"]);
    command.args(["-e", "syscalls:sys_enter_statx", "--buffer", "64MiB"]);
    let mut recorder =
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs");
    let ask =
        |words: &[&str]| finish(marey().current_dir(&folder).arg("record").args(words)).status;
    let begin = Instant::now();
    while ask(&["status"]) != 0 {
        if recorder.try_wait().expect("a process").is_some_and(|status| status.code() == Some(5)) {
            return println!("skipped: there is no perf here");
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "it does not answer");
    }
    for change in 0..CHANGES {
        let rule = if change % 2 == 0 { "fast all" } else { "wide all" };
        assert_eq!(ask(&["rule", "recording", rule]), 0);
    }
    assert_eq!(ask(&["stop"]), 0);
    let said = recorder.wait_with_output().expect("it ends");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let (ledger, [_, delivered, filtered, _]) = counts(&folder);
    assert!(filtered > 1000, "{ledger}");
    // What was held up for long between its time and its ring is late, whoever looks.
    assert!(delivered < CHANGES / 2, "{delivered} of {filtered}");
}

/// SAT's sample of two handlers and one flag, of which one is of an event of a program.
pub const ALTERNATE: &str = "state flag: u64;
on syscalls:sys_enter_statx { if dfd == -100 and flag == 0 { flag = 1; keep } discard }
on user test:said { if flag == 1 { flag = 0; keep } discard }
";

#[test]
fn an_event_of_the_kernel_and_one_of_a_program_strictly_alternate() {
    const MANY: u64 = 20_000;
    let folder = scratch("user-alternate");
    fs::write(folder.join("h.mh"), ALTERNATE).expect("written");
    let mut command = marey();
    command.current_dir(&folder).args(["record", "-H", "h.mh", "--buffer", "32MiB"]);
    command.args(exact::program("user_handlers::calls_and_says_so")).env(ROUNDS, MANY.to_string());
    let ran = finish(&mut command);
    if ran.status == 5 {
        return println!("skipped: {}", ran.stderr.trim());
    }
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let (ledger, [_, delivered, _, lost]) = counts(&folder);
    let said: u64 = (0..MANY).map(|round| (round / 3) % 3 + 1 + (round / 3 + 1) % 3 + 1).sum();
    let of_programs = ["/programs/0/delivered", "/programs/0/filtered"];
    let of_programs: u64 = of_programs.iter().map(|what| number(&ledger, what)).sum();
    assert_eq!((of_programs, lost), (said, 0), "{ledger}");
    let seen = number(&ledger, "/filters/1/seen");
    assert_eq!(seen, said, "{ledger}");
    assert!(delivered > 100, "{ledger}");
    let Some(lines) = babeltrace::lines(&folder.join("recording")) else { return };
    let is_said: Vec<bool> = lines.iter().map(|line| line.contains("test:said")).collect();
    assert_eq!(is_said.len() as u64, delivered + number(&ledger, "/threads_at_start"));
    let is_event = |line: &&String| line.contains("test:said") || line.contains("statx");
    let is_said: Vec<bool> =
        lines.iter().filter(is_event).map(|line| line.contains("test:said")).collect();
    assert_eq!(is_said.first(), Some(&false), "it begins with a call");
    assert!(is_said.windows(2).all(|pair| pair[0] != pair[1]), "they do not alternate");
}
