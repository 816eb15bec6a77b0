//! Functions and probes of programs are events like those of the kernel.
#![cfg(target_os = "linux")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use marey_recorder::session::Plan;
use marey_recorder::uprobe::{Found, NotFound, find};
use support::{babeltrace, plan_of, record, tid};

/// A program with probes as `sys/sdt.h` makes them: at two places, with values in registers, in
/// memory and constant ones, and one that is reached only if somebody looks.
const PROGRAM: &str = r#"
#define PROBE(counter, values, ...) __asm__ volatile ( \
    "990: nop\n.pushsection .note.stapsdt,\"?\",\"note\"\n.balign 4\n" \
    ".4byte 992f-991f,994f-993f,3\n991: .asciz \"stapsdt\"\n992: .balign 4\n" \
    "993: .8byte 990b\n.8byte _.stapsdt.base\n.8byte " counter "\n" \
    ".asciz \"demo\"\n.asciz \"" values "\"\n994: .balign 4\n.popsection\n" \
    ".ifndef _.stapsdt.base\n" \
    ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
    ".weak _.stapsdt.base\n.hidden _.stapsdt.base\n_.stapsdt.base: .space 1\n" \
    ".size _.stapsdt.base,1\n.popsection\n.endif\n" :: __VA_ARGS__)

__attribute__((section(".probes"))) volatile unsigned short watched_by;
static const char *volatile names[] = {"even", "odd"};
volatile int read_it;

__attribute__((noinline)) long work(int n, const char *path)
{
    volatile int below = -n;
    volatile long table[] = {1000, 2000, 3000, 4000};
    register long which __asm__("rax") = n % 4;
    register volatile long *first __asm__("rbx") = table;
    PROBE("0", "step\"\n.asciz \"-4@%0 8@%1 4@%2 8@(%%rbx,%%rax,8) 2@%w3",
          "m"(below), "r"(path), "n"(77), "r"((short)-1), "r"(which), "r"(first), "m"(table[0]),
          "m"(table[1]), "m"(table[2]), "m"(table[3]));
    if (n % 10 == 0)
        PROBE("0", "step\"\n.asciz \"-4@%0 8@%1 4@%2 8@%3 2@%4",
              "r"(below), "r"(path), "r"(78), "n"(5), "n"(6));
    if (watched_by)
        PROBE("watched_by", "watched\"\n.asciz \"4@%0", "r"(n));
    return -(long)n;
}

int main(void)
{
    long sum = 0;
    /* The kernel reads only what the program has read before. */
    read_it = names[0][0];
    for (int n = 0; n < 1000; n++)
        sum += work(n, names[n % 2]);
    return sum != -499500;
}
"#;

/// The program, compiled. Nothing where that cannot be.
fn program(name: &str) -> Option<PathBuf> {
    if !cfg!(target_arch = "x86_64") {
        println!("skipped: the program is for x86-64");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    let (source, program) = (folder.join("program.c"), folder.join("program"));
    std::fs::write(&source, PROGRAM).expect("written");
    let made = Command::new("gcc").args(["-O1", "-o"]).arg(&program).arg(&source).output();
    let Ok(made) = made else {
        println!("skipped: gcc is not here");
        return None;
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Some(program)
}

fn found(patterns: &[String]) -> Vec<Found> {
    let found = patterns.iter().map(|text| {
        let pattern = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
        find(&pattern).unwrap_or_else(|e| panic!("{text}: {e}"))
    });
    found.flatten().collect()
}

fn plan(found: Vec<Found>, filters: &[&str]) -> Plan {
    let events = found.into_iter().map(|found| (found.format, found.recorded));
    plan_of(events.collect(), filters, None)
}

fn run(program: &Path) {
    assert!(Command::new(program).status().expect("it runs").success());
}

fn with<'l>(lines: &'l [String], text: &str) -> Vec<&'l str> {
    lines.iter().map(String::as_str).filter(|line| line.contains(text)).collect()
}

#[test]
fn functions_and_probes_with_their_values() {
    let Some(program) = program("uprobe-values") else { return };
    let at = program.display();
    let all = found(&[
        format!("uprobe:{at}:wor?(n:i32,path:str)"),
        format!("uretprobe:{at}:work"),
        format!("usdt:{at}:demo:step(below,path:str,k)"),
        format!("usdt:{at}:watched"),
    ]);
    let names: Vec<&str> = all.iter().map(|found| found.recorded.as_str()).collect();
    assert_eq!(names, ["work", "work_return", "demo:step", "demo:watched"]);
    let Some((ledger, folder)) = record(plan(all, &[]), "uprobe", || run(&program)) else { return };
    assert_eq!((ledger.delivered(), ledger.lost()), (4100, 0), "{ledger:?}");
    let Some(lines) = babeltrace(&folder) else { return };
    let calls = with(&lines, " work: ");
    let returns = with(&lines, " work_return: ");
    let watched = with(&lines, " demo:watched: ");
    assert_eq!((calls.len(), returns.len(), watched.len()), (1000, 1000, 1000));
    for (n, call) in calls.iter().enumerate() {
        let path = if n % 2 == 1 { "odd" } else { "even" };
        assert!(call.contains(&format!("n = {n}, path = \"{path}\"")), "{call}");
        assert!(returns[n].contains(&format!("ret = {}", -(n as i64))), "{}", returns[n]);
        assert!(watched[n].contains(&format!("arg0 = {n}")), "{}", watched[n]);
    }
    let steps = with(&lines, " demo:step: ");
    let second = with(&lines, "k = 78");
    assert_eq!((steps.len(), second.len()), (1100, 100));
    assert!(steps.iter().all(|step| step.contains("below = -") || step.contains("below = 0")));
    assert!(steps.iter().all(|step| step.contains("path = \"odd\"") || step.contains("\"even\"")));
}

