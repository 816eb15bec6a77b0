//! A meta record in one line: its kind and the facts that tell most.

use std::fmt::{Display, Write as _};

use marey::Meta;
use marey::meta::{
    Capture, Clock as ClockState, Comment, Custom, Described, Host, Item, Journal, Module, Names,
    Raw, Secrets, Stream, Text,
};
use marey::scene::{ByteOrder, Interface, Scene, Section, Statistics};

use super::clock::Clock;
use super::line::{self, LISTED_MAX, TEXT_CHARS_MAX};
use super::look::Look;
use crate::escape;

/// Appends a meta record's line. A star stands where packets have their interface.
pub fn line(out: &mut String, look: &Look, clock: &mut Clock, meta: &Meta<'_>) {
    line::start(out, look, clock, meta.position().record, meta.time());
    out.push_str("* ");
    if meta.items().len() != 1 {
        kind(out, look, meta.kind());
    }
    for (index, item) in meta.items().iter().enumerate() {
        if index > 0 {
            out.push(';');
        }
        if meta.items().len() != 1 {
            out.push(' ');
        }
        kind(out, look, item.kind());
        self::item(&mut Facts { out }, item, meta.scene());
    }
    out.push('\n');
}

fn kind(out: &mut String, look: &Look, kind: &str) {
    look.title.on(out);
    out.push_str(kind);
    look.title.off(out);
}

/// Facts about one item, each with a blank before it.
struct Facts<'o> {
    out: &'o mut String,
}

impl Facts<'_> {
    /// A fact that marey words itself.
    fn say(&mut self, fact: impl Display) {
        let _ = write!(self.out, " {fact}");
    }

    /// A name and a value, if there is one.
    fn value(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.say(format_args!("{name} {value}"));
        }
    }

    /// A name, if it is not empty, and a text from the trace, if there is one.
    fn text(&mut self, name: &str, text: Option<&Text>) {
        let Some(text) = text else { return };
        if !name.is_empty() {
            self.say(name);
        }
        self.out.push(' ');
        escape::push_quoted(self.out, text.as_str(), TEXT_CHARS_MAX);
    }

    /// Comments, the first of them.
    fn comments(&mut self, comments: &[Text]) {
        self.texts("comment", comments);
    }

    fn texts(&mut self, name: &str, texts: &[Text]) {
        for text in texts.iter().take(LISTED_MAX) {
            self.text(name, Some(text));
        }
        self.unlisted(texts.len());
    }

    /// Says how many of `count` things were not listed.
    fn unlisted(&mut self, count: usize) {
        if count > LISTED_MAX {
            self.say(format_args!("and {} more", count - LISTED_MAX));
        }
    }
}

fn item(facts: &mut Facts<'_>, item: &Item<'_>, scene: &Scene) {
    match item {
        Item::Section(section) => self::section(facts, section),
        Item::Interface(interface) => self::interface(facts, interface, scene),
        Item::Names(names) => self::names(facts, names),
        Item::Statistics(statistics) => self::statistics(facts, statistics, scene),
        Item::Secrets(secrets) => self::secrets(facts, secrets),
        Item::Journal(journal) => self::journal(facts, journal),
        Item::Custom(custom) => self::custom(facts, custom),
        Item::Comment(comment) => self::comment(facts, comment),
        Item::Capture(capture) => self::capture(facts, capture),
        Item::Host(host) => self::host(facts, host),
        Item::Module(module) => self::module(facts, module),
        Item::Stream(stream) => self::stream(facts, stream),
        Item::Clock(clock) => self::clock(facts, clock),
        Item::Described(described) => self::described(facts, described),
        Item::Raw(raw) => self::raw(facts, raw),
        _ => {}
    }
}

fn section(facts: &mut Facts<'_>, section: &Section) {
    let order = match section.byte_order {
        ByteOrder::Little => "little-endian",
        ByteOrder::Big => "big-endian",
    };
    let (major, minor) = section.version;
    facts.say(format_args!("{} version {major}.{minor} {order}", section.index));
    facts.text("application", section.application.as_ref());
    facts.text("os", section.os.as_ref());
    facts.text("hardware", section.hardware.as_ref());
    facts.comments(&section.comments);
}

fn interface(facts: &mut Facts<'_>, interface: &Interface, scene: &Scene) {
    // At a port that is known, the description is not the newest but an older number's.
    let at_port = |port| scene.interfaces().iter().find(|known| known.port == Some(port));
    let id = interface.port.and_then(at_port).map_or(interface.id, |known| known.id);
    facts.say(id);
    facts.text("", interface.name.as_ref());
    facts.text("", interface.description.as_ref());
    if interface.lost {
        return facts.say("(its description is damaged)");
    }
    match interface.link_type {
        Some(link_type) if link_type.name().is_some() => facts.say(link_type),
        link_type => facts.value("link type", link_type),
    }
    if interface.snap_len > 0 {
        facts.say(format_args!("snap {}", interface.snap_len));
    }
    facts.say(interface.resolution);
    if interface.time_offset_s != 0 {
        facts.say(format_args!("offset {} s", interface.time_offset_s));
    }
    facts.value("mac", interface.mac);
    for (address, _) in interface.ipv4.iter().take(LISTED_MAX) {
        facts.say(address);
    }
    for (address, prefix) in interface.ipv6.iter().take(LISTED_MAX) {
        facts.say(format_args!("{address}/{prefix}"));
    }
    if let Some(filter) = &interface.filter {
        facts.text("filter", Some(&Text::new(filter.to_string().as_bytes())));
    }
    facts.text("os", interface.os.as_ref());
    facts.text("hardware", interface.hardware.as_ref());
    facts.comments(&interface.comments);
}

