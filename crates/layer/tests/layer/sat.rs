//! SAT's insert calls.

use marey_layer::Meaning;
use marey_layer::drain::Program;
use marey_layer::{here, sat};

use crate::support::{All, Folder};

/// The events of SAT's sample of user events, and the other calls.
pub fn calls() {
    for n in 1..=4 {
        sat::simple(111 * n, n, 11 * n);
    }
    sat::string(555, "Hello world");
    sat::combined(1024 + 7, &[1, 2, 3]);
    sat::function_enter(0x4000, 0x5000);
    here!();
    sat::function_exit(0x4000, 0x5000);
}

#[test]
fn each_call_is_an_event() {
    let folder = Folder::new();
    folder.run("sat-calls");
    let mut program = Program::open(&folder.only()).expect("it can be opened");
    let all = All::of(&mut program);
    let shown = all.events.iter().filter(|event| event.name != "system:address").map(|event| {
        let fields: Vec<_> = event.fields.iter().map(|(k, v)| format!(" {k}={v}")).collect();
        format!("{}{}", event.name, fields.concat())
    });
    let expected = [
        "user:simple code=111 d0=1 d1=11",
        "user:simple code=222 d0=2 d1=22",
        "user:simple code=333 d0=3 d1=33",
        "user:simple code=444 d0=4 d1=44",
        "user:string code=555 text=Hello world",
        "user:combined code=7 words=[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]",
        "system:func_enter call_site=20480 thisfn=16384",
        "system:func_exit call_site=20480 thisfn=16384",
    ];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
    let meanings: Vec<Meaning> = program.classes().iter().map(|class| class.meaning).collect();
    use Meaning::{FunctionEnter, FunctionExit, Here, UserCombined, UserSimple, UserString};
    let expected = [UserSimple, UserString, UserCombined, FunctionEnter, Here, FunctionExit];
    assert_eq!(meanings, expected);
    let here = program.class(5).expect("it is there");
    assert!(here.file.ends_with("sat.rs") && here.line > 0, "{here:?}");
    let place = all.values("addr");
    assert!(place.len() == 1 && place[0] > 4096, "{place:?}");
}
