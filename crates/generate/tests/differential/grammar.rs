//! Configurations of version 3, at random over the whole grammar.

use std::fmt;

use marey_ctf::schema::ByteOrder;

use super::random::Random;

/// A value of YAML, written in flow style.
#[derive(Clone, Debug)]
pub enum Yaml {
    Word(String),
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl fmt::Display for Yaml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Yaml::Word(word) => f.write_str(word),
            Yaml::Text(text) => write!(f, "{text:?}"),
            Yaml::List(items) => {
                let items: Vec<_> = items.iter().map(Yaml::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Yaml::Map(entries) => {
                let entries: Vec<_> =
                    entries.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                write!(f, "{{{}}}", entries.join(", "))
            }
        }
    }
}

fn word(word: impl fmt::Display) -> Yaml {
    Yaml::Word(word.to_string())
}

fn null() -> Yaml {
    word("null")
}

/// Properties, of which those that are not there are left out.
fn map(entries: Vec<(&str, Option<Yaml>)>) -> Yaml {
    let there = entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Yaml::Map(there.collect())
}

/// A configuration of this seed, for a machine with this byte order.
pub fn configuration(seed: u64, order: ByteOrder) -> String {
    let mut grammar = Grammar { random: Random(seed), order, names: 0, has_aliases: false };
    format!("--- !<tag:barectf.org,2020/3/config>\n{}\n", grammar.root())
}

struct Grammar {
    random: Random,
    order: ByteOrder,
    names: u64,
    has_aliases: bool,
}

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
    "own-a",
];
const UNSIGNED_ALIASES: [&str; 5] = ["uint8", "uint16", "word", "byte-packed-uint64", "own-u"];
const UUID: &str = "79e49040-21b5-42d4-a873-677261696e65";

impl Grammar {
    /// One of several ways, or none.
    fn maybe(&mut self, ways: &[fn(&mut Self) -> Yaml]) -> Option<Yaml> {
        let way = self.random.below(ways.len() as u64 + 1) as usize;
        ways.get(way).map(|way| way(self))
    }

    fn name(&mut self, of: &str) -> String {
        self.names += 1;
        // Not in the order in which they come.
        let letter = char::from(b'a' + self.random.below(26) as u8);
        format!("{letter}{of}{}", self.names)
    }

    fn number(&mut self, below: u64) -> Yaml {
        word(self.random.below(below))
    }

    fn boolean(&mut self) -> Yaml {
        word(self.random.of(&["true", "false", "yes", "off"]))
    }

    fn root(&mut self) -> Yaml {
        let options = self.maybe(&[Self::options]);
        let trace = self.trace();
        map(vec![("options", options), ("trace", Some(trace))])
    }

    fn options(&mut self) -> Yaml {
        let code = self.maybe(&[|g| {
            let prefix = g.maybe(&[
                |_| word("my"),
                |_| map(vec![("identifier", Some(word("My"))), ("file-name", Some(word("file")))]),
            ]);
            let header = g.maybe(&[|g| {
                map(vec![
                    ("identifier-prefix-definition", g.maybe(&[Self::boolean])),
                    ("default-data-stream-type-name-definition", g.maybe(&[Self::boolean])),
                ])
            }]);
            map(vec![("prefix", prefix), ("header", header)])
        }]);
        map(vec![("code-generation", code)])
    }

    fn trace(&mut self) -> Yaml {
        let environment = self.maybe(&[
            |_| null(),
            |_| map(vec![]),
            |g| {
                let number = g.random.next() as i32;
                map(vec![
                    ("zone", Some(word(number))),
                    ("tracer_name", Some(Yaml::Text("a \"b\" \\ c".to_owned()))),
                    ("domain", Some(word("0x1f"))),
                ])
            },
        ]);
        let trace_type = self.trace_type();
        map(vec![("environment", environment), ("type", Some(trace_type))])
    }

