//! Filters at run time: what the header declares, and what the source does.
//!
//! A tracing function looks at one field of the context, `gate`, in place of that which says
//! whether tracing is enabled: no event passes while it is not, all do while no filter acts, and
//! else each is asked about. It is asked about in a function of its own, which looks at everything
//! anew, so that this is right whenever the gate was not seen to in time.

use std::fmt::Write as _;

use marey_ctf::schema::{EventClass, StreamClass};

use super::left_out;
use crate::definition::Definition;
use crate::extensions::{Filters, level};
use crate::scopes::name;

/// Bits of events that stand in one word.
const WORD_BITS: usize = 32;
/// The threshold with which no log level is too high.
const NO_THRESHOLD: &str = "0x7fffffff";
/// The log level of events that have none.
const NO_LEVEL: &str = "-1";

/// How many words there are for the events of one stream: enough for the one with the most.
fn words(definition: &Definition) -> usize {
    let events = definition.schema.streams.iter().map(|stream| stream.events.len());
    events.max().unwrap_or_default().div_ceil(WORD_BITS).max(1)
}

/// Whether filters know events by their numbers.
fn knows_events(filters: Filters) -> bool {
    filters.event_enable || filters.predicate
}

/// Whether filters look at log levels.
fn knows_levels(filters: Filters) -> bool {
    filters.log_level || filters.predicate
}

/// The type of a predicate, which is declared before functions that take one.
pub fn predicate_type(definition: &Definition) -> String {
    if !definition.extensions.filters.predicate {
        return String::new();
    }
    let prefix = &definition.code.identifier_prefix;
    format!(
        "/* Shall an event be recorded? 0 discards it. `event` is its number, `log_level` its log \
         level,\n   {NO_LEVEL} if it has none. It is asked before the clock is, and traces nothing \
         itself */\n\
         typedef int (*{prefix}predicate)(void *data, uint32_t event, int32_t log_level);\n\n"
    )
}

/// Result type, name and parameters of a function that takes any stream's context.
type Accessor = (&'static str, &'static str, &'static str);

const COUNT: [Accessor; 1] = [("uint32_t ", "events_filtered", "(const void *vctx)")];
const EVENT_ENABLE: [Accessor; 2] = [
    ("void ", "enable_event", "(void *vctx, uint32_t event, int enable)"),
    ("int ", "is_event_enabled", "(const void *vctx, uint32_t event)"),
];
const LOG_LEVEL: [Accessor; 2] = [
    ("void ", "set_log_level", "(void *vctx, int32_t log_level)"),
    ("int32_t ", "log_level", "(const void *vctx)"),
];
const PREDICATE: [Accessor; 1] =
    [("void ", "set_predicate", "(void *vctx, PREFIXpredicate predicate, void *data)")];

/// The functions that the header declares for filters, with what each group of them is.
pub fn accessors(filters: Filters) -> Vec<(&'static str, &'static [Accessor])> {
    let groups: [(bool, &str, &[Accessor]); 4] = [
        (filters.any(), "How many events filters discarded so far", &COUNT),
        (filters.event_enable, "Each event by itself; all are enabled at first", &EVENT_ENABLE),
        (
            filters.log_level,
            "Discards events with a higher log level; 0x7fffffff, as at first: none",
            &LOG_LEVEL,
        ),
        (filters.predicate, "Asks a function of yours; 0, as at first: none", &PREDICATE),
    ];
    groups.into_iter().filter(|group| group.0).map(|(_, about, group)| (about, group)).collect()
}

/// Declaration and comment of what contexts have besides.
pub fn fields(definition: &Definition) -> Vec<(String, &'static str)> {
    let (filters, prefix) = (definition.extensions.filters, &definition.code.identifier_prefix);
    let events = format!("volatile uint32_t events_off[{}]", words(definition));
    let predicate = format!("{prefix}predicate volatile predicate");
    let all = [
        (filters.any(), "volatile int gate", "Events: 0: none passes, 1: all pass, 2: it depends"),
        (filters.any(), "uint32_t events_filtered", "How many events filters discarded so far"),
        (filters.event_enable, &events, "The events that are switched off, a bit each"),
        (filters.log_level, "volatile int32_t log_level_max", "The highest log level that passes"),
        (filters.predicate, &predicate, "What else decides"),
        (filters.predicate, "void * volatile predicate_data", "What it is called with"),
    ];
    let there = all.into_iter().filter(|field| field.0);
    there.map(|(_, field, about)| (field.to_owned(), about)).collect()
}

/// The numbers of a stream's events. Those that are left out keep theirs.
pub fn numbers(definition: &Definition, stream: &StreamClass) -> String {
    if !knows_events(definition.extensions.filters) || stream.events.is_empty() {
        return String::new();
    }
    let own = format!("{}{}_event", definition.code.identifier_prefix, name(&stream.identity));
    let mut out = format!(
        "\n/* The numbers by which filters know the events of stream `{}` */\nenum {own} {{\n",
        name(&stream.identity)
    );
    let last = stream.events.len() - 1;
    for (number, event) in stream.events.iter().enumerate() {
        let comma = if number == last { "" } else { "," };
        let _ = writeln!(out, "\t{own}_{} = {number}{comma}", name(&event.identity));
    }
    out + "};\n"
}

/// What a tracing function declares for it.
pub const VARIABLE: &str = "int gate;";

/// What a tracing function does first: it returns if no event is recorded.
pub fn look(definition: &Definition) -> &'static str {
    match definition.extensions.filters.any() {
        true => "gate = ctx->gate;\n\tif (gate == 0) {\n\t\treturn;\n\t}",
        false => "if (!ctx->is_tracing_enabled) {\n\t\treturn;\n\t}",
    }
}

