//! What a version 3 configuration may say, when includes, aliases and inheritance are resolved.

use super::compound_shapes::{BOOLEAN, DYNAMIC_BLOB, OPTIONAL, STATIC_BLOB, VARIANT};
use crate::extensions;
use crate::shape::{Class, Object, Others, Property, Shape, Text};

const NUMBER: Shape = Shape::Integer { min: i128::MIN, max: i128::MAX };
pub const FROM_0: Shape = Shape::Integer { min: 0, max: i128::MAX };
const FROM_1: Shape = Shape::Integer { min: 1, max: i128::MAX };
pub const STRING: Shape = Shape::Text(Text::Any);

static OPTIONAL_BOOL: Shape = Shape::Either(&[Shape::Bool, Shape::Null]);
static OPTIONAL_STRING: Shape = Shape::Either(&[STRING, Shape::Null]);
static OPTIONAL_FROM_0: Shape = Shape::Either(&[FROM_0, Shape::Null]);
static OPTIONAL_FROM_1: Shape = Shape::Either(&[FROM_1, Shape::Null]);
static OPTIONAL_UUID: Shape = Shape::Either(&[Shape::Text(Text::Uuid), Shape::Null]);
static ALIGNMENT: Shape = Shape::Either(&[Shape::PowerOfTwo, Shape::Null]);

/// The whole.
pub static CONFIGURATION: Shape = Shape::Object(&Object::new(
    "configuration",
    &[
        Property::new("options", &OPTIONS, "how code is generated"),
        Property::required("trace", &TRACE, "what is traced"),
    ],
));

static OPTIONS: Shape = Shape::Object(&Object::new(
    "configuration options",
    &[Property::new("code-generation", &CODE_GENERATION, "how code is generated")],
));

static CODE_GENERATION: Shape = Shape::Object(&Object::new(
    "code generation options",
    &[
        Property::new("prefix", &PREFIX, "what names of functions, types and files begin with"),
        Property::new("header", &HEADER, "what the header defines besides"),
    ],
));

static PREFIX: Shape = Shape::Either(&[Shape::Text(Text::Name), Shape::Object(&PREFIX_OBJECT)]);

static PREFIX_OBJECT: Object = Object::new(
    "prefix",
    &[
        Property::required("identifier", &NAME, "what names of functions and types begin with"),
        Property::required("file-name", &STRING, "what names of files begin with"),
    ],
);

static NAME: Shape = Shape::Text(Text::Name);

static HEADER: Shape = Shape::Object(&Object::new(
    "header options",
    &[
        Property::new(
            "identifier-prefix-definition",
            &Shape::Bool,
            "whether the header defines `_BARECTF_PREFIX`",
        ),
        Property::new(
            "default-data-stream-type-name-definition",
            &Shape::Bool,
            "whether the header defines `_BARECTF_DEFAULT_DATA_STREAM_TYPE_NAME`",
        ),
    ],
));

static TRACE: Shape = Shape::Object(&Object {
    what: "trace",
    properties: &[
        Property::required("type", &TRACE_TYPE, "what all its streams have in common"),
        Property::new("environment", &ENVIRONMENT, "what the metadata says of the place")
            .was("env"),
        Property::new(extensions::NAME, &extensions::SHAPE, "what barectf does not know"),
    ],
    one_of: &[],
    others: Others::Ignored,
});

static ENVIRONMENT: Shape = Shape::Either(&[
    Shape::Names {
        what: "environment variable",
        key: Text::Member,
        of: &Shape::Either(&[STRING, NUMBER]),
        min: 0,
        max: usize::MAX,
    },
    Shape::Null,
]);

const BYTE_ORDERS: [&str; 6] = ["little-endian", "big-endian", "le", "be", "little", "big"];
static BYTE_ORDER: Shape = Shape::Words(&BYTE_ORDERS);

static TRACE_TYPE: Shape = Shape::Object(&Object {
    what: "trace type",
    properties: &[
        Property::new("native-byte-order", &BYTE_ORDER, "the byte order of the target")
            .was("byte-order"),
        Property::new(
            "trace-byte-order",
            &BYTE_ORDER,
            "the byte order of the trace, whatever the target's",
        ),
        Property::new(
            "uuid",
            &Shape::Either(&[Shape::Text(Text::UuidOrAuto), Shape::Null]),
            "what tells traces apart",
        ),
        Property::new("$features", &TRACE_FEATURES, "the fields of packet headers")
            .was("packet-header-type"),
        Property::new("clock-types", &CLOCKS, "the clocks").was("clocks"),
        Property::required("data-stream-types", &STREAMS, "the streams").was("streams"),
    ],
    one_of: &["native-byte-order", "trace-byte-order"],
    others: Others::Refused,
});

