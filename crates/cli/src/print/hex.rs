//! Bytes in hexadecimal: offset, sixteen bytes, and what of them is ASCII.

use super::digits::{hex_pair, push_blanks};

/// How many bytes a line has.
const LINE_LEN: usize = 16;
/// How far the dump is indented, to stand under the record's line.
const INDENT: usize = 8;

/// Appends a dump of `bytes`. text2pcap reads it.
pub fn dump(out: &mut String, bytes: &[u8]) {
    for (index, line) in bytes.chunks(LINE_LEN).enumerate() {
        push_blanks(out, INDENT);
        push_offset(out, index * LINE_LEN);
        push_bytes(out, line);
        push_text(out, line);
        out.push('\n');
    }
}

/// Six digits hold all offsets into a record.
fn push_offset(out: &mut String, offset: usize) {
    let [.., a, b, c] = offset.to_be_bytes();
    for byte in [a, b, c] {
        out.push_str(hex_pair(byte));
    }
}

fn push_bytes(out: &mut String, line: &[u8]) {
    for index in 0..LINE_LEN {
        out.push(' ');
        out.push_str(line.get(index).map_or("  ", |&byte| hex_pair(byte)));
    }
    out.push_str("  ");
}

fn push_text(out: &mut String, line: &[u8]) {
    for &byte in line {
        let is_shown = matches!(byte, 0x20..=0x7e);
        out.push(if is_shown { char::from(byte) } else { '.' });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_of_sixteen_bytes() {
        let mut out = String::new();
        let bytes: Vec<u8> = (0x1b..0x1b + 18).chain([0xff]).collect();
        dump(&mut out, &bytes);
        let text = r##"..... !"#$%&'()*"##;
        let first = format!("000000 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27 28 29 2a  {text}");
        let second = format!("000010 2b 2c ff{}  +,.", " ".repeat(13 * 3));
        let expected = format!("        {first}\n        {second}\n");
        assert_eq!(out, expected);
        assert!(out.lines().all(|line| line.len() <= 80));
    }

    #[test]
    fn nothing_is_no_line() {
        let mut out = String::new();
        dump(&mut out, &[]);
        assert_eq!(out, "");
    }
}
