//! What each option does.

use super::*;

#[test]
fn files_go_where_the_options_say() {
    let forms: [&[&str]; 4] = [
        &["-c", "code", "-H", "headers", "-m", "trace", "config.yaml"],
        &["--code-dir=code", "config.yaml", "--headers-dir=headers", "--metadata-dir", "trace"],
        &["-ccode", "-Hheaders", "-mtrace", "config.yaml"],
        &[
            "-c.",
            "-c",
            "code",
            "-H",
            ".",
            "-Hheaders",
            "-m.",
            "--metadata-dir=trace",
            "config.yaml",
        ],
    ];
    for form in forms {
        let folder = folder("folders");
        for name in ["code", "headers", "trace"] {
            fs::create_dir(folder.join(name)).expect("a folder");
        }
        assert_eq!(generate(&folder, form).ok(), "");
        let expected = ["code/barectf.c", "config.yaml", "headers/barectf-bitfield.h"];
        let expected = [&expected[..], &["headers/barectf.h", "trace/metadata"]].concat();
        assert_eq!(names(&folder), expected, "{form:?}");
    }
}

#[test]
fn files_go_to_the_current_folder_unless_told_otherwise() {
    for verb in ["generate", "gen"] {
        let folder = folder("current");
        assert_eq!(run_in(&folder, &[verb, "config.yaml"]).ok(), "");
        let mut expected = GENERATED.to_vec();
        expected.insert(3, "config.yaml");
        assert_eq!(names(&folder), expected);
    }
}

#[test]
fn a_prefix_is_for_functions_and_files() {
    let folder = folder("prefix");
    for (prefix, function, file) in
        [("my_", "my_init(", "my.h"), ("my", "myinit(", "my.h"), ("_x__", "_x__init(", "_x.h")]
    {
        generate(&folder, &["-p", prefix, "config.yaml"]).ok();
        let header = read(&folder, file);
        assert!(header.contains(&format!("void {function}")), "{prefix}: {header}");
        assert!(!header.contains("barectf_"), "{prefix}");
    }
}

/// barectf makes tracers of them that no compiler takes: number 19 of what is wrong with it.
#[test]
fn no_19_a_prefix_is_a_name_in_c() {
    let folder = folder("prefix-wrong");
    for prefix in ["9bad", "a-b", "a b", "", "ä", "../up"] {
        let ran = generate(&folder, &["-p", prefix, "config.yaml"]);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{prefix}");
        assert!(ran.stderr.contains("--prefix"), "{prefix}: {}", ran.stderr);
        assert_eq!(names(&folder), ["config.yaml"], "{prefix}");
    }
}

#[test]
fn a_tracer_in_rust_is_one_file() {
    let folder = folder("rust");
    assert_eq!(generate(&folder, &["--lang", "c", "config.yaml"]).ok(), "");
    let metadata = read(&folder, "metadata");
    for name in GENERATED {
        fs::remove_file(folder.join(name)).expect("it was generated");
    }
    let shown = generate(&folder, &["--lang", "rust", "--dry-run", "config.yaml"]).ok();
    assert_eq!(shown, "new        metadata\nnew        barectf.rs\n");
    fs::create_dir(folder.join("src")).expect("a folder");
    generate(&folder, &["--lang=rust", "-c", "src", "-p", "my_", "config.yaml"]).ok();
    assert_eq!(names(&folder), ["config.yaml", "metadata", "src/my.rs"]);
    assert_eq!(read(&folder, "metadata"), metadata, "it is the same for all languages");
    let method = "    pub fn trace_greeting(&mut self, name: &str, count: u32) -> bool {\n";
    assert!(read(&folder, "src/my.rs").contains(method));
    let (values, _) = json(&folder, &["generate", "--lang", "rust", "config.yaml"]);
    let kinds: Vec<_> = of_type(&values, "file").iter().map(|file| &file["kind"]).collect();
    assert_eq!(kinds, ["metadata", "source"]);
}

