//! What packets of OSPF version 2 say (RFC 2328 §A.3), link state advertisements among them (§A.4).

use super::bytes::{Head, Put, be16_at, be32_at, part, u8_at};
use std::fmt;
use std::net::Ipv4Addr;

/// Bytes of the header of a link state advertisement (RFC 2328 §A.4.1).
pub const LSA_LEN_MIN: usize = 20;
/// How many parts of one kind are walked: a datagram of 64 KiB has room for no more.
pub const PARTS_MAX: usize = 16_384;

/// The address at `at`, if it was captured.
fn address_at(bytes: &[u8], at: usize) -> Option<Ipv4Addr> {
    be32_at(bytes, at).map(Ipv4Addr::from)
}

/// Parts of 4 bytes, as addresses.
fn addresses(bytes: &[u8]) -> impl Iterator<Item = Ipv4Addr> + '_ {
    bytes.as_chunks::<4>().0.iter().map(|address| Ipv4Addr::from(*address))
}

/// The content of a packet, by its type.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Body<'a> {
    /// Type 1.
    Hello(Hello<'a>),
    /// Type 2.
    DatabaseDescription(DatabaseDescription<'a>),
    /// Type 3.
    Request(Requests<'a>),
    /// Type 4: how many advertisements follow (§A.3.5), and they.
    Update {
        /// As the packet says.
        count: u32,
        /// As far as they were captured.
        advertisements: Lsas<'a>,
    },
    /// Type 5: headers of advertisements.
    Acknowledgment(Lsas<'a>),
}

impl<'a> Body<'a> {
    /// The view of what is behind the header of a packet of type `kind`.
    pub(super) fn parse(kind: u8, bytes: &'a [u8]) -> Option<Self> {
        Some(match kind {
            1 => Body::Hello(Hello::parse(bytes)?),
            2 => Body::DatabaseDescription(DatabaseDescription::parse(bytes)?),
            3 => Body::Request(Requests { bytes, left: PARTS_MAX }),
            4 => Body::Update {
                count: be32_at(bytes, 0)?,
                advertisements: Lsas::whole(part(bytes, 4, bytes.len())),
            },
            5 => Body::Acknowledgment(Lsas::headers(bytes)),
            _ => return None,
        })
    }

    /// The advertisements that this packet has, whole or their headers.
    pub fn advertisements(&self) -> Lsas<'a> {
        match self {
            Body::DatabaseDescription(description) => description.headers(),
            Body::Update { advertisements, .. } => *advertisements,
            Body::Acknowledgment(headers) => *headers,
            _ => Lsas::headers(&[]),
        }
    }

    /// Each field by name.
    pub(super) fn fields(&self, put: &mut Put<'_>) {
        match self {
            Body::Hello(hello) => hello.fields(put),
            Body::DatabaseDescription(description) => description.fields(put),
            Body::Request(requests) => requests.for_each(|one| put("request", &one)),
            Body::Update { count, .. } => put("advertisements", count),
            Body::Acknowledgment(_) => {}
        }
        for advertisement in self.advertisements() {
            put("advertisement", &advertisement);
            advertisement.fields(put);
        }
    }
}

/// A hello (§A.3.2).
#[derive(Clone, Copy, Debug)]
pub struct Hello<'a> {
    head: Head<'a, 20>,
    bytes: &'a [u8],
}

impl<'a> Hello<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Hello { head: Head::of(bytes)?, bytes })
    }

    /// The network's mask.
    pub fn mask(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.head.array::<0, 4>())
    }

    /// Between two hellos.
    pub fn interval_s(&self) -> u16 {
        self.head.be16::<4>()
    }

    /// The options (§A.2).
    pub fn options(&self) -> u8 {
        self.head.u8::<6>()
    }

    /// The sender's priority.
    pub fn priority(&self) -> u8 {
        self.head.u8::<7>()
    }

    /// After which a silent router is gone.
    pub fn dead_interval_s(&self) -> u32 {
        self.head.be32::<8>()
    }

    /// The designated router.
    pub fn designated(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.head.array::<12, 4>())
    }

    /// The backup designated router.
    pub fn backup(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.head.array::<16, 4>())
    }

    /// From whom hellos were heard.
    pub fn neighbours(&self) -> impl Iterator<Item = Ipv4Addr> + 'a {
        addresses(part(self.bytes, 20, self.bytes.len()))
    }

    fn fields(&self, put: &mut Put<'_>) {
        put("mask", &self.mask());
        put("interval s", &self.interval_s());
        put("options", &format_args!("0x{:02x}", self.options()));
        put("priority", &self.priority());
        put("dead interval s", &self.dead_interval_s());
        put("designated router", &self.designated());
        put("backup router", &self.backup());
        self.neighbours().for_each(|neighbour| put("neighbour", &neighbour));
    }
}

