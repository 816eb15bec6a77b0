//! Text of a terminal as a picture: ANSI colours to SVG.
//!
//! Knows what marey prints: sixteen colours, bold, dim, italic and underlined. Anything else is
//! an error rather than a wrong picture. Every character is taken to be one column wide.

use std::fmt::Write;

const CELL_WIDTH: f64 = 8.4;
const CELL_HEIGHT: f64 = 18.0;
const PADDING: f64 = 18.0;
const FONTS: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";
const BACKGROUND: &str = "#15181e";
const FOREGROUND: &str = "#d7dae0";

/// The sixteen colours of a terminal, chosen to be read on [`BACKGROUND`].
const COLOURS: [&str; 16] = [
    "#5c6370", "#f07178", "#98c379", "#e5c07b", "#61afef", "#c792ea", "#56b6c2", "#d7dae0",
    "#7f848e", "#ff8b92", "#b5e890", "#ffd58a", "#82c4ff", "#ddb3ff", "#7fdbe6", "#ffffff",
];

/// How a run of characters looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Style {
    colour: Option<usize>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
}

/// A run of characters that look alike.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    column: usize,
    style: Style,
    text: String,
}

/// Draws `text` as an SVG of at least `columns` columns that is announced as `title`.
///
/// # Errors
/// When the text has a control sequence that is not a known style.
pub fn to_svg(text: &str, columns: usize, title: &str) -> Result<String, String> {
    let mut style = Style::default();
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let runs = runs(line, &mut style).map_err(|why| format!("line {}: {why}", index + 1))?;
        lines.push(runs);
    }
    let used = lines.iter().flatten().map(|run| run.column + run.text.chars().count()).max();
    let columns = columns.max(used.unwrap_or_default());
    Ok(draw(&lines, columns, title))
}

fn draw(lines: &[Vec<Run>], columns: usize, title: &str) -> String {
    let width = columns as f64 * CELL_WIDTH + 2.0 * PADDING;
    let height = lines.len() as f64 * CELL_HEIGHT + 2.0 * PADDING;
    let title = escape(title);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width:.0}\" \
         height=\"{height:.0}\" viewBox=\"0 0 {width:.1} {height:.1}\">\n\
         <title>{title}</title>\n\
         <rect x=\"0.5\" y=\"0.5\" width=\"{:.1}\" height=\"{:.1}\" rx=\"10\" \
         fill=\"{BACKGROUND}\" stroke=\"#3b404a\"/>\n\
         <g fill=\"{FOREGROUND}\" font-size=\"14\" xml:space=\"preserve\" \
         font-family=\"{FONTS}\">\n",
        width - 1.0,
        height - 1.0,
    );
    for (row, runs) in lines.iter().enumerate() {
        let y = PADDING + row as f64 * CELL_HEIGHT + 13.0;
        runs.iter().for_each(|run| draw_run(&mut svg, run, y));
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

fn draw_run(svg: &mut String, run: &Run, y: f64) {
    let x = PADDING + run.column as f64 * CELL_WIDTH;
    let length = run.text.chars().count() as f64 * CELL_WIDTH;
    let mut attributes = String::new();
    let mut add = |name: &str, value: &str| {
        attributes.extend([" ", name, "=\"", value, "\""]);
    };
    if let Some(colour) = run.style.colour {
        add("fill", COLOURS[colour]);
    }
    if run.style.bold {
        add("font-weight", "bold");
    }
    if run.style.dim {
        add("opacity", "0.62");
    }
    if run.style.italic {
        add("font-style", "italic");
    }
    if run.style.underline {
        add("text-decoration", "underline");
    }
    let text = escape(&run.text);
    let written = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\" \
         lengthAdjust=\"spacingAndGlyphs\"{attributes}>{text}</text>"
    );
    debug_assert!(written.is_ok(), "a string takes all that is written");
}

