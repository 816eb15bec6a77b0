//! What a version 2 configuration may say, when includes, aliases and inheritance are resolved: to
//! barectf 2.3, and to barectf 3.1. The tables are the same but for their leaves.

use super::Compat;
use crate::shape::Shape;

/// The table for a whole configuration.
pub fn configuration(compat: Compat) -> &'static Shape {
    match compat {
        Compat::Barectf23 => &of_2_3::CONFIGURATION,
        Compat::Barectf31 => &of_3_1::CONFIGURATION,
    }
}

/// The table for a field type, that of an alias too.
pub fn field(compat: Compat) -> &'static Shape {
    match compat {
        Compat::Barectf23 => &of_2_3::FIELD,
        Compat::Barectf31 => &of_3_1::FIELD,
    }
}

/// What barectf 2.3 takes.
mod leaves_2_3 {
    use crate::shape::{Object, Property, Shape, Text};

    pub const NAME: Text = Text::OldName;
    pub const MEMBER: Text = Text::OldMember;
    /// Each must be there.
    pub const MAPPED: Text = Text::Any;
    pub const UUID: Text = Text::OldUuid;
    pub const UUID_OR_AUTO: Text = Text::OldUuidOrAuto;
    pub const BYTE_ORDERS: &[&str] = &["le", "be"];
    pub const BASES: &[&str] = &["bin", "oct", "dec", "hex"];
    pub const ENCODINGS: &[&str] = &["none", "ascii", "utf-8", "utf8"];
    pub const MAPPINGS_MIN: usize = 0;
    pub static PREFIX: Shape = Shape::Either(&[Shape::Text(Text::OldName), Shape::Null]);
    pub static FLAG: Shape = Shape::Either(&[Shape::Bool, Shape::Null]);
    /// Longer ones have an error of their own.
    pub static SIZE: Shape = Shape::Integer { min: 1, max: i128::MAX };
    pub static ARRAY_LENGTH: Shape =
        Shape::Either(&[Shape::Integer { min: 0, max: i128::MAX }, Shape::Text(Text::Any)]);
    pub const VARIANT_NAMES: &[&str] = &["variant", "var"];
    pub const FLOAT: &[Property] = &[
        Property::required("class", &Shape::Text(Text::Any), "which class of fields it is"),
        Property::required("size", &super::FLOAT_SIZE, "the digits of its parts"),
        Property::new("align", &super::ALIGNMENT, "at a multiple of how many bits it starts"),
        Property::new("byte-order", &FLOAT_ORDER, "in which order its bytes stand"),
    ];
    static FLOAT_ORDER: Shape = Shape::Either(&[Shape::Words(&["le", "be"]), Shape::Null]);
    pub static EVENTS: Shape = Shape::Either(&[super::of_2_3::EVENT_NAMES, Shape::Null]);
    pub static CLOCKS: Shape = Shape::Either(&[super::of_2_3::CLOCK_NAMES, Shape::Null]);
    pub static VARIANT_OBJECT: Object = Object::new(
        "variant type",
        &[
            Property::required("class", &Shape::Text(Text::Any), "which class of fields it is"),
            Property::required("tag", &Shape::Text(Text::Any), "the field that selects"),
            Property::required("types", &OPTIONS, "what there is to choose from"),
        ],
    );
    static OPTIONS: Shape = Shape::Names {
        what: "option",
        key: Text::OldMember,
        of: &super::of_2_3::FIELD,
        min: 1,
        max: usize::MAX,
    };
}

/// What barectf 3.1 takes.
mod leaves_3_1 {
    use crate::shape::{Property, Shape, Text};

