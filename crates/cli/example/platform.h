/*
 * A platform for tracers on Linux: one stream, whose packets go to a file.
 *
 * A stream is for one thread. Several threads have a platform each, with a file each.
 */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <stdint.h>
#include <stdio.h>

#include "barectf.h"

#define PLATFORM_PACKET_BYTES 4096

struct platform {
	struct barectf_default_ctx stream;
	FILE *file;
	int has_failed;
	uint8_t packet[PLATFORM_PACKET_BYTES];
};

/* The stream, or NULL if the file cannot be written to: errno says why. */
struct barectf_default_ctx *platform_open(struct platform *platform, const char *path);

/* Writes the last packet. Not 0 if anything could not be written. */
int platform_close(struct platform *platform);

#endif
