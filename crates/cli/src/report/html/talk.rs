//! Who talks with whom, what came in fragments, and which checksums are right.

use std::net::IpAddr;

use marey::wire::FlowKey;

use super::bad;
use super::traffic::share;
use super::write::{Column, Html, bar, escaped};
use crate::page::words::{counted, grouped};
use crate::report::gather::checks::Checks;
use crate::report::gather::flows::Ways;
use crate::report::gather::talk::Traded;
use crate::report::gather::{Counts, Talk};
use crate::report::words;

/// Addresses and their names.
type Names<'a> = [(String, &'a str)];

impl Html {
    /// Conversations, endpoints, fragments and checksums, as far as there are any.
    pub fn talk(&mut self, talk: &Talk, counts: &Counts, names: &Names<'_>) {
        if let Some(reason) = &talk.failed {
            self.section("Conversations");
            self.raw(&format!("<p>{}</p>\n", bad(&format!("not counted: {reason}"))));
            self.end_section();
        }
        if talk.conversations.count > 0 {
            self.conversations(talk, names);
            self.endpoints(talk, counts, names);
        }
        if talk.fragments > 0 {
            self.section("Fragments");
            let of = counted(talk.datagrams, "datagram");
            self.facts(&[("packets", format!("{}, of {of}", grouped(talk.fragments)))]);
            self.end_section();
        }
        if let Some(checks) = &counts.checks {
            self.checksums(checks);
        }
    }

    fn conversations(&mut self, talk: &Talk, names: &Names<'_>) {
        let columns = [
            Column::words("between"),
            Column::words("and"),
            Column::words("protocol"),
            Column::number("packets →"),
            Column::number("packets ←"),
            Column::number("bytes →"),
            Column::number("bytes ←"),
            Column::bar(),
        ];
        let most = talk.conversations.list.first().map_or(0, |(_, ways)| ways.sum().bytes);
        let row = |(key, ways): &(FlowKey, Ways)| {
            let [source, target] = words::ends(key);
            let vlan = key.vlan.map(|vlan| format!(", vlan {vlan}")).unwrap_or_default();
            vec![
                end(&source, key.source, names),
                end(&target, key.target, names),
                escaped(&format!("{}{vlan}", key.protocol)),
                grouped(ways.forward.packets),
                grouped(ways.backward.packets),
                grouped(ways.forward.bytes),
                grouped(ways.backward.bytes),
                bar(ways.sum().bytes, most),
            ]
        };
        let rows: Vec<_> = talk.conversations.list.iter().map(row).collect();
        self.section("Conversations");
        self.table("Conversations", &columns, &rows);
        self.largest(rows.len(), talk.conversations.count);
        self.end_section();
    }

    fn endpoints(&mut self, talk: &Talk, counts: &Counts, names: &Names<'_>) {
        let columns = [
            Column::words("address"),
            Column::number("packets"),
            Column::number("share"),
            Column::number("bytes sent"),
            Column::number("received"),
            Column::bar(),
        ];
        let most = talk.endpoints.list.first().map_or(0, |(_, traded)| traded.sum().bytes);
        let row = |(address, traded): &(IpAddr, Traded)| {
            vec![
                end(&address.to_string(), *address, names),
                grouped(traded.sum().packets),
                share(traded.sum().packets, counts.traffic.packets),
                grouped(traded.sent.bytes),
                grouped(traded.received.bytes),
                bar(traded.sum().bytes, most),
            ]
        };
        let rows: Vec<_> = talk.endpoints.list.iter().map(row).collect();
        self.section("Endpoints");
        self.table("Endpoints", &columns, &rows);
        self.largest(rows.len(), talk.endpoints.count);
        self.end_section();
    }

    fn largest(&mut self, shown: usize, count: u64) {
        if count > shown as u64 {
            let (shown, count) = (grouped(shown as u64), grouped(count));
            self.note(&format!("The {shown} largest of {count}, by bytes on the wire."));
        }
    }

    fn checksums(&mut self, checks: &Checks) {
        let columns = [
            Column::words("protocol"),
            Column::number("good"),
            Column::number("bad"),
            Column::number("cut short"),
            Column::number("in fragments"),
            Column::number("left out"),
        ];
        let cell = |count: u64| if count == 0 { String::new() } else { grouped(count) };
        let rows: Vec<Vec<String>> = checks
            .iter()
            .map(|(protocol, v)| {
                let wrong = if v.bad == 0 { String::new() } else { bad(&grouped(v.bad)) };
                let name = escaped(&protocol.to_string());
                let counts = [v.cut_short, v.in_fragments, v.absent].map(cell);
                [name, cell(v.good), wrong].into_iter().chain(counts).collect()
            })
            .collect();
        if rows.is_empty() {
            return;
        }
        self.section("Checksums");
        self.table("Checksums", &columns, &rows);
        if checks.bad() > 0 {
            self.note(words::OFFLOAD);
        }
        self.end_section();
    }
}

/// An end, with the name that the trace gives its address.
fn end(shown: &str, address: IpAddr, names: &Names<'_>) -> String {
    let address = address.to_string();
    let shown = format!("<code>{}</code>", escaped(shown));
    match names.iter().find(|(of, _)| *of == address) {
        Some((_, name)) => format!("{shown} <small>{}</small>", escaped(name)),
        None => shown,
    }
}