    fn trace_type(&mut self) -> Yaml {
        self.has_aliases = !self.random.one_in(3);
        let order = self.random.of(&["le", "little", "little-endian", "be", "big", "big-endian"]);
        let native = if self.order == ByteOrder::Little { 'l' } else { 'b' };
        let is_native = order.starts_with(native) && self.random.one_in(2);
        let order_property = if is_native { "native-byte-order" } else { "trace-byte-order" };
        let uuid = self.maybe(&[|_| null(), |_| word(UUID), |_| word(UUID)]);
        let has_uuid = matches!(&uuid, Some(Yaml::Word(uuid)) if uuid == UUID);
        let clocks: Vec<_> = (0..self.random.below(3)).map(|_| self.name("clk")).collect();
        let stream_count = 1 + self.random.below(3);
        let features = match self.random.below(3) {
            0 => None,
            1 => Some(null()),
            _ => Some(self.trace_features(stream_count, has_uuid)),
        };
        let streams = self.streams(stream_count, &clocks);
        let clock_types: Vec<_> = clocks.into_iter().map(|name| (name, self.clock())).collect();
        let clock_types =
            (!clock_types.is_empty() || self.random.one_in(2)).then_some(Yaml::Map(clock_types));
        let (include, aliases, levels) = self.aliases();
        map(vec![
            ("$include", include),
            (order_property, Some(word(order))),
            ("uuid", uuid),
            ("$field-type-aliases", aliases),
            ("$log-level-aliases", levels),
            ("$features", features),
            ("clock-types", clock_types),
            ("data-stream-types", Some(streams)),
        ])
    }

    /// Files to include, and aliases of the configuration's own.
    fn aliases(&mut self) -> (Option<Yaml>, Option<Yaml>, Option<Yaml>) {
        let levels = match self.random.below(24) {
            0..12 => None,
            // All that is included is gone, so that names of levels are refused.
            12 => Some(null()),
            _ => Some(map(vec![("MINE", Some(word(17))), ("NONE", Some(null()))])),
        };
        if !self.has_aliases {
            let none = self.maybe(&[|_| null()]);
            return (Some(word("lttng-ust-log-levels.yaml")), none, levels);
        }
        let files = ["stdint.yaml", "stdreal.yaml", "stdmisc.yaml", "lttng-ust-log-levels.yaml"];
        let files = Yaml::List(files.iter().map(word).collect());
        let own = map(vec![
            (
                "own-a",
                Some(map(vec![("$inherit", Some(word("own-u"))), ("alignment", Some(word(2)))])),
            ),
            ("own-u", Some(word("own-base"))),
            ("own-base", Some(map(vec![("class", Some(word("uint"))), ("size", Some(word(13)))]))),
            ("own-nothing", Some(null())),
            ("own-flags", Some(word("true"))),
        ]);
        (Some(files), Some(own), levels)
    }

    fn trace_features(&mut self, streams: u64, has_uuid: bool) -> Yaml {
        let magic = self.maybe(&[
            |_| null(),
            |_| word("true"),
            |_| word("false"),
            |g| g.unsigned_of(Some(32)),
            |g| g.enumeration_of(Some(32), false),
        ]);
        let uuid = match has_uuid {
            true => self.maybe(&[
                |_| null(),
                |_| word("true"),
                |_| word("false"),
                |g| {
                    let alignment = g.maybe(&[|_| null(), |_| word(8)]);
                    let byte = map(vec![
                        ("class", Some(word("unsigned-int"))),
                        ("size", Some(word(8))),
                        ("alignment", alignment),
                    ]);
                    map(vec![
                        ("class", Some(word("static-array"))),
                        ("length", Some(word(16))),
                        ("element-field-type", Some(byte)),
                    ])
                },
            ]),
            false => self.maybe(&[|_| null(), |_| word("false")]),
        };
        let id = self.feature(streams > 1);
        map(vec![
            ("magic-field-type", magic),
            ("uuid-field-type", uuid),
            ("data-stream-type-id-field-type", id),
        ])
    }

    /// A field that the tracer writes, which must be there, or need not be.
    fn feature(&mut self, is_needed: bool) -> Option<Yaml> {
        let way = self.random.below(7);
        match way {
            0 => None,
            1 => Some(null()),
            2 => Some(word("true")),
            3 if !is_needed => Some(word("false")),
            4 => Some(self.enumeration_of(None, false)),
            5 if self.has_aliases => Some(word(self.random.of(&UNSIGNED_ALIASES))),
            _ => Some(self.unsigned_of(None)),
        }
    }

    fn clock(&mut self) -> Yaml {
        let offset = self.maybe(&[
            |_| null(),
            |g| {
                let seconds = g.maybe(&[|_| null(), |g| g.number(2_000_000_000)]);
                let cycles = g.maybe(&[|_| null(), |g| g.number(1 << 40)]);
                map(vec![("seconds", seconds), ("cycles", cycles)])
            },
        ]);
        let types: &[fn(&mut Self) -> Yaml] =
            &[|_| null(), |_| word("uint64_t"), |_| word("uint32_t"), |_| word("uint8_t")];
        map(vec![
            ("frequency", self.maybe(&[|_| null(), |_| word(1), |_| word("1_000_000")])),
            ("offset", offset),
            ("origin-is-unix-epoch", self.maybe(&[|_| null(), Self::boolean])),
            ("precision", self.maybe(&[|_| null(), |g| g.number(1000)])),
            ("uuid", self.maybe(&[|_| null(), |_| word(UUID)])),
            ("description", self.maybe(&[|_| null(), |_| Yaml::Text("it \"ticks\"".to_owned())])),
            ("$c-type", self.maybe(types)),
        ])
    }

