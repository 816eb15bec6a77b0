/* A kettle that leaves a trace. "make run" builds it and runs it. */

#include <stdio.h>

#include "barectf-platform-linux-fs.h"
#include "barectf.h"

#define PACKET_BYTES 512
#define TRACE "trace/stream"

static void boil(struct barectf_default_ctx *stream)
{
	float celsius = 20;
	uint32_t seconds;

	barectf_trace_switched(stream, "hand", 1);
	for (seconds = 0; celsius < 100; seconds += 10) {
		barectf_trace_heated(stream, celsius, seconds);
		celsius += 2.5f;
	}
	barectf_trace_switched(stream, "thermostat", 0);
}

int main(void)
{
	struct barectf_platform_linux_fs_ctx *platform =
		barectf_platform_linux_fs_init(PACKET_BYTES, TRACE, 0, 0, 0);
	unsigned long discarded;

	if (!platform) {
		perror(TRACE);
		return 1;
	}
	boil(barectf_platform_linux_fs_get_barectf_ctx(platform));
	discarded = barectf_packet_events_discarded(
		barectf_platform_linux_fs_get_barectf_ctx(platform));
	if (barectf_platform_linux_fs_fini(platform) != 0) {
		perror(TRACE);
		return 1;
	}
	printf("%lu events discarded\n", discarded);
	return 0;
}
