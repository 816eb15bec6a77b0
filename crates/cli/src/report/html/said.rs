//! What the trace says in meta records: their kinds, names, comments, secrets.

use super::write::{Column, Html, escaped};
use crate::page::words::grouped;
use crate::report::gather::Gather;
use crate::report::gather::described::{Described, Numbers};
use crate::report::words;

impl Html {
    /// Meta records, names and comments.
    pub fn said(&mut self, gather: &Gather) {
        self.meta_records(gather);
        self.names(&gather.described);
        self.comments(&gather.described);
    }

    fn meta_records(&mut self, gather: &Gather) {
        let counts = &gather.counts;
        if counts.meta == 0 {
            return;
        }
        let rows = |by_kind: &std::collections::BTreeMap<&'static str, u64>| -> Vec<_> {
            by_kind.iter().map(|(kind, n)| vec![escaped(kind), grouped(*n)]).collect()
        };
        self.section("Meta records");
        let columns = [Column::words("kind"), Column::number("count")];
        self.table("Meta records", &columns, &rows(&counts.meta_by_kind));
        if !counts.parts_by_kind.is_empty() {
            let columns = [Column::words("part of them"), Column::number("count")];
            self.table("Parts of meta records", &columns, &rows(&counts.parts_by_kind));
        }
        let described = &gather.described;
        let mut facts = numbers("custom", "enterprise", &described.enterprises);
        facts.extend(numbers("unknown", "type", &described.unknown_types));
        for (_, secret) in described.secrets.iter() {
            facts.push(("secret".to_owned(), words::secret(secret)));
        }
        if !facts.is_empty() {
            self.facts(&facts);
        }
        self.end_section();
    }

    fn names(&mut self, described: &Described) {
        let names = described.names.in_order();
        if names.is_empty() {
            return;
        }
        let row = |(of, name): &&(marey::meta::NameOf, Box<str>)| {
            vec![format!("<code>{}</code>", escaped(&of.to_string())), escaped(name)]
        };
        let rows: Vec<_> = names.iter().map(row).collect();
        self.section("Names");
        self.table("Names", &[Column::words("address"), Column::words("name")], &rows);
        if described.names.more {
            self.note("and many more");
        }
        self.end_section();
    }

    fn comments(&mut self, described: &Described) {
        let comments = &described.comments;
        if comments.count == 0 {
            return;
        }
        self.section("Comments");
        self.raw("<dl class=\"comments\">\n");
        let mut shown = 0;
        for ((record, _), comment) in comments.iter() {
            let lines: Vec<String> = comment.text.lines().map(escaped).collect();
            let of = escaped(&words::subject(record, comment));
            self.raw(&format!("<div><dt>{of}</dt><dd>{}</dd></div>\n", lines.join("<br>")));
            shown += 1;
        }
        self.raw("</dl>\n");
        self.and_more(comments.count - shown);
        self.end_section();
    }
}

/// Counts by number.
fn numbers(label: &str, what: &str, numbers: &Numbers) -> Vec<(String, String)> {
    let mut parts: Vec<String> = numbers
        .iter()
        .map(|(n, known, count)| format!("{} {}", words::number(what, n, known), grouped(count)))
        .collect();
    if numbers.others() > 0 {
        parts.push(format!("others {}", grouped(numbers.others())));
    }
    if parts.is_empty() { Vec::new() } else { vec![(label.to_owned(), parts.join(", "))] }
}
