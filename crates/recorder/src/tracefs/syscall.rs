//! Arguments of system calls.
//!
//! The kernel keeps each in the 8 bytes of a register, and says its type. What of these bytes is
//! the argument, and what it means, follows from the type.

use super::format::{Field, Kind};

/// How many bytes a register has.
const REGISTER_BYTES: u32 = 8;
/// What is said to be a text by its type, and is not: it has a length instead of an end.
const BUFFERS: [&str; 2] = ["buf", "u_msg_ptr"];

/// Makes of a register what its type says.
pub fn argument(field: &mut Field) {
    if field.size != REGISTER_BYTES {
        return;
    }
    if field.c_type == "const char *" && !BUFFERS.contains(&field.name.as_str()) {
        field.kind = Kind::ProcessText;
    } else if let Some((size, is_signed)) = number(&field.c_type) {
        if cfg!(target_endian = "big") {
            field.offset += REGISTER_BYTES - size;
        }
        field.size = size;
        field.kind = Kind::Number { is_signed, is_pointer: false };
    }
}

/// How many bytes of the register are the number, and whether it may be below 0.
fn number(c_type: &str) -> Option<(u32, bool)> {
    Some(match c_type.trim_start_matches("const ") {
        "short" => (2, true),
        "u16" | "umode_t" | "unsigned short" => (2, false),
        "int" | "s32" | "pid_t" | "key_t" | "clockid_t" | "timer_t" | "mqd_t" => (4, true),
        "unsigned" | "unsigned int" | "u32" | "uid_t" | "gid_t" | "qid_t" | "mode_t" => (4, false),
        "long" | "off_t" | "loff_t" | "ssize_t" | "s64" => (8, true),
        _ => return None,
    })
}
