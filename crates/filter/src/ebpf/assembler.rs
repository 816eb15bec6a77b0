//! Instructions one after the other, with places further down.

use std::format;
use std::vec::Vec;

use super::Unsupported;
use super::insn::{Insn, Reg};

/// How many instructions a program may have, far below what the kernel takes.
pub const INSNS_MAX: usize = 16_384;

/// A place further down; all jumps to it stand before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label(usize);

/// Instructions, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Assembler {
    insns: Vec<Insn>,
    labels: Vec<Vec<usize>>,
}

impl Assembler {
    /// A place that is not known yet.
    pub fn label(&mut self) -> Label {
        self.labels.push(Vec::new());
        Label(self.labels.len() - 1)
    }

    /// Adds an instruction.
    pub fn push(&mut self, insn: Insn) {
        self.insns.push(insn);
    }

    /// Adds several.
    pub fn extend(&mut self, insns: impl IntoIterator<Item = Insn>) {
        self.insns.extend(insns);
    }

    /// A number in a register, with as few instructions as it takes.
    pub fn constant(&mut self, dst: Reg, value: u64) {
        match i32::try_from(value.cast_signed()) {
            Ok(small) => self.push(Insn::alu_k(super::insn::Alu::Mov, dst, small)),
            Err(_) => self.extend(Insn::load_64(dst, value)),
        }
    }

    /// An instruction that leads to a label.
    pub fn jump(&mut self, insn: Insn, to: Label) {
        if let Some(jumps) = self.labels.get_mut(to.0) {
            jumps.push(self.insns.len());
        }
        self.insns.push(insn);
    }

    /// Whether something leads to this label.
    pub fn is_used(&self, label: Label) -> bool {
        self.labels.get(label.0).is_some_and(|jumps| !jumps.is_empty())
    }

    /// The label is here.
    pub fn bind(&mut self, label: Label) {
        let here = self.insns.len();
        let jumps = self.labels.get_mut(label.0).map(core::mem::take).unwrap_or_default();
        for at in jumps {
            if let Some(insn) = self.insns.get_mut(at) {
                insn.off = i16::try_from(here - at - 1).unwrap_or(i16::MAX);
            }
        }
    }

    /// How many instructions there are.
    pub fn len(&self) -> usize {
        self.insns.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.insns.is_empty()
    }

    /// The program, without what nothing leads to.
    ///
    /// # Errors
    /// When it has more than [`INSNS_MAX`] instructions, or a label that is nowhere.
    pub fn finish(self) -> Result<Vec<Insn>, Unsupported> {
        if self.insns.len() > INSNS_MAX {
            let what = format!("it takes more than {INSNS_MAX} instructions of the kernel");
            return Err(Unsupported(what));
        }
        match self.labels.iter().all(Vec::is_empty) {
            true => Ok(super::reach::reachable(self.insns)),
            false => Err(Unsupported("a label of the program is nowhere".into())),
        }
    }
}
