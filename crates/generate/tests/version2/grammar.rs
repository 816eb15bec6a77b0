//! Configurations of version 2, at random over the whole grammar of either barectf.

use marey_generate::v2::Compat;

use super::random::Random;
use super::scatter::{Configuration, Includes, Language, Uses, scattered};
use super::yaml::{Yaml, map, maybe};

/// What of version 2.1 and 2.2 can stand elsewhere.
pub const LANGUAGE: Language = Language {
    includes: &Includes { can: false, children: &[("metadata", false, &METADATA)] },
    inherit: "$inherit",
    keyed: None,
    aliases: &["metadata", "type-aliases"],
    is_any_order: false,
};
/// What of version 2.0 can.
const LANGUAGE_2_0: Language = Language { inherit: "inherit", ..LANGUAGE };
const METADATA: Includes = Includes {
    can: true,
    children: &[("trace", false, &LEAF), ("clocks", true, &LEAF), ("streams", true, &STREAM)],
};
const STREAM: Includes = Includes { can: true, children: &[("events", true, &LEAF)] };
const LEAF: Includes = Includes { can: true, children: &[] };

const UUID: &str = "79e49040-21b5-42d4-a873-677261696e65";
pub const BYTE_ORDERS: [&str; 6] = ["le", "be", "little", "big", "little-endian", "big-endian"];
const STANDARD: [&str; 4] =
    ["stdint.yaml", "stdfloat.yaml", "stdmisc.yaml", "lttng-ust-log-levels.yaml"];

/// A configuration of this seed, to the taste of one barectf.
pub fn configuration(seed: u64, compat: Compat) -> Configuration {
    let mut random = Random(seed);
    let version = random.of(&["2.0", "2.1", "2.2", "2.2"]);
    let mut grammar = Grammar {
        random,
        compat,
        version,
        names: 0,
        has_aliases: true,
        has_levels: false,
        clocks: Vec::new(),
        order: "",
    };
    grammar.has_aliases = !grammar.random.one_in(4);
    let root = grammar.root();
    let language = if version == "2.0" { &LANGUAGE_2_0 } else { &LANGUAGE };
    let has_unused = grammar.random.one_in(2);
    let unused = has_unused.then(|| grammar.unused(2));
    let uses = Uses { aliases: grammar.has_aliases, includes: version != "2.0", unused };
    scattered(root, language, uses, grammar.random)
}

pub struct Grammar {
    pub random: Random,
    pub compat: Compat,
    pub version: &'static str,
    names: u64,
    pub has_aliases: bool,
    pub has_levels: bool,
    pub clocks: Vec<String>,
    /// The byte order of the trace.
    pub order: &'static str,
}

impl Grammar {
    pub fn name(&mut self, of: &str) -> String {
        self.names += 1;
        let letter = char::from(b'a' + self.random.below(26) as u8);
        format!("{letter}{of}{}", self.names)
    }

    pub fn is_2_3(&self) -> bool {
        self.compat == Compat::Barectf23
    }

    fn boolean(&mut self) -> bool {
        self.random.one_in(2)
    }

    /// Nothing to this barectf, which may be said where the other takes it.
    fn null_to(&mut self, compat: Compat) -> Option<Yaml> {
        if self.compat == compat { maybe!(self: Yaml::Null) } else { None }
    }

    /// Where barectf 2.3 looks for what a map includes, it takes no null.
    fn null_before_includes(&mut self) -> Option<Yaml> {
        if self.version == "2.0" { self.null_to(Compat::Barectf23) } else { None }
    }

    fn root(&mut self) -> Yaml {
        let prefix = maybe!(self: "my_", "barectf_", "plain", "Two__");
        let prefix = prefix.or_else(|| self.null_to(Compat::Barectf23));
        let options = if self.version == "2.2" { self.options() } else { None };
        let metadata = self.metadata();
        map([
            ("version", Some(self.version.into())),
            ("prefix", prefix),
            ("options", options),
            ("metadata", Some(metadata)),
        ])
    }

    fn options(&mut self) -> Option<Yaml> {
        maybe!(self: map([
            ("gen-prefix-def", maybe!(self: self.boolean())
                .or_else(|| self.null_to(Compat::Barectf23))),
            ("gen-default-stream-def", maybe!(self: self.boolean())
                .or_else(|| self.null_to(Compat::Barectf23))),
        ]))
    }

