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
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "barectf-platform-linux-fs.h"

#ifndef LINUX_FS_CLOCK_ID
# define LINUX_FS_CLOCK_ID CLOCK_REALTIME
#endif

/* A packet that could not be written is tried again once in so many events. */
#define RETRY_EVENTS 64U

/* A packet that was cut short cannot be longer: 28 bits, as the tracer counts in bits. */
#define PACKET_BYTES_MAX 0x0fffffffU

struct LINUX_FS_OWN(_ctx) {
	struct LINUX_FS_STREAMS(_ctx) stream;
	uint8_t *packet;
	size_t packet_bytes;
	int file;

	/* The process whose stream it is: another one, forked from it, must not write to its file */
	pid_t process;

	/* A closed packet that is not in the file yet, and how much of it is */
	int has_pending;
	size_t written_bytes;

	/* Why it is not, and how many events were discarded since that was last tried */
	int error;
	unsigned int discarded;

	/* The back end seems full this often */
	uint32_t full_parts;
	uint32_t full_of;
	uint32_t random;
};

/* Nanoseconds; 0 if the system has no such clock. */
static uint64_t now(void *data)
{
	struct timespec time;
	const int kept = errno;

	(void) data;
	if (clock_gettime(LINUX_FS_CLOCK_ID, &time) != 0) {
		errno = kept;
		return 0;
	}
	return (uint64_t) time.tv_sec * 1000000000UL + (uint64_t) time.tv_nsec;
}

/* Takes back what is there of a packet, so that a reader finds whole packets only. A pipe keeps it. */
static void take_back(struct LINUX_FS_OWN(_ctx) *platform)
{
	const off_t end = lseek(platform->file, 0, SEEK_CUR);
	const off_t start = end - (off_t) platform->written_bytes;

	if (platform->written_bytes == 0 || end < 0 || ftruncate(platform->file, start) != 0) {
		return;
	}
	if (lseek(platform->file, start, SEEK_SET) == start) {
		platform->written_bytes = 0;
	}
}

/* Writes the pending packet. 0 if it is in the file now, else what is wrong. */
static int write_pending(struct LINUX_FS_OWN(_ctx) *platform)
{
	while (platform->written_bytes < platform->packet_bytes) {
		const size_t bytes = platform->packet_bytes - platform->written_bytes;
		const ssize_t done = write(platform->file,
			platform->packet + platform->written_bytes, bytes);

		if (done > 0) {
			platform->written_bytes += (size_t) done;
		} else if (done == 0 || errno != EINTR) {
			platform->error = done == 0 ? ENOSPC : errno;
			platform->discarded = 0;
			take_back(platform);
			return platform->error;
		}
	}
	platform->has_pending = 0;
	platform->written_bytes = 0;
	platform->error = 0;
	return 0;
}

/* Of what the platform is called with. */
static struct LINUX_FS_OWN(_ctx) *platform_of(void *data)
{
	return (struct LINUX_FS_OWN(_ctx) *) data;
}

/* Whether it is to seem full: xorshift, so that the program's own random numbers stay its own. */
static int seems_full(struct LINUX_FS_OWN(_ctx) *platform)
{
	if (platform->full_of == 0) {
		return 0;
	}
	platform->random ^= platform->random << 13;
	platform->random ^= platform->random >> 17;
	platform->random ^= platform->random << 5;
	return platform->random % platform->full_of < platform->full_parts;
}

/* While this says 1, events are discarded and counted. The program's errno stays what it is. */
static int is_full(void *data)
{
	struct LINUX_FS_OWN(_ctx) * const platform = platform_of(data);
	const int kept = errno;
	int full;

	if (getpid() != platform->process) {
		return 1;
	}
	if (!platform->has_pending) {
		return seems_full(platform);
	}
	if (++platform->discarded < RETRY_EVENTS) {
		return 1;
	}
	full = write_pending(platform) != 0;
	errno = kept;
	return full;
}

static void open_packet(void *data)
{
	LINUX_FS_STREAMS(_open_packet)(&platform_of(data)->stream);
}

