//! Contexts that are asked for are recorded with each event, and are what they say.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use marey_recorder::kernel::added::Added;
use marey_recorder::session::Plan;
use support::{babeltrace, folder, plan, plan_of, program, record};

const CALLS: usize = 10;

/// A program that says where its functions are, waits, goes into a cgroup, and calls; then again,
/// when it is nice.
const PROGRAM: &str = r#"
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

__attribute__((noinline)) static long inner(long number)
{
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
    return result + 1;
}
__attribute__((noinline)) static long outer(long number) { return inner(number) + 1; }

int main(int count, char **words)
{
    char line[16], own[16];
    printf("%p %p %p\n", (void *)inner, (void *)outer, (void *)main);
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin))
        return 1;
    FILE *group = fopen(words[1], "w");
    if (count > 1 && group) {
        snprintf(own, sizeof own, "%d", getpid());
        fputs(own, group);
        fclose(group);
    }
    for (int turn = 0; turn < 20; turn++) {
        if (turn == 10)
            setpriority(PRIO_PROCESS, 0, 5);
        outer(110);
    }
    return 0;
}
"#;

/// The program, that waits; where its functions are.
struct Waiting {
    path: PathBuf,
    child: Child,
    functions: Vec<u64>,
}

impl Waiting {
    /// Nothing where it cannot be made.
    fn new(name: &str, group: &str) -> Option<Self> {
        if !cfg!(target_arch = "x86_64") {
            println!("skipped: the program is for x86-64");
            return None;
        }
        let folder = folder(&format!("contexts-{name}"));
        let (source, path) = (folder.join("program.c"), folder.join("program"));
        fs::write(&source, PROGRAM).expect("written");
        let options = ["-O0", "-fno-omit-frame-pointer", "-o"];
        let made = Command::new("gcc").args(options).arg(&path).arg(&source).output();
        let Ok(made) = made else {
            println!("skipped: gcc is not here");
            return None;
        };
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut child = Command::new(&path);
        let child = child.arg(group).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.expect("it begins");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("said");
        let functions = line.split_whitespace().map(hexadecimal).collect();
        Some(Waiting { path, child, functions })
    }

    fn go_on(&mut self) {
        self.child.stdin.as_mut().expect("a pipe").write_all(b"\n").expect("it waits");
        assert!(self.child.wait().expect("it ends").success());
    }
}

fn hexadecimal(text: &str) -> u64 {
    let digits = text.strip_prefix("0x").unwrap_or_else(|| panic!("{text} is hexadecimal"));
    u64::from_str_radix(digits, 16).expect("a number")
}

/// What a line of babeltrace2 says of a field.
fn number<'l>(line: &'l str, name: &str) -> &'l str {
    let (_, rest) = line.split_once(&format!(" {name} = ")).unwrap_or_else(|| panic!("{line}"));
    rest.split([',', ' ']).next().expect("a value")
}

/// The addresses of a stack.
fn stack(line: &str, name: &str) -> Vec<u64> {
    let (_, rest) = line.split_once(&format!(" {name} = [")).unwrap_or_else(|| panic!("{line}"));
    let (all, _) = rest.split_once(" ]").expect("an end");
    all.split(", ").filter_map(|part| Some(hexadecimal(part.split_once(" = ")?.1.trim()))).collect()
}

/// The calls of the program in a recording with these contexts.
fn called(contexts: &[Added], name: &str, group: &str) -> Option<(Vec<String>, Vec<u64>)> {
    let mut waiting = Waiting::new(name, group)?;
    let threads = Some(vec![waiting.child.id()]);
    let filter = format!("id == {}", libc::SYS_getppid);
    let mut plan = plan(&["raw_syscalls:sys_enter"], &[&filter], threads)?;
    plan.contexts = contexts.to_vec();
    let (ledger, folder) = record(plan, &format!("contexts-of-{name}"), || waiting.go_on())?;
    assert_eq!((ledger.delivered(), ledger.lost()), (2 * CALLS as u64, 0), "{ledger:?}");
    Some((babeltrace(&folder)?, waiting.functions.clone()))
}

#[test]
fn functions_of_the_program_are_in_its_stack() {
    let contexts = [Added::KernelStack, Added::UserStack];
    let Some((lines, functions)) = called(&contexts, "stacks", "") else { return };
    assert_eq!(lines.len(), 2 * CALLS);
    let names = fs::read_to_string("/proc/kallsyms").expect("the names of the kernel");
    let names = names.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let address = u64::from_str_radix(words.next()?, 16).ok()?;
        Some((address, words.nth(1)?))
    });
    let mut names: Vec<_> = names.collect();
    names.sort();
    for line in &lines {
        let callers = stack(line, "callstack_user");
        for (caller, function) in callers.iter().zip(&functions) {
            assert!((*function..function + 400).contains(caller), "{functions:x?} {callers:x?}");
        }
        assert!(callers.len() > functions.len() && callers.len() < 127, "{line}");
        let callers = stack(line, "callstack_kernel");
        let name = |caller: &u64| {
            let behind = names.partition_point(|(address, _)| address <= caller);
            names[behind - 1].1
        };
        let callers: Vec<_> = callers.iter().map(name).collect();
        assert!(callers.iter().any(|name| name.contains("do_syscall_64")), "{callers:?}");
        assert!(callers.iter().any(|name| name.contains("entry_SYSCALL_64")), "{callers:?}");
    }
}

