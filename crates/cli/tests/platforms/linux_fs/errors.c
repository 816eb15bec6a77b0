/* What goes wrong is said. */

#include <errno.h>
#include <stdio.h>

#include "barectf-platform-linux-fs.h"

static void fails(unsigned int bytes, const char *path)
{
	struct barectf_platform_linux_fs_ctx *platform;

	errno = 0;
	platform = barectf_platform_linux_fs_init(bytes, path, 0, 0, 0);
	puts(platform ? "made" : errno == ENOENT ? "ENOENT" : errno == EMSGSIZE ? "EMSGSIZE" : "?");
}

int main(void)
{
	struct barectf_platform_linux_fs_ctx *platform;
	struct barectf_default_ctx *stream;
	unsigned int index;

	fails(512, "no/such/folder");
	fails(0, "trace/stream");
	fails(20, "trace/stream");
	platform = barectf_platform_linux_fs_init(512, "/dev/full", 0, 0, 0);
	if (!platform) {
		return 1;
	}
	stream = barectf_platform_linux_fs_get_barectf_ctx(platform);
	errno = 42;
	for (index = 0; index < 1000; ++index) {
		barectf_trace_heated(stream, 1.0f, index);
	}
	index = (unsigned int) errno;
	puts(barectf_platform_linux_fs_error(platform) == ENOSPC ? "ENOSPC" : "?");
	puts(index == 42 ? "errno is kept" : "errno is lost");
	if (barectf_platform_linux_fs_flush(platform) != -1 || errno != ENOSPC ||
			barectf_platform_linux_fs_fini(platform) != -1 || errno != ENOSPC) {
		return 1;
	}
	printf("%d\n", barectf_platform_linux_fs_fini(NULL));
	return 0;
}