static TRACE_FEATURES: Shape = Shape::Either(&[
    Shape::Object(&Object::new(
        "trace type features",
        &[
            Property::new("magic-field-type", &MAGIC, "the number that packets begin with"),
            Property::new("uuid-field-type", &UUID_FIELD, "the trace's UUID"),
            Property::new("data-stream-type-id-field-type", &FEATURE, "the stream's number"),
        ],
    )),
    Shape::Null,
]);

static CLOCKS: Shape =
    Shape::Names { what: "clock type", key: Text::Member, of: &CLOCK, min: 0, max: usize::MAX };

static CLOCK: Shape = Shape::Object(&Object::new(
    "clock type",
    &[
        Property::new("frequency", &OPTIONAL_FROM_1, "cycles in a second (1000000000)").was("freq"),
        Property::new("offset", &OFFSET, "the time of value 0"),
        Property::new(
            "origin-is-unix-epoch",
            &OPTIONAL_BOOL,
            "whether the offset counts from 1970-01-01T00:00:00Z (true)",
        )
        .was("absolute"),
        Property::new("precision", &OPTIONAL_FROM_0, "up to how many cycles it is wrong (0)")
            .was("error-cycles"),
        Property::new("uuid", &OPTIONAL_UUID, "what tells clocks apart"),
        Property::new("description", &OPTIONAL_STRING, "what it is"),
        Property::new("$c-type", &OPTIONAL_STRING, "the C type of its values (uint32_t)")
            .was("$return-ctype"),
    ],
));

static OFFSET: Shape = Shape::Either(&[
    Shape::Object(&Object::new(
        "clock type offset",
        &[
            Property::new("seconds", &OPTIONAL_FROM_0, "seconds (0)"),
            Property::new("cycles", &OPTIONAL_FROM_0, "cycles to be added (0)"),
        ],
    )),
    Shape::Null,
]);

static STREAMS: Shape = Shape::Names {
    what: "data stream type",
    key: Text::Name,
    of: &STREAM,
    min: 1,
    max: usize::MAX,
};

static STREAM: Shape = Shape::Object(&Object::new(
    "data stream type",
    &[
        Property::new("$is-default", &OPTIONAL_BOOL, "whether short names are for it (false)")
            .was("$default"),
        Property::new(
            "$default-clock-type-name",
            &Shape::Either(&[Shape::Text(Text::Name), Shape::Null]),
            "the clock that times it",
        ),
        Property::new("$features", &STREAM_FEATURES, "fields that the tracer writes itself"),
        Property::new(
            "packet-context-field-type-extra-members",
            &OPTIONAL_MEMBERS,
            "fields of each packet's context, parameters of the function that opens it",
        ),
        Property::new(
            "event-record-common-context-field-type",
            &OPTIONAL_STRUCT,
            "fields of every event",
        )
        .was("event-context-type"),
        Property::required("event-record-types", &EVENTS, "its events").was("events"),
    ],
));

static STREAM_FEATURES: Shape = Shape::Either(&[
    Shape::Object(&Object::new(
        "data stream type features",
        &[
            Property::new("packet", &PACKET_FEATURES, "fields of each packet's context"),
            Property::new("event-record", &EVENT_FEATURES, "fields of each event's header"),
        ],
    )),
    Shape::Null,
]);

static PACKET_FEATURES: Shape = Shape::Either(&[
    Shape::Object(&Object::new(
        "packet features",
        &[
            Property::new("total-size-field-type", &SIZE_FEATURE, "the packet's length"),
            Property::new("content-size-field-type", &SIZE_FEATURE, "what of it is not padding"),
            Property::new("beginning-timestamp-field-type", &FEATURE, "when it was opened"),
            Property::new("end-timestamp-field-type", &FEATURE, "when it was closed"),
            Property::new(
                "discarded-event-records-counter-snapshot-field-type",
                &FEATURE,
                "how many events were discarded so far",
            ),
            Property::new("sequence-number-field-type", &FEATURE, "its number in the stream"),
        ],
    )),
    Shape::Null,
]);

