//! The text of CTF 1.8, in each style.

mod support;

use marey_ctf::tsdl::{Style, write};
use support::golden::golden;
use support::schemas::{only_ctf2, rich, with_names};

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

/// All at once, each with its place.
#[test]
fn what_only_ctf_2_can_say_is_reported() {
    let errors = write(&only_ctf2(), Style::Marey).expect_err("CTF 1.8 cannot say it");
    let lines: String = errors.iter().map(|error| format!("{error}\n")).collect();
    golden("only-ctf2.marey.errors", &lines);
}
