//! What is built in Rust equals what a file gives, and what is wrong with it is said.

use marey_ctf::schema::{Base, ByteOrder};
use marey_generate::builder::{Clock, Event, Field, Stream, StreamFeature, Trace, TraceFeature};
use marey_generate::configuration::{Configuration, Options};
use marey_generate::definition::Definition;

const FILE: &str = "\
--- !<tag:barectf.org,2020/3/config>
options: {code-generation: {prefix: {identifier: my_, file-name: my}}}
trace:
  environment: {board: rev-b}
  type:
    native-byte-order: be
    uuid: auto
    $features:
      magic-field-type: false
      data-stream-type-id-field-type: {class: uint, size: 8}
    clock-types:
      mono:
        frequency: 1000
        offset: {seconds: 5, cycles: 7}
        origin-is-unix-epoch: false
        precision: 3
        description: since boot
        $c-type: uint64_t
    data-stream-types:
      audio:
        $is-default: true
        $default-clock-type-name: mono
        $features:
          packet:
            sequence-number-field-type: {class: uint, size: 16, alignment: 16}
            discarded-event-records-counter-snapshot-field-type: false
          event-record: {type-id-field-type: {class: uint, size: 5}}
        packet-context-field-type-extra-members:
          - cpu: {field-type: {class: uint, size: 8}}
        event-record-common-context-field-type:
          class: struct
          members: [{task: {field-type: {class: uint, size: 12, alignment: 4}}}]
        event-record-types:
          tick:
            log-level: 6
            specific-context-field-type:
              class: struct
              members: [{where: {field-type: {class: str}}}]
            payload-field-type:
              class: struct
              members:
                - count: {field-type: {class: uint, size: 32, preferred-display-base: hex}}
                - state:
                    field-type:
                      class: senum
                      size: 8
                      mappings: {low: [[-9, -1]], high: [[1, 9], [20, 20]]}
                - load: {field-type: {class: real, size: 64, alignment: 64}}
                - axes:
                    field-type:
                      class: static-array
                      length: 3
                      element-field-type: {class: sint, size: 16}
                - bytes:
                    field-type:
                      class: dynamic-array
                      element-field-type: {class: uint, size: 8}
          empty: {}
";

fn built() -> Trace {
    let state = Field::signed(8).label("low", -9..=-1).label("high", 1..=9).label("high", 20..=20);
    let tick = Event::new("tick")
        .log_level(6)
        .context_field("where", Field::text())
        .field("count", Field::unsigned(32).base(Base::Hexadecimal))
        .field("state", state)
        .field("load", Field::real(64).alignment_bits(64))
        .field("axes", Field::array(3, Field::signed(16)))
        .field("bytes", Field::dynamic_array(Field::unsigned(8)));
    let audio = Stream::new("audio")
        .is_default()
        .clock("mono")
        .feature(StreamFeature::SequenceNumber, Field::unsigned(16).alignment_bits(16))
        .without(StreamFeature::DiscardedEvents)
        .feature(StreamFeature::EventId, Field::unsigned(5))
        .packet_field("cpu", Field::unsigned(8))
        .common_field("task", Field::unsigned(12).alignment_bits(4))
        .event(tick)
        .event(Event::new("empty"));
    let mono = Clock::new("mono")
        .frequency_hz(1000)
        .offset(5, 7)
        .origin_unknown()
        .precision_cycles(3)
        .description("since boot")
        .c_type("uint64_t");
    Trace::new(ByteOrder::Big)
        .uuid_auto()
        .prefix("my_", "my")
        .environment("board", "rev-b")
        .without(TraceFeature::Magic)
        .feature(TraceFeature::StreamId, Field::unsigned(8))
        .clock(mono)
        .stream(audio)
}

fn of_file(text: &str) -> Definition {
    let read = Configuration::of_bytes("a.yaml", text.into(), &Options::default());
    read.expect("version 3").definition.expect("it is right")
}

#[test]
fn what_is_built_equals_what_a_file_gives() {
    assert_eq!(built().definition().expect("it is right"), of_file(FILE));
}

#[test]
fn it_can_be_written_as_a_file() {
    let text = built().to_yaml();
    assert!(text.starts_with("--- !<tag:barectf.org,2020/3/config>\n"), "{text}");
    assert_eq!(of_file(&text), of_file(FILE));
}

#[test]
fn a_byte_order_and_a_uuid_are_those_that_were_given() {
    let stream = Stream::new("s").event(Event::new("e"));
    let trace = Trace::of_any_target(ByteOrder::Little).uuid([7; 16]).stream(stream);
    let definition = trace.definition().expect("it is right");
    assert!(!definition.code.is_native);
    assert_eq!(definition.schema.trace.uuid, Some([7; 16]));
    assert_eq!(definition.schema.trace.byte_order, ByteOrder::Little);
}

/// What is said of an event with this field.
fn said(field: Field) -> String {
    let stream = Stream::new("s").event(Event::new("e").field("f", field));
    let trace = Trace::new(ByteOrder::Little).stream(stream);
    trace.definition().expect_err("it is wrong").to_string()
}

#[test]
fn what_is_wrong_is_an_error() {
    let deep =
        |levels: usize| (0..levels).fold(Field::unsigned(8), |element, _| Field::array(1, element));
    for (field, expected) in [
        (Field::unsigned(0), "`size` cannot be `0`"),
        (Field::unsigned(65), "`size` cannot be `65`"),
        (Field::real(16), "`size` cannot be `16`"),
        (Field::unsigned(8).alignment_bits(3), "`alignment` cannot be `3`"),
        (Field::unsigned(1).label("two", 2..=2), "1 unsigned bit cannot hold the value 2"),
        (Field::text().label("a", 0..=0), "`mappings` is no property of a string field type"),
        (Field::text().alignment_bits(8), "`alignment` is no property of a string field type"),
        (deep(100_000), "nested deeper than 64"),
    ] {
        let text = said(field);
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn names_are_checked_and_there_once() {
    let event = |name: &str| Event::new(name).field("a", Field::text());
    let of = |stream: Stream| Trace::new(ByteOrder::Little).stream(stream);
    let one = Stream::new("s").event(event("e"));
    let traces = [
        (of(Stream::new("s")), "`event-record-types` is empty"),
        (of(Stream::new("s").event(event("a-b"))), "`a-b` cannot be the name of an event"),
        (
            of(Stream::new("s").event(event("int").field("int", Field::text()))),
            "`int` is a keyword",
        ),
        (of(Stream::new("s").event(event("e").field("a", Field::text()))), "two members `a`"),
        (of(Stream::new("s").event(event("e")).event(event("e"))), "there are two `e`"),
        (of(one.clone()).stream(one.clone()), "there are two `s`"),
        (of(one.clone()).environment("b", "1").environment("b", "2"), "there are two `b`"),
        (of(one.clone()).clock(Clock::new("c")).clock(Clock::new("c")), "there are two `c`"),
        (of(one.clone().clock("c")), "there is no clock type `c`"),
        (
            of(one.clone())
                .without(TraceFeature::StreamId)
                .stream(Stream::new("t").event(event("e"))),
            "is needed to tell 2 data stream types",
        ),
        (of(one.without(StreamFeature::TotalSize)), "`total-size-field-type` cannot be `false`"),
        (Trace::new(ByteOrder::Big), "`data-stream-types` is empty"),
    ];
    for (trace, expected) in traces {
        let found = trace.definition().expect_err(expected);
        assert!(found.problems().has_errors());
        assert!(found.to_string().contains(expected), "{expected}: {found}");
    }
}
