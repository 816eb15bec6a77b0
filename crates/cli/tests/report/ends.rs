//! Inputs of all kinds, and how a run ends.

use std::process::Stdio;

use super::*;

#[test]
fn a_bad_input_does_not_stop_the_others() {
    let directory = scratch("report-bad");
    write(&directory, "a.pcap", &small("le-us.pcap").bytes);
    write(&directory, "empty", b"");
    write(&directory, "garbage", b"\x01\x02\x03 garbage \xff\xfe");
    write(&directory, "text", "just words\n".repeat(99).as_bytes());
    write(&directory, "program", b"\x7fELF and so on");
    let whole = small("le.pcapng").bytes;
    write(&directory, "cut.pcapng", &whole[..whole.len() - 5]);
    let inputs =
        ["empty", "garbage", "text", "program", "missing", "no*match", "cut.pcapng", "a.pcap"];
    let ran = report(&directory, "C.UTF-8", &inputs);
    assert_eq!(ran.status, 4);
    golden("report/bad-inputs.txt", &format!("{}--- standard error\n{}", ran.stdout, ran.stderr));
    let (lines, ran) = json(&directory, &inputs);
    assert_eq!(ran.status, 4);
    let types: Vec<&str> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
    assert_eq!(
        types,
        ["error", "error", "error", "error", "error", "error", "file", "file", "end"]
    );
    let kinds: Vec<&str> = lines.iter().filter_map(|line| line["kind"].as_str()).collect();
    assert_eq!(kinds, ["truncated", "unknown", "unknown", "unsupported", "missing", "misuse"]);
    let end = &lines[8];
    assert_eq!((&end["files"], &end["damaged"], &end["errors"]), (&2.into(), &1.into(), &6.into()));
}

#[test]
fn what_lies_in_a_directory_may_be_no_trace() {
    let directory = scratch("report-directory");
    std::fs::create_dir_all(directory.join("deep/er")).expect("a directory");
    std::fs::create_dir_all(directory.join("ctf")).expect("a directory");
    write(&directory, "a.pcap", &small("le-us.pcap").bytes);
    write(&directory, "deep/er/b.pcapng", &small("le.pcapng").bytes);
    write(&directory, "deep/notes.txt", b"notes\n");
    write(&directory, "empty", b"");
    write(&directory, "perf.data", b"PERFILE2........");
    write(&directory, "ctf/metadata", b"/* CTF 1.8 */");
    let ran = report(&directory, "C.UTF-8", &["."]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    golden("report/directory.txt", &ran.stdout);
    let (lines, ran) = json(&directory, &["."]);
    assert_eq!(ran.status, 0);
    let skipped = lines.iter().filter(|line| line["type"] == "skipped").count();
    assert_eq!((skipped, &lines[lines.len() - 1]["skipped"]), (4, &4.into()));
    // Damage is another matter.
    let whole = small("le.pcapng").bytes;
    write(&directory, "deep/cut.pcapng", &whole[..whole.len() - 5]);
    assert_eq!(report(&directory, "C", &["."]).status, 4);
    // So is what was named.
    assert_eq!(report(&directory, "C", &["ctf"]).status, 4);
    assert_eq!(report(&directory, "C", &["empty"]).status, 4);
}

#[test]
fn the_standard_input_is_an_input() {
    let ran = run_with(&["report", "--json", "-"], &small("be-ns.pcap").bytes);
    let lines = Schema::of("report").check(&ran.ok());
    assert_eq!((&lines[0]["path"], &lines[0]["format"]), (&"-".into(), &"pcap".into()));
    let ran = run_with(&["report", "-"], b"");
    assert_eq!((ran.status, ran.stderr.as_str()), (4, "marey: -: it is empty: 0 bytes\n"));
}

#[test]
fn what_may_not_be_read_is_said() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = scratch("report-denied");
    let path = write(&directory, "a.pcap", &small("le-us.pcap").bytes);
    let mode = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(&path, mode).expect("permissions");
    if std::fs::File::open(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let (lines, ran) = json(&directory, &["a.pcap"]);
    assert_eq!((ran.status, &lines[0]["kind"]), (5, &"denied".into()));
}

#[test]
fn no_input_is_wrong_usage() {
    let ran = run(["report"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("FILE"), "{}", ran.stderr);
}

#[test]
fn a_closed_output_is_enough() {
    let directory = all_traces("report-closed");
    for arguments in [&["report", "."][..], &["report", "--json", "."]] {
        let mut command = marey();
        command.current_dir(&directory).args(arguments).stderr(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).spawn().expect("marey starts");
        drop(child.stdout.take());
        let status = child.wait().expect("marey ends").code();
        // What was read before it noticed may be damaged.
        assert!(matches!(status, Some(0 | 4)), "{status:?}");
    }
    write(&directory, "one", &small("le-us.pcap").bytes);
    let mut command = marey();
    command.current_dir(&directory).args(["report", "one"]);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("marey starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("marey ends").code(), Some(0));
}

#[test]
fn a_full_device_is_an_error() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
        println!("skipped: there is no /dev/full");
        return;
    };
    let directory = scratch("report-full");
    write(&directory, "a.pcap", &small("le-us.pcap").bytes);
    let mut command = marey();
    command.current_dir(&directory).args(["report", "a.pcap"]).stdout(full);
    let ran = finish(&mut command);
    assert_eq!(ran.status, 6);
    assert!(ran.stderr.starts_with("marey: writing the output failed: "), "{}", ran.stderr);
}
