//! Configurations of version 3, at random over the whole grammar.

use marey_ctf::schema::ByteOrder;

use super::random::Random;
use super::scatter::{Configuration, Includes, Language, Uses, scattered};
use super::yaml::{Yaml, map, maybe};

const UUID: &str = "79e49040-21b5-42d4-a873-677261696e65";
const BYTE_ORDERS: [&str; 6] = ["le", "little", "little-endian", "be", "big", "big-endian"];
const STANDARD: [&str; 4] =
    ["stdint.yaml", "stdreal.yaml", "stdmisc.yaml", "lttng-ust-log-levels.yaml"];

/// What of version 3 can stand elsewhere.
const LANGUAGE: Language = Language {
    includes: &Includes { can: false, children: &[("trace", false, &TRACE)] },
    inherit: "$inherit",
    keyed: Some("members"),
    aliases: &["trace", "type", "$field-type-aliases"],
    is_any_order: true,
};
const TRACE: Includes = Includes { can: true, children: &[("type", false, &TYPE)] };
const TYPE: Includes = Includes {
    can: true,
    children: &[("clock-types", true, &LEAF), ("data-stream-types", true, &STREAM)],
};
const STREAM: Includes = Includes { can: true, children: &[("event-record-types", true, &LEAF)] };
const LEAF: Includes = Includes { can: true, children: &[] };

/// A configuration of this seed, for a machine with this byte order.
pub fn configuration(seed: u64, order: ByteOrder) -> Configuration {
    let mut grammar =
        Grammar { random: Random(seed), order, names: 0, has_aliases: false, has_alias_map: false };
    let root = grammar.root();
    let uses = Uses { aliases: grammar.has_aliases, includes: true, unused: None };
    scattered(root, &LANGUAGE, uses, grammar.random)
}

pub struct Grammar {
    pub random: Random,
    order: ByteOrder,
    names: u64,
    pub has_aliases: bool,
    pub has_alias_map: bool,
}

impl Grammar {
    pub fn name(&mut self, of: &str) -> String {
        self.names += 1;
        // Not in the order in which they come.
        let letter = char::from(b'a' + self.random.below(26) as u8);
        format!("{letter}{of}{}", self.names)
    }

    fn boolean(&mut self) -> bool {
        self.random.one_in(2)
    }

    fn root(&mut self) -> Yaml {
        let options = maybe!(self: self.options());
        map([("options", options), ("trace", Some(self.trace()))])
    }

    fn options(&mut self) -> Yaml {
        let code = maybe!(self: {
            let names =
                map([("identifier", Some("My".into())), ("file-name", Some("file".into()))]);
            let prefix = maybe!(self: "my", names.clone());
            let header = maybe!(self: map([
                ("identifier-prefix-definition", maybe!(self: self.boolean())),
                ("default-data-stream-type-name-definition", maybe!(self: self.boolean())),
            ]));
            map([("prefix", prefix), ("header", header)])
        });
        map([("code-generation", code)])
    }

    fn trace(&mut self) -> Yaml {
        let environment = maybe!(self: Yaml::Null, map([]), map([
            ("zone", Some(Yaml::from(i64::from(self.random.next() as i32)))),
            ("tracer_name", Some("a \"b\" \\ c".into())),
            ("domain", Some(0x1f_u64.into())),
            ("_empty", maybe!(self: "")),
        ]));
        map([("environment", environment), ("type", Some(self.trace_type()))])
    }

