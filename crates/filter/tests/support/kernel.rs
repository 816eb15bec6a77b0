//! The kernel's machine, as far as filters use it (RFC 9669).

use std::collections::HashMap;

use marey_filter::check::typed::{Condition, Statement};
use marey_filter::ebpf::{
    Assembler, Generator, Insn, Label, NoTables, Reg, Size, Source, StackText, Tables, Unsupported,
    helper,
};

use super::maps::Maps;

/// Values in a list, and one text of 16 bytes at the end of the stack.
pub struct Listed;

pub const TEXT: StackText = StackText { offset: -16, len: 16 };

impl Source for Listed {
    fn number(&self, slot: u16, to: Reg, code: &mut Assembler) -> Result<(), Unsupported> {
        let offset = i16::try_from(slot * 8).expect("few");
        code.push(Insn::load(Size::B8, to, Reg::R6, offset));
        Ok(())
    }

    fn text(&self, _: u16) -> Result<StackText, Unsupported> {
        Ok(TEXT)
    }

    fn longest(&self, _: u16) -> Result<usize, Unsupported> {
        Ok(TEXT.len.into())
    }

    fn copy_text(
        &self,
        _: u16,
        at: i16,
        bytes: u16,
        code: &mut Assembler,
    ) -> Result<(), Unsupported> {
        assert!(bytes > TEXT.len, "there is a 0 behind it");
        for word in [0, 8] {
            code.push(Insn::load(Size::B8, Reg::R1, Reg::FP, TEXT.offset + word));
            code.push(Insn::store(Size::B8, Reg::FP, at + word, Reg::R1));
        }
        Ok(())
    }
}

/// A program that returns 1 if the condition holds, else 0.
pub fn program(condition: &Condition) -> Result<Vec<Insn>, Unsupported> {
    ended(&NoTables, |generator, no| generator.branch(condition, false, no))
}

/// A program that returns 1 if a block keeps the event, else 0.
pub fn block(statements: &[Statement]) -> Result<Vec<Insn>, Unsupported> {
    counting(statements, &NoTables)
}

/// The same, for a block that counts.
pub fn counting(statements: &[Statement], tables: &dyn Tables) -> Result<Vec<Insn>, Unsupported> {
    ended(tables, |generator, no| generator.block(statements, no))
}

fn ended(
    tables: &dyn Tables,
    asked: impl FnOnce(&mut Generator<'_>, Label) -> Result<(), Unsupported>,
) -> Result<Vec<Insn>, Unsupported> {
    let mut code = Assembler::default();
    code.push(Insn::mov(Reg::R6, Reg::R1));
    let no = code.label();
    let mut generator = Generator::new(&Listed, code, TEXT.offset).with_tables(tables);
    asked(&mut generator, no)?;
    let mut code = generator.code;
    code.constant(Reg::R0, 1);
    code.push(Insn::exit());
    code.bind(no);
    code.constant(Reg::R0, 0);
    code.push(Insn::exit());
    code.finish()
}

/// Where the values are, and where the stack ends.
const VALUES: u64 = 0x1000;
const STACK_END: u64 = 0x9000;

/// Runs a program over a list of values and a text.
pub fn run(program: &[Insn], values: &[u64], text: &[u8]) -> u64 {
    run_with(program, (values, text), &mut Maps::default())
}

/// The same, for a program that counts in these maps.
pub fn run_with(program: &[Insn], (values, text): (&[u64], &[u8]), maps: &mut Maps) -> u64 {
    let mut memory: HashMap<u64, u8> = HashMap::new();
    let mut put = |at: u64, bytes: &[u8]| {
        for (offset, byte) in (0..).zip(bytes) {
            memory.insert(at + offset, *byte);
        }
    };
    for (index, value) in (0..).zip(values) {
        put(VALUES + 8 * index, &value.to_ne_bytes());
    }
    let mut comm = [0; 16];
    comm[..text.len()].copy_from_slice(text);
    put(STACK_END.wrapping_add_signed(TEXT.offset.into()), &comm);
    let mut machine = Kernel { registers: [0; 11], memory, maps };
    machine.registers[1] = VALUES;
    machine.registers[10] = STACK_END;
    let mut at = 0;
    for _ in 0..100_000 {
        let insn = program[at];
        at += 1;
        match insn.code {
            0x95 => return machine.registers[0],
            0x18 => {
                machine.registers[insn.dst as usize] = machine.maps.loaded(insn, program[at]);
                at += 1;
            }
            _ => {
                if machine.step(insn) {
                    at = at.checked_add_signed(insn.off.into()).expect("forward");
                }
            }
        }
    }
    panic!("it does not end");
}

struct Kernel<'m> {
    registers: [u64; 11],
    memory: HashMap<u64, u8>,
    maps: &'m mut Maps,
}