/// The runs of one line; `style` goes on into the next.
fn runs(line: &str, style: &mut Style) -> Result<Vec<Run>, String> {
    let mut runs: Vec<Run> = Vec::new();
    let mut column = 0;
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        match character {
            '\u{1b}' => rest = escape_sequence(rest, style)?,
            _ if character.is_control() => {
                return Err(format!("control character {:#04x}", u32::from(character)));
            }
            _ => {
                match runs.last_mut() {
                    Some(run) if run.style == *style => run.text.push(character),
                    _ => runs.push(Run { column, style: style.clone(), text: character.into() }),
                }
                column += 1;
            }
        }
    }
    Ok(runs.into_iter().filter_map(trimmed).collect())
}

/// The run without the blanks at its ends, unless they show; `None` if nothing is left.
fn trimmed(run: Run) -> Option<Run> {
    if run.style.underline {
        return Some(run);
    }
    let text = run.text.trim_start();
    let column = run.column + run.text.chars().count() - text.chars().count();
    let text = text.trim_end().to_owned();
    (!text.is_empty()).then_some(Run { column, text, style: run.style })
}

/// Applies the sequence behind an escape and returns what follows it.
fn escape_sequence<'a>(rest: &'a str, style: &mut Style) -> Result<&'a str, String> {
    let inside = rest.strip_prefix('[').ok_or("an escape that is no style")?;
    let end = inside.find(|c: char| !c.is_ascii_digit() && c != ';').ok_or("an open escape")?;
    if !inside[end..].starts_with('m') {
        return Err(format!("the escape `[{}` is no style", &inside[..=end]));
    }
    for code in inside[..end].split(';') {
        let code: usize = if code.is_empty() { 0 } else { code.parse().unwrap_or(usize::MAX) };
        match code {
            0 => *style = Style::default(),
            1 => style.bold = true,
            2 => style.dim = true,
            3 => style.italic = true,
            4 => style.underline = true,
            22 => (style.bold, style.dim) = (false, false),
            23 => style.italic = false,
            24 => style.underline = false,
            30..=37 => style.colour = Some(code - 30),
            39 => style.colour = None,
            90..=97 => style.colour = Some(code - 90 + 8),
            _ => return Err(format!("style {code} is not one of the sixteen colours")),
        }
    }
    Ok(&inside[end + 1..])
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_make_runs_and_blanks_do_not() {
        let mut style = Style::default();
        let line = "a \u{1b}[1;31mbé\u{1b}[22m \u{1b}[0m  c";
        let runs = runs(line, &mut style).expect("known styles");
        let seen: Vec<_> = runs
            .iter()
            .map(|run| (run.column, run.text.as_str(), run.style.colour, run.style.bold))
            .collect();
        assert_eq!(seen, [(0, "a", None, false), (2, "bé", Some(1), true), (7, "c", None, false)]);
        assert_eq!(style, Style::default());
    }

    #[test]
    fn a_style_goes_on_into_the_next_line() {
        let svg = to_svg("\u{1b}[2ma\nb\u{1b}[m", 0, "t").expect("known styles");
        assert_eq!(svg.matches("opacity").count(), 2);
    }

    #[test]
    fn the_picture_is_xml() {
        let svg = to_svg("<&>\"", 80, "a & b").expect("plain text");
        assert!(svg.contains("<title>a &amp; b</title>"));
        assert!(svg.contains(">&lt;&amp;&gt;&quot;</text>"));
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    }

    #[test]
    fn what_is_not_known_is_said() {
        for (text, why) in [
            ("\n\u{1b}[38;5;200mx", "line 2: style 38 is not one of the sixteen colours"),
            ("\u{1b}[2Jx", "line 1: the escape `[2J` is no style"),
            ("\u{1b}]8;;x", "line 1: an escape that is no style"),
            ("\u{1b}[1", "line 1: an open escape"),
            ("a\tb", "line 1: control character 0x09"),
        ] {
            assert_eq!(to_svg(text, 80, "t"), Err(why.to_owned()));
        }
    }
}
