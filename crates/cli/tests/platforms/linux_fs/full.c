/* The file must not grow beyond three packets and a half; later it may. */

#define _XOPEN_SOURCE 700

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "barectf-platform-linux-fs.h"

static void let_grow(unsigned long bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
	setrlimit(RLIMIT_FSIZE, &limit);
}

int main(void)
{
	struct barectf_platform_linux_fs_ctx *platform;
	struct barectf_default_ctx *stream;
	struct stat file;
	int error;
	unsigned int traced;

	signal(SIGXFSZ, SIG_IGN);
	let_grow(512 * 7 / 2);
	platform = barectf_platform_linux_fs_init(512, "trace/stream", 0, 0, 0);
	if (!platform) {
		return 1;
	}
	stream = barectf_platform_linux_fs_get_barectf_ctx(platform);
	for (traced = 0; traced < 1000; ++traced) {
		barectf_trace_heated(stream, 1.0f, traced);
	}
	error = barectf_platform_linux_fs_error(platform);
	stat("trace/stream", &file);
	let_grow(0);
	for (; traced < 2000; ++traced) {
		barectf_trace_heated(stream, 1.0f, traced);
	}
	printf("%d %ld %u %lu\n", error, (long) file.st_size, traced,
		(unsigned long) barectf_packet_events_discarded(stream));
	return barectf_platform_linux_fs_fini(platform) != 0;
}
