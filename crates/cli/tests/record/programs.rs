//! Events of programs that link `marey-layer`.

use std::os::unix::fs::FileExt as _;

use marey_layer::event;

use super::*;

/// What the recorded program does: `COUNT THREADS`.
const WORK: &str = "MAREY_TEST_WORK";
/// Where it notes how many events are behind it.
pub const NOTES: &str = "MAREY_TEST_NOTES";
/// For how many milliseconds each of its threads rests when it has written its first events.
pub const REST: &str = "MAREY_TEST_REST";
/// So many events these are: a recorder finds the program in time, however fast it is.
pub const FIRST: u64 = 1000;
/// Which program of its process it is.
const TURN: &str = "MAREY_TEST_TURN";

/// Not a test of its own: it is what the others record.
#[test]
fn writes_events() {
    let Ok(work) = std::env::var(WORK) else { return };
    let mut numbers = work.split(' ').map(|number| number.parse::<u64>().expect("a number"));
    let (count, threads) = (numbers.next().expect("one"), numbers.next().expect("two"));
    let notes = std::env::var_os(NOTES).map(|path| fs::File::create(path).expect("a file"));
    let rest = std::env::var(REST).map(|rest| rest.parse().expect("a number"));
    let rest = rest.map(Duration::from_millis);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (notes, rest) = (notes.as_ref(), rest.as_ref().ok());
            scope.spawn(move || {
                for number in 0..count {
                    if let Some(rest) = rest.filter(|_| number == FIRST) {
                        std::thread::sleep(*rest);
                    }
                    event!("test:work", thread = thread, number = number, text = "some text");
                    if let Some(notes) = notes {
                        let behind = (number + 1).to_ne_bytes();
                        notes.write_all_at(&behind, 0).expect("it is written");
                    }
                }
            });
        }
    });
}

/// Not a test of its own: a process that is one program after the other.
#[test]
fn becomes_another() {
    use std::os::unix::process::CommandExt as _;
    let Ok(turn) = std::env::var(TURN) else { return };
    let turn: u64 = turn.parse().expect("a number");
    (0..10_u64)
        .for_each(|number| event!("test:work", thread = turn, number = number, text = "once"));
    if turn == 0 {
        let [own, _, exact] = program();
        let mut next = Command::new(own);
        next.args(["programs::becomes_another", &exact]).env(TURN, "1");
        panic!("{}", next.exec());
    }
}

/// What is recorded, as a command line.
pub fn program() -> [String; 3] {
    let [_, own, test, exact] = super::exact::program("programs::writes_events");
    [own, test, exact]
}

pub fn work(command: &mut Command, count: u64, threads: u64) {
    command.env(WORK, format!("{count} {threads}"));
}

/// Records the program, as a command.
pub fn recorded(folder: &Path, arguments: &[&str], count: u64, threads: u64) -> Ran {
    finish(&mut recording(folder, arguments, count, threads))
}

/// What records the program, as a command.
pub fn recording(folder: &Path, arguments: &[&str], count: u64, threads: u64) -> Command {
    let mut command = marey();
    command.current_dir(folder).arg("record").args(arguments).arg("--").args(program());
    work(&mut command, count, threads);
    command
}

/// A process that runs beside recordings, up to the end of this value.
pub struct Beside(pub Child);

