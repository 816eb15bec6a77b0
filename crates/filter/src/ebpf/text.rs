//! Texts on the stack.

use super::assembler::Label;
use super::insn::{Insn, Jump, Reg, Size};
use super::{Generator, StackText, TEXT_BYTES_MAX, Unsupported};
use crate::check::typed::Text;
use crate::code::TextCompare;

impl Generator<'_> {
    /// Leads to `to` if a text of the event is a constant, or is not, as `when` says.
    pub(super) fn texts(
        &mut self,
        compare: TextCompare,
        left: &Text,
        right: &Text,
        when: bool,
        to: Label,
    ) -> Result<(), Unsupported> {
        let (left, right) = (self.resolved(left)?, self.resolved(right)?);
        let (text, constant) = match (left, right) {
            (Text::Constant(constant), text) | (text, Text::Constant(constant)) => (text, constant),
            _ => return Self::unsupported("the kernel compares texts with constants only"),
        };
        if compare != TextCompare::Equal {
            return Self::unsupported("the kernel only sees whether texts are the same");
        }
        let (at, constant) = (self.text_of(text)?, constant.clone());
        if constant.len() > usize::from(at.len) || constant.contains(&0) {
            // It is longer than the text can be, or holds what ends one.
            if !when {
                self.code.jump(Insn::jump(), to);
            }
            return Ok(());
        }
        if constant.len() > TEXT_BYTES_MAX {
            return Self::unsupported("the kernel compares at most 256 bytes of a text");
        }
        self.equal(at, &constant, when, to);
        Ok(())
    }

    /// Compares as many bytes at once as can be, and the 0 behind them.
    fn equal(&mut self, at: StackText, constant: &[u8], when: bool, to: Label) {
        let mut bytes = constant.to_vec();
        if bytes.len() < usize::from(at.len) {
            bytes.push(0);
        }
        let behind = self.code.label();
        let differs = if when { behind } else { to };
        let mut rest = bytes.as_slice();
        let mut offset = at.offset;
        while !rest.is_empty() {
            let size = if rest.len() >= 8 {
                Size::B8
            } else if rest.len() >= 4 {
                Size::B4
            } else if rest.len() >= 2 {
                Size::B2
            } else {
                Size::B1
            };
            let (here, behind_it) =
                rest.split_at_checked(size.bytes() as usize).unwrap_or((rest, &[]));
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(here) {
                *to = *from;
            }
            self.code.push(Insn::load(size, Reg::R1, Reg::FP, offset));
            // A load is in the byte order of the machine; so is this.
            let value = match size {
                Size::B1 => u64::from(word[0]),
                Size::B2 => u64::from(u16::from_ne_bytes([word[0], word[1]])),
                Size::B4 => u64::from(u32::from_ne_bytes([word[0], word[1], word[2], word[3]])),
                Size::B8 => u64::from_ne_bytes(word),
            };
            match i32::try_from(value) {
                Ok(small) => {
                    self.code.jump(Insn::jump_if_k(Jump::Ne, Reg::R1, small), differs);
                }
                Err(_) => {
                    self.code.constant(Reg::R2, value);
                    self.code.jump(Insn::jump_if(Jump::Ne, Reg::R1, Reg::R2), differs);
                }
            }
            offset += size.bytes() as i16;
            rest = behind_it;
        }
        if when {
            self.code.jump(Insn::jump(), to);
        }
        self.code.bind(behind);
    }
}