/// A database description (§A.3.3).
#[derive(Clone, Copy, Debug)]
pub struct DatabaseDescription<'a> {
    head: Head<'a, 8>,
    bytes: &'a [u8],
}

impl<'a> DatabaseDescription<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(DatabaseDescription { head: Head::of(bytes)?, bytes })
    }

    /// The largest datagram that goes without fragments.
    pub fn mtu_bytes(&self) -> u16 {
        self.head.be16::<0>()
    }

    /// The options (§A.2).
    pub fn options(&self) -> u8 {
        self.head.u8::<2>()
    }

    /// Init (4), more (2), master (1).
    pub fn flags(&self) -> u8 {
        self.head.u8::<3>()
    }

    /// The sequence number.
    pub fn sequence(&self) -> u32 {
        self.head.be32::<4>()
    }

    /// Headers of advertisements.
    pub fn headers(&self) -> Lsas<'a> {
        Lsas::headers(part(self.bytes, 8, self.bytes.len()))
    }

    fn fields(&self, put: &mut Put<'_>) {
        put("mtu", &self.mtu_bytes());
        put("options", &format_args!("0x{:02x}", self.options()));
        put("flags", &format_args!("0x{:02x}", self.flags()));
        put("sequence", &self.sequence());
    }
}

/// Which advertisement is asked for (§A.3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The type.
    pub kind: u32,
    /// Which of this type.
    pub id: Ipv4Addr,
    /// Whose.
    pub router: Ipv4Addr,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "type {} id {} router {}", self.kind, self.id, self.router)
    }
}

/// All that is asked for.
#[derive(Clone, Debug, Copy)]
pub struct Requests<'a> {
    bytes: &'a [u8],
    left: usize,
}

impl Iterator for Requests<'_> {
    type Item = Request;

    fn next(&mut self) -> Option<Request> {
        self.left = self.left.checked_sub(1)?;
        let kind = be32_at(self.bytes, 0)?;
        let (id, router) = (address_at(self.bytes, 4)?, address_at(self.bytes, 8)?);
        self.bytes = part(self.bytes, 12, self.bytes.len());
        Some(Request { kind, id, router })
    }
}

/// A link state advertisement, or its header alone (§A.4.1).
#[derive(Clone, Copy, Debug)]
pub struct Lsa<'a> {
    head: Head<'a, LSA_LEN_MIN>,
    /// What is behind the header; empty where there are headers only.
    body: &'a [u8],
}

impl<'a> Lsa<'a> {
    /// Since it was made.
    pub fn age_s(&self) -> u16 {
        self.head.be16::<0>()
    }

    /// The options (§A.2).
    pub fn options(&self) -> u8 {
        self.head.u8::<2>()
    }

    /// The type: 1 router, 2 network, 3 and 4 summary, 5 and 7 (RFC 3101) external.
    pub fn kind(&self) -> u8 {
        self.head.u8::<3>()
    }

