//! The machine that runs programs.

use super::kind;
use super::memory::{Effect, Key, Memory};
use super::numbers::Led;
use super::op::{Op, TextCompare, TextTest};
use super::word::Word;
use super::{KEYS_MAX, Program, REGISTERS, STATE_TEXT_BYTES_MAX, TEXT_REGISTERS};
use crate::data::Data;
use crate::glob;
use crate::verdict::{Outcome, Verdict};

/// Runs programs, one after the other. It remembers nothing between runs: a verified program reads
/// only what it wrote.
///
/// ```
/// use marey_filter::code::{Compare, Limits, Machine, NoMemory, Op, Program, Test};
/// use marey_filter::{Data, Failure, Outcome, Sign, Verdict};
///
/// struct Id(u64);
/// impl Data for Id {
///     fn number(&self, _: u16) -> Option<u64> {
///         Some(self.0)
///     }
///     fn text(&self, _: u16) -> Option<&[u8]> {
///         None
///     }
/// }
///
/// let sign = Sign::Unsigned;
/// let test = Test { compare: Compare::Equal, left: sign, right: sign, is_not: false };
/// let words = [
///     Op::Number { to: 0, slot: 0, absent: 4 },
///     Op::Constant { to: 1, value: 39 },
///     Op::JumpIf { test, left: 0, right: 1, by: 1 },
///     Op::End { verdict: Verdict::Discard },
///     Op::End { verdict: Verdict::Keep },
///     Op::Fail { failure: Failure::Unanswerable },
/// ];
/// let words = words.map(|op| op.encode());
/// let program = Program::new(&words, &[], &Limits { slots: 1, ..Limits::default() })?;
/// let mut machine = Machine::default();
/// let mut verdict = |id| machine.run(&program, &Id(id), &mut NoMemory);
/// assert_eq!(verdict(39), Outcome::Verdict(Verdict::Keep));
/// assert_eq!(verdict(40), Outcome::Verdict(Verdict::Discard));
/// # Ok::<(), marey_filter::code::Refused>(())
/// ```
#[derive(Clone, Debug)]
pub struct Machine {
    pub(super) numbers: [u64; REGISTERS],
    /// Texts of the state, one for each register: state may change while they are needed.
    held: [[u8; STATE_TEXT_BYTES_MAX]; TEXT_REGISTERS],
}

impl Default for Machine {
    fn default() -> Self {
        Machine { numbers: [0; REGISTERS], held: [[0; STATE_TEXT_BYTES_MAX]; TEXT_REGISTERS] }
    }
}

/// A text in a register.
#[derive(Clone, Copy)]
enum Text<'t> {
    /// Of the event or of the program.
    Given(&'t [u8]),
    /// In the machine, so many bytes.
    Held(usize),
}

#[derive(Clone, Copy)]
enum Waiting {
    Number(u64),
    Text(u8),
}

/// What one run needs besides the numbers.
struct Run<'t> {
    texts: [Text<'t>; TEXT_REGISTERS],
    keys: [Waiting; KEYS_MAX],
    keys_len: usize,
}

impl Machine {
    /// Runs a program over an event.
    pub fn run<D: Data, M: Memory>(
        &mut self,
        program: &Program<'_>,
        data: &D,
        memory: &mut M,
    ) -> Outcome {
        let mut at = 0;
        // A verified program always ends with a verdict.
        while at < program.words.len() {
            // Most filters consist of a value, a constant, and what compares them. To look for them
            // in this order is cheaper than to be led to each by a table.
            at += self.step_of(kind::NUMBER, program.word(at), data);
            at += self.step_of(kind::CONSTANT, program.word(at), data);
            let Some(word) = program.word(at) else { break };
            match self.step(word, data) {
                Led::By(by) => at += 1 + usize::from(by),
                Led::End(outcome) => return outcome,
                Led::Nowhere => return self.run_on(program, at, data, memory),
            }
        }
        Outcome::Verdict(Verdict::Keep)
    }

    /// Goes on from a step that has to do with more than numbers.
    #[inline(never)]
    fn run_on<D: Data, M: Memory>(
        &mut self,
        program: &Program<'_>,
        mut at: usize,
        data: &D,
        memory: &mut M,
    ) -> Outcome {
        let mut run = Run {
            texts: [Text::Given(&[]); TEXT_REGISTERS],
            keys: [Waiting::Number(0); KEYS_MAX],
            keys_len: 0,
        };
        while let Some(word) = program.word(at) {
            at += 1;
            let led = match self.step(word, data) {
                Led::Nowhere => self.with_texts(word, program, &mut run, (data, memory)),
                led => led,
            };
            match led {
                Led::By(by) => at += usize::from(by),
                Led::End(outcome) => return outcome,
                Led::Nowhere => break,
            }
        }
        Outcome::Verdict(Verdict::Keep)
    }

    /// Steps with texts, or state.
    fn with_texts<'t, D: Data, M: Memory>(
        &mut self,
        word: Word,
        program: &Program<'t>,
        run: &mut Run<'t>,
        (data, memory): (&'t D, &mut M),
    ) -> Led {
        let Some(op) = Op::decode(word.0) else { return Led::Nowhere };
        let by = match op {
            Op::Fail { failure } => return Led::End(Outcome::Failed(failure)),
            Op::TextSlot { to, slot, absent } => match data.text(slot) {
                Some(text) => {
                    run.set(to, Text::Given(text));
                    0
                }
                None => absent,
            },
            Op::TextConstant { to, pool } => {
                run.set(to, Text::Given(program.text(pool)));
                0
            }
            Op::JumpIfText { test, left, right, by } => {
                let is_so = is_so_of(test, self.text(run, left), self.text(run, right));
                if is_so { by } else { 0 }
            }
            op => self.with_memory(op, program, run, memory),
        };
        Led::By(by)
    }

