/* See the header. C89 and POSIX.1-2008; also C++. */

#ifndef _POSIX_C_SOURCE
# define _POSIX_C_SOURCE 200809L
#endif
#ifndef _FILE_OFFSET_BITS
# define _FILE_OFFSET_BITS 64
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "state.h"

#ifndef LINUX_MMAP_CLOCK_ID
# define LINUX_MMAP_CLOCK_ID CLOCK_REALTIME
#endif

/* Room is looked for again once in so many events. */
#define RETRY_EVENTS 64U

/* The tracer counts the bits of a packet in 32 bits, and a packet says at most twice its length. */
#define PACKET_BYTES_MAX 0x07ff0000U

/* Empty packets of a page each are written so many bytes at a time. */
#define PAGES_BYTES 65536U

/* What a packet may say about its length, to find where it does: in bits 0x2aaaaaa8 and 0x55555550,
 * of which every byte has its highest bit set once, so that a field that ends within one is seen. */
#define ONE_BYTES 0x05555555U
#define OTHER_BYTES 0x0aaaaaaaU

#define PACKETS_MAX (0xffffffffU / PHASES - 1U)

/* What is stored before stays before, for whoever reads the file after a kill. */
#if defined(__GNUC__)
# define KEEP_ORDER() __asm__ __volatile__("" : : : "memory")
#else
# define KEEP_ORDER()
#endif

/* Nanoseconds; 0 if the system has no such clock. */
static uint64_t now(void *data)
{
	struct timespec time;
	const int kept = errno;

	(void) data;
	if (clock_gettime(LINUX_MMAP_CLOCK_ID, &time) != 0) {
		errno = kept;
		return 0;
	}
	return (uint64_t) time.tv_sec * 1000000000UL + (uint64_t) time.tv_nsec;
}

static platform_t *platform_of(void *data)
{
	return (platform_t *) data;
}

static enum phase phase_of(const platform_t *it)
{
	return (enum phase) (it->state->step % PHASES);
}

static void set_phase(platform_t *it, enum phase phase)
{
	KEEP_ORDER();
	it->state->step = it->packets.count * PHASES + (uint32_t) phase;
	KEEP_ORDER();
}

/* -- Empty packets: the tracer makes them, so that nothing need be known of their fields. ------- */

/* A clock that stands still. */
static uint64_t stopped(void *data)
{
	return *(const uint64_t *) data;
}

/* Readers want packets in the order of their times. */
static uint64_t time_of_next(const platform_t *it)
{
	const uint64_t latest = it->state->stream.cur_last_event_ts;
	const uint64_t time = now(NULL);

	return time < latest ? latest : time;
}

/* Makes a page begin as an empty packet does that says to be `bytes` long. -1 if it is too short. */
static int put_empty(const platform_t *it, uint8_t *page, uint32_t bytes, uint64_t time)
{
	const uint32_t page_bytes = (uint32_t) it->packets.page_bytes;
	struct LINUX_MMAP_TRACER(platform_callbacks) callbacks = platform_callbacks_of();
	stream_t stream;

	callbacks.LINUX_MMAP_JOIN(LINUX_MMAP_CLOCK, _clock_get_value) = stopped;
	memset(&stream, 0, sizeof(stream));
	LINUX_MMAP_TRACER(init)(&stream, page, page_bytes, callbacks, &time);
	stream.parent.events_discarded = it->state->stream.parent.events_discarded;
	stream.parent.sequence_number = it->state->stream.parent.sequence_number;
	LINUX_MMAP_STREAMS(_open_packet)(&stream);
	if (!LINUX_MMAP_TRACER(packet_is_open)(&stream)) {
		return -1;
	}
	/* It fits. Now once more, with the length that it is to say */
	stream.parent.packet_is_open = 0;
	LINUX_MMAP_TRACER(packet_set_buf)(&stream, page, bytes);
	LINUX_MMAP_STREAMS(_open_packet)(&stream);
	LINUX_MMAP_TRACER(packet_set_buf)(&stream, page, page_bytes);
	LINUX_MMAP_STREAMS(_close_packet)(&stream);
	return 0;
}

/* Finds out where packets say how long they are. 0, or -1 and errno. */
static int find_field(platform_t *it)
{
	struct packet_file * const packets = &it->packets;
	uint8_t * const one = it->pages;
	uint8_t * const other = it->pages + packets->page_bytes;
	const uint64_t time = now(NULL);

	errno = EMSGSIZE;
	if (put_empty(it, one, ONE_BYTES, time) != 0 || put_empty(it, other, OTHER_BYTES, time) != 0) {
		return -1;
	}
	if (packet_size_field_find(&packets->field, one, ONE_BYTES, other, OTHER_BYTES,
			packets->page_bytes) != 0) {
		errno = ENOTSUP;
		return -1;
	}
	return packet_size_field_fits(&packets->field, 2 * packets->packet_bytes) ? 0 : -1;
}

