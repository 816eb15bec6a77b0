//! Contexts that are asked for.

use super::*;

#[test]
fn contexts_that_are_none_are_told() {
    let folder = scratch("contexts-wrong");
    let ran = record(&folder, &["--context", "prio,stack", "-e", "sched:sched_switch"]);
    let Some(ran) = ran else { return };
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("did you mean `kstack` or `ustack`?"), "{}", ran.stderr);
    let Some(ran) = record(&folder, &["--context", "prio", "-i", "lo"]) else { return };
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("--context is for events of the kernel"), "{}", ran.stderr);
}

#[test]
fn they_stand_in_the_lines_of_sinks() {
    let folder = scratch("contexts-sink");
    fs::write(folder.join("send.mh"), "on sched:sched_process_exec { send out }").expect("a file");
    let arguments = ["--context=prio,kstack", "-H", "send.mh", "--sink", "out=fd:1", "--", "true"];
    let Some(ran) = record(&folder, &arguments) else { return };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let line: Value =
        serde_json::from_str(ran.stdout.lines().next().expect("a line")).expect("JSON");
    assert!(line["prio"].as_i64().is_some_and(|prio| prio > 0), "{line}");
    assert!(line["callstack_kernel"].as_array().is_some_and(|all| all.len() > 1), "{line}");
}
