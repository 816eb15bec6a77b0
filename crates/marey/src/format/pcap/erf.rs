//! pcap files of ERF records (link type 197): each packet is one, with all its headers.
//!
//! A record of provenance is a meta record, and packets are given as ERF gives them. What is no ERF
//! record stays a packet of link type 197.

use super::super::erf::{self, Carried};
use super::super::{Cut, Decode, Format, Frame, Framed, Walk};
use super::Pcap;
use crate::meta::{Field, Item};
use crate::record::Head;
use crate::scene::Scene;
use crate::time::RawTime;
use crate::wire::LinkType;

/// A pcap file whose packets are ERF records. The plain one finds the records.
#[derive(Clone, Debug)]
pub(super) struct OfErf(Pcap);

impl OfErf {
    /// The file, if its packets are ERF records.
    pub fn new(pcap: Pcap) -> Result<Self, Pcap> {
        if pcap.link == LinkType(erf::LINK_ERF) { Ok(OfErf(pcap)) } else { Err(pcap) }
    }

    /// The captured bytes of the record at the start of `bytes`, which may run beyond it, and how
    /// long the record is.
    fn captured<'a>(&self, bytes: &'a [u8]) -> (&'a [u8], usize) {
        let captured = self.0.record_header(bytes, 0).map_or(0, |header| header.captured as usize);
        let start = self.0.record_header_len;
        let len = start.saturating_add(captured).min(bytes.len());
        (bytes.get(start..len).unwrap_or(&[]), len)
    }
}

impl Frame for OfErf {
    fn frame(&self, window: &[u8], end: bool, cut: &mut Cut, out: &mut Framed) -> Walk {
        let first = out.starts.len();
        let walk = self.0.frame(window, end, cut, out);
        for &start in out.starts.get(first..).unwrap_or(&[]) {
            let (record, len) = self.captured(window.get(start as usize..).unwrap_or(&[]));
            if erf::frame_carried(record, cut) == Some(Carried::Meta) {
                out.account.packets -= len as u64;
                out.account.meta += len as u64;
            }
        }
        walk
    }
}

impl Decode for OfErf {
    fn decode(&self, bytes: &[u8], starts: &[u32], scene: &mut Scene, heads: &mut Vec<Head>) {
        let first = heads.len();
        self.0.decode(bytes, starts, scene, heads);
        for head in heads.get_mut(first..).unwrap_or(&mut []) {
            erf::decode_carried(bytes, head, scene);
        }
    }

    fn meta_items<'a>(&self, bytes: &'a [u8], scene: &Scene) -> (Vec<Item<'a>>, usize) {
        let (record, len) = self.captured(bytes);
        (erf::Erf.meta_items(record, scene).0, len)
    }

    fn meta_fields<'a>(&self, bytes: &'a [u8], scene: &Scene) -> Vec<Field<'a>> {
        erf::Erf.meta_fields(self.captured(bytes).0, scene)
    }

    fn packet_options<'a>(&self, bytes: &'a [u8], scene: &Scene) -> Vec<Field<'a>> {
        let mut fields = self.0.packet_options(bytes, scene);
        let (record, _) = self.captured(bytes);
        if erf::inner(record).is_some() {
            fields.extend(erf::Erf.packet_options(record, scene));
        }
        fields
    }

    fn raw_time(&self, bytes: &[u8], scene: &Scene) -> Option<RawTime> {
        let (record, _) = self.captured(bytes);
        match erf::inner(record) {
            Some(_) => erf::Erf.raw_time(record, scene),
            None => self.0.raw_time(bytes, scene),
        }
    }
}

impl Format for OfErf {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn variant(&self) -> String {
        format!("{}, ERF records", self.0.variant())
    }

    fn start(&self) -> Cut {
        self.0.start()
    }
}
