//! The page in a browser that has no network: it is whole, it complains of nothing, and it asks
//! for nothing. The pictures are left in the test's directory for who wants to look at them.

use std::process::{Command, Stdio};

use super::*;

/// The browser, if there is one.
fn browser() -> Option<&'static str> {
    let is_there = |name: &&str| {
        let asked = Command::new(name).arg("--version").stderr(Stdio::null()).output();
        asked.is_ok_and(|asked| asked.status.success())
    };
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find(is_there)
}

/// Runs the browser without a window and without a network.
fn browse(name: &str, directory: &Path, arguments: &[&str]) -> std::process::Output {
    let profile = format!("--user-data-dir={}", directory.join("profile").display());
    let log = format!("--log-net-log={}", directory.join("net.json").display());
    let page = format!("file://{}", directory.join("page.html").display());
    let fixed = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--hide-scrollbars",
        "--enable-logging=stderr",
        "--virtual-time-budget=2000",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--proxy-server=127.0.0.1:9",
    ];
    let mut command = Command::new(name);
    command.args(fixed).args([&profile, &log]).args(arguments).arg(page);
    command.output().expect("the browser starts")
}

#[test]
fn a_page_needs_nothing_else() {
    let Some(name) = browser() else {
        println!("skipped: there is no chromium (apt-get install chromium)");
        return;
    };
    let directory = scratch("report-browser");
    let mut file = begun();
    let evil = "<script>console.log('obeyed')</script><img src='http://192.0.2.1/x.png'>";
    file.interface(ETHERNET, 0, &[o::if_tsresol(9), o::if_name(evil)]);
    for nth in 0..100 {
        let time_ns = START_NS + nth * nth * 100_000;
        file.packet(0, time_ns, &frame(), &[o::comment(evil)]);
    }
    write(&directory, "evil.pcapng", &file.finish().bytes);
    write(&directory, "demo.pcapng", &trace::demo().bytes);
    let inputs = ["--html", "page.html", "--checksums", "demo.pcapng", "evil.pcapng"];
    report(&directory, "C", &inputs).ok();
    let dumped = browse(name, &directory, &["--dump-dom"]);
    let dom = String::from_utf8_lossy(&dumped.stdout);
    if !dumped.status.success() || dom.is_empty() {
        println!("skipped: {name} cannot run here: {}", dumped.status);
        return;
    }
    assert!(dom.matches("<table>").count() > 20, "{dom}");
    assert_eq!(dom.matches("role=\"img\"").count(), 6, "two charts an input, and two of both");
    assert!(!dom.contains("<script") && !dom.contains("<img"), "{dom}");
    let said = String::from_utf8_lossy(&dumped.stderr);
    assert!(!said.contains("CONSOLE"), "{said}");
    let net = std::fs::read_to_string(directory.join("net.json")).unwrap_or_default();
    for host in ["192.0.2.1", "x.png"] {
        assert!(!net.contains(host), "{host} was asked for");
    }
    for (scheme, setting) in [("dark", "0"), ("light", "1")] {
        for size in ["360,3000", "1440,3000"] {
            let setting = format!("--blink-settings=preferredColorScheme={setting}");
            let picture = directory.join(format!("{scheme}-{}.png", &size[..size.len() - 5]));
            let shot = format!("--screenshot={}", picture.display());
            let size = format!("--window-size={size}");
            let ran = browse(name, &directory, &[&setting, &size, &shot]);
            assert!(ran.status.success() && picture.exists(), "{picture:?}");
        }
    }
}
