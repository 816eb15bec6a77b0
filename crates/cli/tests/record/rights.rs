//! A recording that runs may do no more than it needs.

use super::*;

/// The number behind a name in `/proc/PID/status`, in hexadecimal.
fn status(pid: u32, name: &str) -> u64 {
    let path = format!("/proc/{pid}/status");
    let text = fs::read_to_string(path).expect("it runs");
    let line = text.lines().find_map(|line| line.strip_prefix(name)).expect(name);
    u64::from_str_radix(line.trim_start_matches(':').trim(), 16).expect("a number")
}

#[test]
fn what_only_the_beginning_needs_is_given_up() {
    let folder = scratch("record-rights");
    let Some(child) = start(&folder, &["-e", "sched:sched_switch"]) else { return };
    // It has begun when there is a stream; what it does next is to give up.
    let begin = Instant::now();
    while status(child.id(), "NoNewPrivs") != 1 {
        assert!(begin.elapsed() < Duration::from_secs(60), "it does not give up");
        std::thread::sleep(Duration::from_millis(1));
    }
    // CAP_DAC_READ_SEARCH, CAP_PERFMON and CAP_BPF.
    let kept = 1 << 2 | 1 << 38 | 1 << 39;
    for set in ["CapEff", "CapPrm"] {
        assert_eq!(status(child.id(), set) & !kept, 0, "{set}");
    }
    assert_eq!(status(child.id(), "CapInh") | status(child.id(), "CapAmb"), 0);
    // A rule for processes needs programs more, which are attached now.
    let rule = format!("pid {} class thread", std::process::id());
    for words in [&["rule", "recording", &rule][..], &["pause"], &["resume"], &["stop"]] {
        let ran = finish(marey().current_dir(&folder).arg("record").args(words));
        assert_eq!(ran.status, 0, "{words:?}: {}", ran.stderr);
    }
    let ended = child.wait_with_output().expect("it has ended");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}
