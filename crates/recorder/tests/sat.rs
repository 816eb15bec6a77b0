//! SAT's classes.

use std::collections::BTreeSet;

use marey_recorder::sat::{self, CLASSES, Fit};
use marey_recorder::select::{Pattern, select};
use marey_recorder::tracefs::Tracefs;

#[test]
fn the_table_is_sound() {
    let mut names = BTreeSet::new();
    for class in &CLASSES {
        for name in [&[class.name], class.aliases].concat() {
            assert!(names.insert(name), "{name} is there twice");
            assert_eq!(sat::class(name).map(|found| found.name), Ok(class.name));
            assert_eq!(name, name.to_lowercase());
        }
        for event in class.events {
            assert_eq!(event.linux.is_empty(), event.fit == Fit::None, "{}", event.name);
            assert_eq!(event.patterns().count(), event.linux.len(), "{}", event.name);
            for text in event.linux {
                assert_eq!(text.parse::<Pattern>().expect("a pattern").to_string(), **text);
            }
        }
    }
    for name in ["kercall", "thread", "interrupt", "comm", "process", "system", "user"] {
        assert!(names.contains(name), "{name}");
    }
}

#[test]
fn names_of_no_class_are_told_with_what_is_near() {
    let why = sat::class("kercal").expect_err("no class").to_string();
    assert_eq!(why, "there is no class `kercal`; did you mean `kercall` or `kercalls`?");
    let why = sat::class("nothing").expect_err("no class").to_string();
    assert_eq!(why, "there is no class `nothing`");
    assert_eq!(sat::class("Thread").map(|class| class.name), Ok("thread"));
}

#[test]
fn classes_are_events_of_this_kernel() {
    let names = match Tracefs::open().and_then(|tracefs| tracefs.names()) {
        Ok(names) => names,
        Err(why) => return println!("skipped: {why}"),
    };
    let of = |name: &str| {
        let selected = sat::class(name).expect("a class").select(&names);
        selected.into_iter().map(|event| event.recorded).collect::<Vec<_>>()
    };
    assert_eq!(of("kercall"), ["sys_enter", "sys_exit"]);
    assert_eq!(of("kercallexit"), ["sys_exit"]);
    assert!(of("user").is_empty());
    let threads = of("thread");
    for name in ["sched_switch", "sched_wakeup", "task_newtask", "sched_process_exit"] {
        assert!(threads.iter().any(|event| event == name), "{name}: {threads:?}");
    }
    // The same as what its patterns stand for, one by one, where there is one.
    for class in &CLASSES {
        let one_by_one = class.patterns().into_iter();
        let one_by_one = one_by_one.filter_map(|pattern| select(&[pattern], &names).ok());
        let mut one_by_one: Vec<_> = one_by_one.flatten().collect();
        one_by_one.sort();
        one_by_one.dedup();
        assert_eq!(class.select(&names), one_by_one, "{}", class.name);
        println!("{}: {} events", class.name, one_by_one.len());
    }
}
