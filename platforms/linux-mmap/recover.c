/*
 * barectf_platform_linux_mmap_recover: see the header. C89 and POSIX.1-2008; also C++.
 *
 * It works on a copy of the state, and each step may be done twice: whoever kills it calls it again.
 */

#ifndef _POSIX_C_SOURCE
# define _POSIX_C_SOURCE 200809L
#endif
#ifndef _FILE_OFFSET_BITS
# define _FILE_OFFSET_BITS 64
#endif

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"

/* Opens the stream under the name that it has. */
static int open_stream(platform_t *it)
{
	struct packet_file * const packets = &it->packets;

	if (packets->count == 0) {
		packets->file = open(it->open_path, O_RDWR | O_CLOEXEC);
		if (packets->file >= 0 || errno != ENOENT) {
			return packets->file;
		}
		/* The first commit was its last deed: it has its name, and keeps it */
		packets->open_path = it->path;
	}
	packets->file = open(it->path, O_RDWR | O_CLOEXEC);
	return packets->file;
}

/* Takes over what the state says. 1, 0 if it says nothing yet, -1 and errno if it cannot be so. */
static int read_state(platform_t *it)
{
	struct state *state;
	struct stat about;

	if (fstat(it->state_file, &about) != 0) {
		return -1;
	}
	if (about.st_size < (off_t) sizeof(*state)) {
		return 0;
	}
	if (mapped_open_copy(&it->mapped_state, it->state_file, 0, sizeof(*state)) != 0) {
		return -1;
	}
	state = (struct state *) it->mapped_state.at;
	it->state = state;
	if (state->magic[0] == 0) {
		return 0;
	}
	errno = EINVAL;
	if (memcmp(state->magic, STATE_MAGIC, STATE_MAGIC_BYTES) != 0 ||
			state->state_bytes != sizeof(*state) ||
			state->pointer_bytes != sizeof(void *) ||
			state->packet_bytes == 0 ||
			state->packet_bytes % it->packets.page_bytes != 0 ||
			state->field.at >= it->packets.page_bytes ||
			state->field.len > 4) {
		return -1;
	}
	it->packets.packet_bytes = state->packet_bytes;
	it->packets.field = state->field;
	it->packets.count = state->step / PHASES;
	return 1;
}

/* Closes the packet that was being filled, if it has events. 1 if it has, 0, or -1 and errno. */
static int close_last(platform_t *it)
{
	struct state * const state = it->state;
	struct LINUX_MMAP_TRACER(ctx) * const stream = &state->stream.parent;
	const enum phase phase = (enum phase) (state->step % PHASES);

	if (phase == PHASE_NONE) {
		return 0;
	}
	if (packet_file_map(&it->packets) != 0) {
		return -1;
	}
	stream->cbs = platform_callbacks_of();
	stream->data = it;
	stream->buf = (uint8_t *) it->packets.slot.at;
	stream->is_tracing_enabled = 1;
	stream->in_tracing_section = 0;
	/* It ends with its last event, if events have times */
	stream->use_cur_last_event_ts = state->stream.cur_last_event_ts != 0;
	if (phase == PHASE_CLOSING) {
		stream->at = state->content_bits;
		stream->packet_is_open = 1;
	}
	if (stream->at > stream->packet_size || stream->packet_size != 8 * state->packet_bytes) {
		errno = EINVAL;
		return -1;
	}
	if (LINUX_MMAP_TRACER(packet_is_empty)(stream)) {
		return 0;
	}
	LINUX_MMAP_STREAMS(_close_packet)(&state->stream);
	return packet_file_commit(&it->packets) != 0 ? -1 : 1;
}

static int recover(platform_t *it)
{
	const int is_there = read_state(it);
	long tail;
	int status;

	if (is_there < 0) {
		return -1;
	}
	if (is_there == 0) {
		/* It was killed before there was a stream */
		(void) unlink(it->open_path);
		return unlink(it->state_path);
	}
	if (open_stream(it) < 0) {
		return -1;
	}
	tail = packet_file_tail(&it->packets);
	if (tail < 0) {
		return -1;
	}
	if (it->state->step % PHASES != 0 && (size_t) tail != it->packets.packet_bytes) {
		errno = EINVAL;
		return -1;
	}
	status = close_last(it);
	return status < 0 || platform_end(it) != 0 ? -1 : status;
}

int LINUX_MMAP_OWN(_recover)(const char *path)
{
	platform_t * const it = platform_make(path, 0);
	int status = -1;

	if (!it) {
		return -1;
	}
	it->state_file = open(it->state_path, O_RDWR | O_CLOEXEC);
	if (it->state_file < 0) {
		status = errno == ENOENT ? 0 : -1;
	} else if (file_lock(it->state_file) == 0) {
		status = recover(it);
	}
	platform_release(it);
	return status;
}
