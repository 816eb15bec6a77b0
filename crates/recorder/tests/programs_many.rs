//! More programs at the same time than there is a place for: it is said how many.
#![cfg(target_os = "linux")]

mod support;

use std::process::{Command, Stdio};

use marey_layer::event;
use marey_recorder::programs::{OWN, Plan, Recording};
use support::folder;

/// Says that this process is one that is recorded.
const WRITES: &str = "MAREY_TEST_WRITES";

/// Not a test of its own: it is what the other one records.
#[test]
fn writes_events() {
    if std::env::var_os(WRITES).is_some() {
        (0..10_u32).for_each(|number| event!("test:work", number = number));
    }
}

#[test]
fn those_that_have_no_place_are_counted() {
    let folder = folder("programs-many");
    let plan =
        Plan { patterns: vec!["*".to_owned()], has_own: true, most: Some(2), ..Plan::default() };
    let mut recording = Recording::new(plan, &folder).expect("it begins");
    let own = std::env::current_exe().expect("a path");
    for _ in 0..3 {
        let mut command = Command::new(&own);
        command.args(["writes_events", "--exact"]).env(WRITES, "").stdout(Stdio::null());
        command.env("MAREY_DIR", folder.join(OWN)).env("MAREY_EVENTS", "*");
        assert!(command.status().expect("it runs").success());
    }
    recording.stop().expect("it stops");
    let ended = recording.end().expect("it ends");
    assert_eq!((ended.programs.len(), ended.left_out), (2, 1));
    assert!(ended.programs.iter().all(|program| program.delivered() == 10));
}
