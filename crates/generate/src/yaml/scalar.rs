//! What a scalar means, as PyYAML's `SafeLoader` resolves and constructs it.

use super::Value;

/// Words for a scalar of this kind, which no configuration has a use for.
pub(super) const TIMESTAMP: &str = "a timestamp";
/// As [`TIMESTAMP`].
pub(super) const BINARY: &str = "binary data";

/// What a plain scalar means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plain {
    /// A value.
    Value(Value),
    /// `<<`, which merges maps when it is a key.
    Merge,
    /// `=`, which stands for the value of a map when it is a key, and is text there.
    Default,
}

/// Why a scalar can't be read: words for a message, such as "too large".
pub(super) type Wrong = &'static str;

/// What a plain scalar without a tag means.
pub(super) fn resolve(text: &str) -> Result<Plain, Wrong> {
    let value = match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::Bool(false)
        }
        "<<" => return Ok(Plain::Merge),
        "=" => return Ok(Plain::Default),
        _ if is_float(text) => Value::Float(float(text)?),
        _ if is_int(text) => Value::Int(int(text)?),
        _ if is_timestamp(text) => Value::Other(TIMESTAMP, text.into()),
        _ => Value::Text(text.into()),
    };
    Ok(Plain::Value(value))
}

/// What a scalar with one of YAML's own tags means; `None` when there is no such tag.
pub(super) fn construct(tag: &str, text: &str) -> Option<Result<Value, Wrong>> {
    Some(match tag {
        "str" => Ok(Value::Text(text.into())),
        "null" => Ok(Value::Null),
        "int" => int(text.trim()).map(Value::Int),
        "float" => float(text.trim()).map(Value::Float),
        "bool" => match text.to_lowercase().as_str() {
            "yes" | "true" | "on" => Ok(Value::Bool(true)),
            "no" | "false" | "off" => Ok(Value::Bool(false)),
            _ => Err("not a boolean"),
        },
        "binary" => Ok(Value::Other(BINARY, text.into())),
        "timestamp" if is_timestamp(text) => Ok(Value::Other(TIMESTAMP, text.into())),
        "timestamp" => Err("not a timestamp"),
        _ => return None,
    })
}

/// `[-+]?0b[01_]+`, `[-+]?0[0-7_]+`, `[-+]?(0|[1-9][0-9_]*)`, `[-+]?0x[0-9a-fA-F_]+`, or
/// `[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+`.
fn is_int(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let all = |rest: &str, is: fn(char) -> bool| !rest.is_empty() && rest.chars().all(is);
    if let Some(rest) = text.strip_prefix("0b") {
        return all(rest, |c| matches!(c, '0' | '1' | '_'));
    }
    if let Some(rest) = text.strip_prefix("0x") {
        return all(rest, |c| c.is_ascii_hexdigit() || c == '_');
    }
    if let Some(rest) = text.strip_prefix('0') {
        return rest.chars().all(|c| matches!(c, '0'..='7' | '_'));
    }
    let mut parts = text.split(':');
    parts.next().is_some_and(is_digits) && parts.all(is_sixtieth)
}

/// `[0-9][0-9_]*`
fn is_digits(text: &str) -> bool {
    let first = text.starts_with(|c: char| c.is_ascii_digit());
    first && text.chars().all(|c| c.is_ascii_digit() || c == '_')
}

/// `[0-5]?[0-9]`
fn is_sixtieth(text: &str) -> bool {
    match text.as_bytes() {
        [one] => one.is_ascii_digit(),
        [ten, one] => matches!(ten, b'0'..=b'5') && one.is_ascii_digit(),
        _ => false,
    }
}

