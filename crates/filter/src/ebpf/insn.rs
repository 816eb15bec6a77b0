//! Instructions of the kernel's machine.

/// A register: 0 takes what a function returns, 1 to 5 are its arguments, 6 to 9 stay, 10 is the
/// frame pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reg(pub u8);

impl Reg {
    /// What a function returns.
    pub const R0: Reg = Reg(0);
    /// The first argument.
    pub const R1: Reg = Reg(1);
    /// The second argument.
    pub const R2: Reg = Reg(2);
    /// The third argument.
    pub const R3: Reg = Reg(3);
    /// The fourth argument.
    pub const R4: Reg = Reg(4);
    /// The fifth argument.
    pub const R5: Reg = Reg(5);
    /// It stays over calls.
    pub const R6: Reg = Reg(6);
    /// It stays over calls.
    pub const R7: Reg = Reg(7);
    /// It stays over calls.
    pub const R8: Reg = Reg(8);
    /// It stays over calls.
    pub const R9: Reg = Reg(9);
    /// The frame pointer.
    pub const FP: Reg = Reg(10);
}

/// Functions of the kernel, by number: `enum bpf_func_id` of `linux/bpf.h`.
pub mod helper {
    /// `bpf_map_lookup_elem`
    pub const MAP_LOOKUP: i32 = 1;
    /// `bpf_map_update_elem`
    pub const MAP_UPDATE: i32 = 2;
    /// `bpf_map_delete_elem`
    pub const MAP_DELETE: i32 = 3;
    /// `bpf_ktime_get_ns`
    pub const KTIME_NS: i32 = 5;
    /// `bpf_get_smp_processor_id`
    pub const PROCESSOR: i32 = 8;
    /// `bpf_get_current_pid_tgid`
    pub const PID_TGID: i32 = 14;
    /// `bpf_get_current_comm`
    pub const COMM: i32 = 16;
    /// `bpf_get_stack`
    pub const STACK: i32 = 67;
    /// `bpf_get_current_cgroup_id`
    pub const CGROUP: i32 = 80;
    /// `bpf_get_current_task`
    pub const TASK: i32 = 35;
    /// `bpf_probe_read_user`
    pub const READ_PROCESS: i32 = 112;
    /// `bpf_probe_read_kernel`
    pub const READ_KERNEL: i32 = 113;
    /// `bpf_probe_read_user_str`
    pub const READ_PROCESS_TEXT: i32 = 114;
    /// `bpf_probe_read_kernel_str`
    pub const READ_KERNEL_TEXT: i32 = 115;
    /// `bpf_get_current_task_btf`
    pub const TASK_BTF: i32 = 158;
    /// `bpf_ringbuf_reserve`
    pub const RING_RESERVE: i32 = 131;
    /// `bpf_ringbuf_submit`
    pub const RING_SUBMIT: i32 = 132;
    /// `bpf_ringbuf_discard`
    pub const RING_DISCARD: i32 = 133;
}

/// How many bytes are loaded or stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Size {
    /// 1
    B1,
    /// 2
    B2,
    /// 4
    B4,
    /// 8
    B8,
}

impl Size {
    fn bits(self) -> u8 {
        match self {
            Size::B4 => 0x00,
            Size::B2 => 0x08,
            Size::B1 => 0x10,
            Size::B8 => 0x18,
        }
    }

    /// How many bytes.
    pub fn bytes(self) -> u32 {
        match self {
            Size::B1 => 1,
            Size::B2 => 2,
            Size::B4 => 4,
            Size::B8 => 8,
        }
    }

    /// The size of so many bytes.
    pub fn of(bytes: u64) -> Option<Size> {
        match bytes {
            1 => Some(Size::B1),
            2 => Some(Size::B2),
            4 => Some(Size::B4),
            8 => Some(Size::B8),
            _ => None,
        }
    }
}

/// What is computed, in 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "their names are those of the standard")]
#[repr(u8)]
pub enum Alu {
    Add = 0x00,
    Sub = 0x10,
    Mul = 0x20,
    /// Unsigned; by 0 it is 0.
    Div = 0x30,
    Or = 0x40,
    And = 0x50,
    Lsh = 0x60,
    Rsh = 0x70,
    /// Unsigned; by 0 it is what it was.
    Mod = 0x90,
    Xor = 0xa0,
    Mov = 0xb0,
    Arsh = 0xc0,
}

/// When it goes on elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "their names are those of the standard")]
#[repr(u8)]
pub enum Jump {
    Eq = 0x10,
    Gt = 0x20,
    Ge = 0x30,
    Set = 0x40,
    Ne = 0x50,
    Sgt = 0x60,
    Sge = 0x70,
    Lt = 0xa0,
    Le = 0xb0,
    Slt = 0xc0,
    Sle = 0xd0,
}

/// Where it goes on behind an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// With the next one.
    Next,
    /// Elsewhere.
    Jump,
    /// With the next one or elsewhere.
    Branch,
    /// Nowhere.
    End,
}

/// One instruction: 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Insn {
    /// What it does.
    pub code: u8,
    /// The register that it changes.
    pub dst: u8,
    /// The register that it reads.
    pub src: u8,
    /// A distance.
    pub off: i16,
    /// A number.
    pub imm: i32,
}

