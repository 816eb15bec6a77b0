//! Schemas that use all that there is.

use marey_ctf::schema::{
    Array, Base, BitOrder, Blob, ClockClass, EventClass, FieldClass, FieldLocation, Identity,
    Integer, Length, Meaning, Optional, Origin, Range, Role, Schema, Scope, Str, StreamClass,
    Structure, TraceClass, Value, VarInteger, Variant, VariantOption,
};

use super::build::*;

pub const UUID: [u8; 16] = *b"marey-ctf-schema";

/// What both versions of CTF can say.
pub fn rich() -> Schema {
    let environment = [
        ("domain", Value::Text("bare".into())),
        ("quoted", Value::Text("a \"b\" \\ c\nd\te".into())),
        ("least", Value::Integer(i64::MIN.into())),
        ("most", Value::Integer(u64::MAX.into())),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value)).into();
    let packet_header = Some(aligned(8, packet_header()));
    let uuid = Some(UUID);
    Schema {
        trace: TraceClass { uuid, environment, packet_header, ..TraceClass::default() },
        clocks: clocks(),
        streams: vec![full_stream(), other_stream()],
    }
}

/// `rich` with names that are reserved in CTF 1.8, or begin with an underscore.
pub fn with_names() -> Schema {
    let mut schema = rich();
    schema.streams.insert(1, names());
    schema
}

fn names() -> StreamClass {
    let labels = vec![mapping("string", [(0, 0)]), mapping("_b", [(1, 9)])];
    let value = variant(
        FieldLocation::sibling("event"),
        [("string", (0, 0), text()), ("_b", (1, 9), number(8))],
    );
    let payload = structure([
        ("int", number(8)),
        ("_x", number(8)),
        ("__s_len", number(8)),
        ("s", text_of(beside("__s_len"))),
        ("event", enumeration(8, labels)),
        ("value", value),
    ]);
    let event = EventClass { identity: identity("names"), ..EventClass::default() };
    StreamClass {
        id: Some(5),
        events: vec![EventClass { payload: Some(payload), ..event }],
        ..StreamClass::default()
    }
}

/// A stream class with another clock.
fn other_stream() -> StreamClass {
    let stamp = Integer { roles: vec![Role::Timestamp], clock: Some(1), ..unsigned(27) };
    let event_header = structure([("timestamp", FieldClass::Integer(stamp))]);
    StreamClass {
        id: Some(7),
        default_clock: Some(1),
        event_header: Some(event_header),
        ..StreamClass::default()
    }
}

fn packet_header() -> Structure {
    let uuid = Array {
        length: Length::Static(16),
        element: Box::new(number(8)),
        minimum_alignment_bits: 1,
        roles: vec![Role::MetadataStreamUuid],
    };
    structure([
        ("magic", role(32, Role::PacketMagicNumber)),
        ("uuid", FieldClass::Array(uuid)),
        ("stream_id", role(8, Role::DataStreamClassId)),
    ])
}

fn clocks() -> Vec<ClockClass> {
    let beep = ClockClass {
        uuid: Some(UUID),
        description: Some("what \"beeps\"\n".into()),
        frequency: 1000,
        precision: Some(7),
        origin: Origin::UnixEpoch,
        offset_s: 4,
        offset_cycles: 12_345,
        ..ClockClass::new("beep")
    };
    vec![beep, ClockClass::new("other")]
}

fn full_stream() -> StreamClass {
    let packet_context = structure([
        ("packet_size", role(64, Role::PacketTotalLength)),
        ("content_size", role(64, Role::PacketContentLength)),
        ("timestamp_begin", time(64, Role::Timestamp)),
        ("timestamp_end", time(64, Role::PacketEndTimestamp)),
        ("events_discarded", role(32, Role::DiscardedEventCounter)),
        ("packet_seq_num", role(16, Role::PacketSequenceNumber)),
        ("dims", number(8)),
    ]);
    let event_header =
        structure([("id", role(16, Role::EventClassId)), ("timestamp", time(64, Role::Timestamp))]);
    StreamClass {
        id: Some(3),
        identity: identity("default"),
        default_clock: Some(0),
        packet_context: Some(aligned(8, packet_context)),
        event_header: Some(aligned(8, event_header)),
        event_common_context: Some(structure([("tid", big_signed(32))])),
        events: vec![small(), numbers(), texts(), nested(), nothing()],
    }
}

/// An event of a few bytes.
fn small() -> EventClass {
    let payload = structure([
        ("x", number(8)),
        ("__s_len", number(8)),
        ("s", text_of(beside("__s_len"))),
        ("kind", enumeration(8, vec![mapping("a", [(0, 0)]), mapping("b", [(1, 9)])])),
        (
            "value",
            variant(
                FieldLocation::sibling("kind"),
                [("a", (0, 0), text()), ("b", (1, 9), number(8))],
            ),
        ),
    ]);
    let name = identity("small \"one\"");
    EventClass { id: 0, identity: name, payload: Some(payload), ..EventClass::default() }
}