    pub const NAME: Text = Text::Name;
    pub const MEMBER: Text = Text::Member;
    /// Where it is of no use, it need not be there.
    pub const MAPPED: Text = Text::Name;
    pub const UUID: Text = Text::Uuid;
    pub const UUID_OR_AUTO: Text = Text::UuidOrAuto;
    pub const BYTE_ORDERS: &[&str] = &["le", "be", "little", "big", "little-endian", "big-endian"];
    pub const BASES: &[&str] =
        &["bin", "oct", "dec", "hex", "binary", "octal", "decimal", "hexadecimal"];
    pub const ENCODINGS: &[&str] = &[
        "none", "ascii", "utf-8", "utf8", "UTF8", "UTF-8", "Utf-8", "Ascii", "ASCII", "None",
        "NONE",
    ];
    pub const MAPPINGS_MIN: usize = 1;
    pub static PREFIX: Shape = Shape::Text(Text::Name);
    pub static FLAG: Shape = Shape::Bool;
    pub static SIZE: Shape = Shape::Integer { min: 1, max: 64 };
    pub static ARRAY_LENGTH: Shape =
        Shape::Either(&[Shape::Integer { min: 0, max: i128::MAX }, Shape::Words(&["dynamic"])]);
    pub const FLOAT: &[Property] = &[
        Property::required("class", &Shape::Text(Text::Any), "which class of fields it is"),
        Property::required("size", &super::FLOAT_SIZE, "the digits of its parts"),
        Property::new("align", &super::ALIGNMENT, "at a multiple of how many bits it starts"),
    ];
    pub use super::of_3_1::CLOCK_NAMES as CLOCKS;
    pub use super::of_3_1::EVENT_NAMES as EVENTS;
}

use crate::shape::{Object, Property};

static ALIGNMENT: Shape = Shape::Either(&[Shape::PowerOfTwo, Shape::Null]);
static FLOAT_SIZE: Shape = Shape::Object(&Object::new(
    "floating-point size",
    &[
        Property::required("exp", &DIGITS, "the bits of the exponent"),
        Property::required("mant", &DIGITS, "the bits of the mantissa, with the hidden one"),
    ],
));
static DIGITS: Shape = Shape::Integer { min: 1, max: 1 << 20 };

