/* A program for barectf's demonstration platform, as its documentation has them. */

#include <stdio.h>
#include <stdlib.h>
#include <barectf-platform-linux-fs.h>
#include <barectf.h>

int main(int argc, char *argv[])
{
	struct barectf_platform_linux_fs_ctx *platform_ctx;
	struct barectf_default_ctx *ctx;
	unsigned int i;

	if (argc != 3) {
		return 1;
	}
	platform_ctx = barectf_platform_linux_fs_init(512, "trace/stream", atoi(argv[1]) != 0,
		(unsigned int) atoi(argv[1]), (unsigned int) atoi(argv[2]));
	if (!platform_ctx) {
		fprintf(stderr, "Error: could not initialize platform\n");
		return 1;
	}
	ctx = barectf_platform_linux_fs_get_barectf_ctx(platform_ctx);
	for (i = 0; i < 10000; ++i) {
		barectf_trace_heated(ctx, 21.5f, i);
	}
	printf("%lu\n", (unsigned long) barectf_packet_events_discarded(ctx));
	barectf_platform_linux_fs_fini(platform_ctx);
	return 0;
}
