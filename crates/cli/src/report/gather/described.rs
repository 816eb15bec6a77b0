//! What a trace says in words: comments, names, who recorded it; and what it keeps secret.

use std::collections::BTreeMap;

use marey::meta::{Item, NameOf, Text, Value};
use marey::{Meta, Packet};

use super::interfaces::Interfaces;
use super::lists::{Different, Firsts, kept};

/// How many comments are kept.
pub const COMMENTS_MAX: usize = 100;
/// How many names of addresses are kept.
pub const NAMES_MAX: usize = 256;
/// How many facts on who recorded are kept.
pub const FACTS_MAX: usize = 64;
/// How many secrets are kept: what they are, and how long.
pub const SECRETS_MAX: usize = 64;
/// How many numbers of enterprises and of unknown records are kept: the lowest.
pub const NUMBERS_MAX: usize = 64;

/// What a trace says in words.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// Comments.
    pub comments: Firsts<Comment, COMMENTS_MAX>,
    /// Addresses and their names.
    pub names: Different<(NameOf, Box<str>), NAMES_MAX>,
    /// How many names of addresses there are, also repeated ones.
    pub names_count: u64,
    /// What is said of the host, the card and the application that recorded (ERF).
    pub facts: Different<(&'static str, Box<str>), FACTS_MAX>,
    /// Keys to decrypt packets.
    pub secrets: Firsts<Secret, SECRETS_MAX>,
    /// How many bytes of keys there are.
    pub secret_bytes: u64,
    /// Vendors' own records, by the enterprise.
    pub enterprises: Numbers,
    /// Records of types that marey does not know, by the type.
    pub unknown_types: Numbers,
}

/// A comment.
#[derive(Clone, Debug)]
pub struct Comment {
    /// What it is on: `packet`, or the kind of a meta record.
    pub of: &'static str,
    /// The section it is in.
    pub section: u32,
    /// The interface, if it is on one.
    pub interface: Option<u32>,
    /// Where the record starts.
    pub offset: u64,
    /// What it says.
    pub text: Box<str>,
}

/// Keys, by what can be said of them.
#[derive(Clone, Debug)]
pub struct Secret {
    /// The registered type.
    pub secrets_type: u32,
    /// The name of the type.
    pub name: Option<&'static str>,
    /// How many bytes.
    pub len: usize,
}

/// Counts by number. The lowest numbers are kept, all are counted.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    kept: BTreeMap<u32, (Option<&'static str>, u64)>,
    count: u64,
}

impl Numbers {
    fn add(&mut self, number: u32, name: Option<&'static str>, count: u64) {
        self.kept.entry(number).or_insert((name, 0)).1 += count;
        if self.kept.len() > NUMBERS_MAX {
            self.kept.pop_last();
        }
    }

    fn merge(&mut self, other: &Numbers) {
        for (number, (name, count)) in &other.kept {
            self.add(*number, *name, *count);
        }
        self.count += other.count;
    }

    /// The numbers that are kept, with their names, if they have one, and their counts.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Option<&'static str>, u64)> {
        self.kept.iter().map(|(number, (name, count))| (*number, *name, *count))
    }

    /// How many there are of other numbers.
    pub fn others(&self) -> u64 {
        self.count - self.kept.values().map(|(_, count)| count).sum::<u64>()
    }
}

impl Described {
    /// Takes note of what is said on a packet.
    #[inline]
    pub fn packet(&mut self, packet: &Packet<'_>, interfaces: &mut Interfaces) {
        let options = packet.options();
        let mut nth = 0;
        for option in &options {
            match (&option.value, option.name) {
                (Value::Text(text), "comment") => {
                    let place = (packet.position().record, nth);
                    nth += 1;
                    self.comments.push(place, || Comment {
                        of: "packet",
                        section: packet.section().index,
                        interface: Some(packet.interface_id()),
                        offset: packet.position().offset,
                        text: kept(text.as_str()),
                    });
                }
                (Value::U64(count), "dropcount" | "lctr") => {
                    interfaces.dropped_before(packet, *count)
                }
                _ => {}
            }
        }
    }

