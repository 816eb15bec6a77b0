//! The steps of a walk over links: all that comes before IP.

use super::{NetworkKind, Next, Step, Stop, Walk};
use crate::wire::arp::{self, Arp};
use crate::wire::ethernet::{self, ETHERTYPE_MIN, Ethernet, LENGTH_MAX};
use crate::wire::ethertype::EtherType;
use crate::wire::frame_relay::{self, FrameRelay};
use crate::wire::hdlc::{self, CiscoHdlc};
use crate::wire::link::LinkType;
use crate::wire::llc::{self, Llc, Sap, Snap};
use crate::wire::mpls::{self, Mpls};
use crate::wire::null::{self, Null};
use crate::wire::ppp::Ppp;
use crate::wire::pppoe::{self, Pppoe};
use crate::wire::protocol::Protocol;
use crate::wire::sll::{self, Sll};
use crate::wire::vlan::{self, Vlan};

impl Walk<'_, '_> {
    /// The outermost header, or what a monitor header announces.
    pub(super) fn link(&mut self, link: LinkType) -> Step {
        match link {
            LinkType::ETHERNET => Ok(Next::Ethernet),
            LinkType::RAW | LinkType::RAW_DLT_12 | LinkType::RAW_DLT_14 => Ok(Next::Ip),
            LinkType::IPV4 => Ok(Next::EtherType(EtherType::IPV4)),
            LinkType::IPV6 => Ok(Next::EtherType(EtherType::IPV6)),
            LinkType::LINUX_SLL => self.sll(Protocol::LinuxSll, sll::LEN),
            LinkType::LINUX_SLL2 => self.sll(Protocol::LinuxSll2, sll::LEN_V2),
            LinkType::NULL | LinkType::LOOP => self.null(),
            LinkType::PPP => Ok(Next::Ppp),
            LinkType::PPP_HDLC => match self.rest().first() {
                Some(&(hdlc::UNICAST | hdlc::MULTICAST)) => Ok(Next::CiscoHdlc),
                _ => Ok(Next::Ppp),
            },
            LinkType::PPP_PPPD => self.pppd(),
            LinkType::PPP_WITH_DIR => self.skip(1).map(|()| Next::Ppp),
            LinkType::PPP_ETHER => Ok(Next::Pppoe),
            LinkType::C_HDLC => Ok(Next::CiscoHdlc),
            LinkType::C_HDLC_WITH_DIR => self.skip(1).map(|()| Next::CiscoHdlc),
            LinkType::FRELAY => Ok(Next::FrameRelay),
            LinkType::FRELAY_WITH_DIR => self.skip(1).map(|()| Next::FrameRelay),
            LinkType::ATM_RFC1483 => Ok(Next::Llc),
            LinkType::MPLS => Ok(Next::Mpls),
            LinkType::IEEE802_5 => self.token_ring(),
            LinkType::FDDI => self.fddi(),
            LinkType::IEEE802_11 => Ok(Next::Wlan { padded: false }),
            LinkType::IEEE802_11_RADIOTAP => Ok(Next::Radiotap),
            LinkType::IEEE802_11_PRISM
            | LinkType::IEEE802_11_AVS
            | LinkType::PPI
            | LinkType::PKTAP => self.monitor(link),
            other => Err(Stop::Link(other)),
        }
    }

    #[inline]
    pub(super) fn ethernet(&mut self) -> Step {
        let Some(frame) = Ethernet::parse(self.rest()) else {
            return self.cut(Protocol::Ethernet, ethernet::LEN);
        };
        self.push(Protocol::Ethernet, ethernet::LEN)?;
        match frame.ethertype() {
            Some(ethertype) => Ok(Next::EtherType(ethertype)),
            None => self.length(frame.type_or_len()),
        }
    }

    fn vlan(&mut self) -> Step {
        let Some(tag) = Vlan::parse(self.rest()) else {
            return self.cut(Protocol::Vlan, vlan::LEN);
        };
        self.push(Protocol::Vlan, vlan::LEN)?;
        match tag.ethertype() {
            Some(ethertype) => Ok(Next::EtherType(ethertype)),
            None => self.length(tag.type_or_len()),
        }
    }

    /// A length in place of an EtherType: LLC, or Novell's IPX.
    fn length(&mut self, length: u16) -> Step {
        if length > LENGTH_MAX {
            return self.unknown(EtherType(length));
        }
        self.limit(usize::from(length));
        match llc::is_raw_ipx(self.rest()) {
            Some(true) => self.unknown(EtherType::IPX),
            Some(false) => Ok(Next::Llc),
            None if length == 0 => Err(Stop::Payload),
            None => Err(self.beyond()),
        }
    }

