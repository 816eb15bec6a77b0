//! Events of signal handlers, which interrupt events of their thread and of one another.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use marey_layer::event;

use crate::support::{All, Folder};

static ALARMS: AtomicU64 = AtomicU64::new(0);
static USERS: AtomicU64 = AtomicU64::new(0);

extern "C" fn on_alarm(_: libc::c_int) {
    let n = ALARMS.fetch_add(1, Relaxed);
    event!("t:alarm", n = n, text = "from an alarm", seven = 7 * n);
}

extern "C" fn on_user(_: libc::c_int) {
    let n = USERS.fetch_add(1, Relaxed);
    event!("t:user", n = n, seven = 7 * n);
}

fn handle(signal: libc::c_int, handler: extern "C" fn(libc::c_int)) {
    // SAFETY: all zeros is no flags and no mask; the handler records an event, which may be done
    // in a handler, and counts.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_RESTART;
        assert_eq!(libc::sigaction(signal, &action, std::ptr::null_mut()), 0);
    }
}

/// Sends this thread signals of two kinds as fast as they come, while it records.
pub fn is_interrupted() {
    handle(libc::SIGALRM, on_alarm);
    handle(libc::SIGUSR1, on_user);
    // SAFETY: it asks for nothing.
    let me = unsafe { libc::pthread_self() } as usize;
    let end = Instant::now() + Duration::from_millis(1500);
    let storm = |signal: libc::c_int| {
        while Instant::now() < end {
            // SAFETY: the thread waits for these threads, so it is there.
            unsafe { libc::pthread_kill(me as libc::pthread_t, signal) };
            std::thread::sleep(Duration::from_micros(20));
        }
    };
    let mut mains = 0_u64;
    std::thread::scope(|scope| {
        scope.spawn(|| storm(libc::SIGALRM));
        scope.spawn(|| storm(libc::SIGUSR1));
        while Instant::now() < end {
            for _ in 0..1000 {
                event!("t:main", n = mains, text = "a text that takes a while", seven = 7 * mains);
                mains += 1;
            }
        }
    });
    let (alarms, users) = (ALARMS.load(Relaxed), USERS.load(Relaxed));
    event!("t:end", mains = mains, alarms = alarms, users = users);
}

#[test]
fn each_event_is_whole_and_counted() {
    let folder = Folder::new();
    folder.run_with("is-interrupted", |command| {
        command.env("MAREY_RING_BYTES", "8388608");
    });
    let all = All::of_found(&folder.only());
    let end = all.events.iter().find(|event| event.name == "t:end").expect("the last event");
    let counted = ["mains", "alarms", "users"].map(|name| {
        end.fields.get(name).and_then(|count| count.parse::<u64>().ok()).expect("a count")
    });
    let total = all.events.len() as u64 - 1 + all.lost();
    assert_eq!(total, counted.iter().sum::<u64>(), "{:?} {:?}", all.counts, all.lost);
    for event in all.events.iter().filter(|event| event.name != "t:end") {
        let field = |name: &str| event.fields.get(name)?.parse::<u64>().ok();
        let (Some(n), Some(seven)) = (field("n"), field("seven")) else { panic!("{event:?}") };
        assert_eq!(7 * n, seven, "{event:?}");
    }
    let nested = all.events.iter().filter(|event| event.level == 1).count();
    assert!(nested > 10, "{nested} of {counted:?} interrupted an event");
    assert!(all.events.iter().all(|event| event.level == 0 || event.name != "t:main"));
    // What only one signal interrupted is not lost: the second ring is there for it.
    assert!(all.counts.lost_nested < nested as u64, "{:?}", all.counts);
}
