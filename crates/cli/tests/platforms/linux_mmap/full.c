/* The file must not grow beyond five packets and a half; later it may. */

#define _XOPEN_SOURCE 700

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "barectf-platform-linux-mmap.h"

#define PACKET_BYTES 8192

static void let_grow(unsigned long bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
	setrlimit(RLIMIT_FSIZE, &limit);
}

int main(void)
{
	struct barectf_platform_linux_mmap_ctx *platform;
	struct barectf_default_ctx *stream;
	struct stat file;
	int error;
	unsigned int traced;

	signal(SIGXFSZ, SIG_IGN);
	let_grow(PACKET_BYTES * 11 / 2);
	platform = barectf_platform_linux_mmap_init(PACKET_BYTES, "trace/stream");
	if (!platform) {
		return 1;
	}
	stream = barectf_platform_linux_mmap_get_barectf_ctx(platform);
	for (traced = 0; traced < 5000; ++traced) {
		barectf_trace_heated(stream, 1.0f, traced);
	}
	error = barectf_platform_linux_mmap_error(platform);
	stat("trace/stream", &file);
	let_grow(0);
	for (; traced < 10000; ++traced) {
		barectf_trace_heated(stream, 1.0f, traced);
	}
	printf("%d %ld %u %lu\n", error, (long) (file.st_size / PACKET_BYTES), traced,
		(unsigned long) barectf_packet_events_discarded(stream));
	return barectf_platform_linux_mmap_fini(platform) != 0;
}