    fn trace_type(&mut self) -> Yaml {
        self.has_aliases = !self.random.one_in(3);
        let no_aliases = maybe!(self: Yaml::Null, map([]));
        self.has_alias_map = self.has_aliases || matches!(no_aliases, Some(Yaml::Map(_)));
        let order = self.random.of(&BYTE_ORDERS);
        let native = if self.order == ByteOrder::Little { 'l' } else { 'b' };
        let is_native = order.starts_with(native) && self.random.one_in(2);
        let order_property = if is_native { "native-byte-order" } else { "trace-byte-order" };
        let uuid = maybe!(self: Yaml::Null, UUID, UUID, "auto");
        let has_uuid = matches!(&uuid, Some(Yaml::Text(_)));
        let clocks: Vec<_> = (0..self.random.below(3)).map(|_| self.name("clk")).collect();
        let stream_count = 1 + self.random.below(3);
        let features =
            maybe!(self: Yaml::Null, self.trace_features(stream_count, has_uuid), map([]));
        let streams = self.streams(stream_count, &clocks);
        let clock_types: Vec<_> = clocks.into_iter().map(|name| (name, self.clock())).collect();
        let clock_types =
            (!clock_types.is_empty() || self.random.one_in(2)).then_some(Yaml::Map(clock_types));
        let (include, aliases, levels) = self.aliases(no_aliases);
        map([
            ("$include", Some(include)),
            (order_property, Some(order.into())),
            ("uuid", uuid),
            ("$field-type-aliases", aliases),
            ("$log-level-aliases", levels),
            ("$features", features),
            ("clock-types", clock_types),
            ("data-stream-types", Some(streams)),
        ])
    }

    /// Files to include, and aliases of the configuration's own.
    fn aliases(&mut self, none: Option<Yaml>) -> (Yaml, Option<Yaml>, Option<Yaml>) {
        let levels = match self.random.below(24) {
            0..8 => None,
            8..12 => Some(map([])),
            // All that is included is gone, so that names of levels are refused.
            12 => Some(Yaml::Null),
            _ => Some(map([
                ("MINE", Some(17_u64.into())),
                ("LOWEST", Some(0_u64.into())),
                ("NONE", Some(Yaml::Null)),
            ])),
        };
        if !self.has_aliases {
            return (STANDARD[3].into(), none, levels);
        }
        let own = map([
            ("own-u", Some("own-base".into())),
            (
                "own-base",
                Some(map([("class", Some("uint".into())), ("size", Some(13_u64.into()))])),
            ),
        ]);
        (STANDARD.map(Yaml::from).to_vec().into(), Some(own), levels)
    }

    fn trace_features(&mut self, streams: u64, has_uuid: bool) -> Yaml {
        let magic = maybe!(self: Yaml::Null, true, false,
            self.unsigned_of(32), self.enumeration_of(32, false));
        let uuid = match has_uuid {
            true => maybe!(self: Yaml::Null, true, false, self.uuid_array(), self.uuid_array()),
            false => maybe!(self: Yaml::Null, false),
        };
        let id = self.feature(streams > 1);
        map([
            ("magic-field-type", magic),
            ("uuid-field-type", uuid),
            ("data-stream-type-id-field-type", id),
        ])
    }

    fn uuid_array(&mut self) -> Yaml {
        let mut byte = match self.random.one_in(2) {
            true => self.unsigned_of(8),
            false => self.enumeration_of(8, false),
        };
        let Yaml::Map(entries) = &mut byte else { unreachable!("a field type is a map") };
        entries.retain(|(name, _)| name != "alignment");
        if let Some(alignment) = maybe!(self: Yaml::Null, 8_u64) {
            byte.set("alignment", alignment);
        }
        map([
            ("class", Some("static-array".into())),
            ("length", Some(16_u64.into())),
            ("element-field-type", Some(byte)),
        ])
    }

    /// A field that the tracer writes, which must be there, or need not be.
    fn feature(&mut self, is_needed: bool) -> Option<Yaml> {
        let bits = 8 + self.random.below(57);
        match self.random.below(7) {
            0 => None,
            1 => Some(Yaml::Null),
            2 => Some(true.into()),
            3 if !is_needed => Some(false.into()),
            4 => Some(self.enumeration_of(bits, false)),
            5 if self.has_aliases => Some(self.unsigned_alias()),
            _ => Some(self.unsigned_of(bits)),
        }
    }

