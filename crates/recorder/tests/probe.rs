//! What machines allow, by their files; and what this one does.

use std::fs;
use std::path::{Path, PathBuf};

use marey_recorder::probe::{Answer, Machine, Probe, Purpose, all, is_possible};

/// A machine of a few files.
fn machine(name: &str, files: &[(&str, &str)]) -> Machine {
    let root: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("machines").join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("a folder");
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    Machine::at(&root)
}

fn probe(probes: &[Probe], name: &str) -> Probe {
    probes.iter().find(|probe| probe.name == name).expect(name).clone()
}

const NEW: (&str, &str) = ("proc/sys/kernel/osrelease", "6.18.44-1\n");

#[test]
fn a_machine_of_no_files_knows_little() {
    let probes = machine("empty", &[]).probes();
    for name in ["Linux", "capabilities", "AF_PACKET", "perf_event_paranoid", "lockdown"] {
        let probe = probe(&probes, name);
        assert_eq!((probe.answer, probe.remedy), (Answer::Unknown, None), "{name}");
    }
    assert!(is_possible(&probes, Purpose::Events), "nothing speaks against it");
}

#[test]
fn capabilities_are_told_by_name() {
    let rights = |mask: &str| {
        let status = format!("Name:\tmarey\nCapEff:\t{mask}\nSeccomp:\t0\n");
        machine("rights", &[NEW, ("proc/self/status", &status)]).probes()
    };
    let root = rights("000001ffffffffff");
    let found = probe(&root, "capabilities").found;
    assert_eq!(found, "bpf perfmon dac_read_search net_raw sys_admin");
    assert_eq!(probe(&root, "AF_PACKET").answer, Answer::Yes);
    let nobody = rights("0000000000000000");
    let found = probe(&nobody, "capabilities");
    assert_eq!(found.found, "none of those that recording needs");
    assert!(found.remedy.expect("a command").starts_with("sudo setcap cap_bpf,"));
    assert!(!is_possible(&nobody, Purpose::Packets));
    let packets = probe(&rights("0000000000002000"), "AF_PACKET");
    assert_eq!((packets.answer, packets.remedy), (Answer::Yes, None));
    let some = probe(&rights("000000c000000000"), "capabilities");
    assert_eq!(some.found, "bpf perfmon; not dac_read_search net_raw sys_admin");
    assert_eq!(some.answer, Answer::Yes);
    assert_eq!(probe(&rights("no number"), "capabilities").answer, Answer::Unknown);
}

#[test]
fn old_and_locked_kernels_are_told() {
    for (release, answer) in [
        ("5.14.0-70.el9", Answer::No),
        ("5.15.0", Answer::Yes),
        ("6.1.0-13-amd64", Answer::Yes),
        ("4.19", Answer::No),
        ("of my own", Answer::Unknown),
    ] {
        let probes = machine("release", &[("proc/sys/kernel/osrelease", release)]).probes();
        assert_eq!(probe(&probes, "Linux").answer, answer, "{release}");
        assert_eq!(is_possible(&probes, Purpose::Events), answer != Answer::No, "{release}");
    }
    for (level, is_fine) in [
        ("[none] integrity confidentiality", true),
        ("none [integrity] confidentiality", true),
        ("none integrity [confidentiality]", false),
    ] {
        let files = [NEW, ("sys/kernel/security/lockdown", level)];
        let probes = machine("lockdown", &files).probes();
        assert_eq!(is_possible(&probes, Purpose::Events), is_fine, "{level}");
        assert_eq!(probe(&probes, "lockdown").remedy.is_none(), is_fine, "{level}");
    }
}

#[test]
fn settings_and_containers_are_told() {
    let files = [
        NEW,
        ("proc/sys/kernel/perf_event_paranoid", "-1\n"),
        ("proc/sys/kernel/unprivileged_bpf_disabled", "2\n"),
        ("proc/sys/user/max_user_namespaces", "0\n"),
        ("proc/self/limits", "Limit\nMax locked memory    8388608   8388608   bytes\n"),
        ("proc/self/status", "CapEff:\t0\nSeccomp:\t2\n"),
        ("proc/self/uid_map", "         0       1000          1\n"),
        (".dockerenv", ""),
        ("sys/kernel/btf/vmlinux", "x"),
    ];
    let machine = machine("settings", &files);
    assert!(!machine.is_whole());
    let probes = machine.probes();
    let found = |name: &str| probe(&probes, name).found;
    assert_eq!(found("perf_event_paranoid"), "-1: anyone may open events");
    assert!(found("unprivileged BPF").starts_with("2: "));
    assert!(found("user namespaces").contains("max_user_namespaces is 0"));
    assert!(found("locked memory").starts_with("8192 KiB"));
    assert_eq!(probe(&probes, "BTF").answer, Answer::Yes);
    let container = "in a container; system calls are filtered (seccomp); in a user namespace";
    assert!(found("container").starts_with(container), "{}", found("container"));
}

#[test]
fn this_machine_answers() {
    let probes = all();
    for probe in &probes {
        assert!(!probe.name.is_empty() && !probe.found.is_empty(), "{probe:?}");
        assert!(probe.remedy.is_none() || probe.answer == Answer::No, "{probe:?}");
    }
    let needed = probes.iter().filter(|probe| probe.purpose == Purpose::Events);
    let lacking: Vec<_> = needed.filter(|probe| probe.answer == Answer::No).collect();
    assert!(lacking.iter().all(|probe| probe.remedy.is_some()), "{lacking:?}");
    assert_eq!(is_possible(&probes, Purpose::Events), lacking.is_empty());
    println!("{probes:#?}");
}
