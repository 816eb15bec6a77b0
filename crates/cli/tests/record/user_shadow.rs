//! Events of programs in shadow: all are there, each with what would discard it, alone and together
//! with those of the kernel.

use super::programs::{REST, events, recording};
use super::user_handlers::{ALTERNATE, ROUNDS};
use super::*;

/// The bits of what would discard an event, at the drain.
fn by_machine(line: &str) -> u64 {
    let (_, rest) = line.split_once("discards_by_machine = 0x").unwrap_or_else(|| panic!("{line}"));
    let end = rest.find(|c: char| !c.is_ascii_hexdigit()).expect("it goes on");
    u64::from_str_radix(&rest[..end], 16).expect("a number")
}

/// A field of an event of the program.
fn field(line: &str, name: &str) -> u64 {
    let (_, rest) = line.split_once(&format!("{name} = ")).unwrap_or_else(|| panic!("{line}"));
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().expect("a number")
}

/// The ledger of a recording in which nothing was lost and nothing discarded.
fn whole(folder: &Path, count: u64) -> Value {
    let ledger = ledger(folder);
    let all = ["/received", "/delivered", "/filtered", "/lost"].map(|what| number(&ledger, what));
    assert_eq!(all, [count, count, 0, 0], "{ledger}");
    ledger
}

/// What would discard an event: in the kernel, in programs, at the drain; how many it saw and would
/// have kept, and how often it could not answer.
fn of_filter(ledger: &Value, filter: usize) -> [u64; 6] {
    let places = ["discarded_in_kernel", "discarded_in_programs", "discarded_at_drain"];
    let all = [&places[..], &["seen", "kept", "errors"]].concat();
    let all: Vec<u64> =
        all.iter().map(|what| number(ledger, &format!("/filters/{filter}/{what}"))).collect();
    all.try_into().expect("as many")
}

#[test]
fn no_filter_discards_and_none_is_asked_in_the_program() {
    let folder = scratch("user-shadow");
    // The program rests behind the first of them: else it would be given the first filter.
    let filters = ["-f", "number < 1000", "-f", "thread == 0"];
    let all = [&["-u", "--shadow", "--json"][..], &filters].concat();
    let ran = finish(recording(&folder, &all, 2000, 2).env(REST, "500"));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    Schema::of("record").check(ran.stdout.split_inclusive('\n').next_back().expect("a line"));
    let would = "  kept, would be discarded: 2,000 at the drain by `number < 1000`\n";
    assert!(ran.stderr.contains(would), "{}", ran.stderr);
    assert!(!ran.stderr.contains("  discarded "), "{}", ran.stderr);
    let ledger = whole(&folder, 4000);
    assert_eq!(number(&ledger, "/programs/0/events/0/filtered"), 0, "{ledger}");
    let expected = [0, 0, 2000, 4000, 2000, 0];
    assert_eq!([0, 1].map(|filter| of_filter(&ledger, filter)), [expected; 2], "{ledger}");
    let Some(lines) = events(&folder) else { return };
    assert_eq!(lines.len(), 4000);
    for line in &lines {
        let (number, thread) = (field(line, " number"), field(line, " thread"));
        assert_eq!(by_machine(line), u64::from(number >= 1000) | thread << 1, "{line}");
        assert!(!line.contains("discards_in_kernel"), "nobody asked there: {line}");
    }
}