impl Drop for Beside {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts the program, which goes on and on; its files are where [`record_beside`] finds them.
pub fn running(folder: &Path) -> Beside {
    let mut command = Command::new(&program()[0]);
    command.args(&program()[1..]).env("MAREY_DIR", folder.join("programs"));
    work(command.stdout(Stdio::null()), u64::MAX, 1);
    Beside(command.spawn().expect("it runs"))
}

/// Records programs that run.
pub fn record_beside(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = marey();
    command.current_dir(folder).arg("record").args(arguments);
    finish(command.env("MAREY_DIR", folder.join("programs")))
}

/// All events of programs, a line each.
pub fn events(folder: &Path) -> Option<Vec<String>> {
    let user = folder.join("recording/user");
    let entries = fs::read_dir(&user).into_iter().flatten().flatten();
    let mut names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    // One that is being made has a hidden name.
    match names.any(|name| !name.starts_with('.')) {
        true => babeltrace::lines(&user),
        false => Some(Vec::new()),
    }
}

/// The numbers of the events of a thread, in the order of their times.
pub fn numbers_of(lines: &[String], thread: u64) -> Vec<u64> {
    let of = format!("thread = {thread}, number = ");
    let number = |line: &String| line.split_once(&of)?.1.split(',').next()?.parse().ok();
    lines.iter().filter_map(number).collect()
}

#[test]
fn a_command_from_its_first_event_to_its_last() {
    let folder = scratch("record-programs");
    let ran = recorded(&folder, &["-u", "--json"], 5000, 3);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let last = ran.stdout.split_inclusive('\n').next_back().expect("a line");
    let lines = Schema::of("record").check(last);
    assert_eq!(lines[0]["ledger"], ledger(&folder));
    let ledger = ledger(&folder);
    assert_eq!(number(&ledger, "/received"), 15_000, "{ledger}");
    assert_eq!(number(&ledger, "/delivered"), 15_000, "{ledger}");
    assert_eq!(number(&ledger, "/programs/0/events/0/delivered"), 15_000, "{ledger}");
    assert_eq!(number(&ledger, "/programs/0/late"), 0, "{ledger}");
    assert!(!folder.join("recording/.programs").exists(), "nothing is left");
    let Some(lines) = events(&folder) else { return };
    assert_eq!(lines.len(), 15_000);
    (0..3).for_each(|thread| assert!(numbers_of(&lines, thread).into_iter().eq(0..5000)));
}

#[test]
fn only_what_is_named_and_what_filters_keep() {
    let folder = scratch("record-programs-filter");
    let filter = "number < 10 and thread == 1 or text contains \"other\"";
    let ran = recorded(&folder, &["-e", "user:test:*", "-f", filter], 1000, 2);
    assert_eq!(ran.status, 2, "and and or are not mixed: {}", ran.stderr);
    let filter = "(number < 10 and thread == 1) or missing == 3 or text contains \"other\"";
    let ran = recorded(&folder, &["-e", "user:test:*", "-f", filter], 1000, 2);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains(": 1,990 by"), "{}", ran.stderr);
    let ledger_of = ledger(&folder);
    assert_eq!(number(&ledger_of, "/delivered"), 10, "{ledger_of}");
    assert_eq!(number(&ledger_of, "/filtered"), 1990, "{ledger_of}");
    let ran = recorded(&folder, &["-e", "user:other:*", "--force"], 1000, 2);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(number(&ledger(&folder), "/received"), 0);
    let Some(lines) = events(&folder) else { return };
    assert_eq!(lines.len(), 0);
}

#[test]
fn a_filter_is_asked_in_the_program() {
    let folder = scratch("record-programs-inline");
    // The ring has room for all, and the program rests until it was found.
    let arguments = ["-u", "-f", "number >= 999990", "--buffer", "64MiB"];
    let ran = finish(recording(&folder, &arguments, 1_000_000, 1).env(REST, "500"));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let ledger = ledger(&folder);
    assert_eq!(number(&ledger, "/delivered"), 10, "{ledger}");
    assert_eq!(number(&ledger, "/filtered"), 999_990, "{ledger}");
    let in_program = number(&ledger, "/filters/0/discarded_in_programs");
    let at_drain = number(&ledger, "/filters/0/discarded_at_drain");
    assert_eq!(in_program + at_drain, 999_990, "{ledger}");
    assert!(in_program > 0, "{ledger}");
}

#[test]
fn kernel_and_program_on_one_clock() {
    let folder = scratch("record-programs-kernel");
    let all = ["-u", "-e", "sched:sched_process_exit", "-e", "sched:sched_process_exec"];
    let ran = recorded(&folder, &all, 10, 1);
    if ran.status == 5 {
        return println!("skipped: {}", ran.stderr.trim());
    }
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let Some(lines) = babeltrace::lines(&folder.join("recording")) else { return };
    let at = |what: &str| lines.iter().position(|line| line.contains(what)).expect("there");
    let last = lines.iter().rposition(|line| line.contains("test:work")).expect("there");
    let ends = lines.iter().rposition(|line| line.contains("sched_process_exit")).expect("there");
    assert!(at("sched_process_exec") < at("test:work") && last < ends, "{lines:#?}");
}

