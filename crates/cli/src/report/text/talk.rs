//! Who talks with whom, what came in fragments, and which checksums are right.

use std::net::IpAddr;

use super::Page;
use crate::page::layout::Column;
use crate::page::words::{counted, grouped, percent};
use crate::report::gather::checks::Checks;
use crate::report::gather::counts::Traffic;
use crate::report::gather::talk::Traded;
use crate::report::gather::tally::Count;
use crate::report::gather::{Counts, Talk};
use crate::report::words;
use crate::style::PLAIN;

/// How many conversations and endpoints have a row.
pub const TOP_ROWS: usize = 5;

impl Page {
    /// Conversations, endpoints, fragments and checksums, as far as there are any.
    pub(super) fn talk(&mut self, talk: &Talk, counts: &Counts) {
        if let Some(reason) = &talk.failed {
            self.heading("Conversations");
            let text = self.bad(&format!("not counted: {reason}"));
            self.pair("", &text);
        }
        if talk.conversations.count > 0 {
            self.conversations(talk);
            self.endpoints(talk, &counts.traffic);
        }
        if talk.fragments > 0 {
            self.heading("Fragments");
            let of = counted(talk.datagrams, "datagram");
            self.pair("packets", &format!("{}, of {of}", grouped(talk.fragments)));
        }
        if let Some(checks) = &counts.checks {
            self.checksums(checks);
        }
    }

    /// Two rows each: what either end sent.
    fn conversations(&mut self, talk: &Talk) {
        self.heading(&largest("Conversations", talk.conversations.count));
        let columns = [
            Column::words("", self.styles.dim),
            Column::words("", self.styles.name),
            Column::number("packets sent", PLAIN),
            Column::number("bytes on the wire", PLAIN),
        ];
        let mut rows = Vec::new();
        for (key, ways) in talk.conversations.list.iter().take(TOP_ROWS) {
            let [source, target] = words::ends(key);
            let row = |what: String, end: String, sent: Count| {
                vec![what, end, grouped(sent.packets), grouped(sent.bytes)]
            };
            rows.push(row(key.protocol.to_string(), source, ways.forward));
            let vlan = key.vlan.map(|vlan| format!("vlan {vlan}")).unwrap_or_default();
            rows.push(row(vlan, target, ways.backward));
        }
        self.table(&columns, &rows);
    }

    fn endpoints(&mut self, talk: &Talk, all: &Traffic) {
        self.heading(&largest("Endpoints", talk.endpoints.count));
        let columns = [
            Column::words("", self.styles.name),
            Column::number("packets", PLAIN),
            Column::words("", self.styles.dim),
            Column::number("bytes sent", PLAIN),
            Column::number("received", PLAIN),
        ];
        let row = |(address, traded): &(IpAddr, Traded)| {
            vec![
                address.to_string(),
                grouped(traded.sum().packets),
                format!("{:>6}", percent(traded.sum().packets, all.packets)),
                grouped(traded.sent.bytes),
                grouped(traded.received.bytes),
            ]
        };
        let rows: Vec<_> = talk.endpoints.list.iter().take(TOP_ROWS).map(row).collect();
        self.table(&columns, &rows);
    }

    fn checksums(&mut self, checks: &Checks) {
        let columns = [
            Column::words("", self.styles.name),
            Column::number("good", PLAIN),
            Column::number("bad", self.styles.bad),
            Column::number("cut short", PLAIN),
            Column::number("in fragments", PLAIN),
            Column::number("left out", PLAIN),
        ];
        let cell = |count: u64| if count == 0 { String::new() } else { grouped(count) };
        let rows: Vec<_> = checks
            .iter()
            .map(|(protocol, v)| {
                let counts = [v.good, v.bad, v.cut_short, v.in_fragments, v.absent];
                std::iter::once(protocol.to_string()).chain(counts.map(cell)).collect()
            })
            .collect();
        if rows.is_empty() {
            return;
        }
        self.heading("Checksums");
        self.table(&columns, &rows);
        if checks.bad() > 0 {
            self.pair("note", words::OFFLOAD);
        }
    }
}

/// A heading that says how many there are, if not all are shown.
fn largest(what: &str, count: u64) -> String {
    if count <= TOP_ROWS as u64 {
        return what.to_owned();
    }
    format!("{what}, the largest {TOP_ROWS} of {}", grouped(count))
}