/// The tables, with the leaves of a module, and what classes of fields there are besides.
macro_rules! tables {
    ($leaves:ident $(, $class:expr)*) => {
        use super::$leaves::{
            ARRAY_LENGTH, BASES, BYTE_ORDERS, CLOCKS, ENCODINGS, EVENTS, FLAG, FLOAT,
            MAPPED, MAPPINGS_MIN, MEMBER, NAME, PREFIX, SIZE, UUID, UUID_OR_AUTO,
        };
        use super::ALIGNMENT;
        use crate::extensions;
        use crate::shape::{Class, Object, Property, Shape, Text};

        const STRING: Shape = Shape::Text(Text::Any);
        const NUMBER: Shape = Shape::Integer { min: i128::MIN, max: i128::MAX };
        const FROM_0: Shape = Shape::Integer { min: 0, max: i128::MAX };
        static OPTIONAL_STRING: Shape = Shape::Either(&[STRING, Shape::Null]);
        static OPTIONAL_BOOL: Shape = Shape::Either(&[Shape::Bool, Shape::Null]);
        static OPTIONAL_FROM_0: Shape = Shape::Either(&[FROM_0, Shape::Null]);
        static OPTIONAL_UUID: Shape = Shape::Either(&[Shape::Text(UUID), Shape::Null]);
        static BYTE_ORDER: Shape = Shape::Words(BYTE_ORDERS);
        static OPTIONAL_ORDER: Shape = Shape::Either(&[Shape::Words(BYTE_ORDERS), Shape::Null]);
        static ENCODING: Shape = Shape::Either(&[Shape::Words(ENCODINGS), Shape::Null]);

        /// The whole.
        pub static CONFIGURATION: Shape = Shape::Object(&Object::new(
            "configuration",
            &[
                Property::required("version", &STRING, "its version: '2.0', '2.1' or '2.2'"),
                Property::new("prefix", &PREFIX, "what names begin with (barectf_)"),
                Property::new("options", &OPTIONS, "how code is generated"),
                Property::required("metadata", &METADATA, "what is traced"),
            ],
        ));
        static OPTIONS: Shape = Shape::Object(&Object::new(
            "configuration options",
            &[
                Property::new(
                    "gen-prefix-def",
                    &FLAG,
                    "whether the header defines `_BARECTF_PREFIX` (false)",
                ),
                Property::new(
                    "gen-default-stream-def",
                    &FLAG,
                    "whether the header defines `_BARECTF_DEFAULT_STREAM` (false)",
                ),
            ],
        ));
        static METADATA: Shape = Shape::Object(&Object::new(
            "metadata",
            &[
                Property::required("trace", &TRACE, "what all streams have in common"),
                Property::new("env", &ENV, "what the metadata says of the place"),
                Property::new(extensions::NAME, &extensions::SHAPE, "what barectf does not know"),
                Property::new("clocks", &CLOCKS, "the clocks"),
                Property::new("$default-stream", &OPTIONAL_STRING, "whom short names are for"),
                Property::required("streams", &STREAMS, "the streams"),
            ],
        ));
        static ENV: Shape = Shape::Either(&[
            Shape::Names {
                what: "environment variable",
                key: MEMBER,
                of: &Shape::Either(&[STRING, NUMBER]),
                min: 0,
                max: usize::MAX,
            },
            Shape::Null,
        ]);
        static TRACE: Shape = Shape::Object(&Object::new(
            "trace",
            &[
                Property::required("byte-order", &BYTE_ORDER, "the byte order of its fields"),
                Property::new(
                    "uuid",
                    &Shape::Either(&[Shape::Text(UUID_OR_AUTO), Shape::Null]),
                    "what tells traces apart",
                ),
                Property::new("packet-header-type", &OPTIONAL_STRUCT, "how packets begin"),
            ],
        ));
        pub const CLOCK_NAMES: Shape =
            Shape::Names { what: "clock", key: MEMBER, of: &CLOCK, min: 0, max: usize::MAX };
        static CLOCK: Shape = Shape::Object(&Object::new(
            "clock",
            &[
                Property::new("freq", &FREQUENCY, "cycles in a second (1000000000)"),
                Property::new("description", &OPTIONAL_STRING, "what it is"),
                Property::new("uuid", &OPTIONAL_UUID, "what tells clocks apart"),
                Property::new("error-cycles", &OPTIONAL_FROM_0, "how far it may be wrong (0)"),
                Property::new("offset", &OFFSET, "the time of value 0"),
                Property::new("absolute", &OPTIONAL_BOOL, "whether it counts from 1970 on"),
                Property::new("$return-ctype", &OPTIONAL_STRING, "the C type (uint32_t)"),
                Property::new("return-ctype", &OPTIONAL_STRING, "the same, in version 2.0"),
            ],
        ));
        static FREQUENCY: Shape =
            Shape::Either(&[Shape::Integer { min: 1, max: i128::MAX }, Shape::Null]);
        static OFFSET: Shape = Shape::Either(&[
            Shape::Object(&Object::new(
                "clock offset",
                &[
                    Property::new("seconds", &OPTIONAL_FROM_0, "seconds (0)"),
                    Property::new("cycles", &OPTIONAL_FROM_0, "cycles to be added (0)"),
                ],
            )),
            Shape::Null,
        ]);
        static STREAMS: Shape =
            Shape::Names { what: "stream", key: NAME, of: &STREAM, min: 1, max: usize::MAX };
        static STREAM: Shape = Shape::Object(&Object::new(
            "stream",
            &[
                Property::new("$default", &OPTIONAL_BOOL, "whether short names are for it"),
                Property::required("packet-context-type", &STRUCT, "what follows the header"),
                Property::new("event-header-type", &OPTIONAL_STRUCT, "how events begin"),
                Property::new("event-context-type", &OPTIONAL_STRUCT, "fields of every event"),
                Property::required("events", &EVENTS, "its events"),
            ],
        ));
        pub const EVENT_NAMES: Shape =
            Shape::Names { what: "event", key: NAME, of: &EVENT, min: 1, max: usize::MAX };
        static EVENT: Shape = Shape::Object(&Object::new(
            "event",
            &[
                Property::new("log-level", &OPTIONAL_FROM_0, "how grave it is"),
                Property::new("context-type", &OPTIONAL_STRUCT, "where it occurred"),
                Property::new("payload-type", &OPTIONAL_STRUCT, "what it says"),
            ],
        ));

        // A constant here would refer to itself: structures hold structures.
        const STRUCT_NAMES: [&str; 2] = ["struct", "structure"];
        const INTEGER_CLASS: Class = Class { names: &["int", "integer"], object: &INTEGER };
        static STRUCT: Shape = Shape::Class(&[Class { names: &STRUCT_NAMES, object: &STRUCTURE }]);
        static OPTIONAL_STRUCT: Shape =
            Shape::Either(&[
                Shape::Class(&[Class { names: &STRUCT_NAMES, object: &STRUCTURE }]),
                Shape::Null,
            ]);

        /// Any class of fields.
        pub static FIELD: Shape = Shape::Class(&[
            INTEGER_CLASS,
            Class { names: &["float", "flt", "floating-point"], object: &FLOATING },
            Class { names: &["enum", "enumeration"], object: &ENUMERATION },
            Class { names: &["string", "str"], object: &TEXT },
            Class { names: &["array"], object: &ARRAY },
            Class { names: &STRUCT_NAMES, object: &STRUCTURE },
            $($class,)*
        ]);

        const CLASS: Property = Property::required("class", &STRING, "which class of fields it is");
        static INTEGER: Object = Object::new(
            "integer type",
            &[
                CLASS,
                Property::required("size", &SIZE, "its length in bits"),
                Property::new("align", &ALIGNMENT, "at a multiple of how many bits it starts"),
                Property::new("signed", &OPTIONAL_BOOL, "whether it may be below 0 (false)"),
                Property::new("byte-order", &OPTIONAL_ORDER, "in which order its bytes stand"),
                Property::new(
                    "base",
                    &Shape::Either(&[Shape::Words(BASES), Shape::Null]),
                    "how it is shown (dec)",
                ),
                Property::new("encoding", &ENCODING, "that it is a character (none)"),
                Property::new("property-mappings", &MAPPINGS, "the clock that it is a value of"),
            ],
        );
        static MAPPINGS: Shape = Shape::Either(&[
            Shape::List { of: &MAPPING, min: MAPPINGS_MIN, max: 1 },
            Shape::Null,
        ]);
        static MAPPING: Shape = Shape::Object(&Object::new(
            "property mapping",
            &[
                Property::required("type", &Shape::Words(&["clock"]), "what it is mapped to"),
                Property::required("name", &Shape::Text(MAPPED), "which clock"),
                Property::required("property", &Shape::Words(&["value"]), "what of it"),
            ],
        ));
        static FLOATING: Object = Object::new("floating-point type", FLOAT);
        static ENUMERATION: Object = Object::new(
            "enumeration type",
            &[
                CLASS,
                Property::required("value-type", &Shape::Class(&[INTEGER_CLASS]), "its values"),
                Property::required("members", &MEMBERS, "names for values"),
            ],
        );
        static MEMBERS: Shape = Shape::List { of: &LABEL, min: 1, max: usize::MAX };
        static LABEL: Shape = Shape::Either(&[
            STRING,
            Shape::Object(&Object::new(
                "enumeration member",
                &[
                    Property::required("label", &STRING, "its name"),
                    Property::required("value", &VALUE, "its value, or the ends of a range"),
                ],
            )),
        ]);
        static VALUE: Shape =
            Shape::Either(&[NUMBER, Shape::List { of: &NUMBER, min: 2, max: 2 }]);
        static TEXT: Object = Object::new(
            "string type",
            &[CLASS, Property::new("encoding", &ENCODING, "how characters are written (utf-8)")],
        );
        static ARRAY: Object = Object::new(
            "array type",
            &[
                CLASS,
                Property::required("length", &ARRAY_LENGTH, "how many elements it has"),
                Property::required("element-type", &FIELD, "the type of its elements"),
            ],
        );
        static STRUCTURE: Object = Object::new(
            "structure type",
            &[
                CLASS,
                Property::new("min-align", &ALIGNMENT, "where it starts, at least (1)"),
                Property::new("fields", &FIELDS, "its fields"),
            ],
        );
        static FIELDS: Shape = Shape::Either(&[
            Shape::Names { what: "field", key: MEMBER, of: &FIELD, min: 0, max: usize::MAX },
            Shape::Null,
        ]);
    };
}

mod of_2_3 {
    tables!(
        leaves_2_3,
        Class {
            names: super::leaves_2_3::VARIANT_NAMES,
            object: &super::leaves_2_3::VARIANT_OBJECT
        }
    );
}

mod of_3_1 {
    tables!(leaves_3_1);
}
