//! Numbers that the metadata cannot say, or a tracer cannot count with.

use crate::diagnostic::Problems;
use crate::yaml::Node;

/// Places in packets are counted in 32 bits.
const ALIGNMENT_BITS_MAX: i128 = 1 << 31;

/// Checks the number of an alignment.
pub fn alignment(node: Option<&Node>, problems: &mut Problems) {
    at_most(node, ALIGNMENT_BITS_MAX, problems);
}

/// Checks a number that the metadata says in 64 bits, with or without a sign.
pub fn environment(node: &Node, problems: &mut Problems) {
    at_most(Some(node), u64::MAX.into(), problems);
    at_least(node, i64::MIN.into(), problems);
}

/// Checks that a number, if it is one, is not above this.
pub fn at_most(node: Option<&Node>, max: i128, problems: &mut Problems) {
    if let Some((node, number)) = node.and_then(|node| Some((node, node.as_int()?)))
        && number > max
    {
        problems.error(format!("`{number}` is too large"), node.span, format!("at most {max}"));
    }
}

fn at_least(node: &Node, min: i128, problems: &mut Problems) {
    if let Some(number) = node.as_int().filter(|number| *number < min) {
        problems.error(format!("`{number}` is too small"), node.span, format!("at least {min}"));
    }
}
