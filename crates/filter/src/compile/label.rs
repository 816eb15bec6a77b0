//! Places further down that are not known yet.

use super::{Compiler, TooLarge};
use crate::code::Op;

/// A place further down. Every jump to it stands before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Label(usize);

impl Compiler {
    pub(super) fn label(&mut self) -> Label {
        self.labels.push(std::vec::Vec::new());
        Label(self.labels.len() - 1)
    }

    pub(super) fn is_used(&self, label: Label) -> bool {
        self.labels.get(label.0).is_some_and(|jumps| !jumps.is_empty())
    }

    /// A step that may lead to the label.
    pub(super) fn emit_to(&mut self, op: Op, label: Label) -> Result<(), TooLarge> {
        let at = self.ops.len();
        self.emit(op)?;
        if let Some(jumps) = self.labels.get_mut(label.0) {
            jumps.push(at);
        }
        Ok(())
    }

    /// The label is here.
    pub(super) fn bind(&mut self, label: Label) {
        let here = self.ops.len();
        let jumps = self.labels.get_mut(label.0).map(core::mem::take).unwrap_or_default();
        for at in jumps {
            // A program has fewer words than 16 bits can count.
            let by = u16::try_from(here - at - 1).unwrap_or(u16::MAX);
            if let Some(op) = self.ops.get_mut(at) {
                op.set_by(by);
            }
        }
    }
}
