//! What metadata says, whatever it looks like.

/// The variables that say who made it, and when.
const OF_THE_TRACER: [&str; 5] =
    ["tracer_major", "tracer_minor", "tracer_patch", "tracer_pre", "barectf_gen_date"];

/// Fails at the first token that differs.
pub fn compare(ours: &str, theirs: &str) -> Result<(), String> {
    let (ours, theirs) = (tokens(ours), tokens(theirs));
    let at = ours.iter().zip(&theirs).position(|(ours, theirs)| ours != theirs);
    let at = at.or((ours.len() != theirs.len()).then_some(ours.len().min(theirs.len())));
    let Some(at) = at else { return Ok(()) };
    let around =
        |tokens: &[String]| tokens[at.saturating_sub(8)..(at + 3).min(tokens.len())].join(" ");
    Err(format!("metadata: marey `{}`, barectf `{}`", around(&ours), around(&theirs)))
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
    // barectf leaves it out.
    lines.retain(|line| *line != "loglevel = 0;");
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
