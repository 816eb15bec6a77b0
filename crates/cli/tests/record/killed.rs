//! A recorder that is killed leaves a trace that other tools read, up to the last look into the
//! ring.

use super::*;

/// What is so old was taken out of the ring: it is looked into every few milliseconds, unless the
/// machine has other things to do.
const OLD: Duration = Duration::from_millis(1500);
/// How many times it is killed.
const MOMENTS: u32 = 40;

#[test]
fn no_moment_is_a_bad_one_to_be_killed() {
    let folder = scratch("record-killed");
    let (me, own) = (std::process::id().to_string(), own_calls());
    let arguments = ["-e", "syscalls:sys_enter_statx", "-f", &own, "-p", &me];
    let mut recorded = 0;
    for moment in 0..MOMENTS {
        let _ = fs::remove_dir_all(folder.join("recording"));
        let Some(mut child) = start(&folder, &arguments) else { return };
        // Not the same moment twice; some before it has recorded anything, and some so late that
        // even on a busy machine it has looked into the ring since it began.
        let until = match moment % 10 {
            9 => OLD + Duration::from_millis(100 + u64::from(moment)),
            _ => Duration::from_micros(u64::from(moment * moment) * 150),
        };
        let begin = Instant::now();
        let mut count = 0;
        let mut old = 0;
        while begin.elapsed() < until {
            call(count);
            count += 1;
            if begin.elapsed() + OLD < until {
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
        let repaired =
            finish(marey().current_dir(&folder).args(["repair", "--json", "recording"])).ok();
        assert_eq!(Schema::of("repair").check(&repaired)[0]["type"], "repaired");
        assert_eq!(babeltrace(&folder).expect("as before"), lines);
        let again = finish(marey().current_dir(&folder).args(["repair", "recording"])).ok();
        assert!(again.contains("nothing had to be done"), "{again}");
    }
    assert!(recorded > 0);
}
