//! The picture in the README: what `marey report` shows of the demo trace.

use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::ansi;

/// The trace that the picture shows.
pub const DEMO: &str = "corpus/pcapng/ok/demo.pcapng";
/// The picture.
pub const PICTURE: &str = "docs/report.svg";

const COLUMNS: usize = 80;

/// Builds marey at its fastest and returns where it is.
///
/// # Errors
/// When cargo fails; it has said why.
pub fn build(root: &Path) -> io::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root)
        .args(["build", "--release", "--package", "marey-cli", "--bin", "marey"])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(Error::other("marey does not build"));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let path = messages.lines().rev().find_map(|message| {
        message.split_once("\"executable\":\"").and_then(|(_, rest)| rest.split('"').next())
    });
    path.map(PathBuf::from).ok_or_else(|| Error::other("cargo did not say where marey is"))
}

/// Draws the picture anew.
///
/// # Errors
/// When marey fails, when it prints what can't be drawn, or when the file can't be written.
pub fn draw(root: &Path, marey: &Path) -> io::Result<()> {
    std::fs::create_dir_all(root.join("docs"))?;
    std::fs::write(root.join(PICTURE), render(root, marey)?)?;
    println!("{PICTURE}: drawn");
    Ok(())
}

/// Checks that the picture is what would be drawn now.
///
/// # Errors
/// When it is not, or can't be told.
pub fn check(root: &Path, marey: &Path) -> io::Result<()> {
    let current = std::fs::read_to_string(root.join(PICTURE)).unwrap_or_default();
    let wanted = render(root, marey)?;
    if current == wanted {
        return Ok(());
    }
    let at = current.lines().zip(wanted.lines()).take_while(|(a, b)| a == b).count();
    Err(Error::other(format!(
        "{PICTURE}:{}: not what marey shows now: run `cargo xtask picture` and look at it\n\
         is:     {}\nwanted: {}",
        at + 1,
        current.lines().nth(at).unwrap_or("nothing"),
        wanted.lines().nth(at).unwrap_or("nothing"),
    )))
}

fn render(root: &Path, marey: &Path) -> io::Result<String> {
    let output = Command::new(marey)
        .current_dir(root)
        .args(["--color", "always", "report", DEMO])
        .env("COLUMNS", COLUMNS.to_string())
        .env("TZ", "UTC")
        .env("LC_ALL", "C.UTF-8")
        .env("TERM", "xterm-256color")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(Error::other(format!("marey report {DEMO}: {}\n{words}", output.status)));
    }
    let report = String::from_utf8(output.stdout).map_err(Error::other)?;
    let command = format!("marey report {DEMO}");
    let screen = format!("\u{1b}[2m$\u{1b}[0m {command}\n{}\n", report.trim_end_matches('\n'));
    ansi::to_svg(&screen, COLUMNS, &format!("What {command} prints")).map_err(Error::other)
}
