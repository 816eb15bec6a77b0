//! What format files say of events.

use marey_recorder::tracefs::{Base, Field, Format, Kind, Malformed, Tracefs, parse};
use proptest::prelude::*;

/// The fields that all events have, as kernels write them.
const COMMON: &str = "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\
    \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n\
    \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n\
    \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

/// A format file with these lines for its own fields.
fn file(lines: &str) -> String {
    let end = "\nprint fmt: \"field:%d;\", REC->x\n";
    format!("name: thing\nID: 1234\nformat:\n{COMMON}{lines}{end}")
}

/// One field, from its declaration, its size and its sign.
fn field(declaration: &str, size: u32, signed: u32) -> Option<Field> {
    let line = format!("\tfield:{declaration};\toffset:16;\tsize:{size};\tsigned:{signed};\n");
    let mut fields = parse("test", &file(&line)).expect("a format").fields;
    assert!(fields.len() < 2, "{fields:?}");
    fields.pop()
}

const UNSIGNED: Kind = Kind::Number { is_signed: false, is_pointer: false };
const SIGNED: Kind = Kind::Number { is_signed: true, is_pointer: false };
const POINTER: Kind = Kind::Number { is_signed: false, is_pointer: true };
const BYTES: Kind = Kind::Numbers { size: 1, is_signed: false };

fn numbers(size: u32, is_signed: bool) -> Kind {
    Kind::Numbers { size, is_signed }
}

fn dynamic(size: u32, is_signed: bool, base: Base) -> Kind {
    Kind::DynamicNumbers { size, is_signed, base }
}

/// Declaration, size, sign; type, name, what it is.
type Row<'a> = (&'a str, u32, u32, &'a str, &'a str, Kind);