    /// What of the topology it is about.
    pub fn id(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.head.array::<4, 4>())
    }

    /// Who made it.
    pub fn router(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.head.array::<8, 4>())
    }

    /// The sequence number.
    pub fn sequence(&self) -> u32 {
        self.head.be32::<12>()
    }

    /// The checksum (Fletcher's).
    pub fn checksum(&self) -> u16 {
        self.head.be16::<16>()
    }

    /// Bytes with the header.
    pub fn length(&self) -> u16 {
        self.head.be16::<18>()
    }

    /// What was captured behind the header.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// The links of a router (type 1, §A.4.2).
    pub fn links(&self) -> Links<'a> {
        let bytes = if self.kind() == 1 { part(self.body, 4, self.body.len()) } else { &[] };
        let left = be16_at(self.body, 2).map_or(0, usize::from);
        Links { bytes, left }
    }

    /// The mask of a network (types 2 to 5 and 7).
    pub fn mask(&self) -> Option<Ipv4Addr> {
        if matches!(self.kind(), 2..=5 | 7) { address_at(self.body, 0) } else { None }
    }

    /// The routers of a network (type 2, §A.4.3).
    pub fn routers(&self) -> impl Iterator<Item = Ipv4Addr> + 'a {
        let bytes = if self.kind() == 2 { part(self.body, 4, self.body.len()) } else { &[] };
        addresses(bytes)
    }

    /// The metrics of a summary (types 3 and 4, §A.4.4) or of what is external (§A.4.5).
    pub fn metrics(&self) -> Metrics<'a> {
        let is_external = matches!(self.kind(), 5 | 7);
        let has_metrics = is_external || matches!(self.kind(), 3 | 4);
        let bytes = if has_metrics { part(self.body, 4, self.body.len()) } else { &[] };
        Metrics { bytes, is_external, left: PARTS_MAX }
    }

    /// What the type means.
    pub fn name(&self) -> Option<&'static str> {
        Some(match self.kind() {
            1 => "router",
            2 => "network",
            3 => "summary",
            4 => "asbr summary",
            5 => "external",
            7 => "nssa external",
            _ => return None,
        })
    }

    fn fields(&self, put: &mut Put<'_>) {
        self.links().for_each(|link| put("link", &link));
        if let Some(mask) = self.mask() {
            put("mask", &mask);
        }
        self.routers().for_each(|router| put("router", &router));
        self.metrics().for_each(|metric| put("metric", &metric));
    }
}

impl fmt::Display for Lsa<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name)?,
            None => write!(f, "type {}", self.kind())?,
        }
        write!(f, " id {} router {} sequence 0x{:08x}", self.id(), self.router(), self.sequence())
    }
}

/// Advertisements in order, as far as their headers were captured.
#[derive(Clone, Copy, Debug)]
pub struct Lsas<'a> {
    bytes: &'a [u8],
    has_bodies: bool,
    left: usize,
}

impl<'a> Lsas<'a> {
    fn whole(bytes: &'a [u8]) -> Self {
        Lsas { bytes, has_bodies: true, left: PARTS_MAX }
    }

    fn headers(bytes: &'a [u8]) -> Self {
        Lsas { bytes, has_bodies: false, left: PARTS_MAX }
    }
}

impl<'a> Iterator for Lsas<'a> {
    type Item = Lsa<'a>;

    fn next(&mut self) -> Option<Lsa<'a>> {
        self.left = self.left.checked_sub(1)?;
        let head = Head::<LSA_LEN_MIN>::of(self.bytes)?;
        let len = if self.has_bodies { usize::from(head.be16::<18>()) } else { LSA_LEN_MIN };
        let body = part(self.bytes, LSA_LEN_MIN, len);
        // A length that is impossible ends the list.
        let behind = part(self.bytes, len, self.bytes.len());
        self.bytes = if len < LSA_LEN_MIN { &[] } else { behind };
        Some(Lsa { head, body })
    }
}

