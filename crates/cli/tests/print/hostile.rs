//! Traces that want to be obeyed, or that hold what must not be shown.

use marey::testing::pcapng::Opt;

use super::*;

/// What a terminal would obey, or what would mislead who reads it.
const TEXT: &str =
    "\u{1b}[31mred\u{7}\r\nfake: line\t\u{9b}2J \"q\" \\ \u{202e}gpj\u{2028}\u{feff}";

/// A trace with `text` in every text.
fn hostile(text: &str) -> Vec<u8> {
    let mut file = Pcapng::new();
    file.section(
        Order::Little,
        Length::Unknown,
        &[o::hardware(text), o::os(text), o::application(text), o::comment(text)],
    );
    let options = [o::if_name(text), o::if_description(text), o::if_filter(text), o::comment(text)];
    let lan = file.interface(ETHERNET, 0, &options);
    file.names(&[Name::V4([10, 0, 0, 1].into(), &[text])], &[o::ns_dnsname(text)]);
    file.packet(lan, START_NS, &frame(), &[o::comment(text)]);
    file.journal(START_NS, &[("MESSAGE", &text.replace('\n', " ")), ("SYSLOG_IDENTIFIER", "x")]);
    file.statistics(lan, START_NS, &[o::comment(text)]);
    file.finish().bytes
}

/// Whether a terminal shows each line of this as it stands.
fn is_harmless(printed: &str) -> bool {
    let is_obeyed = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}')
    };
    !printed.chars().any(is_obeyed)
}

#[test]
fn text_is_shown_and_not_obeyed() {
    let bytes = hostile(TEXT);
    for flags in [&[][..], &["-v"], &["-x"], &["--json"], &["--json", "-v", "-x"]] {
        let arguments: Vec<&str> = ["print"].iter().chain(flags).chain(&["-"]).copied().collect();
        let printed = run_with(&arguments, &bytes).ok();
        assert!(is_harmless(&printed), "{flags:?}: {printed:?}");
        assert!(!printed.lines().any(|line| line.starts_with("fake")));
    }
    let printed = run_with(&["print", "-"], &bytes).ok();
    assert_eq!(printed.lines().count(), 6, "{printed}");
    let shown =
        r#"\u{1b}[31mred\u{7}\r\nfake: line\t\u{9b}2J \"q\" \\ \u{202e}gpj\u{2028}\u{feff}"#;
    assert!(printed.contains(&format!("application \"{shown}\"")), "{printed}");
}

#[test]
fn json_gives_text_back_as_it_was() {
    let values =
        Schema::of("print").check(&run_with(&["print", "--json", "-"], &hostile(TEXT)).ok());
    let section = &values[0];
    let fields = section["fields"].as_array().expect("fields");
    let hardware = fields.iter().find(|field| field["name"] == "hardware").expect("hardware");
    assert_eq!(hardware["value"], TEXT);
    assert_eq!(values[3]["interface_name"], TEXT);
    assert_eq!(values[3]["options"]["comment"][0], TEXT);
}

#[test]
fn long_texts_are_cut_in_lines_but_not_in_full() {
    let text = "ä".repeat(30_000);
    let bytes = hostile(&text);
    let lines = run_with(&["print", "-"], &bytes).ok();
    assert!(lines.lines().all(|line| line.chars().count() < 1200), "too long");
    assert!(lines.contains('…'));
    let full = run_with(&["print", "-v", "-"], &bytes).ok();
    assert!(full.lines().any(|line| line == format!("        hardware: {text}")));
}

#[test]
fn a_text_that_is_not_utf_8_keeps_its_bytes_in_json() {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[o::raw(2, b"caf\xe9")]);
    let bytes = file.finish().bytes;
    let text = run_with(&["print", "-"], &bytes).ok();
    assert!(text.contains("hardware \"caf\u{fffd}\""), "{text}");
    let values = Schema::of("print").check(&run_with(&["print", "--json", "-"], &bytes).ok());
    let value = &values[0]["fields"][2]["value"];
    assert_eq!((&value["text"], &value["hex"]), (&"caf\u{fffd}".into(), &"636166e9".into()));
}

#[test]
fn secrets_are_never_shown() {
    const SECRET: &str = "CLIENT_RANDOM 0011223344 c0ffee";
    let mut file = Pcapng::new();
    file.section(Order::Big, Length::Unknown, &[]);
    file.secrets(0x544c_534b, SECRET.as_bytes(), &[o::comment("keys")]);
    file.secrets(0x1234_5678, SECRET.as_bytes(), &[]);
    let bytes = file.finish().bytes;
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let first: String = SECRET.bytes().take(4).map(|byte| format!("{byte:02x} ")).collect();
    for flags in [&[][..], &["-v"], &["-v", "-x"], &["--json"], &["--json", "-v", "-x"]] {
        let arguments: Vec<&str> = ["print"].iter().chain(flags).chain(&["-"]).copied().collect();
        let printed = run_with(&arguments, &bytes).ok();
        for secret in ["CLIENT", &hex[..8], &first] {
            assert!(!printed.contains(secret), "{flags:?}: {printed}");
        }
    }
    let printed = run_with(&["print", "-"], &bytes).ok();
    assert!(printed.contains("secrets TLS key log, 31 bytes comment \"keys\""), "{printed}");
    assert!(printed.contains("secrets type 0x12345678, 31 bytes"), "{printed}");
}

/// A block with secrets of 72 bytes and a comment, whose length says `len`.
fn secrets_of_wrong_length(len: u32, secret: &[u8], options: &[Opt]) -> Vec<u8> {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    let start = file.len();
    file.secrets(0x544c_534b, secret, options);
    let mut bytes = file.finish().bytes;
    bytes[start + 12..start + 16].copy_from_slice(&len.to_le_bytes());
    bytes
}

#[test]
fn secrets_are_not_shown_when_their_length_is_wrong() {
    // What is left of it looks like text, like an option that is too long, or like one that fits.
    let text = b"CLIENT_RANDOM 00112233445566778899aabbccddeeff c0ffee c0ffee".to_vec();
    let long = [&b"0123"[..], &[9, 0, 200, 0], b"c0ffee c0ffee c0ffee"].concat();
    let fits = [&b"0123"[..], &[9, 0, 16, 0], b"c0ffee c0ffee ok"].concat();
    let cases = [(&text, 4), (&text, 0), (&text, 21), (&long, 4), (&long, 3), (&fits, 4)];
    for (secret, len) in cases {
        for options in [&[][..], &[o::comment("keys")]] {
            let bytes = secrets_of_wrong_length(len, secret, options);
            for flags in [&[][..], &["-v"], &["-v", "-x"], &["--json"], &["--json", "-v", "-x"]] {
                let arguments = [&["print"], flags, &["-"]].concat();
                let printed = run_with(&arguments, &bytes);
                let everything = format!("{}{}", printed.stdout, printed.stderr);
                for secret in ["c0ffee", "6330666665", "63 30 66 66", "6330 6666"] {
                    assert!(!everything.contains(secret), "{len} {flags:?}: {everything}");
                }
                let is_told = secret == &fits || printed.status == 4;
                assert!(is_told && !everything.contains("panicked"), "{everything}");
            }
        }
    }
}

#[test]
fn comments_behind_secrets_are_shown() {
    let bytes = secrets_of_wrong_length(60, &[b'x'; 60], &[o::comment("keys")]);
    let printed = run_with(&["print", "-"], &bytes).ok();
    assert!(printed.contains("secrets TLS key log, 60 bytes comment \"keys\""), "{printed}");
}
