//! What libtrace 4.0.34 was found to get wrong when it reads traces and what they say about
//! themselves: a test for each, named after what is right. The sentence above a test says what
//! libtrace did. Its exit status is the command line's matter, and tested there.
#![cfg(feature = "testing")]

use std::io::Cursor;
use std::net::{Ipv4Addr, Ipv6Addr};

use marey::meta::{Item, NameOf, Value};
use marey::record::Direction;
use marey::scene::ByteOrder;
use marey::testing::erf::{self, Erf, Head, extension, kind, meta};
use marey::testing::pcap::{self, Pcap, Variant};
use marey::testing::pcapng::{ETHERNET, Length, Name, Pcapng, option as o};
use marey::testing::{Made, Order, START_NS, frames, trace};
use marey::wire::LinkType;
use marey::{Meta, Packet, Record};

const SECOND: i64 = 1_000_000_000;
const BOTH: [Order; 2] = [Order::Little, Order::Big];
const RAW_IP: u16 = 101;

/// Gives `see` every record of `made`, which is sound.
fn each(made: &Made, mut see: impl FnMut(Record<'_>)) {
    let trace = marey::open_stream("test", Cursor::new(made.bytes.clone())).unwrap();
    let mut reader = trace.block_len(4096).reader();
    while let Some(record) = reader.next() {
        see(record);
    }
    assert_eq!(reader.ledger().damage, []);
}

/// What `see` says of each packet.
fn packets<T>(made: &Made, see: impl Fn(&Packet<'_>) -> T) -> Vec<T> {
    let mut seen = Vec::new();
    each(made, |record| {
        if let Record::Packet(packet) = record {
            seen.push(see(&packet));
        }
    });
    seen
}

/// What `see` says of each meta record.
fn metas<T>(made: &Made, see: impl Fn(&Meta<'_>) -> T) -> Vec<T> {
    let mut seen = Vec::new();
    each(made, |record| {
        if let Record::Meta(meta) = record {
            seen.push(see(&meta));
        }
    });
    seen
}

/// A section with one interface that has these options.
fn one_interface(order: Order, options: &[o::Opt]) -> Pcapng {
    let mut file = Pcapng::new();
    file.section(order, Length::Unknown, &[]);
    file.interface(ETHERNET, 0, options);
    file
}

// ---- sections -----------------------------------------------------------------------------

/// libtrace counted interfaces on across sections, so that the packets of the second had the link
/// type and the resolution of the first: a thousand times off.
#[test]
fn sections_are_scoped() {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Known, &[o::application("first")]);
    file.interface(ETHERNET, 0, &[o::if_name("lan0")]);
    file.packet(0, START_NS + 1_000, &[1; 60], &[]);
    file.section(Order::Big, Length::Unknown, &[o::application("second")]);
    file.interface(RAW_IP, 0, &[o::if_name("tun0"), o::if_tsresol(9)]);
    file.packet(0, START_NS + 2_001, &[0x45; 40], &[]);
    let seen = packets(&file.finish(), |p| {
        let section = p.section();
        let name = p.interface().and_then(|i| i.name()).map(str::to_owned);
        let application = section.application.as_ref().map(|t| t.as_str().to_owned());
        let time = p.time().map(|t| t.as_ns() - START_NS);
        (p.link_type(), time, name, section.index, section.byte_order, application)
    });
    let text = |text: &str| Some(text.to_owned());
    let expected = [
        (LinkType(1), Some(1_000), text("lan0"), 0, ByteOrder::Little, text("first")),
        (LinkType(RAW_IP), Some(2_001), text("tun0"), 1, ByteOrder::Big, text("second")),
    ];
    assert_eq!(seen, expected);
}

/// libtrace kept the number of a section's block type in 16 bits, where it does not fit, and never
/// found anything in a section header.
#[test]
fn capture_application_of_a_section_is_found() {
    for order in BOTH {
        let options =
            [o::hardware("a probe"), o::os("an OS"), o::application("marey"), o::comment("why")];
        let mut file = Pcapng::new();
        file.section(order, Length::Unknown, &options);
        file.interface(ETHERNET, 0, &[]);
        file.packet(0, START_NS, &[1; 60], &[]);
        let made = file.finish();
        let found = metas(&made, |m| m.capture_application().map(str::to_owned));
        assert_eq!(found, [Some("marey".to_owned()), None]);
        let section = packets(&made, |p| p.section().clone()).remove(0);
        let text = |text: &Option<marey::meta::Text>| text.as_ref().map(|t| t.as_str().to_owned());
        assert_eq!(text(&section.hardware).as_deref(), Some("a probe"));
        assert_eq!(text(&section.os).as_deref(), Some("an OS"));
        assert_eq!(text(&section.application).as_deref(), Some("marey"));
        assert_eq!(section.comments[0].as_str(), "why");
    }
}

/// libtrace had no notion of several link types in one file but where it wrote them.
#[test]
fn interfaces_of_one_section_have_link_types_of_their_own() {
    let mut file = one_interface(Order::Little, &[]);
    file.interface(RAW_IP, 0, &[]);
    for interface in [1, 0, 1] {
        file.packet(interface, START_NS, &[0x45; 40], &[]);
    }
    let links = packets(&file.finish(), |p| p.link_type().0);
    assert_eq!(links, [RAW_IP, ETHERNET, RAW_IP]);
}

// ---- values -------------------------------------------------------------------------------

/// libtrace's IPv6 getters returned the IPv4 option: c000:201:ffff:ff00:a00:: for 192.0.2.1/24.
#[test]
fn ipv6_address_of_an_interface_is_its_own() {
    let v4 = (Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(255, 255, 255, 0));
    let v6 = (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 64);
    for order in BOTH {
        let made = one_interface(order, &[o::if_ipv4(v4), o::if_ipv6(v6)]).finish();
        let seen = metas(&made, |m| (m.interface_ipv4(), m.interface_ipv6()));
        assert_eq!(seen[1], (Some(v4), Some(v6)));
        let made = one_interface(order, &[o::if_ipv4(v4)]).finish();
        let seen = metas(&made, |m| (m.interface_ipv4(), m.interface_ipv6()));
        assert_eq!(seen[1], (Some(v4), None));
    }
}

/// libtrace freed a pointer that it had not set when an option was asked for that was absent.
#[test]
fn absent_options_are_none() {
    let mut erf = Erf::new();
    let sections = [0xff00, 0xff01, 0xff02, 0xff03].map(|k| {
        let tags = [meta::comment("nothing but this")];
        meta::Section::new(k, 1, &tags)
    });
    erf.meta(START_NS, vec![], &sections);
    let interface = one_interface(Order::Little, &[o::if_tzone(0)]).finish();
    for made in [interface, erf.finish()] {
        let seen = metas(&made, |m| {
            let texts = [
                m.interface_name(),
                m.interface_description(),
                m.host_os(),
                m.capture_application(),
                m.card_model(),
                m.card_version(),
                m.card_firmware_version(),
            ];
            let is_none = texts.iter().all(Option::is_none);
            let numbers = (m.interface_speed(), m.interface_fcs_len());
            let addresses = (m.interface_mac(), m.interface_ipv4(), m.interface_ipv6());
            (is_none, numbers, addresses)
        });
        for seen in seen {
            assert_eq!(seen, (true, (None, None), (None, None, None)));
        }
    }
}

/// libtrace swapped all 64-bit values as if from big-endian: 1000 packets received became
/// 16,718,206,241,729,413,120.
#[test]
fn counters_of_64_bits_are_whole() {
    let large = 0x0123_4567_89ab_cdef;
    for order in BOTH {
        let options = [
            o::isb_ifrecv(1000),
            o::isb_ifdrop(large),
            o::isb_filteraccept(3),
            o::isb_osdrop(4),
            o::isb_usrdeliv(u64::MAX),
        ];
        let mut file = one_interface(order, &[o::if_speed(10_000_000_000), o::if_txspeed(large)]);
        file.statistics(0, START_NS, &options);
        let made = file.finish();
        let seen = metas(&made, |m| m.scene().interface(0).cloned());
        let interface = seen[2].as_ref().unwrap();
        assert_eq!((interface.speed, interface.tx_speed), (Some(10_000_000_000), Some(large)));
        let statistics = interface.statistics.as_ref().unwrap();
        assert_eq!(statistics.received, Some(1000));
        assert_eq!(statistics.dropped, Some(large));
        assert_eq!(statistics.filter_accepted, Some(3));
        assert_eq!(statistics.os_dropped, Some(4));
        assert_eq!(statistics.delivered, Some(u64::MAX));
        assert_eq!(statistics.time.map(|t| t.as_ns()), Some(START_NS));
    }
}

/// libtrace read four bytes from an allocation of one for the length of the FCS.
#[test]
fn fcs_length_reads_one_byte() {
    for order in BOTH {
        let made = one_interface(order, &[o::if_fcslen(4), o::if_name("\u{1}\u{2}\u{3}")]).finish();
        assert_eq!(metas(&made, |m| m.interface_fcs_len()), [None, Some(4)]);
    }
}

/// libtrace wrote one byte beyond a caller's buffer for a name that was as long as it.
#[test]
fn texts_of_any_length_are_whole() {
    for len in (0..40).chain([255, 256, 4095, 4096, 65_535]) {
        let name = "n".repeat(len);
        let made = one_interface(Order::Little, &[o::if_name(&name), o::if_os("next")]).finish();
        let seen =
            metas(&made, |m| (m.interface_name() == Some(&name), m.host_os() == Some("next")));
        assert_eq!(seen[1], (true, true), "{len}");
    }
}

/// libtrace gave names for ERF's tags only; a pcapng option's was not set.
#[test]
fn options_have_names() {
    let made = one_interface(Order::Big, &[o::if_name("lan0"), o::if_speed(1)]).finish();
    let names = metas(&made, |m| m.fields().iter().map(|f| f.name).collect::<Vec<_>>());
    assert_eq!(names[1], ["link type", "snap length", "name", "speed"]);
}

// ---- records ------------------------------------------------------------------------------

/// libtrace gave no metadata of custom blocks at all.
#[test]
fn custom_blocks_are_delivered() {
    for (order, copyable) in BOTH.into_iter().zip([true, false]) {
        let mut file = one_interface(order, &[]);
        file.custom(copyable, 32_473, b"any data");
        let seen = metas(&file.finish(), |m| match m.items() {
            [Item::Custom(custom)] => {
                Some((custom.enterprise, custom.copyable, custom.data.to_vec()))
            }
            _ => None,
        });
        assert_eq!(seen[2], Some((32_473, copyable, b"any data".to_vec())));
    }
}

/// libtrace returned the records of a name resolution block as options of unknown type.
#[test]
fn names_are_names_not_options() {
    let (v4, v6) = (Ipv4Addr::new(192, 0, 2, 7), Ipv6Addr::LOCALHOST);
    let mut file = one_interface(Order::Big, &[]);
    let names = [Name::V4(v4, &["a.example", "b.example"]), Name::V6(v6, &["self.example"])];
    file.names(&names, &[o::ns_dnsname("ns.example"), o::ns_dns_ipv4(v4), o::ns_dns_ipv6(v6)]);
    file.packet(0, START_NS, &[1; 60], &[]);
    let made = file.finish();
    let seen = metas(&made, |m| match m.items() {
        [Item::Names(names)] => Some(names.clone()),
        _ => None,
    });
    let names = seen[2].as_ref().unwrap();
    let entries = names.entries.iter().map(|e| {
        let names: Vec<_> = e.names.iter().map(|n| n.as_str().to_owned()).collect();
        (e.of, names.join(" "))
    });
    let expected = [
        (NameOf::Ipv4(v4), "a.example b.example".to_owned()),
        (NameOf::Ipv6(v6), "self.example".to_owned()),
    ];
    assert_eq!(entries.collect::<Vec<_>>(), expected);
    assert_eq!(names.server_name.as_ref().map(|t| t.as_str()), Some("ns.example"));
    assert_eq!((names.server_ipv4, names.server_ipv6), (Some(v4), Some(v6)));
    let of_packet = packets(&made, |p| {
        [NameOf::Ipv4(v4), NameOf::Ipv6(v6)].map(|of| p.scene().name_of(of).map(str::to_owned))
    });
    assert_eq!(of_packet[0], [Some("a.example".to_owned()), Some("self.example".to_owned())]);
}

/// libtrace gave no way to a packet's own options, and looked for them at a wrong offset.
#[test]
fn packet_options_are_reachable() {
    for (order, len) in BOTH.into_iter().flat_map(|order| [(order, 60), (order, 61)]) {
        let options = [
            o::comment("look here"),
            o::comment("and here"),
            o::flags(0x0000_0002),
            o::hash((2, &[1, 2, 3, 4])),
            o::dropcount(7),
            o::packetid(0x0102_0304_0506_0708),
            o::queue(9),
            o::verdict((1, 3)),
            o::process_thread((11, 12)),
        ];
        let mut file = one_interface(order, &[]);
        file.packet(0, START_NS, &vec![1; len], &options);
        packets(&file.finish(), |p| {
            assert_eq!(p.comments(), ["look here", "and here"]);
            assert_eq!((p.flags(), p.direction()), (Some(2), Some(Direction::Outbound)));
            assert_eq!(p.hashes(), [(2, vec![1, 2, 3, 4])]);
            assert_eq!((p.drop_count(), p.queue()), (Some(7), Some(9)));
            assert_eq!(p.packet_id(), Some(0x0102_0304_0506_0708));
            assert_eq!(p.verdicts(), [(1, order.u64(3).to_vec())]);
            assert_eq!(p.process_thread(), Some((11, 12)));
        });
    }
}

/// libtrace skipped the obsolete packet block without a word.
#[test]
fn obsolete_packet_blocks_are_delivered() {
    for order in BOTH {
        let mut file = one_interface(order, &[]);
        file.interface(RAW_IP, 0, &[o::if_tsresol(9)]);
        file.obsolete_packet(1, 3, START_NS + 1, &[0x45; 41], &[o::flags(1)]);
        let seen = packets(&file.finish(), |p| {
            let time = p.time().map(|t| t.as_ns());
            (p.link_type().0, time, p.bytes().len(), p.drop_count(), p.direction())
        });
        let inbound = Some(Direction::Inbound);
        assert_eq!(seen, [(RAW_IP, Some(START_NS + 1), 41, Some(3), inbound)]);
    }
}

/// libtrace counted padding as captured: 84 bytes for a simple packet of 82.
#[test]
fn simple_packets_have_no_padding() {
    for order in BOTH {
        let mut file = one_interface(order, &[]);
        file.simple_packet(&[7; 82]);
        let seen = packets(&file.finish(), |p| (p.captured_len(), p.bytes().to_vec(), p.time()));
        assert_eq!(seen, [(82, vec![7; 82], None)]);
    }
}

/// libtrace skipped decryption secrets without a word. They are delivered, and never shown.
#[test]
fn secrets_are_delivered_but_not_shown() {
    let key = b"CLIENT_RANDOM 0123 4567\n";
    let mut file = one_interface(Order::Little, &[]);
    file.secrets(0x544c_534b, key, &[o::comment("keys")]);
    let seen = metas(&file.finish(), |m| {
        let shown: Vec<_> = m.fields().iter().map(|f| f.value.to_string()).collect();
        let shown = format!("{m:?} {} {:?}", shown.join(" "), m.fields());
        match m.items() {
            [Item::Secrets(s)] => Some((s.type_name(), s.data.to_vec(), shown)),
            _ => None,
        }
    });
    let (name, data, shown) = seen[2].clone().unwrap();
    assert_eq!((name, data.as_slice()), (Some("TLS key log"), &key[..]));
    assert!(!shown.contains("CLIENT_RANDOM") && !shown.contains("0123"), "{shown}");
    assert!(shown.contains("24 bytes"), "{shown}");
}

/// libtrace skipped journal entries and all types that it did not know without a word.
#[test]
fn records_of_any_type_are_delivered() {
    let mut file = one_interface(Order::Little, &[]);
    file.journal(START_NS, &[("MESSAGE", "an entry")]);
    file.unknown(0x8000_4242, &[1, 2, 3, 4]);
    let seen = metas(&file.finish(), |m| match m.items() {
        [Item::Journal(journal)] => journal.field("MESSAGE").map(<[u8]>::to_vec),
        [Item::Raw(raw)] if raw.record_type == 0x8000_4242 => Some(raw.data.to_vec()),
        _ => None,
    });
    assert_eq!(seen[2..], [Some(b"an entry".to_vec()), Some(vec![1, 2, 3, 4])]);
}

/// libtrace gave up a file at its first record of more than 65,536 bytes.
#[test]
fn records_over_64_kib_are_read() {
    let frame: Vec<u8> = (0..70_042_u32).map(|i| (i % 251) as u8).collect();
    let mut in_pcap = Pcap::new(pcap::Config::new(Variant::Micros, Order::Little));
    let mut in_pcapng = one_interface(Order::Big, &[]);
    for len in [60, 70_042, 61] {
        in_pcap.packet(START_NS, &frame[..len]);
        in_pcapng.packet(0, START_NS, &frame[..len], &[]);
    }
    in_pcapng.obsolete_packet(0, 0, START_NS, &frame, &[]);
    in_pcapng.simple_packet(&frame);
    in_pcapng.custom(true, 32_473, &frame);
    in_pcapng.secrets(0x544c_534b, &frame, &[]);
    let in_pcapng = in_pcapng.finish();
    let bytes = |p: &Packet<'_>| (p.wire_len() as usize, p.bytes() == &frame[..p.bytes().len()]);
    let three = [(60, true), (70_042, true), (61, true)];
    assert_eq!(packets(&in_pcap.finish(), bytes), three);
    let more = [(70_042, true), (70_042, true)];
    assert_eq!(packets(&in_pcapng, bytes), [&three[..], &more].concat());
    let lens = metas(&in_pcapng, |m| m.bytes().len());
    assert_eq!(lens[2..], [70_060, 70_064]);
}

/// libtrace ended at a block whose two lengths differ; here it costs that block.
#[test]
fn a_damaged_block_costs_that_block() {
    let mut file = one_interface(Order::Little, &[]);
    for index in 0..5 {
        file.packet(0, START_NS + index * SECOND, &[index as u8; 60], &[]);
    }
    let mut made = file.finish();
    let third = made.packets().nth(2).unwrap().range.clone();
    made.bytes[third.end - 4] ^= 0x40;
    let trace = marey::open_stream("test", Cursor::new(made.bytes)).unwrap();
    let mut reader = trace.reader();
    let mut seen = Vec::new();
    while let Some(record) = reader.next() {
        if let Record::Packet(packet) = record {
            seen.push(packet.bytes()[0]);
        }
    }
    assert_eq!(seen, [0, 1, 3, 4]);
    let damage = reader.ledger().damage.iter().map(|d| (d.offset as usize, d.len as usize));
    assert_eq!(damage.collect::<Vec<_>>(), [(third.start, third.len())]);
}

// ---- time ---------------------------------------------------------------------------------

/// libtrace ignored the offset of an interface's clock.
#[test]
fn time_offset_is_applied() {
    for offset in [1_700_000_000, -3_600, i64::from(i32::MAX) + 1] {
        let options = [o::if_tsresol(9), o::if_tsoffset(offset)];
        for order in BOTH {
            let mut file = one_interface(order, &options);
            file.packet_at(0, 4_000 * SECOND as u64 + 5, &[1; 60], 60, &[]);
            let seen = packets(&file.finish(), |p| {
                (p.time().map(|t| t.as_ns()), p.raw_time().map(|r| (r.value, r.offset_s)))
            });
            let time = (offset + 4_000) * SECOND + 5;
            assert_eq!(seen, [(Some(time), Some((4_000_000_000_005, offset)))]);
        }
    }
}

/// libtrace kept units a second in 32 bits (10^10 and 2^32 do not fit) and computed with floats.
#[test]
fn resolution_is_kept_in_its_full_range() {
    for resolution in (0..=19).chain((0..=63).map(|n| 0x80 | n)) {
        let mut file = one_interface(Order::Little, &[o::if_tsresol(resolution)]);
        let clock = file.clock(0);
        // The latest moments that 64 bits hold, up to that of the other tests.
        let per_second = clock.ticks_per_second();
        let latest_s = (i128::from(u64::MAX) / per_second).min(1_700_000_000);
        let ticks = (latest_s * per_second - 1).max(0) as u64;
        for ticks in [0, 1, ticks] {
            file.packet_at(0, ticks, &[1; 60], 60, &[]);
        }
        let expected = [0, 1, ticks].map(|ticks| clock.time_ns(ticks));
        let seen = packets(&file.finish(), |p| p.time().map(|t| t.as_ns()));
        assert_eq!(seen, expected, "resolution {resolution:#x}");
    }
}

/// libtrace cut ERF's fraction of a second to microseconds, and rounded it down.
#[test]
fn erf_times_are_rounded_to_the_nearest_nanosecond() {
    let mut erf = Erf::new();
    for fraction in [0, 1, 3, 0x8000_0000, 0xffff_fffe, 0xffff_ffff] {
        let head = Head { time: 1_700_000_000 << 32 | fraction, ..Head::at(0) };
        erf.record(&head, &frames::with_fcs(&[1; 60]));
    }
    let seen = packets(&erf.finish(), |p| p.time().map(|t| t.as_ns() - 1_700_000_000 * SECOND));
    let expected = [0, 0, 1, SECOND / 2, SECOND, SECOND].map(Some);
    assert_eq!(seen, expected);
}

// ---- ERF ----------------------------------------------------------------------------------

/// libtrace skipped ERF's extension headers, so flow, host and anchor were out of reach.
#[test]
fn extension_headers_are_reachable() {
    let mut erf = Erf::new();
    let extensions = vec![extension::host_id(5, 0x0025_90c0_3e08), extension::flow_id(5, 4, 77)];
    erf.record(&Head { extensions, ..Head::at(START_NS) }, &frames::with_fcs(&[1; 60]));
    let seen = packets(&erf.finish(), |p| {
        let value = |part: &str, name: &str| {
            let options = p.options();
            let field = options.iter().find(|f| f.part == part && f.name == name);
            field.and_then(|f| f.value.as_u64())
        };
        (value("host_id", "host_id"), value("flow_id", "flow_hash"))
    });
    assert_eq!(seen, [(Some(0x0025_90c0_3e08), Some(77))]);
}

/// libtrace knew a handful of ERF's types and gave the others an unknown link type without a name.
#[test]
fn erf_records_of_every_type_have_a_name() {
    let made = trace::small("every-type.erf").unwrap();
    let seen = packets(&made, |p| match p.options().first() {
        Some(field) if field.name == "type" => field.value.to_string(),
        _ => String::new(),
    });
    let is_packet = |&&(_, k): &&(&str, u8)| !matches!(k, kind::LEGACY | kind::META | kind::PAD);
    let expected: Vec<_> = kind::ALL.iter().filter(is_packet).map(|(name, _)| *name).collect();
    assert_eq!(seen, expected);
}

/// libtrace took the padding records of ERF for packets of no length.
#[test]
fn erf_padding_is_no_packet() {
    let made = trace::small("padding.erf").unwrap();
    assert_eq!(packets(&made, |p| p.captured_len() > 0), [true; 6]);
    assert!(metas(&made, |_| ()).is_empty());
}

/// libtrace had no lookup from a packet to what provenance says of its interface.
#[test]
fn erf_packets_know_their_interface() {
    let made = trace::small("provenance.erf").unwrap();
    let seen = packets(&made, |p| {
        let interface = p.interface().unwrap();
        (interface.name().map(str::to_owned), interface.speed)
    });
    let expected =
        (0..9).map(|n| (Some(format!("port {}", ["a", "b"][n % 2])), Some(10 * 1_000_000_000)));
    assert_eq!(seen, expected.collect::<Vec<_>>());
}

// ---- odd corners --------------------------------------------------------------------------

/// An empty trace, a packet of which nothing was captured, a trace of meta records only.
#[test]
fn traces_with_nothing_in_them_are_read() {
    let config = pcap::Config::new(Variant::Nanos, Order::Big);
    assert!(packets(&Pcap::new(config).finish(), |_| ()).is_empty());
    let mut file = Pcap::new(config);
    file.cut_packet(START_NS, &[], 60);
    assert_eq!(packets(&file.finish(), |p| (p.captured_len(), p.wire_len())), [(0, 60)]);
    let mut erf = Erf::new();
    let tags = [meta::text(12, "lan0")];
    erf.meta(START_NS, vec![], &[meta::Section::new(0xff03, 1, &tags)]);
    let made = erf.finish();
    assert!(packets(&made, |_| ()).is_empty());
    let names = metas(&made, |m| m.interface_name().map(str::to_owned));
    assert_eq!(names, [Some("lan0".to_owned())]);
}

/// libtrace handed a meta record to whichever thread had read it, and dropped it in most tools.
#[test]
fn meta_records_are_delivered_once_and_in_their_place() {
    for name in ["every-block-le.pcapng", "sections.pcapng", "provenance.erf"] {
        let made = trace::small(name).unwrap();
        for workers in [1, 2, 8] {
            let trace = marey::open_stream("test", Cursor::new(made.bytes.clone())).unwrap();
            let handler = |_| {
                marey::pipeline::each(|record: Record<'_>, cx: &mut marey::pipeline::Cx<_>| {
                    let position = record.position();
                    cx.publish((position.offset as usize, matches!(record, Record::Meta(_))));
                })
            };
            let mut seen = Vec::new();
            let report = |_, value| {
                seen.push(value);
                marey::GO
            };
            trace.workers(workers).block_len(64).run(handler, report).unwrap();
            let expected = made.records.iter().filter(|r| r.what != marey::testing::What::Padding);
            let expected =
                expected.map(|r| (r.range.start, r.what != marey::testing::What::Packet));
            assert_eq!(seen, expected.collect::<Vec<_>>(), "{name}, {workers} workers");
        }
    }
}

/// The raw time of a packet is there for exact rewriting, whatever its nanoseconds are.
#[test]
fn raw_times_are_exact() {
    let mut file = one_interface(Order::Little, &[o::if_tsresol(12)]);
    file.packet_at(0, 1_999, &[1; 60], 60, &[]);
    let seen = packets(&file.finish(), |p| (p.time().map(|t| t.as_ns()), p.raw_time()));
    let (time, raw) = seen[0];
    assert_eq!((time, raw.map(|r| r.value)), (Some(1), Some(1_999)));
    let mut erf = Erf::new();
    let time = erf::timestamp(START_NS) | 0x7;
    erf.record(&Head { time, ..Head::at(0) }, &frames::with_fcs(&[1; 60]));
    let raw = packets(&erf.finish(), |p| p.raw_time().map(|r| r.value));
    assert_eq!(raw, [Some(time)]);
}

/// Options with lengths that the draft does not allow are shown as what they are.
#[test]
fn malformed_options_are_neither_read_nor_lost() {
    let made = one_interface(Order::Little, &[o::raw(8, &[1, 0, 0, 0])]).finish();
    let seen = metas(&made, |m| {
        let malformed = m.fields().into_iter().find(|f| matches!(f.value, Value::Malformed(_)));
        (m.interface_speed(), malformed.map(|f| f.name))
    });
    assert_eq!(seen[1], (None, Some("speed")));
}
