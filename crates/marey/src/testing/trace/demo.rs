//! The demo: a few seconds at a small office's router, as a recorder would have written them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::testing::frames::{self, ACK, FIN, PSH, SYN, Tcp, app};
use crate::testing::pcapng::{ETHERNET, Length, Name, Opt, Pcapng, option as o};
use crate::testing::rng::Rng;
use crate::testing::{Made, Order, START_NS};

/// The interfaces.
const LAN: u32 = 0;
const WAN: u32 = 1;

const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 7, 1);
const RESOLVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 53);
const ROUTER_6: Ipv6Addr = Ipv6Addr::new(0xFE80, 0, 0, 0, 0, 0, 0, 1);

/// The sites that are visited, and where they are.
const SITES: [(&str, Ipv4Addr); 4] = [
    ("www.example.org", Ipv4Addr::new(198, 51, 100, 10)),
    ("mail.example.net", Ipv4Addr::new(198, 51, 100, 25)),
    ("files.example.com", Ipv4Addr::new(203, 0, 113, 80)),
    ("time.example.edu", Ipv4Addr::new(203, 0, 113, 123)),
];

/// A packet that is still to be put into its place in time.
struct Planned {
    time_ns: i64,
    interface: u32,
    frame: Vec<u8>,
    options: Vec<Opt>,
}

/// What happens, in any order.
struct Plan {
    rng: Rng,
    packets: Vec<Planned>,
}

/// A pcapng of some 50 KiB: six seconds of ARP, neighbour discovery, DNS, TLS, pings and a burst,
/// on two interfaces that say all about themselves, with comments, names and statistics.
pub fn demo() -> Made {
    let mut plan = Plan { rng: Rng::new(1882), packets: Vec::new() };
    plan.neighbours();
    for visit in 0..7 {
        let site = [0, 1, 0, 2, 3, 0, 1][visit];
        plan.visit(100 + 790 * visit as i64, 20 + visit as u8 % 3, site);
    }
    plan.pings();
    plan.burst();
    plan.packets.sort_by_key(|packet| packet.time_ns);

    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Known, &section_options());
    file.interface(ETHERNET, 262_144, &lan_options());
    file.interface(ETHERNET, 262_144, &wan_options());
    let names = SITES.map(|(name, address)| (address, [name]));
    let mut records: Vec<Name<'_>> =
        names.iter().map(|(address, names)| Name::V4(*address, names)).collect();
    records.push(Name::V4(ROUTER, &["router.office.example"]));
    records.push(Name::V6(ROUTER_6, &["router.office.example"]));
    file.names(&records, &[o::ns_dnsname("resolver.example"), o::ns_dns_ipv4(RESOLVER)]);
    let half = plan.packets.len() / 2;
    for (index, packet) in plan.packets.iter().enumerate() {
        file.packet(packet.interface, packet.time_ns, &packet.frame, &packet.options);
        if index == half {
            statistics(&mut file, packet.time_ns, &plan.packets[..=half], 0);
        }
    }
    statistics(&mut file, START_NS + 6_000_000_000, &plan.packets, 11);
    file.finish()
}

fn section_options() -> Vec<Opt> {
    vec![
        o::hardware("Example Router 4000, 4 cores"),
        o::os("Linux 6.12.9"),
        o::application("marey 0.1.0"),
        o::comment("a demo: six seconds at a small office's router"),
    ]
}

fn lan_options() -> Vec<Opt> {
    vec![
        o::if_name("lan0"),
        o::if_description("to the switch, second floor"),
        o::if_ipv4((ROUTER, Ipv4Addr::new(255, 255, 255, 0))),
        o::if_ipv6((ROUTER_6, 64)),
        o::if_mac(frames::mac_of(ROUTER.into())),
        o::if_speed(1_000_000_000),
        o::if_tsresol(9),
        o::if_os("Linux 6.12.9"),
        o::if_hardware("Example Gigabit Ethernet"),
    ]
}

