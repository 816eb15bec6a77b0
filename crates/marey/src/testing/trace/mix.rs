//! One frame of every kind.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::testing::frames::{self, ACK, PSH, SYN, Tcp, app};

/// A frame of every kind that [`frames`] can make, 26 of them.
pub(super) fn frames() -> Vec<Vec<u8>> {
    let (a, b) = (Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(192, 0, 2, 2));
    let a6 = Ipv6Addr::new(0x2001, 0xDB8, 0, 0, 0, 0, 0, 1);
    let b6 = Ipv6Addr::new(0x2001, 0xDB8, 0, 0, 0, 0, 0, 2);
    let mut all = vec![frames::arp(a, b, false), frames::arp(b, a, true)];
    all.push(frames::neighbour_solicitation(a6, b6));
    all.push(frames::neighbour_advertisement(b6, a6));
    for (a, b) in [(IpAddr::V4(a), IpAddr::V4(b)), (a6.into(), b6.into())] {
        let at = |ip: IpAddr, port| SocketAddr::new(ip, port);
        let (client, server) = (at(a, 40_000), at(b, 80));
        let syn = Tcp { seq: 1000, ack: 0, flags: SYN };
        let reply = Tcp { seq: 5000, ack: 1001, flags: SYN | ACK };
        let request = Tcp { seq: 1001, ack: 5001, flags: PSH | ACK };
        let tsn = u32::from(a.is_ipv6());
        let udp = frames::udp(at(a, 40_002), at(b, 9999), &[0x55; 1001]);
        all.extend([
            frames::padded(frames::tcp(client, server, syn, &[])),
            frames::padded(frames::tcp(server, client, reply, &[])),
            frames::tcp(client, server, request, b"GET / HTTP/1.1\r\nHost: b.example\r\n\r\n"),
            frames::udp(at(a, 40_001), at(b, 53), &app::dns_query(7, "b.example")),
            frames::echo(a, b, false, 1, 1, &[0xAB; 48]),
            frames::echo(b, a, true, 1, 1, &[0xAB; 48]),
            frames::sctp(at(a, 2905), at(b, 2905), tsn, b"an odd chunk of data!"),
            frames::tagged(&udp, &[(0x8100, 42)]),
            frames::tagged(&udp, &[(0x88A8, 7), (0x8100, 0xE02A)]),
        ]);
        all.extend(frames::fragments(&udp, 77, 504).into_iter().take(2));
    }
    all
}