/// A link of a router (§A.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// What is at its other end.
    pub id: Ipv4Addr,
    /// The router's address on it, or the network's mask.
    pub data: Ipv4Addr,
    /// 1 point to point, 2 to a transit network, 3 to a stub network, 4 virtual.
    pub kind: u8,
    /// How many metrics for types of service follow: none since RFC 2328.
    pub tos_metrics: u8,
    /// The cost.
    pub metric: u16,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Link { id, data, kind, metric, .. } = self;
        write!(f, "type {kind} id {id} data {data} metric {metric}")
    }
}

/// The links of a router, as far as they were captured.
#[derive(Clone, Copy, Debug)]
pub struct Links<'a> {
    bytes: &'a [u8],
    left: usize,
}

impl Iterator for Links<'_> {
    type Item = Link;

    fn next(&mut self) -> Option<Link> {
        self.left = self.left.checked_sub(1)?;
        let (id, data) = (address_at(self.bytes, 0)?, address_at(self.bytes, 4)?);
        let (kind, tos_metrics) = (u8_at(self.bytes, 8)?, u8_at(self.bytes, 9)?);
        let metric = be16_at(self.bytes, 10)?;
        let len = 12 + 4 * usize::from(tos_metrics);
        self.bytes = part(self.bytes, len, self.bytes.len());
        Some(Link { id, data, kind, tos_metrics, metric })
    }
}

/// A metric of a summary or of an external destination (§A.4.4, §A.4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// For which type of service: 0, since RFC 2328.
    pub tos: u8,
    /// The cost.
    pub metric: u32,
    /// It is of type 2: larger than any cost inside.
    pub is_type_2: bool,
    /// Where to send what is for an external destination; 0.0.0.0 is who made the advertisement.
    pub forward_to: Option<Ipv4Addr>,
    /// The tag of an external route.
    pub tag: Option<u32>,
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.metric)?;
        match self.forward_to {
            Some(address) => write!(f, " type {} to {address}", 1 + u8::from(self.is_type_2)),
            None => Ok(()),
        }
    }
}

/// The metrics of an advertisement, as far as they were captured.
#[derive(Clone, Copy, Debug)]
pub struct Metrics<'a> {
    bytes: &'a [u8],
    is_external: bool,
    left: usize,
}

