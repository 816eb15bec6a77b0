//! Inputs that are missing, unknown or damaged, and outputs that fail.

use std::process::Stdio;

use super::*;

/// The last of several lines, cut to what stands behind the path.
fn after<'t>(text: &'t str, path: &Path) -> &'t str {
    let (_, rest) = text.split_once(&format!("{}: ", path.display())).expect("the path");
    rest
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_printed() {
    let directory = scratch("print-inputs");
    let good = write(&directory, "good.pcap", &small("le-us.pcap").bytes);
    let cases = [
        (directory.join("missing"), "no such file or directory\n  Check the name"),
        (write(&directory, "empty", b""), "it is empty: 0 bytes\n"),
        (
            write(&directory, "text", b"hello\n"),
            "no known trace format; it looks like text\n  Formats",
        ),
        (
            write(&directory, "elf", b"\x7fELF\x02\x01\x01"),
            "it looks like a program (ELF)\n  See marey formats",
        ),
    ];
    for (path, reason) in cases {
        let ran = run([Path::new("print"), &path, &good]);
        assert_eq!(ran.status, 4);
        assert!(after(&ran.stderr, &path).starts_with(reason), "{}", ran.stderr);
        assert!(ran.stderr.lines().count() <= 5);
        let lines = ran.stdout.lines().count();
        assert_eq!(lines, 1 + small("le-us.pcap").packets().count(), "{}", ran.stdout);
        let ran = run([Path::new("print"), Path::new("--json"), &path, &good]);
        let values = Schema::of("print").check(&ran.stdout);
        assert_eq!(values[0]["type"], "error");
        assert_eq!(values[0]["path"], path.display().to_string());
        assert!(reason.starts_with(values[0]["reason"].as_str().expect("a reason")));
    }
}

#[test]
fn a_cut_file_is_printed_up_to_the_cut() {
    let directory = scratch("print-cut");
    let made = small("le-us.pcap");
    let cut = write(&directory, "cut.pcap", &made.bytes[..made.bytes.len() - 3]);
    let ran = run([Path::new("print"), &cut]);
    assert_eq!(ran.status, 4);
    assert_eq!(ran.stdout.lines().count(), made.packets().count() - 1);
    let last = made.records.last().expect("a record").range.clone();
    let there = last.len() - 3;
    let expected = format!("marey: {}: {there} bytes at {}: cut short", cut.display(), last.start);
    assert!(ran.stderr.starts_with(&expected), "{}", ran.stderr);
    let ran = run([Path::new("print"), Path::new("--json"), &cut]);
    let values = Schema::of("print").check(&ran.stdout);
    let damage = &values[values.len() - 2];
    assert_eq!((&damage["type"], &damage["offset"]), (&"damage".into(), &last.start.into()));
    assert_eq!(damage["len"], there);
}

#[test]
fn only_the_first_damaged_places_are_listed() {
    let directory = scratch("print-many");
    let mut bad =
        trace::damaged().into_iter().filter(|(name, _)| name.ends_with("cut-in-data.pcap"));
    let (_, bytes) = bad.next_back().expect("a damaged trace");
    for index in 0..13 {
        write(&directory, &format!("{index:02}.pcap"), &bytes);
    }
    let ran = run([Path::new("print"), &directory]);
    assert_eq!((ran.status, ran.stderr.lines().count()), (4, 11), "{}", ran.stderr);
    let last = ran.stderr.lines().last().expect("a line");
    assert!(last.starts_with("marey: 3 more damaged places; "), "{last}");
}