fn numbers() -> EventClass {
    let with = |len_bits, meaning, base| {
        FieldClass::Integer(Integer { meaning, base, ..unsigned(len_bits) })
    };
    let flags = Integer {
        meaning: Meaning::Bits,
        mappings: vec![mapping("read", [(0, 0)]), mapping("write", [(1, 2)])],
        ..unsigned(8)
    };
    let states = vec![
        mapping("idle", [(0, 0), (4, 7)]),
        mapping("say \"hi\"", [(1, 3)]),
        mapping("idle", [(9, 9)]),
    ];
    let payload = structure([
        ("bits3", with(3, Meaning::Unsigned, Base::Hexadecimal)),
        ("bits5", with(5, Meaning::Signed, Base::Octal)),
        ("is_on", with(1, Meaning::Boolean, Base::Decimal)),
        ("raw", with(12, Meaning::Bits, Base::Binary)),
        ("flags", FieldClass::Integer(flags)),
        ("state", enumeration(4, states)),
        ("f32", float(32)),
        ("f64", float(64)),
    ]);
    EventClass {
        id: 1,
        identity: identity("numbers"),
        log_level: Some(0),
        emf_uri: Some("https://example.org/numbers".into()),
        specific_context: Some(aligned(32, structure([]))),
        payload: Some(payload),
    }
}

fn texts() -> EventClass {
    let byte = FieldClass::Integer(Integer { is_text: true, ..unsigned(8) });
    let payload = structure([
        ("until_nul", text()),
        ("of_8", text_of(Length::Static(8))),
        ("bytes_of_text", array(Length::Static(4), byte)),
        ("len", number(16)),
        ("counted", text_of(beside("len"))),
        ("blob", blob(Length::Static(3), vec![])),
        ("counted_blob", blob(beside("len"), vec![])),
    ]);
    let identity = identity("texts");
    EventClass { id: 2, identity, payload: Some(payload), ..EventClass::default() }
}

fn nested() -> EventClass {
    let dims =
        FieldLocation { origin: Some(Scope::PacketContext), path: vec![Some("dims".to_owned())] };
    let up = FieldLocation { origin: None, path: vec![None, Some("len".to_owned())] };
    let inner = structure([
        ("n", number(8)),
        ("of_n", array(beside("n"), number(16))),
        ("of_len", array(Length::Dynamic(up), text())),
    ]);
    let grid = array(Length::Static(2), array(Length::Static(3), number(16)));
    let ragged = array(Length::Static(2), array(Length::Dynamic(dims), text()));
    let payload = structure([
        ("len", number(8)),
        ("grid", grid),
        ("ragged", ragged),
        ("inner", FieldClass::Structure(aligned(16, inner.clone()))),
        ("inners", array(beside("len"), FieldClass::Structure(inner))),
    ]);
    let identity = identity("nested");
    EventClass { id: 3, identity, payload: Some(payload), ..EventClass::default() }
}

fn nothing() -> EventClass {
    EventClass { id: 4, identity: identity("nothing"), ..EventClass::default() }
}

/// What only CTF 2 can say.
pub fn only_ctf2() -> Schema {
    let clock = ClockClass {
        accuracy: Some(3),
        origin: Origin::Named(Identity { uid: Some("1".into()), ..identity("boot") }),
        offset_cycles: -1,
        ..ClockClass::new("a clock")
    };
    let role =
        |role| FieldClass::VarInteger(VarInteger { roles: vec![role], ..VarInteger::default() });
    let event = EventClass { payload: Some(ctf2_payload()), ..EventClass::default() };
    let stream = StreamClass {
        default_clock: Some(0),
        event_header: Some(structure([("when", role(Role::Timestamp))])),
        events: vec![event],
        ..StreamClass::default()
    };
    let trace = TraceClass {
        identity: Identity { namespace: Some("example.org".into()), ..identity("trace") },
        packet_header: Some(structure([("uuid", blob(Length::Static(16), uuid_role()))])),
        ..TraceClass::default()
    };
    Schema { trace, clocks: vec![clock], streams: vec![stream] }
}

fn uuid_role() -> Vec<Role> {
    vec![Role::MetadataStreamUuid]
}

fn ctf2_payload() -> Structure {
    let wide = vec![mapping("most", [(0, i128::MAX)])];
    let var = VarInteger {
        is_signed: true,
        base: Base::Hexadecimal,
        mappings: wide.clone(),
        roles: Vec::new(),
    };
    let reversed = Integer { bit_order: BitOrder::LastToFirst, ..unsigned(8) };
    let utf16 = Str { len_bytes: Some(beside("has it?")), encoding: "utf-16le".into() };
    let picture =
        Blob { len_bytes: Length::Static(4), media_type: Some("image/png".into()), roles: vec![] };
    let boolean = Integer { meaning: Meaning::Boolean, ..unsigned(8) };
    let maybe = |ranges| Optional {
        selector: FieldLocation::sibling("has it?"),
        ranges,
        class: Box::new(number(8)),
    };
    let unnamed =
        VariantOption { name: None, ranges: vec![Range::of(1), Range::of(5)], class: text() };
    let aligned_array = Array {
        length: Length::Static(2),
        element: Box::new(number(3)),
        minimum_alignment_bits: 32,
        roles: Vec::new(),
    };
    structure([
        ("has it?", FieldClass::Integer(boolean)),
        ("leb128", FieldClass::VarInteger(var)),
        ("wide", enumeration(128, wide)),
        ("reversed", FieldClass::Integer(reversed)),
        ("utf16", FieldClass::Str(utf16)),
        ("picture", FieldClass::Blob(picture)),
        ("maybe", FieldClass::Optional(maybe(Vec::new()))),
        ("maybe 1", FieldClass::Optional(maybe(vec![Range::of(1)]))),
        (
            "either",
            FieldClass::Variant(Variant {
                selector: FieldLocation::sibling("leb128"),
                options: vec![unnamed],
            }),
        ),
        ("aligned", FieldClass::Array(aligned_array)),
    ])
}