impl Kernel<'_> {
    /// A function for the key that register 2 leads to.
    fn call(&mut self, function: i32) {
        let [_, map, key, value, flags, ..] = self.registers;
        let key: Vec<u8> = (0..self.maps.key_bytes(map)).map(|at| self.byte(key + at)).collect();
        self.registers[0] = match function {
            helper::MAP_LOOKUP => self.maps.look_up(map, &key),
            helper::MAP_UPDATE => self.maps.add(map, &key, value, flags),
            other => panic!("function {other}"),
        };
        // Nobody may rely on what is in these.
        self.registers[1..=5].fill(0xdead_beef_dead_beef);
    }

    fn byte(&self, at: u64) -> u8 {
        *self.memory.get(&at).unwrap_or_else(|| panic!("{at:#x} was written"))
    }

    fn put(&mut self, at: u64, len: u64, value: u64) {
        assert!((STACK_END - 512..STACK_END).contains(&at), "it is on the stack");
        for (offset, byte) in (0..len).zip(value.to_le_bytes()) {
            self.memory.insert(at + offset, byte);
        }
    }

    /// Whether it goes on elsewhere.
    fn step(&mut self, insn: Insn) -> bool {
        let (dst, src) = (insn.dst as usize, insn.src as usize);
        let other = match insn.code & 0x08 {
            0 => i64::from(insn.imm).cast_unsigned(),
            _ => self.registers[src],
        };
        match insn.code & 0x07 {
            0x07 => {
                self.registers[dst] = alu(insn.code & 0xf0, self.registers[dst], other);
                false
            }
            0x05 if insn.code == 0x85 => {
                self.call(insn.imm);
                false
            }
            0x05 => jump(insn.code & 0xf0, self.registers[dst], other),
            0x01 => {
                let at = self.registers[src].wrapping_add_signed(insn.off.into());
                let bytes = len(insn.code);
                assert_eq!(at % bytes, 0, "the kernel wants it aligned");
                let value = (0..bytes)
                    .rev()
                    .fold(0, |value, offset| value << 8 | u64::from(self.byte(at + offset)));
                self.registers[dst] = value;
                false
            }
            0x02 | 0x03 => {
                let at = self.registers[dst].wrapping_add_signed(insn.off.into());
                match (insn.code, insn.code & 0x07) {
                    // Adds 8 bytes at once, to what is in a map.
                    (0xdb, _) => self.maps.count(at, self.registers[src]),
                    (code, 0x02) => self.put(at, len(code), i64::from(insn.imm).cast_unsigned()),
                    (code, _) => self.put(at, len(code), self.registers[src]),
                }
                false
            }
            other => panic!("class {other}"),
        }
    }
}

fn len(code: u8) -> u64 {
    match code & 0x18 {
        0x00 => 4,
        0x08 => 2,
        0x10 => 1,
        _ => 8,
    }
}

fn alu(op: u8, left: u64, right: u64) -> u64 {
    match op {
        0x00 => left.wrapping_add(right),
        0x10 => left.wrapping_sub(right),
        0x20 => left.wrapping_mul(right),
        0x30 => left.checked_div(right).unwrap_or(0),
        0x40 => left | right,
        0x50 => left & right,
        0x60 => left << (right & 63),
        0x70 => left >> (right & 63),
        0x80 => left.wrapping_neg(),
        0x90 => left.checked_rem(right).unwrap_or(left),
        0xa0 => left ^ right,
        0xb0 => right,
        0xc0 => (left.cast_signed() >> (right & 63)).cast_unsigned(),
        other => panic!("operation {other:#x}"),
    }
}

fn jump(op: u8, left: u64, right: u64) -> bool {
    let (a, b) = (left.cast_signed(), right.cast_signed());
    match op {
        0x00 => true,
        0x10 => left == right,
        0x20 => left > right,
        0x30 => left >= right,
        0x50 => left != right,
        0x60 => a > b,
        0x70 => a >= b,
        0xa0 => left < right,
        0xb0 => left <= right,
        0xc0 => a < b,
        0xd0 => a <= b,
        other => panic!("jump {other:#x}"),
    }
}
