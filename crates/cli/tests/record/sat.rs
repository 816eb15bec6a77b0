//! Samples of QNX's System Analysis Toolkit, by what they do.

use std::sync::mpsc;

use super::*;

/// Two handlers of two events share a flag.
const ALTERNATE: &str = include_str!("../../../recorder/examples/sat/eh_simple.marey");
/// Two handlers of two classes share a flag.
const CLASSES: &str = include_str!("../../../recorder/examples/sat/eh_global.marey");
/// A handler sends events to a sink.
const SENDS: &str = include_str!("../../../recorder/examples/sat/eh_output.marey");

#[test]
fn handlers_of_the_samples_are_right() {
    if !errors::has_tracefs() {
        return;
    }
    let folder = scratch("record-samples");
    for text in [ALTERNATE, CLASSES, SENDS] {
        fs::write(folder.join("sample.marey"), text).expect("written");
        let ran = finish(marey().current_dir(&folder).args([
            "check",
            "sample.marey",
            "--sink",
            "out=fd:1",
        ]));
        assert!(ran.status == 0 && ran.stdout.contains("no mistakes"), "{}", ran.stderr);
    }
}

#[test]
fn two_events_with_one_flag_strictly_alternate() {
    let folder = scratch("record-alternate");
    fs::write(folder.join("alternate.mh"), ALTERNATE).expect("written");
    // All of a machine may be more than the ring holds: what comes to the handlers alternates.
    let arguments = ["-H", "alternate.mh", "-s", "1", "--allow-loss"];
    let Some(ran) = beside_calls(|| record(&folder, &arguments)) else { return };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let ledger = ledger(&folder);
    assert!(number(&ledger, "/delivered") >= 20, "{ledger}");
    let [received, delivered, filtered, lost] =
        ["/received", "/delivered", "/filtered", "/lost"].map(|what| number(&ledger, what));
    assert_eq!(received, delivered + filtered + lost, "{ledger}");
    let of_both = |name: &str| -> u64 {
        (0..2).map(|block| number(&ledger, &format!("/filters/{block}/{name}"))).sum()
    };
    assert_eq!(of_both("seen"), received - lost, "{ledger}");
    assert_eq!(of_both("kept"), delivered, "{ledger}");
    let Some(lines) = babeltrace(&folder) else { return };
    let is_switch: Vec<bool> = lines.iter().map(|line| line.contains("sched_switch: ")).collect();
    assert_eq!(is_switch.first(), Some(&false), "it begins with a call");
    assert!(is_switch.windows(2).all(|pair| pair[0] != pair[1]), "they do not alternate");
}

/// Does this beside a thread that calls the kernel, sleeps and calls again.
fn beside_calls<T>(what: impl FnOnce() -> T) -> T {
    let (goes_on, until) = mpsc::channel::<()>();
    let each = Duration::from_millis(1);
    std::thread::spawn(move || {
        while until.recv_timeout(each) == Err(mpsc::RecvTimeoutError::Timeout) {
            call(0);
        }
    });
    let done = what();
    drop(goes_on);
    done
}

#[test]
fn one_class_and_what_it_counted() {
    let folder = scratch("record-class");
    let handler =
        "on class thread { count(event); hist(cpu by current.comm); mark(\"here\") if cpu >= 0 }";
    fs::write(folder.join("h.mh"), handler).expect("written");
    // What an interrupt does while a program runs on its CPU is lost, and counted.
    let arguments = ["--class", "thread", "-H", "h.mh", "-s", "0.3", "--json", "--allow-loss"];
    let Some(ran) = record(&folder, &arguments) else { return };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    Schema::of("record").check(&ran.stdout);
    let ledger = ledger(&folder);
    let rows = ledger.pointer("/handlers/0/tables/0/rows").and_then(Value::as_array);
    let rows = rows.expect("rows").iter();
    let counted: u64 = rows.map(|row| number(row, "/count")).sum();
    assert_eq!(counted, number(&ledger, "/delivered"));
    let Some(lines) = babeltrace(&folder) else { return };
    let marks = lines.iter().filter(|line| line.contains("marey_mark: ")).count() as u64;
    assert_eq!((marks, lines.len() as u64), (counted, 2 * counted));
}

#[test]
fn a_handler_ends_the_recording() {
    let folder = scratch("record-stop");
    fs::write(folder.join("stop.mh"), "on sched:sched_switch { stop }").expect("written");
    let begin = Instant::now();
    let Some(ran) = record(&folder, &["-H", "stop.mh", "-s", "60"]) else { return };
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(begin.elapsed() < Duration::from_secs(50), "it ended for another reason");
    assert!(number(&ledger(&folder), "/delivered") > 0, "what ended it is recorded");
}
