/*
 * Traces events of one shape: race SHAPE EVENTS. Says how many nanoseconds of CPU time one took,
 * and a sum over all bytes of all packets, which must not depend on who wrote them.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "barectf.h"

#define PACKET_BYTES 65536

static struct barectf_default_ctx stream;
static uint8_t packet[PACKET_BYTES];
static uint64_t now, sum = 14695981039346656037u, sum_ns;

static uint64_t cpu_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (uint64_t) time.tv_sec * 1000000000u + (uint64_t) time.tv_nsec;
}

static uint64_t read_cycles(void *data)
{
	(void) data;
	return now;
}

static int is_full(void *data)
{
	(void) data;
	return 0;
}

static void open_packet(void *data)
{
	(void) data;
	barectf_default_open_packet(&stream);
}

/* The sum is not part of what is measured. */
static void close_packet(void *data)
{
	uint64_t start, index, word;

	(void) data;
	barectf_default_close_packet(&stream);
	start = cpu_ns();
	for (index = 0; index < PACKET_BYTES; index += 8) {
		memcpy(&word, packet + index, 8);
		sum = (sum ^ word) * 1099511628211u;
	}
	sum_ns += cpu_ns() - start;
}

/* A loop of its own for each shape, so that it costs next to nothing. */
#define TRACE(call) \
	for (i = 0; i < events; ++i) { \
		now = i; \
		call; \
	} \
	break

int main(int argc, char **argv)
{
	const struct barectf_platform_callbacks callbacks = {
		read_cycles, is_full, open_packet, close_packet
	};
	static const uint8_t bytes[64] = { 1, 2, 3 };
	static const char *const texts[2] = { "0123456789abcdef", "fedcba9876543210" };
	const char shape = argc > 2 ? argv[1][0] : 0;
	const uint32_t events = argc > 2 ? (uint32_t) strtoul(argv[2], NULL, 10) : 0;
	uint64_t start;
	uint32_t i;

	barectf_init(&stream, packet, PACKET_BYTES, callbacks, NULL);
	open_packet(NULL);
	barectf_enable_tracing(&stream, shape != 'o');
	start = cpu_ns();
	switch (shape) {
	case 'o':
	case 'w':
		TRACE(barectf_trace_words(&stream, i, i + 1, i + 2, i + 3));
	case 'b':
		TRACE(barectf_trace_bits(&stream, (uint8_t) i, (uint8_t) i, (uint8_t) i, (uint8_t) i,
			(uint8_t) i, (uint16_t) i));
	case 't':
		TRACE(barectf_trace_text(&stream, texts[i & 1]));
	default:
		TRACE(barectf_trace_bytes(&stream, 64, bytes));
	}
	printf("%.3f\n", (double) (cpu_ns() - start - sum_ns) / events);
	barectf_enable_tracing(&stream, 1);
	/* Zeros, since barectf leaves what was in the packet before. */
	memset(packet + stream.parent.at / 8, 0, PACKET_BYTES - stream.parent.at / 8);
	close_packet(NULL);
	printf("%016llx\n", (unsigned long long) sum);
	return 0;
}
