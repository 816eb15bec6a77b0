//! The programs that tests start.

use marey_layer::{Address, Level, event};

const PROGRAMS: [(&str, fn()); 17] = [
    ("one-of-each", one_of_each),
    ("counts", counts),
    ("waits", waits),
    ("counts-in-memory", crate::killed::counts_in_memory),
    ("forks", crate::fork::forks),
    ("forks-while-busy", crate::fork::forks_while_busy),
    ("is-interrupted", crate::signals::is_interrupted),
    ("short-threads", crate::threads::short_threads),
    ("many-threads", crate::threads::many_threads),
    ("counts-lost", crate::full_disk::counts_lost),
    ("filtered", crate::filters::filtered),
    ("handles", crate::handlers::handles),
    ("handles-badly", crate::handlers::handles_badly),
    ("alternates", crate::handlers::alternates),
    ("sat-calls", crate::sat::calls),
    ("traces", crate::tracing::traces),
    ("overwrites", crate::live::overwrites),
];

/// Not a test: what a program runs that a test started. Without its name in the environment there
/// is nothing to do.
#[test]
fn program() {
    if let Some(name) = std::env::var_os("MAREY_TEST_PROGRAM") {
        let known = PROGRAMS.iter().find(|(known, _)| name == *known);
        known.expect("a program of this name").1();
    }
}

/// A number that the test gave.
pub fn number(name: &str) -> u64 {
    let given = std::env::var(name).unwrap_or_else(|_| panic!("{name} is given"));
    given.parse().expect("a number")
}

/// An event with a field of each type.
fn one_of_each() {
    let long = "ü".repeat(2000);
    event!("t:unsigned", a = 1_u8, b = 2_u16, c = u32::MAX, d = u64::MAX, e = 5_usize, f = true);
    event!("t:signed", a = -1_i8, b = i16::MIN, c = i32::MIN, d = i64::MIN, e = -5_isize);
    event!(Level::Warn; "t:other", a = 1.5_f32, b = 2.25_f64, r#type = "text", p = Address(4096));
    event!("t:long", text = &long, bytes = &[1_u8, 2][..], words = &[1_u32, 256][..]);
    event!("none");
}

/// As many events as the test says, with their numbers.
fn counts() {
    for n in 0..number("COUNT") {
        event!("t:count", n = n, a = 1_u32, b = 2_u32);
    }
}

/// An event each millisecond, for ever.
fn waits() {
    for n in 0_u64.. {
        event!("t:wait", n = n);
        event!("other:wait", n = n);
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}
