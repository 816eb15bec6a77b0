//! What a program writes is what is read.

use marey_layer::drain::Program;
use marey_layer::layout::ring::BLOCK_BYTES_MIN;
use marey_layer::layout::value::{TEXT_BYTES_MAX, Type};

use crate::support::{All, Folder, Running};

#[test]
fn each_type_of_field() {
    let folder = Folder::new();
    folder.run("one-of-each");
    let mut program = Program::open(&folder.only()).expect("it can be opened");
    let all = All::of(&mut program);
    let shown: Vec<String> = all
        .events
        .iter()
        .map(|event| {
            let fields: Vec<_> = event.fields.iter().map(|(k, v)| format!("{k}={v}")).collect();
            format!("{} {}", event.name, fields.join(" "))
        })
        .collect();
    let text = "ü".repeat(TEXT_BYTES_MAX / 2);
    let expected = [
        "t:unsigned a=1 b=2 c=4294967295 d=18446744073709551615 e=5 f=true",
        "t:signed a=-1 b=-32768 c=-2147483648 d=-9223372036854775808 e=-5",
        "t:other a=1.5 b=2.25 p=4096 type=text",
        &format!("t:long bytes=[1, 2] text={text}… words=[1, 0, 0, 0, 0, 1, 0, 0]"),
        "none ",
    ];
    assert_eq!(shown, expected);
    assert_eq!((all.counts.read, all.lost()), (5, 0));
    assert!(all.events.is_sorted_by_key(|event| event.time_ns));
    let other = program.class(3).expect("the third class");
    assert_eq!((other.provider.as_str(), other.event.as_str()), ("t", "other"));
    assert!(other.file.ends_with("programs.rs") && other.line > 0, "{other:?}");
    let types: Vec<Type> = other.fields.iter().map(|field| field.of).collect();
    assert_eq!(types, [Type::F32, Type::F64, Type::String, Type::Address]);
}

#[test]
fn a_ring_keeps_the_newest_and_counts_the_rest() {
    for (ring, count) in [(4096, 2_000_000), (4096, 10), (65536, 100_000), (262_144, 1)] {
        let folder = Folder::new();
        folder.run_with("counts", |command| {
            command.env("COUNT", count.to_string()).env("MAREY_RING_BYTES", ring.to_string());
        });
        let all = All::of_found(&folder.only());
        let values = all.values("n");
        assert_eq!(values.len() as u64 + all.lost(), count, "{:?}", all.counts);
        assert_eq!(values.last(), Some(&(count - 1)));
        assert!(values.windows(2).all(|pair| pair[1] == pair[0] + 1), "a gap inside");
        // Records of 32 bytes; all blocks but the one that is being filled are whole.
        let kept = (ring - 2 * BLOCK_BYTES_MIN.max(ring / 16)) as u64 / 40;
        assert!(values.len() as u64 >= kept.min(count), "{}", values.len());
    }
}

#[test]
fn a_recorder_that_comes_later_goes_on_where_the_other_was() {
    let folder = Folder::new();
    folder.run_with("counts", |command| {
        command.env("COUNT", "1000");
    });
    let found = folder.only();
    let mut seen = Vec::new();
    for (part, expected) in [(1_u64, 1), (7, 7), (300, 300), (600, 600), (1000, 92)] {
        let mut program = Program::open(&found).expect("it can be opened");
        program.update().expect("it can be read");
        let stream = &mut program.streams()[0];
        let mut left = part;
        let given = stream.read(|record| {
            seen.push((record.sequence, record.thread));
            left -= 1;
            (left > 0).then_some(())
        });
        assert_eq!(given.expect("it can be read"), expected);
        stream.commit().expect("it can be written");
    }
    let thread = seen[0].1;
    let all: Vec<_> = (0..1000).map(|n| (n, thread)).collect();
    assert_eq!(seen, all);
}

#[test]
fn a_recorder_switches_events_on_and_off() {
    let folder = Folder::new();
    let mut command = folder.program("waits");
    command.env_remove("MAREY_EVENTS");
    let _running = Running(command.spawn().expect("it starts"));
    let mut program = folder.wait_for_program();
    let pause = || std::thread::sleep(std::time::Duration::from_millis(1));
    while program.classes().len() < 2 {
        pause();
        program.update().expect("it can be read");
    }
    assert_eq!(program.control().rings, 0, "all is off");
    let names: Vec<_> = program.classes().iter().map(|class| class.full_name()).collect();
    assert_eq!(names, ["t:wait", "other:wait"]);
    program.switch(2, true).expect("it can be written");
    let (mut streams, mut classes) = (Vec::new(), Vec::new());
    let mut read = |program: &mut Program| {
        program.update().expect("it can be read");
        streams.extend(program.take_streams());
        for stream in &mut streams {
            let read = stream.read(|record| {
                classes.push(record.class);
                Some(())
            });
            read.expect("it can be read");
        }
        assert!(classes.iter().all(|class| *class == 2), "{classes:?}");
        classes.len()
    };
    while read(&mut program) <= 10 {
        pause();
    }
    program.switch(2, false).expect("it can be written");
    assert!(!program.is_on(2).expect("it can be read"));
    let count = read(&mut program);
    (0..50).for_each(|_| pause());
    assert!(read(&mut program) <= count + 1, "but for one that had begun, none comes");
}

#[test]
fn a_program_that_is_off_leaves_nothing() {
    for events in [None, Some(""), Some("other:*")] {
        let folder = Folder::new();
        folder.run_with("one-of-each", |command| {
            command.env_remove("MAREY_EVENTS");
            if let Some(events) = events {
                command.env("MAREY_EVENTS", events);
            }
        });
        assert_eq!(folder.found(), [], "{events:?}");
        let left: Vec<_> = std::fs::read_dir(folder.path()).expect("it is there").collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
