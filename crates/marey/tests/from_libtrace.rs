//! What the page for those who come from libtrace says: each name on it is compiled here, and its
//! snippets are cut out of this file.
#![cfg(feature = "testing")]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::Duration;

use marey::pipeline::{Control, Cx, GO, Handler, Hasher, To, Trace, each};
use marey::testing::trace;
use marey::wire::tcp::{Flags, Tcp};
use marey::wire::{self, Layers, Protocol};
use marey::{Meta, Packet, Record};

/// A handler that does nothing.
struct Nothing;

impl Handler for Nothing {
    type Out = ();
}

/// A name, written as the page writes it.
fn name(path: &str) -> String {
    path.split_whitespace().collect()
}

/// A type, a constant, a function, a module, or a variant.
macro_rules! item {
    ($($path:ident)::+) => {{
        #[expect(unused_imports, reason = "it is enough that it is there")]
        use $($path)::+ as _there;
        name(stringify!($($path)::+))
    }};
}

/// A method.
macro_rules! method {
    ($($path:ident)::+) => {{
        let _ = $($path)::+;
        name(stringify!($($path)::+))
    }};
}

/// A method that handlers may have.
macro_rules! handler {
    ($method:ident) => {{
        let _ = <Nothing as Handler>::$method;
        format!("marey::pipeline::Handler::{}", stringify!($method))
    }};
}

/// A field of a type.
macro_rules! field {
    ($type:ty, $($path:ident)::+, $field:ident) => {{
        let _ = |it: $type| _ = it.$field;
        format!("{}::{}", name(stringify!($($path)::+)), stringify!($field))
    }};
}

/// A method that needs more to be named.
macro_rules! used {
    ($($path:ident)::+, $use:expr) => {{
        let _ = $use;
        let path = name(stringify!($($path)::+));
        let last = path.rsplit("::").next().unwrap_or_default();
        assert!(stringify!($use).contains(last), "{path} is not used");
        path
    }};
}

/// What stands for itself.
fn items() -> Vec<String> {
    vec![
        item!(marey::Error),
        item!(marey::ErrorKind::Bug),
        item!(marey::ErrorKind::Handler),
        item!(marey::ErrorKind::Io),
        item!(marey::ErrorKind::Malformed),
        item!(marey::ErrorKind::Misuse),
        item!(marey::ErrorKind::Unknown),
        item!(marey::ErrorKind::Unsupported),
        item!(marey::Meta),
        item!(marey::Record::Meta),
        item!(marey::Result),
        item!(marey::Source),
        item!(marey::format::Damage),
        item!(marey::input::source::resolve),
        item!(marey::meta::Field),
        item!(marey::open),
        item!(marey::open_all),
        item!(marey::open_live),
        item!(marey::open_supply),
        item!(marey::open_stream),
        item!(marey::pipeline::Control),
        item!(marey::pipeline::GO),
        item!(marey::pipeline::Handler),
        item!(marey::pipeline::MetaTo::Broadcast),
        item!(marey::pipeline::SHARDS),
        item!(marey::pipeline::STOP),
        item!(marey::pipeline::Stop::Error),
        item!(marey::pipeline::To::All),
        item!(marey::pipeline::To::One),
        item!(marey::record::Place),
        item!(marey::pipeline::Trace),
        item!(marey::spill::Merge),
        item!(marey::spill::Sorted),
        item!(marey::spill::Table),
        item!(marey::wire::Layer),
        item!(marey::wire::Protocol::LinuxSll),
        item!(marey::wire::Protocol::Radiotap),
        item!(marey::wire::bytes::Mac),
        item!(marey::wire::checksum::internet),
        item!(marey::wire::checksums),
        item!(marey::wire::flow::server_side),
        item!(marey::wire::layers),
        item!(marey::wire::radio::Radio),
    ]
}

