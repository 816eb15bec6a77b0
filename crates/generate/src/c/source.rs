//! The source of a tracer.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use marey_ctf::schema::Uuid;

use super::banner;
use super::header::for_profile;
use super::{event, filters, left_out, packet};
use crate::definition::Definition;
use crate::plan::Unsupported;

/// The text.
pub fn text(definition: &Definition) -> Result<String, Vec<Unsupported>> {
    let (mut helpers, mut functions) = (BTreeSet::new(), String::new());
    let mut unsupported = Vec::new();
    for stream in &definition.schema.streams {
        match packet::functions(definition, stream, &mut helpers) {
            Ok(text) => functions += &text,
            Err(found) => unsupported.extend(found),
        }
        for event in stream.events.iter().enumerate() {
            let is_left_out = definition.extensions.left_out.has(stream, event.1);
            // Those that are left out are checked as well: all builds take the same configurations.
            let helpers = if is_left_out { &mut BTreeSet::new() } else { &mut helpers };
            match event::function(definition, stream, event, helpers) {
                Ok(text) => functions += if is_left_out { "" } else { &text },
                Err(found) => unsupported.extend(found),
            }
        }
    }
    if !unsupported.is_empty() {
        return Err(unsupported);
    }
    let code = &definition.code;
    let mut out = banner();
    let _ = write!(
        out,
        "\n#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n\n\
         #include \"{0}.h\"\n\n{1}",
        code.file_prefix,
        target_check(definition)
    );
    if let Some(uuid) = definition.schema.trace.uuid.filter(|_| functions.contains("marey_uuid")) {
        uuid_bytes(&mut out, &uuid);
    }
    helpers.iter().for_each(|helper| out += &helper.text());
    let common = filters::in_source(definition, COMMON);
    let room = if left_out::all(definition) { "" } else { ROOM };
    let common = for_profile(&common, definition.profile) + room;
    out += &common.replace("PREFIX", &code.identifier_prefix);
    Ok(out + functions.trim_end_matches('\n') + "\n")
}

/// A tracer for one byte order does not compile for the other.
fn target_check(definition: &Definition) -> String {
    if !definition.code.is_native {
        return String::new();
    }
    let (order, words) = match definition.schema.trace.byte_order {
        marey_ctf::schema::ByteOrder::Little => ("LITTLE", "little-endian"),
        marey_ctf::schema::ByteOrder::Big => ("BIG", "big-endian"),
    };
    format!(
        "#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_{order}_ENDIAN__\n\
         # error \"native-byte-order is {words} in the configuration, and the target is not\"\n\
         #endif\n\n"
    )
}

fn uuid_bytes(out: &mut String, uuid: &Uuid) {
    let bytes: Vec<_> = uuid.iter().map(|byte| format!("0x{byte:02x}")).collect();
    let (first, second) = bytes.split_at(8);
    let _ = write!(
        out,
        "static const uint8_t marey_uuid[16] = {{\n\t{},\n\t{}\n}};\n\n",
        first.join(", "),
        second.join(", ")
    );
}

/// What does not depend on the trace. Lines in capital letters are places for what filters do.
pub const COMMON: &str = "\
#ifdef __cplusplus
# define MAREY_CONTEXT(vctx) static_cast<struct PREFIXctx *>(vctx)
# define MAREY_CONST_CONTEXT(vctx) static_cast<const struct PREFIXctx *>(vctx)
#else
# define MAREY_CONTEXT(vctx) ((struct PREFIXctx *) (vctx))
# define MAREY_CONST_CONTEXT(vctx) ((const struct PREFIXctx *) (vctx))
#endif

#if defined(__GNUC__)
# define MAREY_LIKELY(condition) __builtin_expect(!!(condition), 1)
# define MAREY_RARE __attribute__((noinline, cold))
#else
# define MAREY_LIKELY(condition) (condition)
# define MAREY_RARE
#endif

/* Places in a packet are counted in bits, in 32 bits: what is longer stays unused */
#define MAREY_PACKET_BYTES_MAX 0x0fffffffU

uint32_t PREFIXpacket_size(const void *vctx)
{
	return MAREY_CONST_CONTEXT(vctx)->packet_size;
}

int PREFIXpacket_is_full(const void *vctx)
{
	const struct PREFIXctx * const ctx = MAREY_CONST_CONTEXT(vctx);

	return ctx->at == ctx->packet_size;
}

int PREFIXpacket_is_empty(const void *vctx)
{
	const struct PREFIXctx * const ctx = MAREY_CONST_CONTEXT(vctx);

	return ctx->at <= ctx->off_content;
}

