//! "Did you mean".

/// How many names are told.
const NAMES_MAX: usize = 3;
/// Longer names are not compared: the time grows with the square.
const NAME_BYTES_MAX: usize = 100;

/// Up to three candidates that are near `name`, the nearest first.
///
/// ```
/// use marey_diagnostic::nearest;
/// assert_eq!(nearest("algnment", ["size", "alignment", "minimum-alignment"]), ["alignment"]);
/// assert_eq!(nearest("Byte_Order", ["byte-order", "bit-order"]), ["byte-order", "bit-order"]);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if name.len() > NAME_BYTES_MAX {
        return Vec::new();
    }
    let wanted = plain(name);
    let limit = wanted.chars().count().div_ceil(3).max(1);
    let candidates = candidates.into_iter().filter(|candidate| candidate.len() <= NAME_BYTES_MAX);
    let mut near: Vec<(usize, &str)> = candidates
        .map(|candidate| (strsim::osa_distance(&wanted, &plain(candidate)), candidate))
        .filter(|&(distance, candidate)| distance <= limit && candidate != name)
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(NAMES_MAX).map(|(_, candidate)| candidate).collect()
}

/// A name as people remember it: case and the kind of dash do not matter.
fn plain(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}
