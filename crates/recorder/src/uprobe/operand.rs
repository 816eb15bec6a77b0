//! The arguments of a probe: where they are when it is reached.
//!
//! A note says it as an assembler would: `-4@%edi 8@-16(%rbp,%rax,8) 4@$5` on x86-64,
//! `-4@w0 8@[sp, 16] 4@5` on ARM. Before the `@` stands how many bytes it has, below 0 if it may
//! be below 0 (SystemTap, "User Space Probe Implementation").

use super::registers::Machine;

/// A value of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Where it is.
    pub value: Value,
    /// How many bytes it has: 1, 2, 4 or 8.
    pub bytes: u8,
    /// It may be below 0.
    pub is_signed: bool,
}

/// Where a value is. Registers are named by their offsets in `struct pt_regs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// In a register.
    Register(i16),
    /// It is always this one.
    Constant(i64),
    /// In the memory of the process.
    Memory {
        /// The register that the address is counted from.
        base: i16,
        /// A register that is added, and by how many bits to the left it is shifted.
        index: Option<(i16, u8)>,
        /// What is added besides.
        displacement: i32,
    },
}

/// Reads the arguments of a probe. Nothing stands for those that cannot be recorded: floating-point
/// numbers, and what is named by a symbol.
pub fn arguments(text: &str, machine: &Machine) -> Vec<Option<Argument>> {
    split(text).map(|word| argument(word, machine)).collect()
}

/// The arguments are divided by spaces, and may have some within brackets.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let is_between = move |c: char| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c.is_ascii_whitespace() && depth == 0
    };
    text.split(is_between).filter(|word| !word.is_empty())
}

fn argument(word: &str, machine: &Machine) -> Option<Argument> {
    let (size, place) = word.split_once('@')?;
    let size: i8 = size.parse().ok()?;
    let bytes = size.unsigned_abs();
    let value = value(place.trim(), machine)?;
    matches!(bytes, 1 | 2 | 4 | 8).then_some(Argument { value, bytes, is_signed: size < 0 })
}

fn value(place: &str, machine: &Machine) -> Option<Value> {
    if let Some(register) = (machine.names)(place) {
        return Some(Value::Register(register));
    }
    if let Some(number) = number(place.strip_prefix('$').unwrap_or(place)) {
        return Some(Value::Constant(number));
    }
    match place.strip_prefix('[') {
        Some(inside) => arm_memory(inside.strip_suffix(']')?, machine),
        None => x86_memory(place.strip_suffix(')')?, machine),
    }
}

/// `DISPLACEMENT(BASE,INDEX,SCALE` of which all but the base may be missing.
fn x86_memory(place: &str, machine: &Machine) -> Option<Value> {
    let (displacement, registers) = place.split_once('(')?;
    let displacement = match displacement {
        "" => 0,
        text => i32::try_from(number(text)?).ok()?,
    };
    let mut parts = registers.split(',').map(str::trim);
    let base = (machine.names)(parts.next()?)?;
    let index = match (parts.next(), parts.next()) {
        (None, _) => None,
        (Some(index), scale) => {
            let by = match scale.unwrap_or("1") {
                "1" => 0,
                "2" => 1,
                "4" => 2,
                "8" => 3,
                _ => return None,
            };
            Some(((machine.names)(index)?, by))
        }
    };
    parts.next().is_none().then_some(Value::Memory { base, index, displacement })
}

/// `BASE, DISPLACEMENT` of which the second may be missing.
fn arm_memory(inside: &str, machine: &Machine) -> Option<Value> {
    let (base, displacement) = inside.split_once(',').unwrap_or((inside, "0"));
    let displacement = displacement.trim();
    let displacement = number(displacement.strip_prefix('#').unwrap_or(displacement))?;
    let base = (machine.names)(base.trim())?;
    Some(Value::Memory { base, index: None, displacement: i32::try_from(displacement).ok()? })
}

/// Decimal, or hexadecimal behind `0x`; perhaps below 0.
fn number(text: &str) -> Option<i64> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit());
    let number = match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?,
        None => digits.parse::<u64>().ok().filter(|_| is_number)?,
    };
    let number = number.cast_signed();
    Some(if is_negative { number.wrapping_neg() } else { number })
}

#[cfg(test)]
mod tests {
    use super::super::registers::{AARCH64, X86_64};
    use super::*;

    fn memory(base: i16, index: Option<(i16, u8)>, displacement: i32) -> Value {
        Value::Memory { base, index, displacement }
    }

    #[test]
    fn as_assemblers_write_them() {
        let of = |text| arguments(text, &X86_64);
        let one = |value, bytes, is_signed| Some(Argument { value, bytes, is_signed });
        assert_eq!(
            of("-4@%edi 8@-16(%rbp,%rax,8) 4@$5 1@%sil -8@$-1"),
            [
                one(Value::Register(112), 4, true),
                one(memory(32, Some((80, 3)), -16), 8, false),
                one(Value::Constant(5), 4, false),
                one(Value::Register(104), 1, false),
                one(Value::Constant(-1), 8, true),
            ]
        );
        assert_eq!(
            of("8@(%rdi) 2@0x10(%rsp) 8@(%rax,%rbx)"),
            [
                one(memory(112, None, 0), 8, false),
                one(memory(152, None, 16), 2, false),
                one(memory(80, Some((40, 0)), 0), 8, false),
            ]
        );
        let of = |text| arguments(text, &AARCH64);
        assert_eq!(
            of("-4@w1 8@[sp, 16] 8@[x2] 4@7"),
            [
                one(Value::Register(8), 4, true),
                one(memory(248, None, 16), 8, false),
                one(memory(16, None, 0), 8, false),
                one(Value::Constant(7), 4, false),
            ]
        );
    }

    #[test]
    fn what_cannot_be_recorded_keeps_its_place() {
        let all =
            arguments("8f@%xmm0 4@counter(%rip) 4 @ 4@ 3@%eax 8@(%rax,%rbx,3) 4@%eax", &X86_64);
        let is_known: Vec<bool> = all.iter().map(Option::is_some).collect();
        assert_eq!(is_known, [false, false, false, false, false, false, false, true]);
        assert_eq!(arguments("", &X86_64), []);
    }
}