    fn streams(&mut self, count: u64, clocks: &[String]) -> Yaml {
        let default = self.random.below(count + 1);
        let mut streams = Vec::new();
        for index in 0..count {
            streams.push((self.name("str"), self.stream(index == default, clocks)));
        }
        Yaml::Map(streams)
    }

    fn stream(&mut self, is_default: bool, clocks: &[String]) -> Yaml {
        let clock = match clocks {
            [] => self.maybe(&[|_| null()]),
            _ if self.random.one_in(4) => self.maybe(&[|_| null()]),
            _ => Some(word(&clocks[self.random.below(clocks.len() as u64) as usize])),
        };
        let has_clock = matches!(&clock, Some(Yaml::Word(name)) if name != "null");
        let event_count = 1 + self.random.below(4);
        let features = match self.random.below(3) {
            0 => None,
            1 => Some(null()),
            _ => Some(self.stream_features(has_clock, event_count)),
        };
        let is_default = match is_default {
            true => Some(word("true")),
            false => self.maybe(&[|_| null(), |_| word("false")]),
        };
        let extra = self.maybe(&[|_| null(), |g| g.members(3), |g| g.members(1)]);
        let common = self.maybe(&[|_| null(), |g| g.structure(3)]);
        let events: Vec<_> = (0..event_count).map(|_| (self.name("evt"), self.event())).collect();
        map(vec![
            ("$is-default", is_default),
            ("$default-clock-type-name", clock),
            ("$features", features),
            ("packet-context-field-type-extra-members", extra),
            ("event-record-common-context-field-type", common),
            ("event-record-types", Some(Yaml::Map(events))),
        ])
    }

    fn stream_features(&mut self, has_clock: bool, events: u64) -> Yaml {
        let time = |g: &mut Self| {
            if has_clock { g.feature(false) } else { g.maybe(&[|_| null(), |_| word("false")]) }
        };
        let size = |g: &mut Self, bits: u64| match g.random.below(4) {
            0 => None,
            1 => Some(null()),
            2 => Some(word("true")),
            _ => Some(g.unsigned_of(Some(bits))),
        };
        let packet = match self.random.below(3) {
            0 => None,
            1 => Some(null()),
            _ => Some(map(vec![
                ("total-size-field-type", size(self, 64)),
                ("content-size-field-type", size(self, 27)),
                ("beginning-timestamp-field-type", time(self)),
                ("end-timestamp-field-type", time(self)),
                ("discarded-event-records-counter-snapshot-field-type", self.feature(false)),
                ("sequence-number-field-type", self.feature(false)),
            ])),
        };
        let record = match self.random.below(3) {
            0 => None,
            1 => Some(null()),
            _ => Some(map(vec![
                ("type-id-field-type", self.feature(events > 1)),
                ("timestamp-field-type", time(self)),
            ])),
        };
        map(vec![("packet", packet), ("event-record", record)])
    }

    fn event(&mut self) -> Yaml {
        let level: &[fn(&mut Self) -> Yaml] =
            &[|_| null(), |g| g.number(20), |_| word("WARNING"), |_| word("DEBUG")];
        let level = self.maybe(level);
        let context = self.maybe(&[|_| null(), |g| g.structure(3)]);
        let payload = Some(self.structure(6));
        map(vec![
            ("log-level", level),
            ("specific-context-field-type", context),
            ("payload-field-type", payload),
        ])
    }

    fn structure(&mut self, most: u64) -> Yaml {
        let alignment = self.maybe(&[|_| null(), |_| word(1), |_| word(16), |_| word(64)]);
        let members = self.members(most);
        let class = self.random.of(&["struct", "structure"]);
        map(vec![
            ("class", Some(word(class))),
            ("minimum-alignment", alignment),
            ("members", Some(members)),
        ])
    }

    fn members(&mut self, most: u64) -> Yaml {
        let count = 1 + self.random.below(most);
        let mut member = |_| {
            let name = self.name("fld");
            let value = match self.random.below(3) {
                0 if self.has_aliases => word(self.random.of(&ALIASES)),
                _ => map(vec![("field-type", Some(self.field(true)))]),
            };
            Yaml::Map(vec![(name, value)])
        };
        Yaml::List((0..count).map(&mut member).collect())
    }

