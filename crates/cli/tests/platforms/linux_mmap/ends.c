/* How streams begin and end: children, other processes, flushing, errors, and no events at all. */

#define _XOPEN_SOURCE 700

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barectf-platform-linux-mmap.h"

static struct barectf_platform_linux_mmap_ctx *platform;

static void trace(unsigned int from, unsigned int to)
{
	for (; from < to; ++from) {
		barectf_trace_heated(barectf_platform_linux_mmap_get_barectf_ctx(platform), 1.0f, from);
	}
}

static void say(const char *what, int status)
{
	const char *error = status == 0 || status == 1 ? "fine" :
		errno == EBUSY ? "EBUSY" : errno == EMSGSIZE ? "EMSGSIZE" :
		errno == ENOENT ? "ENOENT" : strerror(errno);

	printf("%s: %s\n", what, error);
	fflush(stdout);
}

static void init_fails(const char *what, unsigned int bytes, const char *path)
{
	struct barectf_platform_linux_mmap_ctx *other =
		barectf_platform_linux_mmap_init(bytes, path);

	say(what, other ? 0 : -1);
}

static long bytes_of(const char *path)
{
	struct stat file;

	return stat(path, &file) == 0 ? (long) file.st_size : -1;
}

/* A child traces into the stream of its parent, and tries to take it. */
static void in_child(void)
{
	trace(500000, 501000);
	init_fails("a stream that is recorded", 4096, "trace/stream");
	say("recovering it", barectf_platform_linux_mmap_recover("trace/stream"));
	say("the child's end", barectf_platform_linux_mmap_fini(platform));
	platform = barectf_platform_linux_mmap_init(4096, "trace/child");
	if (!platform) {
		exit(1);
	}
	trace(0, 10);
	say("the child's own", barectf_platform_linux_mmap_fini(platform));
	exit(0);
}

int main(void)
{
	pid_t child;

	init_fails("no folder", 4096, "no/such/folder");
	init_fails("no bytes", 0, "trace/stream");
	init_fails("too many bytes", 0x0fffffff, "trace/stream");
	say("nothing", barectf_platform_linux_mmap_fini(NULL));
	say("nothing there", barectf_platform_linux_mmap_recover("trace/stream"));
	platform = barectf_platform_linux_mmap_init(1, "trace/stream");
	if (!platform) {
		return 1;
	}
	say("no event", barectf_platform_linux_mmap_fini(platform));
	printf("%ld bytes\n", bytes_of("trace/stream"));
	platform = barectf_platform_linux_mmap_init(1, "trace/stream");
	if (!platform) {
		return 1;
	}
	trace(0, 1000);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		in_child();
	}
	waitpid(child, NULL, 0);
	trace(1000, 1001);
	say("flush", barectf_platform_linux_mmap_flush(platform));
	say("flush", barectf_platform_linux_mmap_flush(platform));
	printf("%ld bytes\n", bytes_of("trace/stream"));
	trace(1001, 2000);
	barectf_enable_tracing(barectf_platform_linux_mmap_get_barectf_ctx(platform), 0);
	trace(7000, 8000);
	say("the end", barectf_platform_linux_mmap_fini(platform));
	return 0;
}