impl Iterator for Metrics<'_> {
    type Item = Metric;

    fn next(&mut self) -> Option<Metric> {
        self.left = self.left.checked_sub(1)?;
        let word = be32_at(self.bytes, 0)?;
        let (first, metric) = ((word >> 24) as u8, word & 0xff_ffff);
        if !self.is_external {
            self.bytes = part(self.bytes, 4, self.bytes.len());
            return Some(Metric {
                tos: first,
                metric,
                is_type_2: false,
                forward_to: None,
                tag: None,
            });
        }
        let (forward_to, tag) = (address_at(self.bytes, 4)?, be32_at(self.bytes, 8)?);
        self.bytes = part(self.bytes, 12, self.bytes.len());
        Some(Metric {
            tos: first & 0x7f,
            metric,
            is_type_2: first & 0x80 != 0,
            forward_to: Some(forward_to),
            tag: Some(tag),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::ospf::Ospf;
    use super::*;

    /// A packet of type `kind`.
    fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![2, kind, 0, 24 + body.len() as u8];
        bytes.resize(24, 0);
        bytes.extend(body);
        bytes
    }

    fn lsa(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 9, 2, kind, 10, 0, 0, 1, 10, 0, 0, 2, 0x80, 0, 0, 1, 0xab, 0xcd, 0];
        bytes.push(20 + body.len() as u8);
        bytes.extend(body);
        bytes
    }

    fn update(lsas: &[Vec<u8>]) -> Vec<u8> {
        packet(4, &[&[0, 0, 0, lsas.len() as u8], &lsas.concat()[..]].concat())
    }

    fn shown(bytes: &[u8]) -> Vec<String> {
        let mut shown = Vec::new();
        Ospf::parse(bytes)
            .unwrap()
            .fields(&mut |name, value| shown.push(format!("{name}: {value}")));
        shown.split_off(7)
    }

    #[test]
    fn hello_and_request() {
        let hello =
            [255, 255, 255, 0, 0, 10, 2, 1, 0, 0, 0, 40, 10, 0, 0, 1, 0, 0, 0, 0, 10, 0, 0, 3];
        let bytes = packet(1, &hello);
        let Some(Body::Hello(hello)) = Ospf::parse(&bytes).unwrap().body() else { panic!() };
        assert_eq!((hello.interval_s(), hello.dead_interval_s(), hello.priority()), (10, 40, 1));
        assert_eq!(hello.neighbours().collect::<Vec<_>>(), [Ipv4Addr::new(10, 0, 0, 3)]);
        let request = packet(3, &[0, 0, 0, 1, 10, 0, 0, 1, 10, 0, 0, 2, 9]);
        assert_eq!(shown(&request), ["request: type 1 id 10.0.0.1 router 10.0.0.2"]);
        assert!(Ospf::parse(&bytes[..40]).unwrap().body().is_none());
    }

    #[test]
    fn links_of_a_router() {
        let link = [10, 0, 0, 9, 255, 255, 255, 252, 3, 1, 0, 64, 8, 0, 0, 7];
        let body = [&[0, 0, 0, 2][..], &link, &link].concat();
        let bytes = update(&[lsa(1, &body), lsa(2, &[255, 255, 0, 0, 10, 0, 0, 7])]);
        assert_eq!(
            shown(&bytes),
            [
                "advertisements: 2",
                "advertisement: router id 10.0.0.1 router 10.0.0.2 sequence 0x80000001",
                "link: type 3 id 10.0.0.9 data 255.255.255.252 metric 64",
                "link: type 3 id 10.0.0.9 data 255.255.255.252 metric 64",
                "advertisement: network id 10.0.0.1 router 10.0.0.2 sequence 0x80000001",
                "mask: 255.255.0.0",
                "router: 10.0.0.7",
            ]
        );
    }

    #[test]
    fn metrics() {
        let external = [255, 0, 0, 0, 0x80, 0, 0, 20, 10, 0, 0, 5, 0, 0, 0, 1];
        let bytes = update(&[lsa(3, &[255, 0, 0, 0, 0, 0, 1, 0]), lsa(5, &external)]);
        let body = Ospf::parse(&bytes).unwrap().body().unwrap();
        let metrics: Vec<_> = body.advertisements().flat_map(|lsa| lsa.metrics()).collect();
        assert_eq!((metrics[0].metric, metrics[0].forward_to), (256, None));
        assert_eq!(metrics[1].to_string(), "20 type 2 to 10.0.0.5");
        assert_eq!((metrics[1].tag, metrics.len()), (Some(1), 2));
    }

    #[test]
    fn headers_alone_and_broken_lengths() {
        let header = &lsa(1, &[0; 40])[..20];
        let acknowledgment = packet(5, &[header, header].concat());
        let body = Ospf::parse(&acknowledgment).unwrap().body().unwrap();
        assert_eq!(body.advertisements().count(), 2);
        assert!(body.advertisements().all(|lsa| lsa.links().next().is_none()));
        let description = packet(2, &[&[5, 0xdc, 2, 7, 0, 0, 0, 1][..], header].concat());
        let Some(Body::DatabaseDescription(found)) = Ospf::parse(&description).unwrap().body()
        else {
            panic!()
        };
        assert_eq!((found.mtu_bytes(), found.flags(), found.headers().count()), (1500, 7, 1));
        let mut broken = lsa(1, &[]);
        broken[19] = 19;
        let bytes = update(&[broken, lsa(1, &[])]);
        assert_eq!(Ospf::parse(&bytes).unwrap().body().unwrap().advertisements().count(), 1);
    }
}
