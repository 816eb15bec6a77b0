//! What all verbs do alike, and the small verbs: help, formats, completions, manual pages.
#![cfg(unix)]

use std::io::Write as _;
use std::process::{Command, Stdio};

use process::{finish, golden, marey, run};
use schema::Schema;

#[path = "support/process.rs"]
mod process;
#[path = "support/schema.rs"]
mod schema;

/// The verbs that the help lists.
fn verbs() -> Vec<String> {
    let help = run(["--help"]).ok();
    let (_, list) = help.split_once("\nCommands:\n").expect("a list");
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let verbs: Vec<_> = names.filter(|name| !name.is_empty() && *name != "help").collect();
    assert!(verbs.len() > 7 && verbs.contains(&"print"), "{help}");
    verbs.into_iter().map(str::to_owned).collect()
}

const COLUMNS_MAX: usize = 80;

/// Whether all lines fit into a terminal, be it a wider one.
fn fits(text: &str) -> bool {
    text.lines().all(|line| line.chars().count() <= COLUMNS_MAX)
}

#[test]
fn no_arguments_is_wrong_usage() {
    let ran = run::<&str>([]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("Usage: marey"), "{}", ran.stderr);
}

#[test]
fn help_leads_with_an_example_and_fits() {
    let mut arguments = vec![vec!["--help"], vec!["-h"]];
    let verbs = verbs();
    arguments.extend(verbs.iter().flat_map(|verb| [vec![verb, "--help"], vec!["help", verb]]));
    for arguments in arguments {
        let mut command = marey();
        let help = finish(command.args(&arguments).env("COLUMNS", "200")).ok();
        let verb =
            arguments.iter().find(|word| verbs.iter().any(|verb| verb == *word)).unwrap_or(&"");
        assert!(help.starts_with("Examples:\n  "), "{help}");
        let first = help.lines().nth(1).expect("an example");
        assert!(first.trim().starts_with(format!("marey {verb}").trim()), "{first}");
        assert!(fits(&help), "{help}");
    }
}

#[test]
fn version_is_said() {
    assert_eq!(run(["--version"]).ok(), concat!("marey ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn wrong_usage_says_what_to_do() {
    let cases: [(&[&str], &str); 10] = [
        (&["prnt"], "tip: a similar subcommand exists: 'print'"),
        (&["print", "--verbos", "x"], "tip: a similar argument exists: '--verbose'"),
        (&["print"], "<FILE>..."),
        (&["report"], "<FILE>..."),
        (&["print", "-j", "0", "x"], "0 is not in 1..=1024"),
        (&["print", "--time", "local", "x"], "[possible values: utc, unix]"),
        (&["print", "--color", "maybe", "x"], "[possible values: auto, always, never]"),
        (&["man", "prin"], "tip: a similar value exists: 'print'"),
        (&["completions", "tcsh"], "[possible values: bash, elvish, fish, powershell, zsh]"),
        (&["completions"], "<SHELL>"),
    ];
    for (arguments, advice) in cases {
        let ran = run(arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.stderr.contains(advice), "{arguments:?}: {}", ran.stderr);
        // clap breaks no list of values.
        let is_list = |line: &&str| line.starts_with("  [possible values: ");
        let lines: Vec<&str> = ran.stderr.lines().filter(|line| !is_list(line)).collect();
        assert!(fits(&lines.join("\n")), "{}", ran.stderr);
    }
}

#[test]
fn formats_fit_and_are_named_as_errors_name_them() {
    let printed = run(["formats"]).ok();
    assert!(fits(&printed), "{printed}");
    golden("formats.txt", &printed);
    let values = Schema::of("formats").check(&run(["formats", "--json"]).ok());
    let named = |kind: &str| {
        let of_kind = values.iter().filter(move |value| value["type"] == kind);
        of_kind.map(|value| value["name"].as_str().expect("a name")).collect::<Vec<_>>()
    };
    assert_eq!(named("format"), ["pcapng", "pcap", "snoop", "erf"]);
    let compressions = ["gzip", "bgzf", "zstd", "lz4", "xz", "lzma", "bzip2", "compress"];
    assert_eq!(named("compression"), compressions);
    assert!(values.iter().any(|value| value["description"] == "a program (ELF)"));
}

#[test]
fn completions_know_verbs_and_options() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(["completions", shell]).ok();
        for word in ["print", "report", "stats", "formats", "verbose", "json", "every"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let script = run(["completions", "bash"]).ok();
    match checked_by("bash", &["-n"], &script) {
        Some(said) => assert_eq!(said, ""),
        None => println!("skipped: no bash here"),
    }
}

#[test]
fn manual_pages_have_examples_and_exit_statuses() {
    for verb in [String::new()].iter().chain(&verbs()) {
        let arguments: Vec<&str> =
            ["man", verb].into_iter().filter(|word| !word.is_empty()).collect();
        let page = run(&arguments).ok();
        for section in
            ["NAME", "SYNOPSIS", "OPTIONS", "EXAMPLES", "\"EXIT STATUS\"", "\"SEE ALSO\""]
        {
            assert!(page.contains(&format!(".SH {section}\n")), "{verb}: {section}: {page}");
        }
        let name = if verb.is_empty() { "marey".to_owned() } else { format!("marey\\-{verb}") };
        assert!(page.contains(&format!("\n{name} \\- ")), "{page}");
        match checked_by("man", &["--warnings", "-l", "-"], &page) {
            Some(said) => assert_eq!(said, "", "{verb}"),
            None => println!("skipped: no man here"),
        }
    }
}

#[test]
fn verbs_of_verbs_stand_on_the_page_of_the_verb() {
    let page = run(["man", "config"]).ok();
    for verb in ["SHOW", "VERSION", "CHECK", "SCHEMA"] {
        assert!(page.contains(&format!(".SH \"CONFIG {verb}\"\n")), "{page}");
    }
    assert!(page.contains("\\-\\-indent\\-spaces"), "{page}");
    assert!(!page.contains("config\\-show(1)"), "there is no such page");
    let help = run(["help", "config", "show"]).ok();
    assert!(help.starts_with("Examples:\n  marey config show") && fits(&help), "{help}");
}

/// What a program says on standard error about a text; `None` if it is not here.
fn checked_by(program: &str, arguments: &[&str], text: &str) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).env("MANWIDTH", "80").stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().ok()?;
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    Some(String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_closed_or_full_output_ends_quietly_or_not() {
    for arguments in [&["formats"][..], &["man"], &["completions", "bash"], &["--help"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ran = finish(marey().args(arguments).stdout(writer));
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{arguments:?}");
        let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
            println!("skipped: no /dev/full here");
            continue;
        };
        let ran = finish(marey().args(arguments).stdout(full));
        assert_eq!(ran.status, 6, "{arguments:?}: {}", ran.stderr);
    }
}
