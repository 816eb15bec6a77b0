//! Patterns with `*`, `?` and `[a-z]`.

/// Whether a text is as the pattern says, all of it.
///
/// `*` stands for any bytes, `?` for one, `[abc]` and `[a-c]` for one of these, `[!…]` and `[^…]`
/// for one that is not. A bracket that is never closed stands for itself. It takes at most the
/// product of both lengths.
///
/// ```
/// use marey_filter::glob::matches;
/// assert!(matches(b"sched_*", b"sched_switch"));
/// assert!(!matches(b"sys_[ec]*", b"sys_read"));
/// ```
pub fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    // Where to go on when what followed the last `*` does not fit: one byte further.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        if pattern.get(at) == Some(&b'*') {
            at += 1;
            retry = Some((at, read));
            continue;
        }
        let Some(byte) = text.get(read) else { return at == pattern.len() };
        match one(pattern.get(at..).unwrap_or_default(), *byte) {
            Some(len) => (at, read) = (at + len, read + 1),
            None => {
                let Some((behind_star, from)) = retry else { return false };
                retry = Some((behind_star, from + 1));
                (at, read) = (behind_star, from + 1);
            }
        }
    }
}

/// How much of the pattern stands for this byte, if it does.
fn one(pattern: &[u8], byte: u8) -> Option<usize> {
    match pattern.first()? {
        b'?' => Some(1),
        b'[' => match class(pattern) {
            Some((set, len)) => is_among(set, byte).then_some(len),
            None => (byte == b'[').then_some(1),
        },
        other => (*other == byte).then_some(1),
    }
}

/// What is between the brackets, and how long it is with them.
fn class(pattern: &[u8]) -> Option<(&[u8], usize)> {
    let inside = pattern.get(1..)?;
    let first = usize::from(matches!(inside.first(), Some(b'!' | b'^')));
    // A bracket in the first place is one of the set.
    let from = first + 1;
    let end = from + inside.get(from..)?.iter().position(|byte| *byte == b']')?;
    Some((inside.get(..end)?, end + 2))
}

fn is_among(set: &[u8], byte: u8) -> bool {
    let (is_not, mut set) = match set {
        [b'!' | b'^', rest @ ..] => (true, rest),
        set => (false, set),
    };
    let mut is_in = false;
    while let Some((first, rest)) = set.split_first() {
        let (last, rest) = match rest {
            [b'-', last, rest @ ..] => (last, rest),
            rest => (first, rest),
        };
        is_in |= (first..=last).contains(&&byte);
        set = rest;
    }
    is_in != is_not
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        let table: [(&str, &str, bool); 20] = [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("**", "abc", true),
            ("a*b*c", "aXXbYYc", true),
            ("a*b*c", "aXXbYY", false),
            ("*.yaml", "a.yaml.yaml", true),
            ("?", "", false),
            ("??", "ab", true),
            ("[abc]", "b", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]", "b", false),
            ("[^a-c]", "d", true),
            ("[]]", "]", true),
            ("[", "[", true),
            ("[a", "[a", true),
            ("[a-]", "-", true),
            ("a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
            ("*é*", "caféteria", true),
            ("sys_enter_*at", "sys_enter_openat", true),
        ];
        for (pattern, text, answer) in table {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), answer, "{pattern} {text}");
        }
    }
}
