//! What blocks count in the kernel is what the machine counts, to the last event.

mod support;

use std::fs;

use marey_filter::store::{KEYS_OF_TABLE_MAX, OwnKey, Store, Table};
use marey_recorder::session::{Ledger, Plan};
use support::{calls, program, record, tid};

const CALLS: u64 = 3000;

/// The tables of a program about what happens in this thread meanwhile.
fn counted(text: &str, name: &str, work: impl FnOnce()) -> Option<(Ledger, Vec<Table>)> {
    let plan = program(&[], text, Some(vec![tid()]))?;
    let (ledger, _) = record(plan, name, work)?;
    assert_eq!(ledger.lost(), 0, "{ledger:?}");
    let tables = ledger.handlers.first().map(|(_, store)| store.tables.clone());
    Some((ledger, tables.unwrap_or_default()))
}

fn count_of(table: &Table, keys: &[OwnKey]) -> u64 {
    table.counts.get(keys).copied().unwrap_or(0)
}

fn number(number: i64) -> OwnKey {
    OwnKey::Number(number.cast_unsigned())
}

/// All that a table counted.
fn sum(table: &Table) -> u64 {
    let hists = table.hists.values().flat_map(|hist| hist.counts);
    table.counts.values().copied().chain(hists).sum::<u64>() + table.others
}

#[test]
fn each_event_is_counted_once() {
    let text = "on raw_syscalls:sys_enter {
        count(id, comm);
        hist(id by event);
        count if id == 39;
        discard
    }
    on raw_syscalls:sys_enter { count(tid) }";
    let all = 300 * CALLS;
    let Some(plan) = program(&[], text, Some(vec![tid()])) else { return };
    // This ring would not hold them: they are counted where they happen, and go no further.
    let plan = Plan { ring_bytes: 4096, ..plan };
    let Some((ledger, _)) = record(plan, "tables-once", || calls(all as usize)) else { return };
    assert_eq!(ledger.lost(), 0, "{ledger:?}");
    let tables = &ledger.handlers[0].1.tables;
    assert_eq!((ledger.delivered(), ledger.filtered()), (0, sum(&tables[0])), "{ledger:?}");
    let comm = fs::read("/proc/thread-self/comm").expect("it has a name");
    let comm = OwnKey::Text(comm.trim_ascii_end().to_vec());
    for id in [libc::SYS_getpid, libc::SYS_getppid, libc::SYS_getuid] {
        assert_eq!(count_of(&tables[0], &[number(id), comm.clone()]), all, "{tables:?}");
    }
    let hist = &tables[1].hists[&vec![OwnKey::Text(b"sys_enter".into())]];
    assert_eq!((sum(&tables[1]), hist.counts.len()), (sum(&tables[0]), 66));
    // 39 is from 2^5 on; 102 and 110 are from 2^6 on.
    assert!((all..all + 100).contains(&hist.counts[7]), "{hist:?}");
    assert!((2 * all..2 * all + 100).contains(&hist.counts[8]), "{hist:?}");
    assert_eq!(tables[2].counts, [(Vec::new(), all)].into());
    // What the block before discards does not get to the other one.
    assert_eq!(sum(&tables[3]), 0, "{tables:?}");
}

#[test]
fn a_full_table_counts_the_rest_together() {
    const FIRST: i32 = 1_000_000;
    let more = 100;
    let last = FIRST + KEYS_OF_TABLE_MAX as i32 + more;
    let text = format!("on syscalls:sys_enter_close {{ count(fd) if fd >= {FIRST}; discard }}");
    let work = || {
        for file in (FIRST..last).chain([FIRST, FIRST, last - 1]) {
            // SAFETY: no file has such a number: nothing is closed.
            assert_eq!(unsafe { libc::close(file) }, -1);
        }
    };
    let Some((_, tables)) = counted(&text, "tables-full", work) else { return };
    let table = &tables[0];
    assert_eq!((table.counts.len(), table.others), (KEYS_OF_TABLE_MAX, more as u64 + 1));
    assert_eq!(count_of(table, &[number(FIRST.into())]), 3);
    assert_eq!(count_of(table, &[number((last - more - 1).into())]), 1);
}

#[test]
fn events_fill_the_same_table_wherever_they_are_counted() {
    // Of one event it is counted in the kernel, of the other at the drain.
    let text = "state seen: u64;
        on raw_syscalls:sys_exit { seen += 1; keep }
        on raw_syscalls:* { count(id) if id == 102; discard }";
    let work = || calls(CALLS as usize);
    let Some((ledger, tables)) = counted(text, "tables-both", work) else { return };
    assert_eq!(tables[0].counts, [(vec![number(libc::SYS_getuid)], 2 * CALLS)].into());
    let block = &ledger.filters[1];
    assert!(block.in_kernel >= 3 * CALLS && block.at_drain >= 3 * CALLS, "{ledger:?}");
}

/// Blocks that count by all kinds of keys.
const OF_ALL: &str = r#"
on any { count(event, cpu); count(class) if tid == current.tid }
on sched:sched_switch {
    let from = prev_comm;
    if prev_state != 0 { count(from, next_comm, prev_prio); discard if prev_prio % 2 == 0 }
    hist(next_pid by from);
    hist(0 - prev_prio);
    hist(prev_pid * 0x100000000 by next_prio);
    count(comm, next_comm)
}
on syscalls:sys_enter_statx {
    count(filename, dfd);
    hist(mask by filename) if filename != "/marey/1";
    discard if filename == "/marey/2";
    count
}
on sched:sched_switch { count("behind", next_prio == prev_prio) }
"#;

#[test]
fn the_machine_counts_the_same_events_alike() {
    let filter = "comm == \"the_machine_cou\" or current.tid % 3 != 0";
    let Some(plan) = program(&[filter], OF_ALL, None) else { return };
    let work = || {
        for number in 0..CALLS {
            let _ = fs::metadata(format!("/marey/{}", number % 5));
            let _ = fs::metadata(format!("/marey/{}", "x".repeat(number as usize % 300)));
            if number % 8 == 0 {
                std::thread::sleep(std::time::Duration::from_micros(50));
            }
        }
    };
    let plan = Plan { is_shadow: true, ..plan };
    let Some((ledger, _)) = record(plan, "tables-shadow", work) else { return };
    let full: u64 = ledger.events.iter().map(|event| event.lost_to_full_ring).sum();
    assert_eq!((ledger.disagreements, full), (0, 0), "{ledger:?}");
    let (_, Store { tables, .. }) = &ledger.handlers[0];
    assert!(tables.iter().all(|table| sum(table) > 0), "{tables:?}");
    let paths = tables.iter().find(|table| table.what.starts_with("count(filename"));
    // Paths of more than 64 bytes have no place.
    assert!(paths.is_some_and(|paths| paths.others > CALLS / 4 && paths.counts.len() > 50));
    // None of these waits for the machine.
    assert!(ledger.filters[2..4].iter().all(|block| block.in_kernel > 0), "{ledger:?}");
}
