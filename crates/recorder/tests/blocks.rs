//! Blocks without state are done in the kernel, in their order, and counted one by one.

mod support;

use marey_recorder::session::{Ledger, OfFilter};
use support::{babeltrace, calls, program, record, tid};

const CALLS: u64 = 2000;

/// A program about the calls of this thread, with their numbers for their names.
fn of_calls(text: &str, name: &str) -> Option<Ledger> {
    let numbers = [
        ("GETPID", libc::SYS_getpid),
        ("GETPPID", libc::SYS_getppid),
        ("GETUID", libc::SYS_getuid),
    ];
    let text = numbers
        .iter()
        .fold(text.to_owned(), |text, (name, id)| text.replace(name, &id.to_string()));
    let plan = program(&[], &text, Some(vec![tid()]))?;
    let (ledger, folder) = record(plan, name, || calls(CALLS as usize))?;
    assert_eq!(ledger.lost(), 0, "{ledger:?}");
    assert_eq!(ledger.received(), ledger.delivered() + ledger.filtered());
    if let Some(lines) = babeltrace(&folder) {
        assert_eq!(lines.len() as u64, ledger.delivered());
    }
    Some(ledger)
}

/// How many events each block discarded, in the kernel and at the drain.
fn discarded(ledger: &Ledger) -> Vec<(u64, u64)> {
    let of = |block: &OfFilter| (block.in_kernel, block.at_drain);
    ledger.filters.iter().map(of).collect()
}

#[test]
fn those_of_classes_come_first() {
    let text = "on raw_syscalls:sys_enter { let far = id - GETPID; if far == 0 { keep } discard }
        on class raw_syscalls { discard if event == \"sys_exit\" or id == GETUID }";
    let Some(ledger) = of_calls(text, "blocks-order") else { return };
    assert_eq!(ledger.delivered(), CALLS, "{ledger:?}");
    let (of_event, of_class) = (discarded(&ledger)[0], discarded(&ledger)[1]);
    // The exits of all calls, at least, and one kind of calls.
    assert!(of_class.0 >= 4 * CALLS && of_class.1 == 0, "{ledger:?}");
    // Calls of another kind, and those of the test itself; none that the other one discarded.
    assert!((CALLS..2 * CALLS).contains(&of_event.0) && of_event.1 == 0, "{ledger:?}");
}

#[test]
fn behind_one_at_the_drain_all_are_there() {
    let text = "state seen: u64;
        on raw_syscalls:sys_enter { discard if id == GETUID }
        on raw_syscalls:sys_enter { seen += 1; discard if id == GETPPID }
        on raw_syscalls:sys_enter { keep if id == GETPID and seen > 0; discard }";
    let Some(ledger) = of_calls(text, "blocks-behind") else { return };
    assert_eq!(ledger.delivered(), CALLS, "{ledger:?}");
    let discarded = discarded(&ledger);
    assert_eq!(discarded[..2], [(CALLS, 0), (0, CALLS)], "{ledger:?}");
    assert_eq!(discarded[2].0, 0, "{ledger:?}");
}

#[test]
fn what_a_later_block_needs_is_asked_early() {
    let text = "state seen: u64;
        on raw_syscalls:sys_enter { discard if id == GETUID }
        on raw_syscalls:sys_enter { if id == GETPID and seen < 10 { seen += 1; keep } discard }";
    let Some(ledger) = of_calls(text, "blocks-early") else { return };
    assert_eq!(ledger.delivered(), 10, "{ledger:?}");
    let discarded = discarded(&ledger);
    assert_eq!(discarded[0], (CALLS, 0), "{ledger:?}");
    // What is no such call does not leave the kernel.
    assert!(discarded[1].0 >= CALLS, "{ledger:?}");
    assert_eq!(discarded[1].1, CALLS - 10, "{ledger:?}");
}

#[test]
fn the_kernel_takes_long_blocks() {
    let asked = |number: u32| {
        format!(
            "if id == {number} {{ let a = id * {number} - 7; let b = a / -3; \
             discard if b == {number} or b % 5 == 7 }} else {{ keep if id == {} }} ",
            number + 10_000
        )
    };
    let long: String = (0..150).map(asked).collect();
    let names: String = (0..12).map(|n| format!("let n{n} = id + {n}; ")).collect();
    let last = "discard if n0 + n11 != GETPID + GETPID + 11";
    let text = format!(
        "on raw_syscalls:sys_enter {{ {long} }}
        on raw_syscalls:sys_enter {{ {names} {last} }}"
    );
    let Some(ledger) = of_calls(&text, "blocks-long") else { return };
    assert_eq!(ledger.delivered(), CALLS, "{ledger:?}");
    let discarded = discarded(&ledger);
    assert_eq!(discarded[0], (0, 0), "{ledger:?}");
    assert!(discarded[1].0 >= 2 * CALLS && discarded[1].1 == 0, "{ledger:?}");
}
