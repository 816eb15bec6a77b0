//! A recorder that is killed leaves a trace that other tools read, up to the last look into the
//! ring.

use super::*;

/// How many times it is killed.
const MOMENTS: u32 = 40;

#[test]
fn no_moment_is_a_bad_one_to_be_killed() {
    let folder = scratch("record-killed");
    let me = std::process::id().to_string();
    let arguments = ["-e", "syscalls:sys_enter_statx", "-f", "dfd == -100", "-p", &me];
    let mut recorded = 0;
    for moment in 0..MOMENTS {
        let _ = fs::remove_dir_all(folder.join("recording"));
        let Some(mut child) = start(&folder, &arguments) else { return };
        // Not the same moment twice; some before it has recorded anything.
        let until = Duration::from_micros(u64::from(moment * moment) * 150);
        let begin = Instant::now();
        let mut count = 0;
        let mut old = 0;
        while begin.elapsed() < until {
            call(count);
            count += 1;
            if begin.elapsed() + Duration::from_millis(100) < until {
                old = count;
            }
            std::thread::sleep(Duration::from_micros(20));
        }
        child.kill().expect("a process");
        child.wait().expect("a process");
        let Some(lines) = babeltrace(&folder) else { return };
        let numbers = numbers(&lines);
        // All up to one, in their order; and that one is not long ago.
        let first = numbers.first().copied().unwrap_or(0);
        assert!(numbers.iter().copied().eq(first..first + numbers.len()), "{numbers:?}");
        let last = numbers.last().map_or(0, |last| last + 1);
        assert!(old <= last && last <= count, "{last} of {count}, {old} of them long ago");
        recorded += numbers.len();
        let repaired = finish(marey().current_dir(&folder).args(["repair", "recording"]));
        assert_eq!(repaired.status, 0, "{}", repaired.stderr);
        assert_eq!(babeltrace(&folder).expect("as before"), lines);
        let again = finish(marey().current_dir(&folder).args(["repair", "recording"])).ok();
        assert!(again.contains("nothing had to be done"), "{again}");
    }
    assert!(recorded > 0);
}