    /// Takes note of what a meta record says.
    pub fn meta(&mut self, meta: &Meta<'_>) {
        let position = meta.position();
        let section = meta.scene().section().index;
        let mut nth = 0..;
        let mut place = || (position.record, nth.next().unwrap_or(u32::MAX));
        for item in meta.items() {
            let interface = interface_of(item, meta);
            for text in comments(item) {
                self.comments.push(place(), || Comment {
                    of: item.kind(),
                    section,
                    interface,
                    offset: position.offset,
                    text: kept(text.as_str()),
                });
            }
            for (what, text) in facts(item) {
                self.facts.push(place(), (what, kept(text.as_str())));
            }
            match item {
                Item::Names(names) => {
                    for entry in &names.entries {
                        for name in &entry.names {
                            self.names_count += 1;
                            self.names.push(place(), (entry.of, kept(name.as_str())));
                        }
                    }
                }
                Item::Secrets(secrets) => {
                    self.secret_bytes += secrets.data.len() as u64;
                    self.secrets.push(place(), || Secret {
                        secrets_type: secrets.secrets_type,
                        name: secrets.type_name(),
                        len: secrets.data.len(),
                    });
                }
                Item::Custom(custom) => self.enterprises.note(custom.enterprise, None),
                Item::Raw(raw) => self.unknown_types.note(raw.record_type, raw.name),
                _ => {}
            }
        }
    }

    /// Adds what another worker saw.
    pub fn merge(&mut self, other: Described) {
        self.comments.merge(other.comments);
        self.names.merge(other.names);
        self.names_count += other.names_count;
        self.facts.merge(other.facts);
        self.secrets.merge(other.secrets);
        self.secret_bytes += other.secret_bytes;
        self.enterprises.merge(&other.enterprises);
        self.unknown_types.merge(&other.unknown_types);
    }
}

impl Numbers {
    /// Counts one more.
    fn note(&mut self, number: u32, name: Option<&'static str>) {
        self.count += 1;
        self.add(number, name, 1);
    }
}

/// The interface that an item is about.
fn interface_of(item: &Item<'_>, meta: &Meta<'_>) -> Option<u32> {
    match item {
        Item::Interface(described) => super::interfaces::described_id(described, meta.scene()),
        Item::Statistics(statistics) => Some(statistics.interface),
        _ => None,
    }
}

/// The comments that stand in an item.
fn comments<'i>(item: &'i Item<'_>) -> &'i [Text] {
    match item {
        Item::Section(section) => &section.comments,
        Item::Interface(interface) => &interface.comments,
        Item::Names(names) => &names.comments,
        Item::Statistics(statistics) => &statistics.comments,
        Item::Secrets(secrets) => &secrets.comments,
        Item::Comment(comment) => &comment.texts,
        Item::Capture(capture) => &capture.comments,
        Item::Host(host) => &host.comments,
        Item::Module(module) => &module.comments,
        Item::Stream(stream) => &stream.comments,
        Item::Described(described) => &described.comments,
        _ => &[],
    }
}

/// What an item says of who recorded, beside what sections say.
fn facts<'i>(item: &'i Item<'_>) -> Vec<(&'static str, &'i Text)> {
    let facts: Vec<(&'static str, &'i Option<Text>)> = match item {
        Item::Capture(capture) => vec![
            ("application", &capture.application),
            ("version", &capture.application_version),
            ("recording", &capture.name),
            ("description", &capture.description),
            ("user", &capture.user),
            ("filter", &capture.filter),
        ],
        Item::Host(host) => vec![
            ("host", &host.name),
            ("host os", &host.os),
            ("host about", &host.description),
            ("organisation", &host.organisation),
            ("location", &host.location),
            ("host cpu", &host.cpu),
        ],
        Item::Module(module) => vec![
            ("card", &module.name),
            ("card model", &module.model),
            ("card serial", &module.serial_number),
            ("firmware", &module.firmware_version),
            ("driver", &module.driver_version),
        ],
        _ => Vec::new(),
    };
    facts.into_iter().filter_map(|(what, text)| Some((what, text.as_ref()?))).collect()
}
