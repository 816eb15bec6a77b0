//! Sizes as people write them.

/// The longest ring.
const BUFFER_BYTES_MAX: usize = 2 << 30;
/// The shortest one: a page.
const BUFFER_BYTES_MIN: usize = 4 << 10;

/// A number of bytes, with a unit or without: `64KiB`, `32MiB`, `1GiB`, `4096`.
///
/// # Errors
/// How it is written.
pub fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 4] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("", 1)];
    let unit = UNITS.iter().find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, bytes)));
    let bytes = unit.and_then(|(number, unit)| number.parse::<u64>().ok()?.checked_mul(*unit));
    bytes.ok_or_else(|| "a size is written as 64KiB, 32MiB or 1GiB".to_owned())
}

/// How long a ring is, in bytes: a power of two, from one page up.
///
/// # Errors
/// How it is written, and which sizes there are.
pub fn buffer(text: &str) -> Result<usize, String> {
    match usize::try_from(size(text)?).unwrap_or(usize::MAX) {
        bytes @ BUFFER_BYTES_MIN..=BUFFER_BYTES_MAX if bytes.is_power_of_two() => Ok(bytes),
        bytes @ BUFFER_BYTES_MIN..=BUFFER_BYTES_MAX => {
            Err(format!("no power of two; {} is", bytes.next_power_of_two()))
        }
        _ => Err("it must be from 4KiB to 2GiB".to_owned()),
    }
}
