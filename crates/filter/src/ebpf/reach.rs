//! Instructions that nothing leads to: the kernel takes no program that has some.

use std::vec;
use std::vec::Vec;

use super::insn::{Flow, Insn};

/// Leaves out what is never run. Jumps lead forwards, as the assembler makes them.
pub fn reachable(insns: Vec<Insn>) -> Vec<Insn> {
    let mut is_reached = vec![false; insns.len()];
    if let Some(first) = is_reached.first_mut() {
        *first = true;
    }
    for (at, insn) in insns.iter().enumerate() {
        if !is_reached.get(at).copied().unwrap_or(false) {
            continue;
        }
        let target = at + 1 + usize::try_from(insn.off).unwrap_or(0);
        let (next, jump) = match insn.flow() {
            Flow::Next => (Some(at + 1), None),
            Flow::Jump => (None, Some(target)),
            Flow::Branch => (Some(at + 1), Some(target)),
            Flow::End => (None, None),
        };
        for place in [next, jump].into_iter().flatten() {
            if let Some(reached) = is_reached.get_mut(place) {
                *reached = true;
            }
        }
    }
    // How many are kept before each.
    let mut kept = Vec::with_capacity(insns.len() + 1);
    let mut count = 0_usize;
    for reached in &is_reached {
        kept.push(count);
        count += usize::from(*reached);
    }
    kept.push(count);
    let moved = insns.iter().zip(&is_reached).enumerate().filter(|(_, (_, reached))| **reached);
    moved.map(|(at, (insn, _))| shortened(*insn, at, &kept)).collect()
}

/// A jump leads over fewer instructions then.
fn shortened(insn: Insn, at: usize, kept: &[usize]) -> Insn {
    if matches!(insn.flow(), Flow::Next | Flow::End) {
        return insn;
    }
    let target = at + 1 + usize::try_from(insn.off).unwrap_or(0);
    let place = |at: usize| kept.get(at).copied().unwrap_or(0);
    let off = place(target).saturating_sub(place(at + 1));
    Insn { off: i16::try_from(off).unwrap_or(i16::MAX), ..insn }
}

#[cfg(test)]
mod tests {
    use super::super::insn::{Jump, Reg};
    use super::*;

    #[test]
    fn what_nothing_leads_to_is_left_out() {
        let mov = |value| Insn::alu_k(super::super::insn::Alu::Mov, Reg::R0, value);
        let to = |insn: Insn, off| Insn { off, ..insn };
        let [first, second] = Insn::load_64(Reg::R1, u64::MAX);
        let program = vec![
            first,
            second,
            to(Insn::jump_if_k(Jump::Eq, Reg::R1, 0), 3),
            to(Insn::jump(), 3),
            mov(1),
            mov(2),
            mov(3),
            Insn::exit(),
        ];
        // Over `mov(1)` and `mov(2)`, which are never run.
        let expected = vec![
            first,
            second,
            to(Insn::jump_if_k(Jump::Eq, Reg::R1, 0), 1),
            to(Insn::jump(), 1),
            mov(3),
            Insn::exit(),
        ];
        assert_eq!(reachable(program), expected);
    }
}
