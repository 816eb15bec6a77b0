//! How numbers are compared and computed: 64 bits, each with the sign of its field.
//!
//! A comparison is by mathematical value. Arithmetic wraps; nothing traps: `x / 0` is 0, `x % 0` is
//! `x`, and a shift by 64 or more gives 0.

use core::cmp::Ordering;

/// What the 64 bits of a number mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Sign {
    /// 0 and more.
    #[default]
    Unsigned,
    /// Two's complement.
    Signed,
}

impl Sign {
    /// The sign of what is computed from two numbers: signed if one is.
    #[must_use]
    pub fn with(self, other: Sign) -> Sign {
        if self == Sign::Signed { self } else { other }
    }
}

/// Compares two numbers by their mathematical values.
///
/// ```
/// use core::cmp::Ordering;
/// use marey_filter::number::{Sign, compare};
/// let minus_one = -1_i64 as u64;
/// assert_eq!(compare(minus_one, Sign::Signed, 1, Sign::Unsigned), Ordering::Less);
/// assert_eq!(compare(minus_one, Sign::Unsigned, 1, Sign::Unsigned), Ordering::Greater);
/// ```
pub fn compare(left: u64, left_sign: Sign, right: u64, right_sign: Sign) -> Ordering {
    let is_below = |number: u64, sign| sign == Sign::Signed && number.cast_signed() < 0;
    match (is_below(left, left_sign), is_below(right, right_sign)) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        // Numbers below 0 are in order as their bits are.
        _ => left.cmp(&right),
    }
}

/// What is computed from two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `&`
    And,
    /// `^`
    Xor,
    /// `|`
    Or,
}

impl Operator {
    /// Computes; both numbers, and what comes of them, are of this sign.
    pub fn of(self, left: u64, right: u64, sign: Sign) -> u64 {
        match self {
            Operator::Add => left.wrapping_add(right),
            Operator::Subtract => left.wrapping_sub(right),
            Operator::Multiply => left.wrapping_mul(right),
            Operator::Divide => divided(left, right, sign),
            Operator::Remainder => remainder(left, right, sign),
            Operator::ShiftLeft => shift(right).map_or(0, |bits| left << bits),
            Operator::ShiftRight => shift(right).map_or(0, |bits| match sign {
                Sign::Unsigned => left >> bits,
                Sign::Signed => (left.cast_signed() >> bits).cast_unsigned(),
            }),
            Operator::And => left & right,
            Operator::Xor => left ^ right,
            Operator::Or => left | right,
        }
    }
}

fn shift(bits: u64) -> Option<u32> {
    u32::try_from(bits).ok().filter(|bits| *bits < u64::BITS)
}

fn divided(left: u64, right: u64, sign: Sign) -> u64 {
    match (right, sign) {
        (0, _) => 0,
        (_, Sign::Unsigned) => left / right,
        (_, Sign::Signed) => left.cast_signed().wrapping_div(right.cast_signed()).cast_unsigned(),
    }
}

fn remainder(left: u64, right: u64, sign: Sign) -> u64 {
    match (right, sign) {
        (0, _) => left,
        (_, Sign::Unsigned) => left % right,
        (_, Sign::Signed) => left.cast_signed().wrapping_rem(right.cast_signed()).cast_unsigned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_traps() {
        let least = i64::MIN.cast_unsigned();
        let minus_one = (-1_i64).cast_unsigned();
        let table = [
            (Operator::Divide, 7, 0, Sign::Unsigned, 0),
            (Operator::Divide, 7, 0, Sign::Signed, 0),
            (Operator::Divide, least, minus_one, Sign::Signed, least),
            (Operator::Divide, (-7_i64).cast_unsigned(), 2, Sign::Signed, (-3_i64).cast_unsigned()),
            (Operator::Remainder, 7, 0, Sign::Unsigned, 7),
            (Operator::Remainder, least, minus_one, Sign::Signed, 0),
            (Operator::ShiftLeft, 1, 64, Sign::Unsigned, 0),
            (Operator::ShiftLeft, 1, minus_one, Sign::Signed, 0),
            (Operator::ShiftRight, minus_one, 63, Sign::Signed, minus_one),
            (Operator::ShiftRight, minus_one, 64, Sign::Signed, 0),
            (Operator::ShiftRight, minus_one, 63, Sign::Unsigned, 1),
            (Operator::Add, u64::MAX, 1, Sign::Unsigned, 0),
            (Operator::Multiply, u64::MAX, u64::MAX, Sign::Unsigned, 1),
        ];
        for (operator, left, right, sign, answer) in table {
            assert_eq!(operator.of(left, right, sign), answer, "{operator:?} {left} {right}");
        }
    }

    #[test]
    fn comparisons_are_mathematical() {
        let minus_one = (-1_i64).cast_unsigned();
        let (signed, unsigned) = (Sign::Signed, Sign::Unsigned);
        assert_eq!(compare(minus_one, signed, minus_one, unsigned), Ordering::Less);
        assert_eq!(compare(minus_one, unsigned, minus_one, signed), Ordering::Greater);
        assert_eq!(compare(minus_one, signed, minus_one, signed), Ordering::Equal);
        assert_eq!(compare((-2_i64).cast_unsigned(), signed, minus_one, signed), Ordering::Less);
        assert_eq!(compare(5, signed, 5, unsigned), Ordering::Equal);
    }
}
