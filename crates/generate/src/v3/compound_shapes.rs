//! What field types may say that barectf does not have.

use super::shapes::{ALIGN, CLASS, FIELD, FROM_0, MEMBER_VALUE, STRING};
use crate::shape::{Object, Property, Shape, Text};

/// How many fields a variant can be: as many as the number in front of it can say.
const OPTIONS_MAX: usize = 256;

pub static BOOLEAN: Object = Object::new(
    "boolean field type",
    &[CLASS, Property::new("size", &OPTIONAL_SIZE, "its length in bits (8)"), ALIGN],
);
static OPTIONAL_SIZE: Shape = Shape::Either(&[Shape::Integer { min: 1, max: 64 }, Shape::Null]);

const MEDIA_TYPE: Property =
    Property::new("media-type", &OPTIONAL_MEDIA_TYPE, "what the bytes are: an IANA media type");
static OPTIONAL_MEDIA_TYPE: Shape = Shape::Either(&[STRING, Shape::Null]);

pub static STATIC_BLOB: Object = Object::new(
    "static blob field type",
    &[CLASS, Property::required("length", &FROM_0, "how many bytes it has"), MEDIA_TYPE],
);
pub static DYNAMIC_BLOB: Object = Object::new("dynamic blob field type", &[CLASS, MEDIA_TYPE]);

pub static OPTIONAL: Object = Object::new(
    "optional field type",
    &[CLASS, Property::required("field-type", &FIELD, "the class of the field, if it is there")],
);

pub static VARIANT: Object = Object::new(
    "variant field type",
    &[CLASS, Property::required("options", &OPTIONS, "what it may be: names with field types")],
);
static OPTIONS: Shape = Shape::List { of: &OPTION, min: 1, max: OPTIONS_MAX };
/// One name with its field type.
static OPTION: Shape =
    Shape::Names { what: "option", key: Text::Member, of: &MEMBER_VALUE, min: 1, max: 1 };
