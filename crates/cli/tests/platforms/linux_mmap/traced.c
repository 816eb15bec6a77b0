/*
 * Traces this many events, 0 for no end, in packets of so many bytes; the file `log` says how many it
 * has traced. What it prints: how many were traced and discarded.
 */

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "barectf-platform-linux-mmap.h"

static volatile uint32_t *make_log(void)
{
	const int file = open("log", O_RDWR | O_CREAT | O_TRUNC, 0666);
	void *log;

	if (file < 0 || ftruncate(file, sizeof(uint32_t)) != 0) {
		return NULL;
	}
	log = mmap(NULL, sizeof(uint32_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	return log == MAP_FAILED ? NULL : (volatile uint32_t *) log;
}

int main(int argc, char *argv[])
{
	struct barectf_platform_linux_mmap_ctx *platform;
	struct barectf_default_ctx *stream;
	volatile uint32_t * const log = make_log();
	const uint32_t end = argc > 1 ? (uint32_t) atol(argv[1]) : 0;
	uint32_t index;
	int status;

	if (!log || argc < 3) {
		return 2;
	}
	platform = barectf_platform_linux_mmap_init((unsigned int) atoi(argv[2]), "trace/stream");
	if (!platform) {
		printf("init: %s\n", strerror(errno));
		return 3;
	}
	stream = barectf_platform_linux_mmap_get_barectf_ctx(platform);
	for (index = 0; end == 0 || index < end; ++index) {
		barectf_trace_heated(stream, 1.0f, index);
		*log = index + 1;
	}
	printf("%lu\n", (unsigned long) barectf_packet_events_discarded(stream));
	status = barectf_platform_linux_mmap_fini(platform);
	if (status != 0) {
		printf("fini: %s\n", strerror(errno));
	}
	return status == 0 ? 0 : 4;
}
