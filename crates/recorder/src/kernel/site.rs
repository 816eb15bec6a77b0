//! The values of a place in a program, where a program of the kernel finds those of other events.
//!
//! At such a place the kernel gives the registers. What is read by a site's
//! [`Value`](crate::uprobe::Value)s is put on the stack, 8 bytes each, as if it were an event whose
//! fields begin at [`FIRST_OFFSET`]; all that follows reads it there.

use marey_filter::ebpf::{Alu, Assembler, Insn, Reg, Size, Unsupported, helper};

use super::source::EVENT;
use crate::tracefs::FIRST_OFFSET;
use crate::uprobe::{Argument, Site, Value};

/// What the kernel gave to the program of a site: nothing else needs this register any more when
/// values are put together.
pub const REGISTERS: Reg = Reg::R8;

/// Puts the values of a site below `stack`, and lets the event begin there. Returns where the stack
/// is free below.
///
/// # Errors
/// When the kernel cannot read one.
pub fn values(site: &Site, stack: i16, code: &mut Assembler) -> Result<i16, Unsupported> {
    let bytes = i16::try_from(8 * site.values.len()).unwrap_or(i16::MAX);
    let first = stack.saturating_sub(bytes);
    for (argument, at) in site.values.iter().zip((first..stack).step_by(8)) {
        one(argument, at, code)?;
    }
    code.push(Insn::mov(REGISTERS, EVENT));
    code.push(Insn::mov(EVENT, Reg::FP));
    code.push(Insn::alu_k(Alu::Add, EVENT, i32::from(first) - FIRST_OFFSET.cast_signed()));
    Ok(first)
}

/// Puts a value on the stack, widened by its sign.
fn one(argument: &Argument, at: i16, code: &mut Assembler) -> Result<(), Unsupported> {
    match argument.value {
        Value::Register(register) => code.push(Insn::load(Size::B8, Reg::R1, EVENT, register)),
        Value::Constant(number) => code.extend(Insn::load_64(Reg::R1, number.cast_unsigned())),
        Value::Memory { base, index, displacement } => {
            code.push(Insn::load(Size::B8, Reg::R3, EVENT, base));
            if let Some((register, by)) = index {
                code.push(Insn::load(Size::B8, Reg::R1, EVENT, register));
                code.push(Insn::alu_k(Alu::Lsh, Reg::R1, by.into()));
                code.push(Insn::alu(Alu::Add, Reg::R3, Reg::R1));
            }
            code.push(Insn::alu_k(Alu::Add, Reg::R3, displacement));
            // What is not there becomes 0.
            code.push(Insn::store_k(Size::B8, Reg::FP, at, 0));
            code.push(Insn::mov(Reg::R1, Reg::FP));
            code.push(Insn::alu_k(Alu::Add, Reg::R1, at.into()));
            code.constant(Reg::R2, argument.bytes.into());
            code.push(Insn::call(helper::READ_PROCESS));
            let size = Size::of(argument.bytes.into());
            let size = size.ok_or_else(|| Unsupported("a value has no such length".to_owned()))?;
            code.push(Insn::load(size, Reg::R1, Reg::FP, at));
        }
    }
    let by = 64 - 8 * i32::from(argument.bytes);
    if by > 0 {
        let right = if argument.is_signed { Alu::Arsh } else { Alu::Rsh };
        code.push(Insn::alu_k(Alu::Lsh, Reg::R1, by));
        code.push(Insn::alu_k(right, Reg::R1, by));
    }
    code.push(Insn::store(Size::B8, Reg::FP, at, Reg::R1));
    Ok(())
}
