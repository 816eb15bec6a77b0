//! Each rule is shown to fire, and to be quiet where it should be.

use super::*;

fn repository(files: &[(&str, &str)]) -> Repository {
    let file = |&(path, text): &(&str, &str)| File { path: path.into(), text: text.into() };
    Repository { files: files.iter().map(file).collect(), strays: Vec::new() }
}

/// The findings in a set of files as `path:line rule`.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let line = |finding: &Finding| format!("{}:{} {}", finding.path, finding.line, finding.rule);
    repository(files).tidy().iter().map(line).collect()
}

/// The findings in one file as `line rule`.
fn found_in(path: &str, text: &str) -> Vec<String> {
    let found = found(&[(path, text)]);
    found.iter().map(|finding| finding[path.len() + 1..].to_owned()).collect()
}

/// The findings in one Rust file of no special place.
fn found_in_rust(text: &str) -> Vec<String> {
    found_in("a/src/lib.rs", text)
}

#[test]
fn a_finding_says_where_what_and_what_to_do() {
    let findings = repository(&[("a.rs", "fn a() { dbg!(1) }")]).tidy();
    assert_eq!(
        findings[0].to_string(),
        "a.rs:1: leftover: `dbg!` is left over, instead finish it, or return an `Unsupported` \
         error that says what is missing"
    );
}

#[test]
fn lines_have_100_columns() {
    assert!(found_in_rust(&format!("//{}", "é".repeat(98))).is_empty());
    assert_eq!(found_in_rust(&format!("\n//{}", "é".repeat(99))), ["2 columns"]);
}

#[test]
fn functions_have_70_lines() {
    let function = |lines: usize| format!("fn a(x: [u8; 3]) -> u8 {{{}}}", "\n".repeat(lines - 1));
    assert!(found_in_rust(&function(70)).is_empty());
    assert_eq!(found_in_rust(&format!("\n{}", function(71))), ["2 fn-length"]);
    let in_strings = format!("fn a() {{ \"{{\"; '{{'; /* {{ */ }}{}fn b() {{}}", "\n".repeat(80));
    assert!(found_in_rust(&in_strings).is_empty());
    let no_body = format!("trait A {{ fn a(&self); {} }}", "\n".repeat(80));
    assert!(found_in_rust(&no_body).is_empty());
    let pointer = format!("static A: fn() = b; mod c {{{}}}", "\n".repeat(80));
    assert!(found_in_rust(&pointer).is_empty());
}

#[test]
fn files_have_800_lines_without_tests() {
    let lines = "\n".repeat(790);
    let tests = format!("{lines}#[cfg(test)]\nmod tests {{\n{}}}\n", "\n".repeat(50));
    assert!(found_in_rust(&tests).is_empty());
    let other = format!("{lines}#[cfg(unix)]\nmod other {{\n{}}}\n", "\n".repeat(50));
    assert_eq!(found_in_rust(&other), ["1 file-length"]);
    assert!(found_in("a/tests/b.rs", &other).is_empty());
}

#[test]
fn unsafe_has_its_reason() {
    assert_eq!(found_in_rust("fn a() {\n    unsafe { b() }\n}"), ["2 safety"]);
    assert_eq!(found_in_rust("unsafe impl Send for A {}"), ["1 safety"]);
    assert_eq!(found_in_rust("/// A.\nunsafe fn a() {}"), ["2 safety"]);
    assert_eq!(found_in_rust("#[unsafe(no_mangle)]\nfn a() {}"), ["1 safety"]);
    assert_eq!(found_in_rust("// SAFETY: x\n\nunsafe impl Send for A {}"), ["3 safety"]);
    for fine in [
        "// SAFETY: A holds no pointer.\nunsafe impl Send for A {}",
        "fn a() {\n    // SAFETY: `b` asks\n    // for nothing.\n    let c =\n  unsafe { b() };\n}",
        "/// A.\n///\n/// # Safety\n///\n/// Never twice.\n#[inline]\npub unsafe fn a() {}",
        "type A = unsafe extern \"C\" fn(u8); type B = unsafe fn(u8);",
        "// An unsafe { thing } in words.\nconst A: &str = \"unsafe {\";",
    ] {
        assert!(found_in_rust(fine).is_empty(), "{fine}");
    }
}

#[test]
fn nothing_is_left_over() {
    for text in ["fn a() { todo!() }", "fn a() { unimplemented!() }", "fn a() { dbg!(1); }"] {
        assert_eq!(found_in_rust(text), ["1 leftover"]);
    }
    assert_eq!(found_in_rust("/*\n FIXME: a\n*/\n// XXX"), ["2 leftover", "4 leftover"]);
    assert!(found_in_rust("const A: &str = \"FIXME todo!()\"; // XXXX").is_empty());
}

#[test]
fn allowances_have_reasons() {
    assert_eq!(found_in_rust("#![allow(dead_code)]"), ["1 allow-reason"]);
    assert_eq!(found_in_rust("#[expect(\n    dead_code\n)]\nfn a() {}"), ["1 allow-reason"]);
    assert!(found_in_rust("#[allow(dead_code, reason = \"b\")]\nfn a() {}").is_empty());
}

#[test]
fn crates_take_the_lints() {
    let bare = "[package]\nname = \"a\"\n[lints.rust]\nworkspace = true\n";
    assert_eq!(found_in("a/Cargo.toml", bare), ["1 lints"]);
    assert!(found_in("a/Cargo.toml", "[package]\n[lints]\nworkspace = true\n").is_empty());
    assert!(found_in("Cargo.toml", "[workspace]\n").is_empty());
}

