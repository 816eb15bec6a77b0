//! Where the kernel keeps the registers of a program: offsets in its `struct pt_regs`.

/// What is known of this machine's registers.
#[derive(Debug)]
pub struct Machine {
    /// The instruction that is reached.
    pub instruction: i16,
    /// What a function returns.
    pub returned: i16,
    /// The arguments of a function, as far as they are in registers.
    pub arguments: &'static [i16],
    /// The names of registers in the arguments of probes, each with its offset.
    pub names: fn(&str) -> Option<i16>,
}

/// Those of this machine, if marey knows them.
pub fn here() -> Option<&'static Machine> {
    match std::env::consts::ARCH {
        "x86_64" => Some(&X86_64),
        "aarch64" => Some(&AARCH64),
        _ => None,
    }
}

/// `arch/x86/include/asm/ptrace.h`; arguments by the System V ABI, AMD64, section 3.2.3.
pub const X86_64: Machine = Machine {
    instruction: 128,
    returned: 80,
    arguments: &[112, 104, 96, 88, 72, 64],
    names: x86_64,
};

/// `arch/arm64/include/uapi/asm/ptrace.h`; arguments by the AAPCS64, section 6.8.2.
pub const AARCH64: Machine = Machine {
    instruction: 256,
    returned: 0,
    arguments: &[0, 8, 16, 24, 32, 40, 48, 56],
    names: aarch64,
};

/// `%rdi`, `%edi`, `%di`, `%dil`, `%r10d`.
fn x86_64(name: &str) -> Option<i16> {
    const OLD: [(&str, [&str; 4], i16); 9] = [
        ("rax", ["eax", "ax", "al", "ah"], 80),
        ("rbx", ["ebx", "bx", "bl", "bh"], 40),
        ("rcx", ["ecx", "cx", "cl", "ch"], 88),
        ("rdx", ["edx", "dx", "dl", "dh"], 96),
        ("rsi", ["esi", "si", "sil", ""], 104),
        ("rdi", ["edi", "di", "dil", ""], 112),
        ("rbp", ["ebp", "bp", "bpl", ""], 32),
        ("rsp", ["esp", "sp", "spl", ""], 152),
        ("rip", ["", "", "", ""], 128),
    ];
    const NEW: [(&str, i16); 8] = [
        ("r8", 72),
        ("r9", 64),
        ("r10", 56),
        ("r11", 48),
        ("r12", 24),
        ("r13", 16),
        ("r14", 8),
        ("r15", 0),
    ];
    let name = name.strip_prefix('%')?;
    // The second byte of a register is not at its start.
    let old = OLD.iter().find(|(whole, parts, _)| {
        name == *whole || parts.get(..3).is_some_and(|parts| parts.contains(&name))
    });
    let new = || {
        let bare = name.strip_suffix(['d', 'w', 'b']).unwrap_or(name);
        NEW.iter().find(|(whole, _)| bare == *whole).map(|(_, at)| *at)
    };
    old.filter(|_| !name.is_empty()).map(|(_, _, at)| *at).or_else(new)
}

/// `x0`, `w0`, `sp`.
fn aarch64(name: &str) -> Option<i16> {
    if name == "sp" {
        return Some(248);
    }
    let number: i16 = name.strip_prefix(['x', 'w'])?.parse().ok()?;
    (0..=30).contains(&number).then_some(8 * number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_register_are_where_it_is() {
        for (names, at) in [
            ("%rdi %edi %di %dil", 112),
            ("%rax %eax %ax %al", 80),
            ("%r8 %r8d %r8w %r8b", 72),
            ("%r15 %r15d", 0),
            ("%rip", 128),
        ] {
            names.split(' ').for_each(|name| assert_eq!(x86_64(name), Some(at), "{name}"));
        }
        for name in ["%ah", "rdi", "%", "%xmm0", "%r16", "%r", ""] {
            assert_eq!(x86_64(name), None, "{name}");
        }
        let all = ["x0", "w30", "sp", "x31", "q0"].map(aarch64);
        assert_eq!(all, [Some(0), Some(240), Some(248), None, None]);
    }
}
