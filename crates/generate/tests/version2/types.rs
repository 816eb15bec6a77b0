//! Field types of version 2, at random.

use super::grammar::{BYTE_ORDERS, Grammar};
use super::yaml::{Yaml, map, maybe};

/// The aliases of the packaged files that are used, and one of the configuration's own.
const ALIASES: [&str; 12] = [
    "uint8",
    "int16",
    "word",
    "dword",
    "byte-packed-uint32",
    "bit-packed-int16",
    "byte",
    "uint64",
    "float",
    "double",
    "string",
    "own-u",
];
const UNSIGNED_ALIASES: [&str; 5] = ["uint8", "uint16", "word", "byte-packed-uint64", "own-u"];
/// barectf 2.3 stops with an internal error when integers have from 33 to 63 bits.
const SIZES: [u64; 10] = [1, 3, 7, 8, 13, 16, 24, 31, 32, 64];

impl Grammar {
    /// A structure that starts at a byte at least, as barectf 2.3 wants it.
    pub fn structure_of(&mut self, fields: Vec<(String, Yaml)>) -> Yaml {
        let class = self.random.of(&["struct", "structure"]);
        let rarely = if self.is_2_3() { 40 } else { 6 };
        let alignment = match self.random.below(rarely) {
            0 => maybe!(self: Yaml::Null, 1_u64),
            1 => Some(16_u64.into()),
            2 => Some(64_u64.into()),
            _ => Some(8_u64.into()),
        };
        map([
            ("class", Some(class.into())),
            ("min-align", alignment),
            ("fields", Some(Yaml::Map(fields))),
        ])
    }

    pub fn structure(&mut self, most: u64) -> Yaml {
        let count = 1 + self.random.below(most);
        let fields = (0..count).map(|_| (self.name("fld"), self.field(2)));
        let fields = fields.collect();
        let mut structure = self.structure_of(fields);
        if self.random.one_in(16) {
            // barectf 3.1 ends with an internal error at null.
            let none = self.random.one_in(2) && self.is_2_3();
            structure.set("fields", if none { Yaml::Null } else { map([]) });
        }
        structure
    }

    /// A field with arrays up to this depth, if there can be any.
    pub fn field(&mut self, depth: u64) -> Yaml {
        let has_standard = self.has_aliases && self.version != "2.0";
        match self.random.below(10) {
            0 | 1 if has_standard => self.random.of(&ALIASES).into(),
            0 if self.has_aliases => "own-u".into(),
            2 => self.enumeration(),
            3 => self.float(),
            4 => self.string(),
            5 if depth > 0 && !self.is_2_3() => self.array(depth),
            6 if has_standard => map([
                ("$inherit", Some("uint16".into())),
                ("align", Some(8_u64.into())),
                ("base", Some("oct".into())),
            ]),
            _ => self.integer(),
        }
    }

    /// A number that the tracer writes.
    pub fn feature(&mut self) -> Yaml {
        let has_standard = self.has_aliases && self.version != "2.0";
        let bits = self.random.of(&[8_u64, 13, 16, 32, 64]);
        match self.random.below(3) {
            0 if has_standard => self.random.of(&UNSIGNED_ALIASES).into(),
            _ => self.unsigned_of(bits),
        }
    }

    /// A value of a clock.
    pub fn time(&mut self, clock: &str) -> Yaml {
        let bits = self.random.of(&[16_u64, 32, 64]);
        let mut field = self.unsigned_of(bits);
        field.set("property-mappings", self.mappings(clock));
        field
    }

    fn mappings(&mut self, clock: &str) -> Yaml {
        Yaml::List(vec![map([
            ("type", Some("clock".into())),
            ("name", Some(clock.into())),
            ("property", Some("value".into())),
        ])])
    }

    pub fn integer_class(&mut self) -> Yaml {
        self.random.of(&["int", "integer"]).into()
    }

    fn alignment(&mut self) -> Option<Yaml> {
        maybe!(self: Yaml::Null, self.random.of(&[1_u64, 2, 4, 8, 16, 32, 64]), 8_u64)
    }

    /// Where a field does not start and end at whole bytes, no reader understands another byte
    /// order than that of the fields around it.
    fn order(&mut self, bits: u64, alignment: Option<&Yaml>) -> Option<Yaml> {
        let is_aligned = match alignment {
            Some(Yaml::Number(alignment)) => alignment % 8 == 0,
            _ => true,
        };
        match self.random.below(5) {
            0 if bits.is_multiple_of(8) && is_aligned && self.is_2_3() => {
                Some(self.random.of(&["le", "be"]).into())
            }
            0 if bits.is_multiple_of(8) && is_aligned => Some(self.random.of(&BYTE_ORDERS).into()),
            0 => Some(self.order.into()),
            1 => Some(Yaml::Null),
            _ => None,
        }
    }

    fn base(&mut self) -> Option<Yaml> {
        let bases: &[&str] = match self.is_2_3() {
            true => &["bin", "oct", "dec", "hex"],
            false => &["bin", "oct", "dec", "hex", "binary", "octal", "decimal", "hexadecimal"],
        };
        maybe!(self: Yaml::Null, self.random.of(bases))
    }

    fn encoding(&mut self) -> Option<Yaml> {
        let encodings: &[&str] = match self.is_2_3() {
            true => &["none", "utf-8", "utf8", "ascii"],
            false => &[
                "none", "ascii", "utf-8", "utf8", "UTF8", "UTF-8", "Utf-8", "Ascii", "ASCII",
                "None", "NONE",
            ],
        };
        maybe!(self: Yaml::Null, self.random.of(encodings))
    }