/* -- Packets ------------------------------------------------------------------------------------ */

static int failed(platform_t *it)
{
	it->error = errno;
	return -1;
}

static int commit(platform_t *it)
{
	if (packet_file_commit(&it->packets) != 0) {
		return failed(it);
	}
	it->error = 0;
	set_phase(it, PHASE_NONE);
	return 0;
}

/* Sees to it that there is a place for a packet. 0, or -1 and why in `error`. */
static int prepare(platform_t *it)
{
	const size_t page_bytes = it->packets.page_bytes;
	size_t at;

	if (phase_of(it) == PHASE_CLOSING && commit(it) != 0) {
		return -1;
	}
	if (it->packets.slot.at) {
		return 0;
	}
	if (it->packets.count >= PACKETS_MAX) {
		errno = EFBIG;
		return failed(it);
	}
	(void) put_empty(it, it->pages, (uint32_t) page_bytes, time_of_next(it));
	for (at = page_bytes; at < it->pages_bytes; at += page_bytes) {
		memcpy(it->pages + at, it->pages, page_bytes);
	}
	if (packet_file_grow(&it->packets, it->pages, it->pages_bytes) != 0) {
		return failed(it);
	}
	it->error = 0;
	return 0;
}

/* While this says 1, events are discarded and counted. The program's errno stays what it is. */
static int is_full(void *data)
{
	platform_t * const it = platform_of(data);
	const int kept = errno;
	int full;

	if (getpid() != it->process) {
		return 1;
	}
	if (it->error != 0 && ++it->discarded < RETRY_EVENTS) {
		return 1;
	}
	it->discarded = 0;
	full = prepare(it) != 0;
	errno = kept;
	return full;
}

static void open_packet(void *data)
{
	platform_t * const it = platform_of(data);
	stream_t * const stream = &it->state->stream;

	if (!it->packets.slot.at) {
		return;
	}
	LINUX_MMAP_TRACER(packet_set_buf)(stream, (uint8_t *) it->packets.slot.at,
		(uint32_t) it->packets.packet_bytes);
	LINUX_MMAP_STREAMS(_open_packet)(stream);
	set_phase(it, PHASE_OPEN);
}

static void close_packet(void *data)
{
	platform_t * const it = platform_of(data);
	const int kept = errno;

	it->state->content_bits = it->state->stream.parent.at;
	set_phase(it, PHASE_CLOSING);
	LINUX_MMAP_STREAMS(_close_packet)(&it->state->stream);
	KEEP_ORDER();
	if (getpid() == it->process) {
		(void) commit(it);
	}
	errno = kept;
}

/* The time of an event, which is kept with the state: a packet that is recovered ends with it. */
static uint64_t time_of_event(void *data)
{
	const platform_t * const it = platform_of(data);
	const uint64_t time = now(NULL);

	it->state->stream.cur_last_event_ts = time;
	return time;
}

struct LINUX_MMAP_TRACER(platform_callbacks) platform_callbacks_of(void)
{
	struct LINUX_MMAP_TRACER(platform_callbacks) callbacks;

	callbacks.LINUX_MMAP_JOIN(LINUX_MMAP_CLOCK, _clock_get_value) = time_of_event;
	callbacks.is_backend_full = is_full;
	callbacks.open_packet = open_packet;
	callbacks.close_packet = close_packet;
	return callbacks;
}

/* -- Files -------------------------------------------------------------------------------------- */

static size_t whole_pages(size_t bytes, size_t page_bytes)
{
	return (bytes + page_bytes - 1) / page_bytes * page_bytes;
}

platform_t *platform_make(const char *path, size_t packet_bytes)
{
	platform_t * const it = platform_of(calloc(1, sizeof(*it)));
	const size_t page_bytes = (size_t) sysconf(_SC_PAGESIZE);
	void *pages = NULL;
	int error;

	if (!it) {
		return NULL;
	}
	it->packets.file = -1;
	it->state_file = -1;
	it->process = getpid();
	it->packets.page_bytes = page_bytes;
	it->packets.packet_bytes = whole_pages(packet_bytes, page_bytes);
	it->pages_bytes = whole_pages(PAGES_BYTES, 2 * page_bytes);
	error = posix_memalign(&pages, page_bytes, it->pages_bytes);
	it->pages = error == 0 ? (uint8_t *) pages : NULL;
	it->path = strdup(path);
	it->open_path = file_beside(path, ".open");
	it->state_path = file_beside(path, ".state");
	if (!it->pages || !it->path || !it->open_path || !it->state_path) {
		errno = ENOMEM;
		platform_release(it);
		return NULL;
	}
	it->packets.path = it->path;
	it->packets.open_path = it->open_path;
	return it;
}

