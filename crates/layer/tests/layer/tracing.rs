//! Events and spans of programs that use `tracing`.

use marey_layer::drain::Program;
use marey_layer::layout::value::Type;
use marey_layer::{Level, Meaning};
use tracing_subscriber::layer::SubscriberExt;

use crate::support::{All, Folder};

pub fn traces() {
    let subscriber = tracing_subscriber::registry().with(marey_layer::tracing::layer());
    tracing::subscriber::set_global_default(subscriber).expect("there is no other");
    tracing::warn!(
        target: "a::b", a = 1_u8, b = -1, c = 1.5, d = true, e = "text", f = ?Some(1), "said {}", 2
    );
    let span = tracing::info_span!(target: "a", "outer", id = 7, late = tracing::field::Empty);
    span.in_scope(|| {
        for n in 0..3_u64 {
            let inner = tracing::debug_span!(target: "a", "inner", n);
            let _entered = inner.enter();
            // Without a value every second time.
            tracing::info!(name: "in", target: "a", n, odd = (n % 2 == 1).then_some(n));
        }
    });
    span.record("late", "at last");
    drop(span);
    tracing::info!(name: "long", target: "a", text = "ü".repeat(2000), behind = 1);
}

#[test]
fn events_and_spans_with_typed_fields() {
    let folder = Folder::new();
    folder.run("traces");
    let mut program = Program::open(&folder.only()).expect("it can be opened");
    let all = All::of(&mut program);
    assert_eq!(all.lost(), 0);
    let of = |name: &str| all.events.iter().filter(|event| event.name == name).collect::<Vec<_>>();
    let [said] = of_provider(&all, "a::b:")[..] else { panic!("one event") };
    let fields: Vec<String> = said.fields.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let expected = ["a=1", "b=-1", "c=1.5", "d=true", "e=text", "f=Some(1)", "message=said 2"];
    assert_eq!(fields, expected);
    let class = program.classes().iter().find(|class| class.provider == "a::b").expect("its class");
    assert_eq!(class.level, Level::Warn);
    let types: Vec<(&str, Type)> =
        class.fields.iter().map(|field| (field.name.as_str(), field.of)).collect();
    let expected = [
        ("message", Type::String),
        ("a", Type::U64),
        ("b", Type::I64),
        ("c", Type::F64),
        ("d", Type::Bool),
        ("e", Type::String),
        ("f", Type::String),
    ];
    assert_eq!(types, expected);
    let odd: Vec<Option<&str>> =
        of("a:in").iter().map(|event| event.fields.get("odd").map(|odd| odd.as_str())).collect();
    assert_eq!(odd, [None, Some("1"), None]);
    let [long] = of("a:long")[..] else { panic!("one event") };
    assert_eq!(long.fields["text"], format!("{}…", "ü".repeat(512)));
    assert_eq!(long.fields["behind"], "1");
}

fn of_provider<'a>(all: &'a All, provider: &str) -> Vec<&'a crate::support::Event> {
    all.events.iter().filter(|event| event.name.starts_with(provider)).collect()
}

#[test]
fn a_span_is_made_entered_left_and_over() {
    let folder = Folder::new();
    folder.run("traces");
    let mut program = Program::open(&folder.only()).expect("it can be opened");
    program.update().expect("it can be read");
    let mut streams = program.take_streams();
    let (mut outer, mut inner) = (Vec::new(), Vec::new());
    streams[0]
        .read(|record| {
            let class = program.class(record.class)?;
            let value = |name: &str| {
                let mut values = class.values(record.payload);
                values.find(|(field, _)| field.name == name).map(|it| format!("{:?}", it.1))
            };
            match class.event.as_str() {
                "outer" => outer.push((class.meaning, value("span"))),
                "inner" => inner.push((class.meaning, value("parent"))),
                _ => {}
            }
            Some(())
        })
        .expect("it can be read");
    use Meaning::{SpanClose, SpanEnter, SpanExit, SpanNew, SpanRecord};
    let of = |events: &[(Meaning, _)]| events.iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(of(&outer), [SpanNew, SpanEnter, SpanExit, SpanRecord, SpanClose]);
    assert!(outer.iter().all(|(_, span)| *span == outer[0].1), "{outer:?}");
    assert_eq!(of(&inner), [SpanNew, SpanEnter, SpanExit, SpanClose].repeat(3));
    let parents = inner.iter().filter(|(meaning, _)| *meaning == SpanNew);
    assert!(parents.clone().count() == 3 && parents.into_iter().all(|it| it.1 == outer[0].1));
}
