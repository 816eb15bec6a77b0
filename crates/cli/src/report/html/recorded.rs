//! Who recorded, and on what.

use super::bad;
use super::write::{Column, Html, escaped};
use crate::page::words::grouped;
use crate::report::gather::counts::link_name;
use crate::report::gather::interfaces::{InterfaceSeen, Key};
use crate::report::gather::{Gather, Interfaces};
use crate::report::words::{facts, interface, lost, section_facts, snap_len, undescribed_port};

/// How many sections are told apart.
const SECTIONS_MAX: usize = 32;

impl Html {
    /// Sections, the host that recorded, and interfaces.
    pub fn recorded(&mut self, gather: &Gather, format: &str) {
        self.sections(gather);
        if gather.interfaces.interfaces().next().is_some() {
            self.interfaces(&gather.interfaces, format);
        }
    }

    fn sections(&mut self, gather: &Gather) {
        let seen = &gather.interfaces;
        let mut all: Vec<(String, String)> = Vec::new();
        if seen.section_count() > 1 {
            all.push(("sections".to_owned(), grouped(u64::from(seen.section_count()))));
        }
        let mut latest = Vec::new();
        for (index, section) in seen.sections().take(SECTIONS_MAX) {
            let facts = section.about.as_ref().map(section_facts).unwrap_or_default();
            // Sections of one recorder say the same again and again.
            if facts.is_empty() || facts == latest {
                continue;
            }
            if seen.section_count() > 1 {
                all.push(("section".to_owned(), index.to_string()));
            }
            all.extend(facts.iter().map(|(what, text)| ((*what).to_owned(), (*text).to_owned())));
            latest = facts;
        }
        let facts = gather.described.facts.in_order().into_iter();
        all.extend(facts.map(|(what, text)| ((*what).to_owned(), text.to_string())));
        if !all.is_empty() {
            self.section("Recorded");
            self.facts(&all);
            self.end_section();
        }
    }

    fn interfaces(&mut self, seen: &Interfaces, format: &str) {
        let columns = [
            Column::words("interface"),
            Column::words("name"),
            Column::words("link type"),
            Column::number("snap length"),
            Column::words("times in"),
            Column::number("packets"),
            Column::number("lost"),
            Column::long("more"),
        ];
        let rows: Vec<_> = seen
            .interfaces()
            .map(|(key, interface)| row((seen.section_count(), format), key, interface))
            .collect();
        self.section("Interfaces");
        self.table("Interfaces", &columns, &rows);
        self.and_more(seen.interface_count().saturating_sub(rows.len() as u64));
        self.end_section();
    }
}

fn row((sections, format): (u32, &str), key: Key, seen: &InterfaceSeen) -> Vec<String> {
    let id = interface(key, sections);
    let packets = grouped(seen.traffic.packets);
    let lost = lost(seen).map(|lost| bad(&grouped(lost))).unwrap_or_default();
    let Some(about) = seen.about().filter(|about| !about.lost) else {
        let why = match (seen.about().is_some(), undescribed_port(key.1, format)) {
            (true, _) => "(damaged)".to_owned(),
            (false, None) => "(not described)".to_owned(),
            (false, Some(port)) => port,
        };
        let none = String::new;
        return vec![id, escaped(&why), none(), none(), none(), packets, lost];
    };
    let texts = [
        ("", about.description.as_ref()),
        ("hardware: ", about.hardware.as_ref()),
        ("os: ", about.os.as_ref()),
        ("filter: ", about.filter.as_ref()),
        ("time zone: ", about.time_zone.as_ref()),
    ];
    let texts = texts.into_iter().filter_map(|(what, text)| Some((what, text?)));
    let mut more: Vec<String> = texts
        .filter(|(_, text)| !text.is_empty())
        .map(|(what, text)| escaped(&format!("{what}{text}")))
        .collect();
    let facts = facts(about);
    if !facts.is_empty() {
        more.push(escaped(&facts.join(", ")));
    }
    vec![
        id,
        about.name.as_deref().map(escaped).unwrap_or_default(),
        escaped(&about.link_type.map(link_name).unwrap_or_default()),
        snap_len(about),
        escaped(&about.resolution.to_string()),
        packets,
        lost,
        more.join("<br>"),
    ]
}