/// `[-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?`, `\.[0-9_]+([eE][-+][0-9]+)?`,
/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*`, `[-+]?\.(inf|Inf|INF)`, or `\.(nan|NaN|NAN)`.
fn is_float(text: &str) -> bool {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let Some((whole, rest)) = unsigned.split_once('.') else { return false };
    let fraction_end = rest.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(rest.len());
    let (fraction, exponent) = rest.split_at(fraction_end);
    if whole.is_empty() {
        return unsigned.len() == text.len() && !fraction.is_empty() && is_exponent(exponent);
    }
    let mut parts = whole.split(':');
    let is_sexagesimal = whole.contains(':');
    parts.next().is_some_and(is_digits)
        && parts.all(is_sixtieth)
        && if is_sexagesimal { exponent.is_empty() } else { is_exponent(exponent) }
}

/// `([eE][-+][0-9]+)?`
fn is_exponent(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['e', 'E']) else { return text.is_empty() };
    let digits = rest.strip_prefix(['-', '+']).unwrap_or("");
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}

/// A whole number that looks like one, or is said to be one.
fn int(text: &str) -> Result<i128, Wrong> {
    let text = text.replace('_', "");
    let (is_negative, digits) = sign(&text);
    let size = if let Some(rest) = digits.strip_prefix("0b") {
        magnitude(rest, 2)
    } else if let Some(rest) = digits.strip_prefix("0x") {
        magnitude(rest, 16)
    } else if let Some(rest) = digits.strip_prefix('0').filter(|rest| !rest.is_empty()) {
        magnitude(rest.strip_prefix('o').unwrap_or(rest), 8)
    } else if digits.contains(':') {
        sexagesimal(digits)
    } else {
        magnitude(digits, 10)
    }?;
    let number = if is_negative { 0i128.checked_sub_unsigned(size) } else { size.try_into().ok() };
    number.ok_or(TOO_LARGE)
}

const TOO_LARGE: Wrong = "too large";
const NOT_INT: Wrong = "not an integer";

/// Whether there is a minus, and what stands behind the sign.
fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn magnitude(digits: &str, radix: u32) -> Result<u128, Wrong> {
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(NOT_INT);
    }
    u128::from_str_radix(digits, radix).map_err(|_| TOO_LARGE)
}

fn sexagesimal(text: &str) -> Result<u128, Wrong> {
    text.split(':').try_fold(0u128, |sum, part| {
        let part = magnitude(part, 10)?;
        sum.checked_mul(60).and_then(|sum| sum.checked_add(part)).ok_or(TOO_LARGE)
    })
}

/// A number that looks like one with a point, or is said to be one.
fn float(text: &str) -> Result<f64, Wrong> {
    let text = text.replace('_', "").to_lowercase();
    let (is_negative, digits) = sign(&text);
    let size = match digits {
        ".nan" => return Ok(f64::NAN),
        ".inf" => f64::INFINITY,
        _ if digits.starts_with(['-', '+']) => return Err(NOT_FLOAT),
        _ if digits.contains(':') => sexagesimal_float(digits)?,
        _ => digits.parse().map_err(|_| NOT_FLOAT)?,
    };
    Ok(if size.is_nan() {
        f64::NAN
    } else if is_negative {
        -size
    } else {
        size
    })
}

const NOT_FLOAT: Wrong = "not a number";

/// PyYAML adds up from the right; so the same rounding.
fn sexagesimal_float(text: &str) -> Result<f64, Wrong> {
    let (mut sum, mut base) = (0.0, 1.0);
    for part in text.rsplit(':') {
        let part: f64 = part.parse().map_err(|_| NOT_FLOAT)?;
        sum += part * base;
        base *= 60.0;
    }
    if f64::is_finite(sum) { Ok(sum) } else { Err(TOO_LARGE) }
}

/// A date as `YYYY-MM-DD`, or a date and a time, with more freedom.
fn is_timestamp(text: &str) -> bool {
    let mut scan = Scan(text);
    let start = scan.digits(4, 4) && scan.one("-");
    if !start {
        return false;
    }
    let (is_date, rest) = (is_short_date(scan.0), &mut scan);
    is_date || is_long_timestamp(rest)
}

fn is_short_date(text: &str) -> bool {
    let mut scan = Scan(text);
    scan.digits(2, 2) && scan.one("-") && scan.digits(2, 2) && scan.0.is_empty()
}

/// `[0-9][0-9]?-[0-9][0-9]?([Tt]|[ \t]+)[0-9][0-9]?:[0-9][0-9]:[0-9][0-9](\.[0-9]*)?` and a zone:
/// `([ \t]*(Z|[-+][0-9][0-9]?(:[0-9][0-9])?))?`
fn is_long_timestamp(scan: &mut Scan<'_>) -> bool {
    let day = scan.digits(1, 2) && scan.one("-") && scan.digits(1, 2);
    let apart = day && (scan.one("Tt") || scan.blanks() > 0);
    let minute = apart && scan.digits(1, 2) && scan.one(":") && scan.digits(2, 2);
    let second = minute && scan.one(":") && scan.digits(2, 2);
    if !second {
        return false;
    }
    if scan.one(".") {
        scan.digits(0, usize::MAX);
    }
    if scan.0.is_empty() {
        return true;
    }
    scan.blanks();
    let zone = scan.one("Z")
        || scan.one("-+") && scan.digits(1, 2) && (!scan.one(":") || scan.digits(2, 2));
    zone && scan.0.is_empty()
}

/// What is still to be matched.
struct Scan<'a>(&'a str);

impl Scan<'_> {
    /// Takes up to `max` digits; whether there were `min`.
    fn digits(&mut self, min: usize, max: usize) -> bool {
        let count = self.0.bytes().take(max).take_while(u8::is_ascii_digit).count();
        self.0 = self.0.get(count..).unwrap_or("");
        count >= min
    }

    /// Takes one character, when it is one of these.
    fn one(&mut self, of: &str) -> bool {
        let rest = self.0.strip_prefix(|c| of.contains(c));
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn blanks(&mut self) -> usize {
        let rest = self.0.trim_start_matches([' ', '\t']);
        let count = self.0.len() - rest.len();
        self.0 = rest;
        count
    }
}