#[test]
fn values_are_where_the_note_says() {
    let Some(program) = program("uprobe-notes") else { return };
    let all = found(&[format!("usdt:{}:demo:step", program.display())]);
    let [step] = &all[..] else { panic!("{all:?}") };
    assert_eq!(step.format.sites.len(), 2);
    let sizes: Vec<u32> = step.format.fields.iter().map(|field| field.size).collect();
    assert_eq!(sizes, [4, 8, 4, 8, 2]);
    let plan = plan(all, &["arg2 == 77"]);
    let Some((ledger, folder)) = record(plan, "uprobe-notes", || run(&program)) else { return };
    assert_eq!((ledger.delivered(), ledger.filtered()), (1000, 100), "{ledger:?}");
    let Some(lines) = babeltrace(&folder) else { return };
    for (n, line) in lines.iter().enumerate() {
        let (below, entry) = (-(n as i64), 1000 * (n % 4 + 1));
        let is_right = line.contains(&format!("arg0 = {below}, "))
            && line.contains(&format!("arg3 = {entry}, arg4 = 65535"));
        assert!(is_right, "{n}: {line}");
    }
}

#[test]
fn filters_choose_in_the_kernel() {
    let Some(program) = program("uprobe-filters") else { return };
    let all = found(&[format!("uprobe:{}:work(n:i32,path:str)", program.display())]);
    let plan = plan(all, &["n >= 500", "path == \"odd\" and comm == \"program\""]);
    let Some((ledger, _)) = record(plan, "uprobe-filters", || run(&program)) else { return };
    assert_eq!((ledger.delivered(), ledger.filtered()), (250, 750), "{ledger:?}");
}

#[test]
fn damaged_programs_are_read_as_far_as_they_go() {
    let Some(program) = program("uprobe-damaged") else { return };
    let (whole, damaged) =
        (std::fs::read(&program).expect("it is there"), program.with_file_name("damaged"));
    let (mut state, mut found) = (1_u64, 0);
    for _ in 0..400 {
        let mut bytes = whole.clone();
        for _ in 0..1 + state % 8 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // The head, the tables behind it, and the last quarter, where notes and symbols are.
            let at = match state >> 60 {
                0..6 => (state >> 20) as usize % 1024,
                _ => whole.len() - 1 - (state >> 20) as usize % (whole.len() / 4),
            };
            bytes[at] = (state >> 40) as u8;
        }
        if state.is_multiple_of(7) {
            bytes.truncate((state >> 20) as usize % whole.len());
        }
        std::fs::write(&damaged, &bytes).expect("written");
        for what in ["uprobe", "uretprobe", "usdt"] {
            let pattern = format!("{what}:{}:*", damaged.display());
            found += find(&pattern.parse().expect("a pattern")).map_or(0, |found| found.len());
        }
    }
    assert!(found > 400, "{found}");
}

#[inline(never)]
fn a_function_in_rust(n: u64) -> u64 {
    std::hint::black_box(n * 3)
}

#[test]
fn functions_in_rust_by_the_names_that_they_have() {
    let own = std::env::current_exe().expect("a name");
    let all = found(&[format!("uprobe:{}:uprobe::a_function_in_rust(n:u64)", own.display())]);
    let names: Vec<&str> = all.iter().map(|found| found.recorded.as_str()).collect();
    assert_eq!(names, ["uprobe::a_function_in_rust"]);
    let only = format!("tid == {} and n != 7", tid());
    let plan = plan(all, &[&only]);
    let work = || (0..10).for_each(|n| assert_eq!(a_function_in_rust(n), 3 * n));
    let Some((ledger, _)) = record(plan, "uprobe-rust", work) else { return };
    assert_eq!((ledger.delivered(), ledger.filtered()), (9, 1), "{ledger:?}");
}

#[test]
fn what_is_not_there_is_said() {
    let own = std::env::current_exe().expect("a name");
    let own = own.display();
    let refused = |text: &str| find(&text.parse().expect("a pattern")).expect_err(text);
    let said = refused(&format!("uprobe:{own}:uprobe::a_function_in_rus")).to_string();
    assert!(said.contains("did you mean `uprobe::a_function_in_rust`"), "{said}");
    assert!(matches!(refused("uprobe:no-such-program:f"), NotFound::File(_)));
    assert!(matches!(refused("uprobe:/:f"), NotFound::Unreadable(..)));
    assert!(matches!(refused(&format!("uprobe:{}:f", file!())), NotFound::File(_)));
    assert!(matches!(refused("uprobe:/proc/self/stat:f"), NotFound::Unreadable(..)));
    let many = "a:u8,b:u8,c:u8,d:u8,e:u8,f:u8,g:u8,h:u8,i:u8";
    let said = refused(&format!("uprobe:{own}:*a_function_in_rust({many})")).to_string();
    assert!(said.contains("arguments are in registers"), "{said}");
    let said = refused(&format!("usdt:{own}:any")).to_string();
    assert!(said.contains("has no probes"), "{said}");
}