void platform_release(platform_t *it)
{
	const int kept = errno;

	packet_file_close(&it->packets);
	mapped_close(&it->mapped_state);
	if (it->state_file >= 0) {
		(void) close(it->state_file);
	}
	free(it->pages);
	free(it->path);
	free(it->open_path);
	free(it->state_path);
	free(it);
	errno = kept;
}

/* Makes the file of the state, with room on the disk for all of it. 0, or -1 and errno. */
static int make_state(platform_t *it)
{
	const size_t bytes = whole_pages(sizeof(struct state), it->packets.page_bytes);

	it->state_file = open(it->state_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (it->state_file < 0 || file_lock(it->state_file) != 0) {
		return -1;
	}
	it->has_lock = 1;
	memset(it->pages, 0, it->pages_bytes);
	if (ftruncate(it->state_file, 0) != 0 ||
			file_write(it->state_file, it->pages, bytes, 0) != 0 ||
			mapped_open(&it->mapped_state, it->state_file, 0, bytes) != 0) {
		return -1;
	}
	it->state = (struct state *) it->mapped_state.at;
	return 0;
}

/* Makes the files of the stream, and opens its first packet. 0, or -1 and errno. */
static int start(platform_t *it)
{
	struct state *state;

	if (make_state(it) != 0 || find_field(it) != 0) {
		return -1;
	}
	if (unlink(it->path) != 0 && errno != ENOENT) {
		return -1;
	}
	it->packets.file = open(it->open_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (it->packets.file < 0) {
		return -1;
	}
	state = it->state;
	state->state_bytes = (uint32_t) sizeof(*state);
	state->pointer_bytes = (uint32_t) sizeof(void *);
	state->packet_bytes = (uint32_t) it->packets.packet_bytes;
	state->field = it->packets.field;
	LINUX_MMAP_TRACER(init)(&state->stream, NULL, (uint32_t) it->packets.packet_bytes,
		platform_callbacks_of(), it);
	KEEP_ORDER();
	memcpy(state->magic, STATE_MAGIC, STATE_MAGIC_BYTES);
	if (prepare(it) != 0) {
		errno = it->error;
		return -1;
	}
	open_packet(it);
	return 0;
}

/* -- What programs call ------------------------------------------------------------------------- */

platform_t *LINUX_MMAP_OWN(_init)(unsigned int packet_bytes, const char *path)
{
	platform_t *it;

	if (packet_bytes == 0 || packet_bytes > PACKET_BYTES_MAX) {
		errno = EMSGSIZE;
		return NULL;
	}
	it = platform_make(path, packet_bytes);
	if (it && start(it) != 0) {
		const int kept = errno;

		/* Of what another process has, nothing is removed */
		if (it->has_lock) {
			(void) unlink(it->open_path);
			(void) unlink(it->state_path);
		}
		errno = kept;
		platform_release(it);
		it = NULL;
	}
	return it;
}

int LINUX_MMAP_OWN(_flush)(platform_t *it)
{
	void * const stream = &it->state->stream;
	const int is_enabled = LINUX_MMAP_TRACER(is_tracing_enabled)(stream);

	if (getpid() != it->process) {
		return 0;
	}
	if (LINUX_MMAP_TRACER(packet_is_open)(stream) &&
			!LINUX_MMAP_TRACER(packet_is_empty)(stream)) {
		/* While tracing is disabled, a packet does not close */
		LINUX_MMAP_TRACER(enable_tracing)(stream, 1);
		close_packet(it);
		LINUX_MMAP_TRACER(enable_tracing)(stream, is_enabled);
	}
	if (phase_of(it) == PHASE_CLOSING && commit(it) != 0) {
		errno = it->error;
		return -1;
	}
	return 0;
}

int platform_end(platform_t *it)
{
	const long tail = packet_file_tail(&it->packets);

	if (tail < 0) {
		return -1;
	}
	(void) put_empty(it, it->pages, (uint32_t) tail, time_of_next(it));
	if (packet_file_trim(&it->packets, it->pages, (size_t) tail) != 0) {
		return -1;
	}
	return unlink(it->state_path);
}

int LINUX_MMAP_OWN(_fini)(platform_t *it)
{
	int status = 0;

	if (!it) {
		return 0;
	}
	if (getpid() == it->process) {
		status = LINUX_MMAP_OWN(_flush)(it) != 0 || platform_end(it) != 0 ? -1 : 0;
	}
	platform_release(it);
	return status;
}

stream_t *LINUX_MMAP_OWN(_get_barectf_ctx)(platform_t *it)
{
	return &it->state->stream;
}

int LINUX_MMAP_OWN(_error)(const platform_t *it)
{
	return it->error;
}