fn names(facts: &mut Facts<'_>, names: &Names) {
    facts.say(names.entries.len());
    for (index, entry) in names.entries.iter().take(LISTED_MAX).enumerate() {
        facts.out.push(if index == 0 { ':' } else { ',' });
        facts.say(entry.of);
        facts.texts("", &entry.names);
    }
    facts.unlisted(names.entries.len());
    facts.text("from", names.server_name.as_ref());
    facts.comments(&names.comments);
}

fn statistics(facts: &mut Facts<'_>, statistics: &Statistics, scene: &Scene) {
    facts.say(statistics.interface);
    let interface = scene.interface(statistics.interface);
    facts.text("", interface.and_then(|interface| interface.name.as_ref()));
    facts.value("received", statistics.received);
    facts.value("dropped", statistics.dropped);
    facts.value("accepted", statistics.filter_accepted);
    facts.value("os-dropped", statistics.os_dropped);
    facts.value("delivered", statistics.delivered);
    facts.comments(&statistics.comments);
}

/// Never the secrets themselves.
fn secrets(facts: &mut Facts<'_>, secrets: &Secrets<'_>) {
    let len = plural(secrets.data.len() as u64, "byte");
    match secrets.type_name() {
        Some(name) => facts.say(format_args!("{name}, {len}")),
        None => facts.say(format_args!("type {:#010x}, {len}", secrets.secrets_type)),
    }
    facts.comments(&secrets.comments);
}

fn journal(facts: &mut Facts<'_>, journal: &Journal<'_>) {
    let text = |name| journal.field(name).map(Text::new);
    facts.text("", text("SYSLOG_IDENTIFIER").or_else(|| text("_COMM")).as_ref());
    facts.value("pid", text("_PID").and_then(|pid| pid.as_str().parse::<u64>().ok()));
    match text("MESSAGE") {
        Some(message) => facts.text("", Some(&message)),
        None => facts.say(plural(journal.fields().len() as u64, "field")),
    }
}

fn custom(facts: &mut Facts<'_>, custom: &Custom<'_>) {
    let len = plural(custom.data.len() as u64, "byte");
    facts.say(format_args!("enterprise {}, {len}", custom.enterprise));
    if !custom.copyable {
        facts.say("(not to be copied)");
    }
}

fn comment(facts: &mut Facts<'_>, comment: &Comment) {
    if let Some((host, anchor)) = comment.anchor {
        facts.value("host", host.map(|host| format!("{host:#x}")));
        facts.say(format_args!("anchor {anchor:#x}"));
    }
    facts.texts("", &comment.texts);
}

fn capture(facts: &mut Facts<'_>, capture: &Capture) {
    facts.text("", capture.name.as_ref());
    facts.text("", capture.description.as_ref());
    facts.text("application", capture.application.as_ref());
    facts.text("version", capture.application_version.as_ref());
    facts.text("user", capture.user.as_ref());
    facts.text("filter", capture.filter.as_ref());
    facts.value("snap", capture.snap_len);
    facts.comments(&capture.comments);
}

fn host(facts: &mut Facts<'_>, host: &Host) {
    facts.value("id", host.id.map(|id| format!("{id:#x}")));
    facts.text("", host.name.as_ref());
    facts.text("", host.description.as_ref());
    facts.text("os", host.os.as_ref());
    facts.text("organisation", host.organisation.as_ref());
    facts.text("location", host.location.as_ref());
    facts.text("cpu", host.cpu.as_ref());
    facts.value("memory", host.memory_bytes.map(|len| plural(len, "byte")));
    facts.comments(&host.comments);
}

fn module(facts: &mut Facts<'_>, module: &Module) {
    facts.value("number", module.number);
    facts.text("", module.name.as_ref());
    facts.text("model", module.model.as_ref());
    facts.text("serial", module.serial_number.as_ref());
    facts.text("firmware", module.firmware_version.as_ref());
    facts.text("driver", module.driver_version.as_ref());
    facts.comments(&module.comments);
}

fn stream(facts: &mut Facts<'_>, stream: &Stream) {
    facts.value("number", stream.number);
    facts.text("", stream.name.as_ref());
    facts.value("dropped", stream.dropped);
    facts.value("buffer-dropped", stream.buffer_dropped);
    facts.comments(&stream.comments);
}

fn clock(facts: &mut Facts<'_>, clock: &ClockState) {
    facts.text("", clock.description.as_ref());
    facts.value("source", clock.source);
    facts.value("state", clock.state);
    facts.value("failures", clock.failures);
    facts.value("resyncs", clock.resyncs);
    facts.value("phase-error", clock.phase_error);
    facts.value("ptp-domain", clock.ptp_domain);
    facts.value("ptp-steps", clock.ptp_steps_removed);
}

fn described(facts: &mut Facts<'_>, described: &Described) {
    facts.say(described.id);
    facts.comments(&described.comments);
}

fn raw(facts: &mut Facts<'_>, raw: &Raw<'_>) {
    facts.say(format_args!("type {:#010x}", raw.record_type));
    if let Some(name) = raw.name {
        facts.say(format_args!("({name})"));
    }
    facts.say(plural(raw.data.len() as u64, "byte"));
}

/// A number of things.
pub fn plural(count: u64, thing: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{s}")
}
