//! The text of CTF 1.8, in each style.

mod support;

use marey_ctf::tsdl::{Style, write};
use support::golden::golden;
use support::schemas::{rich, with_names};

#[test]
fn each_style_writes_its_golden() {
    for (style, name) in
        [(Style::Barectf3, "barectf3"), (Style::Barectf2, "barectf2"), (Style::Marey, "marey")]
    {
        let text = write(&rich(), style).unwrap_or_else(|errors| panic!("{errors:#?}"));
        golden(&format!("rich.{name}.tsdl"), &text);
    }
    let text = write(&with_names(), Style::Marey).unwrap_or_else(|errors| panic!("{errors:#?}"));
    golden("names.marey.tsdl", &text);
}