    pub fn unsigned_of(&mut self, bits: u64) -> Yaml {
        let class = self.integer_class();
        // To barectf 3.1, null is not false here.
        let signed = if self.random.one_in(2) { Some(false.into()) } else { None };
        let signed = signed.or_else(|| if self.is_2_3() { maybe!(self: Yaml::Null) } else { None });
        let alignment = self.alignment();
        let order = self.order(bits, alignment.as_ref());
        map([
            ("class", Some(class)),
            ("size", Some(bits.into())),
            ("signed", signed),
            ("align", alignment),
            ("byte-order", order),
            ("base", self.base()),
            ("encoding", maybe!(self: Yaml::Null, "none")),
        ])
    }

    fn integer(&mut self) -> Yaml {
        let mut bits = self.random.of(&SIZES);
        if !self.is_2_3() && self.random.one_in(4) {
            bits = 1 + self.random.below(64);
        }
        let mut field = self.unsigned_of(bits);
        if let Some(signed) = maybe!(self: Yaml::Null, true) {
            field.set("signed", signed);
        }
        if let Some(encoding) = self.encoding() {
            field.set("encoding", encoding);
        }
        let mappings = match (self.random.below(8), self.clocks.first().cloned()) {
            (0, _) => Some(Yaml::Null),
            (1, _) if self.is_2_3() => Some(Yaml::List(Vec::new())),
            (2, Some(clock)) => Some(self.mappings(&clock)),
            _ => None,
        };
        if let Some(mappings) = mappings {
            field.set("property-mappings", mappings);
        }
        field
    }

    fn float(&mut self) -> Yaml {
        let class = self.random.of(&["float", "flt", "floating-point"]);
        let (exp, mant) = self.random.of(&[(8_u64, 24_u64), (11, 53)]);
        let size = map([("exp", Some(exp.into())), ("mant", Some(mant.into()))]);
        // barectf 2.3 ends with an internal error when there is one, in a field that is used.
        let order = if self.is_2_3() { maybe!(self: Yaml::Null) } else { None };
        map([
            ("class", Some(class.into())),
            ("size", Some(size)),
            ("align", self.alignment()),
            ("byte-order", order),
        ])
    }

    fn string(&mut self) -> Yaml {
        let class = self.random.of(&["str", "string"]);
        map([("class", Some(class.into())), ("encoding", self.encoding())])
    }

    /// A field type that barectf 2.3 reads, and has no tracer for.
    pub fn unused(&mut self, depth: u64) -> Yaml {
        if depth == 0 {
            return self.field(0);
        }
        let inner = |g: &mut Self| match g.random.one_in(2) {
            true => g.unused(depth - 1),
            false => g.field(0),
        };
        match self.random.below(4) {
            0 if self.is_2_3() => {
                let class = self.random.of(&["variant", "var"]);
                let types = vec![("a".to_owned(), inner(self)), ("b".to_owned(), inner(self))];
                map([
                    ("class", Some(class.into())),
                    ("tag", Some("tag".into())),
                    ("types", Some(Yaml::Map(types))),
                ])
            }
            1 => {
                let length = self.random.take([0_u64.into(), 3_u64.into(), "length".into()]);
                map([
                    ("class", Some("array".into())),
                    ("length", Some(length)),
                    ("element-type", Some(inner(self))),
                ])
            }
            2 | 3 if !self.is_2_3() || self.random.one_in(2) => {
                let fields = vec![(self.name("fld"), inner(self)), (self.name("fld"), inner(self))];
                self.structure_of(fields)
            }
            _ => {
                let mut float = self.float();
                if self.is_2_3() {
                    let order = self.random.of(&["le", "be"]);
                    float.set("byte-order", order.into());
                }
                float
            }
        }
    }

    fn array(&mut self, depth: u64) -> Yaml {
        let length = match self.random.below(3) {
            0 if depth == 2 => "dynamic".into(),
            _ => self.random.of(&[0_u64, 1, 3, 5]).into(),
        };
        let element = self.field(depth - 1);
        map([
            ("class", Some("array".into())),
            ("length", Some(length)),
            ("element-type", Some(element)),
        ])
    }

    fn enumeration(&mut self) -> Yaml {
        let class = self.random.of(&["enum", "enumeration"]);
        let bits = self.random.of(&[8_u64, 13, 16, 32, 64]);
        let is_signed = self.random.one_in(2);
        let mut values = self.unsigned_of(bits);
        if is_signed {
            values.set("signed", true.into());
        }
        // barectf 2.3 writes quotes into the metadata as they are, which nobody can read.
        let label = if self.is_2_3() { "a b" } else { "a \"b\"" };
        map([
            ("class", Some(class.into())),
            ("value-type", Some(values)),
            ("members", Some(members(is_signed, label))),
        ])
    }
}

/// Values with and without numbers: the latter count on.
fn members(is_signed: bool, label: &str) -> Yaml {
    let member =
        |label: &str, value: Yaml| map([("label", Some(label.into())), ("value", Some(value))]);
    let low: i64 = if is_signed { -7 } else { 0 };
    Yaml::List(vec![
        "first".into(),
        "second".into(),
        member(label, vec![20_i64, 40].into()),
        "after".into(),
        member("one", 50_i64.into()),
        member("low", if is_signed { vec![low, -1].into() } else { 60_i64.into() }),
    ])
}