    fn clock(&mut self) -> Yaml {
        let offset = maybe!(self: Yaml::Null, map([]), map([
            ("seconds", maybe!(self: Yaml::Null, 0_u64, self.random.below(2_000_000_000))),
            ("cycles", maybe!(self: Yaml::Null, 0_u64, self.random.below(1 << 40))),
        ]));
        map([
            ("frequency", maybe!(self: Yaml::Null, 1_u64, 1_000_000_u64)),
            ("offset", offset),
            ("origin-is-unix-epoch", maybe!(self: Yaml::Null, self.boolean())),
            ("precision", maybe!(self: Yaml::Null, 0_u64, self.random.below(1000))),
            ("uuid", maybe!(self: Yaml::Null, UUID)),
            ("description", maybe!(self: Yaml::Null, "it \"ticks\"")),
            ("$c-type", maybe!(self: Yaml::Null, "uint64_t", "uint32_t", "uint8_t")),
        ])
    }

    fn streams(&mut self, count: u64, clocks: &[String]) -> Yaml {
        let default = self.random.below(count + 1);
        let streams = (0..count).map(|index| {
            let name = self.name("str");
            (name, self.stream(index == default, clocks))
        });
        Yaml::Map(streams.collect())
    }

    fn stream(&mut self, is_default: bool, clocks: &[String]) -> Yaml {
        let clock = match clocks {
            [] => maybe!(self: Yaml::Null),
            _ if self.random.one_in(4) => maybe!(self: Yaml::Null),
            _ => Some((&clocks[self.random.below(clocks.len() as u64) as usize]).into()),
        };
        let has_clock = matches!(&clock, Some(Yaml::Text(_)));
        let event_count = 1 + self.random.below(4);
        let features = maybe!(self:
            Yaml::Null, map([]), self.stream_features(has_clock, event_count),
            self.stream_features(has_clock, event_count));
        let is_default = match is_default {
            true => Some(true.into()),
            false => maybe!(self: Yaml::Null, false),
        };
        let extra = maybe!(self: Yaml::Null, self.members(3), self.members(1), Yaml::List(vec![]));
        let common = maybe!(self: Yaml::Null, self.structure(3));
        let events = (0..event_count).map(|_| (self.name("evt"), self.event()));
        let events = Yaml::Map(events.collect());
        map([
            ("$is-default", is_default),
            ("$default-clock-type-name", clock),
            ("$features", features),
            ("packet-context-field-type-extra-members", extra),
            ("event-record-common-context-field-type", common),
            ("event-record-types", Some(events)),
        ])
    }

    fn time(&mut self, has_clock: bool) -> Option<Yaml> {
        if has_clock { self.feature(false) } else { maybe!(self: Yaml::Null, false) }
    }

    /// A length of this many bits, or of 64.
    fn len(&mut self, bits: u64) -> Option<Yaml> {
        maybe!(self: Yaml::Null, true, self.unsigned_of(bits), self.enumeration_of(bits, false))
    }

    fn stream_features(&mut self, has_clock: bool, events: u64) -> Yaml {
        let packet = map([
            ("total-size-field-type", self.len(64)),
            ("content-size-field-type", self.len(27)),
            ("beginning-timestamp-field-type", self.time(has_clock)),
            ("end-timestamp-field-type", self.time(has_clock)),
            ("discarded-event-records-counter-snapshot-field-type", self.feature(false)),
            ("sequence-number-field-type", self.feature(false)),
        ]);
        let record = map([
            ("type-id-field-type", self.feature(events > 1)),
            ("timestamp-field-type", self.time(has_clock)),
        ]);
        map([
            ("packet", maybe!(self: Yaml::Null, packet.clone(), packet.clone())),
            ("event-record", maybe!(self: Yaml::Null, record.clone(), record.clone())),
        ])
    }

    fn event(&mut self) -> Yaml {
        let level = maybe!(self: Yaml::Null, 0_u64, self.random.below(20), "WARNING", "DEBUG");
        map([
            ("log-level", level),
            ("specific-context-field-type", maybe!(self: Yaml::Null, self.structure(3))),
            ("payload-field-type", self.payload()),
        ])
    }

    /// Nearly always there, since an event with nothing at all is refused.
    fn payload(&mut self) -> Option<Yaml> {
        match self.random.below(12) {
            0 => maybe!(self: Yaml::Null),
            _ => Some(self.structure(6)),
        }
    }
}