/// What it does when its parameters became words, since all that is kept over a call costs: it
/// returns if this event is not recorded. Nothing without filters.
pub fn ask(definition: &Definition, number: usize, event: &EventClass) -> Option<String> {
    let filters = definition.extensions.filters;
    if !filters.any() {
        return None;
    }
    let arguments = arguments(filters, number, event);
    Some(format!(
        "if (!MAREY_LIKELY(gate == 1) && !marey_keeps(ctx{arguments})) {{\n\t\treturn;\n\t}}"
    ))
}

/// What decides about this event is called with it, behind the context.
fn arguments(filters: Filters, number: usize, event: &EventClass) -> String {
    let mut arguments = String::new();
    if knows_events(filters) {
        let _ = write!(arguments, ", {number}U");
    }
    if knows_levels(filters) {
        let level = level(event).map(|level| level.to_string());
        let _ = write!(arguments, ", {}", level.as_deref().unwrap_or(NO_LEVEL));
    }
    arguments
}

/// What decides is declared with these parameters, behind the context.
fn declared(filters: Filters) -> String {
    let mut parameters = String::new();
    parameters += if knows_events(filters) { ", uint32_t event" } else { "" };
    parameters += if knows_levels(filters) { ", int32_t log_level" } else { "" };
    parameters
}

/// Whether tracing is enabled for an event and filters keep it, where no packet is written: a call
/// of the function that [`passes`] gives, for this context.
pub fn asked(definition: &Definition, number: usize, event: &EventClass, ctx: &str) -> String {
    let filters = definition.extensions.filters;
    format!("marey_passes({ctx}{})", arguments(filters, number, event))
}

/// The function that decides where no packet is written. There need not be a context.
pub fn passes(definition: &Definition) -> String {
    let filters = definition.extensions.filters;
    let (constant, passes) = match filters.any() {
        false => ("const ", "!ctx || ctx->is_tracing_enabled".to_owned()),
        true => {
            let given = declared(filters).replace("uint32_t ", "").replace("int32_t ", "");
            let keeps = format!("ctx->gate != 0 && marey_keeps(ctx{given})");
            ("", format!("!ctx || ctx->gate == 1 || ({keeps})"))
        }
    };
    let parameters = format!("{constant}struct PREFIXctx *ctx{}", declared(filters));
    format!(
        "/* Whether an event that is on is recorded: without a context, too */\n\
         static int marey_passes({parameters})\n{{\n\treturn {passes};\n}}\n\n"
    )
}

/// The source with what filters do in it, in the places that are marked.
pub fn in_source(definition: &Definition, source: &str) -> String {
    let filters = definition.extensions.filters;
    let (mut functions, mut see, mut none) = (String::new(), "", "");
    if filters.any() {
        functions = self::functions(definition);
        see = "\tmarey_see_filters(MAREY_CONTEXT(vctx));\n";
        none = "\tmarey_unset_filters(ctx);\n";
    }
    let source = source.replace("SEE_FILTERS\n", see).replace("UNSET_FILTERS\n", none);
    source.replace("FILTERS\n", &functions)
}

fn functions(definition: &Definition) -> String {
    let filters = definition.extensions.filters;
    let mut out = gate(filters) + SEE + &unset(filters) + COUNTED;
    for (is_there, text) in [
        (filters.event_enable, EVENTS_TEXT),
        (filters.log_level, LEVELS_TEXT),
        (filters.predicate, PREDICATE_TEXT),
    ] {
        out += if is_there { text } else { "" };
    }
    if !left_out::all(definition) {
        out += &keeps(filters);
    }
    out.replace("WORDS", &format!("{}U", words(definition)))
}

fn gate(filters: Filters) -> String {
    let mut out = "/* What the gate shall be */\n\
                   static int marey_gate(const struct PREFIXctx *ctx)\n{\n"
        .to_owned();
    if filters.event_enable {
        out += "\tuint32_t i;\n\n";
    }
    out += "\tif (!ctx->is_tracing_enabled) {\n\t\treturn 0;\n\t}\n";
    if filters.event_enable {
        out += "\tfor (i = 0; i < WORDS; ++i) {\n\
                \t\tif (ctx->events_off[i] != 0) {\n\t\t\treturn 2;\n\t\t}\n\t}\n";
    }
    if filters.log_level {
        let _ =
            writeln!(out, "\tif (ctx->log_level_max != {NO_THRESHOLD}) {{\n\t\treturn 2;\n\t}}");
    }
    if filters.predicate {
        out += "\tif (ctx->predicate) {\n\t\treturn 2;\n\t}\n";
    }
    out + "\treturn 1;\n}\n\n"
}

