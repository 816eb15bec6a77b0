//! Numbers and columns as text, without the cost of a format string: a trace has many lines.

/// Appends a number.
pub fn push(out: &mut String, value: u64) {
    push_right(out, value, 0);
}

/// Appends a number, with blanks before it to fill `width` columns.
pub fn push_right(out: &mut String, mut value: u64, width: usize) {
    // 20 digits hold every u64.
    let mut text = [0; 20];
    let mut at = text.len();
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
        at -= 1;
        if value == 0 {
            break;
        }
    }
    let text = text.get(at..).unwrap_or(&[]);
    push_blanks(out, width.saturating_sub(text.len()));
    push_ascii(out, text);
}

/// Appends the last `N` digits of a number, with zeroes before it.
pub fn push_fixed<const N: usize>(out: &mut String, mut value: u64) {
    let mut text = [b'0'; N];
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
    push_ascii(out, &text);
}

/// Appends a text, with blanks after it to fill `width` columns.
pub fn push_left(out: &mut String, text: &str, width: usize) {
    out.push_str(text);
    push_blanks(out, width.saturating_sub(text.chars().count()));
}

/// Appends so many blanks.
pub fn push_blanks(out: &mut String, count: usize) {
    const BLANKS: &str = "                                ";
    let mut left = count;
    while left > 0 {
        let now = left.min(BLANKS.len());
        out.push_str(BLANKS.get(..now).unwrap_or(BLANKS));
        left -= now;
    }
}

/// Appends two hexadecimal digits a byte.
pub fn push_hex(out: &mut String, bytes: &[u8]) {
    out.reserve(2 * bytes.len());
    for &byte in bytes {
        out.push_str(hex_pair(byte));
    }
}

/// A byte as two hexadecimal digits.
pub fn hex_pair(byte: u8) -> &'static str {
    const PAIRS: [[u8; 2]; 256] = pairs();
    std::str::from_utf8(&PAIRS[usize::from(byte)]).unwrap_or("??")
}

const fn pairs() -> [[u8; 2]; 256] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    pairs
}

fn push_ascii(out: &mut String, text: &[u8]) {
    out.push_str(std::str::from_utf8(text).unwrap_or(""));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(push: impl Fn(&mut String)) -> String {
        let mut out = String::new();
        push(&mut out);
        out
    }

    #[test]
    fn numbers() {
        for value in [0, 7, 10, 1234, u64::MAX] {
            assert_eq!(made(|out| super::push(out, value)), value.to_string());
            assert_eq!(made(|out| push_right(out, value, 9)), format!("{value:9}"));
        }
        assert_eq!(made(|out| push_fixed::<9>(out, 42)), "000000042");
    }

    #[test]
    fn columns() {
        assert_eq!(made(|out| push_left(out, "ä", 3)), "ä  ");
        assert_eq!(made(|out| push_left(out, "long", 3)), "long");
        assert_eq!(made(|out| push_blanks(out, 70)), " ".repeat(70));
        assert_eq!(made(|out| push_hex(out, &[0, 0x9f, 255])), "009fff");
    }
}