static EVENT_FEATURES: Shape = Shape::Either(&[
    Shape::Object(&Object::new(
        "event record features",
        &[
            Property::new("type-id-field-type", &FEATURE, "which event it is"),
            Property::new("timestamp-field-type", &FEATURE, "when it was"),
        ],
    )),
    Shape::Null,
]);

static EVENTS: Shape = Shape::Names {
    what: "event record type",
    key: Text::Name,
    of: &EVENT,
    min: 1,
    max: usize::MAX,
};

static EVENT: Shape = Shape::Object(&Object::new(
    "event record type",
    &[
        Property::new("log-level", &OPTIONAL_FROM_0, "how grave it is"),
        Property::new(
            "specific-context-field-type",
            &OPTIONAL_STRUCT,
            "what it says of where it occurred",
        )
        .was("context-type"),
        Property::new("payload-field-type", &OPTIONAL_STRUCT, "what it says").was("payload-type"),
    ],
));

/// A field that the tracer writes: `true` for the usual type, `false` for none.
static FEATURE: Shape = Shape::Either(&[Shape::Class(&UNSIGNED), Shape::Bool, Shape::Null]);

/// A field that the tracer writes, and that cannot be left out.
static SIZE_FEATURE: Shape = Shape::Either(&[Shape::Class(&UNSIGNED), Shape::True, Shape::Null]);

static MAGIC: Shape = Shape::Either(&[Shape::Class(&UNSIGNED_32), Shape::Bool, Shape::Null]);

static UUID_FIELD: Shape = Shape::Either(&[Shape::Class(&UUID_ARRAY), Shape::Bool, Shape::Null]);

const UINT_NAMES: &[&str] = &["unsigned-integer", "unsigned-int", "uint"];
const SINT_NAMES: &[&str] = &["signed-integer", "signed-int", "sint"];
const UENUM_NAMES: &[&str] = &["unsigned-enumeration", "unsigned-enum", "uenum"];
const SENUM_NAMES: &[&str] = &["signed-enumeration", "signed-enum", "senum"];

static UNSIGNED: [Class; 2] = [
    Class { names: UINT_NAMES, object: &INTEGER },
    Class { names: UENUM_NAMES, object: &ENUMERATION },
];

static UNSIGNED_32: [Class; 2] = [
    Class { names: UINT_NAMES, object: &INTEGER_32 },
    Class { names: UENUM_NAMES, object: &ENUMERATION_32 },
];

static UUID_ARRAY: [Class; 1] = [Class { names: &["static-array"], object: &UUID_ARRAY_OBJECT }];

static UUID_BYTE: [Class; 2] = [
    Class { names: UINT_NAMES, object: &INTEGER_BYTE },
    Class { names: UENUM_NAMES, object: &ENUMERATION_BYTE },
];

/// Any class of fields.
pub static FIELD: Shape = Shape::Class(&[
    Class { names: UINT_NAMES, object: &INTEGER },
    Class { names: SINT_NAMES, object: &INTEGER },
    Class { names: UENUM_NAMES, object: &ENUMERATION },
    Class { names: SENUM_NAMES, object: &ENUMERATION },
    Class { names: &["real"], object: &REAL },
    Class { names: &["string", "str"], object: &STRING_OBJECT },
    Class { names: &["static-array"], object: &STATIC_ARRAY },
    Class { names: &["dynamic-array"], object: &DYNAMIC_ARRAY },
    Class { names: STRUCT_NAMES, object: &STRUCTURE },
    Class { names: &["boolean", "bool"], object: &BOOLEAN },
    Class { names: &["static-blob"], object: &STATIC_BLOB },
    Class { names: &["dynamic-blob"], object: &DYNAMIC_BLOB },
    Class { names: &["optional"], object: &OPTIONAL },
    Class { names: &["variant"], object: &VARIANT },
]);

const STRUCT_NAMES: &[&str] = &["structure", "struct"];

static OPTIONAL_STRUCT: Shape = Shape::Either(&[
    Shape::Class(&[Class { names: STRUCT_NAMES, object: &STRUCTURE }]),
    Shape::Null,
]);

pub const CLASS: Property = Property::required("class", &STRING, "which class of fields it is");
pub const ALIGN: Property =
    Property::new("alignment", &ALIGNMENT, "at a multiple of how many bits it starts").was("align");
