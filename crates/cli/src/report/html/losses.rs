//! What is missing, and the accounts that prove that nothing else is.

use marey::pipeline::Ledger;

use super::bad;
use super::write::{Column, Html, escaped};
use crate::page::words::{counted, grouped};
use crate::report::words::{bytes_by_kind, counters, interface};
use crate::report::{Input, Total};

impl Html {
    /// What is missing in one input. Also if nothing is: that is worth knowing.
    pub fn losses(&mut self, input: &Input) {
        self.section("Losses");
        let recording = match input.ledger.source_lost {
            0 if input.ledger.lost > 0 => {
                let lost = counted(input.ledger.lost, "packet");
                bad(&format!("{lost} lost by marey: they came faster than they were read."))
            }
            0 => "The trace tells of no loss while recording.".to_owned(),
            lost => {
                bad(&format!("{} lost while recording, says the trace.", counted(lost, "packet")))
            }
        };
        self.raw(&format!("<p>{recording}</p>\n"));
        let sections = input.gather.interfaces.section_count();
        let seen = input.gather.interfaces.interfaces();
        let rows: Vec<_> = seen
            .filter_map(|(key, seen)| {
                let said = counters(seen.about()?.statistics.as_ref()?);
                (!said.is_empty()).then(|| vec![interface(key, sections), said])
            })
            .collect();
        if !rows.is_empty() {
            let columns = [Column::words("interface"), Column::long("counted while recording")];
            self.table("Counters of interfaces", &columns, &rows);
        }
        self.end_section();
        self.damage(&input.ledger);
        self.section("Ledger");
        self.ledger(&input.ledger);
        let mut parts = bytes_by_kind(&input.account);
        parts.push(("all bytes", input.account.sum()));
        let rows: Vec<_> =
            parts.into_iter().map(|(what, n)| vec![what.to_owned(), grouped(n)]).collect();
        let columns = [Column::words("part of the trace"), Column::number("bytes")];
        self.table("Account of bytes", &columns, &rows);
        self.end_section();
    }

    fn damage(&mut self, ledger: &Ledger) {
        if !ledger.is_damaged() {
            return;
        }
        let columns =
            [Column::number("at byte"), Column::number("bytes"), Column::long("what is wrong")];
        let damage = ledger.damage.iter();
        let rows: Vec<_> = damage
            .map(|d| {
                let len = if d.len == 0 { String::new() } else { grouped(d.len) };
                vec![grouped(d.offset), len, escaped(&d.reason)]
            })
            .collect();
        self.section("Damage");
        self.table("Damage", &columns, &rows);
        self.and_more(ledger.damage_unlisted);
        self.end_section();
    }

    /// What became of the records.
    fn ledger(&mut self, ledger: &Ledger) {
        let parts = [
            ("received", ledger.received),
            ("delivered", ledger.delivered),
            ("filtered", ledger.filtered),
            ("lost", ledger.lost),
        ];
        let rows: Vec<_> = parts.map(|(what, n)| vec![what.to_owned(), grouped(n)]).into();
        let columns = [Column::words("records"), Column::number("count")];
        self.table("Account of records", &columns, &rows);
    }

    /// What is missing in all inputs together.
    pub fn total_losses(&mut self, total: &Total) {
        self.section("Losses");
        let recording = match total.ledger.source_lost {
            0 => "No trace tells of a loss while recording.".to_owned(),
            lost => {
                bad(&format!("{} lost while recording, say the traces.", counted(lost, "packet")))
            }
        };
        let reading = match total.ledger.gaps {
            0 => "Nothing is damaged.".to_owned(),
            gaps => bad(&format!("{} in the inputs.", counted(gaps, "damaged place"))),
        };
        self.raw(&format!("<p>{recording} {reading}</p>\n"));
        self.ledger(&total.ledger);
        self.end_section();
    }
}
