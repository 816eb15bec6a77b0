//! Static rules, from the command line, from files, and while it is recorded.

use super::*;

/// The answer to a request for a rule.
fn change(folder: &Path, rule: &str) -> Ran {
    finish(marey().current_dir(folder).args(["record", "rule", "recording", rule]))
}

#[test]
fn rules_of_files_come_first() {
    let folder = scratch("rules-files");
    fs::write(folder.join("rules"), "# none\ndelete all\n\n  add class thread\n").expect("written");
    let more = ["--rule", "delete event sched:sched_wak*", "--rule", "fast event thread:1"];
    let own = ["-e", "sched:*", "-e", "raw_syscalls:*", "--rules", "rules", "-s", "0.3", "--json"];
    let Some(ran) = record(&folder, &[&own[..], &more].concat()) else { return };
    assert!(matches!(ran.status, 0 | 3), "{}", ran.stderr);
    Schema::of("record").check(&ran.stdout);
    let ledger = ledger(&folder);
    let (received, delivered) = (number(&ledger, "/received"), number(&ledger, "/delivered"));
    assert_eq!(received, delivered + number(&ledger, "/filtered") + number(&ledger, "/lost"));
    let events = ledger["events"].as_array().expect("events");
    let mut off = 0;
    for event in events {
        let name = event["event"].as_str().expect("a name");
        off += number(event, "/filtered_by_rule/off");
        let is_on = ["sched:sched_switch", "sched:sched_process_exit"].contains(&name);
        assert!(is_on || number(event, "/delivered") == 0, "{event}");
    }
    assert!(off > 0);
    assert_eq!(off, number(&ledger, "/filtered"));
    let rules = ledger["rules"].as_array().expect("rules").iter();
    let rules: Vec<&str> = rules.filter_map(|rule| rule["rule"].as_str()).collect();
    assert_eq!(rules[..2], ["delete all", "add class thread"]);
    assert_eq!(rules[2..], ["delete event sched:sched_wak*", "fast event thread:1"]);
    let Some(lines) = babeltrace(&folder) else { return };
    assert_eq!(lines.len() as u64, delivered);
    let switches = lines.iter().filter(|line| line.contains("sched_switch: "));
    assert!(switches.clone().count() > 0);
    assert!({ switches }.all(|line| line.contains("{ prev_pid = ") && !line.contains("_comm")));
}

#[test]
fn rules_that_are_wrong_are_shown() {
    if !errors::has_tracefs() {
        return;
    }
    let folder = scratch("rules-wrong");
    let own = ["-e", "sched:sched_switch"];
    let said = errors::wrong(&folder, &[&own[..], &["--rule", "fst all"]].concat());
    assert!(said.contains("--rule:1:1") && said.contains("did you mean `fast`?"), "{said}");
    fs::write(folder.join("rules"), "fast all\ndelete class thred\n").expect("written");
    let said = errors::wrong(&folder, &[&own[..], &["--rules", "rules"]].concat());
    assert!(said.contains("rules:2:8") && said.contains("did you mean `thread`?"), "{said}");
    let said = errors::wrong(&folder, &[&own[..], &["--rule", "add event irq:*"]].concat());
    assert!(said.contains("no event `irq:*`") && said.contains("name it"), "{said}");
    // What fast leaves out is not there from the start.
    let fast = ["--rule", "fast class thread", "-f", "prev_prio == 120"];
    let said = errors::wrong(&folder, &[&own[..], &fast].concat());
    assert!(said.contains("sched:sched_switch (fast) has no `prev_prio`"), "{said}");
    fs::write(folder.join("h.mh"), "on class thread { keep if prev_prio == 120; discard }")
        .expect("written");
    let said = errors::wrong(&folder, &["-H", "h.mh", "-e", "sched:*", "--rule", "fast all"]);
    assert!(said.contains("h.mh:1:27"), "{said}");
}

#[test]
fn rules_change_while_it_is_recorded() {
    let folder = scratch("rules-control");
    let (me, filter) = (std::process::id().to_string(), own_calls());
    let own = ["-e", "syscalls:sys_enter_statx", "-f", &filter, "-p", &me];
    let Some(child) = start(&folder, &own) else { return };
    let begin = Instant::now();
    while change(&folder, "delete event syscall:statx").status != 0 {
        assert!(begin.elapsed() < Duration::from_secs(60), "it does not answer");
    }
    (0..100).for_each(call);
    let said = change(&folder, "add all");
    assert!(said.status == 0 && said.stdout.contains("`add all`: 1 kind of events"), "{said:?}");
    (100..200).for_each(call);
    assert_eq!(change(&folder, "fast all").status, 0);
    (200..300).for_each(call);
    for (rule, why) in [
        ("add class thread", "no event of class `thread`"),
        ("ad all", "did you mean `add`?"),
        ("add event syscall:statx2", "did you mean `syscall:statx`"),
    ] {
        let said = change(&folder, rule);
        let words: Vec<&str> = said.stderr.split_whitespace().collect();
        assert!(said.status == 2 && words.join(" ").contains(why), "{}", said.stderr);
    }
    let stopped = finish(marey().current_dir(&folder).args(["record", "stop"]));
    assert_eq!(stopped.status, 0, "{}", stopped.stderr);
    assert!(child.wait_with_output().expect("it ends").status.success());
    let ledger = ledger(&folder);
    assert_eq!(number(&ledger, "/lost"), 0);
    assert_eq!(ledger["rules"].as_array().map(Vec::len), Some(3), "{ledger}");
    assert!(number(&ledger, "/events/0/filtered_by_rule/off") >= 100);
    let Some(lines) = babeltrace(&folder) else { return };
    assert!(numbers(&lines).into_iter().eq(100..300));
    let marks = lines.iter().filter(|line| line.contains("marey_mark: "));
    let marks: Vec<&str> = marks.filter_map(|line| line.split("rule: ").nth(1)).collect();
    let expected = ["delete event syscall:statx\" }", "add all\" }", "fast all\" }"];
    assert_eq!(marks, expected);
}