    #[inline]
    pub(super) fn ethertype(&mut self, ethertype: EtherType) -> Step {
        match ethertype {
            EtherType::IPV4 => {
                self.carries(NetworkKind::EtherType(ethertype));
                Ok(Next::Ipv4)
            }
            EtherType::IPV6 => {
                self.carries(NetworkKind::EtherType(ethertype));
                Ok(Next::Ipv6)
            }
            _ => self.other_ethertype(ethertype),
        }
    }

    #[inline(never)]
    fn other_ethertype(&mut self, ethertype: EtherType) -> Step {
        match ethertype {
            EtherType::ARP | EtherType::RARP => {
                self.carries(NetworkKind::EtherType(ethertype));
                self.arp()
            }
            EtherType::MPLS | EtherType::MPLS_UPSTREAM => Ok(Next::Mpls),
            EtherType::PPPOE_SESSION => Ok(Next::Pppoe),
            EtherType::PPPOE_DISCOVERY => {
                self.carries(NetworkKind::EtherType(ethertype));
                Ok(Next::Pppoe)
            }
            EtherType::TEB => Ok(Next::Ethernet),
            EtherType::PPP => Ok(Next::Ppp),
            vlan if vlan.is_vlan() => self.vlan(),
            other => self.unknown(other),
        }
    }

    /// Ends at an EtherType without a view.
    fn unknown(&mut self, ethertype: EtherType) -> Step {
        self.carries(NetworkKind::EtherType(ethertype));
        Err(Stop::EtherType(ethertype))
    }

    /// An EtherType where small numbers may stand that are none.
    fn ethertype_or_end(&mut self, number: u16) -> Step {
        match number {
            ETHERTYPE_MIN.. => Ok(Next::EtherType(EtherType(number))),
            _ => self.unknown(EtherType(number)),
        }
    }

    fn arp(&mut self) -> Step {
        let Some(packet) = Arp::parse(self.rest()) else {
            return self.cut(Protocol::Arp, arp::LEN_MIN);
        };
        self.mark_network();
        self.push(Protocol::Arp, packet.header_len())?;
        Err(Stop::Payload)
    }

    pub(super) fn llc(&mut self) -> Step {
        let Some(header) = Llc::parse(self.rest()) else {
            return self.cut(Protocol::Llc, llc::LEN_MIN);
        };
        self.push(Protocol::Llc, header.header_len())?;
        match header.target_sap() {
            _ if header.is_snap() => Ok(Next::Snap),
            Sap(0x06) => Ok(Next::EtherType(EtherType::IPV4)),
            Sap(0x98) => Ok(Next::EtherType(EtherType::ARP)),
            Sap(0xe0) => self.unknown(EtherType::IPX),
            sap => {
                self.carries(NetworkKind::Sap(sap));
                Err(Stop::Sap(sap))
            }
        }
    }

    pub(super) fn snap(&mut self) -> Step {
        let Some(header) = Snap::parse(self.rest()) else {
            return self.cut(Protocol::Snap, llc::SNAP_LEN);
        };
        self.push(Protocol::Snap, llc::SNAP_LEN)?;
        if let Some(ethertype) = header.ethertype() {
            return self.ethertype_or_end(ethertype.0);
        }
        if header.bridged_ethernet() {
            // RFC 2684 §5.2 pads to a multiple of 4; RFC 2427 §4.2 does not.
            if self.layers.link == LinkType::ATM_RFC1483 {
                self.skip(2)?;
            }
            return Ok(Next::Ethernet);
        }
        let (oui, protocol) = (header.oui(), header.protocol());
        self.carries(NetworkKind::Snap { oui, protocol });
        Err(Stop::Snap { oui, protocol })
    }

    pub(super) fn mpls(&mut self) -> Step {
        let Some(entry) = Mpls::parse(self.rest()) else {
            return self.cut(Protocol::Mpls, mpls::LEN);
        };
        self.push(Protocol::Mpls, mpls::LEN)?;
        if !entry.is_bottom() {
            return Ok(Next::Mpls);
        }
        match mpls::content(self.rest(), self.end == self.wire_end) {
            Some(mpls::Content::Ipv4) => Ok(Next::EtherType(EtherType::IPV4)),
            Some(mpls::Content::Ipv6) => Ok(Next::EtherType(EtherType::IPV6)),
            Some(mpls::Content::Ethernet) => Ok(Next::Ethernet),
            Some(mpls::Content::ControlWord) => {
                self.push(Protocol::ControlWord, mpls::LEN)?;
                Ok(Next::Ethernet)
            }
            Some(mpls::Content::Channel) => {
                self.carries(NetworkKind::EtherType(EtherType::MPLS));
                Err(Stop::Payload)
            }
            None if self.at == self.wire_end => Err(Stop::Payload),
            None => Err(Stop::Snapped),
        }
    }

