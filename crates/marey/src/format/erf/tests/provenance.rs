use std::net::Ipv4Addr;

use super::*;
use crate::meta::{Mac, NameOf};
use crate::scene::Filter;

/// A record with a section of each kind that is not about an interface.
fn many_sections() -> Vec<u8> {
    meta(
        vec![host_ext(5, HOST)],
        &[
            tag(2, &[0, 0, 0, 0x80, 1, 0, 0, 0]),
            section(
                0xff00,
                1,
                &[
                    tag(16, b"app"),
                    tag(47, b"1.2"),
                    tag(12, b"n"),
                    tag(36, b"f"),
                    tag(29, &[0, 0, 0, 96]),
                ],
            ),
            section(
                0xff01,
                1,
                &[
                    tag(18, b"box"),
                    tag(17, b"os"),
                    tag(11, b"org"),
                    tag(49, b"cpu"),
                    tag(40, &[0, 0, 0, 1, 0, 0, 0, 0]),
                ],
            ),
            section(
                0xff02,
                2,
                &[
                    tag(31, &[0, 0, 0, 5]),
                    tag(20, b"dag"),
                    tag(21, b"fw"),
                    tag(22, b"no"),
                    tag(53, b"5.5"),
                    tag(384, &[0, 0, 0, 3]),
                    tag(390, &[0x84, 0, 0, 0, 0, 0, 0, 0]),
                    tag(396, b"clock"),
                ],
            ),
            section(
                0xff08,
                4,
                &[tag(33, &[0, 0, 0, 4]), tag(216, &[0, 0, 0, 9]), tag(217, &[0, 0, 0, 8])],
            ),
            section(0xff04, 1, &[tag(1, b"a flow")]),
            section(0xff06, 2, &[]),
            section(0xff07, 3, &[]),
            section(0xff09, 4, &[]),
            section(0xff0b, 5, &[]),
            section(0xff42, 6, &[]),
        ],
    )
}

#[test]
fn sections_are_typed() {
    let record = many_sections();
    let items = items_of(&record);
    let kinds: Vec<_> = items.iter().map(Item::kind).collect();
    let expected = [
        "capture",
        "host",
        "module",
        "clock",
        "stream",
        "flow",
        "info",
        "context",
        "transform",
        "source",
        "unknown",
    ];
    assert_eq!(kinds, expected);
    let Item::Capture(capture) = &items[0] else { panic!() };
    assert_eq!((&capture.application, &capture.application_version), (&text("app"), &text("1.2")));
    assert_eq!(
        (&capture.name, &capture.filter, capture.snap_len),
        (&text("n"), &text("f"), Some(96))
    );
    let Item::Host(host) = &items[1] else { panic!() };
    assert_eq!((host.id, &host.name, &host.os), (Some(HOST), &text("box"), &text("os")));
    assert_eq!((&host.organisation, &host.cpu), (&text("org"), &text("cpu")));
    assert_eq!(host.memory_bytes, Some(1 << 32));
}

#[test]
fn cards_streams_and_clocks_are_typed() {
    let record = many_sections();
    let items = items_of(&record);
    let Item::Module(module) = &items[2] else { panic!() };
    assert_eq!((module.number, &module.model), (Some(5), &text("dag")));
    assert_eq!((&module.firmware_version, &module.driver_version), (&text("fw"), &text("5.5")));
    let Item::Clock(clock) = &items[3] else { panic!() };
    assert_eq!((clock.source, clock.phase_error), (Some(3), Some(31)));
    assert_eq!(clock.description, text("clock"));
    let Item::Stream(stream) = &items[4] else { panic!() };
    assert_eq!((stream.number, stream.dropped, stream.buffer_dropped), (Some(4), Some(9), Some(8)));
    let Item::Described(flow) = &items[5] else { panic!() };
    assert_eq!((flow.id, flow.comments.as_slice()), (1, &[Text::new(b"a flow")][..]));
    let scene = walk(&record).cut.scene;
    assert_eq!(scene.host().unwrap().name, text("box"));
    assert_eq!(scene.module().unwrap().model, text("dag"));
}