const ALU64: u8 = 0x07;
const JMP: u8 = 0x05;
const LDX: u8 = 0x61;
const STX: u8 = 0x63;
const ST: u8 = 0x62;
const BY_REGISTER: u8 = 0x08;

impl Insn {
    /// `dst = dst op src`
    pub fn alu(op: Alu, dst: Reg, src: Reg) -> Self {
        Insn { code: op as u8 | ALU64 | BY_REGISTER, dst: dst.0, src: src.0, off: 0, imm: 0 }
    }

    /// `dst = dst op imm`; the number is widened by its sign.
    pub fn alu_k(op: Alu, dst: Reg, imm: i32) -> Self {
        Insn { code: op as u8 | ALU64, dst: dst.0, imm, ..Insn::default() }
    }

    /// `dst = src`
    pub fn mov(dst: Reg, src: Reg) -> Self {
        Insn::alu(Alu::Mov, dst, src)
    }

    /// `dst = -dst`
    pub fn neg(dst: Reg) -> Self {
        Insn { code: 0x80 | ALU64, dst: dst.0, ..Insn::default() }
    }

    /// `dst = *(src + off)`; what is shorter than 8 bytes is widened with 0.
    pub fn load(size: Size, dst: Reg, src: Reg, off: i16) -> Self {
        Insn { code: LDX | size.bits(), dst: dst.0, src: src.0, off, imm: 0 }
    }

    /// `*(dst + off) = src`
    pub fn store(size: Size, dst: Reg, off: i16, src: Reg) -> Self {
        Insn { code: STX | size.bits(), dst: dst.0, src: src.0, off, imm: 0 }
    }

    /// `*(dst + off) = imm`
    pub fn store_k(size: Size, dst: Reg, off: i16, imm: i32) -> Self {
        Insn { code: ST | size.bits(), dst: dst.0, src: 0, off, imm }
    }

    /// Adds a register to what is in memory, at once for all CPUs.
    pub fn atomic_add(size: Size, dst: Reg, off: i16, src: Reg) -> Self {
        Insn { code: 0xc3 | size.bits(), dst: dst.0, src: src.0, off, imm: 0 }
    }

    /// `dst = value`: two instructions.
    pub fn load_64(dst: Reg, value: u64) -> [Self; 2] {
        let [a, b, c, d, e, f, g, h] = value.to_le_bytes();
        let low = i32::from_le_bytes([a, b, c, d]);
        let high = i32::from_le_bytes([e, f, g, h]);
        let first = Insn { code: 0x18, dst: dst.0, imm: low, ..Insn::default() };
        [first, Insn { imm: high, ..Insn::default() }]
    }

    /// `dst = the map of this descriptor`: two instructions.
    pub fn load_map(dst: Reg, descriptor: i32) -> [Self; 2] {
        let first = Insn { code: 0x18, dst: dst.0, src: 1, off: 0, imm: descriptor };
        [first, Insn::default()]
    }

    /// `dst = the address of the first value of the map of this descriptor`, which is an array: two
    /// instructions.
    pub fn load_map_value(dst: Reg, descriptor: i32) -> [Self; 2] {
        Insn::load_value_at(dst, descriptor, 0)
    }

    /// The same, for so many bytes behind where the value begins.
    pub fn load_value_at(dst: Reg, descriptor: i32, at: u32) -> [Self; 2] {
        let first = Insn { code: 0x18, dst: dst.0, src: 2, off: 0, imm: descriptor };
        [first, Insn { imm: at.cast_signed(), ..Insn::default() }]
    }

    /// Calls a function of the kernel: registers 1 to 5 are lost, 0 is what it returns.
    pub fn call(function: i32) -> Self {
        Insn { code: 0x80 | JMP, imm: function, ..Insn::default() }
    }

    /// Ends the program; register 0 is what it says.
    pub fn exit() -> Self {
        Insn { code: 0x90 | JMP, ..Insn::default() }
    }

    /// Goes on elsewhere.
    pub fn jump() -> Self {
        Insn { code: JMP, ..Insn::default() }
    }

    /// Goes on elsewhere if two registers compare so.
    pub fn jump_if(jump: Jump, dst: Reg, src: Reg) -> Self {
        Insn { code: jump as u8 | JMP | BY_REGISTER, dst: dst.0, src: src.0, off: 0, imm: 0 }
    }

    /// Goes on elsewhere if a register and a number, widened by its sign, compare so.
    pub fn jump_if_k(jump: Jump, dst: Reg, imm: i32) -> Self {
        Insn { code: jump as u8 | JMP, dst: dst.0, imm, ..Insn::default() }
    }

    /// Where it goes on behind this instruction.
    pub fn flow(&self) -> Flow {
        const CALL: u8 = 0x80 | JMP;
        const EXIT: u8 = 0x90 | JMP;
        match self.code {
            JMP => Flow::Jump,
            EXIT => Flow::End,
            CALL => Flow::Next,
            code if code & 0x07 == JMP => Flow::Branch,
            _ => Flow::Next,
        }
    }

    /// The 8 bytes, as the kernel of a little-endian machine takes them.
    pub fn word(&self) -> u64 {
        let [o0, o1] = self.off.to_le_bytes();
        let [i0, i1, i2, i3] = self.imm.to_le_bytes();
        let registers = self.dst | self.src << 4;
        u64::from_le_bytes([self.code, registers, o0, o1, i0, i1, i2, i3])
    }
}
