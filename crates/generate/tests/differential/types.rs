//! Field types of version 3, at random.

use super::grammar::Grammar;
use super::yaml::{Yaml, map, maybe};

/// The aliases of the packaged files that are used, and one of the configuration's own.
const ALIASES: [&str; 14] = [
    "uint8",
    "sint16",
    "int32",
    "qword",
    "byte-packed-uint32",
    "bit-packed-sint16",
    "byte",
    "float",
    "double",
    "byte-packed-double",
    "bit-packed-float",
    "string",
    "str",
    "own-u",
];
const UNSIGNED_ALIASES: [&str; 5] = ["uint8", "uint16", "word", "byte-packed-uint64", "own-u"];
const UNSIGNED: [&str; 3] = ["uint", "unsigned-int", "unsigned-integer"];
const SIGNED: [&str; 3] = ["sint", "signed-int", "signed-integer"];
const UNSIGNED_ENUMS: [&str; 3] = ["uenum", "unsigned-enum", "unsigned-enumeration"];
const SIGNED_ENUMS: [&str; 3] = ["senum", "signed-enum", "signed-enumeration"];
const BASES: [&str; 8] = ["bin", "binary", "oct", "octal", "dec", "decimal", "hex", "hexadecimal"];

impl Grammar {
    pub fn unsigned_alias(&mut self) -> Yaml {
        self.random.of(&UNSIGNED_ALIASES).into()
    }

    pub fn structure(&mut self, most: u64) -> Yaml {
        let class = self.random.of(&["struct", "structure"]);
        let alignment = maybe!(self: Yaml::Null, 1_u64, 16_u64, 64_u64);
        let members = match self.random.below(16) {
            // With aliases, barectf ends with an internal error at null.
            0 if !self.has_alias_map => maybe!(self: Yaml::Null, Yaml::List(vec![])),
            0 => maybe!(self: Yaml::List(vec![])),
            _ => Some(self.members(most)),
        };
        map([("class", Some(class.into())), ("minimum-alignment", alignment), ("members", members)])
    }

    pub fn members(&mut self, most: u64) -> Yaml {
        let count = 1 + self.random.below(most);
        let member = |_| {
            let name = self.name("fld");
            let value = match self.random.below(3) {
                0 if self.has_aliases => self.random.of(&ALIASES).into(),
                _ => map([("field-type", Some(self.field(true)))]),
            };
            Yaml::Map(vec![(name, value)])
        };
        Yaml::List((0..count).map(member).collect())
    }

    fn field(&mut self, can_be_dynamic: bool) -> Yaml {
        match self.random.below(10) {
            0 if self.has_aliases => self.random.of(&ALIASES).into(),
            1 | 2 => self.integer(),
            3 => self.enumeration(),
            4 => self.real(),
            5 => map([("class", Some(self.random.of(&["str", "string"]).into()))]),
            6 => self.static_array(),
            7 if can_be_dynamic => {
                let element = self.field(false);
                map([
                    ("class", Some("dynamic-array".into())),
                    ("element-field-type", Some(element)),
                ])
            }
            8 if self.has_aliases => map([
                ("$inherit", Some("uint16".into())),
                ("alignment", Some(8_u64.into())),
                ("preferred-display-base", Some("oct".into())),
            ]),
            _ => self.integer(),
        }
    }

    fn static_array(&mut self) -> Yaml {
        let length = self.random.of(&[0_u64, 1, 2, 3, 5, 16]);
        let element = self.field(false);
        map([
            ("class", Some("static-array".into())),
            ("length", Some(length.into())),
            ("element-field-type", Some(element)),
        ])
    }

    fn alignment(&mut self) -> Option<Yaml> {
        maybe!(self: Yaml::Null, self.random.of(&[1_u64, 2, 4, 8, 16, 32, 64]), 8_u64)
    }

    fn base(&mut self) -> Option<Yaml> {
        maybe!(self: Yaml::Null, self.random.of(&BASES), self.random.of(&BASES))
    }

    fn size(&mut self) -> u64 {
        match self.random.below(3) {
            0 => self.random.of(&[8, 16, 32, 64]),
            1 => self.random.of(&[1, 64]),
            _ => 1 + self.random.below(64),
        }
    }

    fn integer(&mut self) -> Yaml {
        let names = if self.random.one_in(2) { UNSIGNED } else { SIGNED };
        let class = self.random.of(&names);
        let size = self.size();
        self.integer_of(class, size)
    }

    fn integer_of(&mut self, class: &str, size: u64) -> Yaml {
        map([
            ("class", Some(class.into())),
            ("size", Some(size.into())),
            ("alignment", self.alignment()),
            ("preferred-display-base", self.base()),
        ])
    }

    pub fn unsigned_of(&mut self, size: u64) -> Yaml {
        let class = self.random.of(&UNSIGNED);
        self.integer_of(class, size)
    }

    fn enumeration(&mut self) -> Yaml {
        let is_signed = self.random.one_in(2);
        let size = match self.random.below(4) {
            0 => self.random.of(&[1, 64]),
            _ => 8 + self.random.below(57),
        };
        self.enumeration_of(size, is_signed)
    }

    pub fn enumeration_of(&mut self, size: u64, is_signed: bool) -> Yaml {
        let class = self.random.of(if is_signed { &SIGNED_ENUMS } else { &UNSIGNED_ENUMS });
        let mut enumeration = self.integer_of(class, size);
        enumeration.set("mappings", mappings(size, is_signed));
        enumeration
    }

    fn real(&mut self) -> Yaml {
        let size = self.random.of(&[32_u64, 64]);
        map([
            ("class", Some("real".into())),
            ("size", Some(size.into())),
            ("alignment", self.alignment()),
        ])
    }
}

fn mappings(size: u64, is_signed: bool) -> Yaml {
    if size == 1 {
        let only: i64 = if is_signed { -1 } else { 1 };
        return map([("ON", Some(vec![only, 0].into()))]);
    }
    let low: i64 = if is_signed { -7 } else { 0 };
    let range = |from: i64, to: i64| Yaml::from(vec![from, to]);
    map([
        ("ONE", Some(vec![1_i64].into())),
        ("a \"b\"", Some(Yaml::List(vec![range(low, 0), 12_i64.into()]))),
        ("more", Some(Yaml::List(vec![range(20, 40)]))),
    ])
}
