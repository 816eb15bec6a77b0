//! Each field of a trace's description has a typed place: on the meta record that says it, and in
//! the scene of the packets after it; alike for pcapng and for ERF's provenance. The fields are
//! those of libtrace's metadata calls.
#![cfg(feature = "testing")]

use std::io::Cursor;
use std::net::{Ipv4Addr, Ipv6Addr};

use marey::meta::{Mac, Text};
use marey::scene::{Interface, Scene};
use marey::testing::erf::{Erf, Head, meta};
use marey::testing::pcapng::{ETHERNET, Length, Pcapng, option as o};
use marey::testing::{Made, Order, START_NS, frames};
use marey::{Meta, Packet, Record};

/// A field: its name, the shorthand on a meta record, the place in the scene of a packet.
type Row = (&'static str, fn(&Meta<'_>) -> Option<String>, fn(&Packet<'_>) -> Option<String>);

fn of_interface<T: ToString>(
    packet: &Packet<'_>,
    get: impl Fn(&Interface) -> Option<T>,
) -> Option<String> {
    get(packet.interface()?).map(|value| value.to_string())
}

fn of_module(scene: &Scene, get: fn(&marey::meta::Module) -> &Option<Text>) -> Option<String> {
    get(scene.module()?).as_ref().map(|text| text.as_str().to_owned())
}

fn text(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

const TABLE: [Row; 13] = [
    ("interface_name", |m| text(m.interface_name()), |p| text(p.interface()?.name())),
    (
        "interface_description",
        |m| text(m.interface_description()),
        |p| text(p.interface()?.description()),
    ),
    (
        "interface_mac",
        |m| m.interface_mac().map(|mac| mac.to_string()),
        |p| of_interface(p, |i| i.mac),
    ),
    (
        "interface_speed",
        |m| m.interface_speed().map(|speed| speed.to_string()),
        |p| of_interface(p, |i| i.speed),
    ),
    (
        "interface_ipv4",
        |m| m.interface_ipv4().map(|(address, mask)| format!("{address} {mask}")),
        |p| of_interface(p, |i| i.ipv4.first().map(|(address, mask)| format!("{address} {mask}"))),
    ),
    (
        "interface_ipv6",
        |m| m.interface_ipv6().map(|(address, len)| format!("{address}/{len}")),
        |p| of_interface(p, |i| i.ipv6.first().map(|(address, len)| format!("{address}/{len}"))),
    ),
    (
        "interface_fcs_len",
        |m| m.interface_fcs_len().map(|len| len.to_string()),
        |p| of_interface(p, |i| i.fcs_len),
    ),
    (
        "interface_comment",
        |m| text(m.interface_comment()),
        |p| of_interface(p, |i| i.comments.first().map(|text| text.as_str().to_owned())),
    ),
    (
        "host_os",
        |m| text(m.host_os()),
        |p| {
            of_interface(p, |i| i.os.clone().map(|os| os.as_str().to_owned()))
                .or_else(|| text(p.scene().os()))
        },
    ),
    ("capture_application", |m| text(m.capture_application()), |p| text(p.scene().application())),
    ("card_model", |m| text(m.card_model()), |p| of_module(p.scene(), |module| &module.model)),
    (
        "card_version",
        |m| text(m.card_version()),
        |p| of_module(p.scene(), |module| &module.driver_version),
    ),
    (
        "card_firmware_version",
        |m| text(m.card_firmware_version()),
        |p| of_module(p.scene(), |module| &module.firmware_version),
    ),
];

/// What the records of a trace say of each field: the first of its meta records that says
/// anything, and its first packet.
fn ask(made: &Made) -> Vec<(&'static str, Option<String>, Option<String>)> {
    let trace = marey::open_stream("test", Cursor::new(made.bytes.clone())).unwrap();
    let mut reader = trace.reader();
    let mut answers: Vec<_> = TABLE.iter().map(|(name, ..)| (*name, None, None)).collect();
    let mut has_packet = false;
    while let Some(record) = reader.next() {
        for ((_, of_meta, of_packet), answer) in TABLE.iter().zip(&mut answers) {
            match &record {
                Record::Meta(meta) if answer.1.is_none() => answer.1 = of_meta(meta),
                Record::Packet(packet) if !has_packet => answer.2 = of_packet(packet),
                _ => {}
            }
        }
        has_packet |= matches!(record, Record::Packet(_));
    }
    assert!(has_packet);
    answers
}

const V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
const MAC: Mac = Mac([2, 0, 0, 0, 0, 9]);

/// A trace in which only the fields with these numbers are there.
fn pcapng(order: Order, has: impl Fn(usize) -> bool) -> Made {
    let all = [
        o::if_name("lan0"),
        o::if_description("a socket"),
        o::if_mac(MAC.0),
        o::if_speed(40_000_000_000),
        o::if_ipv4((V4, Ipv4Addr::new(255, 255, 0, 0))),
        o::if_ipv6((V6, 56)),
        o::if_fcslen(4),
        o::comment("a comment"),
        o::if_os("an OS"),
    ];
    let options = all.into_iter().enumerate().filter(|(n, _)| has(*n)).map(|(_, option)| option);
    let section = if has(9) { vec![o::application("marey")] } else { vec![] };
    let mut file = Pcapng::new();
    file.section(order, Length::Unknown, &section);
    file.interface(ETHERNET, 0, &options.collect::<Vec<_>>());
    file.packet(0, START_NS, &[1; 60], &[]);
    file.finish()
}

/// The same as ERF's provenance.
fn erf(has: impl Fn(usize) -> bool) -> Made {
    let mut kinds: [(u16, Vec<meta::Tag>); 4] =
        [0xff00, 0xff01, 0xff02, 0xff03].map(|kind| (kind, Vec::new()));
    let mut tag = |number: usize, kind: u16, tags: Vec<meta::Tag>| {
        if has(number) {
            kinds[usize::from(kind - 0xff00)].1.extend(tags);
        }
    };
    tag(0, 0xff03, vec![meta::text(12, "lan0")]);
    tag(1, 0xff03, vec![meta::text(13, "a socket")]);
    tag(2, 0xff03, vec![meta::raw(69, &MAC.0)]);
    tag(3, 0xff03, vec![meta::u64(66, 40_000_000_000)]);
    tag(4, 0xff03, vec![meta::raw(67, &V4.octets()), meta::raw(9, &[255, 255, 0, 0])]);
    tag(5, 0xff03, vec![meta::raw(68, &V6.octets()), meta::u32(10, 56)]);
    tag(6, 0xff03, vec![meta::u32(8, 4)]);
    tag(7, 0xff03, vec![meta::comment("a comment")]);
    tag(8, 0xff01, vec![meta::text(17, "an OS")]);
    tag(9, 0xff00, vec![meta::text(16, "marey")]);
    tag(10, 0xff02, vec![meta::text(20, "a card")]);
    tag(11, 0xff02, vec![meta::text(53, "1.2")]);
    tag(12, 0xff02, vec![meta::text(21, "3.4")]);
    let sections = kinds.map(|(kind, tags)| meta::Section::new(kind, 1, &tags));
    let mut erf = Erf::new();
    erf.meta(START_NS, vec![], &sections);
    erf.record(&Head::at(START_NS), &frames::with_fcs(&[1; 60]));
    erf.finish()
}

const EXPECTED: [&str; 13] = [
    "lan0",
    "a socket",
    "02:00:00:00:00:09",
    "40000000000",
    "192.0.2.1 255.255.0.0",
    "2001:db8::1/56",
    "4",
    "a comment",
    "an OS",
    "marey",
    "a card",
    "1.2",
    "3.4",
];

/// pcapng has no place for what ERF says of a card.
const OF_PCAPNG: usize = 10;

fn check(made: &Made, what: &str, has: impl Fn(usize) -> bool) {
    for (number, (name, of_meta, of_packet)) in ask(made).into_iter().enumerate() {
        let expected = has(number).then(|| EXPECTED[number].to_owned());
        assert_eq!(of_meta, expected, "{what}: {name} of the meta record");
        assert_eq!(of_packet, expected, "{what}: {name} in the scene");
    }
}

#[test]
fn all_fields_are_there() {
    for order in [Order::Little, Order::Big] {
        check(&pcapng(order, |_| true), "pcapng", |number| number < OF_PCAPNG);
    }
    check(&erf(|_| true), "ERF", |_| true);
}

#[test]
fn a_field_alone_is_itself_and_all_others_are_none() {
    for only in 0..TABLE.len() {
        let has = |number: usize| number == only;
        check(&erf(has), "ERF", has);
        for order in [Order::Little, Order::Big] {
            check(&pcapng(order, has), "pcapng", |number| has(number) && number < OF_PCAPNG);
        }
    }
}

#[test]
fn a_field_missing_is_none_among_the_others() {
    for missing in 0..TABLE.len() {
        let has = |number: usize| number != missing;
        check(&erf(has), "ERF", has);
        for order in [Order::Little, Order::Big] {
            check(&pcapng(order, has), "pcapng", |number| has(number) && number < OF_PCAPNG);
        }
    }
}
