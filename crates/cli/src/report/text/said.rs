//! What the trace says in meta records: their kinds, names, comments.

use marey::meta::NameOf;

use super::{COLUMNS, Page, VALUE_COLUMNS, fit, styled, wrap};
use crate::page::words::{bytes, counted, grouped};
use crate::report::gather::described::{Comment, Described, Numbers};
use crate::report::gather::{Counts, Gather};
use crate::report::words;

/// How many names of addresses are shown.
const NAMES_MAX: usize = 12;
/// How many comments are shown.
const COMMENTS_MAX: usize = 8;
/// How many lines of a comment are shown.
const COMMENT_LINES_MAX: usize = 6;
/// How many secrets, enterprises and unknown types are shown.
const NUMBERS_MAX: usize = 6;

impl Page {
    /// Meta records, names and comments.
    pub(super) fn said(&mut self, gather: &Gather) {
        let described = &gather.described;
        self.meta_records(&gather.counts);
        self.secrets(described);
        self.numbers("custom", "enterprise", &described.enterprises);
        self.numbers("unknown", "type", &described.unknown_types);
        self.names(described);
        self.comments(described);
    }

    /// How many meta records there are of which kind.
    pub(super) fn meta_records(&mut self, counts: &Counts) {
        if counts.meta == 0 {
            return;
        }
        self.heading("Meta records");
        self.pair("count", &grouped(counts.meta));
        let list = |by_kind: &std::collections::BTreeMap<&str, u64>| {
            let kinds = by_kind.iter().map(|(kind, n)| format!("{kind} {}", grouped(*n)));
            kinds.collect::<Vec<_>>().join(", ")
        };
        self.pair("kinds", &list(&counts.meta_by_kind));
        if !counts.parts_by_kind.is_empty() {
            self.pair("their parts", &list(&counts.parts_by_kind));
        }
    }

    fn secrets(&mut self, described: &Described) {
        let secrets = &described.secrets;
        let mut label = "secrets";
        for (_, secret) in secrets.iter().take(NUMBERS_MAX) {
            self.pair(std::mem::take(&mut label), &words::secret(secret));
        }
        if let Some(more) = more(secrets.count, NUMBERS_MAX) {
            self.pair("", &more);
        }
    }

    fn numbers(&mut self, label: &str, what: &str, numbers: &Numbers) {
        let list: Vec<_> = numbers.iter().collect();
        let mut parts: Vec<String> = Vec::new();
        for (number, name, count) in list.iter().take(NUMBERS_MAX) {
            let name = words::number(what, *number, *name);
            parts.push(format!("{name} {}", grouped(*count)));
        }
        let listed: u64 = list.iter().skip(NUMBERS_MAX).map(|(.., count)| count).sum();
        match listed + numbers.others() {
            0 => {}
            others => parts.push(format!("others {}", grouped(others))),
        }
        if !parts.is_empty() {
            self.pair(label, &parts.join(", "));
        }
    }

    fn names(&mut self, described: &Described) {
        let names = described.names.in_order();
        if names.is_empty() {
            return;
        }
        self.heading("Names");
        let mut of: Vec<(NameOf, Vec<&str>)> = Vec::new();
        for (address, name) in &names {
            match of.iter_mut().find(|(known, _)| known == address) {
                Some((_, names)) => names.push(name),
                None => of.push((*address, vec![name])),
            }
        }
        let addresses: Vec<String> =
            of.iter().take(NAMES_MAX).map(|(address, _)| address.to_string()).collect();
        let wide = addresses.iter().map(String::len).max().unwrap_or(0);
        for (address, (_, names)) in addresses.iter().zip(&of) {
            let columns = COLUMNS - wide - 4;
            let names: Vec<String> =
                names.iter().map(|name| fit(name, columns, self.unicode)).collect();
            let mut label = address.as_str();
            for line in wrap(&names.join(", "), columns) {
                let label = std::mem::take(&mut label);
                let pad = " ".repeat(wide - label.len() + 2);
                let address = styled(self.styles.dim, label);
                self.line(2, &format!("{address}{pad}{line}"));
            }
        }
        let more = of.len().saturating_sub(NAMES_MAX) as u64;
        match described.names.more {
            true => self.pair("", "and many more"),
            false => self.and_more(more),
        }
    }

    fn comments(&mut self, described: &Described) {
        let comments = &described.comments;
        if comments.count == 0 {
            return;
        }
        self.heading("Comments");
        // Recorders say the same of every interface: once is enough.
        let mut groups: Vec<(u64, u64, &Comment)> = Vec::new();
        for ((record, _), comment) in comments.iter() {
            match groups.last_mut() {
                Some((_, times, same)) if same.of == comment.of && same.text == comment.text => {
                    *times += 1;
                }
                _ => groups.push((record, 1, comment)),
            }
        }
        let mut left = comments.count;
        for (record, times, comment) in groups.into_iter().take(COMMENTS_MAX) {
            let mut lines = self.comment_lines(&comment.text);
            if times > 1 {
                lines.push(styled(self.styles.dim, &format!("({} times)", grouped(times))));
            }
            self.pair_of_lines(&words::subject(record, comment), lines);
            left -= times;
        }
        self.and_more(left);
    }

    /// A comment's own line ends are kept, all else in it is escaped.
    fn comment_lines(&self, text: &str) -> Vec<String> {
        let columns_max = VALUE_COLUMNS * (COMMENT_LINES_MAX + 1);
        let own = text.split('\n').take(COMMENT_LINES_MAX + 1);
        let own = own.map(|line| line.strip_suffix('\r').unwrap_or(line));
        let mut lines: Vec<String> = own
            .flat_map(|line| wrap(&fit(line, columns_max, self.unicode), VALUE_COLUMNS))
            .collect();
        if lines.len() > COMMENT_LINES_MAX {
            lines.truncate(COMMENT_LINES_MAX);
            lines.push(format!("({} in all)", bytes(text.len() as u64)));
        }
        lines
    }
}

fn more(count: u64, shown: usize) -> Option<String> {
    let more = count.saturating_sub(shown as u64);
    (more > 0).then(|| format!("and {}", counted(more, "other")))
}