fn wan_options() -> Vec<Opt> {
    vec![
        o::if_name("wan0"),
        o::if_description("to the provider"),
        o::if_ipv4((Ipv4Addr::new(198, 51, 100, 200), Ipv4Addr::new(255, 255, 255, 128))),
        o::if_mac([2, 4, 198, 51, 100, 200]),
        o::if_speed(100_000_000),
        o::if_tsresol(9),
        o::if_filter("not port 22"),
        o::if_os("Linux 6.12.9"),
        o::if_hardware("Example Gigabit Ethernet"),
    ]
}

/// Statistics of both interfaces, after these packets.
fn statistics(file: &mut Pcapng, time_ns: i64, packets: &[Planned], drops: u64) {
    for interface in [LAN, WAN] {
        let seen = packets.iter().filter(|packet| packet.interface == interface).count() as u64;
        // They were lost in the burst.
        let lost = if interface == WAN { drops } else { 0 };
        let clock = file.clock(interface);
        let options = [
            o::isb_starttime(clock.ticks(START_NS)),
            o::isb_endtime(clock.ticks(time_ns)),
            o::isb_ifrecv(seen + lost),
            o::isb_ifdrop(lost),
            o::isb_osdrop(0),
            o::isb_usrdeliv(seen),
        ];
        file.statistics(interface, time_ns, &options);
    }
}

fn host(number: u8) -> IpAddr {
    Ipv4Addr::new(192, 168, 7, number).into()
}

impl Plan {
    /// Adds a frame, so many microseconds after the beginning.
    fn add(&mut self, time_us: i64, interface: u32, frame: Vec<u8>, options: Vec<Opt>) {
        let time_ns = START_NS + time_us * 1000 + i64::from(self.rng.below(1000));
        self.packets.push(Planned { time_ns, interface, frame: frames::padded(frame), options });
    }

    /// Who is where: ARP and neighbour discovery, now and then.
    fn neighbours(&mut self) {
        for (round, number) in [20, 21, 22, 23, 20, 24].into_iter().enumerate() {
            let time_us = 20_000 + round as i64 * 930_000;
            let asked = Ipv4Addr::new(192, 168, 7, number);
            self.add(time_us, LAN, frames::arp(asked, ROUTER, false), vec![o::flags(0b1101)]);
            let reply = frames::arp(ROUTER, asked, true);
            self.add(time_us + 180, LAN, reply, vec![o::flags(2)]);

            let station = Ipv6Addr::new(0xFE80, 0, 0, 0, 0, 0, 0, u16::from(number));
            let asking = frames::neighbour_solicitation(station, ROUTER_6);
            let answer = frames::neighbour_advertisement(ROUTER_6, station);
            self.add(time_us + 310_000, LAN, asking, vec![]);
            self.add(time_us + 310_250, LAN, answer, vec![]);
        }
    }

    /// A station asks for a site's address and gets a page of it over TLS.
    fn visit(&mut self, time_ms: i64, station: u8, site: usize) {
        let (name, address) = SITES[site];
        let mut time_us = time_ms * 1000;
        let port = 40_000 + self.rng.below(20_000) as u16;
        let id = self.rng.below(65_536) as u16;
        let asking = SocketAddr::new(host(station), port);
        let resolver = SocketAddr::new(RESOLVER.into(), 53);
        self.add(time_us, LAN, frames::udp(asking, resolver, &app::dns_query(id, name)), vec![]);
        time_us += 14_000 + i64::from(self.rng.below(9000));
        let answer = frames::udp(resolver, asking, &app::dns_answer(id, name, address));
        let slow = if time_ms > 4000 { vec![o::comment("the resolver is slow")] } else { vec![] };
        self.add(time_us, LAN, answer, slow);

        let interface = if site == 2 { WAN } else { LAN };
        let client = SocketAddr::new(host(station), port + 1);
        let mut talk = Talk {
            interface,
            time_us: time_us + 900,
            round_us: 12_000 + i64::from(self.rng.below(20_000)),
            client,
            server: SocketAddr::new(address.into(), 443),
            next: [self.rng.bits() as u32, self.rng.bits() as u32],
        };
        talk.open(self);
        let mut random = [0; 32];
        random.copy_from_slice(&self.rng.bytes(32));
        talk.say(self, 0, &app::tls_client_hello(name, &random));
        talk.say(self, 1, &app::tls_server_hello(&random));
        for _ in 0..self.rng.between(1, 3) {
            let (asked, told) = (self.rng.between(90, 300), self.rng.between(400, 1300));
            let request = app::tls_record(23, &self.rng.bytes(asked as usize));
            talk.say(self, 0, &request);
            let response = app::tls_record(23, &self.rng.bytes(told as usize));
            talk.say(self, 1, &response);
        }
        talk.close(self);
    }