    fn metadata(&mut self) -> Yaml {
        self.order = match self.is_2_3() {
            true => self.random.of(&["le", "be"]),
            false => self.random.of(&BYTE_ORDERS),
        };
        self.clocks = (0..self.random.below(3)).map(|_| self.name("clk")).collect();
        let clocks: Vec<_> =
            self.clocks.clone().into_iter().map(|name| (name, self.clock())).collect();
        let clocks = match clocks.is_empty() {
            true => maybe!(self: map([])).or_else(|| self.null_before_includes()),
            false => Some(Yaml::Map(clocks)),
        };
        let env = maybe!(self: Yaml::Null, map([]), map([
            ("zone", Some(Yaml::from(i64::from(self.random.next() as i32)))),
            ("tracer_name", Some("a \"b\" \\ c".into())),
        ]));
        let count = 1 + self.random.below(3);
        let streams: Vec<_> = (0..count).map(|_| (self.name("str"), Yaml::Null)).collect();
        let default = streams[self.random.below(count) as usize].0.clone();
        let is_22 = self.version == "2.2";
        let by_name = if is_22 { maybe!(self: Yaml::Null, default.as_str()) } else { None };
        let has_default = matches!(&by_name, Some(Yaml::Text(_)));
        let (include, aliases) = self.aliases();
        let levels = match self.random.below(8) {
            0 => Some(Yaml::Null),
            1 | 2 => Some(map([("MINE", Some(17_u64.into())), ("LOWEST", Some(0_u64.into()))])),
            3 => Some(map([])),
            _ => None,
        };
        self.has_levels = include.is_some() && levels != Some(Yaml::Null);
        let streams = streams.into_iter().map(|(name, _)| {
            let is_default = name == default && !has_default;
            (name, self.stream(is_default))
        });
        let streams = Yaml::Map(streams.collect());
        let levels_name = if self.version == "2.0" { "log-levels" } else { "$log-levels" };
        let trace = self.trace(count);
        map([
            ("$include", include),
            ("type-aliases", aliases),
            (levels_name, levels),
            ("trace", Some(trace)),
            ("env", env),
            ("clocks", clocks),
            ("$default-stream", by_name),
            ("streams", Some(streams)),
        ])
    }

    /// Files to include, and aliases of the configuration's own.
    fn aliases(&mut self) -> (Option<Yaml>, Option<Yaml>) {
        let can_include = self.version != "2.0";
        if !self.has_aliases {
            return (None, self.null_to(Compat::Barectf23));
        }
        let own = map([
            ("own-base", Some(map([("class", Some("int".into())), ("size", Some(13_u64.into()))]))),
            ("own-u", Some("own-base".into())),
        ]);
        (can_include.then(|| STANDARD.map(Yaml::from).to_vec().into()), Some(own))
    }

    fn clock(&mut self) -> Yaml {
        let offset = maybe!(self: Yaml::Null, map([]), map([
            ("seconds", maybe!(self: Yaml::Null, 0_u64, self.random.below(2_000_000_000))),
            ("cycles", maybe!(self: Yaml::Null, 0_u64, self.random.below(1 << 40))),
        ]));
        let c_type = if self.version == "2.0" { "return-ctype" } else { "$return-ctype" };
        map([
            ("freq", maybe!(self: Yaml::Null, 1_u64, 1_000_000_u64)),
            ("description", maybe!(self: Yaml::Null, "it \"ticks\"")),
            ("uuid", maybe!(self: Yaml::Null, UUID)),
            ("error-cycles", maybe!(self: Yaml::Null, 0_u64, self.random.below(1000))),
            ("offset", offset),
            ("absolute", maybe!(self: Yaml::Null, self.boolean())),
            (c_type, maybe!(self: Yaml::Null, "uint64_t", "uint32_t", "uint16_t")),
        ])
    }

    fn trace(&mut self, streams: u64) -> Yaml {
        let uuid = maybe!(self: Yaml::Null, UUID, "auto");
        let has_uuid = matches!(&uuid, Some(Yaml::Text(_)));
        let header = match streams {
            1 => maybe!(self: Yaml::Null, self.packet_header(streams, has_uuid)),
            _ => Some(self.packet_header(streams, has_uuid)),
        };
        map([
            ("byte-order", Some(self.order.into())),
            ("uuid", uuid),
            ("packet-header-type", header),
        ])
    }

