//! What is asked of an event in the kernel: filters, then blocks that remember nothing, in their
//! order.

use marey_filter::check::typed::{Condition, Statement};
use marey_filter::ebpf::{Alu, Assembler, Generator, Insn, Jump, Label, Reg, Size, Unsupported};
use marey_filter::uses::{self, Uses};

use super::program::{DISCARDS, FILTERED, Form, Request, count};
use super::site;
use super::source::Fields;
use super::tables::OfHandler;

/// How many filters and blocks a program may ask.
pub const ASKS_MAX: usize = 64;

/// What is asked of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The number of the filter or block in the recording: what it discards is its.
    pub rule: usize,
    /// The number of the handler that a block is of: it counts in its tables.
    pub handler: usize,
    /// What it is.
    pub what: What,
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// This must hold.
    Filter(Condition),
    /// These must not discard it.
    Block(Vec<Statement>),
}

impl Ask {
    /// A filter, for itself.
    pub fn filter(condition: Condition) -> Self {
        Ask { rule: 0, handler: 0, what: What::Filter(condition) }
    }

    /// A block, for itself.
    pub fn block(statements: Vec<Statement>) -> Self {
        Ask { rule: 0, handler: 0, what: What::Block(statements) }
    }

    /// Whether the kernel could do it at all: it neither remembers something nor acts.
    pub fn is_for_kernel(&self) -> bool {
        let uses = self.uses();
        !(uses.state || uses.acts)
    }

    /// Whether it counts something.
    pub fn counts(&self) -> bool {
        self.uses().counts
    }

    fn uses(&self) -> Uses {
        match &self.what {
            What::Filter(condition) => uses::of_condition(condition),
            What::Block(statements) => uses::of_statements(statements),
        }
    }
}

/// The bit of a rule where nothing is discarded; those behind the 64th have none.
pub fn bit(rule: usize) -> u64 {
    u32::try_from(rule).ok().and_then(|rule| 1_u64.checked_shl(rule)).unwrap_or(0)
}

/// Asks all of them. The first that discards the event counts it and leads out.
///
/// Where nothing is discarded, each sets its bit; all filters are asked then, and blocks up to the
/// first that would discard the event, as the machine does.
pub(super) fn all(
    mut code: Assembler,
    request: &Request<'_>,
    form: &Form<'_>,
    out: Label,
) -> Result<Assembler, Unsupported> {
    if form.asks.len() > ASKS_MAX {
        return Err(Unsupported(format!("more than {ASKS_MAX} filters and blocks are before it")));
    }
    if request.is_shadow {
        code.push(Insn::store_k(Size::B8, Reg::FP, DISCARDS, 0));
    }
    let stack = match (request.site, request.typed) {
        (Some(site), _) => site::values(site, DISCARDS, &mut code)?,
        (None, Some(typed)) => typed.stack(),
        (None, None) => DISCARDS,
    };
    let source = (request.format, form.slots.clone(), request.thread);
    let fields = Fields::prepare(source, form.asks, stack, &mut code)?;
    let (behind, mut is_behind_filters) = (code.label(), false);
    for (index, ask) in form.asks.iter().enumerate() {
        let is_block = matches!(ask.what, What::Block(_));
        if request.is_shadow && is_block && !is_behind_filters {
            code.push(Insn::load(Size::B8, Reg::R1, Reg::FP, DISCARDS));
            code.jump(Insn::jump_if_k(Jump::Ne, Reg::R1, 0), behind);
        }
        is_behind_filters |= is_block;
        let kept = code.label();
        let tables = OfHandler { tables: request.tables, handler: ask.handler };
        code = one(code, (&fields, &tables), ask, kept)?;
        count(&mut code, request, FILTERED + index);
        match (request.is_shadow, is_block) {
            (false, _) => code.jump(Insn::jump(), out),
            (true, false) => note(&mut code, ask.rule),
            (true, true) => {
                note(&mut code, ask.rule);
                code.jump(Insn::jump(), behind);
            }
        }
        code.bind(kept);
    }
    code.bind(behind);
    Ok(code)
}

/// Leads to `kept` if this does not discard the event, else on.
fn one(
    code: Assembler,
    (fields, tables): (&Fields<'_>, &OfHandler<'_>),
    ask: &Ask,
    kept: Label,
) -> Result<Assembler, Unsupported> {
    let mut generator = Generator::new(fields, code, fields.stack).with_tables(tables);
    match &ask.what {
        What::Filter(condition) => generator.branch(condition, true, kept)?,
        What::Block(statements) => {
            let discards = generator.code.label();
            generator.block(statements, discards)?;
            generator.code.jump(Insn::jump(), kept);
            generator.code.bind(discards);
        }
    }
    Ok(generator.code)
}

/// Notes that a rule would discard the event.
fn note(code: &mut Assembler, rule: usize) {
    code.push(Insn::load(Size::B8, Reg::R1, Reg::FP, DISCARDS));
    code.extend(Insn::load_64(Reg::R2, bit(rule)));
    code.push(Insn::alu(Alu::Or, Reg::R1, Reg::R2));
    code.push(Insn::store(Size::B8, Reg::FP, DISCARDS, Reg::R1));
}
