//! The report for a person, at 80 columns.
//!
//! Each file holds one part of the page, in the page's order: [`recorded`] (who recorded, on what),
//! [`traffic`] (packets, rates, sizes, protocols), [`talk`] (conversations, fragments, checksums),
//! [`said`] (meta records, names, comments) and [`losses`]. What isn't there has no part.

use crate::args::Common;
use crate::inputs;
use crate::page;
use crate::page::layout::{COLUMNS, Column, fit, styled, table, width, wrap};
use crate::page::words::{bytes, counted, grouped};
use crate::style::Styles;

mod losses;
mod recorded;
mod said;
mod talk;
mod traffic;

use super::{Input, Total, words};

/// How wide the column of labels is, with its indentation.
const LABEL_COLUMNS: usize = 15;
/// How many columns are left for what stands beside a label.
const VALUE_COLUMNS: usize = COLUMNS - LABEL_COLUMNS;

/// Where a report is written, and how.
pub struct Page {
    out: String,
    styles: Styles,
    /// Whether the reader's character set has more than ASCII.
    unicode: bool,
    /// How many inputs were reported on.
    inputs: u64,
}

impl Page {
    /// A page for standard output.
    pub fn stdout(common: &Common) -> Self {
        let styles = Styles::stdout(common);
        Page { out: String::new(), styles, unicode: page::is_utf8(), inputs: 0 }
    }

    /// The report on one input.
    pub fn input(&mut self, input: &mut Input) -> String {
        self.title(&inputs::shown_path(&input.given));
        self.inputs += 1;
        self.about_file(input);
        self.recorded(&input.gather, input.format);
        self.traffic(&mut input.gather.counts);
        self.talk(&input.talk, &input.gather.counts);
        self.said(&input.gather);
        self.losses(input);
        std::mem::take(&mut self.out)
    }

    /// The report on all inputs together, and what is left to say.
    pub fn total(&mut self, total: &mut Total) -> String {
        if total.files > 1 {
            self.title(&format!("total of {}", counted(total.files, "trace")));
            if total.damaged + total.errors > 0 {
                self.about_total(total);
            }
            self.traffic(&mut total.counts);
            if let Some(talk) = &total.talk {
                self.talk(talk, &total.counts);
            }
            self.meta_records(&total.counts);
            self.total_losses(total);
        }
        self.skipped(total);
        std::mem::take(&mut self.out)
    }

    fn about_file(&mut self, input: &Input) {
        let variant = self.ascii(input.variant.clone());
        let variant = fit(&variant, VALUE_COLUMNS - input.format.len() - 2, self.unicode);
        self.pair("format", &format!("{}, {variant}", input.format));
        if let Some(compression) = words::compression(input) {
            self.pair("compression", &compression);
        }
        let parts = words::bytes_by_kind(&input.account).into_iter();
        let parts: Vec<String> =
            parts.map(|(what, bytes)| format!("{what} {}", grouped(bytes))).collect();
        self.pair("size", &format!("{}: {}", bytes(input.account.sum()), parts.join(", ")));
    }

    fn about_total(&mut self, total: &Total) {
        let mut parts = vec![format!("{} read", counted(total.files, "trace"))];
        if total.damaged > 0 {
            parts.push(format!("{} of them damaged", grouped(total.damaged)));
        }
        if total.errors > 0 {
            parts.push(format!("{} could not be read", grouped(total.errors)));
        }
        self.pair("inputs", &parts.join(", "));
    }

    fn skipped(&mut self, total: &Total) {
        if total.skipped.count == 0 {
            return;
        }
        if self.inputs > 0 {
            self.out.push('\n');
        }
        self.gap();
        self.out.push_str(&page::skipped(&total.skipped, &self.styles));
    }

    /// The line above the report on an input.
    fn title(&mut self, name: &str) {
        if self.inputs > 0 {
            self.out.push('\n');
        }
        self.out.push_str(&page::title(name, &self.styles, self.unicode));
    }

    /// An empty line, if there is something above it.
    fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// The line above a part of a report.
    fn heading(&mut self, text: &str) {
        self.gap();
        self.out.push_str(&styled(self.styles.title, text));
        self.out.push('\n');
    }

    fn line(&mut self, indent: usize, text: &str) {
        self.out.push_str(&" ".repeat(indent));
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        for line in table(columns, rows, self.styles.dim, COLUMNS - 2) {
            self.line(2, &line);
        }
    }

    /// A label and what stands beside it, which is escaped already.
    fn pair(&mut self, label: &str, value: &str) {
        self.pair_of_lines(label, wrap(value, VALUE_COLUMNS));
    }

    fn pair_of_lines(&mut self, label: &str, lines: Vec<String>) {
        let label_columns = LABEL_COLUMNS - 2;
        let mut label = label.to_owned();
        if width(&label) >= label_columns {
            self.line(2, &styled(self.styles.dim, &label));
            label.clear();
        }
        for line in lines {
            let pad = " ".repeat(label_columns - width(&label));
            let label = styled(self.styles.dim, &std::mem::take(&mut label));
            let text = format!("{label}{pad}{line}");
            self.line(2, text.trim_end());
        }
    }

    /// Says how many rows are left out.
    fn and_more(&mut self, count: u64) {
        if count > 0 {
            let text = format!("and {} more", grouped(count));
            let text = styled(self.styles.dim, &text);
            self.line(2, &text);
        }
    }

    /// A text from the trace, escaped; cut at a few lines.
    fn shown(&self, text: &str) -> String {
        fit(text, 4 * VALUE_COLUMNS, self.unicode)
    }

    /// Units of time have a letter that ASCII has not.
    fn ascii(&self, text: String) -> String {
        if self.unicode { text } else { text.replace('µ', "u") }
    }
}
