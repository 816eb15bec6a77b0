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
                exit::say(&format!("marey: {}: {e}\n", shown(folder)));
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
            "damaged": damaged.collect::<Vec<_>>(),
        }));
        return;
    }
    let what = match (repaired.cut_bytes, repaired.removed) {
        (0, 0) => "nothing had to be done".to_owned(),
        (bytes, 0) => format!("{bytes} bytes without events or packets are cut off"),
        (bytes, files) => {
            format!(
                "{bytes} bytes without events or packets are cut off, {files} empty files removed"
            )
        }
    };
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