    /// A ping a second to the router and to a site.
    fn pings(&mut self) {
        for seq in 0..6 {
            let time_us = 400_000 + 1_000_000 * seq;
            for (number, (interface, to)) in
                [(LAN, IpAddr::V4(ROUTER)), (WAN, SITES[3].1.into())].into_iter().enumerate()
            {
                let (from, id) = (host(30), 900 + number as u16);
                let data = [0x61; 48];
                let ping = frames::echo(from, to, false, id, seq as u16, &data);
                let pong = frames::echo(to, from, true, id, seq as u16, &data);
                let delay = [240, 18_300][number];
                self.add(time_us, interface, ping, vec![]);
                self.add(time_us + delay, interface, pong, vec![]);
            }
        }
    }

    /// Half a second of a sensor that sends far too much.
    fn burst(&mut self) {
        let from = SocketAddr::new(host(66), 40_066);
        let to = SocketAddr::new(SITES[2].1.into(), 9999);
        for index in 0..90 {
            let time_us = 2_600_000 + index * 5400 - index * index * 12;
            let len = self.rng.between(60, 200) as usize;
            let payload = self.rng.bytes(len);
            let options = match index {
                0 => vec![o::comment("here the burst begins")],
                60 => vec![o::dropcount(11), o::comment("eleven lost before this one")],
                _ => vec![],
            };
            self.add(time_us, WAN, frames::udp(from, to, &payload), options);
        }
    }
}

/// A TCP connection: what each side says is acknowledged by what the other says next.
struct Talk {
    interface: u32,
    time_us: i64,
    round_us: i64,
    client: SocketAddr,
    server: SocketAddr,
    /// The next sequence number of the client and of the server.
    next: [u32; 2],
}

impl Talk {
    /// One segment of a side, 0 the client's, and the sequence numbers after it.
    fn segment(&mut self, plan: &mut Plan, side: usize, flags: u8, payload: &[u8]) {
        let (from, to) = [(self.client, self.server), (self.server, self.client)][side];
        let ack = if flags & ACK == 0 { 0 } else { self.next[1 - side] };
        let head = Tcp { seq: self.next[side], ack, flags };
        plan.add(self.time_us, self.interface, frames::tcp(from, to, head, payload), vec![]);
        let flag_len = u32::from(flags & (SYN | FIN) != 0);
        self.next[side] = self.next[side].wrapping_add(payload.len() as u32 + flag_len);
        self.time_us += if side == 0 { self.round_us } else { 700 };
    }

    fn open(&mut self, plan: &mut Plan) {
        self.segment(plan, 0, SYN, &[]);
        self.segment(plan, 1, SYN | ACK, &[]);
        let round_us = std::mem::replace(&mut self.round_us, 300);
        self.segment(plan, 0, ACK, &[]);
        self.round_us = round_us;
    }

    fn say(&mut self, plan: &mut Plan, side: usize, payload: &[u8]) {
        self.segment(plan, side, PSH | ACK, payload);
    }

    fn close(&mut self, plan: &mut Plan) {
        self.segment(plan, 0, FIN | ACK, &[]);
        self.segment(plan, 1, FIN | ACK, &[]);
        self.segment(plan, 0, ACK, &[]);
    }
}
