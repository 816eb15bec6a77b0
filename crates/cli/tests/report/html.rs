//! The page for a browser: what is in it, that nothing in it is obeyed, and where it is written.

use super::*;

fn page(directory: &Path, inputs: &[&str]) -> String {
    report(directory, "C", &[&["--html=-", "--checksums"], inputs].concat()).ok()
}

#[test]
fn all_parts_are_there_and_nothing_is_fetched() {
    let directory = scratch("report-html");
    write(&directory, "demo.pcapng", &trace::demo().bytes);
    let page = page(&directory, &["demo.pcapng"]);
    let parts = "File Recorded Interfaces Packets Protocols Conversations Endpoints Checksums \
                 Names Comments Losses Ledger";
    for part in parts.split_whitespace() {
        assert!(page.contains(&format!("<h3>{part}</h3>")), "{part}");
    }
    assert_eq!(page.matches("role=\"img\"").count(), 2);
    assert!(page.contains("default-src 'none'"));
    for word in ["http:", "https:", "src=", "url(", "@import", "<link", "<script", "//www"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn an_interface_has_one_name() {
    let directory = scratch("report-html-names");
    write(&directory, "demo.pcapng", &trace::demo().bytes);
    let page = page(&directory, &["demo.pcapng"]);
    let rows = |table: &str| -> Vec<String> {
        let label = format!("aria-label=\"{table}\"");
        let (_, table) = page.split_once(&label).expect("the table");
        let (table, _) = table.split_once("</table>").expect("its end");
        let rows = table.split("<th scope=\"row\">").skip(1);
        rows.map(|row| row.split('<').next().unwrap_or_default().to_owned()).collect()
    };
    let (interfaces, counters) = (rows("Interfaces"), rows("Counters of interfaces"));
    assert!(!counters.is_empty());
    assert!(counters.iter().all(|name| interfaces.contains(name)), "{counters:?} {interfaces:?}");
}

#[test]
fn text_from_a_trace_is_not_obeyed() {
    let directory = scratch("report-html-hostile");
    let evil = "</p><script>alert('x')</script><img src=\"x\" onerror='y'>\u{202e}\u{7}&lt;";
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[o::comment(evil), o::hardware(evil)]);
    file.interface(ETHERNET, 0, &[o::if_tsresol(9), o::if_name(evil), o::if_description(evil)]);
    file.names(&[Name::V4("10.0.0.1".parse().expect("an address"), &[evil])], &[]);
    file.packet(0, START_NS, &frame(), &[o::comment(evil)]);
    write(&directory, "a<b>&'\".pcapng", &file.finish().bytes);
    let page = page(&directory, &["."]);
    for word in ["<script", "<img", "onerror='", "src=\"x", "\u{202e}", "\u{7}", "a<b"] {
        assert!(!page.contains(word), "{word:?}");
    }
    let shown = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&lt;img src=&quot;x&quot; \
                 onerror=&#39;y&#39;&gt;\\u{202e}\\u{7}&amp;lt;";
    assert!(page.matches(shown).count() >= 5, "{page}");
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let directory = scratch("report-html-file");
    write(&directory, "a.pcap", &small("le-us.pcap").bytes);
    let run = |arguments: &[&str]| report(&directory, "C", arguments);
    assert_eq!(run(&["--html", "p.html", "a.pcap"]).ok(), "");
    let first = std::fs::read_to_string(directory.join("p.html")).expect("the page");
    assert!(first.starts_with("<!DOCTYPE html>") && first.ends_with("</html>\n"));
    // It is kept unless that is said.
    assert_eq!(run(&["--html", "p.html", "a.pcap"]).status, 2);
    assert_eq!(run(&["--html", "p.html", "--force", "a.pcap"]).ok(), "");
    assert_eq!(run(&["--html", "-", "a.pcap"]).ok(), first);
    // Not over an input, by whatever name; nor to where nothing can be written.
    std::os::unix::fs::symlink("a.pcap", directory.join("link")).expect("a link");
    for name in ["a.pcap", "./a.pcap", "link"] {
        for input in ["a.pcap", "."] {
            assert_eq!(run(&["--html", name, "--force", input]).status, 2, "{name} {input}");
        }
    }
    assert_eq!(run(&["--html", "none/p.html", "a.pcap"]).status, 6);
    assert_eq!(run(&["--html", ".", "a.pcap"]).status, 2);
    if Path::new("/dev/full").exists() {
        assert_eq!(run(&["--html", "/dev/full", "a.pcap"]).status, 6);
    }
    assert_eq!(run(&["--html", "q.html", "--json", "a.pcap"]).status, 2);
    // Nothing is left over, and the input is what it was.
    let mut names: Vec<_> = std::fs::read_dir(&directory)
        .expect("a directory")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["a.pcap", "link", "p.html"]);
    assert_eq!(std::fs::read(directory.join("a.pcap")).expect("it"), small("le-us.pcap").bytes);
}

#[test]
fn a_page_of_what_cannot_be_read() {
    let directory = scratch("report-html-bad");
    write(&directory, "empty", b"");
    let whole = small("le.pcapng").bytes;
    write(&directory, "cut.pcapng", &whole[..whole.len() - 5]);
    let ran = report(&directory, "C", &["--html=-", "empty", "cut.pcapng", "missing"]);
    assert_eq!(ran.status, 4);
    for text in ["it is empty: 0 bytes", "<h3>Damage</h3>", "no such file", "3 inputs"] {
        assert!(ran.stdout.contains(text), "{text}");
    }
}