#[test]
fn the_priority_is_that_of_the_moment() {
    let Some((lines, _)) = called(&[Added::Prio], "prio", "") else { return };
    let prios: Vec<_> = lines.iter().map(|line| number(line, "prio")).collect();
    // SAFETY: it takes numbers only.
    let nice = unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) };
    let before = (120 + nice).to_string();
    assert_eq!(prios[..CALLS], [before.as_str(); CALLS]);
    assert_eq!(prios[CALLS..], ["125"; CALLS]);
}

#[test]
fn filters_and_handlers_ask_for_the_priority() {
    let of_kernel = "on raw_syscalls:sys_enter { keep if id == 110 and prio == 125; discard }";
    let at_drain = "state seen: u64; on raw_syscalls:sys_enter {
        seen += 1; hist(prio); keep if id == 110 and prio > 124; discard }";
    for (name, text) in [("in-kernel", of_kernel), ("at-drain", at_drain)] {
        let Some(mut waiting) = Waiting::new(name, "") else { return };
        let Some(plan) = program(&[], text, Some(vec![waiting.child.id()])) else { return };
        let recorded = record(plan, &format!("contexts-{name}"), || waiting.go_on());
        let Some((ledger, folder)) = recorded else { return };
        assert_eq!((ledger.delivered(), ledger.lost()), (CALLS as u64, 0), "{ledger:?}");
        let block = &ledger.filters[0];
        assert_eq!(
            (block.in_kernel > 0, block.at_drain > 0),
            (name == "in-kernel", name != "in-kernel")
        );
        assert!(ledger.events.iter().all(|event| event.unanswered == 0), "{ledger:?}");
        let lines = babeltrace(&folder).unwrap_or_default();
        assert!(lines.iter().all(|line| number(line, "prio") == "125"), "{lines:?}");
    }
}

/// A cgroup of version 2, as long as it is needed.
struct Group(PathBuf);

impl Group {
    fn new() -> Option<Self> {
        let mounts = fs::read_to_string("/proc/self/mounts").expect("mounts");
        let mut mounts = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
        let Some(mount) = mounts.find(|mount| mount.get(2) == Some(&"cgroup2")) else {
            println!("skipped: there are no cgroups of version 2");
            return None;
        };
        let path = Path::new(mount[1]).join(format!("marey-test-{}", std::process::id()));
        match fs::create_dir(&path) {
            Ok(()) => Some(Group(path)),
            Err(e) => {
                println!("skipped: {}: {e}", path.display());
                None
            }
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

#[test]
fn the_cgroup_is_the_inode_of_its_directory() {
    let Some(group) = Group::new() else { return };
    let file = group.0.join("cgroup.procs");
    let file = file.to_str().expect("UTF-8");
    let Some((lines, _)) = called(&[Added::Cgroup], "cgroup", file) else { return };
    let inode = fs::metadata(&group.0).expect("it is there").ino().to_string();
    assert!(lines.iter().all(|line| number(line, "cgroup_id") == inode), "{inode}: {lines:?}");
}

#[test]
fn places_in_programs_have_stacks_too() {
    let Some(mut waiting) = Waiting::new("place", "") else { return };
    let pattern = format!("uprobe:{}:inner(n:u64)", waiting.path.display());
    let found = marey_recorder::uprobe::find(&pattern.parse().expect("a place")).expect("there");
    let events = found.into_iter().map(|found| (found.format, found.recorded)).collect();
    let contexts = vec![Added::UserStack, Added::Cgroup];
    let plan = Plan { contexts, ..plan_of(events, &["n == 110"], Some(vec![waiting.child.id()])) };
    let Some((ledger, folder)) = record(plan, "contexts-of-place", || waiting.go_on()) else {
        return;
    };
    assert_eq!((ledger.delivered(), ledger.lost()), (2 * CALLS as u64, 0), "{ledger:?}");
    for line in babeltrace(&folder).unwrap_or_default() {
        assert_eq!(stack(&line, "callstack_user").first(), waiting.functions.first(), "{line}");
    }
}

#[test]
fn marks_and_what_the_recorder_adds_have_them_too() {
    let text = "on raw_syscalls:sys_enter { mark(\"seen\") if id == 39; discard if id != 39 }";
    let Some(plan) = program(&[], text, Some(vec![support::tid()])) else { return };
    let contexts = Added::ALL.map(|(added, _)| added).into_iter().rev().collect();
    let plan = Plan { contexts, is_shadow: true, has_state: true, ..plan };
    let Some((ledger, folder)) = record(plan, "contexts-marks", || support::calls(CALLS)) else {
        return;
    };
    assert_eq!((ledger.lost(), ledger.disagreements), (0, 0), "{ledger:?}");
    let Some(lines) = babeltrace(&folder) else { return };
    assert_eq!(lines.len() as u64, ledger.delivered() + ledger.state + CALLS as u64);
    let marks = lines.iter().filter(|line| line.contains("text = \"seen\""));
    assert_eq!(marks.filter(|line| number(line, "prio") != "0").count(), CALLS);
    let states = lines.iter().filter(|line| line.contains("thread_state"));
    let states: Vec<_> = states.map(|line| stack(line, "callstack_kernel").len()).collect();
    assert_eq!(states, vec![0; ledger.state as usize]);
}
