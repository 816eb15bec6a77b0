//! Text from inside a trace is shown, not obeyed; secrets are not shown.

use super::*;

const TEXTS: [&str; 6] = [
    "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[31mred\u{9b}31m",
    "gpj.\u{202e}exe\u{2066}\u{200f}\u{61c}",
    "two\r\nlines\tand\u{0b}more\u{2028}\u{85}",
    "\"quotes\", \\backslashes\\ and {\"json\": true}",
    "a\u{301}\u{301}\u{301} 日本語 👩‍👩‍👧 \u{feff}",
    "",
];

/// A trace that says `text` wherever something can be said.
fn saying(text: &[u8]) -> Made {
    let say = |code| o::raw(code, text);
    let mut file = Pcapng::new();
    let said = [say(1), say(2), say(3), say(4)];
    file.section(Order::Big, Length::Unknown, &said);
    let filter = o::raw(11, &[&[0], text].concat());
    let said = [say(1), say(2), say(3), filter, say(12), say(15), say(18)];
    file.interface(ETHERNET, 0, &said);
    let name = String::from_utf8_lossy(text).replace('\0', "");
    file.names(&[Name::V4([10, 0, 0, 1].into(), &[&name])], &[say(1), say(2)]);
    file.packet(0, START_NS, &frame(), &[say(1)]);
    file.statistics(0, START_NS, &[say(1)]);
    file.finish()
}

fn is_calm(page: &str) {
    for c in page.chars().filter(|c| *c != '\n') {
        assert!(!c.is_control(), "{c:?} in {page}");
        assert!(!"\u{202e}\u{2066}\u{200f}\u{61c}\u{feff}\u{2028}".contains(c), "{c:?}");
    }
}

#[test]
fn no_text_is_obeyed() {
    let directory = scratch("report-hostile");
    for (nth, text) in TEXTS.into_iter().enumerate() {
        let name = format!("{nth}.pcapng");
        write(&directory, &name, &saying(text.as_bytes()).bytes);
        let page = report(&directory, "C.UTF-8", &[&name]).ok();
        is_calm(&page);
        golden(&format!("report/hostile-{nth}.txt"), &page);
        let (lines, ran) = json(&directory, &[&name]);
        is_calm(&ran.stdout);
        assert_eq!(lines[0]["section_list"][0]["os"], text);
        assert_eq!(lines[0]["comments"]["list"][0]["text"], text);
        assert_eq!(lines[0]["interfaces"][0]["filter"], text);
    }
}

#[test]
fn what_is_no_text_is_shown_too() {
    let directory = scratch("report-no-text");
    write(&directory, "a.pcapng", &saying(b"\xff\xfe\x80abc\xc3").bytes);
    is_calm(&report(&directory, "C.UTF-8", &["a.pcapng"]).ok());
    let (lines, _) = json(&directory, &["a.pcapng"]);
    assert_eq!(lines[0]["interfaces"][0]["name"], "\u{fffd}\u{fffd}\u{fffd}abc\u{fffd}");
}

#[test]
fn long_texts_are_cut() {
    let directory = scratch("report-long");
    let texts =
        ["x".repeat(10_000), "\u{1b}".repeat(10_000), format!("a{}", "\u{301}".repeat(9000))];
    for text in texts {
        write(&directory, "a.pcapng", &saying(text.as_bytes()).bytes);
        let page = report(&directory, "C.UTF-8", &["a.pcapng"]).ok();
        is_calm(&page);
        assert!(page.len() < 40_000, "{}", page.len());
        assert!(page.lines().count() < 120, "{}", page.lines().count());
        let (lines, _) = json(&directory, &["a.pcapng"]);
        let comment = lines[0]["comments"]["list"][0]["text"].as_str().expect("a text");
        assert!(comment.ends_with(&format!("… ({} bytes in all)", text.len())), "{comment}");
    }
}

#[test]
fn secrets_stay_secret() {
    let directory = scratch("report-secret");
    let mut file = begun();
    file.secrets(0x544c_534b, b"CLIENT_RANDOM 0123 s3cr3t", &[]);
    file.secrets(0xdead_beef, b"another s3cr3t", &[]);
    write(&directory, "a.pcapng", &file.finish().bytes);
    let page = report(&directory, "C.UTF-8", &["a.pcapng"]).ok();
    assert!(page.contains("TLS key log, 25 bytes, not shown"), "{page}");
    let (_, ran) = json(&directory, &["a.pcapng"]);
    assert!(!page.contains("s3cr3t") && !ran.stdout.contains("s3cr3t"));
}

#[test]
fn a_hostile_path_is_shown() {
    let directory = scratch("report-path");
    let name = "\u{1b}[31m\u{202e}red.pcap";
    write(&directory, name, &small("le-us.pcap").bytes);
    is_calm(&report(&directory, "C.UTF-8", &[name]).ok());
    let missing = report(&directory, "C.UTF-8", &["\u{1b}[2J"]);
    assert_eq!(missing.status, 4);
    is_calm(&missing.stderr);
    let long = format!("{}.pcap", "d/".repeat(500));
    assert_eq!(report(&directory, "C.UTF-8", &[&long]).status, 4);
}

#[test]
fn a_path_that_is_no_text_comes_as_bytes() {
    use std::os::unix::ffi::OsStrExt as _;
    let directory = scratch("report-path-bytes");
    let name = std::ffi::OsStr::from_bytes(b"a\xff.pcap");
    std::fs::write(directory.join(name), small("le-us.pcap").bytes).expect("a file");
    let mut command = marey();
    command.current_dir(&directory).args(["report", "--json"]).arg(name);
    let lines = Schema::of("report").check(&finish(&mut command).ok());
    assert_eq!(lines[0]["path"], serde_json::json!({ "bytes": "Yf8ucGNhcA==" }));
}