#[test]
fn a_handler_remembers_and_its_marks_say_so_too() {
    let folder = scratch("user-shadow-state");
    let handler = "state n: u64;
        on user test:work {
            n += 1;
            mark(\"tenth\") if n % 10 == 0;
            keep if n % 10 == 0;
            discard
        }
        on user test:work { discard if text == 1 }";
    fs::write(folder.join("h.mh"), handler).expect("written");
    let all = ["-u", "--shadow", "-f", "number < 500", "-H", "h.mh"];
    let ran = finish(&mut recording(&folder, &all, 1000, 1));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let ledger = whole(&folder, 1000);
    assert_eq!(of_filter(&ledger, 0), [0, 0, 500, 1000, 500, 0], "{ledger}");
    // Blocks are asked about what was kept so far, as without shadow.
    assert_eq!(of_filter(&ledger, 1), [0, 0, 450, 500, 50, 0], "{ledger}");
    assert_eq!(of_filter(&ledger, 2), [0, 0, 0, 50, 50, 50], "{ledger}");
    assert_eq!(number(&ledger, "/programs/0/unanswered"), 50, "{ledger}");
    let Some(lines) = events(&folder) else { return };
    let (marks, events): (Vec<&String>, Vec<&String>) =
        lines.iter().partition(|line| line.contains("marey_mark: "));
    assert_eq!((marks.len(), events.len()), (50, 1000));
    assert!(marks.iter().all(|line| by_machine(line) == 0), "{marks:#?}");
    for line in events {
        let number = field(line, " number");
        let expected = match number {
            500.. => 1,
            _ => u64::from(number % 10 != 9) << 1,
        };
        assert_eq!(by_machine(line), expected, "{line}");
    }
}

/// How many events there are of the kernel and of so many rounds of the program, and the ledger of
/// their recording, which has them all.
fn all_of_both(command: &mut Command, folder: &Path, rounds: u64) -> Option<([u64; 2], Value)> {
    let ran = finish(command);
    if ran.status == 5 {
        println!("skipped: {}", ran.stderr.trim());
        return None;
    }
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let of_kernel = number(&ledger(folder), "/events/0/delivered");
    let said = (0..rounds).map(|round| (round / 3) % 3 + 1 + (round / 3 + 1) % 3 + 1).sum();
    Some(([of_kernel, said], whole(folder, of_kernel + said)))
}

#[test]
fn one_observer_says_of_each_event_what_it_would_do() {
    const MANY: u64 = 2000;
    let folder = scratch("user-shadow-kernel");
    fs::write(folder.join("h.mh"), ALTERNATE).expect("written");
    let mut command = marey();
    command.current_dir(&folder).args(["record", "--shadow", "-H", "h.mh", "--no-state"]);
    command.args(["--buffer", "32MiB"]);
    command.args(exact::program("user_handlers::calls_and_says_so")).env(ROUNDS, MANY.to_string());
    let Some(([of_kernel, said], ledger)) = all_of_both(&mut command, &folder, MANY) else {
        return;
    };
    assert_eq!(number(&ledger, "/disagreements"), 0, "{ledger}");
    let Some(lines) = babeltrace::lines(&folder.join("recording")) else { return };
    assert_eq!(lines.len() as u64, of_kernel + said);
    let (mut flag, mut would) = (false, [0; 2]);
    for line in &lines {
        let (block, is_kept) = match line.contains("test:said: ") {
            true => (1, flag),
            false => (0, !flag && line.contains("dfd = -100,")),
        };
        flag = if is_kept { block == 0 } else { flag };
        would[block] += u64::from(!is_kept);
        assert_eq!(by_machine(line), u64::from(!is_kept) << block, "{line}");
    }
    assert!(would.iter().all(|count| *count > 0), "{would:?}");
    let seen = [of_kernel, said];
    for block in 0..2 {
        let (count, seen) = (would[block], seen[block]);
        let expected = [0, 0, count, seen, seen - count, 0];
        assert_eq!(of_filter(&ledger, block), expected, "{ledger}");
    }
}

#[test]
fn a_filter_of_both_counts_each_event_once() {
    const MANY: u64 = 100;
    let folder = scratch("user-shadow-filter");
    let mut command = marey();
    command.current_dir(&folder).args(["record", "--shadow", "-u", "-f", "event == \"said\""]);
    command.args(["-e", "syscalls:sys_enter_statx", "--no-state"]);
    command.args(exact::program("user_handlers::calls_and_says_so")).env(ROUNDS, MANY.to_string());
    let Some(([of_kernel, said], ledger)) = all_of_both(&mut command, &folder, MANY) else {
        return;
    };
    // Both the kernel and the machine said it of events of the kernel.
    let expected = [of_kernel, 0, of_kernel, of_kernel + said, said, 0];
    assert_eq!(of_filter(&ledger, 0), expected, "{ledger}");
    let Some(lines) = babeltrace::lines(&folder.join("recording")) else { return };
    assert!(lines.iter().all(|line| by_machine(line) == u64::from(line.contains("statx: "))));
}