#[test]
fn the_library_forbids_unsafe() {
    assert_eq!(found_in("crates/marey/src/lib.rs", "//! A."), ["1 forbid-unsafe"]);
    assert!(found_in("crates/marey/src/lib.rs", "#![forbid(unsafe_code)]").is_empty());
}

#[test]
fn formats_and_protocols_work_on_bytes() {
    let path = "crates/marey/src/format/pcap.rs";
    for text in [
        "use std::fs;",
        "use std::{io, fs::File};",
        "fn a() { std::thread::spawn(b); }",
        "fn a() { println!(); }",
        "fn a() { File::open(b); }",
        "fn a() { log::info!(); }",
        "use std::{collections::{BTreeMap, HashMap}, net::UdpSocket};",
    ] {
        assert_eq!(found_in(path, text), ["1 pure"], "{text}");
        assert_eq!(found_in("crates/marey/src/wire/tcp.rs", text), ["1 pure"], "{text}");
        assert!(found_in("crates/marey/src/input/mod.rs", text).is_empty(), "{text}");
        assert!(found_in(path, &format!("#[cfg(test)]\nmod tests {{ {text} }}")).is_empty());
    }
    assert!(found_in(path, "use std::{io, fmt}; fn a() { x.log(); } // std::fs").is_empty());
}

#[test]
fn pipeline_and_formats_do_not_know_each_other() {
    let pcap = ("crates/marey/src/format/pcap.rs", "");
    let folder = ("crates/marey/src/format/erf/mod.rs", "");
    let in_pipeline =
        |text: &str| found(&[pcap, folder, ("crates/marey/src/pipeline/run.rs", text)]);
    for text in ["use crate::format::pcap::A;", "use crate::format::{Frame, erf};"] {
        assert_eq!(in_pipeline(text), ["crates/marey/src/pipeline/run.rs:1 layers"]);
        assert!(in_pipeline(&format!("#[cfg(test)]\nmod tests {{ {text} }}")).is_empty());
    }
    assert!(in_pipeline("use crate::format::{Decode, Frame};").is_empty());
    assert_eq!(found_in(pcap.0, "use crate::pipeline::Cut;"), ["1 layers"]);
    assert_eq!(found_in(pcap.0, "use super::super::pipeline;"), ["1 layers"]);
    assert!(found_in(pcap.0, "/// See [`crate::pipeline`].\nfn a() {}").is_empty());
}

#[test]
fn words_are_those_of_the_glossary() {
    assert_eq!(found_in("a.md", "All Meta packets."), ["1 words"]);
    assert_eq!(found_in_rust("fn on_meta_packet() {}"), ["1 words"]);
    assert_eq!(found_in_rust("struct MetaPacket;"), ["1 words"]);
    assert_eq!(found_in_rust("/// An aggregator.\nstruct A;"), ["1 words"]);
    assert!(found_in_rust("const A: &str = \"meta packet\"; // meta, packet").is_empty());
}

#[test]
fn no_paths_of_one_machine() {
    let path = |top: &str| format!("/{top}/me/a");
    for top in MACHINE {
        assert_eq!(found_in("a.md", &format!("`{}`", path(top))), ["1 machine-path"]);
        assert_eq!(found_in("scripts/a", &format!("cd {}", path(top))), ["1 machine-path"]);
        assert_eq!(found_in_rust(&format!("// see {}", path(top))), ["1 machine-path"]);
        assert!(found_in("a.md", &format!("`x{0}` $R{0}", path(top))).is_empty());
        assert!(found_in("corpus/pcap/ok/a.txt", &path(top)).is_empty());
    }
}

const MACHINE: [&str; 3] = ["work", "root", "home"];

#[test]
fn documents_have_no_dates() {
    assert_eq!(found_in("a.md", "As of 2031-01-02."), ["1 date"]);
    assert!(found_in("a.md", "`2031-01-02`\n```text\n2031-01-02\n```\n1-2031-01-1").is_empty());
}

#[test]
fn links_lead_somewhere() {
    let there = ("docs/b.md", "# The `Big` part!\n## One\n## One\n");
    let here = |text: &str| found(&[there, ("docs/x/a.md", text)]);
    for text in [
        "[b](c.md)",
        "[b](../b.md#nowhere)",
        "[b](#nowhere)",
        "[b]: ../../docs/c.md",
        "<img src=\"b.svg\">",
    ] {
        assert_eq!(here(text), ["docs/x/a.md:1 link"], "{text}");
    }
    for text in [
        "[b](../b.md) [c](../../docs/) [d](https://example.org/a.md)",
        "[b](../b.md#the-big-part) [c](../b.md#one-1)",
        "`[b](c.md)`",
        "```\n[b](c.md)\n```",
        "# Here\n[a](#here)",
    ] {
        assert!(here(text).is_empty(), "{text}");
    }
}

#[test]
fn the_corpus_is_tracked() {
    let repository =
        Repository { files: Vec::new(), strays: vec!["corpus/pcap/ok/new.pcap".to_owned()] };
    let findings = repository.tidy();
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].rule, findings[0].line), ("corpus", 1));
}

#[test]
fn a_line_can_be_left_alone_with_a_reason() {
    let ask = |reason: &str| format!("// tidy: allow(leftover): {reason}\nfn a() {{ dbg!(1) }}");
    assert!(found_in_rust(&ask("it is the example")).is_empty());
    assert_eq!(found_in_rust(&ask(" ")), ["2 leftover"]);
    assert_eq!(found_in_rust(&ask("x").replace("leftover", "columns")), ["2 leftover"]);
}