static void close_packet(void *data)
{
	struct LINUX_FS_OWN(_ctx) * const platform = platform_of(data);
	const int kept = errno;

	LINUX_FS_STREAMS(_close_packet)(&platform->stream);
	platform->has_pending = 1;
	if (getpid() == platform->process) {
		(void) write_pending(platform);
	}
	errno = kept;
}

static void set_chance(struct LINUX_FS_OWN(_ctx) *platform, unsigned int one, unsigned int other)
{
	platform->full_parts = one < other ? one : other;
	platform->full_of = one < other ? other : one;
	platform->random = 1;
}

/* Frees it all; errno stays. */
static void release(struct LINUX_FS_OWN(_ctx) *platform)
{
	const int kept = errno;

	if (platform->file >= 0) {
		(void) close(platform->file);
	}
	free(platform->packet);
	free(platform);
	errno = kept;
}

/* Makes the stream and opens its first packet. 0, or -1 and errno. */
static int start(struct LINUX_FS_OWN(_ctx) *platform)
{
	struct LINUX_FS_TRACER(platform_callbacks) callbacks;

	callbacks.LINUX_FS_JOIN(LINUX_FS_CLOCK, _clock_get_value) = now;
	callbacks.is_backend_full = is_full;
	callbacks.open_packet = open_packet;
	callbacks.close_packet = close_packet;
	LINUX_FS_TRACER(init)(&platform->stream, platform->packet, (uint32_t) platform->packet_bytes,
		callbacks, platform);
	open_packet(platform);
	if (!LINUX_FS_TRACER(packet_is_open)(&platform->stream)) {
		errno = EMSGSIZE;
		return -1;
	}
	return 0;
}

struct LINUX_FS_OWN(_ctx) *LINUX_FS_OWN(_init)(unsigned int buf_size, const char *path,
	int simulate_full, unsigned int full_rand_max, unsigned int full_rand_lt)
{
	struct LINUX_FS_OWN(_ctx) *platform;

	if (buf_size == 0 || buf_size > PACKET_BYTES_MAX) {
		errno = EMSGSIZE;
		return NULL;
	}
	platform = platform_of(calloc(1, sizeof(*platform)));
	if (!platform) {
		return NULL;
	}
	platform->file = -1;
	platform->process = getpid();
	platform->packet_bytes = buf_size;
	if (simulate_full) {
		set_chance(platform, full_rand_max, full_rand_lt);
	}
	/* The tracer reads the byte that it adds bits to, so all bytes have a value */
	platform->packet = (uint8_t *) calloc(1, buf_size);
	if (platform->packet && start(platform) == 0) {
		platform->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	}
	if (platform->file < 0) {
		release(platform);
		return NULL;
	}
	return platform;
}

int LINUX_FS_OWN(_flush)(struct LINUX_FS_OWN(_ctx) *platform)
{
	void * const stream = &platform->stream;
	const int is_enabled = LINUX_FS_TRACER(is_tracing_enabled)(stream);

	if (getpid() != platform->process) {
		return 0;
	}
	if (LINUX_FS_TRACER(packet_is_open)(stream) && !LINUX_FS_TRACER(packet_is_empty)(stream)) {
		/* While tracing is disabled, a packet does not close */
		LINUX_FS_TRACER(enable_tracing)(stream, 1);
		close_packet(platform);
		LINUX_FS_TRACER(enable_tracing)(stream, is_enabled);
	}
	if (platform->has_pending && write_pending(platform) != 0) {
		errno = platform->error;
		return -1;
	}
	return 0;
}

int LINUX_FS_OWN(_fini)(struct LINUX_FS_OWN(_ctx) *platform)
{
	int status;

	if (!platform) {
		return 0;
	}
	status = LINUX_FS_OWN(_flush)(platform);
	if (close(platform->file) != 0 && status == 0) {
		status = -1;
	}
	platform->file = -1;
	release(platform);
	return status;
}

struct LINUX_FS_STREAMS(_ctx) *LINUX_FS_OWN(_get_barectf_ctx)(struct LINUX_FS_OWN(_ctx) *platform)
{
	return &platform->stream;
}

int LINUX_FS_OWN(_error)(const struct LINUX_FS_OWN(_ctx) *platform)
{
	return platform->error;
}
