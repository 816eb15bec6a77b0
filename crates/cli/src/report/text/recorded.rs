//! Who recorded, and on what.

use super::{COLUMNS, Page, wrap};
use crate::page::layout::{Column, fit, table};
use crate::page::words::grouped;
use crate::report::gather::counts::link_name;
use crate::report::gather::interfaces::{InterfaceSeen, Key, shown_id};
use crate::report::gather::{Gather, Interfaces};
use crate::report::words::{facts, lost, section_facts, snap_len, undescribed_port};
use crate::style::PLAIN;

/// How many sections have their lines.
const SECTIONS_MAX: usize = 8;
/// How many interfaces have a row.
const INTERFACES_MAX: usize = 16;
/// How wide a name may be in the table of interfaces.
const NAME_COLUMNS: usize = 20;

impl Page {
    /// Sections, the host that recorded, and interfaces.
    pub(super) fn recorded(&mut self, gather: &Gather, format: &str) {
        self.sections(&gather.interfaces, gather);
        if gather.interfaces.interfaces().next().is_some() {
            self.interfaces(&gather.interfaces, format);
        }
    }

    fn sections(&mut self, seen: &Interfaces, gather: &Gather) {
        let facts = gather.described.facts.in_order();
        let sections: Vec<(u32, Vec<(&str, &str)>)> = seen
            .sections()
            .map(|(index, section)| (index, section.about.as_ref().map(section_facts)))
            .map(|(index, facts)| (index, facts.unwrap_or_default()))
            .collect();
        let count = seen.section_count();
        let silent = sections.iter().all(|(_, facts)| facts.is_empty());
        if count < 2 && silent && facts.is_empty() {
            return;
        }
        self.heading("Recorded");
        if count > 1 {
            self.pair("sections", &grouped(u64::from(count)));
        }
        let mut shown: Vec<&Vec<(&str, &str)>> = Vec::new();
        for (index, facts) in &sections {
            // Sections of one recorder say the same again and again.
            if facts.is_empty() || shown.last() == Some(&facts) {
                continue;
            }
            if shown.len() == SECTIONS_MAX {
                self.pair("", "and other recorders in later sections");
                break;
            }
            if count > 1 {
                self.pair("section", &index.to_string());
            }
            for (what, text) in facts {
                let text = self.shown(text);
                self.pair(what, &text);
            }
            shown.push(facts);
        }
        for (what, text) in facts {
            let text = self.shown(text);
            self.pair(what, &text);
        }
    }

    fn interfaces(&mut self, seen: &Interfaces, format: &str) {
        self.heading("Interfaces");
        let dim = self.styles.dim;
        let columns = [
            Column::number("section", PLAIN),
            Column::number("id", PLAIN),
            Column::words("name", self.styles.name),
            Column::words("link type", PLAIN),
            Column::number("snap len", PLAIN),
            Column::words("times in", PLAIN),
            Column::number("packets", PLAIN),
            Column::number("lost", self.styles.bad),
        ];
        let several = seen.section_count() > 1;
        let rows: Vec<_> = seen.interfaces().take(INTERFACES_MAX).collect();
        let cells: Vec<_> = rows
            .iter()
            .map(|(key, interface)| self.row((several, format), *key, interface))
            .collect();
        let mut details: Vec<_> =
            rows.iter().map(|(key, interface)| self.details(seen, *key, interface)).collect();
        let common = take_common(&mut details);
        let indent = 6 + if several { "section".len() + 2 } else { 0 };
        let mut lines = table(&columns, &cells, dim, COLUMNS - 2).into_iter();
        if let Some(head) = lines.next() {
            self.line(2, &head);
        }
        for (line, details) in lines.zip(&details) {
            self.line(2, &line);
            for line in details.iter().flat_map(|detail| wrap(detail, COLUMNS - indent)) {
                self.line(indent, &line);
            }
        }
        self.and_more(seen.interface_count() - rows.len() as u64);
        for detail in common {
            self.pair("all of them", &detail);
        }
    }

    fn row(&self, (several, format): (bool, &str), key: Key, seen: &InterfaceSeen) -> Vec<String> {
        let (section, id) = key;
        let section = if several { section.to_string() } else { String::new() };
        let packets = grouped(seen.traffic.packets);
        let lost = lost(seen).map(grouped).unwrap_or_default();
        let Some(about) = seen.about().filter(|about| !about.lost) else {
            let (id, why) = match (seen.about().is_some(), undescribed_port(id, format)) {
                (true, _) => (shown_id(id), "(damaged)".to_owned()),
                (false, None) => (shown_id(id), "(not described)".to_owned()),
                (false, Some(port)) => (String::new(), port),
            };
            let none = String::new;
            return vec![section, id, why, none(), none(), none(), packets, lost];
        };
        let name = about.name.as_deref().map(|name| fit(name, NAME_COLUMNS, self.unicode));
        vec![
            section,
            shown_id(id),
            name.unwrap_or_default(),
            about.link_type.map(link_name).unwrap_or_default(),
            snap_len(about),
            self.ascii(about.resolution.to_string()),
            packets,
            lost,
        ]
    }

    /// What does not fit into the table.
    fn details(&self, all: &Interfaces, key: Key, seen: &InterfaceSeen) -> Vec<String> {
        let Some(about) = seen.about() else { return Vec::new() };
        let mut lines = Vec::new();
        if let Some(name) = about.name.as_deref()
            && fit(name, NAME_COLUMNS, self.unicode) != crate::escape::terminal(name)
        {
            lines.push(format!("name: {}", self.shown(name)));
        }
        let section = all.sections().find(|(index, _)| *index == key.0);
        let section_os = section.and_then(|(_, section)| section.about.as_ref()?.os.as_ref());
        let os = about.os.as_ref().filter(|os| Some(*os) != section_os);
        let texts = [
            ("", about.description.as_ref()),
            ("hardware: ", about.hardware.as_ref()),
            ("os: ", os),
            ("filter: ", about.filter.as_ref()),
            ("time zone: ", about.time_zone.as_ref()),
        ];
        for (what, text) in texts {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                lines.push(format!("{what}{}", self.shown(text)));
            }
        }
        let facts = facts(about);
        if !facts.is_empty() {
            lines.push(facts.join(", "));
        }
        lines
    }
}

/// Takes out what all of several lists have in common.
fn take_common(lists: &mut [Vec<String>]) -> Vec<String> {
    let [first, rest @ ..] = &*lists else { return Vec::new() };
    if rest.is_empty() {
        return Vec::new();
    }
    let in_all = |line: &&String| rest.iter().all(|list| list.contains(line));
    let common: Vec<String> = first.iter().filter(in_all).cloned().collect();
    for list in lists {
        list.retain(|line| !common.contains(line));
    }
    common
}
