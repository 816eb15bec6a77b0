//! `marey repair`: what is left to be done for a recording that was killed.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use marey::Error;
use marey::pipeline::Ledger;
use marey_recorder::session::{Repaired, repair};
use serde_json::json;

use crate::args::Common;
use crate::escape;
use crate::exit::{self, Exit};
use crate::inputs;
use crate::out::Out;
use crate::page::words::counted;

/// What `marey repair` takes.
#[derive(Debug, ClapArgs)]
pub struct Repair {
    /// Directories that `marey record` wrote
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
}

/// Repairs recordings.
pub fn run(verb: &Repair, common: &Common) -> Result<Exit, Error> {
    let (mut out, mut exit) = (Out::new(), Exit::default());
    for folder in &verb.folders {
        match repair(folder) {
            Ok(repaired) => {
                exit.input |= !repaired.damaged.is_empty();
                tell(folder, &repaired, common, &mut out);
            }
            Err(e) => {
                match e.kind() {
                    ErrorKind::PermissionDenied => exit.denied = true,
                    _ => exit.input = true,
                }
                out.flush();
                let why = match e.kind() {
                    ErrorKind::NotFound | ErrorKind::NotADirectory => {
                        "there is no recording".to_owned()
                    }
                    _ => e.to_string(),
                };
                exit::explain(&format!("{}: {why}", folder.display()), &[]);
            }
        }
    }
    if common.json {
        out.json(&json!({"type": "end", "ledger": inputs::json_ledger(&Ledger::default())}));
    }
    out.finish(&mut exit);
    Ok(exit)
}

fn tell(folder: &Path, repaired: &Repaired, common: &Common, out: &mut Out) {
    if common.json {
        let damaged = repaired.damaged.iter();
        let damaged = damaged.map(|(name, at)| json!({"stream": name, "offset": at}));
        out.json(&json!({
            "type": "repaired",
            "directory": folder.to_string_lossy(),
            "streams": repaired.streams,
            "cut_bytes": repaired.cut_bytes,
            "removed_files": repaired.removed,
            "copied_events": repaired.copied,
            "damaged": damaged.collect::<Vec<_>>(),
        }));
        return;
    }
    let mut done = Vec::new();
    if repaired.cut_bytes > 0 {
        done.push(format!("{} bytes without events or packets are cut off", repaired.cut_bytes));
    }
    if repaired.removed > 0 {
        done.push(format!("{} removed", counted(repaired.removed as u64, "empty file")));
    }
    if repaired.copied > 0 {
        let events = counted(repaired.copied, "event");
        done.push(format!("{events} of programs that were still in their files"));
    }
    let what = if done.is_empty() { "nothing had to be done".to_owned() } else { done.join(", ") };
    let streams = if repaired.streams == 1 { "stream" } else { "streams" };
    out.line(&format!("{}: {} {streams}; {what}", shown(folder), repaired.streams));
    for (name, at) in &repaired.damaged {
        out.flush();
        exit::say(&format!(
            "marey: {}/{}: damaged from byte {at} on; it is left as it is\n",
            shown(folder),
            escape::terminal(name)
        ));
    }
}

fn shown(path: &Path) -> String {
    escape::terminal(&path.to_string_lossy())
}
