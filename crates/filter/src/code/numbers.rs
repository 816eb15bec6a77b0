//! Steps that have to do with numbers alone: most filters have no others, and the shorter these
//! are, the less an event costs that a filter discards.

use super::kind;
use super::machine::Machine;
use super::op::{Compare, Test};
use super::word::Word;
use crate::data::Data;
use crate::number::compare;
use crate::verdict::Outcome;

/// Where a step leads.
pub(super) enum Led {
    /// Behind so many words after the next one.
    By(u16),
    /// To the end.
    End(Outcome),
    /// It is not one of these.
    Nowhere,
}

impl Machine {
    /// Does a step with numbers. The word is taken apart here: to make an [`Op`](super::op::Op) of
    /// it first takes as long as the step.
    #[inline(always)]
    pub(super) fn step<D: Data>(&mut self, word: Word, data: &D) -> Led {
        match word.kind() {
            kind::CONSTANT => self.set(word.a(), u64::from(word.value())),
            kind::CONSTANT_HIGH => {
                self.set(word.a(), self.number(word.a()) | u64::from(word.value()) << 32);
            }
            kind::NUMBER => match data.number(word.high()) {
                Some(number) => self.set(word.a(), number),
                None => return Led::By(word.low()),
            },
            kind::COMPUTE => {
                let Some((operator, sign)) = word.operator() else { return Led::Nowhere };
                let (left, right) = (self.number(word.b()), self.number(word.c()));
                self.set(word.a(), operator.of(left, right, sign));
            }
            kind::JUMP => return Led::By(word.low()),
            kind::JUMP_IF => {
                let Some(test) = word.test() else { return Led::Nowhere };
                if is_so(test, self.number(word.a()), self.number(word.b())) {
                    return Led::By(word.low());
                }
            }
            kind::END => return Led::End(Outcome::Verdict(word.verdict())),
            _ => return Led::Nowhere,
        }
        Led::By(0)
    }

    /// Does the step if it is of this kind; how many words further it leads.
    #[inline(always)]
    pub(super) fn step_of<D: Data>(&mut self, kind: u8, word: Option<Word>, data: &D) -> usize {
        match word.filter(|word| word.kind() == kind).map(|word| self.step(word, data)) {
            Some(Led::By(by)) => 1 + usize::from(by),
            _ => 0,
        }
    }

    pub(super) fn number(&self, register: u8) -> u64 {
        self.numbers.get(usize::from(register)).copied().unwrap_or_default()
    }

    pub(super) fn set(&mut self, register: u8, number: u64) {
        if let Some(to) = self.numbers.get_mut(usize::from(register)) {
            *to = number;
        }
    }
}

fn is_so(test: Test, left: u64, right: u64) -> bool {
    let order = compare(left, test.left, right, test.right);
    let is_so = match test.compare {
        Compare::Equal => order.is_eq(),
        Compare::Less => order.is_lt(),
        Compare::LessOrEqual => order.is_le(),
    };
    is_so != test.is_not
}
