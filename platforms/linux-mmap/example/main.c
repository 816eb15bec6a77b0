/*
 * A kettle that leaves a trace. "make run" builds it and runs it; with an argument it is killed when
 * the water is that hot.
 */

#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "barectf-platform-linux-mmap.h"
#include "barectf.h"

#define PACKET_BYTES 4096
#define TRACE "trace/stream"

static void boil(struct barectf_default_ctx *stream, double kill_at)
{
	float celsius = 20;
	uint32_t seconds;

	barectf_trace_switched(stream, "hand", 1);
	for (seconds = 0; celsius < 100; ++seconds) {
		barectf_trace_heated(stream, celsius, seconds);
		if (celsius >= kill_at) {
			raise(SIGKILL);
		}
		celsius += 0.25f;
	}
	barectf_trace_switched(stream, "thermostat", 0);
}

int main(int argc, char *argv[])
{
	struct barectf_platform_linux_mmap_ctx *platform =
		barectf_platform_linux_mmap_init(PACKET_BYTES, TRACE);
	struct barectf_default_ctx *stream;
	unsigned long discarded;

	if (!platform) {
		perror(TRACE);
		return 1;
	}
	stream = barectf_platform_linux_mmap_get_barectf_ctx(platform);
	boil(stream, argc > 1 ? atof(argv[1]) : 1000);
	discarded = barectf_packet_events_discarded(stream);
	if (barectf_platform_linux_mmap_fini(platform) != 0) {
		perror(TRACE);
		return 1;
	}
	printf("%lu events discarded\n", discarded);
	return 0;
}
