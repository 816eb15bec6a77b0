/* Tracing is disabled at the end, and a child goes on with the stream of its parent. */

#define _XOPEN_SOURCE 700

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barectf-platform-linux-fs.h"

static void trace(struct barectf_default_ctx *stream, unsigned int from, unsigned int to)
{
	for (; from < to; ++from) {
		barectf_trace_heated(stream, 1.0f, from);
	}
}

int main(void)
{
	struct barectf_platform_linux_fs_ctx *platform =
		barectf_platform_linux_fs_init(512, "trace/stream", 0, 0, 0);
	struct barectf_default_ctx *stream;
	pid_t child;

	if (!platform) {
		return 1;
	}
	stream = barectf_platform_linux_fs_get_barectf_ctx(platform);
	trace(stream, 0, 100);
	child = fork();
	if (child < 0) {
		return 1;
	}
	if (child == 0) {
		trace(stream, 5000, 6000);
		printf("child %d\n", barectf_platform_linux_fs_fini(platform));
		return 0;
	}
	waitpid(child, NULL, 0);
	trace(stream, 100, 200);
	barectf_enable_tracing(stream, 0);
	trace(stream, 7000, 8000);
	printf("parent %d\n", barectf_platform_linux_fs_fini(platform));
	return 0;
}