    fn packet_header(&mut self, streams: u64, has_uuid: bool) -> Yaml {
        let byte = map([
            ("class", Some(self.integer_class())),
            ("size", Some(8_u64.into())),
            ("signed", maybe!(self: false)),
            ("align", maybe!(self: 8_u64)),
        ]);
        let uuid = map([
            ("class", Some("array".into())),
            ("length", Some(16_u64.into())),
            ("element-type", Some(byte)),
        ]);
        let magic = maybe!(self: self.unsigned_of(32)).map(|field| ("magic".to_owned(), field));
        let uuid = maybe!(self: uuid.clone()).filter(|_| has_uuid);
        let id = match streams {
            1 => maybe!(self: self.feature()),
            _ => Some(self.feature()),
        };
        let mut others = vec![
            ("uuid".to_owned(), uuid),
            ("stream_id".to_owned(), id),
            ("stream_instance_id".to_owned(), maybe!(self: self.feature())),
            (self.name("extra"), maybe!(self: self.field(0))),
        ];
        let turn = self.random.below(4) as usize;
        others.rotate_left(turn);
        let others = others.into_iter().filter_map(|(name, field)| Some((name, field?)));
        self.structure_of(magic.into_iter().chain(others).collect())
    }

    fn stream(&mut self, is_default: bool) -> Yaml {
        let count = 1 + self.random.below(4);
        let default = match is_default && self.version == "2.2" {
            true => maybe!(self: Yaml::Null, true, true),
            false if self.version == "2.2" => maybe!(self: Yaml::Null, false),
            false => None,
        };
        let clock = match self.clocks.len() as u64 {
            0 => None,
            count => {
                let at = self.random.below(count + 1) as usize;
                self.clocks.get(at).cloned()
            }
        };
        let context = self.packet_context(clock.as_deref());
        let header = match count {
            1 => maybe!(self: Yaml::Null, self.event_header(1, clock.as_deref())),
            _ => Some(self.event_header(count, clock.as_deref())),
        };
        let common = maybe!(self: Yaml::Null, self.structure(3));
        let events = (0..count).map(|_| (self.name("evt"), self.event()));
        let events = Yaml::Map(events.collect());
        let events = match self.random.one_in(12) {
            true => self.null_before_includes().unwrap_or(events),
            false => events,
        };
        map([
            ("$default", default),
            ("packet-context-type", Some(context)),
            ("event-header-type", header),
            ("event-context-type", common),
            ("events", Some(events)),
        ])
    }

    fn packet_context(&mut self, clock: Option<&str>) -> Yaml {
        let mut fields = vec![
            ("packet_size".to_owned(), self.unsigned_of(32)),
            ("content_size".to_owned(), self.unsigned_of(27)),
        ];
        if let Some(clock) = clock.filter(|_| self.random.one_in(2)) {
            fields.push(("timestamp_begin".to_owned(), self.time(clock)));
            fields.push(("timestamp_end".to_owned(), self.time(clock)));
        }
        for name in ["events_discarded", "packet_seq_num"] {
            fields.extend(maybe!(self: self.feature()).map(|field| (name.to_owned(), field)));
        }
        for _ in 0..self.random.below(3) {
            fields.push((self.name("extra"), self.field(0)));
        }
        let turn = self.random.below(fields.len() as u64) as usize;
        if self.random.one_in(2) {
            fields.rotate_left(turn);
        }
        self.structure_of(fields)
    }

    fn event_header(&mut self, events: u64, clock: Option<&str>) -> Yaml {
        let mut fields = Vec::new();
        if events > 1 || self.random.one_in(2) {
            fields.push(("id".to_owned(), self.feature()));
        }
        if let Some(clock) = clock.filter(|_| !self.random.one_in(4)) {
            fields.push(("timestamp".to_owned(), self.time(clock)));
        }
        if self.random.one_in(4) || fields.is_empty() {
            fields.push((self.name("extra"), self.field(0)));
        }
        let turn = self.random.below(fields.len() as u64) as usize;
        fields.rotate_left(turn);
        self.structure_of(fields)
    }

    fn event(&mut self) -> Yaml {
        let level = match self.has_levels {
            true => maybe!(self: Yaml::Null, 0_u64, self.random.below(20), "WARNING", "DEBUG"),
            false => maybe!(self: Yaml::Null, 0_u64, self.random.below(20)),
        };
        let payload = match self.random.below(12) {
            0 => maybe!(self: Yaml::Null),
            _ => Some(self.structure(6)),
        };
        map([
            ("log-level", level),
            ("context-type", maybe!(self: Yaml::Null, self.structure(3))),
            ("payload-type", payload),
        ])
    }
}