#[test]
fn what_a_short_ring_cannot_hold_is_counted() {
    let folder = scratch("record-programs-loss");
    let mut command = marey();
    let arguments = ["record", "-u", "--allow-loss", "--buffer", "4KiB", "--"];
    command.current_dir(&folder).args(arguments).args(program());
    work(&mut command, 1_000_000, 2);
    let ran = finish(&mut command);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let ledger = ledger(&folder);
    assert!(number(&ledger, "/lost") > 0, "{ledger}");
    assert!(ran.stderr.contains(" since the ring was full; "), "{}", ran.stderr);
    assert_eq!(number(&ledger, "/delivered") + number(&ledger, "/lost"), 2_000_000, "{ledger}");
    let read = Command::new("babeltrace2").arg(folder.join("recording")).output();
    let Ok(read) = read else { return println!("skipped: babeltrace2 is not here") };
    let said = String::from_utf8_lossy(&read.stderr);
    assert!(read.status.success() && said.contains("discarded"), "{said}");
}

#[test]
fn a_program_that_runs_is_found_and_left_again() {
    let folder = scratch("record-programs-running");
    let child = running(&folder);
    let pid = child.0.id().to_string();
    for (turn, scope) in [["-p", &pid], ["-s", "30"]].into_iter().enumerate() {
        let arguments = [&["-u", "-n", "1000", "--force"], &scope[..]].concat();
        let ran = record_beside(&folder, &arguments);
        assert!([0, 3].contains(&ran.status), "{}", ran.stderr);
        let ledger = ledger(&folder);
        assert!(number(&ledger, "/delivered") >= 1000, "{ledger}");
        assert_eq!(number(&ledger, "/programs/0/pid"), u64::from(child.0.id()), "turn {turn}");
    }
    // Of another process, which did not start it, there is nothing.
    let other = Beside(Command::new("sleep").arg("60").spawn().expect("sleep runs"));
    let pid = other.0.id().to_string();
    let ran = record_beside(&folder, &["-u", "-s", "0.3", "--force", "-p", &pid]);
    assert_eq!((ran.status, number(&ledger(&folder), "/received")), (0, 0), "{}", ran.stderr);
}

#[test]
fn what_is_recorded_of_one_program_says_nothing_of_another_of_its_process() {
    let folder = scratch("record-programs-instances");
    let own = folder.join("recording/.programs");
    fs::create_dir_all(folder.join("recording/user")).expect("a folder");
    fs::create_dir_all(&own).expect("a folder");
    let [test, _, exact] = program();
    let mut command = Command::new(test);
    command.args(["programs::becomes_another", &exact]).env(TURN, "0");
    command.env("MAREY_DIR", &own).env("MAREY_EVENTS", "*").stdout(Stdio::null());
    assert!(command.status().expect("it runs").success());
    let left = fs::read_dir(&own).expect("a folder").map(|entry| entry.expect("one").path());
    let mut left: Vec<_> = left.collect();
    left.sort();
    let [first, second] = &left[..] else { panic!("{left:?}") };
    // The later one is recorded, and both are there as if the recorder was killed then.
    let aside = folder.join("aside");
    let copied = Command::new("cp").arg("-a").arg(second).arg(folder.join("again")).status();
    assert!(copied.expect("cp").success());
    fs::rename(first, &aside).expect("it is there");
    let repair = || finish(marey().current_dir(&folder).args(["repair", "recording"])).ok();
    assert!(repair().contains("10 events of programs"));
    fs::create_dir_all(&own).expect("a folder");
    fs::rename(&aside, first).expect("it is there");
    fs::rename(folder.join("again"), second).expect("it is there");
    let said = repair();
    assert!(said.contains("10 events of programs"), "{said}");
    let Some(lines) = events(&folder) else { return };
    assert_eq!(lines.len(), 20, "{lines:#?}");
    (0..2).for_each(|turn| assert!(numbers_of(&lines, turn).into_iter().eq(0..10), "{lines:#?}"));
}
