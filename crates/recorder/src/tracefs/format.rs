//! What an event looks like: its `format` file.
//!
//! The kernel writes it for people and for tools alike (`Documentation/trace/events.rst`, section
//! 2.2): a line for each field, with its declaration in C, where it is, and how long it is.

use super::syscall;
use crate::uprobe::Site;

/// How long a format file may be.
pub const BYTES_MAX: usize = 1 << 20;
/// How many fields an event may have.
pub const FIELDS_MAX: usize = 256;
/// Where the fields of an event begin: before are those that all events have.
pub const FIRST_OFFSET: u32 = 8;

/// What an event looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// What it belongs to: `sched`.
    pub system: String,
    /// Its name: `sched_switch`.
    pub name: String,
    /// Its number: another one after each start of the machine.
    pub id: u64,
    /// Its own fields, without those that all events have.
    pub fields: Vec<Field>,
    /// Where it is in programs; nowhere if it is an event of the kernel.
    pub sites: Vec<Site>,
}

/// A field of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type, as the kernel writes it in C.
    pub c_type: String,
    /// What it is.
    pub kind: Kind,
    /// Where it is in the event, in bytes.
    pub offset: u32,
    /// How many bytes it has there.
    pub size: u32,
}

/// What a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A number of 1, 2, 4 or 8 bytes.
    Number {
        /// It may be below 0.
        is_signed: bool,
        /// It is an address.
        is_pointer: bool,
    },
    /// A text of up to as many bytes as the field has.
    Text,
    /// Numbers of so many bytes each.
    Numbers {
        /// 1, 2, 4 or 8.
        size: u32,
        /// They may be below 0.
        is_signed: bool,
    },
    /// A text elsewhere in the event.
    DynamicText(Base),
    /// A text in the memory of the process, at the address that the field holds: an argument of a
    /// system call.
    ProcessText,
    /// Numbers elsewhere in the event.
    DynamicNumbers {
        /// 1, 2, 4 or 8.
        size: u32,
        /// They may be below 0.
        is_signed: bool,
        /// What their place is counted from.
        base: Base,
    },
}

/// What the place of a dynamic field is counted from. The field itself holds the place in its lower
/// 16 bits and the length in its upper 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base {
    /// The start of the event: `__data_loc`.
    Event,
    /// The end of the field: `__rel_loc`.
    Field,
}

/// What is wrong with a format file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The line, from 1 on.
    pub line: usize,
    /// What is wrong there.
    pub what: &'static str,
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for Malformed {}

/// Reads a format file.
///
/// # Errors
/// When it is not one. Fields that no program can read, since they have no size, are left out.
///
/// ```
/// let text = "name: sys_exit\nID: 22\nformat:\n\
///     \tfield:long id;\toffset:8;\tsize:8;\tsigned:1;\n\nprint fmt: \"\"\n";
/// let format = marey_recorder::tracefs::parse("raw_syscalls", text).expect("a format");
/// assert_eq!((format.id, format.fields[0].name.as_str()), (22, "id"));
/// ```
pub fn parse(system: &str, text: &str) -> Result<Format, Malformed> {
    let malformed = |line, what| Err(Malformed { line, what });
    if text.len() > BYTES_MAX {
        return malformed(1, "it is longer than 1 MiB");
    }
    let (mut name, mut id, mut fields) = (None, None, Vec::new());
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if let Some(rest) = line.strip_prefix("name: ") {
            name = Some(rest.trim().to_owned()).filter(|name| !name.is_empty());
        } else if let Some(rest) = line.strip_prefix("ID: ") {
            id = rest.trim().parse().ok();
        } else if line.starts_with("print fmt:") {
            break;
        } else if let Some(rest) = line.trim_start().strip_prefix("field:") {
            let Some(field) = field(rest) else {
                return malformed(number, "a field is not as expected");
            };
            if fields.len() == FIELDS_MAX {
                return malformed(number, "there are more than 256 fields");
            }
            fields.extend(field);
        }
    }
    match (name, id) {
        (Some(name), Some(id)) => {
            if system == "syscalls" && name.starts_with("sys_enter_") {
                fields.iter_mut().for_each(syscall::argument);
            }
            let sites = Vec::new();
            Ok(Format { system: system.to_owned(), name, id, fields, sites })
        }
        (None, _) => malformed(1, "there is no line \"name: …\""),
        (_, None) => malformed(1, "there is no line \"ID: …\" with a number"),
    }
}