const SIZE: Property = Property::required("size", &SIZE_BITS, "its length in bits");
const BASE: Property = Property::new(
    "preferred-display-base",
    &Shape::Either(&[
        Shape::Words(&["binary", "octal", "decimal", "hexadecimal", "bin", "oct", "dec", "hex"]),
        Shape::Null,
    ]),
    "how it is shown (decimal)",
);
const MAPPINGS: Property =
    Property::required("mappings", &LABELS, "names for values, each with a list of ranges");

static SIZE_BITS: Shape = Shape::Integer { min: 1, max: 64 };
static SIZE_32: Shape = Shape::Integer { min: 32, max: 32 };
static SIZE_8: Shape = Shape::Integer { min: 8, max: 8 };
static ALIGNMENT_8: Shape = Shape::Either(&[Shape::Integer { min: 8, max: 8 }, Shape::Null]);

const MAGIC_SIZE: Property = Property::required("size", &SIZE_32, "its length in bits");
const BYTE_SIZE: Property = Property::required("size", &SIZE_8, "its length in bits");
const BYTE_ALIGN: Property =
    Property::new("alignment", &ALIGNMENT_8, "at a multiple of how many bits it starts");

static INTEGER: Object = Object::new("integer field type", &[CLASS, SIZE, ALIGN, BASE]);
static INTEGER_32: Object =
    Object::new("magic number field type", &[CLASS, MAGIC_SIZE, ALIGN, BASE]);
static INTEGER_BYTE: Object =
    Object::new("UUID byte field type", &[CLASS, BYTE_SIZE, BYTE_ALIGN, BASE]);
static ENUMERATION: Object =
    Object::new("enumeration field type", &[CLASS, SIZE, ALIGN, BASE, MAPPINGS]);
static ENUMERATION_32: Object =
    Object::new("magic number enumeration field type", &[CLASS, MAGIC_SIZE, ALIGN, BASE, MAPPINGS]);
static ENUMERATION_BYTE: Object = Object::new(
    "UUID byte enumeration field type",
    &[CLASS, BYTE_SIZE, BYTE_ALIGN, BASE, MAPPINGS],
);

static LABELS: Shape =
    Shape::Names { what: "label", key: Text::Any, of: &RANGES, min: 1, max: usize::MAX };
static RANGES: Shape = Shape::List { of: &RANGE, min: 1, max: usize::MAX };
static RANGE: Shape = Shape::Either(&[NUMBER, Shape::List { of: &NUMBER, min: 2, max: 2 }]);

static REAL: Object = Object::new(
    "real field type",
    &[CLASS, Property::required("size", &REAL_SIZE, "its length in bits"), ALIGN],
);
static REAL_SIZE: Shape = Shape::Numbers(&[32, 64]);

static STRING_OBJECT: Object = Object::new("string field type", &[CLASS]);

static STATIC_ARRAY: Object = Object::new(
    "static array field type",
    &[
        CLASS,
        Property::required("length", &FROM_0, "how many elements it has"),
        Property::required("element-field-type", &FIELD, "the class of its elements")
            .was("element-type"),
    ],
);
static DYNAMIC_ARRAY: Object = Object::new(
    "dynamic array field type",
    &[
        CLASS,
        Property::required("element-field-type", &FIELD, "the class of its elements")
            .was("element-type"),
    ],
);
static UUID_ARRAY_OBJECT: Object = Object::new(
    "UUID field type",
    &[
        CLASS,
        Property::required("length", &Shape::Integer { min: 16, max: 16 }, "how many bytes"),
        Property::required("element-field-type", &Shape::Class(&UUID_BYTE), "its bytes"),
    ],
);

static STRUCTURE: Object = Object::new(
    "structure field type",
    &[
        CLASS,
        Property::new(
            "minimum-alignment",
            &ALIGNMENT,
            "at a multiple of how many bits it starts, at least",
        )
        .was("min-align"),
        Property::new("members", &OPTIONAL_MEMBERS, "its fields").was("fields"),
    ],
);

static OPTIONAL_MEMBERS: Shape = Shape::Either(&[Shape::list(&MEMBER), Shape::Null]);

/// One name with its field type.
static MEMBER: Shape =
    Shape::Names { what: "member", key: Text::Member, of: &MEMBER_VALUE, min: 1, max: 1 };

pub static MEMBER_VALUE: Shape = Shape::Object(&Object::new(
    "structure field type member",
    &[Property::required("field-type", &FIELD, "its class")],
));
