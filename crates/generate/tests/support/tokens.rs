//! What metadata says, whatever it looks like.

/// The variables that say who made it, and when.
const OF_THE_TRACER: [&str; 5] =
    ["tracer_major", "tracer_minor", "tracer_patch", "tracer_pre", "barectf_gen_date"];

/// The UUIDs of two traces, which differ if barectf made one.
pub type Uuids = Option<([u8; 16], [u8; 16])>;

/// Fails at the first token that differs; the UUIDs of the traces may.
pub fn compare(ours: &str, theirs: &str) -> Result<Uuids, String> {
    let (ours, theirs) = (tokens(ours), tokens(theirs));
    let mut uuids = None;
    for (at, (own, other)) in ours.iter().zip(&theirs).enumerate() {
        if own == other {
            continue;
        }
        let is_first = uuids.is_none() && at.checked_sub(2).is_some_and(|at| ours[at] == "uuid");
        match (uuid(own), uuid(other)) {
            (Some(own), Some(other)) if is_first => uuids = Some((own, other)),
            _ => return Err(differ(&ours, &theirs, at)),
        }
    }
    match ours.len() == theirs.len() {
        true => Ok(uuids),
        false => Err(differ(&ours, &theirs, ours.len().min(theirs.len()))),
    }
}

fn differ(ours: &[String], theirs: &[String], at: usize) -> String {
    let around =
        |tokens: &[String]| tokens[at.saturating_sub(8)..(at + 3).min(tokens.len())].join(" ");
    format!("metadata: marey `{}`, barectf `{}`", around(ours), around(theirs))
}

fn uuid(token: &str) -> Option<[u8; 16]> {
    let digits: String = token.chars().filter(char::is_ascii_hexdigit).collect();
    let byte = |at: usize| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..16).map(byte).collect();
    bytes?.try_into().ok()
}

/// Bytes that a tracer of ours wrote, with the UUID of the other trace.
pub fn with_other_uuid(mut bytes: Vec<u8>, uuids: Uuids) -> Vec<u8> {
    let Some((own, other)) = uuids else { return bytes };
    for at in 0..bytes.len().saturating_sub(15) {
        if bytes[at..at + 16] == own {
            bytes[at..at + 16].copy_from_slice(&other);
        }
    }
    bytes
}

/// Words, texts and signs, without comments; the ranges of an enumeration in order.
fn tokens(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        plain += before;
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    plain += rest;
    let mut lines: Vec<&str> = plain.lines().map(str::trim).collect();
    lines.retain(|line| !OF_THE_TRACER.iter().any(|name| line.starts_with(name)));
    // barectf keeps ranges in a set.
    for run in lines.chunk_by_mut(|a, b| is_range(a) && is_range(b)) {
        run.sort_by_key(|line| line.trim_end_matches(','));
    }
    lines.iter().flat_map(|line| words(line)).filter(|word| word != ",").collect()
}

fn is_range(line: &str) -> bool {
    line.starts_with('"')
}

fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut in_text, mut is_escaped) = (false, false);
    for character in line.chars() {
        if in_text {
            word.push(character);
            in_text = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            continue;
        }
        if character.is_alphanumeric() || character == '_' {
            word.push(character);
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character == '"' {
            word.push(character);
            in_text = true;
        } else if !character.is_whitespace() {
            words.push(character.to_string());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