fn check(rows: &[Row<'_>]) {
    for (declaration, size, signed, c_type, name, kind) in rows {
        let found = field(declaration, *size, *signed).expect(declaration);
        let parts = (found.c_type.as_str(), found.name.as_str(), found.kind);
        assert_eq!(parts, (*c_type, *name, *kind), "{declaration}");
        assert_eq!((found.offset, found.size), (16, *size), "{declaration}");
    }
}

#[test]
fn numbers_and_pointers() {
    check(&[
        ("u8 x", 1, 0, "u8", "x", UNSIGNED),
        ("char x", 1, 1, "char", "x", SIGNED),
        ("unsigned short x_2", 2, 0, "unsigned short", "x_2", UNSIGNED),
        ("pid_t pid", 4, 1, "pid_t", "pid", SIGNED),
        ("unsigned x", 4, 0, "unsigned", "x", UNSIGNED),
        ("unsigned long long x", 8, 0, "unsigned long long", "x", UNSIGNED),
        ("long id", 8, 1, "long", "id", SIGNED),
        ("enum zone_type zone", 4, 0, "enum zone_type", "zone", UNSIGNED),
        ("const clockid_t which", 4, 1, "const clockid_t", "which", SIGNED),
        ("bool x", 1, 0, "bool", "x", UNSIGNED),
        ("void * x", 8, 0, "void *", "x", POINTER),
        ("void *x", 8, 0, "void *", "x", POINTER),
        ("const char *const * argv", 8, 0, "const char *const *", "argv", POINTER),
        ("struct sockaddr * x", 8, 0, "struct sockaddr *", "x", POINTER),
        ("void (*)(struct a, int) x", 8, 0, "void (*)(struct a, int)", "x", POINTER),
        ("typeof(a->b) x", 4, 0, "typeof(a->b)", "x", UNSIGNED),
        ("int _", 4, 1, "int", "_", SIGNED),
    ]);
}

#[test]
fn texts_arrays_and_structures() {
    check(&[
        ("char comm[16]", 16, 0, "char", "comm", Kind::Text),
        ("char comm[TASK_COMM_LEN]", 16, 0, "char", "comm", Kind::Text),
        ("const char x[1]", 1, 0, "const char", "x", Kind::Text),
        ("unsigned char x[6]", 6, 0, "unsigned char", "x", BYTES),
        ("unsigned long args[6]", 48, 0, "unsigned long", "args", numbers(8, false)),
        ("unsigned long args [ 6 ]", 48, 0, "unsigned long", "args", numbers(8, false)),
        ("int x[N]", 12, 1, "int", "x", numbers(4, true)),
        ("u16 x[(A + 1) * 2]", 8, 0, "u16", "x", numbers(2, false)),
        ("u32 x[sizeof(y[0])]", 8, 0, "u32", "x", numbers(4, false)),
        ("u8 x[2][3]", 6, 0, "u8", "x", numbers(1, false)),
        ("u32 x[2][3]", 24, 0, "u32", "x", numbers(4, false)),
        ("void * x[MAX]", 24, 0, "void *", "x", numbers(8, false)),
        ("struct thing x[4]", 20, 0, "struct thing", "x", BYTES),
        ("thing_t x[N]", 20, 0, "thing_t", "x", BYTES),
        // The count and the size do not agree: the size is what counts.
        ("u32 x[3]", 10, 0, "u32", "x", BYTES),
        ("u32 x[0]", 8, 0, "u32", "x", numbers(4, false)),
        ("struct in6_addr x", 16, 0, "struct in6_addr", "x", BYTES),
        ("struct pair x", 8, 0, "struct pair", "x", BYTES),
        ("union value x", 4, 0, "union value", "x", BYTES),
        ("struct { int a; char b; } x", 8, 0, "struct { int a; char b; }", "x", BYTES),
        ("guid_t x", 16, 0, "guid_t", "x", BYTES),
    ]);
}

#[test]
fn what_stands_elsewhere_in_the_event() {
    check(&[
        ("__data_loc char[] name", 4, 0, "__data_loc char[]", "name", {
            Kind::DynamicText(Base::Event)
        }),
        ("__rel_loc char[] name", 4, 1, "__rel_loc char[]", "name", Kind::DynamicText(Base::Field)),
        ("__data_loc char[] name[1]", 4, 0, "__data_loc char[]", "name", {
            Kind::DynamicText(Base::Event)
        }),
        ("__data_loc u64[] x", 4, 0, "__data_loc u64[]", "x", dynamic(8, false, Base::Event)),
        ("__rel_loc short[] x", 4, 1, "__rel_loc short[]", "x", dynamic(2, true, Base::Field)),
        ("__data_loc unsigned int[] x", 4, 0, "__data_loc unsigned int[]", "x", {
            dynamic(4, false, Base::Event)
        }),
        ("__data_loc cpumask_t[] x", 4, 0, "__data_loc cpumask_t[]", "x", {
            dynamic(1, false, Base::Event)
        }),
        // No place and length fit into 8 bytes: it is shown as what it is.
        ("__data_loc char[] x[2]", 8, 0, "__data_loc char[]", "x", numbers(4, false)),
    ]);
}

#[test]
fn what_no_program_can_read_is_left_out() {
    assert_eq!(field("u32 buf[]", 0, 0), None);
    assert_eq!(field("unsigned char common_preempt_lazy_count", 1, 0), None);
    let far = "\tfield:int x;\toffset:65533;\tsize:4;\tsigned:1;\n";
    assert_eq!(parse("test", &file(far)).expect("a format").fields, []);
    let all = parse("test", &file("")).expect("a format");
    let (system, name) = ("test".to_owned(), "thing".to_owned());
    assert_eq!(all, Format { system, name, id: 1234, fields: Vec::new(), sites: Vec::new() });
}

#[test]
fn what_is_no_format_is_told_with_its_line() {
    let many = "\tfield:int x;\toffset:8;\tsize:4;\tsigned:1;\n".repeat(257);
    let table: [(&str, usize, &str); 10] = [
        ("", 1, "no line \"name: …\""),
        ("name: \nID: 1\n", 1, "no line \"name: …\""),
        ("name: x\n", 1, "no line \"ID: …\""),
        ("name: x\nID: -1\n", 1, "no line \"ID: …\""),
        ("name: x\nID: 1\nfield:int;offset:8;size:4;signed:1;", 3, "not as expected"),
        ("name: x\nID: 1\nfield:int x;offset:8;size:4;", 3, "not as expected"),
        ("name: x\nID: 1\nfield:int x;offset:+8;size:4;signed:1;", 3, "not as expected"),
        ("name: x\nID: 1\nfield:int x];offset:8;size:4;signed:1;", 3, "not as expected"),
        ("name: x\nID: 1\nfield:int x;offset:4294967295;size:4;signed:1;", 3, "not as expected"),
        (&file(&many), 7 + 1 + 256 + 1, "more than 256 fields"),
    ];
    for (text, line, what) in table {
        let Malformed { line: found, what: why } = parse("test", text).expect_err(text);
        assert!(why.contains(what), "{text}: {why}");
        assert_eq!(found, line, "{text}");
    }
    let long = format!("name: x\nID: 1\n{}", "\n".repeat(1 << 20));
    assert_eq!(parse("test", &long).map_err(|e| e.line), Err(1));
}

/// Lines that are fields more often than noise is.
fn line() -> impl Strategy<Value = String> {
    let name =
        "(char|u32|struct a|__data_loc char\\[\\]|x\\*| |é)?[ a-z_]{0,4}(\\[[0-9N\\[]{0,3}\\]?)?";
    let number = prop_oneof![0_u64..64, any::<u64>()];
    let field = (name, number.clone(), number.clone(), number);
    let field = field.prop_map(|(name, offset, size, signed)| {
        format!("\tfield:{name};\toffset:{offset};\tsize:{size};\tsigned:{signed};\n")
    });
    prop_oneof![6 => field, 1 => ".{0,40}\n", 1 => "[a-z:;\\[\\] \n]{0,20}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn any_text_is_a_format_or_not(lines in prop::collection::vec(line(), 0..6)) {
        if let Ok(format) = parse("test", &file(&lines.concat())) {
            prop_assert!(format.fields.iter().all(is_sound), "{format:?}");
        }
        let _ = parse("test", &lines.concat());
        let call = file(&lines.concat()).replace("name: thing", "name: sys_enter_thing");
        if let Ok(format) = parse("syscalls", &call) {
            prop_assert!(format.fields.iter().all(is_sound), "{format:?}");
        }
    }
}

/// What whoever makes a program of a field relies on.
fn is_sound(field: &Field) -> bool {
    let is_in = field.offset >= 8 && field.size > 0 && field.offset + field.size <= 65535;
    let is_whole = |size: u32| matches!(size, 1 | 2 | 4 | 8);
    let is_fit = match field.kind {
        Kind::Number { .. } => is_whole(field.size),
        Kind::Text => true,
        Kind::Numbers { size, .. } => is_whole(size) && field.size.is_multiple_of(size),
        Kind::DynamicText(_) => field.size == 4,
        Kind::DynamicNumbers { size, .. } => field.size == 4 && is_whole(size),
        Kind::ProcessText => field.size == 8,
    };
    is_in && is_fit && !field.name.is_empty() && !field.c_type.is_empty()
}

#[test]
fn arguments_of_system_calls_are_what_their_types_say() {
    let text = "name: sys_enter_x\nID: 5\nformat:\n\
        \tfield:int dfd;\toffset:16;\tsize:8;\tsigned:0;\n\
        \tfield:const char * filename;\toffset:24;\tsize:8;\tsigned:0;\n\
        \tfield:const char * buf;\toffset:32;\tsize:8;\tsigned:0;\n\
        \tfield:umode_t mode;\toffset:40;\tsize:8;\tsigned:0;\n\
        \tfield:size_t count;\toffset:48;\tsize:8;\tsigned:0;\n\nprint fmt: \"\"\n";
    let format = parse("syscalls", text).expect("a format");
    let found: Vec<_> =
        format.fields.iter().map(|field| (field.name.as_str(), field.size, field.kind)).collect();
    let number = |is_signed, is_pointer| Kind::Number { is_signed, is_pointer };
    let expected = [
        ("dfd", 4, number(true, false)),
        ("filename", 8, Kind::ProcessText),
        ("buf", 8, number(false, true)),
        ("mode", 2, number(false, false)),
        ("count", 8, number(false, false)),
    ];
    assert_eq!(found, expected);
    // Elsewhere an address is an address.
    let other = parse("other", text).expect("a format");
    assert_eq!(other.fields[1].kind, number(false, true));
}

#[test]
fn all_events_of_this_kernel_are_read() {
    let found = Tracefs::open().and_then(|tracefs| Ok((tracefs.names()?, tracefs)));
    let (names, tracefs) = match found {
        Ok(found) => found,
        Err(why) => return println!("skipped: {why}"),
    };
    assert!(names.is_sorted(), "in their order");
    let mut count = 0;
    for (system, name) in &names {
        let format = match tracefs.format(system, name) {
            Ok(format) => format,
            // Others may take events away at any time.
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => continue,
            Err(why) => panic!("{why}"),
        };
        assert_eq!((&format.system, &format.name), (system, name));
        assert!(format.id > 0 && format.fields.iter().all(is_sound), "{format:?}");
        count += 1;
    }
    println!("{count} events of {}", names.len());
    let is_here = |system: &str, name: &str| names.contains(&(system.into(), name.into()));
    if is_here("sched", "sched_switch") {
        let format = tracefs.format("sched", "sched_switch").expect("it is there");
        let kind = |name: &str| format.fields.iter().find(|field| field.name == name);
        assert_eq!(kind("next_pid").map(|field| field.kind), Some(SIGNED));
        assert_eq!(kind("next_comm").map(|field| field.kind), Some(Kind::Text));
    }
}
