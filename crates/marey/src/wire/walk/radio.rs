//! The steps of a walk over 802.11 and what is put in front of it, and over rings.

use super::{HEADER_LEN_MAX, NetworkKind, Next, Step, Stop, Walk};
use crate::wire::bytes::be16_at;
use crate::wire::link::LinkType;
use crate::wire::monitor::{self, Monitor};
use crate::wire::protocol::Protocol;
use crate::wire::radiotap::{self, Radiotap};
use crate::wire::ring::{self, Fddi, TokenRing};
use crate::wire::wlan::{self, FrameType, Wlan};

impl Walk<'_, '_> {
    pub(super) fn monitor(&mut self, link: LinkType) -> Step {
        let rest = self.rest();
        let (protocol, len_min, found) = match link {
            LinkType::PPI => (Protocol::Ppi, monitor::PPI_LEN_MIN, Monitor::parse_ppi(rest)),
            LinkType::PKTAP => {
                (Protocol::Pktap, monitor::PKTAP_LEN_MIN, Monitor::parse_pktap(rest))
            }
            LinkType::IEEE802_11_AVS => {
                (Protocol::Avs, monitor::AVS_LEN_MIN, Monitor::parse_avs(rest))
            }
            _ => (Protocol::Prism, monitor::PRISM_LEN_MIN, Monitor::parse_prism(rest)),
        };
        let Some(header) = found else {
            return self.cut(protocol, len_min);
        };
        match usize::try_from(header.header_len()) {
            Ok(len) if (len_min..=HEADER_LEN_MAX).contains(&len) => {
                self.push(protocol, len)?;
            }
            _ => return self.malformed(protocol, len_min),
        }
        header.link().map(Next::Link).ok_or(Stop::Payload)
    }

    pub(super) fn radiotap(&mut self) -> Step {
        let Some(header) = Radiotap::parse(self.rest()) else {
            return self.cut(Protocol::Radiotap, radiotap::LEN_MIN);
        };
        if header.header_len() < radiotap::LEN_MIN {
            return self.malformed(Protocol::Radiotap, radiotap::LEN_MIN);
        }
        self.push(Protocol::Radiotap, header.header_len())?;
        if header.has_fcs() {
            self.limit((self.wire_end - self.at).saturating_sub(wlan::FCS_LEN));
        }
        Ok(Next::Wlan { padded: header.is_padded() })
    }

    pub(super) fn wlan(&mut self, padded: bool) -> Step {
        let Some(frame) = Wlan::parse(self.rest()) else {
            return self.cut(Protocol::Wlan, wlan::LEN_MIN);
        };
        let len = frame.header_len();
        self.push(Protocol::Wlan, if padded { len.next_multiple_of(4) } else { len })?;
        if !frame.has_data() {
            self.carries(NetworkKind::Wlan(frame.frame_type()));
            return Err(Stop::Payload);
        }
        if frame.is_protected() {
            self.carries(NetworkKind::Wlan(FrameType::Data));
            return Err(Stop::Encrypted);
        }
        if frame.fragment().is_some_and(|number| number > 0) {
            self.carries(NetworkKind::Wlan(FrameType::Data));
            return Err(Stop::Fragment);
        }
        self.is_fragment = frame.more_fragments();
        match frame.is_aggregate() {
            Some(true) => self.wlan_subframe(),
            _ => Ok(Next::Llc),
        }
    }

    /// Only the first subframe of an aggregate is followed.
    fn wlan_subframe(&mut self) -> Step {
        let length = be16_at(self.rest(), wlan::SUBFRAME_LEN - 2);
        self.push(Protocol::WlanSubframe, wlan::SUBFRAME_LEN)?;
        self.limit(usize::from(length.unwrap_or(0)));
        Ok(Next::Llc)
    }

    pub(super) fn token_ring(&mut self) -> Step {
        let Some(header) = TokenRing::parse(self.rest()) else {
            return self.cut(Protocol::TokenRing, ring::TOKEN_RING_LEN);
        };
        let Some(header_len) = header.header_len() else {
            return self.cut_somewhere(Protocol::TokenRing);
        };
        self.push(Protocol::TokenRing, header_len)?;
        if header.is_llc() { Ok(Next::Llc) } else { Err(Stop::Payload) }
    }

    pub(super) fn fddi(&mut self) -> Step {
        let Some(header) = Fddi::parse(self.rest()) else {
            return self.cut(Protocol::Fddi, ring::FDDI_LEN);
        };
        self.push(Protocol::Fddi, ring::FDDI_LEN)?;
        if header.is_llc() { Ok(Next::Llc) } else { Err(Stop::Payload) }
    }
}