/// `TYPE NAME[COUNT];  offset:N;  size:N;  signed:N;`. Nothing inside if all events have it, or if
/// there is nothing to read.
fn field(line: &str) -> Option<Option<Field>> {
    // From the end: a type may have a semicolon in it.
    let (declaration, places) = line.rsplit_once("offset:")?;
    let mut parts = places.split(';').map(str::trim);
    let offset = number(parts.next()?)?;
    let size = number(parts.next()?.strip_prefix("size:")?)?;
    let signed = number(parts.next()?.strip_prefix("signed:")?)?;
    let end = offset.checked_add(size)?;
    let (c_type, name, count) = declared(declaration.trim().strip_suffix(';')?.trim())?;
    // Some kernels have fields of all events behind the first bytes, too.
    let is_common = offset < FIRST_OFFSET || name.starts_with("common_");
    if is_common || size == 0 || end > u32::from(u16::MAX) {
        return Some(None);
    }
    let kind = kind(&c_type, count, size, signed != 0);
    Some(Some(Field { name, c_type, kind, offset, size }))
}

/// Digits and nothing else.
fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// The type, the name, and what stands between brackets.
fn declared(text: &str) -> Option<(String, String, Option<Count<'_>>)> {
    let (mut text, mut count) = (text, None);
    while text.ends_with(']') {
        let (before, inside) = bracketed(text)?;
        // Of several, none says how many elements there are.
        count = Some(if count.is_some() { Count::Several } else { Count::One(inside) });
        text = before.trim_end();
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let start = text.rfind(|c| !is_name(c)).map_or(0, |at| at + 1);
    let (c_type, name) = text.split_at_checked(start)?;
    let is_identifier = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (is_identifier && !c_type.trim().is_empty())
        .then(|| (c_type.trim().to_owned(), name.to_owned(), count))
}

/// What stands between the brackets behind a name.
#[derive(Clone, Copy)]
enum Count<'t> {
    /// A number, or what the kernel's source calls it.
    One(&'t str),
    /// There are several pairs of brackets.
    Several,
}

/// Takes off the last pair of brackets, which may have others in it.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().rev() {
        match byte {
            b']' => depth += 1,
            b'[' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some((text.get(..at)?, text.get(at + 1..text.len() - 1)?));
        }
    }
    None
}

fn kind(c_type: &str, count: Option<Count<'_>>, size: u32, is_signed: bool) -> Kind {
    let dynamic = [("__data_loc", Base::Event), ("__rel_loc", Base::Field)];
    let dynamic = dynamic.iter().find_map(|(word, base)| Some((c_type.strip_prefix(word)?, *base)));
    if let Some((rest, base)) = dynamic.filter(|_| size == 4) {
        let element = rest.trim().trim_end_matches("[]").trim();
        return match is_char(element) {
            true => Kind::DynamicText(base),
            false => {
                let size = size_of(element).unwrap_or(1);
                Kind::DynamicNumbers { size, is_signed, base }
            }
        };
    }
    match count {
        Some(Count::One(_)) if is_char(c_type) => Kind::Text,
        Some(count) => {
            let by_count = match count {
                Count::One(count) => count.trim().parse::<u32>().ok().filter(|count| *count > 0),
                Count::Several => None,
            };
            let by_count = by_count.filter(|count| size.is_multiple_of(*count));
            let element = by_count.map(|count| size / count).or_else(|| size_of(c_type));
            let fits = |element: &u32| is_whole(*element) && size.is_multiple_of(*element);
            Kind::Numbers { size: element.filter(fits).unwrap_or(1), is_signed }
        }
        None if is_whole(size) && !is_structure(c_type) => {
            Kind::Number { is_signed, is_pointer: is_pointer(c_type) }
        }
        // Its bytes.
        None => Kind::Numbers { size: 1, is_signed: false },
    }
}

/// Some events of the kernel say `unsigned char` of what is a text, and of what is not.
fn is_char(c_type: &str) -> bool {
    matches!(c_type, "char" | "const char")
}

fn is_pointer(c_type: &str) -> bool {
    c_type.ends_with('*') || c_type.contains("(*)")
}

fn is_structure(c_type: &str) -> bool {
    let bare = c_type.strip_prefix("const ").unwrap_or(c_type);
    let is_whole = bare.starts_with("struct ") || bare.starts_with("union ");
    is_whole && !is_pointer(c_type)
}

fn is_whole(size: u32) -> bool {
    matches!(size, 1 | 2 | 4 | 8)
}

/// How long a type is, if its name says so. `long` is as long as here: recordings are made on the
/// machine that they are of.
fn size_of(c_type: &str) -> Option<u32> {
    if is_pointer(c_type) {
        return Some(std::mem::size_of::<*const u8>() as u32);
    }
    let words = c_type.split(' ').filter(|word| !matches!(*word, "const" | "unsigned" | "signed"));
    let words: Vec<&str> = words.collect();
    let bare = words.join(" ").replace("__", "");
    Some(match bare.as_str() {
        "char" | "u8" | "s8" | "uint8_t" | "int8_t" | "bool" => 1,
        "short" | "u16" | "s16" | "uint16_t" | "int16_t" => 2,
        "" | "int" | "u32" | "s32" | "uint32_t" | "int32_t" => 4,
        "long" => std::mem::size_of::<std::ffi::c_long>() as u32,
        "long long" | "u64" | "s64" | "uint64_t" | "int64_t" => 8,
        _ => return None,
    })
}