#[test]
fn an_interface_section_says_all_of_an_interface() {
    let ipv6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    let tags = [
        tag(12, b"name"),
        tag(13, b"descr"),
        tag(64, &[0, 0, 0, 3]),
        tag(69, &[1, 2, 3, 4, 5, 6]),
        tag(70, &[1, 2, 3, 4, 5, 6, 7, 8]),
        tag(67, &[10, 0, 0, 1]),
        tag(9, &[255, 255, 0, 0]),
        tag(67, &[10, 0, 0, 2]),
        tag(67, &[10, 0, 0, 3]),
        tag(10, &[0, 0, 0, 20]),
        tag(68, &ipv6),
        tag(10, &[0, 0, 0, 64]),
        tag(66, &10_000_000_000_u64.to_be_bytes()),
        tag(75, &1_000_u64.to_be_bytes()),
        tag(8, &[0, 0, 0, 32]),
        tag(29, &[0, 0, 0, 128]),
        tag(36, b"tcp"),
        tag(77, &[0, 0, 0, 1]),
        tag(1, b"one"),
        tag(1, b"two"),
        tag(196, &1_000_u64.to_be_bytes()),
        tag(195, &20_u64.to_be_bytes()),
        tag(200, &3_u64.to_be_bytes()),
    ];
    let record = meta(vec![host_ext(5, HOST)], &[section(0xff03, 9, &tags)]);
    let items = items_of(&record);
    let [Item::Interface(interface), Item::Statistics(statistics)] = items.as_slice() else {
        panic!("{items:?}");
    };
    assert_eq!((interface.name(), interface.description()), (Some("name"), Some("descr")));
    assert_eq!(interface.port, Some(Port { host: Some(HOST), source: 5, number: 3 }));
    assert_eq!(interface.mac, Some(Mac([1, 2, 3, 4, 5, 6])));
    assert_eq!(interface.eui64, Some([1, 2, 3, 4, 5, 6, 7, 8]));
    let net = |last, mask| (Ipv4Addr::new(10, 0, 0, last), mask);
    let masks = [(255, 255, 0, 0), (255, 255, 255, 255), (255, 255, 240, 0)];
    let masks = masks.map(|(a, b, c, d)| Ipv4Addr::new(a, b, c, d));
    assert_eq!(interface.ipv4, [net(1, masks[0]), net(2, masks[1]), net(3, masks[2])]);
    assert_eq!(interface.ipv6, [(ipv6.into(), 64)]);
    assert_eq!((interface.speed, interface.tx_speed), (Some(10_000_000_000), Some(1_000)));
    assert_eq!((interface.fcs_len, interface.snap_len), (Some(32), 128));
    assert_eq!(interface.filter, Some(Filter::Expression(Text::new(b"tcp"))));
    assert_eq!(interface.link_type, Some(LinkType(1)));
    assert_eq!(interface.comments, [Text::new(b"one"), Text::new(b"two")]);
    assert_eq!(interface.resolution, Resolution::Binary(32));
    assert_eq!((statistics.interface, statistics.received), (0, Some(1_000)));
    let walked = walk(&record);
    assert_eq!(walked.cut.source_lost(), 23);
    let known = walked.cut.scene.interface(0).unwrap().statistics.clone();
    assert_eq!(known.unwrap().time.unwrap().as_ns(), walked.heads[0].time);
}

#[test]
fn statistics_find_their_interface() {
    let received = |n: u64| tag(196, &n.to_be_bytes());
    let parent = |id: u16| tag(3, &[[0xff, 3], id.to_be_bytes()].concat());
    let ports = [section(0xff03, 1, &[]), section(0xff03, 2, &[tag(64, &[0, 0, 0, 7])])];
    let record = meta(
        vec![host_ext(5, HOST)],
        &[
            ports.concat(),
            section(0xff05, 1, &[parent(2), received(12)]),
            section(0xff05, 2, &[parent(1), received(11)]),
            section(0xff05, 3, &[received(13)]),
            section(0xff05, 4, &[parent(9), received(14)]),
            section(0xff05, 5, &[tag(3, &[0xff, 0, 0, 1]), received(15)]),
        ],
    );
    let items = items_of(&record);
    let kinds: Vec<_> = items.iter().map(Item::kind).collect();
    let expected =
        ["interface", "interface", "statistics", "statistics", "stats", "stats", "stats"];
    assert_eq!(kinds, expected);
    let later = meta(vec![host_ext(5, HOST)], &[section(0xff05, 1, &[parent(1), received(21)])]);
    let only = meta(
        vec![host_ext(5, HOST)],
        &[section(0xff03, 2, &[tag(64, &[0, 0, 0, 7])]), section(0xff05, 1, &[received(22)])],
    );
    let scene = walk(&[record, later, only].concat()).cut.scene;
    let received = scene.interfaces().iter().map(|i| i.statistics.as_ref().unwrap().received);
    assert_eq!(received.collect::<Vec<_>>(), [Some(21), Some(22)]);
}