#[test]
fn other_files_in_directories_are_no_errors() {
    let directory = scratch("print-directory");
    write(&directory, "a.pcap", &small("le-us.pcap").bytes);
    write(&directory, "README", b"hello\n");
    write(&directory, "zero", b"");
    std::fs::create_dir_all(directory.join("ctf")).expect("a directory");
    write(&directory, "ctf/metadata", b"/* CTF 1.8 */");
    let ran = run([Path::new("print"), &directory]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let first = "marey: skipped 3 files that marey does not read:\n  ";
    assert!(ran.stderr.starts_with(first), "{}", ran.stderr);
    assert!(ran.stderr.contains("README: no known trace format; it looks like text\n"));
    let ran = run([Path::new("print"), Path::new("--json"), &directory]);
    let values = Schema::of("print").check(&ran.stdout);
    assert_eq!(values.iter().filter(|value| value["type"] == "skipped").count(), 3);
    // A trace whose header is cut is one all the same.
    write(&directory, "cut.pcap", &small("le-us.pcap").bytes[..20]);
    assert_eq!(run([Path::new("print"), &directory]).status, 4);
}

#[test]
fn several_inputs_have_headings() {
    let directory = scratch("print-headings");
    let one = write(&directory, "one.pcap", &small("be-ns.pcap").bytes);
    let two = write(&directory, "two.erf", &small("ethernet.erf").bytes);
    let alone = run([Path::new("print"), &one]).ok();
    assert!(!alone.contains("==>"));
    let both = run([Path::new("print"), &one, &two]).ok();
    let headings: Vec<&str> = both.lines().filter(|line| line.starts_with("==>")).collect();
    let expected = format!("==> {} <== pcap, big-endian, 1 ns", one.display());
    assert_eq!((headings.len(), headings[0]), (2, expected.as_str()));
    assert!(both.starts_with(&format!("{expected}\n{alone}==> ")));
}

#[test]
fn a_closed_output_is_no_failure() {
    let directory = scratch("print-closed");
    let demo = write(&directory, "demo.pcapng", &trace::demo().bytes);
    for workers in ["1", "2"] {
        for path in [demo.as_os_str(), std::ffi::OsStr::new("-")] {
            let mut command = marey();
            command.args(["print", "-vx", "-j", workers]).arg(path);
            // A pipe without a reader; the input never ends where it is a pipe.
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            command.stdin(Stdio::piped()).stdout(writer).stderr(Stdio::piped());
            let mut child = command.spawn().expect("marey starts");
            let mut stdin = child.stdin.take().expect("a pipe");
            let _ = std::io::Write::write_all(&mut stdin, &trace::demo().bytes);
            let mut said = String::new();
            let mut stderr = child.stderr.take().expect("a pipe");
            std::io::Read::read_to_string(&mut stderr, &mut said).expect("UTF-8");
            assert_eq!(child.wait().expect("an end").code(), Some(0), "{said}");
            assert_eq!(said, "");
        }
    }
}

#[test]
fn a_full_disk_is_a_failure() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
        return println!("skipped: no /dev/full here");
    };
    let directory = scratch("print-full");
    let demo = write(&directory, "demo.pcapng", &trace::demo().bytes);
    for json in [&[][..], &["--json"]] {
        let mut command = marey();
        command.arg("print").args(json).arg(&demo).stderr(Stdio::piped());
        command.stdout(full.try_clone().expect("a file"));
        let output = command.spawn().and_then(|child| child.wait_with_output()).expect("an end");
        assert_eq!(output.status.code(), Some(6));
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(
            said,
            "marey: writing the output failed: No space left on device (os error 28)\n"
        );
    }
}

#[test]
fn compressed_traces_are_printed_like_plain_ones() {
    // A gzip member with one stored block.
    let bytes = small("le-us.pcap").bytes;
    let len = u16::try_from(bytes.len()).expect("a small trace");
    let mut packed = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01".to_vec();
    packed.extend([len.to_le_bytes(), (!len).to_le_bytes()].concat());
    packed.extend(&bytes);
    packed.extend(frames_crc(&bytes).to_le_bytes());
    packed.extend(u32::from(len).to_le_bytes());
    assert_eq!(run_with(&["print", "-"], &packed).ok(), run_with(&["print", "-"], &bytes).ok());
    let Ran { status, stderr, .. } = run_with(&["print", "-"], &packed[..packed.len() - 30]);
    assert_eq!(status, 4);
    assert!(stderr.starts_with("marey: -: "), "{stderr}");
}

/// The CRC of gzip, a bit at a time.
fn frames_crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}