#[test]
fn metadata_is_of_the_versions_asked_for() {
    for (ctf, first) in
        [("1", "/* CTF 1.8 */"), ("2", "\u{1e}{\"type\": \"preamble\""), ("both", "")]
    {
        let folder = folder("ctf");
        generate(&folder, &["--ctf", ctf, "config.yaml"]).ok();
        assert!(read(&folder, "metadata").starts_with(first), "{ctf}");
        assert_eq!(folder.join("ctf2").exists(), ctf == "both");
        if ctf == "both" {
            assert!(read(&folder, "metadata").starts_with("/* CTF 1.8 */"));
            assert!(read(&folder, "ctf2/metadata").starts_with("\u{1e}{"));
        }
    }
}

#[test]
fn what_is_written_is_like_that_of_the_version_asked_for() {
    let folder = folder("compat");
    let version_2 = "version: '2.2'\nmetadata:\n  \
        trace: {$include: trace-basic.yaml}\n  streams:\n    s:\n      \
        packet-context-type:\n        class: struct\n        fields:\n          \
        packet_size: {class: int, size: 32}\n          content_size: {class: int, size: 32}\n      \
        events: {e: {payload-type: {class: struct, fields: {x: {class: int, size: 8}}}}}\n";
    write(&folder, "two.yaml", version_2.as_bytes());
    let files = |arguments: &[&str]| {
        let ran = generate(&folder, &[arguments, &["two.yaml"]].concat());
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        (read(&folder, "metadata"), read(&folder, "barectf.h"))
    };
    let usual = files(&[]);
    assert_eq!(files(&["--compat", "2.3"]), usual);
    assert!(usual.1.contains("off_spc_packet_size"), "{}", usual.1);
    let new = files(&["--compat", "3.1"]);
    assert!(new.1.contains("off_pc_packet_size"), "{}", new.1);
    assert_ne!(new.0, usual.0);
    let ran = generate(&folder, &["--compat", "2.3", "config.yaml"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
}

#[test]
fn a_uuid_is_that_asked_for() {
    let folder = folder("uuid");
    let uuid = "2c5ea1ab-27a4-4a27-9a4b-1d4ac5b4b8a0";
    let with = |uuid: &str| {
        let dumped = generate(&folder, &["--uuid", uuid, "--dump-config", "config.yaml"]).ok();
        let metadata = read(&folder, "metadata");
        let line = metadata.lines().find(|line| line.contains("uuid =")).expect("a UUID");
        let found = line.split('"').nth(1).expect("text").to_owned();
        assert!(dumped.contains(&format!("uuid: {found}\n")), "{dumped}");
        assert!(metadata.contains("} uuid[16];"), "packets have it, too: {metadata}");
        found
    };
    assert_eq!(with(uuid), uuid);
    assert_eq!(with(&uuid.to_uppercase()), uuid);
    let random = with("random");
    assert_eq!(random.as_bytes()[14], b'4', "{random}");
    assert_ne!(random, with("random"));
    write(&folder, "auto.yaml", CONFIG.replace("    native", "    uuid: auto\n    native"));
    assert_eq!(generate(&folder, &["auto.yaml"]).ok(), "");
    let first = read(&folder, "metadata");
    generate(&folder, &["auto.yaml"]).ok();
    assert_eq!(read(&folder, "metadata"), first, "`auto` stands for the same every time");
}

#[test]
fn the_configuration_is_dumped_besides() {
    let folder = folder("dump");
    let shown = run_in(&folder, &["config", "show", "config.yaml"]).ok();
    assert_eq!(generate(&folder, &["--dump-config", "config.yaml"]).ok(), shown);
    assert!(shown.starts_with("%YAML 1.2\n--- !<tag:barectf.org,2020/3/config>\ntrace:\n"));
    assert!(shown.ends_with("\n...\n"), "{shown}");
    assert!(folder.join("barectf.c").exists());
}

#[test]
fn files_to_include_are_looked_for_in_order() {
    let folder = folder("include");
    for (name, order) in [("one", "le"), ("two", "be"), (".", "le")] {
        fs::create_dir_all(folder.join(name)).expect("a folder");
        write(&folder, &format!("{name}/order.yaml"), format!("native-byte-order: {order}\n"));
    }
    write(&folder, "two/stdint.yaml", "$field-type-aliases: {uint32: {class: real, size: 32}}\n");
    let includes = CONFIG.replace("    native-byte-order: little-endian\n", "");
    write(&folder, "config.yaml", includes.replace("[stdint", "[order.yaml, stdint"));
    let shown = |arguments: &[&str]| {
        run_in(&folder, &[&["config", "show"], arguments, &["config.yaml"]].concat()).ok()
    };
    assert!(shown(&[]).contains("little-endian"));
    assert!(shown(&["-Itwo", "-I", "one"]).contains("big-endian"));
    assert!(shown(&["-I", "one", "-I", "two"]).contains("little-endian"));
    assert!(shown(&[]).contains("unsigned-integer") && !shown(&["-I", "two"]).contains("unsigned"));
}

#[test]
fn files_to_include_may_be_missing_on_request() {
    let folder = folder("missing-include");
    write(&folder, "config.yaml", CONFIG.replace("[stdint", "[nowhere.yaml, stdint"));
    let ran = generate(&folder, &["config.yaml"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("`nowhere.yaml` is nowhere"), "{}", ran.stderr);
    assert_eq!(generate(&folder, &["--ignore-include-not-found", "config.yaml"]).ok(), "");
}

#[test]
fn a_dry_run_says_what_would_be_written() {
    let folder = folder("dry");
    assert_eq!(
        generate(&folder, &["--dry-run", "config.yaml"]).ok(),
        "new        metadata\nnew        barectf.h\nnew        barectf-bitfield.h\n\
         new        barectf.c\n"
    );
    assert_eq!(names(&folder), ["config.yaml"]);
    generate(&folder, &["config.yaml"]).ok();
    write(&folder, "barectf.c", "mine\n");
    let ran = generate(&folder, &["--dry-run", "--ctf", "2", "config.yaml"]).ok();
    assert_eq!(
        ran,
        "changed    metadata\nunchanged  barectf.h\nunchanged  barectf-bitfield.h\n\
         changed    barectf.c\n"
    );
    assert_eq!(read(&folder, "barectf.c"), "mine\n");
    let (values, _) = json(&folder, &["generate", "--dry-run", "config.yaml"]);
    let files = of_type(&values, "file");
    assert!(files.iter().all(|file| file["written"] == false), "{files:?}");
    assert_eq!(values.last().expect("an end")["written"], 0);
}

#[test]
fn make_understands_which_files_were_read() {
    let folder = folder("depfile");
    let odd = "my #1 $(x).yaml";
    write(&folder, odd, "native-byte-order: be\n");
    write(&folder, "config.yaml", CONFIG.replace("[stdint", &format!("['{odd}', stdint")));
    let config = CONFIG.replace("    native-byte-order: little-endian\n", "");
    write(&folder, "my config.yaml", config.replace("[stdint", &format!("['{odd}', stdint")));
    let arguments = ["--depfile", "tracer.d", "-m", ".", "my config.yaml"];
    assert_eq!(generate(&folder, &arguments).ok(), "");
    assert_eq!(
        read(&folder, "tracer.d"),
        "metadata barectf.h barectf-bitfield.h barectf.c: \\\n  my\\ config.yaml \\\n  \
         ./my\\ \\#1\\ $$(x).yaml\n"
    );
    if !is_here("make") {
        return;
    }
    write(&folder, "Makefile", "include tracer.d\nbarectf.c:\n\t@echo made\n");
    let make = || finish(Command::new("make").current_dir(&folder).arg("barectf.c")).ok();
    assert_eq!(make(), "make: 'barectf.c' is up to date.\n");
    let output = fs::File::options().write(true).open(folder.join("barectf.c")).expect("it");
    output.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1)).expect("a time");
    assert!(make().contains("made"));
}
