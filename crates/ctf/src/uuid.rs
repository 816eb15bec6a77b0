//! UUIDs as text.

use std::fmt::Write as _;

use crate::schema::Uuid;

/// A UUID as RFC 9562 §4 writes it.
pub(crate) fn text(uuid: &Uuid) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in uuid.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