uint32_t PREFIXpacket_events_discarded(const void *vctx)
{
	return MAREY_CONST_CONTEXT(vctx)->events_discarded;
}

uint32_t PREFIXdiscarded_event_records_count(const void *vctx)
{
	return MAREY_CONST_CONTEXT(vctx)->events_discarded;
}

uint32_t PREFIXpacket_sequence_number(const void *vctx)
{
	return MAREY_CONST_CONTEXT(vctx)->sequence_number;
}

uint8_t *PREFIXpacket_buf(const void *vctx)
{
	return MAREY_CONST_CONTEXT(vctx)->buf;
}

uint8_t *PREFIXpacket_buf_addr(const void *vctx)
{
	return MAREY_CONST_CONTEXT(vctx)->buf;
}

static uint32_t marey_bits(uint32_t bytes)
{
	return (bytes > MAREY_PACKET_BYTES_MAX ? MAREY_PACKET_BYTES_MAX : bytes) << 3;
}

void PREFIXpacket_set_buf(void *vctx, uint8_t *buf, uint32_t buf_size)
{
	struct PREFIXctx * const ctx = MAREY_CONTEXT(vctx);
	const int is_full = ctx->at == ctx->packet_size;

	ctx->buf = buf;
	ctx->packet_size = marey_bits(buf_size);
	if (is_full) {
		/* A full packet stays full */
		ctx->at = ctx->packet_size;
	}
	if (ctx->packet_is_open) {
		ctx->limit = ctx->packet_size;
	}
}

uint32_t PREFIXpacket_buf_size(const void *vctx)
{
	return MAREY_CONST_CONTEXT(vctx)->packet_size >> 3;
}

int PREFIXpacket_is_open(const void *vctx)
{
	return MAREY_CONST_CONTEXT(vctx)->packet_is_open;
}

int PREFIXis_in_tracing_section(const void *vctx)
{
	return MAREY_CONST_CONTEXT(vctx)->in_tracing_section;
}

volatile const int *PREFIXis_in_tracing_section_ptr(const void *vctx)
{
	return &MAREY_CONST_CONTEXT(vctx)->in_tracing_section;
}

int PREFIXis_tracing_enabled(const void *vctx)
{
	return MAREY_CONST_CONTEXT(vctx)->is_tracing_enabled;
}

FILTERS
void PREFIXenable_tracing(void *vctx, int enable)
{
	MAREY_CONTEXT(vctx)->is_tracing_enabled = enable;
SEE_FILTERS
}

void PREFIXinit(void *vctx, uint8_t *buf, uint32_t buf_size,
	const struct PREFIXplatform_callbacks cbs, void *data)
{
	struct PREFIXctx * const ctx = MAREY_CONTEXT(vctx);

	ctx->cbs = cbs;
	ctx->data = data;
	ctx->buf = buf;
	ctx->packet_size = marey_bits(buf_size);
	ctx->content_size = 0;
	ctx->at = 0;
	ctx->off_content = 0;
	ctx->events_discarded = 0;
	ctx->sequence_number = 0;
	ctx->packet_is_open = 0;
	ctx->in_tracing_section = 0;
	ctx->is_tracing_enabled = 1;
	ctx->use_cur_last_event_ts = 0;
	ctx->limit = 0;
UNSET_FILTERS
}

";

/// What the functions share that trace events.
const ROOM: &str = "\
/* Has the platform open a packet that begins at the time of the event */
static int marey_open(struct PREFIXctx *ctx)
{
	if (ctx->cbs.is_backend_full(ctx->data)) {
		return 0;
	}
	ctx->use_cur_last_event_ts = 1;
	ctx->cbs.open_packet(ctx->data);
	ctx->use_cur_last_event_ts = 0;
	return 1;
}

/* Finds room for an event that has none: in a new packet, if it can fit in one at all */
static int marey_make_room(struct PREFIXctx *ctx, uint64_t size)
{
	if (size > ctx->packet_size - ctx->off_content) {
		return 0;
	}
	if ((!ctx->packet_is_open || ctx->at == ctx->packet_size) && !marey_open(ctx)) {
		return 0;
	}
	if (size > ctx->packet_size - ctx->at) {
		ctx->use_cur_last_event_ts = 1;
		ctx->cbs.close_packet(ctx->data);
		ctx->use_cur_last_event_ts = 0;
		return marey_open(ctx);
	}
	return 1;
}

/* The same, once an event; an event without room is counted and its tracing ends */
static MAREY_RARE int marey_room(struct PREFIXctx *ctx, uint64_t size, int is_new)
{
	if (!is_new && marey_make_room(ctx, size)) {
		return 1;
	}
	++ctx->events_discarded;
	ctx->in_tracing_section = 0;
	return 0;
}

";