    /// Steps with state; how far they lead.
    fn with_memory<M: Memory>(
        &mut self,
        op: Op,
        program: &Program<'_>,
        run: &mut Run<'_>,
        memory: &mut M,
    ) -> u16 {
        match op {
            Op::Load { to, cell } => self.set(to, memory.load(cell)),
            Op::Store { from, cell } => memory.store(cell, self.number(from)),
            Op::LoadText { to, cell } => run.set(to, self.hold(to, memory.load_text(cell))),
            Op::StoreText { from, cell, failed } => {
                if memory.store_text(cell, self.text(run, from)).is_err() {
                    return failed;
                }
            }
            Op::CopyText { to, from } => self.copy_text(run, to, from),
            Op::KeyNumber { from } => run.push(Waiting::Number(self.number(from))),
            Op::KeyText { from } => run.push(Waiting::Text(from)),
            Op::Mark { pool } => memory.effect(Effect::Mark(program.text(pool))),
            Op::Send { sink } => memory.effect(Effect::Send(sink)),
            Op::Snapshot => memory.effect(Effect::Snapshot),
            Op::Stop => memory.effect(Effect::Stop),
            op => return self.with_keys(op, run, memory),
        }
        0
    }

    fn with_keys<M: Memory>(&mut self, op: Op, run: &mut Run<'_>, memory: &mut M) -> u16 {
        let mut keys = [Key::Number(0); KEYS_MAX];
        for (key, waiting) in keys.iter_mut().zip(run.keys) {
            *key = match waiting {
                Waiting::Number(number) => Key::Number(number),
                Waiting::Text(register) => Key::Text(self.text(run, register)),
            };
        }
        let keys = keys.get(..run.keys_len).unwrap_or_default();
        run.keys_len = 0;
        match op {
            Op::MapLoad { to, map, absent } => match memory.map_load(map, keys) {
                Some(number) => self.set(to, number),
                None => return absent,
            },
            Op::MapLoadText { to, map, absent } => match memory.map_load_text(map, keys) {
                Some(text) => run.set(to, self.hold(to, text)),
                None => return absent,
            },
            Op::MapStore { from, map, failed } => {
                let stored = memory.map_store(map, keys, Key::Number(self.number(from)));
                return stored.map_or(failed, |()| 0);
            }
            Op::MapStoreText { from, map, failed } => {
                let stored = memory.map_store(map, keys, Key::Text(self.text(run, from)));
                return stored.map_or(failed, |()| 0);
            }
            Op::MapDelete { map } => memory.map_delete(map, keys),
            Op::Count { table } => memory.count(table, keys),
            Op::Hist { from, sign, table } => memory.hist(table, keys, self.number(from), sign),
            _ => {}
        }
        0
    }

    fn text<'t>(&'t self, run: &Run<'t>, register: u8) -> &'t [u8] {
        let register = usize::from(register);
        match run.texts.get(register) {
            Some(Text::Given(text)) => text,
            Some(Text::Held(len)) => {
                self.held.get(register).and_then(|held| held.get(..*len)).unwrap_or_default()
            }
            None => &[],
        }
    }

    fn copy_text(&mut self, run: &mut Run<'_>, to: u8, from: u8) {
        let text = match run.texts.get(usize::from(from)) {
            Some(Text::Given(text)) => Text::Given(text),
            _ => {
                let held = self.held.get(usize::from(from)).copied();
                let held = held.unwrap_or([0; STATE_TEXT_BYTES_MAX]);
                self.hold(to, held.get(..self.text(run, from).len()).unwrap_or_default())
            }
        };
        run.set(to, text);
    }

    /// Copies a text of the state into the machine.
    fn hold<'t>(&mut self, register: u8, text: &[u8]) -> Text<'t> {
        let text = text.get(..STATE_TEXT_BYTES_MAX).unwrap_or(text);
        let held = self.held.get_mut(usize::from(register));
        if let Some(held) = held.and_then(|held| held.get_mut(..text.len())) {
            held.copy_from_slice(text);
        }
        Text::Held(text.len())
    }
}

impl<'t> Run<'t> {
    fn set(&mut self, register: u8, text: Text<'t>) {
        if let Some(to) = self.texts.get_mut(usize::from(register)) {
            *to = text;
        }
    }

    fn push(&mut self, key: Waiting) {
        if let Some(to) = self.keys.get_mut(self.keys_len) {
            *to = key;
            self.keys_len += 1;
        }
    }
}

fn is_so_of(test: TextTest, left: &[u8], right: &[u8]) -> bool {
    let is_so = match test.compare {
        TextCompare::Equal => left == right,
        TextCompare::Less => left < right,
        TextCompare::LessOrEqual => left <= right,
        TextCompare::Contains => contains(left, right),
        TextCompare::Matches => glob::matches(right, left),
    };
    is_so != test.is_not
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    part.is_empty() || text.windows(part.len()).any(|window| window == part)
}