const SEE: &str = "\
/* Sees to the gate. If an interrupt changed something meanwhile, 2 is right in any case */
static void marey_see_filters(struct PREFIXctx *ctx)
{
	ctx->gate = marey_gate(ctx);
	if (marey_gate(ctx) != ctx->gate) {
		ctx->gate = 2;
	}
}

";

fn unset(filters: Filters) -> String {
    let mut out = "static void marey_unset_filters(struct PREFIXctx *ctx)\n{\n".to_owned();
    if filters.event_enable {
        out += "\tuint32_t i;\n\n\tfor (i = 0; i < WORDS; ++i) {\n\
                \t\tctx->events_off[i] = 0;\n\t}\n";
    }
    if filters.log_level {
        let _ = writeln!(out, "\tctx->log_level_max = {NO_THRESHOLD};");
    }
    if filters.predicate {
        out += "\tctx->predicate = 0;\n\tctx->predicate_data = 0;\n";
    }
    out + "\tctx->events_filtered = 0;\n\tctx->gate = 1;\n}\n\n"
}

const COUNTED: &str = "\
uint32_t PREFIXevents_filtered(const void *vctx)
{
	return MAREY_CONST_CONTEXT(vctx)->events_filtered;
}

";

const EVENTS_TEXT: &str = "\
void PREFIXenable_event(void *vctx, uint32_t event, int enable)
{
	struct PREFIXctx * const ctx = MAREY_CONTEXT(vctx);
	const uint32_t bit = (uint32_t) 1 << (event & 31U);

	if (event >> 5 >= WORDS) {
		return;
	}
	if (enable) {
		ctx->events_off[event >> 5] = ctx->events_off[event >> 5] & ~bit;
	} else {
		ctx->events_off[event >> 5] = ctx->events_off[event >> 5] | bit;
	}
	marey_see_filters(ctx);
}

int PREFIXis_event_enabled(const void *vctx, uint32_t event)
{
	const struct PREFIXctx * const ctx = MAREY_CONST_CONTEXT(vctx);

	return event >> 5 >= WORDS || !((ctx->events_off[event >> 5] >> (event & 31U)) & 1U);
}

";

const LEVELS_TEXT: &str = "\
void PREFIXset_log_level(void *vctx, int32_t log_level)
{
	struct PREFIXctx * const ctx = MAREY_CONTEXT(vctx);

	/* Events without a log level pass any threshold */
	ctx->log_level_max = log_level < -1 ? -1 : log_level;
	marey_see_filters(ctx);
}

int32_t PREFIXlog_level(const void *vctx)
{
	return MAREY_CONST_CONTEXT(vctx)->log_level_max;
}

";

const PREDICATE_TEXT: &str = "\
void PREFIXset_predicate(void *vctx, PREFIXpredicate predicate, void *data)
{
	struct PREFIXctx * const ctx = MAREY_CONTEXT(vctx);

	/* An interrupt never calls a predicate with data of another */
	ctx->predicate = 0;
	ctx->predicate_data = data;
	ctx->predicate = predicate;
	marey_see_filters(ctx);
}

";

/// What decides about an event when not all are recorded.
fn keeps(filters: Filters) -> String {
    let mut out = "/* Decides about an event, and counts what filters discard */\n\
                   static int marey_keeps(struct PREFIXctx *ctx"
        .to_owned();
    out += &declared(filters);
    out += ")\n{\n";
    if filters.predicate {
        out += "\tPREFIXpredicate predicate;\n\tvoid *data;\n\n";
    }
    out += "\tif (!ctx->is_tracing_enabled) {\n\t\treturn 0;\n\t}\n";
    if filters.event_enable {
        out += "\tif ((ctx->events_off[event >> 5] >> (event & 31U)) & 1U) {\n";
        out += DISCARDS;
    }
    if filters.log_level {
        out += "\tif (log_level > ctx->log_level_max) {\n";
        out += DISCARDS;
    }
    if filters.predicate {
        out += "\tdo {\n\t\t/* Again if an interrupt came between, and changed both */\n\
                \t\tpredicate = ctx->predicate;\n\t\tdata = ctx->predicate_data;\n\
                \t} while (predicate != ctx->predicate);\n\
                \tif (predicate && !predicate(data, event, log_level)) {\n";
        out += DISCARDS;
    }
    out + "\treturn 1;\n}\n\n"
}

const DISCARDS: &str = "\t\t++ctx->events_filtered;\n\t\treturn 0;\n\t}\n";
