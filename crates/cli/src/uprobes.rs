//! Places in programs that a user names: `uprobe:FILE:FUNCTION` and its like.

use marey_recorder::uprobe::{self, Found, NotFound, Pattern};

use crate::exit::{self, Exit};

/// The patterns of places in programs, and those of events of the kernel.
pub fn split(patterns: &[String]) -> (Vec<&String>, Vec<String>) {
    let (places, kernel): (Vec<_>, Vec<_>) =
        patterns.iter().partition(|pattern| uprobe::is_pattern(pattern));
    (places, kernel.into_iter().cloned().collect())
}

/// What patterns of places stand for, each once; or what is wrong with one of them. It is told
/// already.
pub fn find(patterns: &[&String]) -> Result<Vec<Found>, Exit> {
    let mut all: Vec<Found> = Vec::new();
    for text in patterns {
        let pattern: Pattern = text.parse().map_err(|why: uprobe::Malformed| {
            let help = "Write uprobe:FILE:FUNCTION, uretprobe:FILE:FUNCTION or \
                usdt:FILE:PROVIDER:NAME, with values behind it: (id:u64,path:str).";
            exit::explain(&why.to_string(), &[help]);
            Exit { usage: true, ..Exit::default() }
        })?;
        let found = uprobe::find(&pattern).map_err(|why| refuse(text, &why))?;
        for found in found {
            let same = |other: &Found| other.recorded == found.recorded;
            if !all.iter().any(same) {
                all.push(found);
            }
        }
    }
    Ok(all)
}

fn refuse(text: &str, why: &NotFound) -> Exit {
    let help = match why {
        NotFound::Machine => "x86-64 and ARM of 64 bits are known.",
        NotFound::File(_) => {
            "Write ./NAME for one of this folder, and the whole path for a library."
        }
        NotFound::Unreadable(..) => "Name an executable file or a shared library.",
        NotFound::Name { is_bare: true, what: "function", .. } => {
            "It is stripped, perhaps: build it with symbols, or name its library."
        }
        NotFound::Name { .. } => "marey events 'uprobe:FILE:*' and 'usdt:FILE:*' list all.",
        NotFound::Many(_) => "Name fewer.",
        NotFound::Values(_) => "Name values as (id:u64,path:str) behind the function or probe.",
    };
    exit::explain(&format!("{text}: {why}"), &[help]);
    Exit { usage: true, ..Exit::default() }
}
