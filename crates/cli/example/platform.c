#define _POSIX_C_SOURCE 200809L

#include <time.h>

#include "platform.h"

/* Nanoseconds since 1970. */
static uint64_t now(void *data)
{
	struct timespec time;

	(void) data;
	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t) time.tv_sec * 1000000000 + (uint64_t) time.tv_nsec;
}

/* Events are discarded, and counted, while this says 1. */
static int is_full(void *data)
{
	const struct platform *platform = data;

	return platform->has_failed;
}

static void open_packet(void *data)
{
	struct platform *platform = data;

	barectf_default_open_packet(&platform->stream);
}

static void close_packet(void *data)
{
	struct platform *platform = data;
	size_t bytes = barectf_packet_buf_size(&platform->stream);

	barectf_default_close_packet(&platform->stream);
	if (fwrite(platform->packet, 1, bytes, platform->file) != bytes) {
		platform->has_failed = 1;
	}
}

struct barectf_default_ctx *platform_open(struct platform *platform, const char *path)
{
	struct barectf_platform_callbacks callbacks;

	platform->has_failed = 0;
	platform->file = fopen(path, "wb");
	if (!platform->file) {
		return NULL;
	}

	callbacks.default_clock_get_value = now;
	callbacks.is_backend_full = is_full;
	callbacks.open_packet = open_packet;
	callbacks.close_packet = close_packet;
	barectf_init(&platform->stream, platform->packet, sizeof(platform->packet), callbacks,
		platform);
	open_packet(platform);
	return &platform->stream;
}

int platform_close(struct platform *platform)
{
	if (barectf_packet_is_open(&platform->stream) &&
			!barectf_packet_is_empty(&platform->stream)) {
		close_packet(platform);
	}

	return fclose(platform->file) != 0 || platform->has_failed;
}
