//! Snapshots are of rings, and one that fails leaves nothing behind.

mod support;

use std::fs;

use marey_recorder::error::ErrorKind;
use marey_recorder::session::Pauses;
use marey_recorder::snapshot::{Holding, Snapshots};
use support::{begun, folder, plan, tid};

#[test]
fn one_that_could_not_be_taken_is_not_in_the_way() {
    let folder = folder("snapshot-again");
    let in_the_way = folder.join("snapshot-0001");
    fs::create_dir_all(in_the_way.join("full")).expect("a folder");
    let mut snapshots = Snapshots::new(&folder);
    snapshots.take(Holding::default(), &Pauses::default()).expect_err("there is one of this name");
    assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 1);
    fs::remove_dir_all(&in_the_way).expect("it is there");
    let taken = snapshots.take(Holding::default(), &Pauses::default()).expect("it can be written");
    assert_eq!(taken.map(|taken| taken.path), Some(in_the_way.clone()));
    assert!(in_the_way.join("ledger.json").is_file());
    assert_eq!(snapshots.taken(), 1);
}

#[test]
fn without_a_ring_there_are_none() {
    let Some(plan) = plan(&["syscalls:sys_enter_getgid"], &[], Some(vec![tid()])) else { return };
    let Some((mut session, folder)) = begun(plan, "snapshot-linear") else { return };
    let mut snapshots = Snapshots::new(&folder);
    let sources = Holding { kernel: Some(&mut session), ..Holding::default() };
    let refused = snapshots.take(sources, &Pauses::default());
    assert_eq!(refused.expect_err("all is kept").kind, ErrorKind::Misuse);
    assert!(!folder.join(".snapshot-0001").exists());
    assert_eq!(session.end().expect("it ends").saved, 0);
}