    pub(super) fn pppoe(&mut self) -> Step {
        let Some(header) = Pppoe::parse(self.rest()) else {
            return self.cut(Protocol::Pppoe, pppoe::LEN);
        };
        self.push(Protocol::Pppoe, pppoe::LEN)?;
        self.limit(usize::from(header.length()));
        match header.code() {
            pppoe::SESSION_DATA => Ok(Next::Ppp),
            _ => {
                self.carries(NetworkKind::EtherType(EtherType::PPPOE_DISCOVERY));
                Err(Stop::Payload)
            }
        }
    }

    pub(super) fn ppp(&mut self) -> Step {
        let Some(header) = Ppp::parse(self.rest()) else {
            return self.cut_somewhere(Protocol::Ppp);
        };
        self.push(Protocol::Ppp, header.header_len())?;
        let protocol = header.protocol();
        match protocol.ethertype() {
            Some(ethertype) => Ok(Next::EtherType(ethertype)),
            None => {
                self.carries(NetworkKind::Ppp(protocol));
                Err(Stop::Ppp(protocol))
            }
        }
    }

    /// pppd puts a direction in the place of the address; the control byte may follow it.
    fn pppd(&mut self) -> Step {
        self.skip(1)?;
        match self.rest().first() {
            Some(3) => self.skip(1).map(|()| Next::Ppp),
            _ => Ok(Next::Ppp),
        }
    }

    fn sll(&mut self, protocol: Protocol, len: usize) -> Step {
        let found = match protocol {
            Protocol::LinuxSll2 => Sll::parse_v2(self.rest()),
            _ => Sll::parse(self.rest()),
        };
        let Some(header) = found else {
            return self.cut(protocol, len);
        };
        self.push(protocol, len)?;
        match (header.arphrd(), header.protocol()) {
            (sll::ARPHRD_NETLINK, _) => Err(Stop::Payload),
            (sll::ARPHRD_RADIOTAP, _) => Ok(Next::Radiotap),
            (sll::ARPHRD_IEEE80211, _) => Ok(Next::Wlan { padded: false }),
            (sll::ARPHRD_FRAD, _) => Ok(Next::FrameRelay),
            (_, sll::NOVELL_802_3) => self.unknown(EtherType::IPX),
            (_, sll::LLC_802_2) => Ok(Next::Llc),
            (_, number) => self.ethertype_or_end(number),
        }
    }

    fn null(&mut self) -> Step {
        let Some(header) = Null::parse(self.rest()) else {
            return self.cut(Protocol::Null, null::LEN);
        };
        self.push(Protocol::Null, null::LEN)?;
        match header.ethertype() {
            Some(ethertype) => Ok(Next::EtherType(ethertype)),
            None => Err(Stop::Family(header.family())),
        }
    }

    pub(super) fn cisco_hdlc(&mut self) -> Step {
        let Some(header) = CiscoHdlc::parse(self.rest()) else {
            return self.cut(Protocol::CiscoHdlc, hdlc::LEN);
        };
        self.push(Protocol::CiscoHdlc, hdlc::LEN)?;
        if header.is_slarp() {
            self.carries(NetworkKind::Slarp);
            return Err(Stop::Slarp);
        }
        self.ethertype_or_end(header.ethertype().0)
    }

    pub(super) fn frame_relay(&mut self) -> Step {
        let Some(header) = FrameRelay::parse(self.rest()) else {
            return self.cut_somewhere(Protocol::FrameRelay);
        };
        self.push(Protocol::FrameRelay, header.header_len())?;
        match header.content() {
            frame_relay::Content::EtherType(ethertype) => self.ethertype_or_end(ethertype.0),
            frame_relay::Content::Snap => Ok(Next::Snap),
            frame_relay::Content::Ppp => Ok(Next::Ppp),
            frame_relay::Content::Nlpid(nlpid) => {
                self.carries(NetworkKind::Nlpid(nlpid));
                Err(Stop::Nlpid(nlpid))
            }
        }
    }
}
