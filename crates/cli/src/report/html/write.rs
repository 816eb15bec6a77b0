//! What all parts of the page write with. Every text goes through [`escaped`].

use crate::escape;
use crate::page::words::grouped;

/// A text for a page: what a browser would obey is written as a reference, what would mislead a
/// reader (control characters, changes of direction) as an escape that is seen.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in escape::terminal(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A column of a table.
#[derive(Clone, Copy)]
pub struct Column {
    title: &'static str,
    class: &'static str,
}

impl Column {
    /// Of words.
    pub fn words(title: &'static str) -> Self {
        Column { title, class: "" }
    }

    /// Of numbers.
    pub fn number(title: &'static str) -> Self {
        Column { title, class: " class=\"number\"" }
    }

    /// Of sentences.
    pub fn long(title: &'static str) -> Self {
        Column { title, class: " class=\"long\"" }
    }

    /// Of bars, which show what a number beside them says.
    pub fn bar() -> Self {
        Column { title: "", class: " class=\"bar\"" }
    }
}

/// A page or a part of it.
#[derive(Default)]
pub struct Html(String);

impl Html {
    /// What was written.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Appends what is HTML already.
    pub fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    /// Begins a section with a heading, which is one of ours.
    pub fn section(&mut self, heading: &str) {
        self.raw(&format!("<section>\n<h3>{}</h3>\n", escaped(heading)));
    }

    /// Ends a section.
    pub fn end_section(&mut self) {
        self.raw("</section>\n");
    }

    /// Labels and what stands beside them.
    pub fn facts<L: AsRef<str>>(&mut self, facts: &[(L, String)]) {
        self.raw("<dl class=\"facts\">\n");
        for (label, text) in facts {
            let (label, text) = (escaped(label.as_ref()), escaped(text));
            self.raw(&format!("<div><dt>{label}</dt><dd>{text}</dd></div>\n"));
        }
        self.raw("</dl>\n");
    }

    /// A paragraph of our own.
    pub fn note(&mut self, text: &str) {
        self.raw(&format!("<p class=\"note\">{}</p>\n", escaped(text)));
    }

    /// Says how much is left out.
    pub fn and_more(&mut self, count: u64) {
        if count > 0 {
            self.note(&format!("and {} more", grouped(count)));
        }
    }

    /// A table whose cells are HTML already. The first column names the rows; columns of which all
    /// cells are empty are left out.
    pub fn table(&mut self, name: &str, columns: &[Column], rows: &[Vec<String>]) {
        let is_used = |c: &usize| rows.iter().any(|row| row.get(*c).is_some_and(|r| !r.is_empty()));
        let used: Vec<usize> = (0..columns.len()).filter(is_used).collect();
        let name = escaped(name);
        self.raw(&format!(
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{name}\">\n\
             <table>\n<thead><tr>"
        ));
        for &c in &used {
            let Column { title, class } = columns[c];
            match title {
                "" => self.raw(&format!("<td{class}></td>")),
                title => self.raw(&format!("<th scope=\"col\"{class}>{}</th>", escaped(title))),
            }
        }
        self.raw("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.raw("<tr>");
            for (nth, &c) in used.iter().enumerate() {
                let (cell, class) = (row.get(c).map_or("", String::as_str), columns[c].class);
                match nth {
                    0 => self.raw(&format!("<th scope=\"row\"{class}>{cell}</th>")),
                    _ => self.raw(&format!("<td{class}>{cell}</td>")),
                }
            }
            self.raw("</tr>\n");
        }
        self.raw("</tbody>\n</table>\n</div>\n");
    }
}

/// A bar that is as long as its part of the most.
pub fn bar(part: u64, most: u64) -> String {
    let share = part as f64 * 100.0 / most.max(1) as f64;
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\"><rect width=\"{share:.2}\" height=\"1\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_obeyed() {
        assert_eq!(
            escaped("<script>alert('1')</script>"),
            "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"
        );
        assert_eq!(escaped("\" onload=\"x & y"), "&quot; onload=&quot;x &amp; y");
        assert_eq!(escaped("a\u{202e}b\u{7}\u{0}\n"), "a\\u{202e}b\\u{7}\\u{0}\\n");
        assert_eq!(escaped("Zürich 東京"), "Zürich 東京");
    }
}
