//! What is said when something is wrong, and how a run ends.

use super::*;
use process::run_with;

/// A configuration with several things wrong.
fn wrong() -> String {
    CONFIG.replace("uint32", "uint33").replace("string}", "strin}").replace(
        "        $is-default: true",
        "        $is-default: true\n        $is-default: false",
    )
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let folder = folder("wrong");
    write(&folder, "wrong.yaml", wrong());
    let ran = generate(&folder, &["wrong.yaml"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    golden("generate/wrong.txt", &ran.stderr);
    assert_eq!(names(&folder), ["config.yaml", "wrong.yaml"]);
    let (values, ran) = json(&folder, &["generate", "wrong.yaml"]);
    assert_eq!(ran.stderr, "error: 2 errors, 1 warning: nothing was generated\n");
    let found = of_type(&values, "diagnostic");
    assert_eq!(found.len(), 3);
    assert_eq!((&found[0]["severity"], &found[0]["line"]), (&"warning".into(), &10.into()));
    let end = values.last().expect("an end");
    assert_eq!(
        (&end["errors"], &end["warnings"], &end["files"]),
        (&2.into(), &1.into(), &0.into())
    );
}

#[test]
fn warnings_do_not_keep_from_generating() {
    let folder = folder("warning");
    write(&folder, "config.yaml", wrong().replace("uint33", "uint32").replace("strin}", "string}"));
    let ran = generate(&folder, &["config.yaml"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
    assert!(ran.stderr.starts_with("warning: "), "{}", ran.stderr);
    assert!(folder.join("barectf.c").exists());
    let (values, ran) = json(&folder, &["config", "check", "config.yaml"]);
    assert_eq!((ran.status, ran.stderr.as_str(), values.len()), (0, "", 2));
}

#[test]
fn files_that_are_no_configurations_are_told() {
    let folder = folder("garbage");
    write(&folder, "empty", "");
    write(&folder, "binary", b"\x7fELF\x02\x01\x00\xff\xfe\x1b[31m");
    write(&folder, "text", "Dear reader,\n");
    write(&folder, "tag", "--- !<tag:example.org,1>\na: b\n");
    write(&folder, "open", "a: [1, 2\n");
    let mut said = String::new();
    for name in ["missing", ".", "empty", "binary", "text", "tag", "open"] {
        let ran = generate(&folder, &[name]);
        assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{name}: {}", ran.stderr);
        assert!(!ran.stderr.contains('\u{1b}'), "{name}: {}", ran.stderr);
        assert!(ran.stderr.ends_with("error: 1 error: nothing was generated\n"), "{name}");
        assert_eq!(run_in(&folder, &["config", "check", name]).status, 1, "{name}");
        said.push_str(&format!("==> {name} <==\n{}\n", ran.stderr));
        let (values, _) = json(&folder, &["generate", name]);
        assert_eq!(of_type(&values, "diagnostic").len(), 1, "{name}");
    }
    golden("generate/garbage.txt", &said);
}

#[test]
fn wrong_usage_says_what_to_do() {
    let folder = folder("usage");
    write(&folder, "file", "");
    let cases: [(&[&str], &str); 16] = [
        (&[], "CONFIG"),
        (&["a.yaml", "b.yaml"], "unexpected argument 'b.yaml'"),
        (&["-c", "none", "config.yaml"], "none: there is no such folder (--code-dir); create it"),
        (
            &["-H", "none", "config.yaml"],
            "none: there is no such folder (--headers-dir); create it",
        ),
        (&["-m", "file", "config.yaml"], "file: it is no folder (--metadata-dir)"),
        (
            &["-I", "none", "config.yaml"],
            "none: there is no such folder (--include-dir); create it",
        ),
        (&["-p", "9bad", "config.yaml"], "no name in C begins so"),
        (&["-p", "a-b", "config.yaml"], "no name in C begins so"),
        (&["-p", "_", "config.yaml"], "no name for files is left"),
        (&["--lang", "ada", "config.yaml"], "[possible values: c, rust]"),
        (&["--ctf", "3", "config.yaml"], "[possible values: 1, 2, both]"),
        (&["--compat", "1.0", "config.yaml"], "[possible values: 2.3, 3.1]"),
        (&["--uuid", "1234", "config.yaml"], "neither random nor UUID"),
        (&["--example", "x", "config.yaml"], "cannot be used with"),
        (&["--example", "x", "-p", "y"], "cannot be used with"),
        (&["--dump", "config.yaml"], "tip: a similar argument exists: '--dump-config'"),
    ];
    for (arguments, advice) in cases {
        let ran = generate(&folder, arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.stderr.contains(advice), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.lines().all(|line| line.chars().count() <= 80), "{}", ran.stderr);
    }
    assert_eq!(names(&folder), ["config.yaml", "file"]);
}

#[test]
fn the_standard_input_is_a_configuration_too() {
    let folder = folder("stdin");
    let code = folder.to_str().expect("UTF-8");
    let arguments = ["generate", "-c", code, "-H", code, "-m", code, "--depfile"];
    let depfile = format!("{code}/x.d");
    let ran = run_with(&[&arguments[..], &[&depfile, "-"]].concat(), CONFIG.as_bytes());
    assert_eq!(ran.ok(), "");
    assert!(read(&folder, "x.d").ends_with("barectf.c:\n"), "{}", read(&folder, "x.d"));
    assert!(read(&folder, "metadata").contains("\"greeting\""));
    let ran = run_with(&["config", "check", "-"], wrong().as_bytes());
    assert!(ran.stderr.contains("--> /dev/stdin:"), "{}", ran.stderr);
    assert_eq!(run_with(&["config", "version", "-"], b"version: '2.2'\n").ok(), "2\n");
}

#[test]
fn colour_is_for_terminals_and_on_request() {
    let folder = folder("colour");
    write(&folder, "wrong.yaml", wrong());
    let colour = |arguments: &[&str], no_color: &str| {
        let mut command = marey();
        command.current_dir(&folder).env("NO_COLOR", no_color).arg("generate").args(arguments);
        finish(command.arg("wrong.yaml")).stderr.contains('\u{1b}')
    };
    assert!(!colour(&[], "") && !colour(&["--color", "never"], ""));
    assert!(colour(&["--color", "always"], "") && colour(&["--color", "always"], "1"));
}

#[test]
fn a_closed_output_is_no_failure_and_a_full_one_is() {
    let folder = folder("output");
    for arguments in [&["generate", "--dump-config", "config.yaml"][..], &["config", "schema"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ran = finish(marey().current_dir(&folder).args(arguments).stdout(writer));
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{arguments:?}");
        let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else {
            println!("skipped: no /dev/full here");
            continue;
        };
        let ran = finish(marey().current_dir(&folder).args(arguments).stdout(full));
        assert_eq!(ran.status, 6, "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn programs_are_told_what_is_written() {
    let folder = folder("json");
    let (values, ran) = json(&folder, &["generate", "--dump-config", "--ctf=both", "config.yaml"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let yaml = of_type(&values, "configuration")[0]["yaml"].as_str().expect("text").to_owned();
    assert_eq!(yaml, run_in(&folder, &["config", "show", "config.yaml"]).ok());
    let files = of_type(&values, "file");
    let kinds: Vec<_> = files.iter().map(|file| file["kind"].as_str().expect("a kind")).collect();
    assert_eq!(kinds, ["metadata", "metadata", "header", "header", "source"]);
    for file in files {
        let path = file["path"].as_str().expect("a path");
        let bytes = read(&folder, path).len() as u64;
        assert_eq!((file["bytes"].as_u64(), &file["written"]), (Some(bytes), &true.into()));
    }
    let (values, _) = json(&folder, &["generate", "config.yaml"]);
    assert!(of_type(&values, "file").iter().all(|file| file["state"] == "unchanged"));
}