#[test]
fn names_comments_and_anchors() {
    let names = section(
        0xff0a,
        1,
        &[
            tag(256, b"\x0a\0\0\x01ten"),
            tag(257, b"\x20\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\x01six"),
            tag(258, b"\x01\x02\x03\x04\x05\x06mac"),
            tag(259, b"\x01\x02\x03\x04\x05\x06\x07\x08eui"),
            tag(261, b"\x01\x02lid"),
            tag(264, b"\x0a\0\0\x35server"),
            tag(256, b"\x0a\0"),
        ],
    );
    let record = meta(vec![], &[names]);
    let items = items_of(&record);
    let [Item::Names(names)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!(names.entries.len(), 4);
    assert_eq!(names.server_name, text("server"));
    assert_eq!(names.server_ipv4, Some(Ipv4Addr::new(10, 0, 0, 53)));
    let scene = walk(&record).cut.scene;
    assert_eq!(scene.name_of(NameOf::Ipv4(Ipv4Addr::new(10, 0, 0, 1))), Some("ten"));
    assert_eq!(scene.name_of(NameOf::Eui64([1, 2, 3, 4, 5, 6, 7, 8])), Some("eui"));
    let fields = Erf.meta_fields(&record, &scene);
    let named = fields.iter().find(|f| f.name == "ns_host_mac").unwrap();
    assert_eq!(named.value.to_string(), "01:02:03:04:05:06 is mac");
    assert_eq!(fields.last().unwrap().value, Value::Malformed(b"\x0a\0"));

    let record = meta(vec![], &[tag(1, b"hello"), section(0xff06, 1, &[tag(1, b"info")])]);
    let items = items_of(&record);
    let [Item::Described(_), Item::Comment(comment)] = items.as_slice() else { panic!() };
    assert_eq!((comment.texts.as_slice(), comment.anchor), (&[Text::new(b"hello")][..], None));

    let anchor = ext(header::ANCHOR_ID, 1 << 55 | 42);
    let info = section(0xff06, 1, &[tag(1, b"info")]);
    let record = meta(vec![host_ext(5, HOST), anchor], std::slice::from_ref(&info));
    let items = items_of(&record);
    let [Item::Described(_), Item::Comment(comment)] = items.as_slice() else { panic!() };
    assert_eq!(comment.anchor, Some((Some(HOST), 42)));
    let record = meta(vec![host_ext(5, HOST), ext(header::ANCHOR_ID, 42)], &[info]);
    assert_eq!(items_of(&record).len(), 1);
}

#[test]
fn fields_show_every_tag() {
    let tags = [
        tag(1, "κ".as_bytes()),
        tag(6, &HOST.to_be_bytes()),
        tag(25, &[0xff, 0xff, 0xff, 0xfe]),
        tag(55, &[0, 0, 0, 16]),
        tag(60, &[0, 0, 0x03, 0xe8]),
        tag(72, &[1, 2]),
        tag(401, &[0, 0, 0, 0, 0, 5, 0, 0]),
        tag(4711, &[1]),
        tag(66, &[1]),
        tag(0, &[]),
    ];
    let record = meta(vec![host_ext(5, HOST)], &[tag(2, &[0; 8]), section(0xff03, 7, &tags)]);
    let fields = Erf.meta_fields(&record, &Scene::default());
    let shown: Vec<_> =
        fields.iter().map(|f| (f.code, f.part, f.name, f.value.to_string())).collect();
    let expected = [
        (17, "host_id", "source_id", "5"),
        (17, "host_id", "host_id", "0x2590c03e08"),
        (2, "", "gen_time", "1970-01-01T00:00:00.000000000Z"),
        (0xff03, "interface", "section_id", "7"),
        (0xff03, "interface", "section_length", "92"),
        (1, "interface", "comment", "κ"),
        (6, "interface", "host_id", "0x2590c03e08"),
        (25, "interface", "tzone", "-2"),
        (55, "interface", "entropy_threshold", "0.53125"),
        (60, "interface", "temperature", "1"),
        (72, "interface", "if_ib_lid", "258"),
        (401, "interface", "ptp_offset_from_master", "5"),
        (4711, "interface", "unknown", "01"),
        (66, "interface", "if_speed", "malformed: 01"),
    ];
    let expected = expected.map(|(code, part, name, value)| (code, part, name, value.to_owned()));
    assert_eq!(shown, expected);
    let host = meta(
        vec![],
        &[section(0xff01, 1, &[tag(6, &HOST.to_be_bytes())]), section(0xff03, 1, &[])],
    );
    let items = items_of(&host);
    let Item::Interface(interface) = &items[1] else { panic!() };
    assert_eq!(interface.port.unwrap().host, Some(HOST));
}

#[test]
fn malformed_provenance_is_contained() {
    let mut record = meta(vec![], &[section(0xff03, 1, &[tag(12, b"name")])]);
    let value_len = record.len() - 5;
    record[value_len] = 200;
    let items = items_of(&record);
    let [Item::Interface(interface)] = items.as_slice() else { panic!() };
    assert_eq!(interface.name(), None);
    let fields = Erf.meta_fields(&record, &Scene::default());
    assert_eq!(fields.last().unwrap().value, Value::Malformed(b"name"));
    let short = meta(vec![], &[tag(0xff03, &[1])]);
    let fields = Erf.meta_fields(&short, &Scene::default());
    assert_eq!(fields[1].value, Value::Malformed(&[1]));
    assert_eq!(items_of(&short).len(), 1);
}