    fn field(&mut self, can_be_dynamic: bool) -> Yaml {
        match self.random.below(10) {
            0 if self.has_aliases => word(self.random.of(&ALIASES)),
            1 | 2 => self.integer(),
            3 => self.enumeration(),
            4 => self.real(),
            5 => map(vec![("class", Some(word(self.random.of(&["str", "string"]))))]),
            6 => self.static_array(),
            7 if can_be_dynamic => {
                let element = self.field(false);
                map(vec![
                    ("class", Some(word("dynamic-array"))),
                    ("element-field-type", Some(element)),
                ])
            }
            8 if self.has_aliases => map(vec![
                ("$inherit", Some(word("uint16"))),
                ("alignment", Some(word(8))),
                ("preferred-display-base", Some(word("oct"))),
            ]),
            _ => self.integer(),
        }
    }

    fn static_array(&mut self) -> Yaml {
        let length = self.random.of(&[0, 1, 2, 3, 5, 16]);
        let element = self.field(false);
        map(vec![
            ("class", Some(word("static-array"))),
            ("length", Some(word(length))),
            ("element-field-type", Some(element)),
        ])
    }

    fn alignment(&mut self) -> Option<Yaml> {
        let ways: &[fn(&mut Self) -> Yaml] =
            &[|_| null(), |g| word(g.random.of(&[1, 2, 4, 8, 16, 32, 64])), |_| word(8)];
        self.maybe(ways)
    }

    fn base(&mut self) -> Option<Yaml> {
        let ways: &[fn(&mut Self) -> Yaml] = &[
            |_| null(),
            |g| {
                let names =
                    ["bin", "binary", "oct", "octal", "dec", "decimal", "hex", "hexadecimal"];
                word(g.random.of(&names))
            },
        ];
        self.maybe(ways)
    }

    fn size(&mut self) -> u64 {
        match self.random.below(2) {
            0 => self.random.of(&[8, 16, 32, 64]),
            _ => 1 + self.random.below(64),
        }
    }

    fn integer(&mut self) -> Yaml {
        let classes =
            ["uint", "unsigned-int", "unsigned-integer", "sint", "signed-int", "signed-integer"];
        let class = self.random.of(&classes);
        let size = self.size();
        self.integer_of(class, size)
    }

    fn integer_of(&mut self, class: &str, size: u64) -> Yaml {
        map(vec![
            ("class", Some(word(class))),
            ("size", Some(word(size))),
            ("alignment", self.alignment()),
            ("preferred-display-base", self.base()),
        ])
    }

    /// An unsigned integer wide enough for the numbers that tracers write.
    fn unsigned_of(&mut self, size: Option<u64>) -> Yaml {
        let size = size.unwrap_or_else(|| 8 + self.random.below(57));
        let class = self.random.of(&["uint", "unsigned-int", "unsigned-integer"]);
        self.integer_of(class, size)
    }

    fn enumeration(&mut self) -> Yaml {
        let is_signed = self.random.one_in(2);
        self.enumeration_of(None, is_signed)
    }

    fn enumeration_of(&mut self, size: Option<u64>, is_signed: bool) -> Yaml {
        let size = size.unwrap_or_else(|| 8 + self.random.below(57));
        let class = match is_signed {
            true => self.random.of(&["senum", "signed-enum", "signed-enumeration"]),
            false => self.random.of(&["uenum", "unsigned-enum", "unsigned-enumeration"]),
        };
        let low = if is_signed { -7 } else { 0 };
        let range = |from: i64, to: i64| Yaml::List(vec![word(from), word(to)]);
        let mappings = map(vec![
            ("ONE", Some(Yaml::List(vec![word(1)]))),
            ("\"a b\"", Some(Yaml::List(vec![range(low, 0), word(12)]))),
            ("more", Some(Yaml::List(vec![range(20, 40)]))),
        ]);
        map(vec![
            ("class", Some(word(class))),
            ("size", Some(word(size))),
            ("alignment", self.alignment()),
            ("preferred-display-base", self.base()),
            ("mappings", Some(mappings)),
        ])
    }

    fn real(&mut self) -> Yaml {
        let size = self.random.of(&[32, 64]);
        map(vec![
            ("class", Some(word("real"))),
            ("size", Some(word(size))),
            ("alignment", self.alignment()),
        ])
    }
}
