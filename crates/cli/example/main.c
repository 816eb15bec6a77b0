/* A program that leaves a trace. To build it: cc -o hello *.c */

#include <stdio.h>

#include "barectf.h"
#include "platform.h"

int main(void)
{
	static struct platform platform;
	struct barectf_default_ctx *stream = platform_open(&platform, "trace/stream");
	uint32_t count;

	if (!stream) {
		perror("trace/stream");
		return 1;
	}

	for (count = 1; count <= 3; count++) {
		barectf_trace_greeting(stream, "world", count);
	}

	if (platform_close(&platform)) {
		perror("trace/stream");
		return 1;
	}

	return 0;
}
