//! Which programs are recorded, and what of them.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use marey_diagnostic::Problems;
use marey_diagnostic::source::Sources;
use marey_filter::lang;
use marey_recorder::programs::{Filter, OWN, Others, Plan, RING_BYTES_MAX, RING_BYTES_MIN};

use super::args::Record;
use super::handlers::Handlers;
use super::plan::{misuse, tell};
use crate::args::Common;
use crate::exit::Exit;

/// What a pattern of `-e` begins with that is for programs.
const USER: &str = "user";
/// What a program looks at: where its files are to be, and which events are on from the start.
const FOLDER: &str = "MAREY_DIR";
const EVENTS: &str = "MAREY_EVENTS";
const RING_BYTES: &str = "MAREY_RING_BYTES";

/// Which events of programs a pattern of `-e` means, if it means such events.
fn of_programs(pattern: &str) -> Option<&str> {
    let rest = pattern.strip_prefix(USER)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(':') }
}

/// The patterns of `-e` that are for the kernel and for places in programs.
pub fn others(patterns: &[String]) -> Vec<String> {
    patterns.iter().filter(|pattern| of_programs(pattern).is_none()).cloned().collect()
}

/// Which events of programs are meant, those that handlers name among them; none if programs are
/// not recorded.
pub fn patterns(verb: &Record, handlers: &Handlers) -> Vec<String> {
    let named = verb.events.iter().filter_map(|pattern| of_programs(pattern));
    let mut patterns: Vec<String> = named.map(str::to_owned).collect();
    if verb.user && patterns.is_empty() {
        patterns.push("*".to_owned());
    } else {
        patterns.extend(handlers.user_events().map(str::to_owned));
    }
    patterns
}

/// What is recorded of programs, if something is.
pub fn plan(
    verb: &Record,
    me: Option<u32>,
    (uuid, patterns): ([u8; 16], Vec<String>),
    common: &Common,
) -> Result<Option<Plan>, Exit> {
    if patterns.is_empty() {
        return Ok(None);
    }
    if let Some(odd) = patterns.iter().find(|pattern| pattern.is_empty() || pattern.contains(',')) {
        let why = format!(
            "`{USER}:{odd}` names no events; write {USER}:PROVIDER:EVENT, a glob, or -u for all"
        );
        return Err(misuse(&why));
    }
    if let Some(pid) = verb.processes.iter().find(|pid| super::is_gone(pid)) {
        return Err(misuse(&format!("there is no process {pid}")));
    }
    let filters = verb.filters.iter().map(|text| filter(text, common));
    let filters = filters.collect::<Result<_, _>>()?;
    let has_own = !verb.command.is_empty();
    let others = match (verb.processes.is_empty(), has_own && !verb.all) {
        (false, _) => Some(Others::Processes(verb.processes.clone())),
        (true, true) => None,
        (true, false) => Some(Others::All),
    };
    let ring_bytes = ring_bytes(verb);
    let version = verb.ctf;
    Ok(Some(Plan {
        patterns,
        filters,
        // Both are known when the events of the kernel are.
        handlers: Arc::default(),
        has_session: false,
        is_shadow: verb.shadow,
        mode: verb.mode(),
        most: None,
        has_own,
        others,
        ring_bytes,
        me,
        uuid,
        version,
    }))
}

/// What the recorded command is to find in its environment: so all it does is recorded, from its
/// first event on.
pub fn environment(verb: &Record, patterns: &[String]) -> Result<Vec<(OsString, OsString)>, Exit> {
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let own = std::path::absolute(&verb.output).map_err(|e| misuse(&e.to_string()))?;
    let own = own.join(Path::new(OWN)).into_os_string();
    let ring = ring_bytes(verb).to_string();
    let all = [(FOLDER, own), (EVENTS, patterns.join(",").into()), (RING_BYTES, ring.into())];
    Ok(all.map(|(name, value)| (name.into(), value)).into())
}

/// How long the ring of a thread is.
fn ring_bytes(verb: &Record) -> u32 {
    /// A thread that does nothing but record has written as much in some milliseconds.
    const USUAL: usize = 1 << 20;
    let bytes = verb.buffer.unwrap_or(USUAL).clamp(RING_BYTES_MIN, RING_BYTES_MAX);
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn filter(text: &str, common: &Common) -> Result<Filter, Exit> {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let file = sources.add("-f", text.as_bytes().to_vec());
    let file = file.map_err(|found| misuse(&found.what))?;
    let tree = lang::filter(&sources, file, &mut problems);
    tell(&problems, &sources, common)?;
    let tree = tree.ok_or_else(|| misuse("the filter is empty"))?;
    Ok(Filter { name: text.to_owned(), tree })
}
