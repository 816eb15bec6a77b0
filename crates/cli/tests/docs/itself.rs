//! What runs the documents' blocks, on documents that are true and on some that are not.

use super::*;

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn wildcards_match_lines_and_text() {
    for (expected, actual, same) in [
        (&["a", "b"][..], &["a", "b  "][..], true),
        (&["a"], &["a", "b"], false),
        (&["a", "..."], &["a", "b", "c"], true),
        (&["...", "c"], &["a", "b", "c"], true),
        (&["...", "d"], &["a", "b", "c"], false),
        (&["a", "...", "b"], &["a", "b"], true),
        (&["took [..] s, [..] left"], &["took 1.2 s, 3 left"], true),
        (&["took [..] s"], &["took 1 s!"], false),
        (&["[..]aa"], &["aa"], true),
        (&["a[..]a"], &["a"], false),
    ] {
        assert_eq!(lines_match(&owned(expected), actual), same, "{expected:?} {actual:?}");
    }
}

#[test]
fn blocks_and_steps_are_found() {
    let text = "x\n  ```sh,exit=4,needs=a b c\n  one\n  ```\n```rust,file=b\n```\n```console\n\
                $ a \\\n  b\nA\nB\n? 3\n$ c\n```\n";
    let blocks = blocks(text);
    assert_eq!(blocks.len(), 3);
    assert_eq!((blocks[0].line, blocks[0].words.as_str()), (2, "b c"));
    assert_eq!((blocks[0].indent.as_str(), blocks[0].lines[0].as_str()), ("  ", "one"));
    assert_eq!(blocks[0].attribute("exit"), Some("4"));
    assert_eq!(blocks[0].attribute("needs"), Some("a"));
    assert_eq!((blocks[1].language.as_str(), blocks[1].attribute("file")), ("rust", Some("b")));
    let expected = owned(&["A", "B"]);
    let script = "a \\\n  b".to_owned();
    assert_eq!(
        steps(&blocks[2]),
        [
            Step { script, expected, status: 3, place: (9, 11) },
            Step { script: "c".into(), expected: Vec::new(), status: 0, place: (13, 13) },
        ]
    );
}

/// A repository of one document.
fn repository(name: &str, text: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("docs-itself").join(name);
    fs::remove_dir_all(&root).ok();
    fs::create_dir_all(&root).expect("a folder");
    fs::write(root.join("a.md"), text).expect("a document");
    for arguments in [&["init", "-q"][..], &["add", "a.md"]] {
        let status = Command::new("git").current_dir(&root).args(arguments).status();
        assert!(status.expect("git is there").success());
    }
    root
}

#[test]
fn what_is_true_passes() {
    let text = "```sh\ntest -f a.md; command -v marey; echo x > y\n```\n```console\n\
                $ cat y\nx\n$ echo b >&2; exit 3\nb\n? 3\n$ cargo test\n```\n\
                ```sh,norun it takes a day\nfalse\n```\n\
                ```sh,needs=true,needs=no-such-program\nfalse\n```\n\
                ```sh,exit=2\nexit 2\n```\n\
                ```rust,file=c.rs\nfn a() {}\n```\n```rust\nno\n```\n\
                ```console\n$ cat c.rs\nfn a() {}\n```\n";
    assert_eq!(run_document(&repository("true", text), "a.md"), Vec::<String>::new());
}

#[test]
fn what_is_false_fails() {
    let text = "```sh\nfalse\ntrue\n```\n```console\n$ echo a\nb\n$ exit 1\n```\n\
                ```sh,norun\n```\n```bash\n```\n```rust,file=no/c.rs\n```\n";
    let wrong = run_document(&repository("false", text), "a.md");
    let starts = [
        "a.md:1: exit",
        "a.md:5: $ echo a",
        "a.md:5: $ exit 1",
        "a.md:10: norun",
        "a.md:12: call the block sh",
        "a.md:14: no/c.rs: ",
    ];
    assert_eq!(wrong.len(), starts.len(), "{wrong:?}");
    for (wrong, start) in wrong.iter().zip(starts) {
        assert!(wrong.starts_with(start), "{wrong}");
    }
}

#[test]
fn blessing_replaces_what_was_printed() {
    let text = "  ```console\n  $ echo a\n  b\n  c\n  $ echo d\n  ```\nend\n";
    let root = repository("bless", text);
    let sandbox = Sandbox::new(&root, "bless");
    let mut edits = Vec::new();
    assert_eq!(run_console(&sandbox, &blocks(text)[0], &mut edits).len(), 2);
    bless(&root.join("a.md"), edits);
    let blessed = fs::read_to_string(root.join("a.md")).expect("the document reads");
    assert_eq!(blessed, "  ```console\n  $ echo a\n  a\n  $ echo d\n  d\n  ```\nend\n");
}

#[test]
fn cargo_run_is_marey() {
    let root = repository("cargo", "");
    let sandbox = Sandbox::new(&root, "cargo");
    let script = "cp \"$(command -v marey)\" m; rm \"$(command -v marey)\"
        printf '#!/bin/sh\\necho \"$@\"\\n' > \"${PATH%%:*}/marey\"
        chmod +x \"${PATH%%:*}/marey\"
        cargo run --release --bin marey -- report -- x; cargo build --release; cargo run";
    assert_eq!(sandbox.run(script), (0, "report -- x\n\n".to_owned()));
}