/// Of records and errors.
fn of_records() -> Vec<String> {
    vec![
        method!(marey::Error::kind),
        method!(marey::Error::position),
        method!(marey::Meta::capture_application),
        method!(marey::Meta::card_firmware_version),
        method!(marey::Meta::card_model),
        method!(marey::Meta::card_version),
        method!(marey::Meta::fields),
        method!(marey::Meta::host_os),
        method!(marey::Meta::interface_comment),
        method!(marey::Meta::interface_description),
        method!(marey::Meta::interface_fcs_len),
        method!(marey::Meta::interface_ipv4),
        method!(marey::Meta::interface_ipv6),
        method!(marey::Meta::interface_mac),
        method!(marey::Meta::interface_name),
        method!(marey::Meta::interface_speed),
        method!(marey::Meta::items),
        method!(marey::Packet::bytes),
        method!(marey::Packet::captured_len),
        method!(marey::Packet::comments),
        method!(marey::Packet::direction),
        method!(marey::Packet::drop_count),
        method!(marey::Packet::flow),
        method!(marey::Packet::inner_flow),
        method!(marey::Packet::interface),
        method!(marey::Packet::layers),
        method!(marey::Packet::link_type),
        method!(marey::Packet::options),
        method!(marey::Packet::position),
        method!(marey::Packet::raw_time),
        method!(marey::Packet::scene),
        method!(marey::Packet::time),
        method!(marey::Packet::wire_len),
        method!(marey::Scene::interface),
        method!(marey::Scene::name_of),
        field!(marey::scene::Interface, marey::scene::Interface, statistics),
        method!(marey::Source::of_format),
        field!(marey::meta::Field<'_>, marey::meta::Field, code),
        field!(marey::scene::Statistics, marey::scene::Statistics, delivered),
        field!(marey::scene::Statistics, marey::scene::Statistics, dropped),
        field!(marey::scene::Statistics, marey::scene::Statistics, os_dropped),
        used!(marey::Meta::interfaces, |it: &Meta<'_>| it.interfaces().count()),
    ]
}

/// Of the pipeline.
fn of_pipeline() -> Vec<String> {
    vec![
        method!(marey::pipeline::Control::is_paused),
        method!(marey::pipeline::Control::ledger),
        method!(marey::pipeline::Control::pause),
        method!(marey::pipeline::Control::resume),
        method!(marey::pipeline::Control::stop),
        handler!(on_message),
        handler!(on_meta),
        handler!(on_packet),
        handler!(on_pause),
        handler!(on_piece_end),
        handler!(on_resume),
        handler!(on_start),
        handler!(on_stop),
        handler!(on_tick),
        handler!(weight),
        method!(marey::pipeline::Hasher::direction),
        method!(marey::pipeline::Hasher::flow),
        method!(marey::pipeline::Hasher::inner_flow),
        method!(marey::pipeline::Hasher::interface),
        method!(marey::pipeline::Hasher::seeded),
        method!(marey::pipeline::Hasher::shard),
        method!(marey::pipeline::Ledger::absorb),
        field!(marey::pipeline::Ledger, marey::pipeline::Ledger, damage),
        field!(marey::pipeline::Ledger, marey::pipeline::Ledger, damaged_bytes),
        field!(marey::pipeline::Ledger, marey::pipeline::Ledger, delivered),
        field!(marey::pipeline::Ledger, marey::pipeline::Ledger, filtered),
        field!(marey::pipeline::Ledger, marey::pipeline::Ledger, gaps),
        field!(marey::pipeline::Ledger, marey::pipeline::Ledger, received),
        field!(marey::pipeline::Ledger, marey::pipeline::Ledger, source_lost),
        method!(marey::pipeline::Reader::next),
        field!(marey::pipeline::Run<Nothing>, marey::pipeline::Run, handlers),
        field!(marey::pipeline::Run<Nothing>, marey::pipeline::Run, ledger),
        field!(marey::pipeline::Tick, marey::pipeline::Tick, number),
        method!(marey::pipeline::Trace::block_len),
        method!(marey::pipeline::Trace::format),
        method!(marey::pipeline::Trace::record_by_record),
        method!(marey::pipeline::Trace::replay),
        method!(marey::pipeline::Trace::since),
        method!(marey::pipeline::Trace::tick_every),
        method!(marey::pipeline::Trace::tick_interval),
        method!(marey::pipeline::Trace::tick_wall),
        method!(marey::pipeline::Trace::variant),
        method!(marey::pipeline::Trace::workers),
        used!(marey::pipeline::Control::send, |it: &Control| it.send(To::All, 1)),
        used!(marey::pipeline::Cx::handler, |it: &Cx<u8>| it.handler()),
        used!(marey::pipeline::Cx::publish, |it: &mut Cx<u8>| it.publish(1)),
        used!(marey::pipeline::Cx::record, |it: &Cx<u8>| it.record()),
        used!(marey::pipeline::Hasher::by, Hasher::by(|_| 0)),
        used!(marey::pipeline::Trace::run, |it: Trace| it.run(|_| Nothing, |_, ()| GO)),
    ]
}

/// Of protocol views.
fn of_wire() -> Vec<String> {
    vec![
        method!(marey::wire::FlowKey::hash),
        method!(marey::wire::FlowKey::server),
        method!(marey::wire::Layers::as_slice),
        method!(marey::wire::Layers::bytes_of),
        method!(marey::wire::Layers::find),
        method!(marey::wire::Layers::fragment),
        method!(marey::wire::Layers::ip_protocol),
        method!(marey::wire::Layers::kind),
        method!(marey::wire::Layers::macs),
        method!(marey::wire::Layers::network),
        method!(marey::wire::Layers::payload),
        method!(marey::wire::Layers::radio),
        method!(marey::wire::Layers::stop),
        method!(marey::wire::Layers::stripped),
        method!(marey::wire::Layers::transport),
        method!(marey::wire::Layers::transport_payload_len),
        method!(marey::wire::Layers::walk),
        method!(marey::wire::LinkType::ATM_RFC1483),
        field!(marey::wire::Transport, marey::wire::Transport, ports),
        method!(marey::wire::icmp::Icmp::parse),
        method!(marey::wire::icmp::Icmp::quoted),
        method!(marey::wire::icmpv6::Icmpv6::parse),
        method!(marey::wire::ipv4::Ipv4::options),
        method!(marey::wire::ipv4::Ipv4::parse),
        method!(marey::wire::ipv4::Ipv4::payload),
        method!(marey::wire::ipv6::Ipv6::parse),
        method!(marey::wire::ospf::Ospf::body),
        method!(marey::wire::ospf::Ospf::parse),
        method!(marey::wire::ospf_body::Body::advertisements),
        method!(marey::wire::ospf_body::Lsa::links),
        method!(marey::wire::ospf_body::Lsa::metrics),
        method!(marey::wire::radius::Radius::attribute),
        method!(marey::wire::radius::Radius::parse),
        method!(marey::wire::sctp::Sctp::chunks),
        method!(marey::wire::sctp::Sctp::parse),
        method!(marey::wire::tcp::Tcp::options),
        method!(marey::wire::tcp::Tcp::parse),
        method!(marey::wire::udp::Udp::parse),
        used!(marey::wire::Layers::labels, |it: &Layers<'_>| it.labels().count()),
        used!(marey::wire::Layers::vlans, |it: &Layers<'_>| it.vlans().count()),
    ]
}

/// The names in the tables and sentences of the page.
fn on_the_page(page: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (index, part) in page.split("```").enumerate() {
        let prose = if index % 2 == 0 { part } else { "" };
        for (at, _) in prose.match_indices("marey::") {
            let is_name = |c: char| c.is_alphanumeric() || "_:".contains(c);
            names.insert(prose[at..].chars().take_while(|&c| is_name(c)).collect());
        }
    }
    names
}

#[test]
fn each_name_on_the_page_is_there() {
    let page = include_str!("../../../docs/coming-from-libtrace.md");
    let there = [items(), of_pipeline(), of_records(), of_wire()].concat();
    let there: BTreeSet<String> = there.into_iter().collect();
    let named = on_the_page(page);
    let missing: Vec<_> = named.difference(&there).collect();
    assert!(missing.is_empty(), "not compiled here: {missing:?}");
    let stale: Vec<_> = there.difference(&named).collect();
    assert!(stale.is_empty(), "not on the page: {stale:?}");
    assert!(named.len() > 150, "{} names", named.len());
}

/// A trace of everything, in a file.
fn demo() -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("marey-from-libtrace-{}", std::process::id()));
    let mut file = std::fs::File::create(&path).expect("a writable folder for temporary files");
    file.write_all(&trace::demo().bytes).expect("room");
    path
}

#[test]
fn the_snippets_run() -> marey::Result<()> {
    let made = demo();
    let file = made.as_path();
    let (mut bytes, mut syns, mut names) = (0, 0, 0);
    let mut reader = marey::open(file)?.reader();
    while let Some(record) = reader.next() {
        if let Record::Packet(packet) = record {
            bytes += u64::from(packet.wire_len());
        }
    }
    println!("{} bytes are damaged", reader.ledger().damaged_bytes);
    assert!(bytes > 0);

    let mut see = |packet: &Packet<'_>| {
        let found = packet.layers();
        let tcp = found.find(Protocol::Tcp).and_then(|layer| Tcp::parse(found.bytes_of(layer)));
        let flags = tcp.map(|tcp| tcp.flags());
        if flags.is_some_and(|flags| flags.contains(Flags::SYN) && !flags.contains(Flags::ACK)) {
            syns += 1;
        }
        let name = packet.interface().and_then(|interface| interface.name());
        names += u32::from(name.is_some());
    };
    let hear = |meta: &Meta<'_>| {
        if let Some(name) = meta.interface_name() {
            println!("{name}");
        }
    };
    let mut reader = marey::open(file)?.reader();
    while let Some(record) = reader.next() {
        match record {
            Record::Packet(packet) => see(&packet),
            Record::Meta(meta) => hear(&meta),
            _ => {}
        }
    }
    assert!(syns > 0 && names > 0);

    let trace = marey::open(file)?.tick_every(1000).tick_wall(Duration::from_secs(1));
    let control = trace.control();
    control.send(To::All, "begin".to_owned()).map_err(std::io::Error::other)?;
    let summaries = |_| {
        each(|record, cx| {
            if let Record::Packet(packet) = record {
                cx.publish(wire::summary(&packet.layers()).to_string());
            }
        })
    };
    trace.run(summaries, |_, line| (println!("{line}"), GO).1)?;
    std::fs::remove_file(&made)?;
    Ok(())
}
