//! `marey generate --example`: what a newcomer does first.

use super::*;

#[test]
fn two_commands_bring_a_first_event() {
    let folder = scratch("generate-example");
    let said = generate(&folder, &["--example", "hello"]).ok();
    let files =
        ["README.md", "barectf-bitfield.h", "barectf.c", "barectf.h", "config.yaml", "main.c"];
    let files = [&files[..], &["platform.c", "platform.h", "trace/metadata"]].concat();
    assert_eq!(names(&folder.join("hello")), files);
    let line = said.lines().last().expect("a line").trim();
    let end = " && babeltrace2 trace";
    let builds = line.strip_suffix(end).expect("it ends by reading");
    if !is_here("cc") {
        return;
    }
    let mut command = Command::new("sh");
    assert_eq!(finish(command.current_dir(&folder).args(["-c", builds])).ok(), "");
    if !is_here("babeltrace2") {
        return;
    }
    let hello = folder.join("hello");
    let event = |count: u32| format!("greeting: {{ name = \"world\", count = {count} }}");
    assert_eq!(events(&hello), [event(1), event(2), event(3)]);
    generate(&hello, &["--ctf", "both", "-m", "trace", "config.yaml"]).ok();
    assert!(hello.join("trace/ctf2/metadata").exists());
    assert_eq!(events(&hello), [event(1), event(2), event(3)], "readers look at no folder there");
}

/// The events of the trace in a folder, as babeltrace2 prints them.
fn events(folder: &Path) -> Vec<String> {
    let mut command = Command::new("babeltrace2");
    let printed = finish(command.current_dir(folder).arg("trace")).ok();
    printed.lines().map(without_time).collect()
}

/// A line of babeltrace2 from the name of the event on.
fn without_time(line: &str) -> String {
    line.split_once(") ").map_or(line, |(_, event)| event).to_owned()
}

#[test]
fn it_is_small_and_compiles_without_a_warning() {
    assert!(CONFIG.lines().count() <= 15, "a first look takes no more");
    let folder = scratch("generate-example-strict");
    generate(&folder, &["--example", "."]).ok();
    if !is_here("gcc") {
        return;
    }
    let flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsanitize=undefined"];
    let sources = ["main.c", "platform.c", "barectf.c"];
    let mut command = Command::new("gcc");
    command.current_dir(&folder).args(flags).args(sources).args(["-o", "hello"]);
    assert_eq!(finish(&mut command).ok(), "");
    assert_eq!(finish(Command::new("./hello").current_dir(&folder)).ok(), "");
    assert_eq!(fs::read(folder.join("trace/stream")).expect("a stream").len(), 4096);
}

#[test]
fn what_it_says_of_a_change_is_true() {
    let folder = scratch("generate-example-change");
    generate(&folder, &["--example", "."]).ok();
    let readme = read(&folder, "README.md");
    let line = readme.lines().find(|line| line.contains("marey generate ")).expect("a command");
    let arguments: Vec<&str> = line.split_whitespace().skip(2).collect();
    let unchanged = generate(&folder, &[&arguments[..], &["--dry-run"]].concat()).ok();
    assert!(unchanged.lines().all(|line| line.starts_with("unchanged ")), "{unchanged}");
}

#[test]
fn nothing_is_overwritten() {
    let folder = scratch("generate-example-there");
    write(&folder, "mine", "");
    let ran = generate(&folder, &["--example", "."]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert_eq!(ran.stderr, "marey: .: it is not empty; name a folder that is not there yet\n");
    assert_eq!(generate(&folder, &["--example", "mine"]).status, 2);
    assert_eq!(names(&folder), ["mine"]);
    let (values, _) = json(&folder, &["generate", "--example", "it's new"]);
    assert_eq!(of_type(&values, "file").len(), 9);
    let said = generate(&folder, &["--example", "it's newer"]).ok();
    assert!(said.contains("cd 'it'\\''s newer' && cc"), "{said}");
}
